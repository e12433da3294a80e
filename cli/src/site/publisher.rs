//! The one way a signed document changes: read and verified, edited, shown, signed, replaced if nobody else did (formats 12).
//!
//! In: an edit of a channel. Out: a newer channel document, its copy in the history, a newer index. May touch: the store.
//! Keeps: I9 (counter = max(previous + 1, unix seconds)); what fails leaves the old channel in force.

use super::difference::{Change, difference};
use super::draft::{Draft, Outcome, Plan};
use super::feed::Served;
use super::folder::{Folder, busy};
use super::memory::{Memory, Sighting};
use super::store::Replaced;
use super::{Site, names, reach, sight, tag_of};
use crate::failure::{Failure, Result};
use crate::keys::SigningKeyFile;
use crate::output::Answer;
use crate::settings::{Access, Settings};
use aloft_core::model::config::{EncryptionKey, is_channel_name};
use aloft_core::model::document::{ChannelDocument, Date, IndexDocument, IndexEntry, Otherwise, SCHEMA, payload_type};
use aloft_core::model::limits::{MAX_DOCUMENT, MAX_INTEGER};
use aloft_core::model::{Digest, floors};
use aloft_core::open::envelope::{Envelope, pae};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Conflicts in a row after which somebody else is said to write all the time.
const ATTEMPTS: u32 = 16;
/// It outlives the accident that needed it.
const STILL_BUILTIN: &str = "since an earlier withdrawal, devices that match no release go to the assets inside the app; \
                             `aloft channel withdraw VERSION --otherwise keep` sets that back";
/// The only trust version until trust documents are rotated (formats 6).
const TRUST: u64 = 1;

/// A site and the key that signs for it.
pub struct Publisher {
    pub(super) site: Site,
    key: SigningKeyFile,
    encryption: Option<EncryptionKey>,
    access: BTreeMap<String, Access>,
    /// What this machine saw last of the site.
    pub(super) memory: Option<Memory>,
    /// The address that devices ask.
    pub(super) feed: Option<String>,
    /// What it answered to this command.
    pub(super) served: OnceLock<std::result::Result<Served, String>>,
}

impl Publisher {
    /// The site and the keys that the settings name. An encryption key need not exist. Does I/O.
    ///
    /// # Errors
    /// `key_missing`, `bad_key`, `weak_key`.
    pub fn open(settings: &Settings) -> Result<Self> {
        let key = settings.signing_key()?;
        let encryption = match settings.encryption_key() {
            Err(missing) if missing.code == "key_missing" => None,
            found => Some(found?),
        };
        let memory = Memory::of(settings, key.id());
        let folder = Box::new(Folder::new(&settings.site));
        let site = Site::new(folder, settings.app.as_str(), settings.trust()?);
        let publisher = Self::new(site, key, encryption, settings.channels.clone());
        Ok(Self { memory, feed: settings.feed.clone(), ..publisher })
    }

    /// A site in any store.
    pub fn new(
        site: Site,
        key: SigningKeyFile,
        encryption: Option<EncryptionKey>,
        access: BTreeMap<String, Access>,
    ) -> Self {
        Self { site, key, encryption, access, memory: None, feed: None, served: OnceLock::new() }
    }

    /// The site.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The encryption key.
    ///
    /// # Errors
    /// `key_missing`.
    pub fn encryption(&self) -> Result<&EncryptionKey> {
        self.encryption.as_ref().ok_or_else(|| {
            Failure::new("key_missing", "there is no encryption key")
                .hint("make one with `aloft keys new --encryption`, or set ALOFT_ENCRYPTION_KEY")
        })
    }

