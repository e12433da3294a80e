//! Foreground and background: attempts, deaths, and the time that runs only while the app is looked at.
//!
//! In: lifecycle events and monotonic time. Out: counts in the marks, time-outs. May touch: nothing. Keeps: I5, I6.

use super::{Machine, Measures, Standing, Turn, Work};
use crate::model::event::Outcome;
use crate::model::ledger::Cause;
use crate::model::state::LastMark;

/// Foreground milliseconds between two marks of a trial: what a death may take with it.
pub(super) const MARK_EVERY: u64 = 2_000;
/// Foreground milliseconds after which a confirmed bundle has not crashed at its start.
pub(super) const ALIVE_AFTER: u64 = 10_000;

impl Work<'_> {
    pub(super) fn foreground(&mut self) -> Outcome {
        self.elapse();
        self.machine.session.foreground_since = Some(self.at.monotonic);
        self.machine.session.foregrounds = self.machine.session.foregrounds.saturating_add(1);
        if self.machine.session.turn == Turn::AtForeground {
            self.serve_shown();
        }
        let first = self.machine.session.foregrounds == 1;
        match self.standing() {
            Standing::Trial => self.count_attempt(),
            Standing::Confirmed if first => self.count_death(),
            _ => {}
        }
        self.last_seen(LastMark::Foreground);
        Outcome::Noted
    }

    pub(super) fn tick(&mut self) -> Outcome {
        self.elapse();
        let Some(serve) = &self.machine.marks.serve else { return Outcome::Noted };
        match self.standing() {
            Standing::Trial if serve.foreground >= self.at.measures.app_ready => {
                return self.roll_back(Cause::NotConfirmed, "");
            }
            Standing::Confirmed if serve.counted && serve.foreground >= ALIVE_AFTER => self.forget_deaths(),
            _ => {}
        }
        Outcome::Noted
    }

    /// The app leaves the foreground, or ends.
    pub(super) fn left(&mut self, mark: LastMark) -> Outcome {
        self.elapse();
        self.machine.session.foreground_since = None;
        self.last_seen(mark);
        let used = self.machine.marks.serve.as_ref().map_or(0, |serve| serve.foreground);
        match self.standing() {
            Standing::Trial if used >= self.at.measures.app_ready => self.roll_back(Cause::NotConfirmed, ""),
            Standing::Confirmed => {
                self.forget_deaths();
                Outcome::Noted
            }
            _ => Outcome::Noted,
        }
    }

    /// Add the foreground time since it was added last. It is the serve's, and while the trial is the state's, the trial's.
    pub(super) fn elapse(&mut self) {
        let Some(since) = self.machine.session.foreground_since.replace(self.at.monotonic) else {
            self.machine.session.foreground_since = None;
            return;
        };
        let passed = self.at.monotonic.saturating_sub(since);
        let standing = self.standing();
        if let Some(serve) = &mut self.machine.marks.serve {
            serve.foreground = serve.foreground.saturating_add(passed);
        }
        if let (Standing::Trial, Some(trial)) = (standing, &mut self.machine.marks.trial) {
            trial.foreground = trial.foreground.saturating_add(passed);
        }
    }

    fn last_seen(&mut self, mark: LastMark) {
        if let Some(serve) = &mut self.machine.marks.serve {
            serve.last = mark;
        }
    }

    /// Counted before it can happen: the process that dies cannot count it.
    fn count_death(&mut self) {
        if let Some(serve) = &mut self.machine.marks.serve {
            serve.counted = true;
            self.machine.marks.deaths = self.machine.marks.deaths.saturating_add(1);
        }
    }

    fn forget_deaths(&mut self) {
        if let Some(serve) = &mut self.machine.marks.serve {
            serve.counted = false;
            self.machine.marks.deaths = 0;
        }
    }
}

impl Machine {
    /// Foreground milliseconds of the serve.
    pub(super) fn foreground(&self) -> u64 {
        self.marks.serve.as_ref().map_or(0, |serve| serve.foreground)
    }

    /// Of those, the milliseconds that are not in the marks file yet.
    pub(super) fn unmarked(&self) -> u64 {
        self.foreground().saturating_sub(self.session.marked)
    }

    /// When the host's timer has to call, in monotonic milliseconds: only while foreground time can change something. It does
    /// not move while nothing happens, so a page that keeps calling does not put the timer off.
    pub fn due(&self, measures: &Measures) -> Option<u64> {
        let serve = self.marks.serve.as_ref()?;
        let since = self.session.foreground_since?;
        let due = match self.standing() {
            Standing::Trial => self.session.marked.saturating_add(MARK_EVERY).min(measures.app_ready),
            Standing::Confirmed if serve.counted => ALIVE_AFTER,
            _ => return None,
        };
        Some(since.saturating_add(due.saturating_sub(serve.foreground)))
    }
}
