//! The update cycle: what a process remembers, and what each moment makes of it.
//!
//! In: a [`Moment`]. Out: [`UpdateCommand`]s. May touch: nothing. Keeps: one check in flight, nothing shown while the app is covered
//! or a delay condition holds.

use super::announcement::{Announcement, Finding, FindingKind, ReadyStatus};
use super::ended::{Arrival, CheckEnd};
use super::{LEAST_PERIOD, Leaving, Moment, Splash, UpdateCommand, UpdateMode, UpdatePlan};
use aloft_core::model::BundleRef;
use aloft_core::model::document::Priority;
use aloft_core::model::mode::{Asked, Native, Readiness, Then};

/// What one process remembers of its updates; never written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cycle {
    plan: UpdatePlan,
    visibility: Visibility,
    /// Is the one check to come that `AtInstall` and `OnLaunch` take at once?
    first: First,
    /// The check in flight.
    check: Option<RunningCheck>,
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
enum Visibility {
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
struct RunningCheck {
    show_time: ShowTime,
    attempt: Attempt,
}

/// When the app sees what a check stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ShowTime {
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
    pub(crate) fn new(plan: UpdatePlan) -> Self {
        Self {
            plan,
            visibility: Visibility::NotLaunched,
            first: First::Over,
            check: None,
            activating: None,
            awaited: false,
            next_check: None,
            uncover: None,
        }
    }

    /// What this moment means. Takes microseconds.
    pub(crate) fn on(&mut self, moment: Moment) -> Vec<UpdateCommand> {
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
        let next_check = self.next_check.filter(|_| self.visibility == Visibility::Foreground);
        self.uncover.into_iter().chain(next_check).min()
    }

    /// Is a commanded check still running?
    pub(crate) fn is_checking(&self) -> bool {
        self.check.is_some()
    }

    fn launched(&mut self, to: &mut Vec<UpdateCommand>, (foreground, native): (bool, Native), at: u64, elapsed: u64) {
        if self.visibility != Visibility::NotLaunched {
            return;
        }
        let pending = match self.plan.mode {
            UpdateMode::OnLaunch => true,
            UpdateMode::AtInstall => native == Native::New,
            _ => false,
        };
        self.first = if pending { First::Pending } else { First::Over };
        self.visibility = Visibility::Away { since: elapsed };
        if foreground {
            self.visit(to, at);
        }
    }

    fn foreground(&mut self, to: &mut Vec<UpdateCommand>, at: u64, elapsed: u64) {
        match self.visibility {
            Visibility::Away { since } => {
                to.push(UpdateCommand::Returned(elapsed.saturating_sub(since)));
                self.visit(to, at);
            }
            Visibility::Covered => self.visibility = Visibility::Foreground,
            Visibility::NotLaunched | Visibility::Foreground => {}
        }
    }

    /// Somebody looks at the app, who did not before.
    fn visit(&mut self, to: &mut Vec<UpdateCommand>, at: u64) {
        self.visibility = Visibility::Foreground;
        if self.plan.mode == UpdateMode::Off {
            return self.ready(to, ReadyStatus::Disabled);
        }
        self.cover(to);
        let timeout = self.plan.splash.map_or(0, |splash| splash.timeout);
        self.uncover = (timeout > 0).then(|| at.saturating_add(timeout));
        self.ask(to, Asked::BySchedule);
    }

    fn left(&mut self, to: &mut Vec<UpdateCommand>, leaving: Leaving, next: Readiness, elapsed: u64) {
        match (self.visibility, leaving) {
            (Visibility::Foreground, Leaving::Covered) => self.visibility = Visibility::Covered,
            (Visibility::Foreground | Visibility::Covered, Leaving::App) => {
                self.visibility = Visibility::Away { since: elapsed };
                self.uncover = None;
                self.cover(to);
                if next == Readiness::Ready {
                    self.activate(to, Activating::OnLeaving);
                }
            }
            _ => {}
        }
    }

