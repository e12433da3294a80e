//! Bundles as JavaScript sees them.
//!
//! In: the state and what names a bundle. Out: [`BundleInfo`]. May touch: nothing. Keeps: I7 (builtin is always described).

use aloft_core::decide::delay::kept_blocked;
use aloft_core::model::document::Date;
use aloft_core::model::report::Report;
use aloft_core::model::state::{Kept, State};
use aloft_core::model::{BundleRef, Version};
use serde::Serialize;

/// A bundle as the device knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct BundleInfo {
    /// Names it in every call: 10 letters or digits; `builtin`; `unknown` while it is on its way.
    pub id: String,
    /// The version of its release; of builtin, that of the native app.
    pub version: String,
    /// When it came to the device, ISO 8601 in UTC; the epoch for builtin and where it is not known.
    pub downloaded: String,
    /// Digest of its content in hexadecimal; empty for builtin.
    pub checksum: String,
    /// How far it came.
    pub status: BundleStatus,
    /// Where to read about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// What its publisher says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// How far a bundle came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum BundleStatus {
    /// It proved that it boots.
    Success,
    /// It failed here.
    Error,
    /// It is kept, and not proven.
    Pending,
    /// It is on its way.
    Downloading,
    /// For code that compares with it; never sent.
    Deleted,
    /// For code that compares with it; never sent.
    Deleting,
}

/// Describes bundles from one reading of the state.
#[derive(Debug, Clone)]
pub struct Described {
    state: State,
    /// What is shown.
    shown: BundleRef,
    /// The name of the native version, which builtin has too.
    native: String,
    /// Unix seconds.
    now: u64,
}

impl Described {
    /// Describes the bundles of this state, whose `current` is shown; `native` is the name of the native version.
    pub fn new(state: State, native: impl Into<String>, now: u64) -> Self {
        Self { shown: state.slots.current(), state, native: native.into(), now }
    }

    /// The same in a process that shows this bundle, whatever the state says.
    #[must_use]
    pub fn showing(self, shown: BundleRef) -> Self {
        Self { shown, ..self }
    }

    /// The state it is read from.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The bundle that is shown.
    pub fn current(&self) -> BundleInfo {
        self.bundle(&self.shown)
    }

    /// The bundle that is staged.
    pub fn next(&self) -> Option<BundleInfo> {
        self.state.slots.next().map(|next| self.bundle(next))
    }

    /// A bundle that a slot names; one that is gone is `unknown`.
    pub fn bundle(&self, bundle: &BundleRef) -> BundleInfo {
        match (bundle, self.state.record(bundle)) {
            (BundleRef::Builtin, _) => self.builtin(),
            (BundleRef::Kept(_), Some(kept)) => self.kept(kept),
            (BundleRef::Kept(id), None) => BundleInfo { id: id.to_string(), ..unknown("unknown", BundleStatus::Error) },
        }
    }

    /// The builtin web assets.
    pub fn builtin(&self) -> BundleInfo {
        let version = if self.native.is_empty() { "builtin" } else { &self.native };
        BundleInfo { id: "builtin".to_owned(), ..unknown(version, BundleStatus::Success) }
    }

    /// A kept bundle.
    pub fn kept(&self, kept: &Kept) -> BundleInfo {
        let state = &self.state;
        let bundle = BundleRef::Kept(kept.id.clone());
        let is_proven =
            bundle == *state.slots.fallback() || (bundle == state.slots.current() && state.slots.trial().is_none());
        let status = if kept.damaged || kept.withdrawn || kept_blocked(state, kept, self.now) {
            BundleStatus::Error
        } else if is_proven {
            BundleStatus::Success
        } else {
            BundleStatus::Pending
        };
        BundleInfo {
            id: kept.id.to_string(),
            version: kept.version.to_string(),
            downloaded: date(kept.installed),
            checksum: kept.root.to_string(),
            status,
            link: None,
            comment: None,
        }
    }

    /// The bundle that a report says was left; it may be gone.
    pub fn left(&self, report: &Report) -> BundleInfo {
        let from = &report.from;
        let info = self.bundle(&from.bundle);
        BundleInfo {
            version: from.version.as_ref().map_or(info.version, Version::to_string),
            checksum: from.root.map_or(info.checksum, |root| root.to_string()),
            status: BundleStatus::Error,
            ..info
        }
    }
}

/// A bundle that is on its way to the device.
pub(crate) fn downloading(version: impl Into<String>) -> BundleInfo {
    BundleInfo { id: "unknown".to_owned(), ..unknown(version, BundleStatus::Downloading) }
}

fn unknown(version: impl Into<String>, status: BundleStatus) -> BundleInfo {
    BundleInfo {
        id: String::new(),
        version: version.into(),
        downloaded: date(0),
        checksum: String::new(),
        status,
        link: None,
        comment: None,
    }
}

/// `1970-01-01T00:00:00.000Z`, as `Date.toISOString` writes it.
fn date(unix: u64) -> String {
    Date(unix).to_string().replace('Z', ".000Z")
}
