//! What failed on this device before, by content and native build: the reason why a bundle is held back or blocked.
//!
//! In: failures that the boot machine judged. Out: entries, at most [`MAX_LEDGER`]. May touch: nothing. Keeps: I7, I10, I11.
//!
//! Keyed by content, never by version name: the same version with other content is not blocked (field problem A7).

use super::bundle::Build;
use super::digest::{Digest, RootDigest};
use super::limits::MAX_LEDGER;
use serde::{Deserialize, Serialize};
use std::fmt;

/// First 8 bytes of a SHA-256 over some texts: tells long things apart in little room. 16 lower-case hex characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tag(u64);

impl Tag {
    /// The tag of these texts, in this order.
    pub fn of(texts: &[&str]) -> Self {
        let prefixed =
            |text: &&str| (text.len() as u64).to_be_bytes().into_iter().chain(text.bytes()).collect::<Vec<_>>();
        let digest = Digest::of(&texts.iter().flat_map(prefixed).collect::<Vec<_>>());
        Self(digest.bytes().iter().take(8).fold(0, |tag, byte| tag << 8 | u64::from(*byte)))
    }

    /// The tag of a native build: code **and** name.
    pub fn of_build(build: &Build) -> Self {
        Self::of(&[&build.code, &build.name])
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl TryFrom<String> for Tag {
    type Error = super::bundle::BadName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = || super::bundle::BadName("a tag is 16 lower-case hex characters");
        let token: super::bundle::Token = text.parse().map_err(|_| wrong())?;
        u64::from_str_radix(token.as_str(), 16).map(Self).map_err(|_| wrong())
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> Self {
        tag.to_string()
    }
}

/// Why a bundle was left, where that speaks against its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Cause {
    /// It did not confirm in its time, or died instead.
    NotConfirmed,
    /// It did not confirm, but nothing proves that this was its fault: held back, never blocked.
    NotProven,
    /// Its page began again and again.
    PageLoop,
    /// Its renderer crashed.
    RenderGone,
    /// Confirmed before, it crashed several times in a row.
    CrashLoop,
    /// It said itself that it is broken.
    Reported,
}

/// What one content did on one native build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The content.
    pub root: RootDigest,
    /// The artifact it came from, so that the download is not repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<Digest>,
    /// The native build it failed on.
    pub build: Tag,
    /// How it failed last.
    pub cause: Cause,
    /// How often it failed with evidence; `not_proven` does not add to it.
    pub failures: u32,
    /// Attempts of the last trial.
    pub attempts: u32,
    /// First failure, unix seconds.
    pub first: u64,
    /// Last failure, unix seconds.
    pub last: u64,
    /// The release's `retry` when it failed; a higher one clears the entry (formats 4).
    #[serde(default)]
    pub retry: u64,
}

/// The entries, oldest failure first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ledger(Vec<LedgerEntry>);

impl Ledger {
    /// The entries, oldest failure first.
    pub fn entries(&self) -> &[LedgerEntry] {
        &self.0
    }

    /// The entry of this content or artifact on this build.
    pub fn find(&self, root: RootDigest, artifact: Option<Digest>, build: Tag) -> Option<&LedgerEntry> {
        let same = |entry: &&LedgerEntry| entry.root == root || (artifact.is_some() && entry.artifact == artifact);
        self.0.iter().rev().filter(|entry| entry.build == build).find(same)
    }

    /// Put an entry in place of the one with its content and build; beyond [`MAX_LEDGER`] the oldest is dropped (I10).
    pub fn put(&mut self, entry: LedgerEntry) {
        self.0.retain(|old| (old.root, old.build) != (entry.root, entry.build));
        let place = self.0.partition_point(|old| old.last <= entry.last);
        self.0.insert(place, entry);
        self.0.drain(..self.0.len().saturating_sub(MAX_LEDGER));
    }

    /// Forget what this content or artifact did, on every build.
    pub fn clear(&mut self, root: RootDigest, artifact: Option<Digest>) {
        self.0.retain(|entry| entry.root != root && (artifact.is_none() || entry.artifact != artifact));
    }

    /// Forget everything: entries lapse with their native build.
    pub fn clear_all(&mut self) {
        self.0.clear();
    }

    /// Take over what a copy knows and this ledger does not, for a state that had to be made anew. The later entry wins.
    pub fn merge(&mut self, copy: &Self) {
        for entry in &copy.0 {
            let own = self.0.iter().find(|own| (own.root, own.build) == (entry.root, entry.build));
            if own.is_none_or(|own| own.last < entry.last) {
                self.put(entry.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(content: u64, last: u64) -> LedgerEntry {
        LedgerEntry {
            root: RootDigest(Digest::of(&content.to_be_bytes())),
            artifact: None,
            build: Tag::of(&["1", "1.0"]),
            cause: Cause::NotConfirmed,
            failures: 1,
            attempts: 2,
            first: last,
            last,
            retry: 0,
        }
    }

    #[test]
    fn i10_the_oldest_failure_makes_room() {
        let mut ledger = Ledger::default();
        for content in 0..70 {
            ledger.put(entry(content, 1000 - content));
        }
        assert_eq!(ledger.entries().len(), MAX_LEDGER);
        assert!(ledger.find(entry(0, 0).root, None, Tag::of(&["1", "1.0"])).is_some());
        assert!(ledger.find(entry(69, 0).root, None, Tag::of(&["1", "1.0"])).is_none());
    }

    #[test]
    fn a_copy_adds_what_is_missing_and_what_is_later() {
        let (mut ledger, mut copy) = (Ledger::default(), Ledger::default());
        ledger.put(entry(1, 10));
        ledger.put(LedgerEntry { failures: 2, ..entry(2, 10) });
        copy.put(LedgerEntry { failures: 2, ..entry(1, 20) });
        copy.put(entry(2, 5));
        copy.put(entry(3, 5));
        ledger.merge(&copy);
        let found: Vec<_> = ledger.entries().iter().map(|entry| (entry.last, entry.failures)).collect();
        assert_eq!(found, [(5, 1), (10, 2), (20, 2)]);
    }

    #[test]
    fn a_tag_tells_where_a_text_ends() {
        assert_ne!(Tag::of(&["1", "23"]), Tag::of(&["12", "3"]));
        let tag = Tag::of(&["210", "2.1"]);
        assert_eq!(Tag::try_from(tag.to_string()), Ok(tag));
        assert!(Tag::try_from("x".to_owned()).is_err());
    }
}
