//! The update cycle: what a process remembers, and what each moment makes of it.
//!
//! In: a [`Moment`]. Out: [`Command`]s. May touch: nothing. Keeps: one check in flight, nothing shown while the app is covered
//! or a delay condition holds.

use super::announcement::{Announcement, Finding, Found, ReadyStatus};
use super::ended::{Arrival, Ended};
use super::{Command, LEAST_PERIOD, Leaving, Moment, Plan, Splash, UpdateMode};
use aloft_core::model::BundleRef;
use aloft_core::model::document::Priority;
use aloft_core::model::mode::{Asked, Native, Readiness, Then};

/// What one process remembers of its updates; never written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cycle {
    plan: Plan,
    place: Place,
    /// Is the one check to come that `AtInstall` and `OnLaunch` take at once?
    first: First,
    /// The check in flight.
    check: Option<Check>,
    /// The activation in flight.
    activating: Option<Activating>,
    /// An update was shown, and `appReady` waits for its page.
    awaited: bool,
    /// When the next periodic check is due.
    next_check: Option<u64>,
    /// When the splash screen has been shown long enough.
    uncover: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    NotLaunched,
    Foreground,
    Covered,
    /// Since this elapsed millisecond.
    Away {
        since: u64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    Pending,
    Over,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Check {
    turn: Turn,
    attempt: Attempt,
}

/// When the app sees what a check stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    AtOnce,
    InBackground,
    /// It was to be at once, but the user waited long enough.
    TooLate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    First,
    AfterWithdrawal,
}

/// Why `next` is being taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Activating {
    AfterCheck,
    OnLeaving,
}

impl Cycle {
    /// A process that has not launched.
    pub(crate) fn new(plan: Plan) -> Self {
        Self {
            plan,
            place: Place::NotLaunched,
            first: First::Over,
            check: None,
            activating: None,
            awaited: false,
            next_check: None,
            uncover: None,
        }
    }

    /// What this moment means. Takes microseconds.
    pub(crate) fn on(&mut self, moment: Moment) -> Vec<Command> {
        let mut commands = Vec::new();
        let to = &mut commands;
        match moment {
            Moment::Launched { foreground, native, at, elapsed } => {
                self.launched(to, (foreground, native), at, elapsed);
            }
            Moment::Foreground { at, elapsed } => self.foreground(to, at, elapsed),
            Moment::Left { leaving, next, elapsed } => self.left(to, leaving, next, elapsed),
            Moment::Passed { at } => self.passed(to, at),
            Moment::Triggered => self.ask(to, Asked::ByHand),
            Moment::Ended { ended, at } => self.ended(to, ended, at),
            Moment::Activated(bundle) => self.activated(to, bundle),
            Moment::NotActivated => self.not_activated(to),
            Moment::Confirmed => {
                if std::mem::take(&mut self.awaited) {
                    self.ready(to, ReadyStatus::Installed);
                }
            }
            Moment::RolledBack(bundle) => self.rolled_back(to, bundle),
        }
        commands
    }

    /// When to send [`Moment::Passed`], in monotonic milliseconds; asked again after each moment. None: nothing to wait for.
    pub(crate) fn due(&self) -> Option<u64> {
        let next_check = self.next_check.filter(|_| self.place == Place::Foreground);
        self.uncover.into_iter().chain(next_check).min()
    }

    /// Is a commanded check still running?
    pub(crate) fn is_checking(&self) -> bool {
        self.check.is_some()
    }

    fn launched(&mut self, to: &mut Vec<Command>, (foreground, native): (bool, Native), at: u64, elapsed: u64) {
        if self.place != Place::NotLaunched {
            return;
        }
        let pending = match self.plan.mode {
            UpdateMode::OnLaunch => true,
            UpdateMode::AtInstall => native == Native::New,
            _ => false,
        };
        self.first = if pending { First::Pending } else { First::Over };
        self.place = Place::Away { since: elapsed };
        if foreground {
            self.visit(to, at);
        }
    }

    fn foreground(&mut self, to: &mut Vec<Command>, at: u64, elapsed: u64) {
        match self.place {
            Place::Away { since } => {
                to.push(Command::Returned(elapsed.saturating_sub(since)));
                self.visit(to, at);
            }
            Place::Covered => self.place = Place::Foreground,
            Place::NotLaunched | Place::Foreground => {}
        }
    }

