//! What lifecycle, pages and the worker mean for what is shown and for updates.
//!
//! In: steps of the boot machine, moments, results of checks. Out: pages, events, the timer, jobs for the worker. May touch:
//! what the core touches. Keeps: I4, I13 (what takes long is the worker's), the order of commands and calls over all threads.

use crate::event::{Event, Named};
use crate::host::{Level, Load, Page};
use crate::line::Line;
use crate::mode::{Command, Cycle, Ended, Failure, Finding, Found, Moment, Plan, ReadyStatus};
use crate::outbox::Outbox;
use crate::plugin::{Plugin, lock};
use crate::refusal::Refusal;
use crate::script::document_start;
use aloft_core::model::config::ReloadAt;
use aloft_core::model::event::Outcome;
use aloft_core::model::mode::{Asked, Then};
use aloft_core::model::{BundleRef, Token};
use aloft_core::updater::{Problem, Proof, Serve, Step};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, Weak};

/// What a process that shows pages remembers.
pub(crate) struct Runtime {
    turn: Line<Turn>,
    outbox: Outbox,
    /// When the host's one timer was asked to fire, in monotonic milliseconds.
    timer: Mutex<Option<u64>>,
    /// Was the app told what the launch decided?
    told: AtomicBool,
    missed: OnceLock<Problem>,
}

/// The update cycle, and its commands that were not carried out yet.
struct Turn {
    cycle: Cycle,
    commands: VecDeque<Command>,
}

impl Iterator for Turn {
    type Item = Command;

    fn next(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }
}

/// What became of the wish for a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum Triggered {
    /// It begins.
    Queued,
    /// One is going on.
    AlreadyRunning,
    /// There is nobody to ask, or updates stand down.
    Unavailable,
}

impl Runtime {
    /// A process that has not launched.
    pub(crate) fn new(plan: Plan) -> Self {
        Self {
            turn: Line::new(Turn { cycle: Cycle::new(plan), commands: VecDeque::new() }),
            outbox: Outbox::new(),
            timer: Mutex::default(),
            told: AtomicBool::default(),
            missed: OnceLock::new(),
        }
    }

    /// The bundle that this process shows.
    pub(crate) fn shown(&self) -> BundleRef {
        self.serve().map_or(BundleRef::Builtin, |serve| serve.bundle)
    }

    /// What this process shows; none: the builtin web assets, without us.
    pub(crate) fn serve(&self) -> Option<Serve> {
        self.outbox.shown()
    }

    /// The page of this serve is gone: events wait for the next one.
    pub(crate) fn page_gone(&self, token: &Token) {
        self.outbox.page_gone(token);
    }

    /// Why the core did not decide what this process shows.
    pub(crate) fn missed(&self) -> Option<&Problem> {
        self.missed.get()
    }

    /// The core did not decide what this process shows.
    pub(crate) fn miss(&self, why: Problem) {
        let _ = self.missed.set(why);
    }
}

impl Plugin {
    /// The page says that it is ready (I4).
    pub(crate) fn confirm(&self, proof: &Proof) -> Outcome {
        let step = self.updater.confirm(proof);
        let outcome = step.outcome.clone();
        self.apply(step);
        if let Proof::Token(token) = proof {
            self.page_is_there(token);
        }
        if matches!(outcome, Outcome::Confirmed | Outcome::AlreadyConfirmed) {
            self.moment(Moment::Confirmed);
        }
        outcome
    }

    /// Do what a step of the boot machine says.
    pub(crate) fn apply(&self, step: Step) {
        self.take(step);
        self.set_timer();
    }

    /// As [`Plugin::apply`], and leave the timer as it is.
    pub(crate) fn take(&self, step: Step) {
        let before = self.runtime.serve();
        if let Some(serve) = step.serve {
            let load = if serve.load == ReloadAt::SamePath { Load::SameUrl } else { Load::Start };
            let page = self.page(&serve, load);
            self.runtime.outbox.show(serve, page, |token| self.updater.shows(token));
            self.hand_on();
        }
        // A page in the background is left at once, and the next one shown when somebody looks.
        let left = before.filter(|before| !self.updater.shows(&before.token));
        if let (Outcome::RolledBack(_), Some(left)) = (step.outcome, left) {
            self.runtime.page_gone(&left.token);
            if !left.bundle.is_builtin() {
                self.moment(Moment::RolledBack(left.bundle));
            }
        }
    }

    /// What the host shows by itself. If the core has nothing to say: the builtin web assets, without us (I1).
    pub(crate) fn first(&self, step: Step) -> Page {
        let Some(serve) = step.serve else { return Page { load: Load::Start, ..Page::none() } };
        let page = self.page(&serve, Load::Start);
        self.runtime.outbox.attach(serve, |token| self.updater.shows(token));
        self.set_timer();
        page
    }

    /// The page with this token is there: events go to it, if it is the one that is shown.
    pub(crate) fn page_is_there(&self, token: &Token) {
        self.runtime.outbox.page_began(|| self.updater.shows(token));
        self.hand_on();
    }

