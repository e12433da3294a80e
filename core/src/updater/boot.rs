//! Boot calls: one event, one decision, one write, under the state lock; then what to show.
//!
//! In: events of host, page and worker. Out: [`Step`]. May touch: state, marks, seals of what is shown; never the network,
//! never `lasting`. Keeps: I1 (a step that fails still shows something), I2, I4, I13 (nothing here waits for an install).

use super::types::{Problem, Serve, Step};
use super::{Ports, Updater};
use crate::decide::boot::{Commit, IfUnwritten, Machine, Measures, Moment, Reaction, step};
use crate::edge::ports::Lock;
use crate::keep::Store;
use crate::keep::frame::Found;
use crate::keep::marks;
use crate::keep::state::Slots;
use crate::model::config::Config;
use crate::model::event::{Event, FirstPage, LastProcess, Launch, Outcome, Showing, Store as Read, Trials};
use crate::model::facts::Facts;
use crate::model::state::{Marks, State};
use crate::model::{BundleId, BundleRef, Error, Result, Token};

/// How long a launch waits for the state lock: an owner may be frozen (architecture 7).
const LAUNCH_WAIT: u64 = 100;
/// How long other calls wait: the owner decides and writes once.
const CALL_WAIT: u64 = 1000;

/// What the boot calls of this process share; behind one mutex, held for one decision and one write.
pub(super) struct Boot {
    slots: Slots,
    machine: Machine,
    /// What reading the state gave last.
    read: Read,
    facts: Option<Facts>,
    /// Held as long as the bundle is shown: sweep passes by it.
    held: Option<(BundleId, Lock)>,
    /// The machine is ahead of the disk: its state is written at the next chance.
    owed: Owed,
    problem: Option<Problem>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Owed {
    Nothing,
    State,
}

impl Boot {
    pub(super) fn new(ports: &Ports) -> Self {
        let machine = Machine::new(State::fresh(draw(ports), &Facts::unknown()), Marks::default());
        let (slots, read) = (Slots::default(), Read::Unreadable);
        Self { slots, machine, read, facts: None, held: None, owed: Owed::Nothing, problem: None }
    }

    pub(super) fn state(&self) -> &State {
        &self.machine.state
    }

    pub(super) fn facts(&self) -> Option<&Facts> {
        self.facts.as_ref()
    }

    pub(super) fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// Show a problem for the rest of the process, unless one is shown already.
    pub(super) fn complain(&mut self, problem: Problem) {
        self.problem.get_or_insert(problem);
    }

    /// May this process sweep: has its first page begun, or does it show none?
    pub(super) fn may_sweep(&self) -> bool {
        self.machine.session.page_seen() || !self.machine.session.is_launched()
    }

    pub(super) fn inform(&mut self, facts: &Facts) {
        self.facts = Some(facts.clone());
    }

    /// Read the state again: another process may have written. Under the state lock.
    pub(super) fn refresh(&mut self, store: &Store) {
        if self.owed == Owed::State {
            return; // what is in memory is newer
        }
        self.read = match self.slots.load::<State>(store) {
            Found::Value(state) => {
                self.machine.state = state;
                Read::Read
            }
            Found::Absent if self.read == Read::Read => Read::Read, // somebody emptied the folder: ours is written again
            Found::Absent => Read::Absent,
            Found::Lost(lost) => {
                let aside = Slots::keep_aside(store).err().map(|error| format!("; {error}")).unwrap_or_default();
                let detail = format!("the state did not parse and is kept in aside/{aside}");
                self.problem = Some(Problem { code: lost.code().to_string(), detail });
                Read::Absent
            }
            Found::Unreadable(error) => {
                self.problem = Some(Problem::of(&error));
                Read::Unreadable
            }
        };
    }

    /// Write the state: both slots before anything is deleted, else the one whose turn it is.
    pub(super) fn save(&mut self, store: &Store, copies: Copies) -> Result<()> {
        let saved = match copies {
            Copies::One => self.slots.save(store, &self.machine.state),
            Copies::Both => self.slots.save_both(store, &self.machine.state),
        };
        if saved.is_ok() {
            self.owed = Owed::Nothing;
        }
        saved
    }

    /// Change the state outside the machine's table (reports read, nonce stored, ledger copied back), and write it.
    pub(super) fn amend(&mut self, store: &Store, change: impl FnOnce(&mut State)) -> Result<()> {
        let before = self.machine.state.clone();
        change(&mut self.machine.state);
        if self.machine.state == before {
            return Ok(());
        }
        self.save(store, Copies::One).inspect_err(|_| self.machine.state = before)
    }
}

/// How many slots must hold the state.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Copies {
    One,
    Both,
}

