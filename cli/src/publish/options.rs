//! How a release is published, as it is written on the command line.
//!
//! In: text. Out: values in the form of the documents, or what to write instead. May touch: a file of custom ids.

use super::terms::Terms;
use crate::bundle::Selection;
use crate::consent::Consent;
use crate::failure::{Failure, Result};
use crate::stops::Permits;
use crate::text_input;
use aloft_core::decide::rollout::{WHOLE, custom_id_digest, is_salt};
use aloft_core::model::Version;
use aloft_core::model::document::{Audience, Date};
use aloft_core::model::facts::Platform;
use aloft_core::model::range::Range;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

/// What to publish, and where.
#[derive(Debug, Clone)]
pub struct PublishOptions {
    /// The folder of web assets.
    pub folder: PathBuf,
    /// Which of its files.
    pub selection: Selection,
    /// Its name.
    pub version: Version,
    /// Where.
    pub channel: String,
    /// To whom, and how.
    pub terms: Terms,
    /// How many of the channel's last releases get a pack; without any, and without `bases`, the release is a zip alone.
    /// None: [`PACKS`] for a new release, and what it has for one that is offered.
    pub packs: Option<usize>,
    /// Folders of builtin assets, or other bundles, that get one as well.
    pub bases: Vec<PathBuf>,
    /// What it need not stop for.
    pub permits: Permits,
    /// Who says yes.
    pub consent: Consent,
    /// Are artifacts made although nothing is written, to see their sizes?
    pub sizes: bool,
}

/// Releases that get a pack unless told otherwise: most devices run the last one or two.
pub const PACKS: usize = 3;

impl PublishOptions {
    /// A release for everybody, unencrypted, confirmed.
    pub fn new(folder: impl Into<PathBuf>, version: Version, channel: impl Into<String>) -> Self {
        Self {
            folder: folder.into(),
            selection: Selection::default(),
            version,
            channel: channel.into(),
            terms: Terms::default(),
            packs: None,
            bases: Vec::new(),
            permits: Permits::new(),
            consent: Consent::Given,
            sizes: false,
        }
    }
}

/// Are artifacts encrypted?
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Encryption {
    /// With the publisher's encryption key.
    Encrypted,
    /// Not.
    #[default]
    None,
}

/// A salt as documents allow it (formats 4).
pub(super) fn salt(text: &str) -> std::result::Result<String, String> {
    let wrong = || "a salt is 1 to 64 printable ASCII characters".to_owned();
    is_salt(text).then(|| text.to_owned()).ok_or_else(wrong)
}

/// A share of devices in basis points; written `25%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share(u32);

impl Share {
    /// Basis points, 0 to 10,000.
    pub fn bps(self) -> u32 {
        self.0
    }
}

impl FromStr for Share {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let wrong = || "a share is 0% to 100%, with at most two decimals, such as 25% or 0.5%".to_owned();
        let number = text.strip_suffix('%').ok_or_else(wrong)?.trim_end();
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |text: &str| !text.is_empty() && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > 2 {
            return Err(wrong());
        }
        let hundredths: u32 = format!("{part:0<2}").parse().map_err(|_| wrong())?;
        let bps = whole.parse::<u32>().map_err(|_| wrong())? * 100 + hundredths;
        if bps <= WHOLE { Ok(Self(bps)) } else { Err(wrong()) }
    }
}

/// When a channel expires; written `90d`, `12h`, `2w` or `never`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// Seconds after it is signed.
    After(u64),
    /// Not at all: then a device cannot tell a frozen channel from a quiet one.
    Never,
}

impl Expiry {
    /// The moment, for a document signed at `now`.
    pub(crate) fn from(self, now: u64) -> Option<Date> {
        match self {
            Self::After(seconds) => Some(Date(now.saturating_add(seconds))),
            Self::Never => None,
        }
    }
}

impl FromStr for Expiry {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let wrong = || "write a period such as 90d, 12h or 2w, up to 3650d, or never".to_owned();
        if text == "never" {
            return Ok(Self::Never);
        }
        let unit = match text.chars().last() {
            Some('h') => 3600,
            Some('d') => 86_400,
            Some('w') => 7 * 86_400,
            _ => return Err(wrong()),
        };
        let count: u64 =
            text.get(..text.len().saturating_sub(1)).and_then(|count| count.parse().ok()).ok_or_else(wrong)?;
        match count.checked_mul(unit) {
            Some(seconds) if (1..=3650 * 86_400).contains(&seconds) => Ok(Self::After(seconds)),
            _ => Err(wrong()),
        }
    }
}

/// A range for one platform; written `ios >=210 <300`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformRange(Platform, Range);

