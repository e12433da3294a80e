//! Conditions under which the next bundle is held back.
//!
//! In: kinds and values. Out: nothing. May touch: the state, through the core. Keeps: I10.

use super::Nothing;
use crate::plugin::Plugin;
use crate::refusal::Refusal;
use aloft_core::model::delay::Delay;
use serde::Deserialize;

/// All must be gone before the next bundle is taken.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Conditions {
    delay_conditions: Vec<Condition>,
}

/// One of them.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
struct Condition {
    #[cfg_attr(test, ts(as = "crate::contract::DelayKind"))]
    kind: String,
    value: Option<String>,
}

pub(crate) fn set(plugin: &Plugin, options: &Conditions) -> Result<(), Refusal> {
    plugin.works()?;
    let read = |one: &Condition| Delay::parse(&one.kind, one.value.as_deref().unwrap_or_default());
    let delays = options.delay_conditions.iter().filter_map(read).collect();
    plugin.updater.set_delays(delays).map_err(|error| Refusal::from(error).saying("Failed to delay update"))
}

pub(crate) fn cancel(plugin: &Plugin, _: &Nothing) -> Result<(), Refusal> {
    plugin.works()?;
    plugin.updater.cancel_delays().map_err(|error| Refusal::from(error).saying("Failed to cancel delay"))
}
