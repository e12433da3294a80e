//! The shake menu, which is not there yet: it is off, and can be left off.
//!
//! In: a wish. Out: that the menu is off, or a refusal. May touch: nothing.

use super::Nothing;
use super::identity::Enabled;
use crate::engine::Engine;
use crate::refusal::Refusal;
use crate::table::MENU;
use serde::Deserialize;

/// Whether the menu is wanted.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Menu {
    enabled: bool,
}

pub(crate) fn set(_: &Engine, options: &Menu) -> Result<(), Refusal> {
    turn("setShakeMenu", options)
}

pub(crate) fn set_channel_selector(_: &Engine, options: &Menu) -> Result<(), Refusal> {
    turn("setShakeChannelSelector", options)
}

pub(crate) fn enabled(_: &Engine, _: &Nothing) -> Result<Enabled, Refusal> {
    Ok(Enabled { enabled: false })
}

/// Turning off what is off is done; turning it on comes later.
fn turn(method: &str, options: &Menu) -> Result<(), Refusal> {
    if options.enabled { Err(Refusal::later(method, MENU)) } else { Ok(()) }
}
