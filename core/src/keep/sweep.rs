//! Removes what nothing needs: bundles that no slot names and no process serves, old downloads, feeds beyond eight.
//!
//! In: the ids that the state names, after it was written to both slots. Out: what was removed. May touch: `bundles/`,
//! `partial/`, `feed/`. Only the worker calls this, under the install lock and after a page began.
//! Keeps: I2 (no cut leaves half a bundle that counts as present), I7, I10. A cut sweep is taken up by the next one.

use super::{Store, names, partial};
use crate::edge::ports::{Kind, LockKind};
use crate::model::{BundleId, Result};
use std::collections::BTreeSet;
use std::path::Path;

/// Channels whose last document is kept.
pub const FEEDS: usize = 8;

/// What a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Bundles, whole or half.
    pub bundles: usize,
    /// Downloads.
    pub partials: usize,
    /// Cached documents.
    pub feeds: usize,
}

/// Is there anything to remove? Lists the folders and changes nothing; `named` and `now` as for [`sweep`].
///
/// # Errors
/// `storage_read`, `storage_denied`.
pub fn is_needed(store: &Store, named: &BTreeSet<BundleId>, now: u64) -> Result<bool> {
    let bundles = names_in(store, names::BUNDLES)?.iter().any(|name| !is_named(stem(name), named));
    Ok(bundles || names_in(store, names::FEED)?.len() > FEEDS || !partial::doomed(store, now)?.is_empty())
}

/// Remove everything but the bundles `named`, the newest two downloads and the newest eight documents. `now` in unix
/// seconds. Blocks for as long as removing takes.
///
/// # Errors
/// The first of `storage_read`, `storage_denied`, `storage_write`; the rest is swept all the same.
pub fn sweep(store: &Store, named: &BTreeSet<BundleId>, now: u64) -> Result<Swept> {
    let (bundles, partials, feeds) = (bundles(store, named), partial::sweep(store, now), feeds(store));
    Ok(Swept { bundles: bundles?, partials: partials?, feeds: feeds? })
}

fn bundles(store: &Store, named: &BTreeSet<BundleId>) -> Result<usize> {
    let folder = store.path(names::BUNDLES);
    let files = names_in(store, names::BUNDLES)?;
    let stems: BTreeSet<&str> = files.iter().map(|name| stem(name)).collect();
    let mut doomed = Vec::new();
    for stem in stems {
        if !is_named(stem, named) && unseal(store, stem)? == Sealed::No {
            doomed.push(folder.join(stem));
        }
    }
    if doomed.is_empty() {
        return Ok(0);
    }
    // The seals first, and durably: a bundle without one is not present, so its files may go in any order (I2).
    store.fs().flush_batch(&[], std::slice::from_ref(&folder)).map_err(store.failed("flush", &folder))?;
    let results: Vec<Result<()>> = doomed.iter().map(|path| remove(store, path)).collect();
    results.into_iter().collect::<Result<()>>().map(|()| doomed.len())
}

fn names_in(store: &Store, folder: &str) -> Result<Vec<String>> {
    let folder = store.path(folder);
    store.fs().list(&folder).map_err(store.failed("list", &folder))
}

/// The bundle that a name in `bundles/` belongs to.
fn stem(name: &str) -> &str {
    name.strip_suffix(names::SEAL_SUFFIX).unwrap_or(name)
}

fn is_named(stem: &str, named: &BTreeSet<BundleId>) -> bool {
    stem.parse::<BundleId>().is_ok_and(|id| named.contains(&id))
}

fn remove(store: &Store, path: &Path) -> Result<()> {
    let removed = match store.fs().stat(path).map_err(store.failed("read", path))? {
        Some(stat) if stat.kind == Kind::Dir => store.fs().remove_dir(path),
        _ => store.fs().remove_file(path),
    };
    removed.map_err(store.failed("remove", path))
}

#[derive(PartialEq, Eq)]
enum Sealed {
    Held,
    No,
}

/// Remove a seal, unless a process holds it because it serves the bundle.
fn unseal(store: &Store, stem: &str) -> Result<Sealed> {
    let seal = store.path(names::BUNDLES).join(format!("{stem}{}", names::SEAL_SUFFIX));
    if store.fs().stat(&seal).map_err(store.failed("read", &seal))?.is_none() {
        return Ok(Sealed::No);
    }
    let Some(_lock) = store.lock(&seal, LockKind::Exclusive, 0)? else { return Ok(Sealed::Held) };
    store.fs().remove_file(&seal).map_err(store.failed("remove", &seal))?;
    Ok(Sealed::No)
}

