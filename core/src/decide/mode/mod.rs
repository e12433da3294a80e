//! When to check, when to show what was staged, and what to tell the app: the update modes.
//!
//! In: what a process remembers ([`Cycle`]) and what happens to it ([`Moment`]), with its time. Out: [`Command`]s, in the
//! order to carry them out. May touch: nothing; monotonic and elapsed milliseconds are arguments. Keeps: at most one check in flight,
//! nothing shown while the app is covered or a delay condition holds. `docs/modes.md` is the table of it.

mod cycle;
mod said;

#[cfg(test)]
mod tests;

pub use cycle::Cycle;
pub use said::{Announcement, Arrival, Ended, Failure, Finding, Found, ReadyStatus};

use crate::model::BundleRef;
use crate::model::mode::{Asked, Leaving, Native, Readiness, Then, UpdateMode};

/// The least time between periodic checks, in seconds.
pub const LEAST_PERIOD: u64 = 600;

/// What the app configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// `autoUpdate`.
    pub mode: UpdateMode,
    /// `periodCheckDelay` in seconds; 0: no periodic checks, else at least [`LEAST_PERIOD`].
    pub period: u64,
    /// `autoSplashscreen` and its kin; none: the splash screen is the app's.
    pub splash: Option<SplashPlan>,
}

/// How the splash screen covers a direct update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SplashPlan {
    /// What to show: [`Splash::Show`] or [`Splash::ShowWithLoader`].
    pub show: Splash,
    /// Milliseconds in the foreground after which it is hidden, and a direct update waits for the background; 0: never.
    pub timeout: u64,
}

/// What happens to a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
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
        /// How: `Updater::ended` of its result. If its step serves another bundle, that is shown before this.
        ended: Ended,
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
pub enum Command {
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