    /// Somebody looks at the app, who did not before.
    fn visit(&mut self, to: &mut Vec<Command>, at: u64) {
        self.place = Place::Foreground;
        if self.plan.mode == UpdateMode::Off {
            return self.ready(to, ReadyStatus::Disabled);
        }
        self.cover(to);
        let timeout = self.plan.splash.map_or(0, |splash| splash.timeout);
        self.uncover = (timeout > 0).then(|| at.saturating_add(timeout));
        self.ask(to, Asked::BySchedule);
    }

    fn left(&mut self, to: &mut Vec<Command>, leaving: Leaving, next: Readiness, elapsed: u64) {
        match (self.place, leaving) {
            (Place::Foreground, Leaving::Covered) => self.place = Place::Covered,
            (Place::Foreground | Place::Covered, Leaving::App) => {
                self.place = Place::Away { since: elapsed };
                self.uncover = None;
                self.cover(to);
                if next == Readiness::Ready {
                    self.activate(to, Activating::OnLeaving);
                }
            }
            _ => {}
        }
    }

    fn passed(&mut self, to: &mut Vec<Command>, at: u64) {
        if self.uncover.take_if(|due| *due <= at).is_some() {
            to.push(Command::Splash(Splash::Hide));
            if let Some(check) = &mut self.check {
                check.turn = Turn::TooLate;
            }
        }
        if self.place == Place::Foreground && self.next_check.is_some_and(|due| due <= at) {
            self.ask(to, Asked::BySchedule);
        }
    }

    /// Check, unless one is in flight.
    fn ask(&mut self, to: &mut Vec<Command>, asked: Asked) {
        if self.check.is_some() || self.place == Place::NotLaunched {
            return;
        }
        self.next_check = None;
        self.check = Some(Check { turn: self.turn(), attempt: Attempt::First });
        to.push(Command::Check(asked, self.then()));
    }

    fn then(&self) -> Then {
        if self.plan.mode == UpdateMode::OnlyDownload { Then::Keep } else { Then::Stage }
    }

    /// When what the check in flight stages is seen, or else the next one.
    fn turn(&self) -> Turn {
        match (self.check, self.plan.mode, self.first) {
            (Some(check), ..) => check.turn,
            (_, UpdateMode::Always, _) | (_, _, First::Pending) => Turn::AtOnce,
            _ => Turn::InBackground,
        }
    }

    /// Keep the user from seeing what is about to be replaced.
    fn cover(&self, to: &mut Vec<Command>) {
        if let Some(splash) = self.plan.splash.filter(|_| self.turn() == Turn::AtOnce) {
            to.push(Command::Splash(splash.show));
        }
    }

    fn ended(&mut self, to: &mut Vec<Command>, ended: Ended, at: u64) {
        let Some(check) = self.check.take() else { return };
        if ended == Ended::Withdrawn && check.attempt == Attempt::First {
            self.check = Some(Check { attempt: Attempt::AfterWithdrawal, ..check });
            // By hand: what there is instead is not a second check, and not too soon.
            return to.push(Command::Check(Asked::ByHand, self.then()));
        }
        self.first = First::Over;
        let periodic = self.plan.period > 0 && self.plan.mode != UpdateMode::Off;
        let period = self.plan.period.max(LEAST_PERIOD).saturating_mul(1000);
        self.next_check = periodic.then(|| at.saturating_add(period));
        match ended {
            Ended::Staged { bundle, arrival, priority, next } => {
                arrived(to, &bundle, arrival);
                self.staged(to, bundle, self.is_wanted_now(check.turn, priority), next);
            }
            Ended::Kept { bundle, arrival } => {
                arrived(to, &bundle, arrival);
                let builtin = bundle.is_builtin();
                to.push(Command::Emit(Announcement::UpdateAvailable(bundle)));
                self.ready(to, if builtin { ReadyStatus::OnlyDownloadBuiltin } else { ReadyStatus::OnlyDownload });
            }
            Ended::Nothing(finding) => self.nothing(to, finding, ReadyStatus::NoNeed),
            Ended::Failed(failure) => self.nothing(to, failure.finding, failure.status),
            Ended::NotAsked | Ended::Withdrawn => {
                to.push(Command::Emit(Announcement::NoNeedUpdate));
                self.ready(to, ReadyStatus::NoNeed);
            }
        }
    }

