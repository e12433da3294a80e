//! The publisher's view of a site: documents that are verified before anything is built on them (formats 12).
//!
//! In: a store, the app, whose signatures are believed. Out: verified documents; changed documents, signed and written.
//! May touch: the store. Keeps: I9 (counters only grow), and that an attacker who writes to the site never has content of
//! his own signed by the next command.

mod clock;
pub mod difference;
pub mod draft;
mod feed;
pub mod folder;
pub mod memory;
pub mod names;
pub mod publisher;
pub(crate) mod reach;
mod sight;
pub mod store;

pub use draft::{Approve, Draft, Outcome, Plan};
pub use publisher::Publisher;

use crate::failure::{Failure, Result};
use crate::hashed;
use crate::settings::Settings;
use aloft_core::model::config::{Trust, is_channel_name};
use aloft_core::model::document::{Artifact, ChannelDocument, IndexDocument, ReleaseEntry};
use aloft_core::model::{Code, Error, floors};
use aloft_core::open::{Channel, Index, Release};
use folder::Folder;
use std::collections::BTreeMap;
use store::{SiteStore, Stored, Tag};

/// A site of one app.
pub struct Site {
    store: Box<dyn SiteStore>,
    app: String,
    trust: Trust,
}

/// A verified document and which bytes it was.
#[derive(Debug, Clone)]
pub struct Verified<T> {
    /// The document.
    pub document: T,
    /// As it was stored.
    pub stored: Stored,
}

/// A release that a document of this site offers or has offered.
#[derive(Debug, Clone)]
pub struct Known {
    /// In which channel.
    pub channel: String,
    /// The release.
    pub entry: ReleaseEntry,
}

impl Site {
    /// The folder that the settings name, to be read: verified with every public key that is known.
    ///
    /// # Errors
    /// Those of [`Settings::reading_trust`].
    pub fn open(settings: &Settings) -> Result<Self> {
        Ok(Self::new(Box::new(Folder::new(&settings.site)), settings.app.as_str(), settings.reading_trust()?))
    }

    /// A site in any store.
    pub fn new(store: Box<dyn SiteStore>, app: impl Into<String>, trust: Trust) -> Self {
        Self { store, app: app.into(), trust }
    }

    /// The channel document in force; `None` before the first publish. Does I/O.
    ///
    /// # Errors
    /// Those of [`Channel::open`]; `site_rolled_back` when the index or the history prove that there was a newer one.
    pub fn channel(&self, channel: &str) -> Result<Option<Verified<ChannelDocument>>> {
        let mut found = self.channel_unordered(channel)?;
        loop {
            let counter = found.as_ref().map_or(0, |found| found.document.counter);
            let Some(proven) = self.proven(channel, counter)? else { return Ok(found) };
            let again = self.channel_unordered(channel)?;
            if tag_of(again.as_ref()) == tag_of(found.as_ref()) {
                return Err(rolled_back(channel, proven));
            }
            found = again; // another writer was between its channel document and its index
        }
    }

    /// A counter above `counter` that a trusted key has signed for this channel.
    fn proven(&self, channel: &str, counter: u64) -> Result<Option<u64>> {
        let listed = self.index()?.and_then(|index| listed_counter(&index.document, channel));
        let newest = self.counters(channel)?.into_iter().rev().take_while(|&past| past > counter);
        let signed = newest.into_iter().find(|&past| matches!(self.past(channel, past), Ok(Some(_))));
        Ok(listed.filter(|&listed| listed > counter).max(signed))
    }

    /// The index in force. Does I/O.
    ///
    /// # Errors
    /// Those of [`Index::open`].
    pub fn index(&self) -> Result<Option<Verified<IndexDocument>>> {
        let Some(stored) = self.store.read(names::INDEX)? else { return Ok(None) };
        let index =
            Index::open(&stored.bytes, &self.app, &self.trust).map_err(|error| distrusted(names::INDEX, error))?;
        Ok(Some(Verified { document: index.document().clone(), stored }))
    }

    /// Every earlier document of a channel, newest first. What no trusted key signed is left out. Does I/O.
    ///
    /// # Errors
    /// Those of the store.
    pub fn history(&self, channel: &str) -> Result<Vec<ChannelDocument>> {
        let mut documents = Vec::new();
        for counter in self.counters(channel)?.into_iter().rev() {
            documents.extend(self.past(channel, counter)?);
        }
        Ok(documents)
    }

    /// Every release that a channel offers or has offered, as a device takes it: those of the newest document first. Does I/O.
    ///
    /// # Errors
    /// Those of the store.
    pub fn releases(&self, channel: &str) -> Result<Vec<Release>> {
        let past = self.counters(channel)?.into_iter().rev().map(|counter| names::history(channel, counter));
        let mut releases = Vec::new();
        for name in std::iter::once(names::channel(channel)).chain(past) {
            if let Some(opened) = self.opened(channel, &name)? {
                releases.extend((0..opened.document().releases.len()).filter_map(|n| opened.release(n)));
            }
        }
        Ok(releases)
    }

