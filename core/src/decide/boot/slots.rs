//! Changes of the slots, each leaving them legal, and the serve that follows a change.
//!
//! In: a decision. Out: slots, trial, ledger, reports, serve record. May touch: nothing. Keeps: I4, I7, I11.

use super::{Gate, IfUnwritten, Mode, Turn, Work};
use crate::model::bundle::BundleRef;
use crate::model::event::{FirstPage, Outcome, Showing};
use crate::model::ledger::{Cause, LedgerEntry, Tag};
use crate::model::report::{Named, Reason, Report};
use crate::model::state::{LastMark, ServeRecord, Trial, TrialMarks};

impl Work<'_> {
    /// Are its files there, and may they be used?
    pub(super) fn usable(&self, bundle: &BundleRef) -> bool {
        self.machine.state.usable(bundle) && bundle.id().is_none_or(|id| !self.at.gone.contains(id))
    }

    /// Leave `current` for the fallback, or for builtin (I7). With a cause, the content is held against (ledger).
    pub(super) fn retreat(&mut self, reason: Reason, cause: Option<Cause>, detail: &str) {
        if let Some(cause) = cause {
            self.blame(cause);
        }
        let left = self.machine.state.named(&self.machine.state.current);
        let fallback = self.machine.state.fallback.clone();
        let target = if self.usable(&fallback) { fallback } else { BundleRef::Builtin };
        let report = self.report(left, self.machine.state.named(&target), reason, detail);
        self.machine.state.reports.add(report);
        self.settle(target);
    }

    /// Go to `target`, which needs no proof.
    pub(super) fn settle(&mut self, target: BundleRef) {
        self.become_current(target);
        self.machine.state.fallback = BundleRef::Builtin;
        self.machine.state.trial = None;
        self.machine.marks.trial = None;
        self.machine.marks.deaths = 0;
    }

    /// Put `bundle` on trial. What was confirmed becomes the fallback; what was itself on trial is superseded.
    pub(super) fn begin_trial(&mut self, bundle: BundleRef) {
        let current = self.machine.state.current.clone();
        if self.machine.state.trial.is_some() {
            self.note(&current, &bundle, Reason::Superseded);
        } else if self.usable(&current) {
            self.machine.state.fallback = current;
        }
        if self.machine.state.fallback == bundle {
            self.machine.state.fallback = BundleRef::Builtin;
        }
        self.become_current(bundle);
        self.open_trial();
    }

    /// `current` has to prove itself from here on. Not served unless written (I5).
    pub(super) fn open_trial(&mut self) {
        let id = self.at.trial.clone();
        self.machine.marks.trial = Some(TrialMarks::new(id.clone()));
        self.machine.marks.deaths = 0;
        self.machine.state.trial = Some(Trial { id, began: self.at.unix, lost: 0 });
        self.if_unwritten = IfUnwritten::Undo;
    }

    /// Whatever becomes current stops being next.
    fn become_current(&mut self, bundle: BundleRef) {
        let state = &mut self.machine.state;
        state.next.take_if(|next| *next == bundle);
        let used = state.bundles.iter().map(|kept| kept.used).max().unwrap_or(0).saturating_add(1);
        if let Some(kept) = state.bundles.iter_mut().find(|kept| bundle.id() == Some(&kept.id)) {
            kept.used = used;
        }
        state.current = bundle;
    }

    /// Drop `next` and say why.
    pub(super) fn drop_next(&mut self, reason: Reason) {
        if let Some(next) = self.machine.state.next.take() {
            let current = self.machine.state.current.clone();
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
        let confirmed = serve.filter(|serve| serve.bundle == self.machine.state.current);
        Report {
            id: 0,
            at: self.at.unix,
            count: 1,
            from,
            to,
            reason,
            began: self.machine.state.trial.as_ref().map(|trial| trial.began),
            attempts: trial.map_or(0, |trial| trial.attempts),
            foreground: trial.map(|trial| trial.foreground).or(confirmed.map(|serve| serve.foreground)).unwrap_or(0),
            build: self.machine.state.build.code.clone(),
            detail: detail.to_owned(),
        }
    }

    /// Hold a failure against the content of `current`.
    fn blame(&mut self, cause: Cause) {
        let state = &self.machine.state;
        let Some(kept) = state.record(&state.current) else { return };
        let build = Tag::of_build(&state.build);
        let before = state.ledger.find(kept.root, None, build);
        let entry = LedgerEntry {
            root: kept.root,
            artifact: kept.artifact,
            build,
            cause,
            failures: before.map_or(0, |entry| entry.failures).saturating_add(u32::from(cause != Cause::NotProven)),
            attempts: self.machine.marks.trial.as_ref().map_or(0, |trial| trial.attempts),
            first: before.map_or(self.at.unix, |entry| entry.first),
            last: self.at.unix,
            retry: kept.retry,
        };
        self.machine.state.ledger.put(entry);
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
        self.mark();
        let Some(process) = self.machine.session.process.clone().filter(|_| self.machine.session.mode == Mode::Active)
        else {
            return;
        };
        let (state, marks) = (&self.machine.state, &mut self.machine.marks);
        let before = marks.serve.take();
        let again = before.as_ref().filter(|before| before.bundle == state.current);
        if again.is_none() || state.trial.is_some() {
            marks.deaths = 0;
        }
        let fresh = again.is_none_or(|before| before.fresh);
        let foreground = self.machine.session.foreground_since.is_some();
        marks.serve = Some(ServeRecord {
            token: self.at.token.clone(),
            bundle: state.current.clone(),
            trial: state.trial.as_ref().map(|trial| trial.id.clone()),
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
            bundle: state.current.clone(),
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
            self.mark();
        }
    }
}
