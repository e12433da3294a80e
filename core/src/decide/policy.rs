//! What a device should run, from a channel document and what is known of the device (formats 4 and 5).
//!
//! In: a document and a [`Situation`]. Out: an [`Evaluation`] that explains itself. May touch: nothing.
//! Keeps: I8 (nothing older than the builtin comes back), I9 (order is the document's, never that of version names).

use super::skip::SkipReason;
use super::{requires, rollout};
use crate::model::config::KeyId;
use crate::model::digest::RootDigest;
use crate::model::document::{Artifact, ChannelDocument, Otherwise, Priority, ReleaseEntry, Strict};
use crate::model::error::{Code, Error, Result};
use crate::model::facts::Facts;
use std::collections::BTreeSet;

/// What the device is and runs while a document is evaluated.
#[derive(Clone, Copy)]
pub struct Situation<'a> {
    /// Platform, build, system, web view and fingerprint.
    pub facts: &'a Facts,
    /// Unix seconds, never behind an accepted document (`Floors::now`).
    pub now: u64,
    /// What runs, on trial or confirmed.
    pub current: Current<'a>,
    /// The builtin's description, if the build wrote one.
    pub builtin: Option<Builtin>,
    /// The id that rollouts draw by; none: only whole shares.
    pub rollout_id: Option<&'a str>,
    /// What the app calls its user.
    pub custom_id: Option<&'a str>,
    /// Why this device holds the release back, such as its ledger. Asked for no release that runs.
    pub held: &'a dyn Fn(&ReleaseEntry) -> Option<SkipReason>,
}

/// What the device runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Current<'a> {
    /// The builtin assets.
    Builtin,
    /// A bundle on the device.
    Kept {
        /// Its content.
        root: RootDigest,
        /// The channel it came from; none if it was installed by hand.
        channel: Option<&'a str>,
    },
}

/// What the policy needs of the builtin's description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Builtin {
    /// When the assets were described, unix seconds.
    pub created: u64,
    /// Their content.
    pub root: RootDigest,
}

/// What a document means for this device, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// What to do.
    pub choice: Choice,
    /// How soon; `Background` unless a release is taken.
    pub priority: Priority,
    /// Past its date the document withdraws, but changes nothing else.
    pub expired: bool,
    /// Every release before the match, by its place in the document.
    pub skipped: Vec<(usize, SkipReason)>,
    /// Content that must not be run.
    pub withdrawn: BTreeSet<RootDigest>,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// What the document wants is what runs; anything staged is not wanted.
    UpToDate,
    /// Install this entry of the document.
    Take(usize),
    /// Go to the builtin assets.
    Builtin,
    /// The document has nothing for this device: stay as it is.
    Nothing,
}

impl Evaluation {
    /// The place of the release that matched, if one did.
    pub fn matched(&self, document: &ChannelDocument) -> Option<usize> {
        Some(self.skipped.len()).filter(|n| *n < document.releases.len())
    }
}

/// Decide what `document` means in this situation. The first release that matches wins.
pub fn evaluate(document: &ChannelDocument, situation: &Situation<'_>) -> Evaluation {
    let withdrawn: BTreeSet<_> = document.withdrawn.iter().copied().collect();
    let mut skipped = Vec::new();
    let matching = document.releases.iter().enumerate().find(|(n, entry)| {
        let reason = mismatch(entry, &withdrawn, situation);
        skipped.extend(reason.map(|reason| (*n, reason)));
        reason.is_none()
    });
    let running = situation.running();
    let wanted = match matching {
        Some((_, entry)) if Some(entry.root) == running => Choice::UpToDate,
        Some((n, _)) => Choice::Take(n),
        None => unmatched(document, situation.current),
    };
    let expired = document.check_fresh(situation.now).is_err();
    let choice = if expired && wanted != Choice::UpToDate { Choice::Nothing } else { wanted };
    let priority = match (choice, matching) {
        (Choice::Take(_), Some((_, entry))) => entry.priority,
        _ => Priority::Background,
    };
    Evaluation { choice, priority, expired, skipped, withdrawn }
}

