//! The plugin for Kotlin and Swift: wrappers, no logic.
//!
//! In: calls across the boundary. Out: the same to `aloft-plugin`. May touch: nothing of its own.
//! Keeps: every exported function returns a `Result`, so that a panic becomes an error and not the end of the app; only
//! synchronous calls, and no bytes, only paths.

mod host;
mod plugin;
#[cfg(feature = "provoke")]
mod provoke;
mod types;

pub use host::{HostFailed, PluginHost};
pub use plugin::{Plugin, started_in_foreground};
pub use types::{
    CallFailed, ExitReason, HostFacts, HostSetup, LeavingHow, LogLevel, PageExit, PageLoad, PagePlatform, PageToShow,
    SceneActivation, SplashState,
};

uniffi::setup_scaffolding!("aloft_ffi");
