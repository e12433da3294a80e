//! Who this app and device are, and whom they ask.
//!
//! In: names and URLs. Out: the same. May touch: what lasts, through the core. Keeps: I12.

use super::Nothing;
use crate::mode::UpdateMode;
use crate::plugin::Plugin;
use crate::refusal::Refusal;
use crate::table::SERVERS;
use aloft_core::updater::Change;
use serde::{Deserialize, Serialize};
use std::sync::atomic::Ordering;

/// The device's name in the app's terms.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct CustomId {
    custom_id: String,
}

pub(crate) fn set_custom_id(plugin: &Plugin, options: &CustomId) -> Result<Option<()>, Refusal> {
    plugin.works()?;
    plugin.named.store(true, Ordering::SeqCst);
    let id = Some(options.custom_id.as_str()).filter(|id| !id.is_empty());
    Ok(match plugin.updater.set_custom_id(id)? {
        Change::Done => Some(()),
        Change::AlreadyRunning => None,
    })
}

/// The device's id.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct DeviceId {
    device_id: String,
}

pub(crate) fn device_id(plugin: &Plugin, _: &Nothing) -> Result<DeviceId, Refusal> {
    Ok(DeviceId { device_id: plugin.updater.device_id()?.unwrap_or_default() })
}

/// A version.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Version {
    version: String,
}

pub(crate) fn builtin_version(plugin: &Plugin, _: &Nothing) -> Result<Version, Refusal> {
    Ok(Version { version: plugin.described().builtin().version })
}

pub(crate) fn plugin_version(plugin: &Plugin, _: &Nothing) -> Result<Version, Refusal> {
    Ok(Version { version: plugin.version.clone() })
}

/// The app's id.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct AppId {
    app_id: String,
}

pub(crate) fn app_id(plugin: &Plugin, _: &Nothing) -> Result<AppId, Refusal> {
    Ok(AppId { app_id: plugin.settings.core.app.clone() })
}

pub(crate) fn set_app_id(plugin: &Plugin, options: &AppId) -> Result<(), Refusal> {
    if !plugin.settings.allow.modify_app_id {
        let text = "setAppId not allowed set allowModifyAppId in your config to true to allow it";
        return Err(Refusal::not_allowed(text));
    }
    if options.app_id == plugin.settings.core.app {
        return Ok(());
    }
    let text = format!(
        "setAppId: the feed is signed for {:?}, and a device takes nothing that is signed for another app; write `appId` in the config",
        plugin.settings.core.app
    );
    Err(Refusal::not_allowed(text))
}

/// Yes or no.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Enabled {
    pub(super) enabled: bool,
}

pub(crate) fn auto_update_enabled(plugin: &Plugin, _: &Nothing) -> Result<Enabled, Refusal> {
    Ok(Enabled { enabled: is_available(plugin) && plugin.settings.plan.mode != UpdateMode::Off })
}

/// Yes or no.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Available {
    available: bool,
}

pub(crate) fn auto_update_available(plugin: &Plugin, _: &Nothing) -> Result<Available, Refusal> {
    Ok(Available { available: is_available(plugin) })
}

fn is_available(plugin: &Plugin) -> bool {
    plugin.settings.stand_down.is_none() && plugin.settings.core.feed.is_some()
}

/// A server.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Url {
    url: String,
}

pub(crate) fn set_update_url(plugin: &Plugin, _: &Url) -> Result<(), Refusal> {
    server(plugin, "setUpdateUrl")
}

pub(crate) fn set_channel_url(plugin: &Plugin, _: &Url) -> Result<(), Refusal> {
    server(plugin, "setChannelUrl")
}

pub(crate) fn set_stats_url(plugin: &Plugin, options: &Url) -> Result<(), Refusal> {
    match server(plugin, "setStatsUrl") {
        // No statistics are sent: that is what the caller wants.
        Err(refusal) if refusal.code == Refusal::UNIMPLEMENTED && options.url.is_empty() => Ok(()),
        result => result,
    }
}

fn server(plugin: &Plugin, method: &str) -> Result<(), Refusal> {
    if plugin.settings.allow.modify_url {
        return Err(Refusal::later(method, SERVERS));
    }
    Err(Refusal::not_allowed(format!("{method} not allowed set allowModifyUrl in your config to true to allow it")))
}
