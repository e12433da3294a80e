//! Conditions under which the next bundle is held back.
//!
//! In: kinds and values. Out: nothing. May touch: the state, through the core. Keeps: I10, and that conditions hold or are
//! refused: an app that asks for one must not be left without it.

use super::Nothing;
use crate::delay::{Surroundings, parse};
use crate::engine::Engine;
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
    #[cfg_attr(test, ts(as = "crate::shapes::DelayKind"))]
    kind: String,
    value: Option<String>,
}

pub(crate) fn set(engine: &Engine, options: &Conditions) -> Result<(), Refusal> {
    engine.works()?;
    let read = |(at, one)| read(engine, at, one);
    let delays = options.delay_conditions.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    engine.updater.set_delays(delays).map_err(|error| Refusal::from(error).saying("Failed to delay update"))
}

fn read(engine: &Engine, at: usize, one: &Condition) -> Result<Delay, Refusal> {
    let value = one.value.as_deref().unwrap_or_default();
    let native = engine.native();
    let here = Surroundings { native: &native, local: &|time| engine.host.local_time(time) };
    parse(&one.kind, value, here).map_err(|instead| {
        let written = plain(&format!("{} {value:?}", one.kind), 80);
        let text =
            format!("`setMultiDelay`: option `delayConditions[{at}]`: `{written}` cannot be read; write {instead}");
        Refusal::invalid_option(text)
    })
}

pub(crate) fn cancel(engine: &Engine, _: &Nothing) -> Result<(), Refusal> {
    engine.works()?;
    engine.updater.cancel_delays().map_err(|error| Refusal::from(error).saying("Failed to cancel delay"))
}
