//! A simulated device around the machine: a disk, processes that die, time. Every step is checked for legal slots.

mod asks;
mod delay;
mod judge;
mod launch;
mod place;
mod session;
mod snapshot;
mod walk;
mod worst;

use super::{Commit, IfUnwritten, Machine, Measures, Moment, Reaction, step};
use crate::model::bundle::{Build, BundleId, BundleRef, Token};
use crate::model::config::{OnNativeUpdate, ReloadAt};
use crate::model::digest::{Digest, RootDigest};
use crate::model::event::{Choice, Event, LastProcess, Launch, Outcome, Proof, Staging, Store, Trials};
use crate::model::facts::{BuiltinRoot, Exit, ExitRecord, Facts, Platform};
use crate::model::ledger::Cause;
use crate::model::limits::{MAX_KEPT, MAX_LEDGER, MAX_REPORTS};
use crate::model::report::Reason;
use crate::model::state::{Kept, Marks, State};
use std::borrow::Borrow;

/// A bundle by one letter; `-` is builtin.
fn bundle(name: char) -> BundleRef {
    if name == '-' { BundleRef::Builtin } else { BundleRef::Kept(id(name)) }
}

fn id(name: char) -> BundleId {
    name.to_string().repeat(BundleId::LEN).parse().unwrap()
}

fn letter(bundle: &BundleRef) -> char {
    bundle.id().map_or('-', |id| id.as_str().chars().next().unwrap())
}

fn root(name: char) -> RootDigest {
    RootDigest(Digest::of(name.to_string().as_bytes()))
}

fn kept(name: char) -> Kept {
    Kept {
        id: id(name),
        root: root(name),
        version: format!("1.0.0-{name}").parse().unwrap(),
        channel: None,
        created: 0,
        installed: 0,
        artifact: None,
        requires: None,
        retry: 0,
        withdrawn: false,
        withdrawn_by: Vec::new(),
        damaged: false,
        used: 0,
    }
}

fn staged(name: char) -> Event {
    let staging = if name == '-' { Staging::Builtin } else { Staging::Bundle(Box::new(kept(name))) };
    Event::Staged(staging, Choice::Automatic)
}

fn withdrawn(roots: Vec<RootDigest>) -> Event {
    Event::Withdrawn { channel: "production".to_owned(), roots }
}

fn queued() -> Event {
    Event::Confirmed(Proof::Queued)
}

