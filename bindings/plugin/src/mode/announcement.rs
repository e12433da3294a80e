//! What the app is told of its updates, with the texts that apps compare.
//!
//! In: names of bundles, codes, errors. Out: [`Announcement`]s. May touch: nothing.

use aloft_core::model::{BundleRef, Code, Error};

/// An event for the app. Bundles are named; their descriptions are the runtime's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Announcement {
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
pub(crate) enum ReadyStatus {
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

/// A check without anything new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// What there is.
    pub(crate) found: FindingKind,
    /// A stable code: `no_new_version_available`, the reason why a release is not for this device, or an error's code.
    pub(crate) error: String,
    /// The same for people.
    pub(crate) message: String,
    /// The server's answer, where that was the failure.
    pub(crate) status_code: Option<u16>,
    /// The release it is about.
    pub(crate) version: Option<String>,
    /// A release that only another native build can run: the store has it.
    pub(crate) breaking: Option<String>,
}

/// The kind of a [`Finding`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum FindingKind {
    /// What runs is what is wanted.
    UpToDate,
    /// There is something, and it is not for this device.
    Blocked,
    /// Nobody knows.
    Failed,
}

impl ReadyStatus {
    pub(crate) fn of(error: &Error) -> Self {
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
