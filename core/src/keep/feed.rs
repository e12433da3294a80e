//! The last accepted document of a channel and when to ask again (formats 13.7).
//!
//! In: [`Cached`]. Out: the last one, or none. May touch: `feed/<channel>`. Only the worker calls this, under the install
//! lock. Keeps: I10. Not durable: without it a check asks for the whole document, and its digest is in the floors.

use super::frame::{Form, Found, encode};
use super::{Store, names};
use crate::model::config::is_channel_name;
use crate::model::floors::INDEX;
use crate::model::limits::MAX_DOCUMENT;
use crate::model::{Code, Digest, Error, Result, RootDigest};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The frame of a cached document: the document, and as much again for what JSON escapes in it.
pub const FORM: Form =
    Form { magic: b"ALOFTfee", schema: 1, reads: 1, cap: 2 * MAX_DOCUMENT as usize, what: "feed cache" };

/// A document as it came, and how checking for the next one went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cached {
    /// Where it came from; an `ETag` is worth nothing for another URL.
    pub url: String,
    /// The chain of trust it was accepted under (formats 4).
    pub chain: Digest,
    /// What the server named it.
    #[serde(default)]
    pub etag: Option<String>,
    /// The envelope as received, to be verified again: an envelope is JSON, so it is text. None: none was accepted yet.
    #[serde(default)]
    pub envelope: Option<String>,
    /// When the server was last asked, unix seconds.
    #[serde(default)]
    pub checked: u64,
    /// Failed checks in a row.
    #[serde(default)]
    pub failures: u32,
    /// No automatic check before, unix seconds.
    #[serde(default)]
    pub not_before: u64,
    /// The release that could not be brought here last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Failed>,
}

/// A release whose download or content failed; others are not held back by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// Its content.
    pub root: RootDigest,
    /// Failures in a row.
    pub failures: u32,
    /// No automatic download before, unix seconds.
    pub not_before: u64,
}

/// Read what is kept of `channel`, or of the index under its name; what cannot be read or believed is none.
pub fn load(store: &Store, channel: &str) -> Option<Cached> {
    match store.load(&path(store, channel).ok()?, &FORM) {
        Found::Value(cached) => Some(cached),
        _ => None,
    }
}

/// Forget `channel`: its next check begins with the index.
///
/// # Errors
/// As [`save`].
pub fn forget(store: &Store, channel: &str) -> Result<()> {
    let path = path(store, channel)?;
    store.fs().remove(&path).map_err(store.failed("remove", &path))
}

/// Keep what came of a check of `channel`.
///
/// # Errors
/// `bad_config` for something that is no channel name; `too_large`; `no_space`, `storage_denied`, `storage_write`.
pub fn save(store: &Store, channel: &str, cached: &Cached) -> Result<()> {
    let path = path(store, channel)?;
    let bytes = encode(&FORM, 0, cached)?;
    let replace = || {
        store.fs().remove(&path)?;
        store.fs().create(&path)?.write_all(&bytes)
    };
    replace().map_err(store.failed("write", &path))
}

fn path(store: &Store, channel: &str) -> Result<PathBuf> {
    if channel != INDEX && !is_channel_name(channel) {
        return Err(Error::config(Code::BadConfig, "channel", "a channel name is [a-z0-9][a-z0-9._-]{0,63}"));
    }
    Ok(store.path(names::FEED).join(channel))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keep::seal::tests::disk;

    #[test]
    fn what_was_kept_is_read_back_and_junk_is_none() {
        let (_, store) = disk();
        let cached = Cached {
            url: "https://example.com/channels/production.json".to_owned(),
            chain: Digest::of(b"keys"),
            etag: Some("\"1\"".to_owned()),
            envelope: Some("{\"payload\":\"…\"}".to_owned()),
            checked: 5,
            failures: 1,
            not_before: 35,
            failed: None,
        };
        assert_eq!(load(&store, "production"), None);
        save(&store, "production", &cached).unwrap();
        let shorter = Cached { envelope: None, ..cached };
        save(&store, "production", &shorter).unwrap();
        assert_eq!(load(&store, "production"), Some(shorter.clone()));
        store.fs().write_at(&store.path("feed/production"), 60, b"x").unwrap();
        assert_eq!(load(&store, "production"), None);
        assert_eq!(load(&store, "../state.0"), None);
        assert_eq!(save(&store, "../x", &shorter).unwrap_err().code(), Code::BadConfig);
    }
}
