//! The edit that puts a release into its channel: what is refused, what stops, what changes (formats 12.8).
//!
//! In: a draft, the release, what was asked. Out: the draft with the release in it. May touch: reads the site.
//! Keeps: one version never gets two contents; publishing what is offered changes nothing about who gets it.

use super::options::{Encryption, PublishOptions};
use super::presence::{Left, Presence, first_offer, offered_since, presence};
use super::{stops_of, terms};
use crate::bundle::Bundle;
use crate::failure::{Failure, Result};
use crate::site::difference::{describe, percent};
use crate::site::draft::{highest_retry, warn_of_gaps};
use crate::site::{Draft, Known, Publisher, reach};
use crate::stops::{Permit, PublishStop};
use aloft_core::decide::rollout::WHOLE;
use aloft_core::model::RootDigest;
use aloft_core::model::document::{Artifact, Date, Priority, ReleaseEntry, Rollout, Strict};
use std::cell::RefCell;

/// A release on its way into a channel.
pub(super) struct Entering<'a> {
    pub(super) publisher: &'a Publisher,
    pub(super) options: &'a PublishOptions,
    pub(super) bundle: &'a Bundle,
    pub(super) now: u64,
    /// Dates of the builtin assets that are named as bases.
    pub(super) builtins: Vec<u64>,
    /// What there is to say where nothing changes.
    pub(super) note: RefCell<Option<String>>,
}