/// The artifacts of a release that this device can use, in the order to try them: smallest first (formats 5.4). `bases`: the
/// contents that are on the device, for packs.
///
/// # Errors
/// `key_unknown` when only the keys are missing, `bad_document` when there is nothing else that this device can use either.
pub fn choose_artifacts<'a>(
    entry: &'a ReleaseEntry,
    bases: &[RootDigest],
    keys: &[KeyId],
) -> Result<Vec<&'a Artifact>> {
    // A kind that is not known here is a newer publisher's, for newer devices.
    let usable = |artifact: &&Artifact| match (artifact.kind.as_str(), artifact.base) {
        ("zip" | "pack", None) => true,
        ("pack", Some(base)) => bases.contains(&base),
        _ => false,
    };
    let readable = |artifact: &&Artifact| artifact.cipher.as_ref().is_none_or(|cipher| keys.contains(&cipher.key));
    let mut artifacts: Vec<&'a Artifact> = entry.artifacts.iter().filter(usable).filter(readable).collect();
    // The same kind stands once for each key and base (formats 5.3); a further one is passed by, or each would cost a request.
    let mut seen = BTreeSet::new();
    artifacts.retain(|artifact| {
        let key = artifact.cipher.as_ref().map(|cipher| cipher.key);
        seen.insert((artifact.kind.as_str(), key, artifact.base))
    });
    artifacts.sort_by_key(|artifact| artifact.size);
    if !artifacts.is_empty() {
        return Ok(artifacts);
    }
    let version = &entry.version;
    Err(if entry.artifacts.iter().any(|artifact| usable(&artifact)) {
        Error::corrupt(Code::KeyUnknown, format!("{version} is encrypted with keys that are not in `encryptionKeys`"))
    } else {
        Error::protocol(Code::BadDocument, format!("{version} has no artifact that this device can use"))
    })
}

impl Situation<'_> {
    /// The content that runs, as far as it is known.
    fn running(&self) -> Option<RootDigest> {
        match self.current {
            Current::Builtin => self.builtin.map(|builtin| builtin.root),
            Current::Kept { root, .. } => Some(root),
        }
    }
}

fn unmatched(document: &ChannelDocument, current: Current<'_>) -> Choice {
    match current {
        Current::Kept { channel: Some(channel), .. } if channel != document.channel => Choice::Builtin,
        Current::Kept { .. } if document.otherwise == Otherwise::Builtin => Choice::Builtin,
        Current::Builtin if document.otherwise == Otherwise::Builtin => Choice::UpToDate,
        _ => Choice::Nothing,
    }
}

/// The first thing that keeps the release from this device.
fn mismatch(entry: &ReleaseEntry, withdrawn: &BTreeSet<RootDigest>, situation: &Situation<'_>) -> Option<SkipReason> {
    let runs = situation.running() == Some(entry.root);
    if withdrawn.contains(&entry.root) {
        return Some(SkipReason::Withdrawn);
    }
    if !entry.over_builtin && situation.builtin.is_some_and(|builtin| entry.created <= builtin.created) {
        return Some(SkipReason::BuiltinIsNewer); // I8
    }
    if let Some(reason) = requires::unmet(entry.requires.as_ref(), situation.facts) {
        return Some(reason);
    }
    match &entry.audience {
        Some(Strict::Unknown(_)) => return Some(SkipReason::UnknownCondition),
        Some(Strict::Known(audience)) if !rollout::addresses(audience, situation.custom_id) => {
            return Some(SkipReason::Audience);
        }
        _ => {}
    }
    match &entry.rollout {
        Some(Strict::Unknown(_)) => return Some(SkipReason::UnknownCondition),
        // Sticky: lowering or pausing a share moves nobody back (formats 4.8).
        Some(Strict::Known(share)) if !runs && !rollout::includes(share, situation.rollout_id) => {
            return Some(SkipReason::Rollout);
        }
        _ => {}
    }
    // A release on its second trial still has its ledger entry.
    if runs { None } else { (situation.held)(entry) }
}

#[cfg(test)]
mod tests;
