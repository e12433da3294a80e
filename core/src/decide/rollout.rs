//! Which share of devices a device belongs to, and which audience, without a server that counts (formats 4).
//!
//! In: an entry's rollout or audience, the id of this device or user. Out: in or out. May touch: nothing.
//! Keeps: raising a share only adds devices; the id never leaves the device.

use crate::model::digest::Digest;
use crate::model::document::{Audience, Rollout};

/// Basis points in the whole.
pub const WHOLE: u32 = 10_000;

/// Is the device inside? The whole needs no id; without one a device is in no other share, and a salt out of form has none.
pub fn includes(rollout: &Rollout, device_id: Option<&str>) -> bool {
    is_salt(&rollout.salt)
        && (rollout.bps >= WHOLE || device_id.is_some_and(|id| bucket(&rollout.salt, id) < rollout.bps))
}

/// The bucket of a device, below [`WHOLE`].
pub fn bucket(salt: &str, device_id: &str) -> u32 {
    let digest = salted("aloft-rollout-v1", salt, &device_id.to_ascii_lowercase());
    let (first, _) = digest.bytes().split_first_chunk().unwrap_or((&[0; 8], &[]));
    (u64::from_be_bytes(*first) % u64::from(WHOLE)) as u32
}

/// Is the user's id one of the audience's? Nobody is without an id.
pub fn addresses(audience: &Audience, custom_id: Option<&str>) -> bool {
    is_salt(&audience.salt)
        && custom_id.is_some_and(|id| audience.custom_id_sha256.contains(&custom_id_digest(&audience.salt, id)))
}

/// How an audience lists a custom id: exactly as the app set it, case included.
pub fn custom_id_digest(salt: &str, custom_id: &str) -> Digest {
    salted("aloft-audience-v1", salt, custom_id)
}

/// 1 to 64 printable ASCII characters: no NUL, so that the parts of a digest cannot run into each other.
pub fn is_salt(salt: &str) -> bool {
    (1..=64).contains(&salt.len()) && salt.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn salted(purpose: &str, salt: &str, id: &str) -> Digest {
    Digest::of([purpose, salt, id].join("\0").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct BucketVector {
        salt: String,
        device_id: String,
        bucket: u32,
    }

    #[derive(Deserialize)]
    struct AudienceVector {
        salt: String,
        custom_id: String,
        sha256: Digest,
    }

    #[test]
    fn buckets_are_those_of_the_vectors() {
        let vectors: Vec<BucketVector> =
            serde_json::from_str(include_str!("../../../tests/vectors/rollout.json")).unwrap();
        assert!(vectors.len() >= 10);
        for vector in vectors {
            assert_eq!(bucket(&vector.salt, &vector.device_id), vector.bucket, "{} {}", vector.salt, vector.device_id);
        }
    }

    #[test]
    fn audience_digests_are_those_of_the_vectors() {
        let vectors: Vec<AudienceVector> =
            serde_json::from_str(include_str!("../../../tests/vectors/audience.json")).unwrap();
        assert!(vectors.len() >= 5);
        for vector in vectors {
            assert_eq!(custom_id_digest(&vector.salt, &vector.custom_id), vector.sha256, "{}", vector.custom_id);
        }
    }

    #[test]
    fn a_share_of_a_million_devices_is_within_two_thousandths_and_growing_it_removes_nobody() {
        const DEVICES: u32 = 1_000_000;
        let mut per_bucket = vec![0_u32; WHOLE as usize];
        for n in 0..DEVICES {
            // Ids as devices make them: UUIDs.
            let id = format!("{n:08x}-0000-4000-8000-{:012x}", u64::from(n) * 0x9e37_79b9);
            per_bucket[bucket("2.4.1", &id) as usize] += 1;
        }
        // In when the bucket is below the share: a device's bucket is fixed, so the shares are nested sets.
        let mut inside = 0;
        for (bps, count) in (0..WHOLE).zip(&per_bucket) {
            let off = (f64::from(inside) / f64::from(DEVICES) - f64::from(bps) / f64::from(WHOLE)).abs();
            assert!(off <= 0.002, "{bps} bps: {inside} devices");
            inside += count;
        }
        assert_eq!(inside, DEVICES);
    }

    #[test]
    fn nobody_leaves_when_a_share_grows() {
        let rollout = |bps| Rollout { bps, salt: "s".to_owned() };
        for id in (0..200).map(|n| format!("device-{n}")) {
            let steps: Vec<_> = (0..=WHOLE).step_by(50).map(|bps| includes(&rollout(bps), Some(&id))).collect();
            assert!(steps.is_sorted(), "{id}: out, then in");
            assert!(!steps[0] && steps[steps.len() - 1]);
        }
    }

    #[test]
    fn the_whole_needs_no_id_and_less_does() {
        let rollout = |bps, salt: &str| Rollout { bps, salt: salt.to_owned() };
        assert!(includes(&rollout(10_000, "s"), None));
        assert!(includes(&rollout(u32::MAX, "s"), None));
        assert!(!includes(&rollout(9_999, "s"), None));
        assert!(!includes(&rollout(0, "s"), Some("any")));
        for salt in ["", "a\0b", "é", "tab\t", &"x".repeat(65)] {
            assert!(!includes(&rollout(10_000, salt), Some("any")), "{salt:?}");
        }
    }

    #[test]
    fn an_audience_is_who_it_lists() {
        let audience = Audience { salt: "s".to_owned(), custom_id_sha256: vec![custom_id_digest("s", "ann")] };
        assert!(addresses(&audience, Some("ann")));
        assert!(!addresses(&audience, Some("Ann")));
        assert!(!addresses(&audience, None));
        let other_salt = Audience { salt: "t".to_owned(), ..audience };
        assert!(!addresses(&other_salt, Some("ann")));
    }
}