    fn passed(&mut self, to: &mut Vec<UpdateCommand>, at: u64) {
        if self.uncover.take_if(|due| *due <= at).is_some() {
            to.push(UpdateCommand::Splash(Splash::Hide));
            if let Some(check) = &mut self.check {
                check.show_time = ShowTime::TooLate;
            }
        }
        if self.visibility == Visibility::Foreground && self.next_check.is_some_and(|due| due <= at) {
            self.ask(to, Asked::BySchedule);
        }
    }

    /// Check, unless one is in flight.
    fn ask(&mut self, to: &mut Vec<UpdateCommand>, asked: Asked) {
        if self.check.is_some() || self.visibility == Visibility::NotLaunched {
            return;
        }
        self.next_check = None;
        self.check = Some(RunningCheck { show_time: self.show_time(), attempt: Attempt::First });
        to.push(UpdateCommand::Check(asked, self.then()));
    }

    fn then(&self) -> Then {
        if self.plan.mode == UpdateMode::OnlyDownload { Then::Keep } else { Then::Stage }
    }

    /// When what the check in flight stages is seen, or else the next one.
    fn show_time(&self) -> ShowTime {
        match (self.check, self.plan.mode, self.first) {
            (Some(check), ..) => check.show_time,
            (_, UpdateMode::Always, _) | (_, _, First::Pending) => ShowTime::AtOnce,
            _ => ShowTime::InBackground,
        }
    }

    /// Keep the user from seeing what is about to be replaced.
    fn cover(&self, to: &mut Vec<UpdateCommand>) {
        if let Some(splash) = self.plan.splash.filter(|_| self.show_time() == ShowTime::AtOnce) {
            to.push(UpdateCommand::Splash(splash.show));
        }
    }

    fn ended(&mut self, to: &mut Vec<UpdateCommand>, ended: CheckEnd, at: u64) {
        let Some(check) = self.check.take() else { return };
        if ended == CheckEnd::Withdrawn && check.attempt == Attempt::First {
            self.check = Some(RunningCheck { attempt: Attempt::AfterWithdrawal, ..check });
            // By hand: what there is instead is not a second check, and not too soon.
            return to.push(UpdateCommand::Check(Asked::ByHand, self.then()));
        }
        self.first = First::Over;
        let periodic = self.plan.period > 0 && self.plan.mode != UpdateMode::Off;
        let period = self.plan.period.max(LEAST_PERIOD).saturating_mul(1000);
        self.next_check = periodic.then(|| at.saturating_add(period));
        match ended {
            CheckEnd::Staged { bundle, arrival, priority, next } => {
                arrived(to, &bundle, arrival);
                self.staged(to, bundle, self.is_wanted_now(check.show_time, priority), next);
            }
            CheckEnd::Kept { bundle, arrival } => {
                arrived(to, &bundle, arrival);
                let builtin = bundle.is_builtin();
                to.push(UpdateCommand::Emit(Announcement::UpdateAvailable(bundle)));
                self.ready(to, if builtin { ReadyStatus::OnlyDownloadBuiltin } else { ReadyStatus::OnlyDownload });
            }
            CheckEnd::Nothing(finding) => self.nothing(to, finding, ReadyStatus::NoNeed),
            CheckEnd::Failed(failure) => self.nothing(to, failure.finding, failure.status),
            CheckEnd::NotAsked | CheckEnd::Withdrawn => {
                to.push(UpdateCommand::Emit(Announcement::NoNeedUpdate));
                self.ready(to, ReadyStatus::NoNeed);
            }
        }
    }

    /// Is what a check staged to be seen now? While the app is away, whoever wants it: nobody looks.
    fn is_wanted_now(&self, show_time: ShowTime, priority: Priority) -> bool {
        match self.visibility {
            Visibility::Away { .. } => true,
            Visibility::Foreground => match show_time {
                ShowTime::AtOnce => true,
                ShowTime::InBackground => priority == Priority::Immediate,
                ShowTime::TooLate => false,
            },
            Visibility::Covered | Visibility::NotLaunched => false,
        }
    }