    /// Tell of a rollback that the launch decided, before all else that its page hears. `since`: unix seconds before it.
    pub(crate) fn tell_of_launch(&self, outcome: &Outcome, since: u64) {
        if *outcome != Outcome::Serving || self.runtime.told.swap(true, Ordering::SeqCst) {
            return;
        }
        let described = self.described();
        let reports = described.state().reports.entries();
        let left = reports.iter().rev().find(|report| report.at >= since && report.reason.is_rollback());
        if let Some(bundle) = left.map(|report| described.left(report)) {
            self.emit(Event::UpdateFailed(Named { bundle }));
        }
    }

    /// Tell the app, when there is a page to hear it.
    pub(crate) fn emit(&self, event: Event) {
        let keep = event.name().keep(self.settings.plan.mode);
        self.runtime.outbox.send(event, keep);
        self.hand_on();
    }

    /// What a moment means for updates is done before this returns, or by the thread that is at it already.
    pub(crate) fn moment(&self, moment: Moment) {
        self.runtime.turn.with(|turn| turn.commands.extend(turn.cycle.on(moment)));
        self.runtime.turn.carry(|command| self.carry_out(command));
        self.set_timer();
    }

    /// Begin a check as the app's own wish.
    pub(crate) fn trigger_check(&self) -> Triggered {
        if self.settings.stand_down.is_some() || self.settings.core.feed.is_none() {
            return Triggered::Unavailable;
        }
        if self.runtime.turn.with(|turn| turn.cycle.is_checking()) {
            return Triggered::AlreadyRunning;
        }
        self.moment(Moment::Triggered);
        Triggered::Queued
    }

    /// The host's timer is not set any more.
    pub(crate) fn timer_fired(&self) {
        *lock(&self.runtime.timer) = None;
    }

    /// Monotonic milliseconds.
    pub(crate) fn now(&self) -> u64 {
        self.system.monotonic()
    }

    /// Elapsed milliseconds, sleep of the device included.
    pub(crate) fn elapsed(&self) -> u64 {
        self.system.elapsed()
    }

    fn carry_out(&self, command: Command) {
        match command {
            Command::Returned(away) => {
                if let Err(error) = self.updater.returned(away) {
                    self.log(Level::Warning, &error.to_string());
                }
            }
            Command::Check(asked, then) => self.check(asked, then),
            Command::Activate => {
                let activated = self.activate_next();
                self.moment(activated.map_or(Moment::NotActivated, Moment::Activated));
            }
            Command::Emit(announcement) => {
                let described = self.described();
                for event in Event::of(announcement, &described) {
                    self.emit(event);
                }
            }
            Command::Splash(splash) => {
                self.runtime.outbox.splash(splash);
                self.hand_on();
            }
        }
    }

    fn check(&self, asked: Asked, then: Then) {
        let running = Running(self.me.clone());
        self.work(move |plugin| {
            let result = plugin.updater.update_then(asked, then);
            if let Ok(updated) = &result {
                plugin.apply(updated.step.clone());
            }
            running.ends(Ended::of(&result, || plugin.updater.readiness()));
        });
    }

    fn activate_next(&self) -> Option<BundleRef> {
        self.runtime.serve()?; // a process without a page of ours leaves it to the next one
        let next = self.updater.state().slots.next().cloned()?;
        match self.updater.activate(&next) {
            Ok(step) if step.serve.is_some() => {
                self.apply(step);
                Some(next)
            }
            Ok(_) => None,
            Err(error) => {
                self.log(Level::Warning, &error.to_string());
                None
            }
        }
    }

    fn page(&self, serve: &Serve, load: Load) -> Page {
        Page {
            bundle: serve.path.clone(),
            script: Some(document_start(serve, self.settings.service_workers)),
            token: Some(serve.token.as_str().to_owned()),
            load,
        }
    }

    /// Ask the host's timer for the next time that anything is due.
    fn set_timer(&self) {
        {
            // Held until the host's call is in its line: of two threads the one that saw more is the later one.
            let mut asked = lock(&self.runtime.timer);
            let modes = self.runtime.turn.with(|turn| turn.cycle.due());
            let next = self.updater.due().into_iter().chain(modes).min();
            let before = std::mem::replace(&mut *asked, next);
            if let Some(at) = next.filter(|_| next != before) {
                self.runtime.outbox.wake(at);
            }
        }
        self.hand_on();
    }

    fn hand_on(&self) {
        self.runtime.outbox.hand_on(&*self.host, &*self.system);
    }
}

/// A check that was commanded. Dropped by a panic, or by a worker that has no thread, it ends too: there must be another one.
struct Running(Weak<Plugin>);

impl Running {
    fn ends(mut self, ended: Ended) {
        end(&std::mem::take(&mut self.0), ended);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let finding = Finding {
            found: Found::Failed,
            error: Refusal::INTERNAL.to_owned(),
            message: "the check ended without a result; the log may say why".to_owned(),
            status_code: None,
            version: None,
            breaking: None,
        };
        end(&self.0, Ended::Failed(Failure { finding, status: ReadyStatus::CheckFailed }));
    }
}

fn end(plugin: &Weak<Plugin>, ended: Ended) {
    if let Some(plugin) = plugin.upgrade() {
        plugin.moment(Moment::Ended { ended, at: plugin.now() });
    }
}
