//! The platform, as Kotlin and Swift implement it.
//!
//! In: calls of `aloft-plugin`. Out: the same to the foreign side. May touch: nothing.
//! Keeps: I1 (an exception thrown by a host is logged away, not a panic).

use crate::types::{LogLevel, PageToShow, SplashState};
use aloft_plugin::{Host, Keep, Level, Page, Splash};
use serde_json::Value;
use std::sync::Arc;

/// A platform. No method may block; each may be called from any thread. Hosts hop to their main thread without waiting for it.
#[uniffi::export(foreign)]
pub trait PluginHost: Send + Sync {
    /// Serve this from here on, and load it.
    fn show(&self, page: PageToShow) -> Result<(), HostFailed>;
    /// Call `tick` after this many milliseconds. There is one timer: a later call replaces the one before.
    fn wake(&self, after: u64) -> Result<(), HostFailed>;
    /// Tell the page's listeners; with `retain` the event waits for its first listener.
    fn emit(&self, event: String, payload: String, retain: bool) -> Result<(), HostFailed>;
    /// Answer the call with this id: `{"ok": …}` or `{"error": {"code", "message", "data"}}`.
    fn answer(&self, id: String, answer: String) -> Result<(), HostFailed>;
    /// Show or hide the splash screen of the app's `SplashScreen` plugin; without that plugin nothing happens.
    fn splash(&self, splash: SplashState) -> Result<(), HostFailed>;
    /// The worker begins something that the system should not interrupt.
    fn begin_work(&self) -> Result<(), HostFailed>;
    /// It is over.
    fn end_work(&self) -> Result<(), HostFailed>;
    /// Unix seconds of this time of the device's own zone, written as `2030-01-31T12:34:56`; `None`: the host does not know. A
    /// time that a change of the clock skips is taken as some time near it.
    fn local_time(&self, time: String) -> Result<Option<i64>, HostFailed>;
    /// Leave the app for the first of these addresses that the device opens.
    fn open_store(&self, addresses: Vec<String>) -> Result<(), HostFailed>;
    /// A line for the system's log.
    fn log(&self, level: LogLevel, line: String) -> Result<(), HostFailed>;
}

/// The host threw.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum HostFailed {
    /// What it threw.
    #[error("the host failed: {detail}")]
    Unexpected {
        /// As text.
        detail: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for HostFailed {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected { detail: error.reason }
    }
}

/// The host as `aloft-plugin` knows it. What a host throws changes nothing here.
pub(crate) struct Foreign(pub(crate) Arc<dyn PluginHost>);

impl Host for Foreign {
    fn show(&self, page: Page) {
        let _ = self.0.show(page.into());
    }

    fn wake(&self, after: u64) {
        let _ = self.0.wake(after);
    }

    fn emit(&self, event: &str, payload: Value, keep: Keep) {
        let _ = self.0.emit(event.to_owned(), payload.to_string(), keep == Keep::UntilHeard);
    }

    fn splash(&self, splash: Splash) {
        let _ = self.0.splash(splash.into());
    }

    fn begin_work(&self) {
        let _ = self.0.begin_work();
    }

    fn end_work(&self) {
        let _ = self.0.end_work();
    }

    fn local_time(&self, time: &str) -> Option<i64> {
        self.0.local_time(time.to_owned()).ok().flatten()
    }

    fn open_store(&self, addresses: &[String]) {
        let _ = self.0.open_store(addresses.to_vec());
    }

    fn log(&self, level: Level, line: &str) {
        let _ = self.0.log(level.into(), line.to_owned());
    }
}
