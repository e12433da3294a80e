//! The publisher's side and a device on the command line, as a library: the binary `aloft` and the end-to-end tests use it.
//!
//! ```text
//! folder ─▶ bundle::describe ─▶ publish::publish ──▶ artifacts/<sha256>.{zip,pack}  (immutable, first)
//!                                    │
//!            channel::{rollout, rollback, withdraw}
//!                                    ▼
//!                          site::Publisher::change ─▶ channels/<name>.json, history/…, channels/index.json (last)
//! ```
//! In: folders, keys, settings, the time as an argument. Out: a site (docs/formats.md 12). May touch: what is named to it;
//! there is no state of the process.

mod args;
mod artifact;
pub mod bundle;
mod capacitor;
pub mod channel;
pub mod consent;
pub mod demo;
pub mod device;
pub mod failure;
mod files;
mod hashed;
mod inspect;
pub mod keys;
pub mod output;
pub mod publish;
mod scratch;
pub mod serve;
pub mod settings;
mod shell;
pub mod site;
pub mod stops;
mod text_input;

pub use args::run;
