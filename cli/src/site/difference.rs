//! How two documents of a channel differ, for whoever signs the second.
//!
//! In: two documents. Out: [`Change`]s. May touch: nothing.

use super::reach;
use aloft_core::model::document::{Audience, ChannelDocument, Otherwise, Priority, ReleaseEntry, Requires, Strict};
use serde::Serialize;
use std::fmt::{self, Write as _};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What changed: `release_added`, `release_removed`, `release_changed`, `order`, `withdrawn`, `withdrawal_lifted`,
    /// `otherwise`, `expires`, `index`.
    pub what: &'static str,
    /// Of which release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl Change {
    pub(crate) fn new(what: &'static str) -> Self {
        Self { what, version: None, from: None, to: None }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.what {
            "release_added" => "+",
            "release_removed" | "withdrawn" => "-",
            _ => "~",
        };
        write!(f, "{sign} {}", self.what.replace('_', " "))?;
        for part in [&self.version, &self.from].into_iter().flatten() {
            write!(f, "  {part}")?;
        }
        match (&self.from, &self.to) {
            (Some(_), Some(to)) => write!(f, " → {to}"),
            (None, Some(to)) => write!(f, "  {to}"),
            _ => Ok(()),
        }
    }
}

/// How `after` differs from `before`, or from nothing. Counter and issue always do, and are left out.
pub fn difference(before: Option<&ChannelDocument>, after: &ChannelDocument) -> Vec<Change> {
    let old = before.map_or(&[][..], |before| &before.releases);
    let new = &after.releases;
    let mut changes = Vec::new();
    for entry in new {
        match find(old, entry) {
            None => changes.push(release("release_added", entry, None, Some(describe(entry)))),
            Some(was) if was != entry => changes.push(changed(was, entry)),
            Some(_) => {}
        }
    }
    for entry in old.iter().filter(|entry| find(new, entry).is_none()) {
        changes.push(release("release_removed", entry, None, None));
    }
    let common = |list: &[ReleaseEntry], other: &[ReleaseEntry]| -> Vec<String> {
        list.iter().filter(|entry| find(other, entry).is_some()).map(|entry| entry.version.to_string()).collect()
    };
    let (was, is) = (common(old, new), common(new, old));
    if was != is {
        changes.push(Change { from: Some(was.join(", ")), to: Some(is.join(", ")), ..Change::new("order") });
    }
    changes.extend(frame(before, after));
    changes
}

fn find<'a>(list: &'a [ReleaseEntry], entry: &ReleaseEntry) -> Option<&'a ReleaseEntry> {
    list.iter().find(|other| other.root == entry.root && other.version == entry.version)
}

fn release(what: &'static str, entry: &ReleaseEntry, from: Option<String>, to: Option<String>) -> Change {
    Change { version: Some(entry.version.to_string()), from, to, ..Change::new(what) }
}

fn changed(was: &ReleaseEntry, is: &ReleaseEntry) -> Change {
    let (from, to) = (describe(was), describe(is));
    // Same conditions, so it is the way to get it that changed.
    let (from, to) = if from == to { (None, "its artifacts".to_owned()) } else { (Some(from), to) };
    release("release_changed", is, from, Some(to))
}

/// Everything but the releases.
fn frame(before: Option<&ChannelDocument>, after: &ChannelDocument) -> Vec<Change> {
    let mut changes = Vec::new();
    let old = before.map_or(&[][..], |before| &before.withdrawn);
    for root in after.withdrawn.iter().filter(|root| !old.contains(root)) {
        changes.push(Change { to: Some(root.to_string()), ..Change::new("withdrawn") });
    }
    for root in old.iter().filter(|root| !after.withdrawn.contains(root)) {
        changes.push(Change { to: Some(root.to_string()), ..Change::new("withdrawal_lifted") });
    }
    let was = before.map_or(Otherwise::default(), |before| before.otherwise);
    if was != after.otherwise {
        let (from, to) = (Some(otherwise(was).to_owned()), Some(otherwise(after.otherwise).to_owned()));
        changes.push(Change { from, to, ..Change::new("otherwise") });
    }
    let expiry = before.and_then(|before| before.expires);
    if expiry != after.expires {
        let text = |date: Option<_>| {
            date.map_or_else(|| "never".to_owned(), |date: aloft_core::model::document::Date| date.to_string())
        };
        changes.push(Change { from: Some(text(expiry)), to: Some(text(after.expires)), ..Change::new("expires") });
    }
    changes
}

/// `otherwise` as it stands on the wire.
pub(crate) fn otherwise(value: Otherwise) -> &'static str {
    match value {
        Otherwise::Keep => "keep",
        Otherwise::Builtin => "builtin",
    }
}

/// Whom a release is for and how, in a line.
pub(crate) fn describe(entry: &ReleaseEntry) -> String {
    let mut text = match reach::share(entry) {
        Some(bps) => percent(bps),
        None => "share of a newer aloft".to_owned(),
    };
    match &entry.requires {
        Some(Strict::Known(requires)) => describe_requires(requires, &mut text),
        Some(Strict::Unknown(_)) => text.push_str(", conditions of a newer aloft"),
        None => {}
    }
    match &entry.audience {
        Some(Strict::Known(Audience { custom_id_sha256, .. })) => {
            let _ = write!(text, ", audience of {}", custom_id_sha256.len());
        }
        Some(Strict::Unknown(_)) => text.push_str(", audience of a newer aloft"),
        None => {}
    }
    if entry.over_builtin {
        text.push_str(", over builtin");
    }
    if entry.priority == Priority::Immediate {
        text.push_str(", immediate");
    }
    if entry.retry > 0 {
        let _ = write!(text, ", retry {}", entry.retry);
    }
    text
}

fn describe_requires(requires: &Requires, text: &mut String) {
    if let Some(platforms) = &requires.platform {
        let names: Vec<_> = platforms.iter().map(ToString::to_string).collect();
        let _ = write!(text, ", on {}", names.join(" and "));
    }
    for (what, ranges) in [("build", &requires.native_build), ("os", &requires.os)] {
        for (platform, range) in ranges {
            let _ = write!(text, ", {platform} {what} {range}");
        }
    }
    if let Some(range) = &requires.webview {
        let _ = write!(text, ", web view {range}");
    }
    if let Some(fingerprint) = &requires.fingerprint {
        let _ = write!(text, ", fingerprint {fingerprint}");
    }
}

/// `25 %` out of 2500 basis points.
pub(crate) fn percent(bps: u32) -> String {
    match (bps / 100, bps % 100) {
        (whole, 0) => format!("{whole} %"),
        (whole, part) => format!("{whole}.{part:02} %"),
    }
}
