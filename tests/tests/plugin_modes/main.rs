//! The plugin's update modes on a whole device: what the host is asked for, call by call, and what must hold of it.
//! `ALOFT_UPDATE_SNAPSHOTS=1 cargo test -p aloft-tests --test plugin_modes` writes the stories anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(unreachable_pub)] // a test's modules are its own

mod app;
mod net;
mod pages;
mod stories;
mod threads;
mod time;
