//! The launch: the one decision that must always name something to show.
//!
//! In: facts, what reading the state gave, what the last serve left. Out: slots and a serve. May touch: nothing.
//! Keeps: I1, I5, I6, I7, I8.

use super::{IfUnwritten, Mode, Passive, Process, Turn, Work};
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
    pub(super) fn launched(&mut self, launch: &Launch) -> Outcome {
        let facts = &launch.facts;
        let undecided = self.machine.session.is_undecided() && launch.store != Store::Unreadable;
        match self.machine.session.mode {
            Mode::Active(_) => return self.attached(),
            Mode::Passive(_) if !undecided => {
                self.serve_shown();
                return Outcome::Passive;
            }
            _ => {}
        }
        match (launch.store, launch.last) {
            (Store::Unreadable, _) => return self.only_show(Passive::Unreadable, BundleRef::Builtin),
            (Store::Unlocked, _) | (Store::Read, LastProcess::Alive) => {
                return self.only_show(Passive::Shared, self.without_writing(facts));
            }
            (Store::Absent, _) | (Store::Read, LastProcess::Gone) => {}
        }
        let process = Process { pid: facts.pid, started: facts.started, session: session(facts) };
        let session = &mut self.machine.session;
        session.mode = Mode::Active(process);
        session.foreground_since = facts.foreground.then_some(self.at.monotonic);
        if launch.store == Store::Absent || self.machine.state.native_changed(facts) {
            session.native = Native::New;
        }

        self.judge(facts);
        self.native_update(facts, launch.trials);
        lapse(&mut self.machine.state, None, self.at.unix);
        self.missing();
        self.used_up();
        if launch.trials == Trials::Begin {
            self.take_next();
        }
        // What is not there is not offered by name any more.
        self.machine.state.forget(|kept| kept.damaged || self.at.gone.contains(&kept.id));
        self.show(Turn::Now);
        Outcome::Serving
    }

    /// For the life of the process: show, count nothing, write nothing.
    fn only_show(&mut self, why: Passive, bundle: BundleRef) -> Outcome {
        self.machine.session.mode = Mode::Passive(why);
        self.machine.session.showing = Some(Showing { bundle, token: self.at.token.clone(), page: FirstPage::Again });
        self.serve_shown();
        Outcome::Passive
    }

    /// What needs no proof, and fits this build.
    fn without_writing(&self, facts: &Facts) -> BundleRef {
        let state = &self.machine.state;
        let proven = if state.slots.trial().is_none() { state.slots.current() } else { state.slots.fallback().clone() };
        let fits = !state.native_changed(facts) && self.usable(&proven);
        if fits { proven } else { BundleRef::Builtin }
    }

    /// The builtin assets of a new native build win (I8), whichever way the build changed.
    fn native_update(&mut self, facts: &Facts, trials: Trials) {
        if !self.machine.state.native_changed(facts) {
            return;
        }
        let left = self.machine.state.named(&self.machine.state.slots.current());
        let mut report = self.report(left, self.machine.state.named(&BundleRef::Builtin), Reason::NativeUpdate, "");
        self.machine.state.set_native(facts);
        self.machine.state.ledger.clear_all();
        if let Some(serve) = &mut self.machine.marks.serve {
            serve.fresh = true;
        }
        // Keeping a bundle puts it on trial, and a trial that cannot be written is not served.
        if self.at.measures.on_native_update == OnNativeUpdate::Keep && trials == Trials::Begin {
            self.keep_what_fits(facts);
        } else {
            self.machine.state.slots.leave(ResetTo::Builtin);
            self.machine.state.slots.drop_next();
        }
        self.arrived();
        report.to = self.machine.state.named(&self.machine.state.slots.current());
        self.machine.state.reports.add(report);
    }

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
        if state.slots.trial().is_some() {
            self.if_unwritten = IfUnwritten::Undo; // I5
        }
    }

    /// A slot that names nothing is emptied (field problem B1).
    fn missing(&mut self) {
        let slots = &self.machine.state.slots;
        let current = slots.current();
        if !self.usable(&current) {
            let detail = match self.machine.state.record(&current) {
                Some(kept) if kept.withdrawn => "withdrawn",
                Some(kept) if kept.damaged => "damaged",
                _ => "files are gone",
            };
            self.retreat(Reason::BundleMissing, None, detail);
        } else if !self.usable(slots.fallback()) {
            self.machine.state.slots.drop_fallback();
        }
    }

    /// A trial that used up its measures, or a confirmed bundle that only crashes, is left (I5).
    fn used_up(&mut self) {
        let measures = self.at.measures;
        let slots = &mut self.machine.state.slots;
        let Some(trial) = slots.trial() else {
            let current = slots.current();
            let own = self.machine.marks.serve.as_ref().is_some_and(|serve| serve.bundle == current);
            let deaths = if own { self.machine.marks.deaths } else { 0 };
            if deaths >= measures.deaths && !current.is_builtin() {
                self.retreat(Reason::CrashLoop, Some(Cause::CrashLoop), "");
            }
            return;
        };
        let Some(marks) = self.machine.marks.trial.as_ref().filter(|marks| marks.id == trial.id) else {
            self.machine.marks.trial = Some(TrialMarks::new(trial.id.clone()));
            slots.lose_marks();
            if slots.trial().is_some_and(|trial| trial.lost >= LOST) {
                self.retreat(Reason::NotProven, Some(Cause::NotProven), "");
            }
            return;
        };
        let budget = measures.app_ready.saturating_mul(u64::from(measures.attempts));
        if marks.attempts >= measures.attempts || marks.foreground >= budget {
            let cause = if marks.evidence { Cause::NotConfirmed } else { Cause::NotProven };
            self.retreat(cause.into(), Some(cause), "");
        }
    }

    fn take_next(&mut self) {
        let Some(next) = self.machine.state.slots.next().cloned() else { return };
        if next.id().is_some_and(|id| self.at.gone.contains(id)) {
            return self.drop_next(Reason::BundleMissing);
        }
        match eligible(&self.machine.state, &next, self.at.unix) {
            Eligibility::Now => self.take(next),
            Eligibility::Later => {}
            Eligibility::Never(reason) => self.drop_next(reason),
        }
    }
}
