//! Counting: attempts, deaths, page begins, and the time that runs only while the app is in the foreground.
//!
//! In: an event, before it is decided. Out: counts in marks and session. No slot changes here. Keeps: I4, I5, I6.

use super::{Gate, Machine, Measures, PageSeen, Place, Standing, Work};
use crate::model::event::{Asker, Event, FirstPage, RenderExit};
use crate::model::state::LastMark;

/// Foreground milliseconds between two marks of a trial: what a death may take with it. A confirmed bundle whose death would
/// count is marked once after as many, so that the next launch can tell a death before them from a later one.
pub(super) const MARK_EVERY: u64 = 2_000;
/// Foreground milliseconds after which a confirmed bundle has not crashed at its start.
pub(super) const ALIVE_AFTER: u64 = 10_000;

/// Whose page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    /// The page of the serve that is shown.
    Shown,
    /// The page of a serve before it, which is alive for a moment after a swap.
    Outgoing,
}

impl Work<'_> {
    /// Write down what happened. This comes before the decision, which judges the counts.
    pub(super) fn count(&mut self, event: &Event) {
        use Event as E;
        use Standing as S;
        match (self.standing(), event) {
            (S::Passive, E::PageBegan(_)) => self.machine.session.page = PageSeen::Yes,
            (S::Idle | S::Passive, _) | (S::Trial, E::RenderGone(_, RenderExit::Crashed)) => {}
            (_, E::Foreground) => self.came(),
            (_, E::Background) => self.went(LastMark::Background),
            (_, E::Terminating) => self.went(LastMark::Terminating),
            (_, E::Tick) => self.ticked(),
            (_, E::Attached) => {
                self.machine.session.place = Place::Start; // a new web view has no path
                self.allow_begin();
            }
            (_, E::PageBegan(_)) => self.page_began(if self.hears(event) { Page::Shown } else { Page::Outgoing }),
            (S::Trial, E::Reload(Asker::Page)) => self.begun_again(),
            (_, E::RenderGone(..)) if self.hears(event) => {
                self.machine.session.gate = Gate::Shut;
                self.allow_begin();
            }
            _ => {}
        }
    }

    /// The app comes to the foreground.
    fn came(&mut self) {
        self.elapse();
        let session = &mut self.machine.session;
        session.foreground_since = Some(self.at.monotonic);
        session.foregrounds = session.foregrounds.saturating_add(1);
        let first = session.foregrounds == 1;
        match self.standing() {
            Standing::Trial => self.count_attempt(),
            Standing::Confirmed if first => self.count_death(),
            _ => {}
        }
        self.last_seen(LastMark::Foreground);
    }

    /// The app leaves the foreground, or ends.
    fn went(&mut self, mark: LastMark) {
        self.elapse();
        self.machine.session.foreground_since = None;
        self.last_seen(mark);
        if self.standing() == Standing::Confirmed {
            self.forget_deaths();
        }
    }

    fn ticked(&mut self) {
        self.elapse();
        let alive = self.machine.foreground() >= ALIVE_AFTER;
        let counted = self.machine.marks.serve.as_ref().is_some_and(|serve| serve.counted);
        if self.standing() == Standing::Confirmed && counted && alive {
            self.forget_deaths();
        }
    }

    /// A page begins. Any page shuts the gate. The page of a trial's own serve opens it, and its begins are counted.
    fn page_began(&mut self, page: Page) {
        let on_trial = self.standing() == Standing::Trial;
        let own = page == Page::Shown;
        let Machine { marks, session, .. } = &mut self.machine;
        session.page = PageSeen::Yes;
        session.gate = if own && on_trial { Gate::Open } else { Gate::Shut };
        if !own {
            return;
        }
        // A page of this bundle runs: the ones after it need not clear service workers.
        session.showing.iter_mut().for_each(|showing| showing.page = FirstPage::Again);
        marks.serve.iter_mut().for_each(|serve| serve.fresh = false);
        if on_trial {
            match session.allowed.checked_sub(1) {
                Some(allowed) => session.allowed = allowed,
                None => self.begun_again(),
            }
        }
    }

    fn allow_begin(&mut self) {
        self.machine.session.allowed = self.machine.session.allowed.saturating_add(1);
    }

    /// A begin that nobody but the page wanted.
    fn begun_again(&mut self) {
        if let Some(serve) = &mut self.machine.marks.serve {
            serve.begins = serve.begins.saturating_add(1);
        }
    }

    /// Add the foreground time that passed since it was added last: to the serve and, while its trial is open, to the trial.
    pub(super) fn elapse(&mut self) {
        let Some(since) = self.machine.session.foreground_since else { return };
        self.machine.session.foreground_since = Some(self.at.monotonic);
        let passed = self.at.monotonic.saturating_sub(since);
        let on_trial = self.standing() == Standing::Trial;
        let marks = &mut self.machine.marks;
        if let Some(serve) = &mut marks.serve {
            serve.foreground = serve.foreground.saturating_add(passed);
        }
        if let Some(trial) = marks.trial.as_mut().filter(|_| on_trial) {
            trial.foreground = trial.foreground.saturating_add(passed);
        }
    }

    fn last_seen(&mut self, mark: LastMark) {
        self.machine.marks.serve.iter_mut().for_each(|serve| serve.last = mark);
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

    /// Counted before it can happen: the process that dies cannot count it.
    fn count_death(&mut self) {
        self.machine.marks.serve.iter_mut().for_each(|serve| serve.counted = true);
        self.machine.marks.deaths = self.machine.marks.deaths.saturating_add(1);
    }

    fn forget_deaths(&mut self) {
        self.machine.marks.serve.iter_mut().for_each(|serve| serve.counted = false);
        self.machine.marks.deaths = 0;
    }
}

impl Machine {
    /// Foreground milliseconds of the serve.
    pub(super) fn foreground(&self) -> u64 {
        self.marks.serve.as_ref().map_or(0, |serve| serve.foreground)
    }

    /// Reports whether enough foreground time passed for a mark of it: each two seconds of a trial, and the first two of a
    /// confirmed bundle whose death would count.
    pub(super) fn is_to_mark(&self) -> bool {
        match self.standing() {
            Standing::Trial => self.foreground().saturating_sub(self.session.marked) >= MARK_EVERY,
            Standing::Confirmed => {
                let counted = self.marks.serve.as_ref().is_some_and(|serve| serve.counted);
                counted && self.session.marked < MARK_EVERY && self.foreground() >= MARK_EVERY
            }
            Standing::Idle | Standing::Passive | Standing::Elsewhere => false,
        }
    }

    /// When the host's timer has to call, in monotonic milliseconds: only while foreground time can change something. It does
    /// not move while nothing happens, so a page that keeps calling does not put the timer off.
    pub fn due(&self, measures: &Measures) -> Option<u64> {
        let serve = self.marks.serve.as_ref()?;
        let since = self.session.foreground_since?;
        let due = match self.standing() {
            Standing::Trial => self.session.marked.saturating_add(MARK_EVERY).min(measures.app_ready),
            Standing::Confirmed if serve.counted && self.session.marked < MARK_EVERY => MARK_EVERY,
            Standing::Confirmed if serve.counted => ALIVE_AFTER,
            _ => return None,
        };
        Some(since.saturating_add(due.saturating_sub(serve.foreground)))
    }
}
