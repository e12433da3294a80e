//! Downloads to be resumed, and how many of them may lie around (formats 13.8).
//!
//! In: the digest of an artifact. Out: where its download and the server's validator lie. May touch: `partial/`.
//! Keeps: I10 (two downloads, seven days).

use super::{Store, names};
use crate::model::{Digest, Result};
use std::cmp::Reverse;
use std::path::PathBuf;

/// Downloads that are kept.
pub const MOST: usize = 2;
/// Seconds after which one is not worth resuming: 7 days.
pub const OLDEST: u64 = 7 * 86_400;

/// Where one download lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partial {
    /// The bytes so far.
    pub data: PathBuf,
    /// The strong `ETag` they belong to.
    pub validator: PathBuf,
}

impl Partial {
    /// Where the download of `artifact` lies. No I/O.
    pub fn of(store: &Store, artifact: &Digest) -> Self {
        Self::named(store, &artifact.to_string())
    }

    fn named(store: &Store, name: &str) -> Self {
        let folder = store.path(names::PARTIAL);
        Self { data: folder.join(name), validator: folder.join(format!("{name}{}", names::VALIDATOR_SUFFIX)) }
    }

    /// Forget the download.
    ///
    /// # Errors
    /// `storage_denied`, `storage_write`.
    pub fn remove(&self, store: &Store) -> Result<()> {
        // The validator first: bytes without one are never resumed, a validator without its bytes could be.
        [&self.validator, &self.data]
            .into_iter()
            .try_for_each(|path| store.fs().remove_file(path).map_err(store.failed("remove", path)))
    }
}

/// Remove what is too old, all but the newest two, and whatever has no name of ours. Returns how many were removed.
///
/// # Errors
/// The first failure; the others are removed all the same.
pub(super) fn sweep(store: &Store, now: u64) -> Result<usize> {
    let folder = store.path(names::PARTIAL);
    let mut kept = Vec::new();
    let files = store.fs().list(&folder).map_err(store.failed("list", &folder))?;
    for name in &files {
        let stem = name.strip_suffix(names::VALIDATOR_SUFFIX).unwrap_or(name);
        let data = folder.join(stem);
        let stat = store.fs().stat(&data).map_err(store.failed("read", &data))?;
        let modified = stat.map_or(0, |stat| stat.modified); // a validator alone is as old as can be
        let young = now.abs_diff(modified) <= OLDEST; // a clock that was set back must not keep one for ever
        let fits = stem.parse::<Digest>().is_ok() && young;
        kept.push((Reverse(if fits { Some(modified) } else { None }), stem));
    }
    kept.sort_unstable();
    kept.dedup();
    let most = kept.iter().filter(|(modified, _)| modified.0.is_some()).count().min(MOST);
    let doomed = kept.split_off(most);
    let results: Vec<_> = doomed.iter().map(|(_, stem)| Partial::named(store, stem).remove(store)).collect();
    let count = results.len();
    results.into_iter().collect::<Result<()>>().map(|()| count)
}
