//! Removes what nothing needs: bundles that no slot names and no process serves, old downloads, feeds beyond eight.
//!
//! In: the ids that the state names, after it was written to both slots. Out: what was removed. May touch: `bundles/`,
//! `partial/`, `feed/`. Only the worker calls this, under the install lock and after a page began.
//! Keeps: I2 (no cut leaves half a bundle that counts as present), I7 (a named bundle stays, in whichever case it is listed), I10.
//! A cut sweep is taken up by the next one, and what cannot be removed is passed by.

use super::listed::{Group, groups};
use super::{Store, names, partial};
use crate::edge::ports::LockKind;
use crate::model::{BundleId, Result};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

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
    Ok(!unnamed(store, named)?.is_empty()
        || names_in(store, names::FEED)?.len() > FEEDS
        || !partial::doomed(store, now)?.is_empty())
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
    let (mut doomed, mut failed) = (Vec::new(), Ok(()));
    for Group { companions, files } in unnamed(store, named)? {
        match unseal_all(store, &folder, &companions) {
            Ok(Sealed::No) => doomed.push(files),
            Ok(Sealed::Held) => {}
            Err(error) => failed = failed.and(Err(error)),
        }
    }
    if doomed.is_empty() {
        return failed.map(|()| 0);
    }
    // The seals first, and durably: a bundle without one is not present, so its files may go in any order (I2).
    store.fs().flush_batch(&[], std::slice::from_ref(&folder)).map_err(store.failed("flush", &folder))?;
    let paths = doomed.iter().flatten().map(|name| folder.join(name));
    failed.and(store.remove_all(paths)).map(|()| doomed.len())
}

/// What in `bundles/` belongs to none of `named`.
fn unnamed(store: &Store, named: &BTreeSet<BundleId>) -> Result<Vec<Group>> {
    let named: BTreeSet<String> = named.iter().map(|id| id.as_str().to_ascii_lowercase()).collect();
    let groups = groups(names_in(store, names::BUNDLES)?, names::SEAL_SUFFIX).into_iter();
    Ok(groups.filter(|(stem, _)| !named.contains(stem)).map(|(_, group)| group).collect())
}

fn names_in(store: &Store, folder: &str) -> Result<Vec<String>> {
    let folder = store.path(folder);
    store.fs().list(&folder).map_err(store.failed("list", &folder))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sealed {
    Held,
    No,
}

/// Remove a bundle's seals: one, unless the file system tells apart what differs in case.
fn unseal_all(store: &Store, folder: &Path, seals: &[String]) -> Result<Sealed> {
    let mut results = seals.iter().map(|seal| unseal(store, &folder.join(seal)));
    results.try_fold(Sealed::No, |all, one| Ok(if all == Sealed::Held { all } else { one? }))
}

/// Remove a seal, unless a process holds it because it serves the bundle. What is no plain file nobody holds.
fn unseal(store: &Store, seal: &Path) -> Result<Sealed> {
    let stat = store.fs().stat(seal).map_err(store.failed("read", seal))?;
    let _lock = match stat {
        Some(stat) if stat.is_file() => match store.lock(seal, LockKind::Exclusive, 0)? {
            None => return Ok(Sealed::Held),
            lock => lock,
        },
        _ => None,
    };
    store.fs().remove(seal).map_err(store.failed("remove", seal))?;
    Ok(Sealed::No)
}

fn feeds(store: &Store) -> Result<usize> {
    let folder = store.path(names::FEED);
    let listed = names_in(store, names::FEED)?;
    let modified = |path: &PathBuf| store.fs().stat(path).ok().flatten().map_or(0, |stat| stat.modified);
    let mut files: Vec<_> = listed.iter().map(|name| folder.join(name)).map(|path| (modified(&path), path)).collect();
    files.sort_unstable_by(|a, b| b.cmp(a));
    let doomed = files.split_off(files.len().min(FEEDS));
    let count = doomed.len();
    store.remove_all(doomed.into_iter().map(|(_, path)| path)).map(|()| count)
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
    fn i10_a_name_that_sweep_cannot_remove_ends_it_for_that_name_alone() {
        let (_, store) = three();
        let seal = store.seal(&id(2));
        store.fs().remove_file(&seal).unwrap();
        for folder in [seal.clone(), seal.join("below")] {
            store.fs().create_dir(&folder).unwrap();
        }
        store.fs().create_dir(&store.path("partial/folder")).unwrap();
        assert_eq!(sweep(&store, &named(&[1]), NOW).unwrap(), Swept { bundles: 2, partials: 1, feeds: 0 });
        assert_eq!(list(&store, "bundles"), [id(1).to_string(), format!("{}.seal", id(1))]);
        assert_eq!(list(&store, "partial"), [""; 0]);
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
