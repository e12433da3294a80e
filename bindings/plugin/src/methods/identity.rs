//! Who this app and device are, and whom they ask.
//!
//! In: names and URLs. Out: the same. May touch: what lasts, through the core. Keeps: I12.

use super::Nothing;
use crate::engine::Engine;
use crate::mode::UpdateMode;
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

pub(crate) fn set_custom_id(engine: &Engine, options: &CustomId) -> Result<Option<()>, Refusal> {
    engine.works()?;
    engine.named.store(true, Ordering::SeqCst);
    let id = Some(options.custom_id.as_str()).filter(|id| !id.is_empty());
    Ok(match engine.updater.set_custom_id(id)? {
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

pub(crate) fn device_id(engine: &Engine, _: &Nothing) -> Result<DeviceId, Refusal> {
    Ok(DeviceId { device_id: engine.updater.device_id()?.unwrap_or_default() })
}

/// A version.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Version {
    version: String,
}

pub(crate) fn builtin_version(engine: &Engine, _: &Nothing) -> Result<Version, Refusal> {
    Ok(Version { version: engine.described().builtin().version })
}

pub(crate) fn plugin_version(engine: &Engine, _: &Nothing) -> Result<Version, Refusal> {
    Ok(Version { version: engine.version.clone() })
}

/// The app's id.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct AppId {
    app_id: String,
}

pub(crate) fn app_id(engine: &Engine, _: &Nothing) -> Result<AppId, Refusal> {
    Ok(AppId { app_id: engine.settings.core.app.clone() })
}

pub(crate) fn set_app_id(engine: &Engine, options: &AppId) -> Result<(), Refusal> {
    if !engine.settings.allow.modify_app_id {
        let text = "setAppId not allowed set allowModifyAppId in your config to true to allow it";
        return Err(Refusal::not_allowed(text));
    }
    if options.app_id == engine.settings.core.app {
        return Ok(());
    }
    let text = format!(
        "setAppId: the feed is signed for {:?}, and a device takes nothing that is signed for another app; write `appId` in the config",
        engine.settings.core.app
    );
    Err(Refusal::not_allowed(text))
}

/// Yes or no.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Enabled {
    pub(super) enabled: bool,
}

pub(crate) fn auto_update_enabled(engine: &Engine, _: &Nothing) -> Result<Enabled, Refusal> {
    Ok(Enabled { enabled: is_available(engine) && engine.settings.plan.mode != UpdateMode::Off })
}

/// Yes or no.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Available {
    available: bool,
}

pub(crate) fn auto_update_available(engine: &Engine, _: &Nothing) -> Result<Available, Refusal> {
    Ok(Available { available: is_available(engine) })
}

fn is_available(engine: &Engine) -> bool {
    engine.settings.stand_down.is_none() && engine.settings.core.feed.is_some()
}

/// A server.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Url {
    url: String,
}

pub(crate) fn set_update_url(engine: &Engine, _: &Url) -> Result<(), Refusal> {
    server(engine, "setUpdateUrl")
}

pub(crate) fn set_channel_url(engine: &Engine, _: &Url) -> Result<(), Refusal> {
    server(engine, "setChannelUrl")
}

pub(crate) fn set_stats_url(engine: &Engine, options: &Url) -> Result<(), Refusal> {
    match server(engine, "setStatsUrl") {
        // No statistics are sent: that is what the caller wants.
        Err(refusal) if refusal.code == Refusal::UNIMPLEMENTED && options.url.is_empty() => Ok(()),
        result => result,
    }
}

fn server(engine: &Engine, method: &str) -> Result<(), Refusal> {
    if engine.settings.allow.modify_url {
        return Err(Refusal::later(method, SERVERS));
    }
    Err(Refusal::not_allowed(format!("{method} not allowed set allowModifyUrl in your config to true to allow it")))
}