    /// Every release that any channel of this site offers or has offered. Does I/O.
    ///
    /// # Errors
    /// Those of the store.
    pub fn known(&self) -> Result<Vec<Known>> {
        let mut known = Vec::new();
        for channel in self.channels()? {
            let current = self.channel_unordered(&channel).ok().flatten().map(|found| found.document);
            for document in current.into_iter().chain(self.history(&channel)?) {
                known.extend(document.releases.into_iter().map(|entry| Known { channel: channel.clone(), entry }));
            }
        }
        Ok(known)
    }

    /// Are the bytes of an artifact on the site those that were signed? Reads it whole.
    ///
    /// # Errors
    /// `artifact_missing`, `artifact_damaged`, and those of the store.
    pub fn check_artifact(&self, artifact: &Artifact) -> Result<()> {
        let name = names::artifact(artifact);
        let measured = self.store.open(&name)?.map(|mut content| hashed::measure(&mut *content)).transpose();
        match measured.map_err(|error| Failure::io("read", name.as_ref(), &error))? {
            Some(found) if found == (artifact.size, artifact.sha256) => Ok(()),
            Some(_) => Err(Failure::new("artifact_damaged", format!("{name} on the site is not what was signed"))
                .hint("delete that file, then publish the same folder again")),
            None => Err(Failure::new("artifact_missing", format!("{name} is not on the site any more"))
                .hint("restore it from a backup, or publish the same folder again")),
        }
    }

    /// Lower bounds for the builtin's description: by channel, and `index.json` for the index. Does I/O.
    ///
    /// # Errors
    /// As [`Self::index`].
    pub fn floors(&self) -> Result<BTreeMap<String, u64>> {
        let Some(index) = self.index()? else { return Ok(BTreeMap::new()) };
        let mut bounds: BTreeMap<_, _> =
            index.document.channels.into_iter().map(|entry| (entry.name, entry.counter)).collect();
        bounds.insert(floors::INDEX.to_owned(), index.document.counter);
        Ok(bounds)
    }

    /// Where artifacts and documents lie.
    pub fn store(&self) -> &dyn SiteStore {
        &*self.store
    }

    /// The app's id.
    pub fn app(&self) -> &str {
        &self.app
    }

    /// The channels that have a document. Does I/O.
    ///
    /// # Errors
    /// Those of the store.
    pub fn channels(&self) -> Result<Vec<String>> {
        let named = self.store.list(names::CHANNELS)?;
        Ok(named
            .iter()
            .filter_map(|name| name.strip_suffix(".json"))
            .filter(|name| is_channel_name(name))
            .map(str::to_owned)
            .collect())
    }

    fn channel_unordered(&self, channel: &str) -> Result<Option<Verified<ChannelDocument>>> {
        let name = names::channel(channel);
        let Some(stored) = self.store.read(&name)? else { return Ok(None) };
        let opened =
            Channel::open(&stored.bytes, &self.app, channel, &self.trust).map_err(|error| distrusted(&name, error))?;
        Ok(Some(Verified { document: opened.document().clone(), stored }))
    }

    fn past(&self, channel: &str, counter: u64) -> Result<Option<ChannelDocument>> {
        let opened = self.opened(channel, &names::history(channel, counter))?;
        Ok(opened.map(|opened| opened.document().clone()).filter(|document| document.counter == counter))
    }

    /// A document that a trusted key signed; `None` is any other.
    fn opened(&self, channel: &str, name: &str) -> Result<Option<Channel>> {
        let stored = self.store.read(name)?;
        Ok(stored.and_then(|stored| Channel::open(&stored.bytes, &self.app, channel, &self.trust).ok()))
    }

    /// Counters in the history, oldest first.
    fn counters(&self, channel: &str) -> Result<Vec<u64>> {
        let named = self.store.list(&names::history_folder(channel))?;
        let mut counters: Vec<u64> = named.iter().filter_map(|name| name.strip_suffix(".json")?.parse().ok()).collect();
        counters.sort_unstable();
        Ok(counters)
    }
}

fn listed_counter(index: &IndexDocument, channel: &str) -> Option<u64> {
    index.channels.iter().find(|entry| entry.name == channel).map(|entry| entry.counter)
}

fn rolled_back(channel: &str, proven: u64) -> Failure {
    let message = format!("the site has an older document of {channel}, or none, than was signed ({proven})");
    Failure::refused("site_rolled_back", message).hint(format!(
        "find out who replaced it; then copy {} over {}",
        names::history(channel, proven),
        names::channel(channel)
    ))
}

/// The document on the site is not one of ours: nothing may be built on it.
fn distrusted(name: &str, error: Error) -> Failure {
    let code = error.code();
    let failure = Failure::from(error);
    let failure = Failure { message: format!("{name}: {}", failure.message), ..failure };
    match code {
        Code::SignatureInvalid | Code::SignatureMissing | Code::TooFewSignatures => failure.hint(
            "use the key that signed it before, or, if it was a colleague's or an earlier one, add its public key to `trusted` in aloft.toml",
        ),
        Code::WrongApp => failure.hint("`app` in aloft.toml and the site belong to different apps"),
        _ => failure.hint("restore the document from the history folder or from a backup"),
    }
}

fn tag_of<T>(found: Option<&Verified<T>>) -> Option<&Tag> {
    found.map(|found| &found.stored.tag)
}
