//! What stops a release that its channel never had.
//!
//! In: the draft, the release, what the site knows. Out: stops. May touch: nothing.

use super::entry::Entering;
use super::options::Encryption;
use super::{order, terms};
use crate::site::{Draft, Known};
use crate::stops::{Permit, PublishStop};
use aloft_core::model::Version;
use std::cmp::Ordering;

/// Names this near are taken for a slip of the hand.
const NEAR: usize = 2;
/// Files that a message names.
const NAMED: usize = 3;

pub(super) fn new_release(entering: &Entering<'_>, draft: &Draft, known: &[Known]) -> Vec<PublishStop> {
    let findings = [
        (Permit::NewChannel, new_channel(&entering.options.channel, draft, known)),
        (Permit::NotReady, warned(entering, "not_ready")),
        (Permit::MissingScript, warned(entering, "missing_script")),
        (Permit::PrivateKey, warned(entering, "private_key")),
        (Permit::SameContent, same_content(entering, draft)),
        (Permit::OlderVersion, older_version(&entering.options.version, draft)),
        (Permit::Unencrypted, unencrypted(entering, draft)),
    ];
    let stop = |(permit, found): (Permit, Option<String>)| {
        found.map(|message| PublishStop::new(permit, message, &entering.options.permits))
    };
    findings.into_iter().filter_map(stop).collect()
}

/// A channel whose name is mistyped reaches nobody.
fn new_channel(channel: &str, draft: &Draft, known: &[Known]) -> Option<String> {
    let mut others: Vec<_> = known.iter().map(|known| known.channel.as_str()).collect();
    others.dedup();
    if !draft.history.is_empty() || others.is_empty() {
        return None;
    }
    let near: Vec<_> = others.iter().filter(|other| strsim::osa_distance(other, channel) <= NEAR).copied().collect();
    let named = if near.is_empty() { others } else { near };
    Some(format!("nothing was published to {channel} yet; the site has {}", named.join(", ")))
}

/// What the folder was warned of, and where.
fn warned(entering: &Entering<'_>, code: &str) -> Option<String> {
    let warning = entering.bundle.warnings.iter().find(|warning| warning.code == code)?;
    let places: Vec<_> = warning.paths.iter().take(NAMED).map(String::as_str).collect();
    let places = if places.is_empty() { String::new() } else { format!(": {}", places.join(", ")) };
    Some(format!("{}{places}", warning.message))
}

fn same_content(entering: &Entering<'_>, draft: &Draft) -> Option<String> {
    let mut past = std::iter::once(&draft.document).chain(&draft.history).flat_map(|document| &document.releases);
    let same = past.find(|entry| entry.root == entering.root())?;
    Some(format!("it has the same files as {}, whose place it takes", same.version))
}

fn older_version(version: &Version, draft: &Draft) -> Option<String> {
    let older = |other: &&Version| order::compare(version, other) == Some(Ordering::Less);
    let above = draft.document.releases.iter().map(|entry| &entry.version).filter(older);
    let highest = above.max_by(|one, other| order::compare(one, other).unwrap_or(Ordering::Equal))?;
    Some(format!("it is older than {highest}, which the channel offers"))
}

fn unencrypted(entering: &Entering<'_>, draft: &Draft) -> Option<String> {
    let newest = draft.document.releases.first().filter(|newest| terms::is_encrypted(newest))?;
    let plain = entering.options.terms.encryption == Encryption::None;
    plain.then(|| format!("{} is encrypted, and this is not", newest.version))
}
