//! Applying a decision: the only place that changes slots, kept bundles, ledger and reports in a session, and that begins
//! a serve.
//!
//! In: a [`Decision`]. Out: the machine after it. Nothing is decided here but where a retreat goes. Keeps: I2, I4, I7, I10, I11.

use super::decision::{Change, Decision, Show};
use super::{Gate, Mode, PageSeen, Place, Standing, Turn, Work};
use crate::model::bundle::{BundleId, BundleRef};
use crate::model::config::ReloadAt;
use crate::model::digest::RootDigest;
use crate::model::event::{FirstPage, Refusal, Showing};
use crate::model::ledger::Cause;
use crate::model::limits::MAX_KEPT;
use crate::model::report::{Named, Reason, Report};
use crate::model::slots::{Former, ResetTo, Trial};
use crate::model::state::{Kept, LastMark, ServeRecord, TrialMarks};

impl Work<'_> {
    pub(super) fn apply(&mut self, decision: Decision) {
        let came = decision.changes.iter().find_map(|change| match change {
            Change::Keep(record) => Some(record.id.clone()),
            _ => None,
        });
        for change in decision.changes {
            self.change(change);
        }
        // After all changes: what a slot names by then is not evicted.
        if let Some(came) = came {
            self.evict(&came);
        }
        match decision.show {
            Show::Nothing => {}
            Show::Same => self.serve_shown(),
            Show::Reload => self.renew(),
            Show::AgainAtStart => self.begin_again(),
            Show::WhenSeen if self.machine.session.foreground_since.is_none() => self.begin_serve(Turn::AtForeground),
            Show::Now | Show::WhenSeen => self.begin_serve(Turn::Now),
        }
    }

    pub(super) fn change(&mut self, change: Change) {
        let state = &mut self.machine.state;
        match change {
            Change::Begin(id) => self.begin(id),
            Change::Confirm => self.confirm(),
            Change::Leave(reason, cause, detail) => self.leave(reason, cause, &detail),
            Change::GoBack(to) => self.go_back(to),
            Change::Complain(detail) => self.complain(&detail),
            Change::Stage(bundle) => state.slots.stage(bundle),
            Change::DropNext(reason) => self.drop_next(reason),
            Change::DropFallback => state.slots.drop_fallback(),
            Change::Keep(record) => self.keep(*record),
            Change::Refuse(record, refusal) => self.refuse(&record, refusal),
            Change::Remove(id) => state.bundles.retain(|kept| kept.id != id),
            Change::Damage(id) => self.damage(&id),
            Change::Condemn(id) => self.condemn(&id),
            Change::Withdraw(channel, roots) => self.withdraw(&channel, &roots),
            Change::Unblock(root, artifact) => state.ledger.clear(root, artifact),
        }
    }

    /// Put `id` on trial. A bundle that was itself on trial is superseded and not blamed, because it had no time to prove
    /// itself.
    fn begin(&mut self, id: BundleId) {
        self.elapse();
        let (from, to) = (self.machine.state.slots.current(), BundleRef::Kept(id.clone()));
        if self.machine.state.slots.trial().is_some() {
            self.note(&from, &to, Reason::Superseded, "");
        }
        let former = if self.usable(&from) { Former::Usable } else { Former::Unusable };
        let trial = self.trial();
        self.machine.state.slots.begin_trial(id, trial, former);
        self.arrived();
    }

    /// The trial that begins if this step begins one.
    pub(super) fn trial(&self) -> Trial {
        Trial { id: self.at.trial.clone(), began: self.at.unix, lost: 0 }
    }

    fn confirm(&mut self) {
        self.elapse();
        let (from, to) = (self.machine.state.slots.fallback().clone(), self.machine.state.slots.current());
        self.note(&from, &to, Reason::Confirmed, "");
        let state = &mut self.machine.state;
        if let Some((root, artifact)) = state.record(&to).map(|kept| (kept.root, kept.artifact)) {
            state.ledger.clear(root, artifact);
        }
        state.slots.confirm();
        (self.machine.marks.trial, self.machine.marks.deaths) = (None, 0);
        if let Some(serve) = &mut self.machine.marks.serve {
            (serve.trial, serve.counted, serve.begins) = (None, false, 0);
        }
    }

    /// Leave `current` for the fallback if that is good, else for builtin (I7).
    fn leave(&mut self, reason: Reason, cause: Option<Cause>, detail: &str) {
        self.elapse();
        let from = self.machine.state.slots.current();
        if let (Some(cause), Some(id)) = (cause, from.id()) {
            let attempts = self.machine.marks.trial.as_ref().map_or(0, |trial| trial.attempts);
            self.machine.state.blame(id, cause, attempts, self.at.unix);
        }
        let (back, to) = self.way_back(ResetTo::Fallback);
        self.note(&from, &to, reason, detail);
        self.machine.state.slots.leave(back);
        self.arrived();
    }

    /// Leave `current` because somebody asked for it; nothing is held against it.
    fn go_back(&mut self, to: ResetTo) {
        self.elapse();
        let from = self.machine.state.slots.current();
        let (back, to) = self.way_back(to);
        if from != to {
            self.note(&from, &to, Reason::Reset, "");
        }
        self.machine.state.slots.leave(back);
        self.machine.state.slots.drop_next();
        self.arrived();
    }

    /// Where a retreat or a reset leads: to the fallback only if that is wanted and usable.
    fn way_back(&self, to: ResetTo) -> (ResetTo, BundleRef) {
        let fallback = self.machine.state.slots.fallback();
        if to == ResetTo::Fallback && self.usable(fallback) {
            (ResetTo::Fallback, fallback.clone())
        } else {
            (ResetTo::Builtin, BundleRef::Builtin)
        }
    }

    /// Record that `current` has changed: it was used last, and what was counted for another bundle is void.
    pub(super) fn arrived(&mut self) {
        let (state, marks) = (&mut self.machine.state, &mut self.machine.marks);
        let current = state.slots.current();
        let used = state.bundles.iter().map(|kept| kept.used).max().unwrap_or(0).saturating_add(1);
        state.bundles.iter_mut().filter(|kept| current.id() == Some(&kept.id)).for_each(|kept| kept.used = used);
        marks.trial = state.slots.trial().map(|trial| TrialMarks::new(trial.id.clone()));
        marks.deaths = 0;
    }

    fn complain(&mut self, detail: &str) {
        self.elapse();
        let current = self.machine.state.slots.current();
        self.note(&current, &current, Reason::Reported, detail);
    }

    fn drop_next(&mut self, reason: Reason) {
        if let Some(next) = self.machine.state.slots.drop_next() {
            let current = self.machine.state.slots.current();
            self.note(&next, &current, reason, "");
        }
    }

    fn keep(&mut self, record: Kept) {
        let state = &mut self.machine.state;
        if let Some(kept) = state.bundles.iter_mut().find(|kept| kept.id == record.id) {
            *kept = Kept { used: kept.used, damaged: false, ..record }.bounded();
            return;
        }
        state.forget(|kept| kept.root == record.root);
        state.bundles.push(Kept { used: 0, ..record }.bounded());
    }

    /// Forget bundles beyond the cap (I10): those first that were current least recently, and never one in a slot (I7) or
    /// the one that just came.
    fn evict(&mut self, came: &BundleId) {
        while self.machine.state.bundles.len() > MAX_KEPT {
            let kept = self.machine.state.bundles.iter();
            let free = kept.filter(|kept| kept.id != *came && !self.protects(&kept.id));
            let Some(id) = free.min_by_key(|kept| kept.used).map(|kept| kept.id.clone()) else { return };
            self.machine.state.bundles.retain(|kept| kept.id != id);
        }
    }

    fn refuse(&mut self, record: &Kept, refusal: Refusal) {
        let reason = if refusal == Refusal::Withdrawn { Reason::Withdrawn } else { Reason::Blocked };
        let state = &self.machine.state;
        let mut from = state.named(&BundleRef::Kept(record.id.clone()));
        (from.version, from.root) = (Some(record.version.clone()), Some(record.root));
        let report = self.report(from, state.named(&state.slots.current()), reason, "");
        self.machine.state.reports.add(report);
    }

    fn damage(&mut self, id: &BundleId) {
        let state = &mut self.machine.state;
        state.bundles.iter_mut().filter(|kept| kept.id == *id).for_each(|kept| kept.damaged = true);
        self.clear_slots(Reason::BundleMissing, |kept| kept.id == *id);
    }

    fn withdraw(&mut self, channel: &str, roots: &[RootDigest]) {
        self.elapse();
        self.machine.state.bundles.iter_mut().for_each(|kept| kept.mark(channel, roots));
        self.clear_slots(Reason::Withdrawn, |kept| kept.withdrawn);
    }

    /// Clear the slots beside `current` that name a bad bundle.
    fn clear_slots(&mut self, reason: Reason, bad: impl Fn(&Kept) -> bool) {
        let state = &mut self.machine.state;
        if state.record(state.slots.fallback()).is_some_and(&bad) {
            state.slots.drop_fallback();
        }
        if state.slots.next().and_then(|next| state.record(next)).is_some_and(&bad) {
            self.drop_next(reason);
        }
    }

    fn condemn(&mut self, id: &BundleId) {
        let bundle = BundleRef::Kept(id.clone());
        let state = &mut self.machine.state;
        state.blame(id, Cause::Reported, 0, self.at.unix);
        if state.slots.next() == Some(&bundle) {
            state.slots.drop_next();
        }
        state.note(Some(state.named(&bundle)), Reason::Blocked, "the app said so", self.at.unix);
    }

    fn note(&mut self, from: &BundleRef, to: &BundleRef, reason: Reason, detail: &str) {
        let (from, to) = (self.machine.state.named(from), self.machine.state.named(to));
        let report = self.report(from, to, reason, detail);
        self.machine.state.reports.add(report);
    }

    pub(super) fn report(&self, from: Named, to: Named, reason: Reason, detail: &str) -> Report {
        let (state, marks) = (&self.machine.state, &self.machine.marks);
        let trial = marks.trial.as_ref();
        let confirmed = marks.serve.as_ref().filter(|serve| serve.bundle == state.slots.current());
        Report {
            id: 0,
            at: self.at.unix,
            count: 1,
            from,
            to,
            reason,
            began: state.slots.trial().map(|trial| trial.began),
            attempts: trial.map_or(0, |trial| trial.attempts),
            foreground: trial.map(|trial| trial.foreground).or(confirmed.map(|serve| serve.foreground)).unwrap_or(0),
            build: state.build.code.clone(),
            detail: detail.to_owned(),
        }
    }

    /// Begin a serve of `current`, if this process has launched: a new record and a new token, in the same write as the change.
    fn begin_serve(&mut self, turn: Turn) {
        let Mode::Active(process) = self.machine.session.mode.clone() else { return };
        let (state, marks, session) = (&self.machine.state, &mut self.machine.marks, &mut self.machine.session);
        let bundle = state.slots.current();
        let again = marks.serve.take().filter(|before| before.bundle == bundle);
        if again.is_none() || state.slots.trial().is_some() {
            marks.deaths = 0;
        }
        let fresh = again.is_none_or(|before| before.fresh);
        let foreground = session.foreground_since.is_some();
        marks.serve = Some(ServeRecord {
            token: self.at.token.clone(),
            bundle: bundle.clone(),
            trial: state.slots.trial().map(|trial| trial.id.clone()),
            pid: process.pid,
            started: process.started,
            counted: false,
            foreground: 0,
            begins: 0,
            fresh,
            last: if foreground { LastMark::Foreground } else { LastMark::Background },
            session: process.session,
        });
        (session.gate, session.allowed, session.turn) = (Gate::Shut, 1, turn);
        session.place = place(session.page, self.at.measures.reload);
        session.foreground_since = session.foreground_since.map(|_| self.at.monotonic);
        let page = if fresh { FirstPage::OfBundle } else { FirstPage::Again };
        session.showing = Some(Showing { bundle, token: self.at.token.clone(), page });
        if foreground {
            self.count_attempt();
        }
        if turn == Turn::Now {
            self.serve_shown();
        }
    }

    /// Give the serve a new token. The attempt and its time go on, so that a bundle does not gain time by reloading.
    fn renew(&mut self) {
        self.draw_token();
        let on_trial = self.standing() == Standing::Trial;
        let session = &mut self.machine.session;
        // A trial that failed at a kept path is not sent back there.
        if session.place != Place::StartAfterKeptPath || !on_trial {
            session.place = place(session.page, self.at.measures.reload);
        }
        self.serve_shown();
    }

    /// Let a trial that failed at a kept path begin again at the start URL. What was counted at the path is not held against it.
    fn begin_again(&mut self) {
        self.draw_token();
        let (marks, session) = (&mut self.machine.marks, &mut self.machine.session);
        session.place = Place::StartAfterKeptPath;
        if let (Some(serve), Some(trial)) = (&mut marks.serve, &mut marks.trial) {
            trial.foreground = trial.foreground.saturating_sub(serve.foreground);
            (serve.foreground, serve.begins) = (0, 0);
        }
        if session.foreground_since.is_some() {
            self.serve_shown();
        } else {
            session.turn = Turn::AtForeground; // field problem A3
        }
    }

    fn draw_token(&mut self) {
        let (marks, session) = (&mut self.machine.marks, &mut self.machine.session);
        if session.is_active() {
            marks.serve.iter_mut().for_each(|serve| serve.token = self.at.token.clone());
        }
        session.showing.iter_mut().for_each(|showing| showing.token = self.at.token.clone());
        session.gate = Gate::Shut;
        session.allowed = session.allowed.saturating_add(1);
    }

    /// Let the web view load what was decided.
    fn serve_shown(&mut self) {
        self.machine.session.turn = Turn::Now;
        self.serve.clone_from(&self.machine.session.showing);
    }
}

/// Where a page is loaded that is shown in session. Before a page of this process began, there is no path to keep.
fn place(seen: PageSeen, reload: ReloadAt) -> Place {
    match (seen, reload) {
        (PageSeen::Yes, ReloadAt::SamePath) => Place::KeptPath,
        _ => Place::Start,
    }
}
