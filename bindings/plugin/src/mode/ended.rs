//! What a check came to, for the update cycle.
//!
//! In: the core's result of a run. Out: [`CheckEnd`]. May touch: nothing.

use super::announcement::{Finding, FindingKind, ReadyStatus};
use aloft_core::model::document::Priority;
use aloft_core::model::event::Outcome;
use aloft_core::model::mode::Readiness;
use aloft_core::model::{BundleId, BundleRef, Code, Error, Result};
use aloft_core::updater::{CheckStatus, UpdateStatus, Updated};

/// How a commanded check ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CheckEnd {
    /// A bundle, or builtin, is next.
    Staged {
        /// Which.
        bundle: BundleRef,
        /// How it got here.
        arrival: Arrival,
        /// How soon it is wanted.
        priority: Priority,
        /// May it be taken?
        next: Readiness,
    },
    /// A bundle, or builtin, is there for the app to stage ([`Then::Keep`](aloft_core::model::mode::Then)).
    Kept {
        /// Which.
        bundle: BundleRef,
        /// How it got here.
        arrival: Arrival,
    },
    /// There was nothing to bring.
    Nothing(Finding),
    /// Not asked at all: too soon after the last check, or another process is at it.
    NotAsked,
    /// What was shown is withdrawn and left, and nothing else was looked at: ask again.
    Withdrawn,
    /// It could not be done.
    Failed(CheckFailure),
}

impl CheckEnd {
    /// What a run came to. `readiness` tells whether what it staged may be taken; it is asked only about that.
    pub(crate) fn of(result: &Result<Updated>, readiness: impl FnOnce() -> Readiness) -> Self {
        let updated = match result {
            Ok(updated) => updated,
            Err(error) => return Self::Failed(CheckFailure::of(error)),
        };
        if updated.step.outcome == Outcome::AlreadyCurrent {
            return Self::Nothing(up_to_date());
        }
        let kept = |id: &BundleId| BundleRef::Kept(id.clone());
        match &updated.status {
            UpdateStatus::Staged { id, downloaded, resumed, priority, .. } => Self::Staged {
                bundle: kept(id),
                arrival: arrival(*downloaded, *resumed),
                priority: *priority,
                next: readiness(),
            },
            UpdateStatus::StagedBuiltin => Self::Staged {
                bundle: BundleRef::Builtin,
                arrival: Arrival::Present,
                priority: Priority::Background,
                next: readiness(),
            },
            UpdateStatus::Kept { id, downloaded, resumed, .. } => {
                Self::Kept { bundle: kept(id), arrival: arrival(*downloaded, *resumed) }
            }
            UpdateStatus::Nothing { check } => nothing(check, updated),
            _ => Self::Nothing(up_to_date()),
        }
    }
}

/// How a bundle got to the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// By this check.
    Downloaded,
    /// It was there.
    Present,
}

/// A check or an install that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CheckFailure {
    /// What to tell of it.
    pub(crate) finding: Finding,
    /// The text of `appReady`.
    pub(crate) status: ReadyStatus,
}

impl CheckFailure {
    /// What `error` is to the app.
    pub(crate) fn of(error: &Error) -> Self {
        let status_code = match error {
            Error::Server { status, .. } => Some(*status),
            _ => None,
        };
        let finding = Finding {
            found: FindingKind::Failed,
            error: error.code().to_string(),
            message: error.to_string(),
            status_code,
            version: None,
            breaking: None,
        };
        Self { finding, status: ReadyStatus::of(error) }
    }
}

fn arrival(downloaded: u64, resumed: bool) -> Arrival {
    if downloaded > 0 || resumed { Arrival::Downloaded } else { Arrival::Present }
}

fn nothing(check: &CheckStatus, updated: &Updated) -> CheckEnd {
    match check {
        CheckStatus::Builtin => CheckEnd::Kept { bundle: BundleRef::Builtin, arrival: Arrival::Present },
        CheckStatus::Withdrawn => CheckEnd::Withdrawn,
        CheckStatus::TooSoon { .. } | CheckStatus::AlreadyRunning => CheckEnd::NotAsked,
        CheckStatus::NothingMatches { expired } => {
            let first = updated.skipped.first();
            let (error, message) = match first {
                _ if *expired => (Code::Expired.to_string(), "the channel's document has expired".to_owned()),
                Some(skipped) => (skipped.reason.clone(), format!("{} is not for this device", skipped.version)),
                None => return CheckEnd::Nothing(up_to_date()),
            };
            let breaking = updated.skipped.iter().find(|skipped| skipped.reason == "native_build");
            CheckEnd::Nothing(Finding {
                found: FindingKind::Blocked,
                error,
                message,
                status_code: None,
                version: first.map(|skipped| skipped.version.to_string()),
                breaking: breaking.map(|skipped| skipped.version.to_string()),
            })
        }
        _ => CheckEnd::Nothing(up_to_date()),
    }
}

fn up_to_date() -> Finding {
    Finding {
        found: FindingKind::UpToDate,
        error: "no_new_version_available".to_owned(),
        message: "No new version available".to_owned(),
        status_code: None,
        version: None,
        breaking: None,
    }
}
