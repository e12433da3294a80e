//! What the update modes ask of the façade: delay conditions, what may be taken now, and what a run came to.
//!
//! In: calls of the runtime that drives `decide::mode`. Out: values for its moments. May touch: the state.
//! Keeps: I10 (conditions are bounded).

use super::types::{CheckStatus, UpdateStatus, Updated};
use super::{Native, Readiness, Updater};
use crate::decide::delay::{Eligibility, eligible, lapse};
use crate::decide::mode::{Arrival, Ended, Failure, Finding, Found};
use crate::model::delay::Delay;
use crate::model::document::Priority;
use crate::model::event::Outcome;
use crate::model::limits::{MAX_DELAYS, within};
use crate::model::{BundleId, BundleRef, Code, Result};

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

    /// What a run came to, for the update cycle. Small file I/O.
    pub fn ended(&self, result: &Result<Updated>) -> Ended {
        let updated = match result {
            Ok(updated) => updated,
            Err(error) => return Ended::Failed(Failure::of(error)),
        };
        if updated.step.outcome == Outcome::AlreadyCurrent {
            return Ended::Nothing(up_to_date());
        }
        let kept = |id: &BundleId| BundleRef::Kept(id.clone());
        match &updated.status {
            UpdateStatus::Staged { id, downloaded, resumed, priority, .. } => Ended::Staged {
                bundle: kept(id),
                arrival: arrival(*downloaded, *resumed),
                priority: *priority,
                next: self.readiness(),
            },
            UpdateStatus::StagedBuiltin => Ended::Staged {
                bundle: BundleRef::Builtin,
                arrival: Arrival::Present,
                priority: Priority::Background,
                next: self.readiness(),
            },
            UpdateStatus::Kept { id, downloaded, resumed, .. } => {
                Ended::Kept { bundle: kept(id), arrival: arrival(*downloaded, *resumed) }
            }
            UpdateStatus::Nothing { check } => nothing(check, updated),
        }
    }
}

fn arrival(downloaded: u64, resumed: bool) -> Arrival {
    if downloaded > 0 || resumed { Arrival::Downloaded } else { Arrival::Present }
}

fn nothing(check: &CheckStatus, updated: &Updated) -> Ended {
    match check {
        CheckStatus::Builtin => Ended::Kept { bundle: BundleRef::Builtin, arrival: Arrival::Present },
        CheckStatus::Withdrawn => Ended::Withdrawn,
        CheckStatus::TooSoon { .. } | CheckStatus::AlreadyRunning => Ended::NotAsked,
        CheckStatus::NothingMatches { expired } => {
            let first = updated.skipped.first();
            let (error, message) = match first {
                _ if *expired => (Code::Expired.to_string(), "the channel's document has expired".to_owned()),
                Some(skipped) => (skipped.reason.clone(), format!("{} is not for this device", skipped.version)),
                None => return Ended::Nothing(up_to_date()),
            };
            let breaking = updated.skipped.iter().find(|skipped| skipped.reason == "native_build");
            Ended::Nothing(Finding {
                found: Found::Blocked,
                error,
                message,
                status_code: None,
                version: first.map(|skipped| skipped.version.to_string()),
                breaking: breaking.map(|skipped| skipped.version.to_string()),
            })
        }
        _ => Ended::Nothing(up_to_date()),
    }
}

fn up_to_date() -> Finding {
    Finding {
        found: Found::UpToDate,
        error: "no_new_version_available".to_owned(),
        message: "No new version available".to_owned(),
        status_code: None,
        version: None,
        breaking: None,
    }
}
