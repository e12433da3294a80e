//! What the app's listeners are told.
//!
//! In: bundles, versions, texts. Out: [`Event`]s with their payloads as JSON. May touch: nothing.

use crate::bundle_info::{BundleInfo, Described, downloading};
use crate::host::Keep;
use crate::mode::UpdateMode;
use crate::mode::{Announcement, Finding, FindingKind};
use crate::table::Comparison;
use aloft_core::model::Version;
use serde::Serialize;
use serde_json::Value;

/// An event, by its name in JavaScript.
#[derive(Debug, Clone, PartialEq, Serialize, strum::EnumDiscriminants)]
#[serde(untagged)]
#[strum_discriminants(
    name(EventName),
    derive(Hash, strum::IntoStaticStr, strum::VariantArray),
    strum(serialize_all = "camelCase"),
    doc = "The events there are.",
    allow(missing_docs)
)]
pub enum Event {
    /// How far a download is.
    Download(Download),
    /// A bundle is downloaded, verified and kept.
    DownloadComplete(Named),
    /// A download or a check failed.
    DownloadFailed(DownloadFailed),
    /// A bundle is ready.
    UpdateAvailable(Named),
    /// A check brought nothing; this goes on.
    NoNeedUpdate(Named),
    /// Why a check brought nothing.
    UpdateCheckResult(UpdateCheckResult),
    /// A release needs another native build.
    BreakingAvailable(Versioned),
    /// The same, by its older name.
    MajorAvailable(Versioned),
    /// This bundle was left.
    UpdateFailed(Named),
    /// This bundle became current.
    Set(Named),
    /// This bundle became next.
    SetNext(Named),
    /// The plugin loaded a page.
    AppReloaded(Nothing),
    /// A start or a return to the foreground is over.
    AppReady(AppReady),
    /// The app may not choose a channel.
    ChannelPrivate(ChannelPrivate),
    /// Never sent: it belongs to the store helpers.
    OnFlexibleUpdateStateChange(Nothing),
}

/// A bundle.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Named {
    /// Which.
    pub bundle: BundleInfo,
}

/// How far a download is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Download {
    /// 0 to 100; never falls.
    pub percent: u8,
    /// What is on its way.
    pub bundle: BundleInfo,
}

/// A download or a check failed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct DownloadFailed {
    /// Of which release; empty where that is not known.
    pub version: String,
    /// Why, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Why a check brought nothing.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct UpdateCheckResult {
    /// In one word.
    pub kind: Kind,
    /// As a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What the server answered, where that was the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<u16>,
    /// Which release it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What goes on.
    pub bundle: BundleInfo,
}

/// Why there is nothing to install.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Kind {
    /// What runs is what is wanted.
    UpToDate,
    /// There is something, and it is not for this device.
    Blocked,
    /// Nobody knows.
    Failed,
}

/// A version.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Versioned {
    /// Which.
    pub version: String,
}

/// Nothing.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Nothing {}

/// A start or a return to the foreground is over.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct AppReady {
    /// What is shown.
    pub bundle: BundleInfo,
    /// What its check came to.
    pub status: String,
}

/// The app may not choose a channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ChannelPrivate {
    /// Which.
    pub channel: String,
    /// Why not.
    pub message: String,
}

impl EventName {
    /// Every event there is.
    pub fn all() -> &'static [Self] {
        <Self as strum::VariantArray>::VARIANTS
    }

    /// The name in JavaScript.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What becomes of it when nobody listens; where the app alone decides what is shown, it must hear what there is.
    pub fn keep(self, mode: UpdateMode) -> Keep {
        match (self, mode) {
            (Self::Set | Self::AppReady, _) | (Self::UpdateAvailable, UpdateMode::OnlyDownload) => Keep::UntilHeard,
            _ => Keep::No,
        }
    }

    /// Beside Capgo's plugin.
    pub fn compared(self) -> Comparison {
        use Comparison as C;
        match self {
            Self::Download => {
                C::Better("bytes of the transfer count to 70, of the unpacking to 99, alike on both platforms")
            }
            Self::DownloadFailed => C::Better("once for each failure, with its code as `error`"),
            Self::UpdateCheckResult => C::Better("also after the checks of `periodCheckDelay`, on both platforms"),
            Self::BreakingAvailable | Self::MajorAvailable => {
                C::Better("sent when a release needs another native build, and always with its version")
            }
            Self::UpdateFailed => C::Better("also for crashes, hangs and page loops; `reports()` says which"),
            Self::OnFlexibleUpdateStateChange => C::Later(crate::table::STORE),
            Self::DownloadComplete
            | Self::UpdateAvailable
            | Self::NoNeedUpdate
            | Self::Set
            | Self::SetNext
            | Self::AppReloaded
            | Self::AppReady
            | Self::ChannelPrivate => C::Same,
        }
    }
}

impl Event {
    /// Which event it is.
    pub fn name(&self) -> EventName {
        self.into()
    }

    /// Its payload as JSON.
    pub fn into_payload(self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// A bundle is on its way, at this percentage.
    pub(crate) fn progress(version: &Version, percent: u8) -> Self {
        Self::Download(Download { percent, bundle: downloading(version.as_str()) })
    }

    /// The events of an announcement of the update modes, in their order.
    pub(crate) fn of(announcement: Announcement, described: &Described) -> Vec<Self> {
        use Announcement as A;
        let named = |bundle| Named { bundle: described.bundle(&bundle) };
        let current = || described.current();
        vec![match announcement {
            A::UpdateCheckResult(finding) => Self::UpdateCheckResult(UpdateCheckResult::of(finding, current())),
            A::BreakingAvailable(version) => {
                let versioned = Versioned { version };
                return vec![Self::BreakingAvailable(versioned.clone()), Self::MajorAvailable(versioned)];
            }
            A::DownloadFailed(version) => {
                Self::DownloadFailed(DownloadFailed { version: version.unwrap_or_default(), error: None })
            }
            A::NoNeedUpdate => Self::NoNeedUpdate(Named { bundle: current() }),
            A::DownloadComplete(bundle) => {
                let Named { bundle } = named(bundle);
                let whole = Download { percent: 100, bundle: bundle.clone() };
                return vec![Self::Download(whole), Self::DownloadComplete(Named { bundle })];
            }
            A::UpdateAvailable(bundle) => Self::UpdateAvailable(named(bundle)),
            A::SetNext(bundle) => Self::SetNext(named(bundle)),
            A::Set(bundle) => Self::Set(named(bundle)),
            A::UpdateFailed(bundle) => Self::UpdateFailed(named(bundle)),
            A::AppReady(status) => Self::AppReady(AppReady { bundle: current(), status: status.to_string() }),
        }]
    }
}

impl UpdateCheckResult {
    fn of(finding: Finding, bundle: BundleInfo) -> Self {
        Self {
            kind: finding.found.into(),
            error: Some(finding.error),
            message: Some(finding.message),
            status_code: finding.status_code,
            version: finding.version,
            bundle,
        }
    }
}

impl From<FindingKind> for Kind {
    fn from(found: FindingKind) -> Self {
        match found {
            FindingKind::UpToDate => Self::UpToDate,
            FindingKind::Blocked => Self::Blocked,
            FindingKind::Failed => Self::Failed,
        }
    }
}
