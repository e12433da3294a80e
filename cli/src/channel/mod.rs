//! Changes of a channel after a release is out: how many devices take it, back to an older one, away from a bad one.
//!
//! In: a publisher, a channel, what to change. Out: a newer signed document, or none. May touch: the site.
//! Keeps: I9 (going back takes a newer document); nobody signs what was not shown.

pub(crate) mod command;

use crate::failure::{Failure, Result};
use crate::publish::options::Expiry;
use crate::site::draft::{Draft, highest_retry, salt, warn_of_gaps};
use crate::site::{Approve, Outcome, Publisher, reach};
use aloft_core::model::document::{ChannelDocument, Date, Otherwise, ReleaseEntry, Rollout, Strict};
use aloft_core::model::{RootDigest, Version};

/// May a release replace builtin assets that are as new or newer?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverBuiltin {
    /// Yes.
    Yes,
    /// As the release says already.
    AsItSays,
}

/// Give a release to `bps` of 10,000 devices. Raising only adds devices; lowering moves none back. Does I/O.
///
/// # Errors
/// `unknown_release`, `newer_document`, and those of [`Publisher::change`].
pub fn rollout(
    publisher: &Publisher,
    channel: &str,
    version: &Version,
    bps: u32,
    now: u64,
    approve: &mut Approve<'_>,
) -> Result<Outcome> {
    let edit = |draft: &mut Draft| {
        let offered = offered(&draft.document);
        let entry = draft.document.releases.iter_mut().find(|entry| entry.version == *version);
        let entry = entry.ok_or_else(|| unknown(version, &offered))?;
        let before = reach::share(entry).ok_or_else(|| {
            Failure::refused("newer_document", "a newer aloft wrote this release's rollout").hint("update aloft")
        })?;
        if bps == before {
            return Ok(());
        }
        let salt = match entry.rollout.take() {
            Some(Strict::Known(rollout)) => rollout.salt, // the same devices stay first
            _ => salt(entry.root),
        };
        entry.rollout = Some(Strict::Known(Rollout { bps, salt }));
        if bps < before {
            draft.warnings.push(format!("devices that run {version} stay on it; `withdraw` or `rollback` moves them"));
        }
        warn_of_gaps(draft);
        Ok(())
    };
    publisher.change(channel, now, &edit, approve)
}

/// Prefer an older release again: the one that was first before, or `to`. Its list comes back as it was, and what devices
/// had failed with may be tried again. Does I/O.
///
/// # Errors
/// `unknown_release`, `nothing_older`, `withdrawn`, `artifact_missing`, `artifact_damaged`, and those of [`Publisher::change`].
pub fn rollback(
    publisher: &Publisher,
    channel: &str,
    to: Option<&Version>,
    over_builtin: OverBuiltin,
    now: u64,
    approve: &mut Approve<'_>,
) -> Result<Outcome> {
    let edit = |draft: &mut Draft| {
        let mut list = match to {
            Some(version) => list_from(draft, version)?,
            None => list_before(draft)?,
        };
        if let Some(bad) = list.first().filter(|first| draft.document.withdrawn.contains(&first.root)) {
            return Err(Failure::refused("withdrawn", format!("{} is withdrawn", bad.version))
                .hint(format!("first lift it with `aloft channel withdraw {} --lift`", bad.version)));
        }
        list.retain(|entry| !draft.document.withdrawn.contains(&entry.root));
        list.iter()
            .flat_map(|entry| &entry.artifacts)
            .try_for_each(|artifact| publisher.site().check_artifact(artifact))?;
        for entry in &mut list {
            if draft.document.releases.first().is_none_or(|first| first.root != entry.root) {
                entry.retry = highest_retry(draft, entry.root) + 1;
            }
            entry.over_builtin |= over_builtin == OverBuiltin::Yes;
        }
        if let Some(first) = list.first().filter(|first| !first.over_builtin) {
            draft.warnings.push(format!(
                "devices whose builtin assets were described at or after {} stay on those; --over-builtin takes them too",
                Date(first.created)
            ));
        }
        draft.document.releases = list;
        warn_of_gaps(draft);
        Ok(())
    };
    publisher.change(channel, now, &edit, approve)
}

