//! Changes of the slots, each leaving them legal, and the serve that follows a change.
//!
//! In: a decision. Out: slots, trial, ledger, reports, serve record. May touch: nothing. Keeps: I4, I7, I11.

use super::{Gate, IfUnwritten, Mode, Turn, Work};
use crate::model::bundle::{BundleId, BundleRef};
use crate::model::event::{FirstPage, Outcome, Showing};
use crate::model::ledger::Cause;
use crate::model::report::{Named, Reason, Report};
use crate::model::slots::{Former, ResetTo, Trial};
use crate::model::state::{LastMark, ServeRecord, TrialMarks};

impl Work<'_> {
    /// Are its files there, and may they be used?
    pub(super) fn usable(&self, bundle: &BundleRef) -> bool {
        self.machine.state.usable(bundle) && bundle.id().is_none_or(|id| !self.at.gone.contains(id))
    }

    /// Leave `current` for the fallback, or for builtin (I7). With a cause, the content is held against (ledger).
    pub(super) fn retreat(&mut self, reason: Reason, cause: Option<Cause>, detail: &str) {
        let current = self.machine.state.slots.current();
        if let (Some(cause), Some(id)) = (cause, current.id()) {
            let attempts = self.machine.marks.trial.as_ref().map_or(0, |trial| trial.attempts);
            self.machine.state.blame(id, cause, attempts, self.at.unix);
        }
        let (back, target) = self.way_back(ResetTo::Fallback);
        let (from, to) = (self.machine.state.named(&current), self.machine.state.named(&target));
        let report = self.report(from, to, reason, detail);
        self.machine.state.reports.add(report);
        self.machine.state.slots.leave(back);
        self.arrived();
    }

    /// Where a retreat or a reset leads: to the fallback only if that is wanted and usable.
    pub(super) fn way_back(&self, to: ResetTo) -> (ResetTo, BundleRef) {
        let fallback = self.machine.state.slots.fallback();
        if to == ResetTo::Fallback && self.usable(fallback) {
            (ResetTo::Fallback, fallback.clone())
        } else {
            (ResetTo::Builtin, BundleRef::Builtin)
        }
    }

    /// Put `bundle` on trial. What was confirmed becomes the fallback; what was itself on trial is superseded.
    pub(super) fn begin_trial(&mut self, id: BundleId) {
        let (current, bundle) = (self.machine.state.slots.current(), BundleRef::Kept(id.clone()));
        if self.machine.state.slots.trial().is_some() {
            self.note(&current, &bundle, Reason::Superseded);
        }
        let former = if self.usable(&current) { Former::Usable } else { Former::Unusable };
        let trial = self.trial();
        self.machine.state.slots.begin_trial(id, trial, former);
        self.arrived();
        self.if_unwritten = IfUnwritten::Undo; // I5
    }

    /// The trial that begins if this step begins one.
    pub(super) fn trial(&self) -> Trial {
        Trial { id: self.at.trial.clone(), began: self.at.unix, lost: 0 }
    }

    /// Record that `current` has changed: it was used last, and what was counted for another bundle is void.
    pub(super) fn arrived(&mut self) {
        let (state, marks) = (&mut self.machine.state, &mut self.machine.marks);
        let current = state.slots.current();
        let used = state.bundles.iter().map(|kept| kept.used).max().unwrap_or(0).saturating_add(1);
        if let Some(kept) = state.bundles.iter_mut().find(|kept| current.id() == Some(&kept.id)) {
            kept.used = used;
        }
        marks.trial = state.slots.trial().map(|trial| TrialMarks::new(trial.id.clone()));
        marks.deaths = 0;
    }

    /// Drop `next` and say why.
    pub(super) fn drop_next(&mut self, reason: Reason) {
        if let Some(next) = self.machine.state.slots.drop_next() {
            let current = self.machine.state.slots.current();
            self.note(&next, &current, reason);
        }
    }

    /// Write a report that has nothing to do with how the trial went.
    pub(super) fn note(&mut self, from: &BundleRef, to: &BundleRef, reason: Reason) {
        let (from, to) = (self.machine.state.named(from), self.machine.state.named(to));
        let report = self.report(from, to, reason, "");
        self.machine.state.reports.add(report);
    }

    pub(super) fn report(&self, from: Named, to: Named, reason: Reason, detail: &str) -> Report {
        let (trial, serve) = (self.machine.marks.trial.as_ref(), self.machine.marks.serve.as_ref());
        let confirmed = serve.filter(|serve| serve.bundle == self.machine.state.slots.current());
        Report {
            id: 0,
            at: self.at.unix,
            count: 1,
            from,
            to,
            reason,
            began: self.machine.state.slots.trial().map(|trial| trial.began),
            attempts: trial.map_or(0, |trial| trial.attempts),
            foreground: trial.map(|trial| trial.foreground).or(confirmed.map(|serve| serve.foreground)).unwrap_or(0),
            build: self.machine.state.build.code.clone(),
            detail: detail.to_owned(),
        }
    }

    /// `current` failed in this session: leave it. In background the page follows at the next foreground.
    pub(super) fn roll_back(&mut self, cause: Cause, detail: &str) -> Outcome {
        self.retreat(cause.into(), Some(cause), detail);
        self.show(self.turn());
        Outcome::RolledBack(cause.into())
    }

    /// A page that was not asked for waits until somebody looks (field problem A3).
    pub(super) fn turn(&self) -> Turn {
        if self.machine.session.foreground_since.is_some() { Turn::Now } else { Turn::AtForeground }
    }

    /// Begin a serve of `current`, in this process if it has launched: a new record and token, in the same write as the change.
    pub(super) fn show(&mut self, turn: Turn) {
        let Mode::Active(process) = self.machine.session.mode.clone() else { return };
        let (state, marks) = (&self.machine.state, &mut self.machine.marks);
        let bundle = state.slots.current();
        let before = marks.serve.take();
        let again = before.as_ref().filter(|before| before.bundle == bundle);
        if again.is_none() || state.slots.trial().is_some() {
            marks.deaths = 0;
        }
        let fresh = again.is_none_or(|before| before.fresh);
        let foreground = self.machine.session.foreground_since.is_some();
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
        let session = &mut self.machine.session;
        (session.gate, session.allowed, session.turn) = (Gate::Shut, 1, turn);
        session.foreground_since = session.foreground_since.map(|_| self.at.monotonic);
        session.showing = Some(Showing {
            bundle,
            token: self.at.token.clone(),
            page: if fresh { FirstPage::OfBundle } else { FirstPage::Again },
        });
        if foreground {
            self.count_attempt();
        }
        if turn == Turn::Now {
            self.serve_shown();
        }
    }

    /// Let the web view load what was decided.
    pub(super) fn serve_shown(&mut self) {
        self.machine.session.turn = Turn::Now;
        self.serve.clone_from(&self.machine.session.showing);
    }

    /// The attempt of a trial counts, once a serve, when it reaches the foreground (I6).
    pub(super) fn count_attempt(&mut self) {
        let (serve, trial) = (self.machine.marks.serve.as_mut(), self.machine.marks.trial.as_mut());
        let (Some(serve), Some(trial)) = (serve, trial) else { return };
        if serve.trial.as_ref() == Some(&trial.id) && !serve.counted {
            serve.counted = true;
            trial.attempts = trial.attempts.saturating_add(1);
        }
    }
}
