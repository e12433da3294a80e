//! Lifecycle in, and what it means for what is shown and for updates.
//!
//! In: calls of the host, the worker's results. Out: pages, events, the timer, jobs for the worker. May touch: what the core
//! touches. Keeps: I1, I4, I13 (what takes long is the worker's), and the order of commands over all threads.

use crate::event::{Event, Named, Nothing};
use crate::host::{Leaving, Level, Load, Page};
use crate::outbox::Outbox;
use crate::plugin::{Plugin, lock};
use crate::script::document_start;
use aloft_core::decide::mode::{Command, Cycle, Moment, Plan};
use aloft_core::model::event::Outcome;
use aloft_core::model::facts::{Exit, Facts};
use aloft_core::model::mode::{Asked, Then};
use aloft_core::model::{BundleRef, Token};
use aloft_core::updater::{Problem, Proof, Serve, Step};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Mutex, OnceLock};

/// What a process that shows pages remembers.
pub(crate) struct Runtime {
    turn: Mutex<Turn>,
    outbox: Outbox,
    /// What is shown; none: the builtin web assets, without us.
    shown: Mutex<Option<Serve>>,
    due: Mutex<Due>,
    /// When this process launched, unix seconds; taken when its first page was told what the launch decided.
    launched: Mutex<Option<u64>>,
    missed: OnceLock<Problem>,
}

/// The update cycle, and the commands that were not carried out yet.
struct Turn {
    cycle: Cycle,
    commands: VecDeque<Command>,
    /// A thread carries commands out; the others leave theirs to it, so that the order holds.
    busy: bool,
}

/// When the host's one timer is needed, in monotonic milliseconds.
#[derive(Debug, Default)]
struct Due {
    /// By the boot machine.
    boot: Option<u64>,
    /// What the host was asked for.
    asked: Option<u64>,
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
            turn: Mutex::new(Turn { cycle: Cycle::new(plan), commands: VecDeque::new(), busy: false }),
            outbox: Outbox::default(),
            shown: Mutex::default(),
            due: Mutex::default(),
            launched: Mutex::default(),
            missed: OnceLock::new(),
        }
    }

    /// The bundle that this process shows.
    pub(crate) fn shown(&self) -> BundleRef {
        lock(&self.shown).as_ref().map_or(BundleRef::Builtin, |serve| serve.bundle.clone())
    }

    /// Why the core did not decide what this process shows.
    pub(crate) fn missed(&self) -> Option<&Problem> {
        self.missed.get()
    }
}

impl Plugin {
    /// What the first page of this process shows; the host loads it. Small file I/O, safe on the main thread (I1).
    pub fn launch(&self, facts: &Facts) -> Page {
        let facts = self.told(facts);
        if let Some(why) = self.settings.stand_down {
            self.updater.inform(&facts);
            self.log(Level::Info, &format!("updates leave this app alone: {why}"));
            return Page::none();
        }
        *lock(&self.runtime.launched) = Some(self.system.unix_seconds());
        let page = self.first(self.updater.launch(&facts));
        self.began(&facts);
        page
    }

    /// A new web view or Activity in this process: what it shows. Safe on the main thread.
    pub fn attached(&self) -> Page {
        if self.settings.stand_down.is_some() {
            return Page::none();
        }
        self.first(self.updater.attached())
    }

    /// The host could not wait for the core: this process shows the builtin web assets and only works. No I/O.
    pub fn missed(&self, facts: &Facts) {
        let facts = self.told(facts);
        self.updater.inform(&facts);
        if self.settings.stand_down.is_some() {
            return;
        }
        let detail = "the core was not ready in time, so this process shows the builtin web assets".to_owned();
        self.log(Level::Warning, &detail);
        let _ = self.runtime.missed.set(Problem { code: "start_timed_out".to_owned(), detail });
        self.began(&facts);
    }

    /// A page announced itself with its token (I4). Safe on the main thread.
    pub fn page_began(&self, token: &str) {
        let Ok(token) = token.parse::<Token>() else { return };
        if self.settings.stand_down.is_some() {
            return;
        }
        let step = self.updater.page_began(&token);
        let heard = step.outcome != Outcome::Stale && step.serve.is_none();
        self.apply(step);
        if heard {
            self.tell_of_launch();
            self.runtime.outbox.page_began(&*self.host);
        }
    }

    /// The app is active. Safe on the main thread.
    pub fn foreground(&self) {
        if self.settings.stand_down.is_none() {
            self.apply(self.updater.foreground());
            self.moment(Moment::Foreground { at: self.now() });
        }
    }

    /// The app leaves the foreground. Safe on the main thread.
    pub fn background(&self, leaving: Leaving) {
        if self.settings.stand_down.is_none() {
            self.apply(self.updater.background());
            let next = self.updater.readiness();
            self.moment(Moment::Left { leaving, next, at: self.now() });
        }
    }

    /// The system says that the process ends. Safe on the main thread.
    pub fn terminating(&self) {
        if self.settings.stand_down.is_none() {
            self.apply(self.updater.terminating());
        }
    }

    /// The timer of [`Host::wake`](crate::Host::wake) fired. Safe on the main thread.
    pub fn tick(&self) {
        *lock(&self.runtime.due) = Due::default();
        if self.settings.stand_down.is_none() {
            self.apply(self.updater.tick());
            self.moment(Moment::Passed { at: self.now() });
        }
    }

