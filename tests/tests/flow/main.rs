//! A device's life through the façade, each file where it hurts: one program, because a program takes longer to link than its tests to run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod boot;
mod delays;
mod disk;
mod locks;
mod network;
mod offered;
mod packs;
mod refused;
mod resume;
mod scarcity;
mod unpack;
mod updater;
mod wire;
