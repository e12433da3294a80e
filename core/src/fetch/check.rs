//! Fetch one signed document, or learn that it has not changed.
//!
//! In: its URL and the `ETag` of the copy that was accepted last. Out: [`Fetched`]: bytes that nobody has verified.
//! May touch: the network through `Transport`. Keeps: I10 (at most `MAX_DOCUMENT` bytes are read).

use super::request::{self, Network, is_etag};
use crate::model::limits::MAX_DOCUMENT;
use crate::model::{Code, Error, Result};

/// What the server has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// The same as the `ETag` names.
    NotModified,
    /// A document, not verified.
    Document {
        /// As sent.
        bytes: Vec<u8>,
        /// To ask for changes with.
        etag: Option<String>,
    },
}

/// Fetch the document at `url`. Blocks. A server that refuses to compare is asked once more, for the document.
///
/// # Errors
/// Network and server errors; `too_large` beyond `MAX_DOCUMENT`.
pub fn fetch_document(network: Network<'_>, url: &str, etag: Option<&str>) -> Result<Fetched> {
    let etag = etag.filter(|etag| is_etag(etag));
    match ask(network, url, etag) {
        Err(error) if etag.is_some() && request::may_be_for_its_condition(&error) => ask(network, url, None),
        fetched => fetched,
    }
}

fn ask(network: Network<'_>, url: &str, etag: Option<&str>) -> Result<Fetched> {
    let headers = etag.map(|etag| ("if-none-match", etag.to_owned())).into_iter().collect();
    let mut answer = request::get(network, url, headers)?;
    match answer.status() {
        304 if etag.is_some() => return Ok(Fetched::NotModified),
        200 => {}
        status => return Err(answer.refused(Code::UnexpectedStatus, &format!("status {status}"))),
    }
    within_limit(answer.declared().unwrap_or(0))?;
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 16 << 10];
    loop {
        let count = answer.read(&mut buffer)?;
        if count == 0 {
            return Ok(Fetched::Document { bytes, etag: answer.etag() });
        }
        within_limit((bytes.len() + count) as u64)?;
        bytes.extend_from_slice(buffer.get(..count).unwrap_or_default());
    }
}

fn within_limit(actual: u64) -> Result<()> {
    if actual <= MAX_DOCUMENT {
        return Ok(());
    }
    Err(Error::TooLarge { what: "a signed document, in bytes,", limit: MAX_DOCUMENT, actual })
}

#[cfg(test)]
mod tests;
