//! How many downloads may lie around to be resumed (formats 13.8). What lies in them is `fetch`'s matter.
//!
//! In: the time. Out: how many were removed. May touch: `partial/`. Keeps: I10 (two downloads, seven days).

use super::listed::{Group, groups};
use super::{Store, names};
use crate::edge::ports::Stat;
use crate::model::{Digest, Result};
use std::cmp::Reverse;
use std::path::Path;

/// Downloads that are kept.
pub(super) const MOST: usize = 2;
/// Seconds after which one is not worth resuming: 7 days.
pub(super) const OLDEST: u64 = 7 * 86_400;

/// Remove what is too old, all but the newest two, and whatever has no name of ours. Returns how many were removed.
///
/// # Errors
/// The first failure; the others are removed all the same.
pub(super) fn sweep(store: &Store, now: u64) -> Result<usize> {
    let (folder, doomed) = (store.path(names::PARTIAL), doomed(store, now)?);
    let count = doomed.len();
    // The validators first: bytes without one are never resumed.
    let names = doomed.into_iter().flat_map(|Group { companions, files }| companions.into_iter().chain(files));
    store.remove_all(names.map(|name| folder.join(name))).map(|()| count)
}

/// What [`sweep`] removes. Changes nothing.
///
/// # Errors
/// `storage_read`, `storage_denied`.
pub(super) fn doomed(store: &Store, now: u64) -> Result<Vec<Group>> {
    let folder = store.path(names::PARTIAL);
    let listed = store.fs().list(&folder).map_err(store.failed("list", &folder))?;
    let modified = |stem: &str, group: &Group| {
        let bytes = group.files.first().filter(|_| stem.parse::<Digest>().is_ok())?;
        modified(store, &folder.join(bytes), now)
    };
    let groups = groups(listed, names::VALIDATOR_SUFFIX).into_iter();
    let mut downloads: Vec<_> = groups.map(|(stem, group)| (Reverse(modified(&stem, &group)), group)).collect();
    downloads.sort_by_key(|(modified, _)| *modified);
    let kept = downloads.iter().take(MOST).filter(|(modified, _)| modified.0.is_some()).count();
    Ok(downloads.into_iter().skip(kept).map(|(_, group)| group).collect())
}

/// When a download was written last; none if it is not worth to be kept.
fn modified(store: &Store, bytes: &Path, now: u64) -> Option<u64> {
    let stat = store.fs().stat(bytes).ok().flatten().filter(Stat::is_ours)?;
    // Away in either direction: a clock that was set back must not keep one for ever.
    Some(stat.modified).filter(|modified| now.abs_diff(*modified) <= OLDEST)
}
