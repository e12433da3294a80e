//! Which entries of a channel can still be reached, and which withdrawals are kept (formats 12).
//!
//! In: a document's lists. Out: the same without what no device needs. May touch: nothing.

use aloft_core::decide::rollout::WHOLE;
use aloft_core::model::RootDigest;
use aloft_core::model::document::{ReleaseEntry, Requires, Strict};

/// Withdrawals that a document carries. Nobody can know that no device is left that would still come back with a withdrawn
/// bundle, so only the oldest go, and only when there are so many that a device fetches 34 KB of them each time.
const WITHDRAWN_KEPT: usize = 512;

/// Drop entries that an entry above takes every device from: its whole share, and no condition that they do not have.
pub(crate) fn drop_unreachable(releases: &mut Vec<ReleaseEntry>) {
    let mut kept: Vec<ReleaseEntry> = Vec::with_capacity(releases.len());
    for entry in releases.drain(..) {
        if !kept.iter().any(|above| covers(above, &entry)) {
            kept.push(entry);
        }
    }
    *releases = kept;
}

/// Drop the oldest withdrawals beyond those that are kept; the newest stand last.
pub(crate) fn drop_oldest_withdrawn(withdrawn: &mut Vec<RootDigest>) {
    withdrawn.drain(..withdrawn.len().saturating_sub(WITHDRAWN_KEPT));
}

/// Is it for everybody?
pub(crate) fn is_full(entry: &ReleaseEntry) -> bool {
    share(entry) == Some(WHOLE) && requires(entry).is_none() && entry.audience.is_none()
}

/// The share of devices in basis points; `None` if it was written for a newer device.
pub(crate) fn share(entry: &ReleaseEntry) -> Option<u32> {
    match &entry.rollout {
        None => Some(WHOLE),
        Some(Strict::Known(rollout)) => Some(rollout.bps.min(WHOLE)),
        Some(Strict::Unknown(_)) => None,
    }
}

fn covers(above: &ReleaseEntry, below: &ReleaseEntry) -> bool {
    share(above) == Some(WHOLE)
        && (requires(above).is_none() || requires(above) == requires(below))
        && (above.audience.is_none() || above.audience == below.audience)
}

/// The conditions, unless there are none in them.
fn requires(entry: &ReleaseEntry) -> Option<&Strict<Requires>> {
    entry.requires.as_ref().filter(|requires| **requires != Strict::Known(Requires::default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn left(entries: &[Value]) -> Vec<String> {
        let mut releases: Vec<ReleaseEntry> = entries
            .iter()
            .map(|extra| {
                let mut entry = json!({ "created": 1, "root": "0".repeat(64), "files": 1, "size": 1, "artifacts": [] });
                entry.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
                serde_json::from_value(entry).unwrap()
            })
            .collect();
        drop_unreachable(&mut releases);
        releases.iter().map(|entry| entry.version.to_string()).collect()
    }

    #[test]
    fn a_full_release_ends_the_list_and_a_staged_one_keeps_what_is_below() {
        let half = json!({ "bps": 5000, "salt": "s" });
        assert_eq!(left(&[json!({"version": "2"}), json!({"version": "1"})]), ["2"]);
        let whole = json!({ "bps": 10000, "salt": "s" });
        assert_eq!(left(&[json!({"version": "2", "rollout": whole}), json!({"version": "1"})]), ["2"]);
        let staged = [
            json!({"version": "3", "rollout": half}),
            json!({"version": "2", "rollout": half}),
            json!({"version": "1"}),
            json!({"version": "0"}),
        ];
        assert_eq!(left(&staged), ["3", "2", "1"]);
    }

    #[test]
    fn conditions_cover_only_the_same_conditions() {
        let ios = json!({ "platform": ["ios"] });
        let android = json!({ "platform": ["android"] });
        let entries = [
            json!({"version": "4", "requires": ios}),
            json!({"version": "3", "requires": android}),
            json!({"version": "2", "requires": ios}),
            json!({"version": "1", "requires": {}}),
        ];
        assert_eq!(left(&entries), ["4", "3", "1"]);
        let unknown = json!({"version": "2", "rollout": {"moon": "full"}});
        assert_eq!(left(&[unknown, json!({"version": "1"})]), ["2", "1"]);
    }
}