    /// Change a channel: `edit` may run several times, each time on what is then in force; `approve` is asked again only if
    /// the difference has become another one. Does I/O; other writers wait while it writes, not while it asks.
    ///
    /// # Errors
    /// Those of `edit` and `approve`, of reading and verifying the site; `site_busy` after many conflicts.
    pub fn change(
        &self,
        channel: &str,
        now: u64,
        edit: &dyn Fn(&mut Draft) -> Result<()>,
        approve: &mut dyn FnMut(&Plan) -> Result<Answer>,
    ) -> Result<Outcome> {
        let mut approved = None;
        for _ in 0..ATTEMPTS {
            let plan = match self.plan(channel, now, edit)? {
                Ok(plan) => plan,
                Err(document) => return Ok(Outcome::Unchanged(*document)),
            };
            if !approved.as_ref().is_some_and(|approved| plan.asks_the_same(approved)) {
                if approve(&plan)? == Answer::No {
                    return Ok(Outcome::Declined(plan));
                }
                approved = Some(plan);
            }
            let _guard = self.site.store().lock()?;
            match self.plan(channel, now, edit)? {
                // Planned again under the lock, so that no other channel got this version in between.
                Ok(plan)
                    if approved.as_ref().is_some_and(|approved| plan.asks_the_same(approved))
                        && self.write(&plan, now)? == Replaced::Written =>
                {
                    return Ok(Outcome::Written(plan));
                }
                _ => {}
            }
        }
        Err(busy(format!("{channel} was changed by somebody else {ATTEMPTS} times in a row")))
    }

    /// The next document, or the one in force if the edit changes nothing. Writes nothing.
    ///
    /// # Errors
    /// Those of `edit`, of reading and verifying the site.
    pub(crate) fn plan(
        &self,
        channel: &str,
        now: u64,
        edit: &dyn Fn(&mut Draft) -> Result<()>,
    ) -> Result<std::result::Result<Plan, Box<ChannelDocument>>> {
        if !is_channel_name(channel) {
            return Err(Failure::usage(format!("{channel:?} cannot name a channel"))
                .hint("a-z, 0-9, `.`, `_` and `-`, at most 64, and not `index`"));
        }
        let seen = self.remembered()?;
        let before = self.site.channel(channel)?;
        let start = before.as_ref().map_or_else(|| self.first(channel, now), |before| before.document.clone());
        let mut draft = Draft::new(start.clone(), self.site.history(channel)?);
        let newest = draft.history.first().map_or(0, |newest| newest.counter);
        if let Some(before) = before.as_ref().filter(|before| before.document.counter > newest) {
            draft.history.insert(0, before.document.clone()); // a kill came before its copy was written
        }
        let bounds = self.look_around(&seen, before.as_ref(), (channel, now), &mut draft)?;
        draft.issued = bounds.issued;
        edit(&mut draft)?;
        if bounds.forked && !draft.mends_fork {
            return Err(sight::forked(channel));
        }
        if start.otherwise == Otherwise::Builtin && draft.document.otherwise == Otherwise::Builtin {
            draft.warnings.push(STILL_BUILTIN.to_owned());
        }
        reach::drop_unreachable(&mut draft.document.releases);
        reach::drop_oldest_withdrawn(&mut draft.document.withdrawn);
        let settled = self.settled(&start)?;
        if before.is_some() && draft.document == start && settled && !bounds.forked {
            return Ok(Err(Box::new(start)));
        }
        let Draft { mut document, mut warnings, stops, findings, issued, .. } = draft;
        warnings.extend(findings.into_iter().map(|(_, message)| message));
        if document.expires == start.expires {
            // A channel keeps its period: each signing starts it again.
            let period = start.expires.map(|expires| expires.0.saturating_sub(start.issued.0));
            document.expires = period.map(|period| Date(issued.saturating_add(period)));
        }
        (document.issued, document.trust) = (Date(issued), TRUST);
        document.counter = next_counter(bounds.counter, now)?;
        let mut changes = difference(before.as_ref().map(|before| &before.document), &document);
        if before.is_some() && !settled {
            changes.push(Change::new("index")); // a kill came before it was written, or its settings changed
        }
        Ok(Ok(Plan { document, changes, warnings, stops, before }))
    }

    /// Does the index say of this channel what it should?
    fn settled(&self, document: &ChannelDocument) -> Result<bool> {
        let index = self.site.index()?;
        let entry =
            index.iter().flat_map(|index| &index.document.channels).find(|entry| entry.name == document.channel);
        Ok(entry.is_some_and(|entry| {
            let access = Access { public: entry.public, allow_device_to_set: entry.allow_device_to_set };
            entry.counter == document.counter && self.access.get(&entry.name).is_none_or(|wanted| *wanted == access)
        }))
    }

    fn first(&self, channel: &str, now: u64) -> ChannelDocument {
        ChannelDocument {
            schema: SCHEMA,
            app: self.site.app().to_owned(),
            channel: channel.to_owned(),
            trust: TRUST,
            counter: 0,
            issued: Date(now),
            expires: None,
            releases: Vec::new(),
            withdrawn: Vec::new(),
            otherwise: Otherwise::default(),
        }
    }