    /// Is what a check staged to be seen now? While the app is away, whoever wants it: nobody looks.
    fn is_wanted_now(&self, turn: Turn, priority: Priority) -> bool {
        match self.place {
            Place::Away { .. } => true,
            Place::Foreground => match turn {
                Turn::AtOnce => true,
                Turn::InBackground => priority == Priority::Immediate,
                Turn::TooLate => false,
            },
            Place::Covered | Place::NotLaunched => false,
        }
    }

    fn staged(&mut self, to: &mut Vec<Command>, bundle: BundleRef, wanted_now: bool, next: Readiness) {
        let builtin = bundle.is_builtin();
        if !builtin {
            to.push(Command::Emit(Announcement::UpdateAvailable(bundle.clone())));
        }
        let status = match (next, wanted_now) {
            (Readiness::Nothing, _) => return self.ready(to, ReadyStatus::InstallFailed),
            (Readiness::Ready, true) => return self.activate(to, Activating::AfterCheck),
            (Readiness::Delayed, true) => ReadyStatus::Delayed,
            _ if builtin => ReadyStatus::NextBuiltin,
            _ => ReadyStatus::NextBackground,
        };
        to.push(Command::Emit(Announcement::SetNext(bundle)));
        self.ready(to, status);
    }

    fn nothing(&mut self, to: &mut Vec<Command>, finding: Finding, status: ReadyStatus) {
        let (found, version, breaking) = (finding.found, finding.version.clone(), finding.breaking.clone());
        to.push(Command::Emit(Announcement::UpdateCheckResult(finding)));
        to.extend(breaking.map(|version| Command::Emit(Announcement::BreakingAvailable(version))));
        if found == Found::Failed {
            to.push(Command::Emit(Announcement::DownloadFailed(version)));
        }
        to.push(Command::Emit(Announcement::NoNeedUpdate));
        self.ready(to, status);
    }

    fn activate(&mut self, to: &mut Vec<Command>, why: Activating) {
        if self.activating.is_none() {
            to.push(Command::Activate);
        }
        if self.activating != Some(Activating::AfterCheck) {
            self.activating = Some(why); // whoever waits for `appReady` gets it
        }
    }

    fn activated(&mut self, to: &mut Vec<Command>, bundle: BundleRef) {
        let after_check = self.activating.take() == Some(Activating::AfterCheck);
        let builtin = bundle.is_builtin();
        to.push(Command::Emit(Announcement::Set(bundle)));
        match (after_check, builtin) {
            (true, true) => self.ready(to, ReadyStatus::BuiltinInstalled), // it has nothing to prove
            (true, false) => self.awaited = true,
            (false, _) => {}
        }
    }

    fn not_activated(&mut self, to: &mut Vec<Command>) {
        if self.activating.take() == Some(Activating::AfterCheck) {
            self.ready(to, ReadyStatus::ReloadFailed);
        }
    }

    fn rolled_back(&mut self, to: &mut Vec<Command>, bundle: BundleRef) {
        to.push(Command::Emit(Announcement::UpdateFailed(bundle)));
        if std::mem::take(&mut self.awaited) {
            self.ready(to, ReadyStatus::InstallFailed);
        } else {
            self.uncovered(to);
        }
    }

    /// The app may show itself.
    fn ready(&mut self, to: &mut Vec<Command>, status: ReadyStatus) {
        to.push(Command::Emit(Announcement::AppReady(status)));
        self.uncovered(to);
    }

    fn uncovered(&mut self, to: &mut Vec<Command>) {
        self.uncover = None;
        if self.plan.splash.is_some() {
            to.push(Command::Splash(Splash::Hide));
        }
    }
}

fn arrived(to: &mut Vec<Command>, bundle: &BundleRef, arrival: Arrival) {
    if arrival == Arrival::Downloaded {
        to.push(Command::Emit(Announcement::DownloadComplete(bundle.clone())));
    }
}
