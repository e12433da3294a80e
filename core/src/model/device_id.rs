//! The id of a device.
//!
//! In: random bytes, what a host knows a device by, texts. Out: [`DeviceId`]. Keeps: I12 (an id that the host says is stable is
//! hashed with that of the app, so that no two apps share one).

use super::bundle::BadName;
use super::digest::Digest;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A UUID in lower case: version 4 is random, version 8 is derived from an id that outlives an installation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DeviceId(String);

impl DeviceId {
    /// Make an id out of random bytes.
    pub fn from_random(random: [u8; 16]) -> Self {
        Self::of_version(4, random) // RFC 9562, 5.4
    }

    /// The id of this app on the device that the host calls `stable`; none if that names no single device.
    pub fn derived(app: &str, stable: &str) -> Option<Self> {
        if stable.is_empty() || stable == SHARED_BY_MANY {
            return None;
        }
        let digest = Digest::of(["aloft-device-v1", app, stable].join("\0").as_bytes());
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest.bytes()).for_each(|(to, from)| *to = *from);
        Some(Self::of_version(8, bytes)) // RFC 9562, 5.8
    }

    fn of_version(version: u128, bytes: [u8; 16]) -> Self {
        let number = u128::from_be_bytes(bytes) & !(0xf << 76 | 0x3 << 62) | version << 76 | 0x2 << 62;
        let mut text = format!("{number:032x}");
        for at in [20, 16, 12, 8] {
            text.insert(at, '-');
        }
        Self(text)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DeviceId {
    type Err = BadName;

    /// Reads upper case as well: other software wrote ids too.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = text.len() == 36
            && text.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        let wrong = BadName("a device id is a UUID");
        fits.then(|| Self(text.to_ascii_lowercase())).ok_or(wrong)
    }
}

impl TryFrom<String> for DeviceId {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<DeviceId> for String {
    fn from(id: DeviceId) -> Self {
        id.0
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a series of phones with one broken system image has as `ANDROID_ID`.
const SHARED_BY_MANY: &str = "9774d56d682e549c";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_lower_case_uuid_of_version_4() {
        let id = DeviceId::from_random([0xff; 16]);
        assert_eq!(id.as_str(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(DeviceId::from_random([0; 16]).as_str(), "00000000-0000-4000-8000-000000000000");
        assert_eq!(id.as_str().to_uppercase().parse(), Ok(id));
        for text in ["", "ffffffff-ffff-4fff-bfff-fffffffffff", "ffffffffffffff4fff-bfff-ffffffffffff-", "x"] {
            assert!(text.parse::<DeviceId>().is_err(), "{text}");
        }
    }
}
