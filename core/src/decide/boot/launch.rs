//! The launch: the one decision that must always name something to show.
//!
//! It is not a row of the table but a list of rules, and each rule sees the machine as the one before it left it. One launch can
//! change `current` three times: for a native update, for a retreat, and for what is staged. The rules that return a
//! [`Change`] only decide; the others change the machine.
//!
//! In: facts, what reading the state gave, what the last serve left. Out: a [`Decision`]. Keeps: I1, I5, I6, I7, I8.

use super::decision::{Change, Decision, Show, answer};
use super::{IfUnwritten, Mode, Passive, Process, Work};
use crate::decide::delay::{Eligibility, eligible, lapse};
use crate::decide::requires::meets;
use crate::model::bundle::BundleRef;
use crate::model::config::OnNativeUpdate;
use crate::model::event::{FirstPage, LastProcess, Launch, Outcome, Showing, Store, Trials};
use crate::model::facts::Facts;
use crate::model::ledger::Cause;
use crate::model::mode::Native;
use crate::model::report::Reason;
use crate::model::slots::ResetTo;
use crate::model::state::{TrialMarks, session};

/// Times that the marks of a trial may be lost: power cuts at every start look like this, and so may the bundle's work.
const LOST: u32 = 3;

impl Work<'_> {
    /// Run the rules, in the order that `docs/boot.md` explains.
    pub(super) fn launch(&mut self, launch: &Launch) -> Decision {
        let facts = &launch.facts;
        match (launch.store, launch.last) {
            (Store::Unreadable, _) => return self.only_show(Passive::Unreadable, BundleRef::Builtin),
            (Store::Unlocked, _) | (Store::Read, LastProcess::Alive) => {
                return self.only_show(Passive::Shared, self.without_writing(facts));
            }
            (Store::Absent, _) | (Store::Read, LastProcess::Gone) => {}
        }
        if launch.trials == Trials::Avoid {
            return self.only_show(Passive::Shared, self.without_writing(facts));
        }
        let process = Process { pid: facts.pid, started: facts.started, session: session(facts) };
        let session = &mut self.machine.session;
        session.mode = Mode::Active(process);
        session.foreground_since = facts.foreground.then_some(self.at.monotonic);

        self.judge(facts);
        let mut if_unwritten = self.native_update(launch);
        lapse(&mut self.machine.state, None, self.at.unix);
        self.follow(self.missing());
        self.count_lost();
        self.follow(self.used_up());
        let taken = if launch.trials == Trials::Begin { self.next() } else { None };
        if let Some(Change::Begin(_) | Change::GoBack(_)) = taken {
            if_unwritten = IfUnwritten::Undo; // I5
        }
        self.follow(taken);
        // A bundle whose files are not there is not offered by name any more.
        self.machine.state.forget(|kept| kept.damaged || self.at.gone.contains(&kept.id));
        Decision { if_unwritten, ..answer(Outcome::Serving).showing(Show::Now) }
    }

    fn follow(&mut self, change: Option<Change>) {
        if let Some(change) = change {
            self.change(change);
        }
    }

    /// Only show `bundle` for the life of the process: count nothing and write nothing.
    fn only_show(&mut self, why: Passive, bundle: BundleRef) -> Decision {
        self.machine.session.mode = Mode::Passive(why);
        self.machine.session.showing = Some(Showing { bundle, token: self.at.token.clone(), page: FirstPage::Again });
        answer(Outcome::Passive).showing(Show::Same)
    }

    /// The bundle that needs no proof and fits this build, else builtin.
    fn without_writing(&self, facts: &Facts) -> BundleRef {
        let state = &self.machine.state;
        let proven = if state.slots.trial().is_none() { state.slots.current() } else { state.slots.fallback().clone() };
        let fits = !state.native_changed(facts) && self.usable(&proven);
        if fits { proven } else { BundleRef::Builtin }
    }

    /// Let the builtin assets of a new native build win (I8), whichever way the build changed. If a bundle is kept instead, it
    /// is on trial again, and must be written before it is served (I5).
    fn native_update(&mut self, launch: &Launch) -> IfUnwritten {
        let facts = &launch.facts;
        let changed = self.machine.state.native_changed(facts);
        if changed || launch.store == Store::Absent {
            self.machine.session.native = Native::New;
        }
        if !changed {
            self.machine.state.learn_builtin(facts);
            return IfUnwritten::Keep;
        }
        let state = &mut self.machine.state;
        let from = state.named(&state.slots.current());
        let mut report = self.report(from.clone(), from, Reason::NativeUpdate, "");
        let state = &mut self.machine.state;
        state.set_native(facts);
        state.ledger.clear_all();
        self.machine.marks.serve.iter_mut().for_each(|serve| serve.fresh = true);
        // Keeping a bundle puts it on trial, and a trial that cannot be written is not served.
        if self.at.measures.on_native_update == OnNativeUpdate::Keep && launch.trials == Trials::Begin {
            self.keep_what_fits(facts);
        } else {
            state.slots.leave(ResetTo::Builtin);
            state.slots.drop_next();
        }
        self.arrived();
        let state = &mut self.machine.state;
        report.to = state.named(&state.slots.current());
        state.reports.add(report);
        if state.slots.trial().is_some() { IfUnwritten::Undo } else { IfUnwritten::Keep }
    }

    /// Keep the bundles that fit the new build, with the current one on trial again.
    fn keep_what_fits(&mut self, facts: &Facts) {
        let trial = self.trial();
        let state = &mut self.machine.state;
        state.bundles.retain(|kept| meets(kept.requires.as_ref(), facts));
        if state.slots.next().is_some_and(|next| !next.is_builtin() && state.record(next).is_none()) {
            state.slots.drop_next();
        }
        if state.usable(&state.slots.current()) {
            state.slots.try_again(trial);
        } else {
            state.slots.leave(ResetTo::Builtin);
        }
    }

    /// Count in the state that the marks of the trial are gone, or belong to another trial, and begin them anew. This comes after
    /// `missing`: a trial without files lost nothing else.
    fn count_lost(&mut self) {
        let (state, marks) = (&mut self.machine.state, &mut self.machine.marks);
        let Some(id) = state.slots.trial().map(|trial| trial.id.clone()) else { return };
        if marks.trial.as_ref().is_none_or(|marks| marks.id != id) {
            state.slots.lose_marks();
            marks.trial = Some(TrialMarks::new(id));
        }
    }

    /// Leave a current bundle that cannot be served, and empty a fallback that cannot (field problem B1).
    fn missing(&self) -> Option<Change> {
        let state = &self.machine.state;
        let current = state.slots.current();
        if self.usable(&current) {
            return (!self.usable(state.slots.fallback())).then_some(Change::DropFallback);
        }
        let detail = match state.record(&current) {
            Some(kept) if kept.withdrawn => "withdrawn",
            Some(kept) if kept.damaged => "damaged",
            _ => "files are gone",
        };
        Some(Change::Leave(Reason::BundleMissing, None, detail.to_owned()))
    }

    /// Leave a trial that used up its measures, or a confirmed bundle that only crashes (I5).
    fn used_up(&self) -> Option<Change> {
        let (state, marks, measures) = (&self.machine.state, &self.machine.marks, self.at.measures);
        let cause = match (state.slots.trial(), &marks.trial) {
            (Some(trial), _) if trial.lost >= LOST => Cause::NotProven,
            (Some(_), Some(used)) => {
                let budget = measures.app_ready.saturating_mul(u64::from(measures.attempts));
                if used.attempts < measures.attempts && used.foreground < budget {
                    return None;
                }
                if used.evidence { Cause::NotConfirmed } else { Cause::NotProven }
            }
            (Some(_), None) => return None,
            (None, _) => {
                let current = state.slots.current();
                let own = marks.serve.as_ref().is_some_and(|serve| serve.bundle == current);
                if !own || marks.deaths < measures.deaths || current.is_builtin() {
                    return None;
                }
                Cause::CrashLoop
            }
        };
        Some(Change::Leave(cause.into(), Some(cause), String::new()))
    }

    /// Take what is staged.
    fn next(&self) -> Option<Change> {
        let state = &self.machine.state;
        let next = state.slots.next()?;
        if next.id().is_some_and(|id| self.at.gone.contains(id)) {
            return Some(Change::DropNext(Reason::BundleMissing));
        }
        match eligible(state, next, self.at.unix) {
            Eligibility::Now => Some(self.way_to(next)),
            Eligibility::Later => None,
            Eligibility::Never(reason) => Some(Change::DropNext(reason)),
        }
    }
}
