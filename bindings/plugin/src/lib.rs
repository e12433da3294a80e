//! The plugin's behaviour, once: JavaScript calls arrive as a method and JSON, lifecycle events as calls of the host.
//!
//! In: [`Setup`], lifecycle, [`Plugin::call`]. Out: answers, and calls of the [`Host`]. May touch: what the core touches.
//! Keeps: I1 (every launch names a page, whatever is wrong), I4, I13 (no call waits for the worker).
//!
//! ```text
//!  Kotlin · Swift · browser shell ──lifecycle, calls──▶ Plugin ──▶ aloft_core::updater
//!            ▲                                            │
//!            └──────── Host: show, wake, emit, … ◀────────┘
//! ```
//!
//! What stays native is what must be: the web view, lifecycle, device facts, the splash screen.
#![forbid(unsafe_code)]

mod answer;
mod bundle_info;
mod config;
#[cfg(test)]
mod contract;
mod delay;
mod dispatch;
mod engine;
mod event;
mod host;
mod methods;
mod mode;
mod outbox;
mod plugin;
mod progress;
mod refusal;
mod roots;
mod runtime;
mod script;
mod serial_queue;
mod setup;
#[cfg(test)]
mod shapes;
mod start;
mod sync;
mod table;
mod tidy;
mod worker;

pub use aloft_core::edge::system::{boot_session, process_started};
pub use aloft_core::model::Build;
pub use aloft_core::model::facts::{BuiltinRoot, Exit, ExitRecord, Facts, Platform};
pub use answer::AnswerCallback;
pub use bundle_info::{BundleInfo, BundleStatus, Described};
pub use config::{KEYS, OTHER_DEFAULTS, OtherDefault};
pub use dispatch::{Caller, Method, Returns};
pub use event::{Event, EventName};
pub use host::{Host, Keep, Leaving, Level, Load, Page, Splash};

pub use mode::UpdateMode;
pub use plugin::Plugin;
pub use refusal::Refusal;
pub use script::with_script;
pub use setup::Setup;
pub use start::{Activation, started_in_foreground};
pub use table::Comparison;

/// The plugin's name towards JavaScript; the one that apps already use.
pub const PLUGIN: &str = "CapacitorUpdater";
