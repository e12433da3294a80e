//! Channels, from the signed index of the site.
//!
//! In: names. Out: what the index says of them. May touch: network, what lasts, through the core. Keeps: I3 (only a signed
//! index says what there is).

use super::Nothing;
use crate::engine::Engine;
use crate::event::{ChannelPrivate, Event};
use crate::refusal::Refusal;
use aloft_core::model::Error;
use aloft_core::model::document::{IndexDocument, IndexEntry};
use aloft_core::updater::Change;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Which channel to follow.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct SetChannel {
    channel: String,
    trigger_auto_update: Option<bool>,
}

/// It is followed.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct ChannelSet {
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

pub(crate) fn set(engine: &Engine, options: &SetChannel) -> Result<ChannelSet, Refusal> {
    let failed = |error: &str, message: String| refusal(Refusal::SETCHANNEL_FAILED, error, message);
    engine.works()?;
    if !engine.settings.allow.set_channel {
        let text = "setChannel is disabled by configuration. Set allowSetDefaultChannel to true to allow it.";
        return Err(failed("disabled_by_config", text.to_owned()));
    }
    let SetChannel { channel, trigger_auto_update } = options;
    let index = index(engine, Refusal::SETCHANNEL_FAILED)?;
    let Some(entry) = find(&index, channel) else {
        return Err(failed("channel_unlisted", format!("the signed index has no channel {channel:?}")));
    };
    if !entry.allow_device_to_set {
        let message = format!("the channel {channel:?} may not be chosen by a device");
        engine.emit(Event::ChannelPrivate(ChannelPrivate { channel: channel.clone(), message: message.clone() }));
        return Err(failed("channel_self_set_not_allowed", message));
    }
    match engine.updater.set_channel(Some(channel.as_str())).map_err(of_error(Refusal::SETCHANNEL_FAILED))? {
        Change::Done => {}
        Change::AlreadyRunning => return Err(busy(Refusal::SETCHANNEL_FAILED)),
    }
    if *trigger_auto_update == Some(true) {
        engine.trigger_check();
    }
    Ok(ChannelSet { status: "ok".to_owned(), error: None, message: None })
}

/// What to do after the channel was left.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct UnsetChannel {
    trigger_auto_update: Option<bool>,
}

pub(crate) fn unset(engine: &Engine, options: &UnsetChannel) -> Result<Option<()>, Refusal> {
    engine.works()?;
    match engine.updater.set_channel(None).map_err(of_error(Refusal::UNSETCHANNEL_FAILED))? {
        Change::AlreadyRunning => return Ok(None),
        Change::Done => {}
    }
    if options.trigger_auto_update == Some(true) {
        engine.trigger_check();
    }
    Ok(Some(()))
}

/// The channel that is followed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct CurrentChannel {
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_set: Option<bool>,
}

pub(crate) fn current(engine: &Engine, _: &Nothing) -> Result<CurrentChannel, Refusal> {
    let index = index(engine, Refusal::GETCHANNEL_FAILED)?;
    let channel = engine.updater.status().channel;
    let may = find(&index, &channel).is_some_and(|entry| entry.allow_device_to_set);
    let status = if channel == engine.settings.core.channel { "default" } else { "override" };
    Ok(CurrentChannel {
        channel: Some(channel),
        error: None,
        message: None,
        status: Some(status.to_owned()),
        allow_set: Some(may && engine.settings.allow.set_channel),
    })
}

/// The channels there are.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Channels {
    channels: Vec<Channel>,
}

/// One of them.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Channel {
    /// Its place in the index.
    id: u32,
    name: String,
    public: bool,
    allow_self_set: bool,
}

pub(crate) fn list(engine: &Engine, _: &Nothing) -> Result<Channels, Refusal> {
    let index = index(engine, Refusal::LISTCHANNELS_FAILED)?;
    let channel = |(entry, id): (IndexEntry, u32)| Channel {
        id,
        name: entry.name,
        public: entry.public,
        allow_self_set: entry.allow_device_to_set,
    };
    Ok(Channels { channels: index.channels.into_iter().zip(1..).map(channel).collect() })
}

fn index(engine: &Engine, code: &'static str) -> Result<IndexDocument, Refusal> {
    engine.updater.index().map_err(of_error(code))?.ok_or_else(|| busy(code))
}

fn find<'a>(index: &'a IndexDocument, channel: &str) -> Option<&'a IndexEntry> {
    index.channels.iter().find(|entry| entry.name == channel)
}

/// As apps know it: the method's code, and the reason in `data.error`.
fn refusal(code: &str, error: &str, message: String) -> Refusal {
    let data = json!({ "error": error, "message": message });
    Refusal { data: Some(data), ..Refusal::new(code, message) }
}

fn of_error(code: &'static str) -> impl Fn(Error) -> Refusal {
    move |error| refusal(code, error.code().as_str(), error.to_string())
}

fn busy(code: &str) -> Refusal {
    let busy = Refusal::busy();
    refusal(code, &busy.code, busy.message)
}
