//! The shake menu, which is not there yet: it is off, and can be left off.
//!
//! In: a wish. Out: that the menu is off, or a refusal. May touch: nothing.

use super::Nothing;
use super::identity::Enabled;
use crate::method::Method;
use crate::plugin::Plugin;
use crate::refusal::Refusal;
use crate::table::MENU;
use serde::Deserialize;

/// Whether the menu is wanted.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Menu {
    enabled: bool,
}

pub(crate) fn set(_: &Plugin, options: &Menu) -> Result<(), Refusal> {
    turn(Method::SetShakeMenu, options)
}

pub(crate) fn set_channel_selector(_: &Plugin, options: &Menu) -> Result<(), Refusal> {
    turn(Method::SetShakeChannelSelector, options)
}

pub(crate) fn enabled(_: &Plugin, _: &Nothing) -> Result<Enabled, Refusal> {
    Ok(Enabled { enabled: false })
}

/// Turning off what is off is done; turning it on comes later.
fn turn(method: Method, options: &Menu) -> Result<(), Refusal> {
    if options.enabled { Err(Refusal::later(method.name(), MENU)) } else { Ok(()) }
}
