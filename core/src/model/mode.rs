//! How an app takes updates: when it checks, and when it shows what it staged.
//!
//! In: the names of the plugin's options. Out: plain values that `decide::mode` reads. May touch: nothing.

use serde::{Deserialize, Serialize};

/// When an app checks, and when it shows what came of it (`autoUpdate`).
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::VariantArray,
)]
#[serde(rename_all = "camelCase")]
#[strum(serialize_all = "camelCase")]
pub enum UpdateMode {
    /// No checks of its own; what the app stages is shown when the app leaves the foreground.
    Off,
    /// A check at every foreground; what it stages is shown when the app leaves it.
    #[default]
    AtBackground,
    /// At once for the first check after a native install or update, else as `AtBackground`.
    AtInstall,
    /// At once for the first check of a process, else as `AtBackground`.
    OnLaunch,
    /// At once at every check.
    Always,
    /// A check at every foreground; what it brings is kept and not staged.
    OnlyDownload,
}

/// Who asks for a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A person or the app's own code: no minimum interval.
    ByHand,
    /// A timer or a lifecycle event: not more often than the config says, and not before a back-off ends.
    BySchedule,
}

/// What becomes of a release that was brought to the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It is next.
    Stage,
    /// It is kept, and no slot names it.
    Keep,
}

/// How the app left the foreground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// It is in the background.
    App,
    /// Something lies over it that belongs to the same visit: a camera, a file picker, a system dialogue. No background.
    Covered,
}

/// Did a launch find the native build that launched before?
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Native {
    /// The same build.
    #[default]
    Same,
    /// A fresh install, another build, or other builtin assets.
    New,
}

/// Is there a `next`, and may it be taken now?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// Nothing is staged that may be taken at all.
    Nothing,
    /// Something is, and a delay condition holds it.
    Delayed,
    /// It may be taken.
    Ready,
}
