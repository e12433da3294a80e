//! Boot calls: one event, one decision, one write, under the state lock; then what to show.
//!
//! In: events of host, page and worker. Out: [`Step`]. May touch: state, marks, seals of what is shown; never the network,
//! never `lasting`. Keeps: I1 (a step that fails still shows something), I2, I4, I13 (nothing here waits for an install).

use super::memory::{Boot, Copies};
use super::types::{Serve, Step};
use super::{BootRoom, Ports, Updater};
use crate::decide::boot::{Commit, IfUnwritten, Measures, Moment, Reaction, Session, step};
use crate::edge::ports::Lock;
use crate::keep::marks;
use crate::model::config::Config;
use crate::model::event::{Event, FirstPage, LastProcess, Launch, Outcome, Showing, Staging, Store as Read, Trials};
use crate::model::facts::Facts;
use crate::model::state::{Marks, State};
use crate::model::{BundleId, Error, Result, Token};

/// How long host and pages wait for the state lock, on a main thread: an owner may be frozen (architecture 7).
const BOOT_WAIT: u64 = 100;
/// How long the worker and the app's own wishes wait: the owner decides and writes once, on a slow disk.
pub(super) const CALL_WAIT: u64 = 1000;

impl Updater {
    /// The launch: the lock, the state, the marks, one decision, at most one synced write.
    pub(super) fn boot_launch(&self, facts: &Facts) -> Step {
        let (mut boot, lock) = self.both_locks(BOOT_WAIT);
        boot.inform(facts);
        boot.refresh(&self.store);
        let is_first = !boot.machine.session.is_active();
        if is_first {
            boot.read_marks(&self.store);
            if boot.read == Read::Absent && lock.is_some() {
                boot.begin(&self.ports, facts);
            }
        }
        let store = if lock.is_none() && boot.read != Read::Unreadable { Read::Unlocked } else { boot.read };
        let other = boot.machine.marks.other_process(facts);
        let alive = other.is_some_and(|(pid, started)| self.ports.system.alive(pid, started));
        let last = if alive { LastProcess::Alive } else { LastProcess::Gone };
        let mut launch = Launch { facts: facts.clone(), store, last, trials: Trials::Begin };
        let mut decide = |boot: &mut Boot, trials| {
            launch.trials = trials;
            self.take(boot, &Event::Launched(Box::new(launch.clone())), lock.as_ref())
        };
        let (mut taken, unwritten) = decide(&mut boot, Trials::Begin);
        if unwritten.is_some() {
            taken = decide(&mut boot, Trials::Withhold).0;
        }
        if is_first && !boot.marked && boot.machine.is_on_trial() {
            boot.machine.session = Session::default();
            taken = decide(&mut boot, Trials::Avoid).0;
        }
        taken
    }

    /// Any other event. The error says that its state could not be written, and that it is as if it had not happened.
    pub(super) fn boot_event(&self, event: &Event) -> (Step, Option<Error>) {
        let mut boot = self.boot();
        if boot.is_passive() {
            if let Some(facts) = boot.decidable(event, &self.store) {
                drop(boot);
                return (self.boot_launch(&facts), None);
            }
            return self.take(&mut boot, event, None);
        }
        drop(boot);
        let (mut boot, lock) = self.both_locks(wait(event));
        if lock.is_some() {
            boot.refresh(&self.store);
        }
        if !boot.machine.session.is_launched() {
            if lock.is_none() || boot.read == Read::Unreadable {
                return (Step::of(Outcome::NotLaunched), Some(Error::Poisoned));
            }
            boot.read_marks(&self.store); // those of the process that shows: they are changed, not replaced
        }
        self.take(&mut boot, event, lock.as_ref())
    }

    /// A worker finds a state that it may change; in a process that shows nothing it begins one.
    pub(super) fn settle(&self, facts: &Facts) -> Result<()> {
        if self.boot().is_passive() {
            return Err(Error::Poisoned);
        }
        if self.boot().machine.session.is_active() {
            return Ok(());
        }
        let (mut boot, lock) = self.both(CALL_WAIT, |wait| self.store.lock_state(wait));
        let Some(_lock) = lock? else { return Err(Error::Poisoned) };
        if boot.machine.session.is_active() {
            return Ok(()); // it was launched meanwhile
        }
        boot.refresh(&self.store);
        match boot.read {
            Read::Absent => {
                boot.begin(&self.ports, facts);
                boot.save(&self.store, Copies::One)
            }
            Read::Unreadable => Err(Error::Poisoned),
            Read::Read | Read::Unlocked => Ok(()),
        }
    }

    /// When the boot machine waits for a tick, in monotonic milliseconds.
    pub(super) fn boot_due(&self) -> Option<u64> {
        self.boot().machine.due(&measures(&self.config))
    }

    /// Change the state outside the machine's table, under both locks.
    pub(super) fn amend(&self, change: impl FnOnce(&mut State)) -> Result<()> {
        let (mut boot, lock) = self.both(CALL_WAIT, |wait| self.store.lock_state(wait));
        let Some(_lock) = lock? else { return Err(Error::Poisoned) };
        boot.refresh(&self.store);
        boot.amend(&self.store, change)
    }