impl FromStr for PlatformRange {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (name, range) =
            text.trim().split_once(' ').ok_or("write the platform and a range, such as 'ios >=210 <300'")?;
        if let Some(alone) = range.split_whitespace().find(|part| part.trim_start_matches(['<', '>', '=']).is_empty()) {
            return Err(format!(
                "a space follows {alone}; write the number right after it, such as '{name} {alone}210'"
            ));
        }
        let range = range.parse().map_err(|error| format!("{error}, such as 'ios >=210 <300'"))?;
        Ok(Self(platform(name)?, range))
    }
}

/// A range of native builds. Android counts them with one number, and what cannot be met gates nothing.
///
/// # Errors
/// What to write instead.
pub(super) fn native(text: &str) -> std::result::Result<PlatformRange, String> {
    let range: PlatformRange = text.parse()?;
    for comparator in text.split_whitespace().skip(1) {
        let number = comparator.trim_start_matches(['<', '>', '=']);
        let numbers = number.split('.').count();
        let fits = number.parse::<u64>().is_ok_and(|code| code <= MAX_VERSION_CODE);
        match range.0 {
            Platform::Android if !fits => {
                return Err(format!("Android counts versionCode, e.g. 5070000, and {number} is none"));
            }
            Platform::Ios if numbers > 3 => {
                return Err(format!("iOS has up to three numbers, and {number} has {numbers}"));
            }
            _ => {}
        }
    }
    Ok(range)
}

/// The largest that Google Play takes.
const MAX_VERSION_CODE: u64 = 2_100_000_000;

/// The ranges by platform; one that stands twice is an error, since only one of them would hold.
pub(super) fn by_platform(ranges: Vec<PlatformRange>) -> Result<BTreeMap<String, Range>> {
    let mut map = BTreeMap::new();
    for PlatformRange(platform, range) in ranges {
        if map.insert(platform.to_string(), range).is_some() {
            return Err(
                Failure::usage(format!("{platform} has two ranges")).hint("join the comparators: 'ios >=210 <300'")
            );
        }
    }
    Ok(map)
}

/// A platform by name.
pub(super) fn platform(name: &str) -> std::result::Result<Platform, String> {
    match name {
        "ios" => Ok(Platform::Ios),
        "android" => Ok(Platform::Android),
        "desktop" => Ok(Platform::Desktop),
        _ => Err(format!("{name:?} is no platform: ios, android or desktop")),
    }
}

/// Custom ids: each as written, or one a line of the file behind `@`. Reads those files.
pub(super) fn custom_ids(arguments: Vec<String>) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    let asked = !arguments.is_empty();
    for argument in arguments {
        match argument.strip_prefix('@') {
            None => ids.push(argument),
            Some(path) => {
                let text = text_input::read(path.as_ref())?;
                ids.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
            }
        }
    }
    if asked && ids.is_empty() {
        return Err(Failure::usage("the audience has no custom ids: the release would be for everybody"));
    }
    Ok(ids)
}

/// The audience of a document, its digests sorted so that their order tells nothing.
pub(super) fn audience(ids: &[String], salt: String) -> Option<Audience> {
    let mut digests: Vec<_> = ids.iter().map(|id| custom_id_digest(&salt, id)).collect();
    digests.sort_unstable();
    digests.dedup();
    (!digests.is_empty()).then_some(Audience { salt, custom_id_sha256: digests })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_to_a_hundredth_of_a_percent() {
        for (text, bps) in [("25%", 2500), ("0%", 0), ("100%", 10_000), ("0.5%", 50), ("12.34%", 1234), ("7.05 %", 705)]
        {
            assert_eq!(text.parse(), Ok(Share(bps)), "{text}");
        }
        for text in ["25", "%", "101%", "100.01%", "1.234%", "-1%", "1e1%", ".5%", "99999%"] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
    }

    #[test]
    fn periods_and_ranges_are_read_or_explained() {
        assert_eq!("90d".parse(), Ok(Expiry::After(90 * 86_400)));
        assert_eq!("never".parse(), Ok(Expiry::Never));
        for text in ["", "d", "90", "0d", "-1d", "3651d", "99999999999999999999d", "9é"] {
            assert!(text.parse::<Expiry>().is_err(), "{text}");
        }
        assert!("ios >=210 <300".parse::<PlatformRange>().is_ok());
        for text in ["ios", "ios >=x", "windows >=1", ">=210"] {
            assert!(text.parse::<PlatformRange>().is_err(), "{text}");
        }
        assert!("ios >= 210".parse::<PlatformRange>().unwrap_err().contains("space"));
        for text in ["android >=5070000", "ios >=1.2.3 <2", "ios >=210"] {
            assert!(native(text).is_ok(), "{text}");
        }
        assert!(native("android >=5.7.0").unwrap_err().contains("versionCode"));
        for text in ["android <2100000001", "ios >=1.2.3.4", "android >= 5"] {
            assert!(native(text).is_err(), "{text}");
        }
        let twice = vec!["ios >=1".parse().unwrap(), "ios <3".parse().unwrap()];
        assert_eq!(by_platform(twice).unwrap_err().code, "usage");
    }
}