fn facts() -> Facts {
    Facts {
        build: Build { code: "1".to_owned(), name: "1.0".to_owned() },
        builtin_root: BuiltinRoot::Is(root('-')),
        platform: Platform::Android,
        os: "14".to_owned(),
        os_build: "os".to_owned(),
        webview: None,
        fingerprint: None,
        boot_session: "boot 1".to_owned(),
        pid: 1,
        started: 1,
        foreground: true,
        exits: Vec::new(),
        low_memory_kills_reported: true,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Disk {
    Writable,
    Full,
}

#[derive(Debug, Clone)]
struct Device {
    state: State,
    marks: Marks,
    machine: Machine,
    facts: Facts,
    store: Store,
    last: LastProcess,
    disk: Disk,
    gone: Vec<BundleId>,
    measures: Measures,
    unix: u64,
    monotonic: u64,
    drawn: u64,
}

impl Device {
    /// An installation whose first process has not started.
    fn fresh() -> Self {
        let state = State::fresh(Token::from_random([0; 8]), &facts());
        Self {
            machine: Machine::new(state.clone(), Marks::default()),
            state,
            marks: Marks::default(),
            facts: facts(),
            store: Store::Read,
            last: LastProcess::Gone,
            disk: Disk::Writable,
            gone: Vec::new(),
            measures: Measures {
                attempts: 2,
                app_ready: 30_000,
                deaths: 3,
                on_native_update: OnNativeUpdate::Reset,
                reload: ReloadAt::Start,
            },
            unix: 1_000_000,
            monotonic: 0,
            drawn: 0,
        }
    }

    /// Each of these was confirmed after the one before; the last process was closed from the background.
    fn confirmed(names: &str) -> Self {
        let mut device = Self::fresh();
        device.launch();
        for name in names.chars() {
            device.send(staged(name));
            device.close();
            device.launch();
            device.page();
            assert_eq!(device.send(queued()).outcome, Outcome::Confirmed);
        }
        device.close();
        device
    }

    /// `names` confirmed, then `name` staged; the process is closed.
    fn staged(names: &str, name: char) -> Self {
        let mut device = Self::confirmed(names);
        device.launch();
        device.send(staged(name));
        device.close();
        device
    }

    /// `names` confirmed, `name` shown on trial in the foreground.
    fn on_trial(names: &str, name: char) -> Self {
        let mut device = Self::staged(names, name);
        device.launch();
        assert_eq!(device.slots().0, name);
        device
    }

    fn moment(&mut self) -> Moment {
        self.drawn += 1;
        Moment {
            unix: self.unix,
            monotonic: self.monotonic,
            token: Token::from_random(self.drawn.to_be_bytes()),
            trial: Token::from_random((self.drawn | 1 << 60).to_be_bytes()),
            gone: self.gone.clone(),
            measures: self.measures,
        }
    }

    /// Start a process.
    fn launch(&mut self) -> Reaction {
        self.machine = self.unlaunched();
        self.facts.pid += 1;
        self.launch_again()
    }

    /// A process that has not launched, reading what is written.
    fn unlaunched(&self) -> Machine {
        Machine::new(self.state.clone(), self.marks.clone())
    }

    fn launch_again(&mut self) -> Reaction {
        let launch = |device: &Self, trials| {
            Event::Launched(Box::new(Launch {
                facts: device.facts.clone(),
                store: device.store,
                last: device.last,
                trials,
            }))
        };
        let event = launch(self, Trials::Begin);
        let (reaction, undone) = self.step(&event);
        if undone { self.step(&launch(self, Trials::Withhold)).0 } else { reaction }
    }

    fn send(&mut self, event: impl Borrow<Event>) -> Reaction {
        self.step(event.borrow()).0
    }

    /// What the façade does: decide, write, and go back if that failed and was needed. Was it undone?
    fn step(&mut self, event: &Event) -> (Reaction, bool) {
        let at = self.moment();
        let before = self.machine.clone();
        let (machine, reaction) = step(&before, event, &at);
        legal(&before, &machine, &reaction);
        let unwritten = self.disk == Disk::Full && reaction.commit == Commit::State;
        if unwritten && reaction.if_unwritten == IfUnwritten::Undo {
            return (reaction, true);
        }
        self.machine = machine;
        if reaction.commit >= Commit::Marks {
            self.marks = self.machine.marks.clone();
        }
        if reaction.commit == Commit::State && !unwritten {
            self.state = self.machine.state.clone();
        }
        (reaction, false)
    }

    /// The page of this serve announces itself.
    fn page(&mut self) -> Reaction {
        let token = self.token();
        self.send(Event::PageBegan(token))
    }

    fn token(&self) -> Token {
        self.machine.session.showing().unwrap().token.clone()
    }

    /// Stay in the foreground, with the host's timer.
    fn stay(&mut self, milliseconds: u64) -> Reaction {
        let mut reaction = self.send(Event::Tick);
        let end = self.monotonic + milliseconds;
        while self.monotonic < end {
            self.monotonic = end.min(self.monotonic + reaction.wake_after.unwrap_or(milliseconds).max(1));
            reaction = self.send(Event::Tick);
            if matches!(reaction.outcome, Outcome::RolledBack(_)) {
                return reaction;
            }
        }
        reaction
    }

    /// The user leaves, and the system ends the process later.
    fn close(&mut self) {
        self.send(Event::Background);
        self.die(None);
    }

    /// The process is dead, and the system says why or nothing.
    fn die(&mut self, exit: Option<Exit>) {
        let token = self.marks.serve.as_ref().map(|serve| serve.token.clone());
        self.facts.exits = token.zip(exit).map(|(token, exit)| ExitRecord { token, exit }).into_iter().collect();
        self.machine = self.unlaunched();
        self.monotonic = 0;
    }

    /// What was not synced is lost.
    fn power_cut(&mut self) {
        self.marks = Marks::default();
        self.facts.boot_session.push('\'');
        self.die(None);
    }

    /// Current, fallback, next.
    fn slots(&self) -> (char, char, Option<char>) {
        let state = &self.machine.state;
        (letter(&state.slots.current()), letter(state.slots.fallback()), state.slots.next().map(letter))
    }

    fn is_on_trial(&self) -> bool {
        self.machine.state.slots.trial().is_some()
    }

    fn attempts(&self) -> u32 {
        self.machine.marks.trial.as_ref().map_or(0, |trial| trial.attempts)
    }

    fn reason(&self) -> Option<Reason> {
        self.machine.state.reports.entries().last().map(|report| report.reason)
    }

    fn blamed(&self) -> Vec<(RootDigest, Cause)> {
        self.machine.state.ledger.entries().iter().map(|entry| (entry.root, entry.cause)).collect()
    }
}

/// What holds after every step, whatever came before.
fn legal(before: &Machine, after: &Machine, reaction: &Reaction) {
    let state = &after.state;
    assert!(
        state.slots.current() != *state.slots.fallback() || state.slots.current().is_builtin(),
        "I7: a fallback of itself"
    );
    assert_ne!(state.slots.next(), Some(&state.slots.current()), "next is current");
    for slot in [Some(&state.slots.current()), Some(state.slots.fallback()), state.slots.next()].into_iter().flatten() {
        assert!(slot.is_builtin() || state.record(slot).is_some(), "I2: a slot names what is not kept");
    }
    assert!(state.slots.trial().is_none() || !state.slots.current().is_builtin(), "I7: builtin on trial");
    assert!(state.bundles.len() <= MAX_KEPT, "I10");
    assert!(state.ledger.entries().len() <= MAX_LEDGER, "I10");
    assert!(state.reports.entries().len() <= MAX_REPORTS, "I10");
    assert!(state.ledger.entries().iter().all(|entry| entry.root != root('-')), "I7: builtin blocked");
    if after.session.is_passive() {
        assert_eq!((&after.state, &after.marks), (&before.state, &before.marks), "a passive process wrote");
    }
    if matches!(reaction.outcome, Outcome::Serving) {
        assert!(reaction.serve.is_some(), "I1: nothing to show");
    }
    if state.slots.trial() != before.state.slots.trial()
        && state.slots.trial().is_some()
        && before.state.slots.trial().is_none()
    {
        assert!(reaction.commit == Commit::State && reaction.if_unwritten == IfUnwritten::Undo, "I5: unwritten trial");
    }
}
