//! What may hold back what is staged, and whether it may be taken now.
//!
//! In: calls of hosts that decide when to show an update. Out: conditions, readiness. May touch: the state.
//! Keeps: I10 (conditions are bounded).

use super::{Native, Readiness, Updater};
use crate::decide::delay::{Eligibility, eligible, lapse};
use crate::model::Result;
use crate::model::delay::Delay;
use crate::model::limits::{MAX_DELAYS, within};

impl Updater {
    /// Hold back what is staged until all of these are gone; they replace those before. Small file I/O.
    ///
    /// # Errors
    /// `too_large` for more than 8; storage errors: then the ones before stay.
    pub fn set_delays(&self, delays: Vec<Delay>) -> Result<()> {
        within("the list of delay conditions", MAX_DELAYS as u64, delays.len() as u64)?;
        self.amend(|state| state.delays = delays.into_iter().map(Delay::bounded).collect())
    }

    /// Drop all conditions. Shows nothing: what is staged is taken when its time comes. Small file I/O.
    ///
    /// # Errors
    /// Storage errors: then they stay.
    pub fn cancel_delays(&self) -> Result<()> {
        self.set_delays(Vec::new())
    }

    /// The conditions that are not gone. Small file I/O.
    pub fn delays(&self) -> Vec<Delay> {
        self.fresh().state().delays.clone()
    }

    /// The app is back after so many milliseconds in the background, sleep of the device included: conditions that this meets are gone.
    /// No I/O without conditions, else a synced write if one is met; waits at most a second for another process.
    ///
    /// # Errors
    /// Storage errors: then they stay until the next time.
    pub fn returned(&self, away: u64) -> Result<()> {
        if self.boot().state().delays.is_empty() {
            return Ok(());
        }
        let now = self.ports.system.unix_seconds();
        self.amend(|state| lapse(state, Some(away), now))
    }

    /// Is there a `next`, and may this process take it now? Small file I/O. Safe on a main thread.
    pub fn readiness(&self) -> Readiness {
        let boot = self.fresh();
        let Some(next) = boot.state().slots.next().filter(|_| !boot.is_passive()) else { return Readiness::Nothing };
        match eligible(boot.state(), next, self.ports.system.unix_seconds()) {
            Eligibility::Now => Readiness::Ready,
            Eligibility::Later => Readiness::Delayed,
            Eligibility::Never(_) => Readiness::Nothing,
        }
    }

    /// Did this process's launch find another native build than the one before, or none? No I/O.
    pub fn native(&self) -> Native {
        self.boot().machine.session.native()
    }
}
