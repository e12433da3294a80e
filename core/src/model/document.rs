//! The signed documents of a feed (formats 4 and 5), as they stand on the wire.
//!
//! In: JSON payloads whose signature was checked. Out: typed documents. May touch: nothing. Keeps: I9, I10.
//!
//! The publisher writes the same types, so the two sides cannot drift. Unknown members are ignored, except inside
//! `requires`, `audience` and `rollout`, where they make the entry match nothing (formats 4.2).

use super::bundle::Version;
use super::config::KeyId;
use super::digest::{Digest, RootDigest};
use super::error::{Code, Error};
use super::facts::Platform;
use super::json::{self, stated};
use super::limits::{Limits, within};
use super::range::Range;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// Payload types of DSSE envelopes.
pub mod payload_type {
    /// A channel document.
    pub const CHANNEL: &str = "application/vnd.aloft.channel+json";
    /// The index of channels.
    pub const INDEX: &str = "application/vnd.aloft.index+json";
}

/// The schema this code reads and writes.
pub const SCHEMA: u32 = 1;

/// `channels/<name>.json`: what the devices of a channel should run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelDocument {
    /// Form of the document.
    pub schema: u32,
    /// The app's id.
    pub app: String,
    /// The channel's name.
    pub channel: String,
    /// Version of the trust document in force.
    pub trust: u64,
    /// Grows with each signing.
    pub counter: u64,
    /// When it was signed, `YYYY-MM-DDTHH:MM:SSZ`.
    pub issued: Date,
    /// After this nothing is installed from it.
    #[serde(default)]
    pub expires: Option<Date>,
    /// First match wins.
    #[serde(default)]
    pub releases: Vec<ReleaseEntry>,
    /// Content that devices leave at once.
    #[serde(default)]
    pub withdrawn: Vec<RootDigest>,
    /// When nothing matches.
    #[serde(default)]
    pub otherwise: Otherwise,
}

impl ChannelDocument {
    /// May anything be installed from it at `now`, in unix seconds? Withdrawals and floors hold without this.
    ///
    /// # Errors
    /// `expired` past its date.
    pub fn check_fresh(&self, now: u64) -> Result<(), Error> {
        match self.expires {
            Some(expires) if now > expires.0 => {
                Err(Error::untrusted(Code::Expired, format!("the channel document expired at {expires}")))
            }
            _ => Ok(()),
        }
    }
}

/// What a device does when no release matches it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Otherwise {
    /// Stay.
    #[default]
    Keep,
    /// Stage the builtin assets.
    Builtin,
}

/// One release in a channel: its content, who it is for, and how it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseEntry {
    /// Its name.
    pub version: Version,
    /// When it was first published, unix seconds; compared with the builtin's (I8).
    pub created: u64,
    /// Names the content.
    pub root: RootDigest,
    /// Number of files.
    pub files: u64,
    /// Sum of their sizes in bytes.
    pub size: u64,
    /// Ways to get it.
    pub artifacts: Vec<Artifact>,
    /// Share of devices; absent: all.
    #[serde(default, deserialize_with = "stated", skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Strict<Rollout>>,
    /// What the device must have; absent: nothing.
    #[serde(default, deserialize_with = "stated", skip_serializing_if = "Option::is_none")]
    pub requires: Option<Strict<Requires>>,
    /// Custom ids it is for; absent: everybody.
    #[serde(default, deserialize_with = "stated", skip_serializing_if = "Option::is_none")]
    pub audience: Option<Strict<Audience>>,
    /// May it replace builtin assets that are as new or newer?
    #[serde(default)]
    pub over_builtin: bool,
    /// Raised to let devices try again that had failed with it.
    #[serde(default)]
    pub retry: u64,
    /// How soon.
    #[serde(default)]
    pub priority: Priority,
}

impl ReleaseEntry {
    /// Checks that the bundle of the release is within these limits.
    ///
    /// # Errors
    /// `too_large`.
    pub fn check_size(&self, limits: &Limits) -> super::Result<()> {
        within("files in the bundle", limits.files, self.files)?;
        within("the bundle, in bytes,", limits.bundle, self.size)
    }
}

/// How soon a release is activated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// As the app's update mode says.
    #[default]
    Background,
    /// As in the update mode `always`; the app's delay conditions still hold.
    Immediate,
}

/// A condition that must not be ignored: with a member that is unknown, or a value that is no object, nothing matches
/// (formats 4.2). A field of this type is read with [`stated`], because `null` is such a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Strict<T> {
    /// Every member is known.
    Known(T),
    /// Written for a newer device, or wrong; kept as it is.
    Unknown(serde_json::Value),
}