fn feeds(store: &Store) -> Result<usize> {
    let folder = store.path(names::FEED);
    let mut files = Vec::new();
    for name in names_in(store, names::FEED)? {
        let path = folder.join(name);
        let modified = store.fs().stat(&path).map_err(store.failed("read", &path))?.map_or(0, |stat| stat.modified);
        files.push((modified, path));
    }
    files.sort_unstable_by(|a, b| b.cmp(a));
    let doomed = files.split_off(files.len().min(FEEDS));
    doomed.iter().try_for_each(|(_, path)| remove(store, path)).map(|()| doomed.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keep::feed::{self, Cached};
    use crate::keep::partial::OLDEST;
    use crate::keep::seal::tests::{disk, id, install};
    use crate::keep::seal::{Checked, check};
    use crate::keep::store::tests::store_on;
    use crate::model::Digest;
    use crate::testing::{CrashFs, Cut, Loss};

    const NOW: u64 = 100 * 86_400;

    fn named(ids: &[u8]) -> BTreeSet<BundleId> {
        ids.iter().map(|n| id(*n)).collect()
    }

    fn list(store: &Store, name: &str) -> Vec<String> {
        let mut names = store.fs().list(&store.path(name)).unwrap();
        names.sort();
        names
    }

    /// Three bundles, the first one named.
    fn three() -> (CrashFs, Store) {
        let (fs, store) = disk();
        for n in 1..=3 {
            install(&store, &id(n)).unwrap();
        }
        (fs, store)
    }

    #[test]
    fn i2_a_sweep_cut_anywhere_leaves_whole_bundles_or_none_and_is_taken_up() {
        let (fs, store) = three();
        let start = fs.operations();
        assert_eq!(sweep(&store, &named(&[1]), NOW).unwrap().bundles, 2);
        let operations = fs.operations() - start;
        for n in 0..operations {
            for loss in Loss::ALL {
                let (fs, store) = three();
                fs.cut_at(start + n, Cut::Torn);
                sweep(&store, &named(&[1]), NOW).unwrap_err();
                let left = store_on(&fs.after(loss));
                assert_eq!(check(&left, &id(1)).unwrap(), Checked::Whole);
                for other in [id(2), id(3)] {
                    let whole = check(&left, &other).unwrap() == Checked::Whole;
                    assert!(whole || !left.is_present(&other).unwrap(), "{n} {loss:?}");
                }
                sweep(&left, &named(&[1]), NOW).unwrap();
                assert_eq!(list(&left, "bundles"), [id(1).to_string(), format!("{}.seal", id(1))]);
                assert!(left.is_present(&id(1)).unwrap());
            }
        }
    }

    #[test]
    fn what_there_is_to_remove_is_known_before_anything_is_changed() {
        let (fs, store) = three();
        let operations = fs.operations();
        assert!(is_needed(&store, &named(&[1]), NOW).unwrap());
        assert_eq!(fs.operations(), operations);
        sweep(&store, &named(&[1]), NOW).unwrap();
        assert!(!is_needed(&store, &named(&[1]), NOW).unwrap());
        store.fs().write_at(&store.path("partial/junk"), 0, b"x").unwrap();
        assert!(is_needed(&store, &named(&[1]), NOW).unwrap());
        sweep(&store, &named(&[1]), NOW).unwrap();
        for n in 0..=FEEDS {
            assert!(!is_needed(&store, &named(&[1]), NOW).unwrap());
            store.fs().write_at(&store.path(names::FEED).join(format!("channel-{n}")), 0, b"x").unwrap();
        }
        assert!(is_needed(&store, &named(&[1]), NOW).unwrap());
    }

    #[test]
    fn what_a_process_serves_is_passed_by_until_it_lets_go() {
        let (_, store) = three();
        let held = store.hold(&id(2)).unwrap().unwrap();
        assert_eq!(sweep(&store, &named(&[1]), NOW).unwrap().bundles, 1);
        assert_eq!(check(&store, &id(2)).unwrap(), Checked::Whole);
        drop(held);
        assert_eq!(sweep(&store, &named(&[1]), NOW).unwrap().bundles, 1);
        assert!(!store.is_present(&id(2)).unwrap());
    }

    #[test]
    fn scratch_of_an_install_that_was_killed_is_removed() {
        let (fs, store) = disk();
        fs.cut_at(fs.operations() + 6, Cut::Torn);
        install(&store, &id(1)).unwrap_err();
        let left = store_on(&fs.after(Loss::Process));
        left.fs().write_at(&left.path("bundles/junk"), 0, b"x").unwrap();
        assert_eq!(sweep(&left, &named(&[]), NOW).unwrap().bundles, 2);
        assert_eq!(list(&left, "bundles"), [""; 0]);
    }

    #[test]
    fn i10_two_downloads_of_seven_days_are_kept() {
        let (fs, store) = disk();
        let bytes = |n: u8| store.path(names::PARTIAL).join(Digest::of(&[n]).to_string());
        let validator = |n: u8| bytes(n).with_extension("validator");
        for (n, time) in [(1, NOW - OLDEST - 1), (2, NOW - 3), (3, NOW - 2), (4, NOW - 1), (5, NOW + OLDEST + 1)] {
            fs.set_time(time);
            store.fs().write_at(&bytes(n), 0, b"data").unwrap();
            store.fs().write_at(&validator(n), 0, b"etag").unwrap();
        }
        store.fs().write_at(&validator(6), 0, b"alone").unwrap();
        store.fs().write_at(&store.path("partial/junk"), 0, b"x").unwrap();
        assert_eq!(sweep(&store, &named(&[]), NOW).unwrap().partials, 5);
        assert_eq!(list(&store, "partial").len(), 4);
        for n in [3, 4] {
            assert!(store.fs().stat(&bytes(n)).unwrap().is_some());
        }
        assert_eq!(sweep(&store, &named(&[]), NOW).unwrap(), Swept::default());
    }

    #[test]
    fn i10_eight_documents_are_kept() {
        let (fs, store) = disk();
        let cached = Cached {
            url: String::new(),
            chain: Digest::of(b""),
            etag: None,
            envelope: None,
            checked: 0,
            failures: 0,
            not_before: 0,
            failed: None,
        };
        for n in 0..10 {
            fs.set_time(NOW - n);
            feed::save(&store, &format!("channel-{n}"), &cached).unwrap();
        }
        assert_eq!(sweep(&store, &named(&[]), NOW).unwrap().feeds, 2);
        assert!(feed::load(&store, "channel-0").is_some());
        assert!(feed::load(&store, "channel-9").is_none());
    }
}
