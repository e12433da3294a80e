//! What the end-to-end tests share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // only tests link this
#![allow(clippy::missing_panics_doc)]

pub mod fault_fs;
pub mod folding_fs;
pub mod forge;
pub mod install;
pub mod listening;
pub mod net;
pub mod packs;
pub mod raw;
pub mod settled;
pub mod signer;
pub mod story;
pub mod tools;