impl<T: Serialize> Serialize for Strict<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(serializer),
            Self::Unknown(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: serde::de::DeserializeOwned> Deserialize<'de> for Strict<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        Ok(json::read_value(&value).map_or(Self::Unknown(value), Self::Known))
    }
}

/// Share of devices that are offered a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rollout {
    /// Basis points: 2500 is 25 %.
    pub bps: u32,
    /// 1 to 64 printable ASCII characters; the same salt keeps the same devices first.
    pub salt: String,
}

/// What a device must have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requires {
    /// One of these platforms.
    #[serde(default, deserialize_with = "stated", skip_serializing_if = "Option::is_none")]
    pub platform: Option<Vec<Platform>>,
    /// The native build number, by platform; a platform that is not named is not restricted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub native_build: BTreeMap<PlatformName, Range>,
    /// The system's version, by platform.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub os: BTreeMap<PlatformName, Range>,
    /// The web view's version; met on iOS.
    #[serde(default, deserialize_with = "stated", skip_serializing_if = "Option::is_none")]
    pub webview: Option<Range>,
    /// The native surface; no match without one in the facts.
    #[serde(default, deserialize_with = "stated", skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
}

/// A platform as a key of a map.
pub type PlatformName = String;

/// Custom ids a release is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// Salt of the digests.
    pub salt: String,
    /// Salted digests of custom ids.
    pub custom_id_sha256: Vec<Digest>,
}

/// One way to get a release; lies at `artifacts/<sha256>.<kind>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// `zip`, `pack`, or a kind that a newer publisher writes: then it is skipped.
    pub kind: String,
    /// Bytes as sent.
    pub size: u64,
    /// Digest of the bytes as sent.
    pub sha256: Digest,
    /// How it is encrypted; absent: not.
    #[serde(default)]
    pub cipher: Option<Cipher>,
    /// A pack's base; absent: none is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<RootDigest>,
}

/// Which key an artifact is encrypted with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cipher {
    /// Its id.
    pub key: KeyId,
}

/// `channels/index.json`: which channels there are, and the lowest counter each may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexDocument {
    /// Form of the document.
    pub schema: u32,
    /// The app's id.
    pub app: String,
    /// Version of the trust document in force.
    pub trust: u64,
    /// Grows with each signing.
    pub counter: u64,
    /// When it was signed.
    pub issued: Date,
    /// The channels.
    pub channels: Vec<IndexEntry>,
}

/// A channel in the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexEntry {
    /// Its name.
    pub name: String,
    /// Its counter when the index was signed.
    pub counter: u64,
    /// Is it shown to users?
    #[serde(default)]
    pub public: bool,
    /// May a device choose it by itself?
    #[serde(default)]
    pub allow_device_to_set: bool,
}

/// `aloft-builtin.json`: what the builtin assets are, written by the build (formats 5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuiltinDescription {
    /// When the assets were described, unix seconds.
    pub created: u64,
    /// Names their content.
    pub root: RootDigest,
    /// The files.
    pub files: super::bundle::FileList,
    /// Lowest counters known to the build: by channel, and `index.json` for the index.
    #[serde(default)]
    pub floors: BTreeMap<String, u64>,
}

/// A moment, `YYYY-MM-DDTHH:MM:SSZ`, held as unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date(pub u64);

/// Text that is not a date of this form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a date is UTC in the form YYYY-MM-DDTHH:MM:SSZ")]
pub struct BadDate;

impl std::str::FromStr for Date {
    type Err = BadDate;

    fn from_str(text: &str) -> Result<Self, BadDate> {
        let bytes = text.as_bytes();
        let shape = bytes.len() == 20
            && bytes
                .iter()
                .zip(b"0000-00-00T00:00:00Z")
                .all(|(byte, form)| if *form == b'0' { byte.is_ascii_digit() } else { byte == form });
        if !shape {
            return Err(BadDate);
        }
        let number =
            |at: std::ops::Range<usize>| text.get(at).and_then(|digits| digits.parse::<u64>().ok()).ok_or(BadDate);
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
        if year < 1970 || hour > 23 || minute > 59 || second > 59 {
            return Err(BadDate);
        }
        let date = Self(days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second);
        // A day that does not exist comes back as another one.
        if date.to_string() == text { Ok(date) } else { Err(BadDate) }
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = civil_from_days(self.0 / 86_400);
        let second = self.0 % 86_400;
        write!(f, "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
    }
}

/// Days since 1970-01-01 of a Gregorian date from 1970 on (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days_from_civil(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year / 400, year % 400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day.max(1) - 1;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era).saturating_sub(719_468)
}

/// The inverse.
fn civil_from_days(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

impl TryFrom<String> for Date {
    type Error = BadDate;

    fn try_from(text: String) -> Result<Self, BadDate> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

#[cfg(test)]
mod tests;
