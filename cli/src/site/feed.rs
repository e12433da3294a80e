//! What devices are served: the public feed, asked by a publisher whose own copy of the site may be old.
//!
//! In: its address, a channel. Out: [`Served`]. May touch: the network, for seconds. Keeps: an answer counts only if a trusted key signed
//! it; one that does not come stops nothing.

use aloft_core::edge::http::UreqConnect;
use aloft_core::edge::ports::{Connect as _, Request};
use aloft_core::model::config::{Config, Trust};
use aloft_core::model::limits::MAX_DOCUMENT;
use aloft_core::model::site::Site as Address;
use aloft_core::open::Channel;
use std::time::UNIX_EPOCH;

/// Milliseconds for connecting, and for each wait after it.
const PATIENCE: u64 = 5_000;

/// What the feed answers of a channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Served {
    /// Counter and time of signing of its document.
    pub(super) document: Option<(u64, u64)>,
    /// The time at the server, unix seconds.
    pub(super) date: Option<u64>,
}

/// Ask for a channel's document. Does I/O.
///
/// # Errors
/// Why there is no answer, as a line for people.
pub(super) fn ask(feed: &str, app: &str, channel: &str, trust: &Trust) -> Result<Served, String> {
    let mut config = Config::new(app);
    (config.timing.connect, config.timing.idle) = (PATIENCE, PATIENCE);
    let address = Address::parse(feed).map_err(|error| error.to_string())?;
    let transport = UreqConnect.connect(&config).map_err(|error| error.to_string())?;
    let url = address.url(&super::names::channel(channel));
    let mut response = transport.get(&Request { url: &url, headers: &[] }).map_err(|error| error.to_string())?;
    let date = response.header("date").and_then(|date| httpdate::parse_http_date(&date).ok());
    let date = date.and_then(|date| date.duration_since(UNIX_EPOCH).ok()).map(|since| since.as_secs());
    match response.status() {
        200 => {}
        404 => return Ok(Served { document: None, date }),
        status => return Err(format!("it answers {status}")),
    }
    let (mut bytes, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    loop {
        let count = response.read(&mut buffer).map_err(|error| error.to_string())?;
        bytes.extend_from_slice(buffer.get(..count).unwrap_or_default());
        if count == 0 || bytes.len() as u64 > MAX_DOCUMENT {
            break;
        }
    }
    let opened = Channel::open(&bytes, app, channel, trust).map_err(|error| error.to_string())?;
    Ok(Served { document: Some((opened.document().counter, opened.document().issued.0)), date })
}
