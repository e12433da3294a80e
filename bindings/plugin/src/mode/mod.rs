//! When to check, when to show what was staged, and what to tell the app: the update modes.
//!
//! In: what a process remembers ([`Cycle`]) and what happens to it ([`Moment`]), with its time. Out: [`UpdateCommand`]s, in the
//! order to carry them out. May touch: nothing; monotonic and elapsed milliseconds are arguments. Keeps: at most one check in flight,
//! nothing shown while the app is covered or a delay condition holds. `docs/modes.md` is the table of it.

mod announcement;
mod cycle;
mod ended;

#[cfg(test)]
mod tests;

pub(crate) use announcement::{Announcement, Finding, FindingKind, ReadyStatus};
pub(crate) use cycle::Cycle;
#[cfg(test)]
pub(crate) use ended::Arrival;
pub(crate) use ended::{CheckEnd, CheckFailure};

use aloft_core::model::BundleRef;
use aloft_core::model::mode::{Asked, Native, Readiness, Then};
use serde::{Deserialize, Serialize};

/// The least time between periodic checks, in seconds.
pub(crate) const LEAST_PERIOD: u64 = 600;

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

/// What the app configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UpdatePlan {
    /// `autoUpdate`.
    pub(crate) mode: UpdateMode,
    /// `periodCheckDelay` in seconds; 0: no periodic checks, else at least [`LEAST_PERIOD`].
    pub(crate) period: u64,
    /// `autoSplashscreen` and its kin; none: the splash screen is the app's.
    pub(crate) splash: Option<SplashPlan>,
}

/// How the splash screen covers a direct update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SplashPlan {
    /// What to show: [`Splash::Show`] or [`Splash::ShowWithLoader`].
    pub(crate) show: Splash,
    /// Milliseconds in the foreground after which it is hidden, and a direct update waits for the background; 0: never.
    pub(crate) timeout: u64,
}

/// How the app left the foreground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// It is in the background.
    App,
    /// Something lies over it that belongs to the same visit: a camera, a file picker, a system dialogue. No background.
    Covered,
}

/// What happens to a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The boot machine decided what the first page shows. Once per process, before any other moment.
    Launched {
        /// Is the app coming to the foreground (`Facts::foreground`)? Else it is in the background.
        foreground: bool,
        /// Is this the first launch of this native build (`Updater::native`)?
        native: Native,
        /// Monotonic milliseconds.
        at: u64,
        /// Elapsed milliseconds, sleep included.
        elapsed: u64,
    },
    /// The app is active. Again while it is active, or after it was only covered: no new visit.
    Foreground {
        /// Monotonic milliseconds.
        at: u64,
        /// Elapsed milliseconds, sleep included.
        elapsed: u64,
    },
    /// The app left the foreground. `Covered` may be followed by `App`, as when a dialogue leads out of the app.
    Left {
        /// How.
        leaving: Leaving,
        /// `Updater::readiness`, asked now.
        next: Readiness,
        /// Elapsed milliseconds, sleep included.
        elapsed: u64,
    },
    /// [`Cycle::due`] came, or any other time passed.
    Passed {
        /// Monotonic milliseconds.
        at: u64,
    },
    /// The app asks for a check (`triggerUpdateCheck`). Nothing happens while one runs: see [`Cycle::is_checking`].
    Triggered,
    /// The check that was commanded ended.
    Ended {
        /// How: what `CheckEnd::of` makes of its result. If its step serves another bundle, that is shown before this.
        ended: CheckEnd,
        /// Monotonic milliseconds.
        at: u64,
    },
    /// The commanded activation was done; its serve is shown, and `appReloaded` told, as for every page shown again.
    Activated(BundleRef),
    /// The commanded activation failed; nothing has changed.
    NotActivated,
    /// A page that is shown said it is ready: any `notifyAppReady` that was not stale.
    Confirmed,
    /// The boot machine left this bundle in session; its page may wait for the foreground.
    RolledBack(BundleRef),
}

/// What to do, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UpdateCommand {
    /// The app was in the background for so many milliseconds, sleep included: `Updater::returned`.
    Returned(u64),
    /// Run `Updater::update_then` on the worker, and answer with [`Moment::Ended`].
    Check(Asked, Then),
    /// Take `next` now: `Updater::activate`, show its serve, answer with [`Moment::Activated`] or [`Moment::NotActivated`].
    Activate,
    /// Tell the app.
    Emit(Announcement),
    /// Do this with the splash screen.
    Splash(Splash),
}

/// What the splash screen is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Splash {
    /// Show it.
    Show,
    /// Show it with a loader on it.
    ShowWithLoader,
    /// Hide it; nothing if it is hidden.
    Hide,
}