    /// The channel, its copy in the history, the index last: whoever is killed in between has published or has not.
    fn write(&self, plan: &Plan, now: u64) -> Result<Replaced> {
        let (store, document) = (self.site.store(), &plan.document);
        if let Some(before) = &plan.before {
            // Usually there already; a kill may have come between the two writes.
            let name = names::history(&document.channel, before.document.counter);
            store.put_new(&name, &mut before.stored.bytes.as_slice())?;
        }
        let bytes = self.signed(payload_type::CHANNEL, document)?;
        if store.replace_if(&names::channel(&document.channel), tag_of(plan.before.as_ref()), &bytes)?
            == Replaced::Conflict
        {
            return Ok(Replaced::Conflict);
        }
        let copy = names::history(&document.channel, document.counter);
        store.put_new(&copy, &mut bytes.as_slice()).map_err(|failure| {
            let live = format!("devices are offered it already: {} was written, its copy was not", document.channel);
            failure.hint(format!("{live}; make the folder writable and run the same command again"))
        })?;
        for _ in 0..ATTEMPTS {
            if self.write_index(now, document.issued)? == Replaced::Written {
                // The document is live: that this machine cannot remember it is no reason to say that it was not written.
                let _ = self.note(&document.channel, document, &bytes);
                return Ok(Replaced::Written);
            }
        }
        Err(busy("the index was changed by somebody else many times in a row".to_owned()))
    }

    /// Every channel with its present counter; never one lower than the index had.
    fn write_index(&self, now: u64, issued: Date) -> Result<Replaced> {
        let before = self.site.index()?;
        let mut entries: BTreeMap<String, IndexEntry> = before
            .iter()
            .flat_map(|before| before.document.channels.iter().cloned())
            .map(|entry| (entry.name.clone(), entry))
            .collect();
        for name in self.site.channels()? {
            if let Ok(Some(found)) = self.site.channel_unordered(&name) {
                let fresh = IndexEntry { name: name.clone(), counter: 0, public: false, allow_device_to_set: false };
                let entry = entries.entry(name).or_insert(fresh);
                entry.counter = entry.counter.max(found.document.counter);
            }
        }
        for (name, access) in &self.access {
            if let Some(entry) = entries.get_mut(name) {
                (entry.public, entry.allow_device_to_set) = (access.public, access.allow_device_to_set);
            }
        }
        let document = IndexDocument {
            schema: SCHEMA,
            app: self.site.app().to_owned(),
            trust: TRUST,
            counter: self.index_counter(now)?,
            issued,
            channels: entries.into_values().collect(),
        };
        let bytes = self.signed(payload_type::INDEX, &document)?;
        let replaced = self.site.store().replace_if(names::INDEX, tag_of(before.as_ref()), &bytes)?;
        if let (Replaced::Written, Some(memory)) = (replaced, &self.memory) {
            let sha256 = Digest::of(&bytes);
            // As for the channel.
            let _ = memory.note(floors::INDEX, Sighting { counter: document.counter, sha256, issued: issued.0 });
        }
        Ok(replaced)
    }

    fn signed(&self, payload_type: &str, document: &impl Serialize) -> Result<Vec<u8>> {
        let unwritable = |error: serde_json::Error| Failure::new("io", format!("could not encode a document: {error}"));
        let payload = serde_json::to_vec(document).map_err(unwritable)?;
        let signature = self.key.sign(&pae(payload_type, &payload));
        let envelope = Envelope::new(payload_type, &payload).signed(self.key.id(), &signature);
        let bytes = serde_json::to_vec(&envelope).map_err(unwritable)?;
        if bytes.len() as u64 > MAX_DOCUMENT {
            return Err(Failure::new("too_large", format!("the signed document has {} bytes", bytes.len()))
                .hint("devices take at most 1 MiB: make audiences smaller, or use a channel for them"));
        }
        Ok(bytes)
    }
}

/// Formats 4.
pub(super) fn next_counter(previous: u64, now: u64) -> Result<u64> {
    let next = previous.saturating_add(1).max(now);
    if next > MAX_INTEGER {
        return Err(Failure::new("counter_exhausted", "the channel's counter cannot grow any more")
            .hint("this channel's name is used up for the keys in the app; take another channel"));
    }
    Ok(next)
}
