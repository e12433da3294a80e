//! What is known of a site beside the site: this machine's memory, and the public feed.
//!
//! In: the site as it is. Out: what is found, and bounds that the next document keeps. May touch: reads the site, the memory's file; asks the
//! feed. Keeps: I9.

use super::clock;
use super::draft::Draft;
use super::feed::{self, Served};
use super::memory::{Memory, Sighting, Sightings};
use super::{Publisher, Verified, rolled_back};
use crate::failure::{Failure, Result};
use crate::stops::Permit;
use aloft_core::model::document::ChannelDocument;
use aloft_core::model::{Digest, floors};

/// What a change of a channel has to keep to.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    /// No counter of the channel is as low as this.
    pub(super) counter: u64,
    /// No document is signed for a time before this.
    pub(super) issued: u64,
    /// Was another document of the same counter seen?
    pub(super) forked: bool,
}

impl Publisher {
    /// What was seen, to be read before the site is: whatever is remembered was on the site by then.
    pub(super) fn remembered(&self) -> Result<Sightings> {
        self.memory.as_ref().map_or_else(|| Ok(Sightings::new()), Memory::load)
    }

    /// Compare the site with what is known beside it, and say in the draft what is found.
    ///
    /// # Errors
    /// `site_rolled_back`; those of the site.
    pub(super) fn look_around(
        &self,
        seen: &Sightings,
        before: Option<&Verified<ChannelDocument>>,
        (channel, now): (&str, u64),
        draft: &mut Draft,
    ) -> Result<Bounds> {
        let served = self.served(channel, draft);
        let counter = before.map_or(0, |before| before.document.counter);
        let last = seen.get(channel);
        let is_empty = self.site.index()?.is_none() && self.site.channels()?.is_empty();
        let highest = served.document.map(|(counter, _)| counter).max(last.map(|last| last.counter));
        if is_empty && (highest.is_some() || !seen.is_empty()) {
            let message = "the site is empty, and had releases when it was seen last: fetch the site first".to_owned();
            draft.findings.push((Permit::SiteEmpty, message));
        } else if let Some(last) = last.filter(|last| last.counter > counter) {
            return Err(rolled_back(channel, last.counter).hint(
                "copy the newer site back; or, if it is gone for good, delete its entry in seen.json beside the key",
            ));
        } else if let Some((served, _)) = served.document.filter(|(served, _)| *served > counter) {
            let message =
                format!("the feed serves counter {served} of {channel}, the site has {counter}: fetch the site first");
            draft.findings.push((Permit::SiteBehind, message));
        }
        let latest = self.latest_signing(seen)?.max(served.document.map_or(0, |(_, issued)| issued));
        match clock::judge(now, latest, served.date) {
            Ok(line) => draft.warnings.extend(line),
            Err(finding) => draft.findings.push(finding),
        }
        let digest = before.map(|before| Digest::of(&before.stored.bytes));
        let forked = last.is_some_and(|last| last.counter == counter && Some(last.sha256) != digest);
        if let Some(before) = before.filter(|_| !forked) {
            let noted = self.note(channel, &before.document, &before.stored.bytes);
            draft.warnings.extend(noted.err().map(|failure| format!("what was seen is not remembered: {failure}")));
        }
        Ok(Bounds { counter: counter.max(highest.unwrap_or(0)), issued: latest.max(now), forked })
    }

    /// Remembers a document that was read or written.
    pub(super) fn note(&self, channel: &str, document: &ChannelDocument, bytes: &[u8]) -> Result<()> {
        let Some(memory) = &self.memory else { return Ok(()) };
        let (counter, issued) = (document.counter, document.issued.0);
        memory.note(channel, Sighting { counter, sha256: Digest::of(bytes), issued })
    }

    /// The latest time that a document of the site was signed for.
    fn latest_signing(&self, seen: &Sightings) -> Result<u64> {
        let mut latest = seen.values().map(|seen| seen.issued).max().unwrap_or(0);
        latest = latest.max(self.site.index()?.map_or(0, |index| index.document.issued.0));
        for channel in self.site.channels()? {
            let found = self.site.channel_unordered(&channel).ok().flatten();
            latest = latest.max(found.map_or(0, |found| found.document.issued.0));
        }
        Ok(latest)
    }

    /// What the feed says, asked once by a command.
    fn served(&self, channel: &str, draft: &mut Draft) -> Served {
        let Some(address) = &self.feed else { return Served::default() };
        let answer = self.served.get_or_init(|| feed::ask(address, self.site.app(), channel, &self.site.trust));
        answer.clone().unwrap_or_else(|error| {
            draft.warnings.push(format!("the feed could not be compared with the site: {error}"));
            Served::default()
        })
    }

    /// The highest counter of the index that is known.
    pub(super) fn index_counter(&self, now: u64) -> Result<u64> {
        let found = self.site.index()?.map_or(0, |index| index.document.counter);
        let seen = self.remembered()?.get(floors::INDEX).map_or(0, |seen| seen.counter);
        super::publisher::next_counter(found.max(seen), now)
    }
}

/// Two publishers wrote one counter.
pub(super) fn forked(channel: &str) -> Failure {
    Failure::refused("site_forked", format!("the site has another document of {channel} than was seen, with the same counter"))
        .hint("two publishers wrote at once: look at `aloft channel log`, then `aloft channel renew` signs a newer one that every device takes")
}
