//! Where a release stands in its channel before it is published.
//!
//! In: a channel's document and history. Out: [`Presence`]. May touch: nothing.

use crate::site::{Draft, difference};
use aloft_core::model::document::{ChannelDocument, ReleaseEntry};
use aloft_core::model::{RootDigest, Version};

/// What the channel says, or said, of a version with this content.
#[derive(Debug, Clone)]
pub(super) enum Presence {
    /// Nothing.
    New,
    /// It is offered.
    Offered(Box<ReleaseEntry>),
    /// It was offered until a newer release covered it.
    Superseded(Left),
    /// It was offered until an older release was preferred.
    RolledBack(Left),
}

/// A release that left its channel.
#[derive(Debug, Clone)]
pub(super) struct Left {
    /// As it was offered last.
    pub(super) entry: Box<ReleaseEntry>,
    /// The counter of the document that has it no more.
    pub(super) counter: u64,
    /// What that document prefers.
    pub(super) after: Option<Version>,
}

pub(super) fn presence(draft: &Draft, version: &Version, root: RootDigest) -> Presence {
    let find = |document: &ChannelDocument| {
        document.releases.iter().find(|entry| entry.version == *version && entry.root == root).cloned().map(Box::new)
    };
    if let Some(entry) = find(&draft.document) {
        return Presence::Offered(entry);
    }
    let mut next = &draft.document;
    for document in &draft.history {
        if let Some(entry) = find(document) {
            let first = |document: &ChannelDocument| document.releases.first().map(|first| first.created);
            let after = next.releases.first().map(|first| first.version.clone());
            let left = Left { entry, counter: next.counter, after };
            return if first(next) < first(document) { Presence::RolledBack(left) } else { Presence::Superseded(left) };
        }
        next = document;
    }
    Presence::New
}

/// The first document that offered a release, with what it said of it.
pub(super) fn first_offer<'a>(
    draft: &'a Draft,
    release: &ReleaseEntry,
) -> Option<(&'a ReleaseEntry, &'a ChannelDocument)> {
    let same = |entry: &&ReleaseEntry| entry.version == release.version && entry.root == release.root;
    draft.history.iter().rev().find_map(|document| Some((document.releases.iter().find(same)?, document)))
}

/// Since which counter a release is offered as it is.
pub(super) fn offered_since(draft: &Draft, release: &ReleaseEntry) -> u64 {
    let (describe, mut since) = (difference::describe(release), draft.document.counter);
    for document in &draft.history {
        let same = |entry: &&ReleaseEntry| entry.version == release.version && entry.root == release.root;
        match document.releases.iter().find(same) {
            Some(entry) if difference::describe(entry) == describe => since = document.counter,
            _ => break,
        }
    }
    since
}