    /// The renderer of the page that is shown is gone. Safe on the main thread.
    pub fn render_gone(&self, exit: Exit) {
        let token = lock(&self.runtime.shown).as_ref().map(|serve| serve.token.clone());
        if let Some(token) = token {
            self.apply(self.updater.render_gone(&token, exit));
        }
    }

    /// The page says that it is ready (I4).
    pub(crate) fn confirm(&self, proof: &Proof) -> Outcome {
        let step = self.updater.confirm(proof);
        let outcome = step.outcome.clone();
        self.apply(step);
        if matches!(outcome, Outcome::Confirmed | Outcome::AlreadyConfirmed) {
            self.moment(Moment::Confirmed);
        }
        outcome
    }

    /// Do what a step of the boot machine says.
    pub(crate) fn apply(&self, step: Step) {
        if let Some(after) = step.wake_after {
            lock(&self.runtime.due).boot = Some(self.now().saturating_add(after));
        }
        let left = match step.serve {
            Some(serve) => {
                let page = self.page(&serve, self.settings.reload);
                self.runtime.outbox.await_page();
                let left = lock(&self.runtime.shown).replace(serve);
                self.host.show(page);
                self.emit(Event::AppReloaded(Nothing {}));
                left
            }
            None => None,
        };
        match (step.outcome, left) {
            (Outcome::RolledBack(_), Some(left)) if !left.bundle.is_builtin() => {
                self.moment(Moment::RolledBack(left.bundle));
            }
            _ => self.set_timer(),
        }
    }

    /// Tell the app, when there is a page to hear it.
    pub(crate) fn emit(&self, event: Event) {
        let keep = event.name().keep(self.settings.plan.mode);
        self.runtime.outbox.send(&*self.host, event, keep);
    }

    /// What a moment means for updates is done before this returns, or by the thread that is at it already.
    pub(crate) fn moment(&self, moment: Moment) {
        {
            let mut turn = lock(&self.runtime.turn);
            let commands = turn.cycle.on(moment);
            turn.commands.extend(commands);
        }
        let mut mine = false;
        while let Some(command) = self.next_command(&mut mine) {
            self.carry_out(command); // no lock is held
        }
        self.set_timer();
    }

    /// Begin a check as the app's own wish.
    pub(crate) fn trigger_check(&self) -> Triggered {
        if self.settings.stand_down.is_some() || self.settings.core.feed.is_none() {
            return Triggered::Unavailable;
        }
        if lock(&self.runtime.turn).cycle.is_checking() {
            return Triggered::AlreadyRunning;
        }
        self.moment(Moment::Triggered);
        Triggered::Queued
    }

    fn next_command(&self, mine: &mut bool) -> Option<Command> {
        let mut turn = lock(&self.runtime.turn);
        if turn.busy && !*mine {
            return None;
        }
        let command = turn.commands.pop_front();
        *mine = command.is_some();
        turn.busy = *mine;
        command
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
            Command::Splash(splash) => self.host.splash(splash),
        }
    }

    fn check(&self, asked: Asked, then: Then) {
        self.work(move |plugin| {
            let result = plugin.updater.update_then(asked, then);
            if let Ok(updated) = &result {
                plugin.apply(updated.step.clone());
            }
            let ended = plugin.updater.ended(&result);
            plugin.moment(Moment::Ended { ended, at: plugin.now() });
        });
    }

    fn activate_next(&self) -> Option<BundleRef> {
        let next = self.updater.state().next?;
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

    /// A rollback that the launch decided: told when there is a page to hear it.
    fn tell_of_launch(&self) {
        let Some(launched) = lock(&self.runtime.launched).take() else { return };
        let described = self.described();
        let reports = described.state().reports.entries();
        let left = reports.iter().rev().find(|report| report.at >= launched && report.reason.is_rollback());
        if let Some(bundle) = left.map(|report| described.left(report)) {
            self.emit(Event::UpdateFailed(Named { bundle }));
        }
    }

    fn began(&self, facts: &Facts) {
        let native = self.updater.native();
        self.moment(Moment::Launched { foreground: facts.foreground, native, at: self.now() });
    }

    fn first(&self, step: Step) -> Page {
        if let Some(after) = step.wake_after {
            lock(&self.runtime.due).boot = Some(self.now().saturating_add(after));
        }
        let Some(serve) = step.serve else { return Page { load: Load::Start, ..Page::none() } };
        let page = self.page(&serve, Load::Start);
        self.runtime.outbox.await_page();
        *lock(&self.runtime.shown) = Some(serve);
        self.set_timer();
        page
    }

    fn page(&self, serve: &Serve, load: Load) -> Page {
        Page {
            bundle: serve.path.clone(),
            script: Some(document_start(serve, self.settings.service_workers)),
            token: Some(serve.token.as_str().to_owned()),
            load,
        }
    }

    /// Ask the host's timer for the next time anything is due.
    fn set_timer(&self) {
        let modes = lock(&self.runtime.turn).cycle.due();
        let after = {
            let mut due = lock(&self.runtime.due);
            let next = due.boot.into_iter().chain(modes).min();
            let changed = next != due.asked;
            due.asked = next;
            next.filter(|_| changed)
        };
        if let Some(at) = after {
            self.host.wake(at.saturating_sub(self.now()));
        }
    }

    fn now(&self) -> u64 {
        self.system.monotonic()
    }
}
