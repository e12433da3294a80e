//! What is hostile or damaged: documents, archives, ciphertexts, packs, file systems and surroundings. Each fault is named, and the device goes on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod archive;
mod cipher;
mod device;
mod names;
mod packs;
mod surroundings;
mod trust;
