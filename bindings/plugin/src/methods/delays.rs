//! Conditions under which the next bundle is held back.
//!
//! In: kinds and values. Out: nothing. May touch: the state, through the core. Keeps: I10, and that conditions hold or are
//! refused: an app that asks for one must not be left without it.

use super::Nothing;
use crate::delay::{Surroundings, parse};
use crate::plugin::Plugin;
use crate::refusal::Refusal;
use aloft_core::model::delay::Delay;
use aloft_core::model::report::plain;
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
    let read = |(at, one)| read(plugin, at, one);
    let delays = options.delay_conditions.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    plugin.updater.set_delays(delays).map_err(|error| Refusal::from(error).saying("Failed to delay update"))
}

fn read(plugin: &Plugin, at: usize, one: &Condition) -> Result<Delay, Refusal> {
    let value = one.value.as_deref().unwrap_or_default();
    let native = plugin.native();
    let here = Surroundings { native: &native, local: &|time| plugin.host.local_time(time) };
    parse(&one.kind, value, here).map_err(|instead| {
        let written = plain(&format!("{} {value:?}", one.kind), 80);
        let text =
            format!("`setMultiDelay`: option `delayConditions[{at}]`: `{written}` cannot be read; write {instead}");
        Refusal::invalid_option(text)
    })
}

pub(crate) fn cancel(plugin: &Plugin, _: &Nothing) -> Result<(), Refusal> {
    plugin.works()?;
    plugin.updater.cancel_delays().map_err(|error| Refusal::from(error).saying("Failed to cancel delay"))
}
