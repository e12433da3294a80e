//! Aloft keeps the web bundle of an app up to date over the air, and never breaks the app doing it.
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
