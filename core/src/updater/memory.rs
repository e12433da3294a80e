//! What the boot calls of one process share: the machine in memory, and how it stands to what lies on the disk.
//!
//! In: what the disk says. Out: the same in memory; the machine's state on the disk. May touch: state, `aside/`; reads marks.
//! Keeps: I2 (what failed half is written over whole), I11 (a state that was lost leaves a report).

use super::Ports;
use super::boot::draw;
use super::owed::Owed;
use super::types::Problem;
use crate::decide::boot::Machine;
use crate::edge::ports::Lock;
use crate::keep::Store;
use crate::keep::frame::Found;
use crate::keep::marks;
use crate::keep::state::Slots;
use crate::model::event::{Event, Store as Read};
use crate::model::facts::Facts;
use crate::model::report::Reason;
use crate::model::state::{Marks, State};
use crate::model::{BundleId, Error, Result};

/// What the boot calls of this process share; behind one mutex, held for one decision and one write.
pub(super) struct Boot {
    slots: Slots,
    pub(super) machine: Machine,
    /// What reading the state gave last.
    pub(super) read: Read,
    facts: Option<Facts>,
    /// Held as long as the bundle is shown: sweep passes by it.
    pub(super) held: Option<(BundleId, Lock)>,
    /// What is written at the next chance.
    pub(super) owed: Owed,
    /// Whether the marks of the last step are written, as far as they had to be.
    pub(super) marked: bool,
    /// Why the state was made anew.
    lost: Option<Problem>,
    /// Why what lasts was made anew.
    lost_lasting: Option<Problem>,
    /// What went wrong when the state was read or written last.
    problem: Option<Problem>,
}

impl Boot {
    pub(super) fn new(ports: &Ports) -> Self {
        let machine = Machine::new(State::fresh(draw(ports), &Facts::unknown()), Marks::default());
        let (slots, read) = (Slots::default(), Read::Unreadable);
        Self {
            slots,
            machine,
            read,
            facts: None,
            held: None,
            owed: Owed::default(),
            marked: true,
            lost: None,
            lost_lasting: None,
            problem: None,
        }
    }

    pub(super) fn state(&self) -> &State {
        &self.machine.state
    }

    pub(super) fn facts(&self) -> Option<&Facts> {
        self.facts.as_ref()
    }

    pub(super) fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.lost.iter().chain(&self.lost_lasting).chain(&self.problem)
    }

    /// Show for the rest of the process that what lasts was made anew.
    pub(super) fn lost_lasting(&mut self, problem: Problem) {
        self.lost_lasting = Some(problem);
    }

    pub(super) fn is_passive(&self) -> bool {
        self.machine.session.is_passive()
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
        let found = self.slots.load::<State>(store);
        if self.owed.is_nothing() {
            self.problem = None;
        }
        self.read = match found {
            Found::Value(state) => {
                self.machine.state = self.owed.read(state, &self.machine.state);
                Read::Read
            }
            Found::Absent if self.read == Read::Read => Read::Read, // somebody emptied the folder: ours is written again
            Found::Absent => Read::Absent,
            Found::Lost(lost) => {
                let aside = Slots::keep_aside(store).err().map(|error| format!("; {error}")).unwrap_or_default();
                let detail = format!("the state did not parse and is kept in aside/{aside}");
                self.lost = Some(Problem { code: lost.code().to_string(), detail });
                Read::Absent
            }
            Found::Unreadable(error) => {
                self.problem = Some(Problem::of(&error));
                Read::Unreadable
            }
        };
    }

    /// Without marks a launch counts them as lost.
    pub(super) fn read_marks(&mut self, store: &Store) {
        self.machine.marks = match marks::load(store) {
            Found::Value(marks) => marks,
            _ => Marks::default(),
        };
    }

    /// Begin a state; if there was one that did not parse, its report says so (I11).
    pub(super) fn begin(&mut self, ports: &Ports, facts: &Facts) {
        let mut state = State::fresh(draw(ports), facts);
        if let Some(problem) = &self.lost {
            state.note(None, Reason::StorageLost, &problem.code, ports.system.unix_seconds());
        }
        self.machine.state = state;
    }

    /// Write the state: both slots before anything is deleted, else the one whose turn it is.
    pub(super) fn save(&mut self, store: &Store, copies: Copies) -> Result<()> {
        if self.read == Read::Unreadable || self.is_passive() {
            return Err(Error::Poisoned);
        }
        let saved = match copies {
            Copies::One => self.slots.save(store, &self.machine.state),
            Copies::Both => self.slots.save_both(store, &self.machine.state),
        };
        match saved {
            Ok(()) => self.owed.wrote(&self.machine.state),
            Err(_) => self.owed.failed(&self.machine.state),
        }
        self.problem = saved.as_ref().err().map(Problem::of);
        saved
    }

    /// With which facts to launch again: the state can be read now, somebody looks, and no page has begun (architecture 5).
    pub(super) fn decidable(&mut self, event: &Event, store: &Store) -> Option<Facts> {
        if *event != Event::Foreground || !self.machine.session.is_undecided() {
            return None;
        }
        self.refresh(store);
        let facts = self.facts.clone().filter(|_| self.read != Read::Unreadable)?;
        Some(Facts { foreground: true, ..facts })
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