    /// Decide, write, then show.
    fn take(&self, boot: &mut Boot, event: &Event, lock: Option<&Lock>) -> (Step, Option<Error>) {
        let at = self.moment(&boot.machine.state, event);
        let (machine, reaction) = step(&boot.machine, event, &at);
        let before = std::mem::replace(&mut boot.machine, machine);
        let written = match (reaction.commit, lock) {
            (Commit::State, None) => Err(Error::Poisoned),
            (Commit::State, Some(_)) => boot.save(&self.store, Copies::One),
            (_, Some(_)) if !boot.owed.is_nothing() => boot.save(&self.store, Copies::One),
            _ => Ok(()),
        };
        match written {
            Err(error) if reaction.commit == Commit::State => {
                if reaction.if_unwritten == IfUnwritten::Undo {
                    boot.machine = before;
                    return (Step::of(Outcome::Noted), Some(error));
                }
                boot.owed.stands(before.clone(), event, at);
            }
            _ => {}
        }
        let marks = &boot.machine.marks;
        boot.marked = *marks == before.marks || reaction.commit == Commit::Nothing || self.mark(marks);
        (self.show(boot, reaction), None)
    }

    /// Write the marks, and report whether they are written. They guard against the death of the process only; without them
    /// a launch counts them as lost.
    fn mark(&self, marks: &Marks) -> bool {
        let saved = marks::save(&self.store, marks);
        if let Err(error) = &saved {
            self.log_later(format!("marks: {error}"));
        }
        saved.is_ok()
    }

    fn show(&self, boot: &mut Boot, reaction: Reaction) -> Step {
        let serve = reaction.serve.map(|showing| self.serve(boot, &showing));
        Step { serve, outcome: reaction.outcome, wake_after: reaction.wake_after }
    }

    fn serve(&self, boot: &mut Boot, showing: &Showing) -> Serve {
        let id = showing.bundle.id();
        if boot.held.as_ref().map(|(held, _)| held) != id {
            boot.held = id.and_then(|id| Some((id.clone(), self.store.hold(id).ok()??)));
        }
        Serve {
            path: id.map(|id| self.store.bundle(id)),
            bundle: showing.bundle.clone(),
            token: showing.token.clone(),
            clear_service_workers: showing.page == FirstPage::OfBundle,
            load: boot.machine.session.load(),
        }
    }

    fn moment(&self, state: &State, event: &Event) -> Moment {
        let mut ids: Vec<&BundleId> = state.slots.ids().collect();
        match event {
            Event::Activated(bundle) => ids.extend(bundle.id()),
            Event::Staged(Staging::Bundle(record), _) | Event::Kept(record, _) => {
                let same = state.bundles.iter().filter(|kept| kept.root == record.root);
                ids.extend(same.map(|kept| &kept.id).chain([&record.id]));
            }
            _ => {}
        }
        ids.sort_unstable();
        ids.dedup();
        // Unreadable is not gone: the web view says so if it cannot read either, and the trial ends by itself.
        let gone = ids.into_iter().filter(|id| matches!(self.store.is_present(id), Ok(false))).cloned().collect();
        Moment {
            unix: self.ports.system.unix_seconds(),
            monotonic: self.ports.system.monotonic(),
            token: draw(&self.ports),
            trial: draw(&self.ports),
            gone,
            measures: measures(&self.config),
        }
    }

    /// Both locks; the folders are made by whoever finds none.
    fn both_locks(&self, wait: u64) -> (BootRoom<'_>, Option<Lock>) {
        let (boot, lock) = self.both(wait, |wait| {
            self.store.lock_state(wait).or_else(|_| {
                self.store.create()?;
                self.store.lock_state(wait)
            })
        });
        let lock = lock.unwrap_or_else(|error| {
            self.log_later(format!("the state is not locked: {error}"));
            None
        });
        (boot, lock)
    }

    /// The boot lock, and under it the state lock if it can be had within `wait` milliseconds.
    ///
    /// While another process holds the state lock, this waits without the boot lock: a launch, which has [`BOOT_WAIT`], must not
    /// wait behind a call that may wait longer. What it waited for is then taken again under the boot lock.
    pub(super) fn both(
        &self,
        wait: u64,
        lock: impl Fn(u64) -> Result<Option<Lock>>,
    ) -> (BootRoom<'_>, Result<Option<Lock>>) {
        let give_up = self.ports.system.monotonic().saturating_add(wait);
        loop {
            let boot = self.boot();
            let locked = lock(0);
            let left = give_up.saturating_sub(self.ports.system.monotonic());
            if left == 0 || !matches!(locked, Ok(None)) {
                return (boot, locked);
            }
            drop(boot);
            match lock(left) {
                Ok(Some(free)) => drop(free),
                other => return (self.boot(), other),
            }
        }
    }
}

fn wait(event: &Event) -> u64 {
    use Event as E;
    match event {
        E::Staged(..)
        | E::Kept(..)
        | E::Activated(_)
        | E::Reset(_)
        | E::Withdrawn { .. }
        | E::Removed(_)
        | E::Damaged(_)
        | E::Condemned(_)
        | E::Unblocked(_) => CALL_WAIT,
        E::Launched(_)
        | E::Attached
        | E::Foreground
        | E::PageBegan(_)
        | E::RenderGone(..)
        | E::Reload(_)
        | E::Tick
        | E::Background
        | E::Terminating
        | E::Confirmed(_)
        | E::Failed(..) => BOOT_WAIT,
    }
}

fn measures(config: &Config) -> Measures {
    Measures {
        attempts: config.boot_attempts.max(1),
        app_ready: config.timing.app_ready,
        deaths: config.crash_loop_limit.max(1),
        on_native_update: config.on_native_update,
        reload: config.reload,
    }
}

/// Draw a token.
pub(super) fn draw(ports: &Ports) -> Token {
    let mut random = [0; 8];
    ports.system.random(&mut random);
    Token::from_random(random)
}
