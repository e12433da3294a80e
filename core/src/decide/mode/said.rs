//! What a check came to, and what the app is told of it.
//!
//! In: what the façade knows of a run. Out: announcements with the texts apps compare. May touch: nothing.

use crate::model::document::Priority;
use crate::model::mode::Readiness;
use crate::model::{BundleRef, Code, Error};

/// How a commanded check ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
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
    /// A bundle, or builtin, is there for the app to stage ([`Then::Keep`](crate::model::mode::Then)).
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
    Failed(Failure),
}

/// How a bundle got to the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// By this check.
    Downloaded,
    /// It was there.
    Present,
}

/// A check without anything new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What there is.
    pub found: Found,
    /// A stable code: `no_new_version_available`, the reason why a release is not for this device, or an error's code.
    pub error: String,
    /// The same for people.
    pub message: String,
    /// The server's answer, where that was the failure.
    pub status_code: Option<u16>,
    /// The release it is about.
    pub version: Option<String>,
    /// A release that only another native build can run: the store has it.
    pub breaking: Option<String>,
}

/// The kind of a [`Finding`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum Found {
    /// What runs is what is wanted.
    UpToDate,
    /// There is something, and it is not for this device.
    Blocked,
    /// Nobody knows.
    Failed,
}

/// A check or an install that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What to tell of it.
    pub finding: Finding,
    /// The text of `appReady`.
    pub status: ReadyStatus,
}

impl Failure {
    /// What `error` is to the app.
    pub fn of(error: &Error) -> Self {
        let status_code = match error {
            Error::Server { status, .. } => Some(*status),
            _ => None,
        };
        let finding = Finding {
            found: Found::Failed,
            error: error.code().to_string(),
            message: error.to_string(),
            status_code,
            version: None,
            breaking: None,
        };
        Self { finding, status: ReadyStatus::of(error) }
    }
}

/// An event for the app. Bundles are named; their descriptions are the runtime's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announcement {
    /// `updateCheckResult`; `bundle` is current.
    UpdateCheckResult(Finding),
    /// `breakingAvailable` and its alias `majorAvailable`, with this version.
    BreakingAvailable(String),
    /// `downloadFailed`, with the version if it is known.
    DownloadFailed(Option<String>),
    /// `noNeedUpdate`; `bundle` is current.
    NoNeedUpdate,
    /// `downloadComplete`.
    DownloadComplete(BundleRef),
    /// `updateAvailable`; kept until read where the app alone decides (`onlyDownload`).
    UpdateAvailable(BundleRef),
    /// `setNext`.
    SetNext(BundleRef),
    /// `set`; kept until read.
    Set(BundleRef),
    /// `updateFailed`.
    UpdateFailed(BundleRef),
    /// `appReady`; `bundle` is current; kept until read.
    AppReady(ReadyStatus),
}

/// The `status` of `appReady`; its text is what apps compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display, strum::VariantArray)]
#[allow(missing_docs)] // the texts say it
pub enum ReadyStatus {
    #[strum(to_string = "disabled")]
    Disabled,
    #[strum(to_string = "No need to update")]
    NoNeed,
    #[strum(to_string = "update installed")]
    Installed,
    #[strum(to_string = "Update install failed")]
    InstallFailed,
    #[strum(to_string = "update downloaded, will install next background")]
    NextBackground,
    #[strum(to_string = "update downloaded, autoUpdate onlyDownload")]
    OnlyDownload,
    #[strum(to_string = "Latest version is builtin, autoUpdate onlyDownload")]
    OnlyDownloadBuiltin,
    #[strum(to_string = "Updated to builtin version")]
    BuiltinInstalled,
    #[strum(to_string = "Next update will be to builtin version")]
    NextBuiltin,
    #[strum(to_string = "Update delayed until delay conditions met")]
    Delayed,
    #[strum(to_string = "Error no url or wrong format")]
    NoFeed,
    #[strum(to_string = "Error downloading file")]
    DownloadFailed,
    #[strum(to_string = "Error checksum")]
    Checksum,
    #[strum(to_string = "Error in update check")]
    CheckFailed,
    #[strum(to_string = "Network connection failed")]
    Network,
    #[strum(to_string = "Latest bundle already exists, and is in error state. Aborting update.")]
    Blocked,
    #[strum(to_string = "Direct update reload failed, update will install next background")]
    ReloadFailed,
}

impl ReadyStatus {
    fn of(error: &Error) -> Self {
        match (error, error.code()) {
            (Error::Network { .. }, _) => Self::Network,
            (_, Code::FeedMissing) => Self::NoFeed,
            (_, Code::Blocked) => Self::Blocked,
            (_, Code::DigestMismatch | Code::SizeMismatch) => Self::Checksum,
            (
                Error::Corrupt { .. } | Error::UnsafeArchive { .. } | Error::TooLarge { .. } | Error::NoSpace { .. },
                _,
            ) => Self::DownloadFailed,
            _ => Self::CheckFailed,
        }
    }
}
