//! The table: what each event means, in the order of `docs/boot.md`. Nothing in this file changes the machine.
//!
//! In: the machine, after [`Work::count`]. Out: a [`Decision`]. Keeps: I4, I5, I7.

use super::decision::{Change, Decision, Show, answer, asked, leave};
use super::kept::only_kept;
use super::{Gate, Place, Standing, Turn, Work};
use crate::decide::delay::kept_blocked;
use crate::model::bundle::{BundleRef, Token};
use crate::model::digest::RootDigest;
use crate::model::event::{Asker, Event, Outcome, Proof, Refusal, RenderExit, Staging};
use crate::model::ledger::Cause;
use crate::model::report::Reason;
use crate::model::slots::ResetTo;

/// Page begins beyond the allowed ones that make a loop.
const LOOP: u32 = 3;

impl Work<'_> {
    /// Look the event up. The first row that matches holds. One function, although it is long: the whole table can be read
    /// at once, and the compiler sees that no event is left out.
    pub(super) fn decide(&self, event: &Event) -> Decision {
        use Event as E;
        use Outcome as O;
        use Standing as S;
        match (self.standing(), event) {
            // A process that only shows goes on showing the same. It counts and writes nothing.
            (S::Passive, E::Attached) => answer(O::Passive).showing(Show::Same),
            (S::Passive, E::Reload(_)) => answer(O::Passive).showing(Show::Reload),
            (S::Passive, _) => answer(O::Passive),

            // The app and its worker ask for something.
            (_, E::Staged(Staging::Builtin, _)) => self.staged(BundleRef::Builtin),
            (_, E::Staged(Staging::Bundle(record), choice)) => {
                self.taken_in(record, *choice, |bundle| self.staged(bundle))
            }
            (_, E::Kept(record, choice)) => self.taken_in(record, *choice, only_kept),
            (_, E::Activated(bundle)) => self.activated(bundle),
            (_, E::Reset(to)) => asked(O::Reset).with(Change::GoBack(*to)).showing(Show::Now),
            (_, E::Removed(id)) => self.removed(id),
            (_, E::Condemned(id)) => self.condemned(id),
            (_, E::Unblocked(digest)) => self.unblocked(*digest),

            // The publisher withdraws, or the disk lost something.
            (_, E::Withdrawn { channel, roots }) => self.withdrawn(channel, roots),
            (_, E::Damaged(id)) => self.damaged(id),
            (_, E::Attached | E::Foreground) if self.shows_withdrawn() => self.left_withdrawn(),

            // All other events are about the serve of this process.
            (S::Idle, _) => answer(O::NotLaunched),
            (_, event) if !self.hears(event) => answer(O::Stale),

            // A trial fails at a kept path: it is loaded once at the start URL before that is held against its content.
            (S::Trial, E::Terminating) if self.is_at_kept_path() => answer(O::Noted),
            (S::Trial, E::Tick | E::Background) if self.time_is_up() && self.is_at_kept_path() => {
                answer(O::Reloading).showing(Show::AgainAtStart)
            }
            (S::Trial, E::PageBegan(_) | E::Reload(Asker::Page)) if self.begins() >= LOOP && self.is_at_kept_path() => {
                answer(O::Reloading).showing(Show::AgainAtStart)
            }

            // The bundle fails.
            (S::Trial, E::Tick | E::Background | E::Terminating) if self.time_is_up() => leave(Cause::NotConfirmed, ""),
            (S::Trial, E::PageBegan(_) | E::Reload(Asker::Page)) if self.begins() >= LOOP => leave(Cause::PageLoop, ""),
            (S::Trial, E::RenderGone(_, RenderExit::Crashed)) => leave(Cause::RenderGone, ""),
            (_, E::Failed(_, detail)) if self.machine.state.slots.current().is_builtin() => {
                answer(O::Reported).with(Change::Complain(detail.clone()))
            }
            (_, E::Failed(_, detail)) => leave(Cause::Reported, detail),

            // The bundle is proven.
            (S::Trial, E::Confirmed(_)) => answer(O::Confirmed).with(Change::Confirm),
            (_, E::Confirmed(_)) => answer(O::AlreadyConfirmed),

            // Something is to be shown.
            (_, E::Attached) => answer(O::Serving).showing(Show::Same),
            (_, E::Foreground) if self.page_waits() => answer(O::Noted).showing(Show::Same),
            (S::Elsewhere, E::Reload(_)) => answer(O::Reloading).showing(Show::Now),
            (_, E::Reload(_)) => answer(O::Reloading).showing(Show::Reload),

            // The event was counted, and nothing follows from it.
            (
                _,
                E::Launched(_)
                | E::Foreground
                | E::Background
                | E::Terminating
                | E::Tick
                | E::PageBegan(_)
                | E::RenderGone(..),
            ) => answer(O::Noted),
        }
    }

    /// Reports whether the event counts: what a page says must come from the page that is shown (I4). A serve that is not the
    /// state's any more may only say that its page begins.
    pub(super) fn hears(&self, event: &Event) -> bool {
        let standing = self.standing();
        match event {
            Event::PageBegan(token) => self.shows(token),
            Event::RenderGone(..) | Event::Failed(..) | Event::Confirmed(_) if standing == Standing::Elsewhere => false,
            Event::RenderGone(token, _) | Event::Failed(token, _) | Event::Confirmed(Proof::Token(token)) => {
                self.shows(token)
            }
            Event::Confirmed(Proof::Queued) => {
                standing == Standing::Confirmed || self.machine.session.gate == Gate::Open
            }
            _ => true,
        }
    }

    /// Reports whether this is the token of the serve that this process shows.
    fn shows(&self, token: &Token) -> bool {
        self.machine.marks.serve.as_ref().is_some_and(|serve| serve.token == *token)
    }

    /// Reports whether this attempt used up its time.
    fn time_is_up(&self) -> bool {
        self.machine.foreground() >= self.at.measures.app_ready
    }

    /// Reports whether the page was loaded at the path of the page before it.
    fn is_at_kept_path(&self) -> bool {
        self.machine.session.place == Place::KeptPath
    }

    /// Page begins of this serve that nobody but the page wanted.
    fn begins(&self) -> u32 {
        self.machine.marks.serve.as_ref().map_or(0, |serve| serve.begins)
    }

    /// Reports whether a page was decided on in the background, and is not shown yet.
    fn page_waits(&self) -> bool {
        self.machine.session.turn == Turn::AtForeground
    }

    /// The app wants another bundle in this session.
    fn activated(&self, bundle: &BundleRef) -> Decision {
        let state = &self.machine.state;
        let is_current = state.slots.current() == *bundle;
        match state.record(bundle) {
            Some(kept) if kept.withdrawn => answer(Outcome::Refused(Refusal::Withdrawn)),
            _ if !self.usable(bundle) => answer(Outcome::Refused(Refusal::BundleMissing)),
            _ if is_current => answer(Outcome::AlreadyCurrent),
            Some(kept) if kept_blocked(state, kept, self.at.unix) => answer(Outcome::Refused(Refusal::Blocked)),
            _ => asked(Outcome::Activated).with(self.way_to(bundle)).showing(Show::Now),
        }
    }

    /// How `bundle` becomes current, at a launch that takes `next` or because the app asks for it.
    pub(super) fn way_to(&self, bundle: &BundleRef) -> Change {
        let slots = &self.machine.state.slots;
        match bundle {
            BundleRef::Builtin => Change::GoBack(ResetTo::Builtin),
            // The last good bundle is not put on trial again.
            _ if slots.trial().is_some() && slots.fallback() == bundle => {
                Change::Leave(Reason::Superseded, None, String::new())
            }
            BundleRef::Kept(id) => Change::Begin(id.clone()),
        }
    }

    /// An accepted document replaces the set of contents that its channel withdraws. What runs is left in this session, without
    /// a ledger entry.
    fn withdrawn(&self, channel: &str, roots: &[RootDigest]) -> Decision {
        let (state, session) = (&self.machine.state, &self.machine.session);
        let is_withdrawn = |bundle: &BundleRef| state.record(bundle).is_some_and(|kept| roots.contains(&kept.root));
        let left = is_withdrawn(&state.slots.current());
        let shown = session.showing().is_some_and(|showing| is_withdrawn(&showing.bundle));
        let outcome = if left || shown { Outcome::RolledBack(Reason::Withdrawn) } else { Outcome::Noted };
        let mut decision = answer(outcome).with(Change::Withdraw(channel.to_owned(), roots.to_vec()));
        if left {
            decision = decision.with(Change::Leave(Reason::Withdrawn, None, String::new()));
        }
        if shown { decision.showing(Show::WhenSeen) } else { decision }
    }

    /// Reports whether this process shows a bundle that is marked as withdrawn: another process took the document in, or this
    /// one has just read the state that says so.
    fn shows_withdrawn(&self) -> bool {
        let (state, showing) = (&self.machine.state, self.machine.session.showing());
        showing.and_then(|showing| state.record(&showing.bundle)).is_some_and(|kept| kept.withdrawn)
    }

    /// Leave in this session what another process found withdrawn. The state was changed by that process, as a rule.
    fn left_withdrawn(&self) -> Decision {
        let (state, reason) = (&self.machine.state, Reason::Withdrawn);
        let decision = answer(Outcome::RolledBack(reason)).showing(Show::Now);
        let still_current = state.record(&state.slots.current()).is_some_and(|kept| kept.withdrawn);
        if still_current { decision.with(Change::Leave(reason, None, String::new())) } else { decision }
    }
}
