//! How many downloads may lie around to be resumed (formats 13.8). What lies in them is `fetch`'s matter.
//!
//! In: the time. Out: how many were removed. May touch: `partial/`. Keeps: I10 (two downloads, seven days).

use super::{Store, names};
use crate::model::{Digest, Result};
use std::cmp::Reverse;

/// Downloads that are kept.
pub(super) const MOST: usize = 2;
/// Seconds after which one is not worth resuming: 7 days.
pub(super) const OLDEST: u64 = 7 * 86_400;

/// Remove what is too old, all but the newest two, and whatever has no name of ours. Returns how many were removed.
///
/// # Errors
/// The first failure; the others are removed all the same.
pub(super) fn sweep(store: &Store, now: u64) -> Result<usize> {
    let doomed = doomed(store, now)?;
    let results: Vec<_> = doomed.iter().map(|stem| remove(store, stem)).collect();
    results.into_iter().collect::<Result<()>>().map(|()| doomed.len())
}

/// What [`sweep`] removes. Changes nothing.
///
/// # Errors
/// `storage_read`, `storage_denied`.
pub(super) fn doomed(store: &Store, now: u64) -> Result<Vec<String>> {
    let folder = store.path(names::PARTIAL);
    let mut downloads = Vec::new();
    let files = store.fs().list(&folder).map_err(store.failed("list", &folder))?;
    for name in &files {
        let stem = name.strip_suffix(names::VALIDATOR_SUFFIX).unwrap_or(name);
        let bytes = folder.join(stem);
        let stat = store.fs().stat(&bytes).map_err(store.failed("read", &bytes))?;
        let modified = stat.map_or(0, |stat| stat.modified); // a validator alone is as old as can be
        // Away in either direction: a clock that was set back must not keep one for ever.
        let worth = stem.parse::<Digest>().is_ok() && now.abs_diff(modified) <= OLDEST;
        downloads.push((Reverse(worth.then_some(modified)), stem));
    }
    downloads.sort_unstable();
    downloads.dedup();
    let kept = downloads.iter().take(MOST).filter(|(modified, _)| modified.0.is_some()).count();
    Ok(downloads.into_iter().skip(kept).map(|(_, stem)| stem.to_owned()).collect())
}

fn remove(store: &Store, stem: &str) -> Result<()> {
    let folder = store.path(names::PARTIAL);
    // The validator first: bytes without one are never resumed.
    [folder.join(format!("{stem}{}", names::VALIDATOR_SUFFIX)), folder.join(stem)]
        .iter()
        .try_for_each(|path| store.fs().remove_file(path).map_err(store.failed("remove", path)))
}
