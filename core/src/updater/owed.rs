//! Steps that were decided and shown, and that the disk would not take.
//!
//! In: what is read from the disk, and which writes failed. Out: the state that belongs in memory. May touch: nothing. Keeps: I2
//! (neither this process nor another one loses what it wrote).

use crate::decide::boot::{Machine, Moment, step};
use crate::model::event::{Event, Trials};
use crate::model::state::State;

/// Steps that are kept at most. A disk that stays full for longer costs the oldest, as the end of the process would.
const MOST: usize = 64;

/// What a process owes the disk: while there is something, its memory is ahead.
#[derive(Default)]
pub(super) struct Owed {
    /// The state as it was last found on the disk, or written there.
    disk: Option<State>,
    /// States whose write failed since the disk was read last; one may be on the disk all the same. While any is here, so much is
    /// certain: memory is ahead.
    doubtful: Vec<State>,
    /// Steps that stand although they were not written, oldest first: the machine before each, the event, and its moment.
    steps: Vec<(Machine, Event, Moment)>,
}

impl Owed {
    /// Reports whether nothing is owed.
    pub(super) fn is_nothing(&self) -> bool {
        self.doubtful.is_empty() && self.steps.is_empty()
    }

    /// Note that a state was written: it holds every step before it.
    pub(super) fn wrote(&mut self, state: &State) {
        *self = Self { disk: Some(state.clone()), ..Self::default() };
    }

    /// Note that a state was not written for sure.
    pub(super) fn failed(&mut self, state: &State) {
        self.doubtful.push(state.clone());
    }

    /// Note that a step stands although it was not written. It is taken again without beginning a trial: a trial that is not
    /// written is not shown (I5), so it was not shown either.
    pub(super) fn stands(&mut self, before: Machine, event: &Event, at: Moment) {
        let mut event = event.clone();
        if let Event::Launched(launch) = &mut event {
            launch.trials = Trials::Withhold;
        }
        if self.steps.len() == MOST {
            self.steps.remove(0);
        }
        self.steps.push((before, event, at));
    }

    /// Take in what the disk holds, and return what memory holds after that: the same; what it held before, if that is ahead; or
    /// the steps that are owed, taken again upon what another process wrote.
    pub(super) fn read(&mut self, disk: State, memory: &State) -> State {
        let ours = self.disk.iter().chain(&self.doubtful).any(|known| *known == disk);
        self.disk = Some(disk.clone());
        self.doubtful.truncate(1); // the disk was read: of the others none can be on it
        if self.is_nothing() {
            disk
        } else if ours {
            memory.clone()
        } else {
            self.steps
                .iter()
                .fold(disk, |state, (before, event, at)| step(&Machine { state, ..before.clone() }, event, at).0.state)
        }
    }
}