impl Entering<'_> {
    /// Edits the draft; `artifacts` are those of the entry, none as long as they are not made.
    ///
    /// # Errors
    /// `version_taken`, `withdrawn`, `already_published`, `superseded`, `rolled_back`; those of the site.
    pub(super) fn edit(&self, draft: &mut Draft, artifacts: Option<&[Artifact]>) -> Result<()> {
        let known = self.publisher.site().known()?;
        self.check(&known, draft)?;
        let mut entry = match presence(draft, &self.options.version, self.root()) {
            Presence::Offered(entry) => return self.offered(draft, *entry, artifacts),
            Presence::Superseded(left) => self.again(draft, left, "superseded")?,
            Presence::RolledBack(left) => self.again(draft, left, "rolled_back")?,
            Presence::New => self.fresh(draft, &known),
        };
        entry.artifacts = artifacts.unwrap_or_default().to_vec();
        self.options.terms.apply(&mut entry);
        draft.stop_for_findings(&self.options.permits);
        self.stop_for_newer_builtin(draft, &entry);
        self.stop_for_staged(draft, &mut entry);
        say_what_expired(draft, self.now);
        let releases = &mut draft.document.releases;
        releases.retain(|other| other.root != entry.root && other.version != entry.version);
        say_what_ends(&entry, releases, &mut draft.warnings);
        releases.insert(0, entry);
        if let Some(expires) = self.options.terms.expires {
            draft.document.expires = expires.from(draft.issued);
        }
        warn_of_gaps(draft);
        Ok(())
    }

    /// What no option permits.
    fn check(&self, known: &[Known], draft: &Draft) -> Result<()> {
        let PublishOptions { version, channel, .. } = self.options;
        let taken = |known: &&Known| known.entry.version == *version && known.entry.root != self.root();
        if let Some(other) = known.iter().find(taken) {
            let message = format!("{version} is another content in {}", other.channel);
            return Err(Failure::refused("version_taken", message)
                .hint("give this content a new version: one version never gets two contents, in any channel"));
        }
        if draft.document.withdrawn.contains(&self.root()) {
            let message = format!("the content of {version} is withdrawn from {channel}");
            let hint =
                "publish a build that is another; or lift the withdrawal with `aloft channel withdraw VERSION --lift`";
            return Err(Failure::refused("withdrawn", message).hint(hint));
        }
        Ok(())
    }

    /// The channel offers it: who gets it stays the same, unless a change was asked for by name.
    fn offered(&self, draft: &mut Draft, was: ReleaseEntry, artifacts: Option<&[Artifact]>) -> Result<()> {
        let (terms, version) = (&self.terms_within(&was), &was.version);
        let mut entry = was.clone();
        if self.options.permits.contains(&Permit::Retarget) {
            terms.apply(&mut entry);
            draft.stop_for_findings(&self.options.permits);
            if let Some(expires) = terms.expires.filter(|_| !terms.are_met(&entry, &draft.document)) {
                draft.document.expires = expires.from(draft.issued);
            }
        } else if !terms.are_met(&was, &draft.document) {
            let since = offered_since(draft, &was);
            let first = first_offer(draft, &was);
            if !first.is_some_and(|(entry, document)| terms.are_met(entry, document)) {
                let message = format!("{version} is offered already: {}", describe(&was));
                return Err(Failure::refused("already_published", message).hint(format!(
                    "`aloft channel rollout {version} SHARE` changes the share; --retarget sets what the command line asks for"
                )));
            }
            let note = format!("{version} is at {} since counter {since}; nothing changed", describe(&was));
            self.note.replace(Some(note));
        }
        entry.artifacts = match artifacts {
            Some(artifacts) => artifacts.to_vec(),
            None if terms.encryption == Encryption::Encrypted && !terms::is_encrypted(&was) => Vec::new(),
            None => was.artifacts,
        };
        let place = draft.document.releases.iter_mut().find(|other| other.root == entry.root);
        if let Some(place) = place {
            *place = entry;
        }
        Ok(())
    }

    /// What is asked of a release that is offered. One that took the place of a staged one may have a larger share than was asked.
    fn terms_within(&self, was: &ReleaseEntry) -> terms::Terms {
        let mut terms = self.options.terms.clone();
        let at_least = terms.share.is_some_and(|asked| reach::share(was).is_some_and(|share| share >= asked.bps()));
        if at_least && self.options.permits.contains(&Permit::ReplaceStaged) {
            (terms.share, terms.salt) = (None, None);
        }
        terms
    }

    /// A release that left the channel comes back as it was offered last.
    fn again(&self, draft: &Draft, left: Left, code: &'static str) -> Result<ReleaseEntry> {
        let version = &self.options.version;
        if !self.options.permits.contains(&Permit::Again) {
            let after = left.after.map_or_else(|| "no release".to_owned(), |after| after.to_string());
            let message = format!(
                "{version} was in {} until counter {}, which prefers {after}",
                self.options.channel, left.counter
            );
            return Err(Failure::refused(code, message).hint(format!(
                "to go back to it: `aloft channel rollback --to {version}`; --again publishes it as the newest"
            )));
        }
        Ok(ReleaseEntry { retry: highest_retry(draft, self.root()) + 1, ..*left.entry })
    }

    /// A version that the channel never had.
    fn fresh(&self, draft: &mut Draft, known: &[Known]) -> ReleaseEntry {
        draft.stops.extend(stops_of::new_release(self, draft, known));
        let here = &self.options.channel;
        let same = |known: &&Known| {
            known.channel != *here && known.entry.root == self.root() && known.entry.version == self.options.version
        };
        if let Some(other) = known.iter().find(same).filter(|_| !self.options.folder.as_os_str().is_empty()) {
            draft.warnings.push(format!(
                "{0} is in {1}: `aloft channel promote {0} --from {1} --channel {here}` sends the same bytes without a build",
                self.options.version, other.channel
            ));
        }
        ReleaseEntry {
            version: self.options.version.clone(),
            created: self.created(known),
            root: self.root(),
            files: self.bundle.files.entries().len() as u64,
            size: self.bundle.files.size(),
            artifacts: Vec::new(),
            rollout: None,
            requires: None,
            audience: None,
            over_builtin: false,
            retry: highest_retry(draft, self.root()),
            priority: Priority::Background,
        }
    }

    /// When the release was first published on the site; later than every other of its channel, so that older and newer are
    /// always told apart (formats 12.7).
    fn created(&self, known: &[Known]) -> u64 {
        let same = |known: &&Known| known.entry.version == self.options.version && known.entry.root == self.root();
        let first = known.iter().filter(same).map(|known| known.entry.created).min().unwrap_or(self.now);
        let of_channel = known.iter().filter(|known| known.channel == self.options.channel);
        of_channel.map(|known| known.entry.created + 1).fold(first, u64::max)
    }

    /// Two staged releases: the older one would go on to devices that the newer one leaves out.
    fn stop_for_staged(&self, draft: &mut Draft, entry: &mut ReleaseEntry) {
        let (share, permits) = (reach::share(entry).unwrap_or(WHOLE), &self.options.permits);
        let others = |other: &&ReleaseEntry| other.root != entry.root && other.version != entry.version;
        let Some(first) = draft.document.releases.first().filter(others) else { return };
        let Some((bps, staged)) = reach::share(first).filter(|bps| *bps < WHOLE).zip(first.rollout.clone()) else {
            return;
        };
        if share == WHOLE {
            return;
        }
        if permits.contains(&Permit::ReplaceStaged) {
            if let Strict::Known(Rollout { salt, .. }) = staged {
                entry.rollout = Some(Strict::Known(Rollout { bps: bps.max(share), salt }));
            }
            draft.document.releases.remove(0);
            return;
        }
        let message =
            format!("{} ({}) stands first, and goes on to devices that this leaves out", first.version, percent(bps));
        draft.stops.push(PublishStop::new(Permit::Staged, message, permits));
    }

    /// A device takes no release from before its builtin assets (I8).
    fn stop_for_newer_builtin(&self, draft: &mut Draft, entry: &ReleaseEntry) {
        let newest = self.builtins.iter().filter(|builtin| **builtin >= entry.created && !entry.over_builtin).max();
        if let Some(builtin) = newest {
            let message = format!(
                "the builtin assets of {} are newer than this of {}: devices on them are not offered it; describe them anew, dated by their source",
                Date(*builtin),
                Date(entry.created)
            );
            draft.stops.push(PublishStop::new(Permit::BuiltinNewer, message, &self.options.permits));
        }
    }

    pub(super) fn root(&self) -> RootDigest {
        self.bundle.files.root()
    }

    /// Is it sent encrypted, as far as its entry, or else the command line, says so?
    pub(super) fn encryption(&self, presence: &Presence) -> Encryption {
        let was = match presence {
            Presence::New => None,
            Presence::Offered(entry) => Some(entry),
            Presence::Superseded(left) | Presence::RolledBack(left) => Some(&left.entry),
        };
        match was {
            Some(entry) if terms::is_encrypted(entry) => Encryption::Encrypted,
            _ => self.options.terms.encryption,
        }
    }
}

/// A full release ends a staged one, and the list below it.
fn say_what_ends(entry: &ReleaseEntry, below: &[ReleaseEntry], warnings: &mut Vec<String>) {
    let Some(first) = below.first().filter(|_| reach::is_full(entry)) else { return };
    let Some(bps) = reach::share(first).filter(|bps| *bps < WHOLE) else { return };
    warnings.push(format!(
        "{} ({}) ends, and what stands below it leaves the list; `aloft channel rollback` brings both back",
        first.version,
        percent(bps)
    ));
}

/// A list that no device installs comes alive again.
fn say_what_expired(draft: &mut Draft, now: u64) {
    let document = &draft.document;
    let Some(Date(expired)) = document.expires.filter(|expires| expires.0 <= now) else { return };
    let days = expired.saturating_sub(document.issued.0) / 86_400;
    draft.warnings.push(format!(
        "the channel expired on {}; this signs it for another {days} d, with {} releases below",
        Date(expired),
        document.releases.len()
    ));
}
