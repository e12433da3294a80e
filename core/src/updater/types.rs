//! What the façade takes and gives.
//!
//! In: values of the rooms. Out: the same, put together for a host. May touch: nothing.

use crate::edge::ports::{Connect, Fs, Observer, SecretStore, System};
use crate::model::Error;
use crate::model::config::ReloadAt;
use crate::model::document::Priority;
use crate::model::event::Outcome;
use crate::model::state::Kept;
use crate::model::{BundleId, BundleRef, RootDigest, Token, Version};
use serde::{Serialize, Serializer};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The world as the updater sees it; see [`crate::edge`] for the real one and `testing` for fakes.
#[derive(Clone)]
pub struct Ports {
    /// Files.
    pub fs: Arc<dyn Fs>,
    /// Network.
    pub connect: Arc<dyn Connect>,
    /// Time, randomness, processes.
    pub system: Arc<dyn System>,
    /// What outlives the installation.
    pub secrets: Arc<dyn SecretStore>,
    /// Who is told.
    pub observer: Arc<dyn Observer>,
}

/// The answer to a boot call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Show this; `None`: go on showing what is shown.
    pub serve: Option<Serve>,
    /// What the event did.
    pub outcome: Outcome,
    /// Call `tick` after this many milliseconds in the foreground.
    pub wake_after: Option<u64>,
}

impl Step {
    /// A step that shows nothing else.
    pub(super) fn of(outcome: Outcome) -> Self {
        Self { serve: None, outcome, wake_after: None }
    }
}

/// Something to show, under a token that its page must name to confirm (I4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Serve {
    /// Which bundle.
    pub bundle: BundleRef,
    /// Its folder; `None`: the builtin web assets. As JSON it is text, so what is not Unicode in it is replaced.
    #[serde(serialize_with = "as_text")]
    pub path: Option<PathBuf>,
    /// Hand this to the page before any of its scripts runs.
    pub token: Token,
    /// The first page of another bundle than the one before: drop service workers, and what they keep of the app's files.
    pub clear_service_workers: bool,
    /// What to load. A host that shows its first page, or a new web view, loads the start URL in any case.
    #[serde(skip)]
    pub load: ReloadAt,
}

#[allow(clippy::ref_option)] // as serde calls it
fn as_text<S: Serializer>(path: &Option<PathBuf>, to: S) -> Result<S::Ok, S::Error> {
    path.as_deref().map(Path::to_string_lossy).serialize(to)
}

/// What to install by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// A release of the channel, by version.
    Version(Version),
    /// A release of the channel, by content.
    Root(RootDigest),
    /// A release of the channel, by the URL of one of its artifacts.
    Url(String),
}

/// What a check found, and the step it caused (a withdrawal leaves the bundle at once).
#[derive(Debug, Clone)]
pub struct Checked {
    /// What there is.
    pub status: CheckStatus,
    /// Releases that do not match this device, with the reason.
    pub skipped: Vec<Skipped>,
    /// What it did to what is shown.
    pub step: Step,
}

/// A release that does not match this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Its version.
    pub version: Version,
    /// Stable snake-case code.
    pub reason: String,
}

impl Checked {
    pub(super) fn without(status: CheckStatus) -> Self {
        Self { status, skipped: Vec::new(), step: Step::of(Outcome::Noted) }
    }
}

/// What there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
#[non_exhaustive]
pub enum CheckStatus {
    /// The current bundle is what the channel offers.
    UpToDate,
    /// A release to install.
    Available {
        /// Its version.
        version: Version,
        /// Its content.
        root: RootDigest,
        /// Bytes to download, if the smallest way works.
        download: u64,
        /// How soon.
        priority: Priority,
        /// Where the smallest artifact lies.
        url: String,
    },
    /// The channel sends this device to the builtin assets.
    Builtin,
    /// Nothing in the channel matches, and the device stays as it is.
    NothingMatches {
        /// Is the document past its `expires`? Then nothing of it may be installed.
        expired: bool,
    },
    /// What was shown is withdrawn, and left: show the step's serve (none: nobody looks, it comes with `foreground`), then ask
    /// again for what there is instead.
    Withdrawn,
    /// Too soon; a check by schedule may ask again then (unix seconds).
    TooSoon {
        /// When.
        until: u64,
    },
    /// Another check or update runs; this one did nothing.
    AlreadyRunning,
}

/// What an update did.
#[derive(Debug, Clone)]
pub struct Updated {
    /// What came of it.
    pub status: UpdateStatus,
    /// Releases that do not match this device.
    pub skipped: Vec<Skipped>,
    /// What it did to what is shown.
    pub step: Step,
}

impl Updated {
    pub(super) fn without(check: CheckStatus) -> Self {
        Self { status: UpdateStatus::Nothing { check }, skipped: Vec::new(), step: Step::of(Outcome::Noted) }
    }
}

/// What came of an update.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
#[non_exhaustive]
pub enum UpdateStatus {
    /// Installed, verified, and next.
    Staged {
        /// The bundle.
        id: BundleId,
        /// Its version.
        version: Version,
        /// Bytes that came over the network in this run.
        downloaded: u64,
        /// Was a part of it there from an earlier run?
        resumed: bool,
        /// How soon it is wanted.
        priority: Priority,
    },
    /// Installed, verified, and named by no slot.
    Kept {
        /// The bundle.
        id: BundleId,
        /// Its version.
        version: Version,
        /// Bytes that came over the network in this run.
        downloaded: u64,
        /// Was a part of it there from an earlier run?
        resumed: bool,
    },
    /// The builtin assets are next.
    StagedBuiltin,
    /// There was nothing to install.
    Nothing {
        /// Why.
        check: CheckStatus,
    },
}

/// What came of a change to what lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is kept.
    Done,
    /// A check or update runs; nothing has changed, try again when it is done.
    AlreadyRunning,
}

/// What the updater knows of itself. No part of it waits for the network.
#[derive(Debug, Clone, Serialize)]
pub struct Status {
    /// Shown, or to be shown at the next launch.
    pub current: BundleRef,
    /// Where a retreat goes.
    pub fallback: BundleRef,
    /// Staged.
    pub next: Option<BundleRef>,
    /// Is `current` still unproven?
    pub on_trial: bool,
    /// Kept bundles.
    pub bundles: Vec<Kept>,
    /// The channel.
    pub channel: String,
    /// Seconds since the channel document in force was signed.
    pub feed_age: Option<u64>,
    /// What is wrong and does not stop the app from booting.
    pub problems: Vec<Problem>,
}

/// Something wrong that the app survives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A stable code (`docs/errors.md`), or `builtin_undescribed`.
    pub code: String,
    /// What is wrong, and what to write instead.
    pub detail: String,
}

impl Problem {
    pub(super) fn of(error: &Error) -> Self {
        Self { code: error.code().to_string(), detail: error.to_string() }
    }
}
