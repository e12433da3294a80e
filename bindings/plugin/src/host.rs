//! What the plugin asks of the platform it runs on.
//!
//! In: nothing. Out: [`Host`] and the values it is handed. May touch: nothing. Keeps: I4 (a page carries its token), I13.

pub use crate::mode::Leaving;
pub use crate::mode::Splash;
use serde_json::Value;
use std::path::PathBuf;

/// A platform: a web view, one timer, listeners in a page. No method may block or fail; each may be called from any thread,
/// never under a lock of the plugin. Hosts hop to their main thread without waiting for it.
pub trait Host: Send + Sync {
    /// Serve this from here on, and load it.
    fn show(&self, page: Page);
    /// Call `tick` after this many milliseconds. There is one timer: a later call replaces the one before.
    fn wake(&self, after: u64);
    /// Tell the page's listeners; a retained event waits for the first listener there will be.
    fn emit(&self, event: &str, payload: Value, keep: Keep);
    /// Show or hide the splash screen of the app's `SplashScreen` plugin; without that plugin nothing happens.
    fn splash(&self, splash: Splash);
    /// The worker begins something that the system should not interrupt.
    fn begin_work(&self);
    /// It is over.
    fn end_work(&self);
    /// Unix seconds of this time of the device's own zone, written as `2030-01-31T12:34:56`; `None`: the host does not know. A
    /// time that a change of the clock skips is taken as some time near it.
    fn local_time(&self, time: &str) -> Option<i64>;
    /// Leave the app for the first of these addresses that the device opens.
    fn open_store(&self, addresses: &[String]);
    /// A line for the system's log.
    fn log(&self, level: Level, line: &str);
}

/// What a web view is to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Folder of the bundle; none: the builtin web assets.
    pub bundle: Option<PathBuf>,
    /// To run in the page before any script of its own; none when the plugin stands down.
    pub script: Option<String>,
    /// Names this showing. Android keeps it as the process state summary, so that an exit record can be tied to it.
    pub token: Option<String>,
    /// What to load.
    pub load: Load,
}

impl Page {
    /// The web view stays as Capacitor made it.
    pub(crate) fn none() -> Self {
        Self { bundle: None, script: None, token: None, load: Load::Nothing }
    }
}

/// What to load of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// Nothing: the plugin stands down, and the host leaves its web view alone.
    Nothing,
    /// The app's start URL.
    Start,
    /// Path, query and fragment that are shown (`keepUrlPathAfterReload`).
    SameUrl,
}

/// What becomes of an event that nobody listens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// It is gone.
    No,
    /// It waits for its first listener.
    UntilHeard,
}

/// How much a log line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// For people who look for it.
    Info,
    /// Something is wrong that the app survives.
    Warning,
}
