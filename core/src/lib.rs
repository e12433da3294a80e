//! Aloft keeps the web bundle of an app up to date over the air, and never breaks the app doing it.
//!
//! ```text
//!  signed static site                     one arrow per module; each takes the type that the one before made
//!        │
//!        ▼
//!  fetch::fetch_document ─▶ open::Channel ─▶ decide::policy ─▶ open::Release ─▶ fetch::download ─▶ Downloaded
//!                            (signature,        (pure)                                               │
//!                             floor: I3, I9)                                                         ▼
//!  state names it ◀─ Staged ◀─ keep::seal ◀─ Unpacked ◀─ open::unpack ◀─ Verified ◀─ open::verify
//!        │                     (durable: I2)             (root digest)               (digest, then decrypt)
//!        ▼
//!  launch ─▶ page began ─▶ confirmed            or            failed, hung, died ─▶ last good ─▶ builtin
//!            decide::boot decides, keep::state remembers; every page must prove itself with its token (I4)
//! ```
//!
//! [`updater::Updater`] is the whole of it for a host; the rooms behind it are public for tools and tests. Rooms and their
//! arrows are explained in `ARCHITECTURE.md`, promises (I1 to I13) in `docs/invariants.md`, bytes in `docs/formats.md`.
//!
//! # Example
//!
//! A device of which only the network is made up (it reads a signed site from a folder): install, boot, confirm.
//!
//! ```
//! use aloft_core::edge::ports::Silent;
//! use aloft_core::model::{Build, config::Config, facts::Facts};
//! use aloft_core::testing::{CrashFs, FakeSystem, MemSecrets, ScriptedTransport};
//! use aloft_core::updater::{Asked, Ports, Proof, UpdateStatus, Updater};
//! use std::sync::Arc;
//!
//! # fn main() -> aloft_core::model::Result<()> {
//! let mut config = Config::new("com.example.app");
//! config.feed = Some("https://updates.example.com".to_owned());
//! config.signing_keys = Some(vec!["ed25519:LzOL3+pfrgLl9ZohkQXNVPL8jMcqJabiRfxNCAHa2fc=".to_owned()]);
//! let ports = Ports {
//!     fs: Arc::new(CrashFs::default()), // a disk: edge::fs::DiskFs
//!     connect: Arc::new(ScriptedTransport::site("../tests/vectors/site")), // the network: edge::http::UreqConnect
//!     system: Arc::new(FakeSystem::new(1)), // edge::system::Os
//!     secrets: Arc::new(MemSecrets::default()), // edge::secrets::FileSecrets
//!     observer: Arc::new(Silent),
//! };
//! let updater = Updater::open(config, ports, "/data/aloft");
//! let facts = Facts { build: Build { code: "210".into(), name: "2.1".into() }, foreground: true, ..Facts::unknown() };
//!
//! // The first launch shows what the app ships with. A worker thread updates meanwhile.
//! let first = updater.launch(&facts).serve.expect("something is always served");
//! assert!(first.bundle.is_builtin());
//! let updated = updater.update(Asked::ByHand)?;
//! assert!(matches!(updated.status, UpdateStatus::Staged { .. }));
//!
//! // The app takes it at once (or at its next launch), on trial until its own page hands the token back.
//! let next = updater.status().next.expect("staged");
//! let serve = updater.activate(&next)?.serve.expect("another bundle is shown");
//! updater.page_began(&serve.token);
//! updater.confirm(&Proof::Token(serve.token));
//! assert!(!updater.status().on_trial);
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

pub mod decide;
pub mod edge;
pub mod fetch;
pub mod keep;
pub mod model;
pub mod open;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod updater;
