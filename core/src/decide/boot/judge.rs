//! How the last serve ended, judged once, by the next launch.
//!
//! In: marks and exit records. Out: attempts given back, evidence, deaths taken back. May touch: nothing. Keeps: I5, I6.

use super::Work;
use super::count::MARK_EVERY;
use crate::model::facts::{Exit, Facts};
use crate::model::state::{LastMark, ServeRecord, TrialMarks, session};

/// Attempts that a trial is given back at most.
const GIVE_BACK: u32 = 5;
/// Of those, for a user's request after [`MARK_EVERY`] of foreground: who swipes a white page away tells something.
const GIVE_TO_USER: u32 = 2;

/// How a serve ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// A crash, a hang, an exit by itself; or death in the foreground without a word.
    Crash,
    /// SIGKILL, where the system would have said that it wanted memory.
    Killed,
    /// The user.
    User,
    /// The system, for reasons of its own.
    System,
    /// The system, for what the process took.
    Greedy,
    /// In the foreground, and the system has a record that does not say why.
    Unknown,
}

impl Work<'_> {
    pub(super) fn judge(&mut self, facts: &Facts) {
        let Some(serve) = self.machine.marks.serve.as_ref().filter(|serve| serve.counted) else { return };
        if serve.bundle != self.machine.state.slots.current() {
            return;
        }
        let (end, foreground, own) = (ending(serve, facts), serve.foreground, serve.trial.clone());
        let open = self.machine.state.slots.trial().map(|trial| trial.id.clone());
        match (open, own) {
            (Some(open), Some(own)) if open == own => {
                if let Some(trial) = self.machine.marks.trial.as_mut().filter(|trial| trial.id == own) {
                    weigh(trial, end, foreground);
                }
            }
            (None, None) if !(end == End::Crash || end == End::Killed && foreground >= MARK_EVERY) => {
                self.machine.marks.deaths = self.machine.marks.deaths.saturating_sub(1);
            }
            _ => {}
        }
    }
}

fn ending(serve: &ServeRecord, facts: &Facts) -> End {
    let exit = facts.exits.iter().find(|record| record.token == serve.token).map(|record| record.exit);
    match exit {
        Some(Exit::Crash | Exit::NativeCrash | Exit::Anr | Exit::InitFailure | Exit::SelfExit) => End::Crash,
        Some(Exit::Signaled) if facts.low_memory_kills_reported => End::Killed,
        Some(Exit::UserRequested | Exit::UserStopped) => End::User,
        Some(Exit::ExcessiveResources) => End::Greedy,
        Some(
            Exit::Signaled
            | Exit::LowMemory
            | Exit::DependencyDied
            | Exit::PackageUpdated
            | Exit::PackageStateChanged
            | Exit::PermissionChanged
            | Exit::Freezer,
        ) => End::System,
        Some(Exit::Unknown) | None => match serve.last {
            LastMark::Terminating => End::User,
            LastMark::Foreground if serve.session == session(facts) => exit.map_or(End::Crash, |_| End::Unknown),
            // Nobody looked, or the device or the system went down around it.
            LastMark::Background | LastMark::Foreground => End::System,
        },
    }
}

/// Give the attempt back, or keep it, with or without evidence. Time is never given back.
fn weigh(trial: &mut TrialMarks, end: End, foreground: u64) {
    let short = foreground < MARK_EVERY;
    let patient = end == End::User && !short;
    let benign = end == End::System || end == End::User || (short && end != End::Crash);
    let room = trial.given_back < GIVE_BACK && !(patient && trial.given_to_user >= GIVE_TO_USER);
    if benign && room {
        trial.attempts = trial.attempts.saturating_sub(1);
        trial.given_back += 1;
        trial.given_to_user += u32::from(patient);
        return;
    }
    trial.evidence |= match end {
        End::Crash => true,
        End::Killed => !short,
        End::User => patient && trial.given_to_user >= GIVE_TO_USER,
        End::System | End::Greedy | End::Unknown => false,
    };
}