    fn staged(&mut self, to: &mut Vec<UpdateCommand>, bundle: BundleRef, wanted_now: bool, next: Readiness) {
        let builtin = bundle.is_builtin();
        if !builtin {
            to.push(UpdateCommand::Emit(Announcement::UpdateAvailable(bundle.clone())));
        }
        let status = match (next, wanted_now) {
            (Readiness::Nothing, _) => return self.ready(to, ReadyStatus::InstallFailed),
            (Readiness::Ready, true) => return self.activate(to, Activating::AfterCheck),
            (Readiness::Delayed, true) => ReadyStatus::Delayed,
            _ if builtin => ReadyStatus::NextBuiltin,
            _ => ReadyStatus::NextBackground,
        };
        to.push(UpdateCommand::Emit(Announcement::SetNext(bundle)));
        self.ready(to, status);
    }

    fn nothing(&mut self, to: &mut Vec<UpdateCommand>, finding: Finding, status: ReadyStatus) {
        let (found, version, breaking) = (finding.found, finding.version.clone(), finding.breaking.clone());
        to.push(UpdateCommand::Emit(Announcement::UpdateCheckResult(finding)));
        to.extend(breaking.map(|version| UpdateCommand::Emit(Announcement::BreakingAvailable(version))));
        if found == FindingKind::Failed {
            to.push(UpdateCommand::Emit(Announcement::DownloadFailed(version)));
        }
        to.push(UpdateCommand::Emit(Announcement::NoNeedUpdate));
        self.ready(to, status);
    }

    fn activate(&mut self, to: &mut Vec<UpdateCommand>, why: Activating) {
        if self.activating.is_none() {
            to.push(UpdateCommand::Activate);
        }
        if self.activating != Some(Activating::AfterCheck) {
            self.activating = Some(why); // whoever waits for `appReady` gets it
        }
    }

    fn activated(&mut self, to: &mut Vec<UpdateCommand>, bundle: BundleRef) {
        let after_check = self.activating.take() == Some(Activating::AfterCheck);
        let builtin = bundle.is_builtin();
        to.push(UpdateCommand::Emit(Announcement::Set(bundle)));
        match (after_check, builtin) {
            (true, true) => self.ready(to, ReadyStatus::BuiltinInstalled), // it has nothing to prove
            (true, false) => self.awaited = true,
            (false, _) => {}
        }
    }

    fn not_activated(&mut self, to: &mut Vec<UpdateCommand>) {
        if self.activating.take() == Some(Activating::AfterCheck) {
            self.ready(to, ReadyStatus::ReloadFailed);
        }
    }

    fn rolled_back(&mut self, to: &mut Vec<UpdateCommand>, bundle: BundleRef) {
        to.push(UpdateCommand::Emit(Announcement::UpdateFailed(bundle)));
        if std::mem::take(&mut self.awaited) {
            self.ready(to, ReadyStatus::InstallFailed);
        } else {
            self.uncovered(to);
        }
    }

    /// The app may show itself.
    fn ready(&mut self, to: &mut Vec<UpdateCommand>, status: ReadyStatus) {
        to.push(UpdateCommand::Emit(Announcement::AppReady(status)));
        self.uncovered(to);
    }

    fn uncovered(&mut self, to: &mut Vec<UpdateCommand>) {
        self.uncover = None;
        if self.plan.splash.is_some() {
            to.push(UpdateCommand::Splash(Splash::Hide));
        }
    }
}

fn arrived(to: &mut Vec<UpdateCommand>, bundle: &BundleRef, arrival: Arrival) {
    if arrival == Arrival::Downloaded {
        to.push(UpdateCommand::Emit(Announcement::DownloadComplete(bundle.clone())));
    }
}
