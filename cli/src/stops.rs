//! What is not written unless somebody says so.
//!
//! In: what was found, what the publisher permits. Out: [`PublishStop`]s, or the failure that names them. May touch: nothing.

use crate::failure::{Failure, Result};
use serde::Serialize;
use std::collections::BTreeSet;
use std::str::FromStr;

/// Something that is not done unless it is asked for by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permit {
    /// Offer a release again that a newer one replaced, or that was rolled back.
    Again,
    /// Publish what devices on newer builtin assets are not offered.
    BuiltinNewer,
    /// Sign although this clock seems to be ahead.
    ClockAhead,
    /// Sign although this clock seems to be behind.
    ClockBehind,
    /// Ship a page that names scripts or styles that are not there.
    MissingScript,
    /// Publish to a channel that nothing was published to.
    NewChannel,
    /// Publish a bundle that never mentions `notifyAppReady`.
    NotReady,
    /// Publish a version below the newest that is offered.
    OlderVersion,
    /// Ship a private key.
    PrivateKey,
    /// End the staged release that stands first, and give its devices to the new one.
    ReplaceStaged,
    /// Change who gets a release that is offered already.
    Retarget,
    /// Give a content another version.
    SameContent,
    /// Publish to a site that is older than what devices are served.
    SiteBehind,
    /// Begin a site anew that had releases.
    SiteEmpty,
    /// Keep the staged release that stands first below another staged one.
    Staged,
    /// Publish without encryption where the last release had it.
    Unencrypted,
}

/// What a publisher permits.
pub type Permits = BTreeSet<Permit>;

/// Names for `--allow`, and those that `allow` in `aloft.toml` takes as well. The others would be permanent there.
const NAMES: [(&str, Permit, Place); 12] = [
    ("builtin_newer", Permit::BuiltinNewer, Place::CommandLine),
    ("clock_ahead", Permit::ClockAhead, Place::CommandLine),
    ("clock_behind", Permit::ClockBehind, Place::CommandLine),
    ("missing_script", Permit::MissingScript, Place::CommandLine),
    ("new_channel", Permit::NewChannel, Place::CommandLine),
    ("not_ready", Permit::NotReady, Place::Settings),
    ("older_version", Permit::OlderVersion, Place::CommandLine),
    ("private_key", Permit::PrivateKey, Place::CommandLine),
    ("site_behind", Permit::SiteBehind, Place::CommandLine),
    ("site_empty", Permit::SiteEmpty, Place::CommandLine),
    ("staged", Permit::Staged, Place::CommandLine),
    ("unencrypted", Permit::Unencrypted, Place::CommandLine),
];

#[derive(PartialEq, Eq)]
enum Place {
    Settings,
    CommandLine,
}

impl FromStr for Permit {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        named(text, &[Place::Settings, Place::CommandLine])
    }
}

impl Permit {
    /// The name as `aloft.toml` may have it.
    ///
    /// # Errors
    /// The names that it may have.
    pub(crate) fn lasting(text: &str) -> std::result::Result<Self, String> {
        named(text, &[Place::Settings])
    }

    /// The stop's code, and what permits it.
    fn stop(self) -> (&'static str, &'static str) {
        match self {
            Self::Again => ("again", "--again"),
            Self::BuiltinNewer => ("builtin_newer", "--over-builtin, or --allow builtin_newer"),
            Self::ClockAhead => ("clock_ahead", "--allow clock_ahead"),
            Self::ClockBehind => ("clock_behind", "--allow clock_behind"),
            Self::MissingScript => ("missing_script", "--allow missing_script"),
            Self::NewChannel => ("new_channel", "--allow new_channel"),
            Self::NotReady => ("not_ready", "--allow not_ready"),
            Self::OlderVersion => ("older_version", "--allow older_version"),
            Self::PrivateKey => ("private_key", "--allow private_key"),
            Self::ReplaceStaged | Self::Staged => ("staged", "--allow staged to keep it below, or --replace-staged"),
            Self::Retarget => ("retarget", "--retarget"),
            Self::SameContent => ("same_content", "--same-content"),
            Self::SiteBehind => ("site_behind", "--allow site_behind"),
            Self::SiteEmpty => ("site_empty", "--allow site_empty to begin it anew"),
            Self::Unencrypted => ("unencrypted", "--encrypt, or --allow unencrypted"),
        }
    }
}

fn named(text: &str, places: &[Place]) -> std::result::Result<Permit, String> {
    let names = || NAMES.iter().filter(|(_, _, place)| places.contains(place));
    let found = names().find(|(name, ..)| *name == text).map(|(_, permit, _)| *permit);
    found.ok_or_else(|| {
        let names: Vec<_> = names().map(|(name, ..)| *name).collect();
        format!("{text:?} cannot be allowed here; it is one of {}", names.join(", "))
    })
}

/// A finding that stops a change: a person on a terminal decides, a script has to permit it by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublishStop {
    /// Stable, snake case.
    pub code: &'static str,
    /// What was found.
    pub message: String,
    /// The option that permits it.
    pub allowed_by: &'static str,
    /// Was that option given?
    pub allowed: bool,
}

impl PublishStop {
    /// The stop that `permit` is for.
    pub(crate) fn new(permit: Permit, message: String, permits: &Permits) -> Self {
        let (code, allowed_by) = permit.stop();
        Self { code, message, allowed_by, allowed: permits.contains(&permit) }
    }
}

/// Refuses a change for the first of `stops` that nobody has permitted.
///
/// # Errors
/// The stop's code (exit 3).
pub(crate) fn refuse(stops: &[PublishStop]) -> Result<()> {
    let Some(stop) = stops.iter().find(|stop| !stop.allowed) else { return Ok(()) };
    let mut refused =
        Failure::refused(stop.code, &*stop.message).hint(format!("if it is meant, add {}", stop.allowed_by));
    refused.more.insert("stops".to_owned(), serde_json::json!(stops));
    Err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_last_is_taken_from_the_settings() {
        assert_eq!("older_version".parse(), Ok(Permit::OlderVersion));
        assert_eq!("not_ready".parse(), Permit::lasting("not_ready"));
        assert!(Permit::lasting("older_version").unwrap_err().contains("not_ready"));
        assert!("again".parse::<Permit>().unwrap_err().contains("staged"));
    }
}