/// Make devices leave a release in the session they are in, and offer it no more. Does I/O.
///
/// # Errors
/// `unknown_release`, and those of [`Publisher::change`].
pub fn withdraw(
    publisher: &Publisher,
    channel: &str,
    version: &Version,
    otherwise: Option<Otherwise>,
    now: u64,
    approve: &mut Approve<'_>,
) -> Result<Outcome> {
    let edit = |draft: &mut Draft| {
        let root = root_of(draft, version)?;
        if !draft.document.withdrawn.contains(&root) {
            draft.document.withdrawn.push(root);
        }
        draft.document.releases.retain(|entry| entry.root != root);
        draft.document.otherwise = otherwise.unwrap_or(draft.document.otherwise);
        for known in publisher.site().known()? {
            let warning = format!("{version} was published to {} too; withdraw it there as well", known.channel);
            if known.entry.root == root && known.channel != channel && !draft.warnings.contains(&warning) {
                draft.warnings.push(warning);
            }
        }
        warn_of_gaps(draft);
        Ok(())
    };
    publisher.change(channel, now, &edit, approve)
}

/// Take a withdrawal back. The release is not offered again by that. Does I/O.
///
/// # Errors
/// `unknown_release`, and those of [`Publisher::change`].
pub fn lift(
    publisher: &Publisher,
    channel: &str,
    version: &Version,
    now: u64,
    approve: &mut Approve<'_>,
) -> Result<Outcome> {
    let edit = |draft: &mut Draft| {
        let root = root_of(draft, version)?;
        draft.document.withdrawn.retain(|withdrawn| *withdrawn != root);
        draft
            .warnings
            .push(format!("{version} is not offered by this; `aloft channel rollback --to {version}` does that"));
        Ok(())
    };
    publisher.change(channel, now, &edit, approve)
}

/// Sign the channel again: with its period before expiry started again, or with another one. Does I/O.
///
/// # Errors
/// `unknown_channel`, and those of [`Publisher::change`].
pub fn renew(
    publisher: &Publisher,
    channel: &str,
    expires: Option<Expiry>,
    now: u64,
    approve: &mut Approve<'_>,
) -> Result<Outcome> {
    let edit = |draft: &mut Draft| {
        if draft.history.is_empty() {
            return Err(unknown_channel(channel));
        }
        let period = draft.document.expires.map(|expires| expires.0.saturating_sub(draft.document.issued.0));
        let expires = expires.unwrap_or_else(|| period.map_or(Expiry::Never, Expiry::After));
        draft.document.expires = expires.from(draft.issued);
        draft.mends_fork = true;
        Ok(())
    };
    publisher.change(channel, now, &edit, approve)
}

/// A channel that nothing was published to.
pub(crate) fn unknown_channel(channel: &str) -> Failure {
    Failure::new("unknown_channel", format!("nothing was published to {channel:?} on this site"))
        .hint("name the channel with --channel, or publish to it first")
}

/// From `version` on in the newest document that has it.
fn list_from(draft: &Draft, version: &Version) -> Result<Vec<ReleaseEntry>> {
    let from = |document: &ChannelDocument| {
        let at = document.releases.iter().position(|entry| entry.version == *version)?;
        document.releases.get(at..).map(<[_]>::to_vec)
    };
    draft.history.iter().find_map(from).ok_or_else(|| unknown(version, &past_versions(draft)))
}

/// The list of the newest document that preferred an older release.
fn list_before(draft: &Draft) -> Result<Vec<ReleaseEntry>> {
    let present = draft.document.releases.first().map_or(u64::MAX, |first| first.created);
    let withdrawn = |entry: &ReleaseEntry| draft.document.withdrawn.contains(&entry.root);
    let older = |document: &&ChannelDocument| {
        document.releases.first().is_some_and(|first| first.created < present && !withdrawn(first))
    };
    draft.history.iter().find(older).map(|document| document.releases.clone()).ok_or_else(|| {
        Failure::new("nothing_older", "no document in the history preferred an older release")
            .hint("`aloft channel withdraw VERSION --otherwise builtin` sends devices to the assets inside the app")
    })
}

fn root_of(draft: &Draft, version: &Version) -> Result<RootDigest> {
    let mut entries = draft.history.iter().flat_map(|document| &document.releases);
    let found = entries.find(|entry| entry.version == *version).map(|entry| entry.root);
    found.ok_or_else(|| unknown(version, &past_versions(draft)))
}

fn offered(document: &ChannelDocument) -> Vec<String> {
    document.releases.iter().map(|entry| entry.version.to_string()).collect()
}

fn past_versions(draft: &Draft) -> Vec<String> {
    let mut versions: Vec<_> = draft.history.iter().flat_map(offered).collect();
    versions.sort_unstable();
    versions.dedup();
    versions
}

fn unknown(version: &Version, known: &[String]) -> Failure {
    let failure = Failure::new("unknown_release", format!("the channel has no release {version}"));
    if known.is_empty() {
        return failure.hint("nothing was published to it yet; name another with --channel");
    }
    failure.hint(format!("it has {}", known.join(", ")))
}