impl Updater {
    /// The launch: the lock, the state, the marks, one decision, at most one synced write.
    pub(super) fn boot_launch(&self, facts: &Facts) -> Step {
        let mut boot = self.boot();
        boot.facts = Some(facts.clone());
        let lock = self.state_lock(LAUNCH_WAIT);
        boot.refresh(&self.store);
        if boot.read == Read::Absent && lock.is_some() {
            boot.machine.state = State::fresh(draw(&self.ports), facts);
        }
        if !boot.machine.session.is_launched() {
            boot.machine.marks = match marks::load(&self.store) {
                Found::Value(marks) => marks,
                _ => Marks::default(), // void: the launch counts them as lost
            };
        }
        let store = if lock.is_none() && boot.read == Read::Read { Read::Unlocked } else { boot.read };
        let other = boot.machine.marks.other_process(facts);
        let alive = other.is_some_and(|(pid, started)| self.ports.system.alive(pid, started));
        let last = if alive { LastProcess::Alive } else { LastProcess::Gone };
        let mut launch = Launch { facts: facts.clone(), store, last, trials: Trials::Begin };
        let (taken, unwritten) = self.take(&mut boot, &Event::Launched(Box::new(launch.clone())), lock.as_ref());
        if unwritten.is_none() {
            return taken;
        }
        launch.trials = Trials::Withhold;
        self.take(&mut boot, &Event::Launched(Box::new(launch)), lock.as_ref()).0
    }

    /// Any other event. The error says that its state could not be written, and that it is as if it had not happened.
    pub(super) fn boot_event(&self, event: &Event) -> (Step, Option<Error>) {
        let mut boot = self.boot();
        let lock = if boot.machine.session.is_passive() { None } else { self.state_lock(CALL_WAIT) };
        if lock.is_some() {
            boot.refresh(&self.store);
        }
        self.take(&mut boot, event, lock.as_ref())
    }

    /// A worker in a process that shows nothing finds a state, or begins one.
    pub(super) fn settle(&self, facts: &Facts) -> Result<()> {
        let mut boot = self.boot();
        if boot.machine.session.is_launched() {
            return Ok(());
        }
        let Some(_lock) = self.store.lock_state(CALL_WAIT)? else { return Err(Error::Poisoned) };
        boot.refresh(&self.store);
        match boot.read {
            Read::Absent => {
                boot.machine.state = State::fresh(draw(&self.ports), facts);
                boot.save(&self.store, Copies::One)
            }
            Read::Unreadable => Err(Error::Poisoned),
            Read::Read | Read::Unlocked => Ok(()),
        }
    }

    /// Change the state outside the machine's table, under both locks.
    pub(super) fn amend(&self, change: impl FnOnce(&mut State)) -> Result<()> {
        let mut boot = self.boot();
        let lock = self.store.lock_state(CALL_WAIT)?;
        if lock.is_none() || boot.machine.session.is_passive() {
            return Err(Error::Poisoned);
        }
        boot.refresh(&self.store);
        boot.amend(&self.store, change)
    }

    /// Decide, write, then show.
    fn take(&self, boot: &mut Boot, event: &Event, lock: Option<&Lock>) -> (Step, Option<Error>) {
        let at = self.moment(&boot.machine.state, event);
        let (machine, reaction) = step(&boot.machine, event, &at);
        let before = std::mem::replace(&mut boot.machine, machine);
        let owed = boot.owed == Owed::State && boot.machine.state == before.state;
        let written = match reaction.commit {
            Commit::State => self.write(boot, lock),
            _ if owed && lock.is_some() => self.write(boot, lock),
            _ => Ok(()),
        };
        if let Err(error) = written {
            boot.problem = Some(Problem::of(&error));
            if reaction.commit == Commit::State && reaction.if_unwritten == IfUnwritten::Undo {
                boot.machine = before;
                return (Step::of(Outcome::Noted), Some(error));
            }
            boot.owed = Owed::State;
        }
        if boot.machine.marks != before.marks && reaction.commit != Commit::Nothing {
            self.mark(&boot.machine.marks);
        }
        (self.show(boot, reaction), None)
    }

    fn write(&self, boot: &mut Boot, lock: Option<&Lock>) -> Result<()> {
        if lock.is_none() {
            return Err(Error::Poisoned);
        }
        boot.save(&self.store, Copies::One)
    }

    /// Marks guard against the death of the process only; without them a launch counts them as lost.
    fn mark(&self, marks: &Marks) {
        if let Err(error) = marks::save(&self.store, marks) {
            self.log(&format!("marks: {error}"));
        }
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
        }
    }

    fn moment(&self, state: &State, event: &Event) -> Moment {
        let named = match event {
            Event::Activated(bundle) => Some(bundle),
            _ => None,
        };
        let slots = [Some(&state.current), Some(&state.fallback), state.next.as_ref(), named];
        let mut ids: Vec<&BundleId> = slots.into_iter().flatten().filter_map(BundleRef::id).collect();
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

    /// The state lock; the folders are made by whoever finds none.
    fn state_lock(&self, wait: u64) -> Option<Lock> {
        let lock = self.store.lock_state(wait).or_else(|_| {
            self.store.create()?;
            self.store.lock_state(wait)
        });
        lock.unwrap_or_else(|error| {
            self.log(&format!("the state is not locked: {error}"));
            None
        })
    }
}

fn measures(config: &Config) -> Measures {
    Measures {
        attempts: config.boot_attempts.max(1),
        app_ready: config.timing.app_ready,
        deaths: config.crash_loop_limit.max(1),
        on_native_update: config.on_native_update,
    }
}

/// Draw a token.
pub(super) fn draw(ports: &Ports) -> Token {
    let mut random = [0; 8];
    ports.system.random(&mut random);
    Token::from_random(random)
}
