//! A release by itself: what a channel would say that offered nothing else, to everybody.
//!
//! In: a list of files, artifacts. Out: a document. May touch: nothing. Keeps: it is measured and shown, never published.

use crate::failure::{Failure, Result};
use crate::keys::SigningKeyFile;
use aloft_core::model::Version;
use aloft_core::model::bundle::FileList;
use aloft_core::model::config::{Config, KeyId, Trust};
use aloft_core::model::document::{
    Artifact, ChannelDocument, Date, Otherwise, Priority, ReleaseEntry, SCHEMA, payload_type,
};
use aloft_core::open::envelope::{Envelope, pae};
use aloft_core::open::{Channel, Release};
use std::str::FromStr as _;

const CHANNEL: &str = "production";

/// The signed document, as long as that of an app with an id of 15 characters.
///
/// # Errors
/// None that can be met.
pub(crate) fn signed(files: &FileList, artifacts: Vec<Artifact>) -> Result<Vec<u8>> {
    sign(&document("com.example.app", files, artifacts)?, KeyId::of(&[0; 32]), |_| [0; 64])
}

/// The release, as far as a key that is drawn for this once can vouch for it.
///
/// # Errors
/// `no_randomness`.
pub(crate) fn release(app: &str, files: &FileList, artifact: Artifact) -> Result<Release> {
    let key = SigningKeyFile::generate()?;
    let bytes = sign(&document(app, files, vec![artifact])?, key.id(), |message| key.sign(message))?;
    let trust: Trust = Config { signing_keys: Some(vec![key.public()]), ..Config::new(app) }.trust()?;
    let release = Channel::open(&bytes, app, CHANNEL, &trust)?.release(0);
    release.ok_or_else(|| Failure::new("io", "the document has no release"))
}

fn sign(document: &ChannelDocument, key: KeyId, signature: impl Fn(&[u8]) -> [u8; 64]) -> Result<Vec<u8>> {
    let unwritable = |error: serde_json::Error| Failure::new("io", format!("could not encode a document: {error}"));
    let payload = serde_json::to_vec(document).map_err(unwritable)?;
    let signature = signature(&pae(payload_type::CHANNEL, &payload));
    serde_json::to_vec(&Envelope::new(payload_type::CHANNEL, &payload).signed(key, &signature)).map_err(unwritable)
}

fn document(app: &str, files: &FileList, artifacts: Vec<Artifact>) -> Result<ChannelDocument> {
    let release = ReleaseEntry {
        version: Version::from_str("1.0.0").map_err(|error| Failure::new("io", error.to_string()))?,
        created: 1_800_000_000,
        root: files.root(),
        files: files.entries().len() as u64,
        size: files.size(),
        artifacts,
        rollout: None,
        requires: None,
        audience: None,
        over_builtin: false,
        retry: 0,
        priority: Priority::default(),
    };
    Ok(ChannelDocument {
        schema: SCHEMA,
        app: app.to_owned(),
        channel: CHANNEL.to_owned(),
        trust: 1,
        counter: 1_800_000_000,
        issued: Date(1_800_000_000),
        expires: None,
        releases: vec![release],
        withdrawn: Vec::new(),
        otherwise: Otherwise::default(),
    })
}
