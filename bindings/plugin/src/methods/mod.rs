//! What each method does, by topic.
//!
//! In: typed options. Out: typed results, or refusals in the words that apps know. May touch: the core and the host, through
//! the engine. Keeps: I4, I13 (only what [`crate::dispatch`] sends to the worker blocks).
#![allow(clippy::unnecessary_wraps)] // one shape for every method

pub(crate) mod bundles;
pub(crate) mod channels;
pub(crate) mod check;
pub(crate) mod delays;
pub(crate) mod identity;
pub(crate) mod lifecycle;
pub(crate) mod menu;
pub(crate) mod status;
pub(crate) mod store;

use serde::Deserialize;

/// No options; what is there is ignored.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Nothing {}

/// Names a bundle.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Id {
    pub(crate) id: String,
}
