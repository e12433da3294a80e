//! Signed documents as types that cannot be had without a valid signature.
//!
//! In: an envelope, the app, the channel, the trust. Out: [`Channel`], [`Index`], [`Release`]; fields private, this is their
//! only constructor. May touch: nothing. Keeps: I3 (no release without a signature), I9 (what the floors need is in them).

use super::envelope::{self, Opened};
use crate::model::config::{KeyId, Trust, is_channel_name};
use crate::model::digest::Digest;
use crate::model::document::{ChannelDocument, IndexDocument, IndexEntry, ReleaseEntry, SCHEMA, payload_type};
use crate::model::error::{Code, Error, Result};
use crate::model::floors::{Claim, INDEX};
use crate::model::json;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashSet;

/// A channel document of this app and channel, signed by enough trusted keys. Whether it is current, the floors say.
#[derive(Debug, Clone)]
pub struct Channel {
    document: ChannelDocument,
    digest: Digest,
    chain: Digest,
    signers: Vec<KeyId>,
}

impl Channel {
    /// Open the envelope of `channels/<channel>.json`. No I/O.
    ///
    /// # Errors
    /// Those of [`envelope::verify`]; `unknown_schema`, `bad_document` and `duplicate_member` for the payload; `wrong_app`,
    /// `wrong_channel`; `trust_unknown` when it names a trust version that this device does not know.
    pub fn open(bytes: &[u8], app: &str, channel: &str, trust: &Trust) -> Result<Self> {
        let Opened { payload, signers } = envelope::verify(bytes, payload_type::CHANNEL, trust)?;
        let document: ChannelDocument = read(&payload, "channel document")?;
        bind(&document.app, app, document.trust, trust)?;
        if document.channel != channel {
            let detail = format!("the document is of {:?}, expected {channel:?}", document.channel);
            return Err(Error::untrusted(Code::WrongChannel, detail));
        }
        Ok(Self { document, digest: Digest::of(&payload), chain: trust.chain(), signers })
    }

    /// The document.
    pub fn document(&self) -> &ChannelDocument {
        &self.document
    }

    /// Digest of the payload.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The chain of trust it was verified with.
    pub fn chain(&self) -> Digest {
        self.chain
    }

    /// What the floors decide on (formats 4).
    pub fn claim(&self) -> Claim<'_> {
        Claim {
            chain: self.chain,
            app: &self.document.app,
            name: &self.document.channel,
            trust: self.document.trust,
            counter: self.document.counter,
            payload: self.digest,
            issued: self.document.issued,
            signers: &self.signers,
        }
    }

    /// Entry `n` of the document.
    pub fn release(&self, n: usize) -> Option<Release> {
        let entry = self.document.releases.get(n)?.clone();
        Some(Release { app: self.document.app.clone(), channel: self.document.channel.clone(), entry })
    }
}

/// One signed entry of a channel: what every later stage needs, so that an unsigned bundle cannot be expressed (I3).
#[derive(Debug, Clone)]
pub struct Release {
    app: String,
    channel: String,
    entry: ReleaseEntry,
}

impl Release {
    /// The app it is for.
    pub fn app(&self) -> &str {
        &self.app
    }

    /// The channel it came from.
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// What was signed of it.
    pub fn entry(&self) -> &ReleaseEntry {
        &self.entry
    }
}

/// The index of this app's channels, signed by enough trusted keys. Whether it is current, the floors say.
#[derive(Debug, Clone)]
pub struct Index {
    document: IndexDocument,
    digest: Digest,
    chain: Digest,
    signers: Vec<KeyId>,
}

impl Index {
    /// Open the envelope of `channels/index.json`. No I/O.
    ///
    /// # Errors
    /// As [`Channel::open`], without `wrong_channel`; `bad_document` also for a name that stands twice or is none.
    pub fn open(bytes: &[u8], app: &str, trust: &Trust) -> Result<Self> {
        let Opened { payload, signers } = envelope::verify(bytes, payload_type::INDEX, trust)?;
        let document: IndexDocument = read(&payload, "index")?;
        bind(&document.app, app, document.trust, trust)?;
        let mut names = HashSet::new();
        if let Some(wrong) =
            document.channels.iter().find(|entry| !is_channel_name(&entry.name) || !names.insert(&entry.name))
        {
            let detail = format!("index: {:?} stands twice or is no channel name", wrong.name);
            return Err(Error::protocol(Code::BadDocument, detail));
        }
        Ok(Self { document, digest: Digest::of(&payload), chain: trust.chain(), signers })
    }

    /// The document.
    pub fn document(&self) -> &IndexDocument {
        &self.document
    }

    /// What it says of a channel.
    ///
    /// # Errors
    /// `channel_unlisted`.
    pub fn entry(&self, channel: &str) -> Result<&IndexEntry> {
        self.document.channels.iter().find(|entry| entry.name == channel).ok_or_else(|| {
            Error::untrusted(Code::ChannelUnlisted, format!("the signed index has no channel {channel:?}"))
        })
    }

    /// What the floors decide on (formats 4).
    pub fn claim(&self) -> Claim<'_> {
        Claim {
            chain: self.chain,
            app: &self.document.app,
            name: INDEX,
            trust: self.document.trust,
            counter: self.document.counter,
            payload: self.digest,
            issued: self.document.issued,
            signers: &self.signers,
        }
    }
}

/// The schema is read first: a document of a later one need not have the members of this one.
fn read<T: DeserializeOwned>(payload: &[u8], what: &'static str) -> Result<T> {
    #[derive(Deserialize)]
    struct Head {
        schema: u64,
    }
    match json::parse(payload, what, Code::BadDocument)? {
        Head { schema: 0 } => Err(Error::protocol(Code::BadDocument, format!("{what}: there is no schema 0"))),
        Head { schema } if schema > u64::from(SCHEMA) => {
            Err(Error::protocol(Code::UnknownSchema, format!("{what}: schema {schema}, this device reads {SCHEMA}")))
        }
        Head { .. } => json::parse(payload, what, Code::BadDocument),
    }
}

fn bind(app: &str, expected: &str, version: u64, trust: &Trust) -> Result<()> {
    if app != expected {
        return Err(Error::untrusted(Code::WrongApp, format!("the document is of {app:?}, expected {expected:?}")));
    }
    if version == 0 {
        return Err(Error::protocol(Code::BadDocument, "there is no trust version 0"));
    }
    if version > trust.version {
        // Where rotation walks from the known version to the named one (formats 6).
        let detail = format!("trust version {version} is in force, this device knows {}", trust.version);
        return Err(Error::untrusted(Code::TrustUnknown, detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
