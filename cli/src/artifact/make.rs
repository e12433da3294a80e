//! Several artifacts of one bundle, made at the same time.
//!
//! In: a bundle, the ways it shall be sent. Out: an artifact for each way, in order. May touch: what making each of them touches;
//! threads that end before the call returns. Keeps: no more at once than there are cores, since each may take much memory.

use super::{Made, pack, seal, zip};
use crate::bundle::Bundle;
use crate::failure::Result;
use aloft_core::model::config::EncryptionKey;
use aloft_pack::make::Report;
use indicatif::ProgressBar;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::thread;

/// How a bundle is sent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way<'a> {
    /// As a zip.
    Zip,
    /// As a pack that needs no base.
    Whole,
    /// As a pack for devices that have this one.
    Delta(&'a Bundle),
}

/// For which app artifacts are, and how they are encrypted.
#[derive(Clone, Copy)]
pub(crate) struct Sealing<'a> {
    /// The app's id.
    pub(crate) app: &'a str,
    /// None: they are not.
    pub(crate) key: Option<&'a EncryptionKey>,
}

/// Make `target` in each of these ways. What a zip's bytes are spent on is not told.
pub(crate) fn all(
    target: &Bundle,
    ways: &[Way<'_>],
    sealing: Sealing<'_>,
    bar: &ProgressBar,
) -> Vec<Result<(Made, Report)>> {
    bar.set_length(target.files.size() * ways.len() as u64);
    let made = side_by_side(ways, &|way| make(target, *way, sealing, bar));
    bar.finish_and_clear();
    made
}

fn make(target: &Bundle, way: Way<'_>, sealing: Sealing<'_>, bar: &ProgressBar) -> Result<(Made, Report)> {
    let share = Share { bar, size: target.files.size(), told: AtomicU64::new(0) };
    let progress = |done, total| share.tell(done, total);
    let (kind, base, (plain, report)) = match way {
        Way::Zip => (zip::KIND, None, (zip::zip(target, bar)?, Report::default())),
        Way::Whole => (pack::KIND, None, pack::pack(None, target, &progress)?),
        Way::Delta(base) => (pack::KIND, Some(base.files.root()), pack::pack(Some(base), target, &progress)?),
    };
    Ok((seal(plain, kind, base, sealing.app, sealing.key)?, report))
}

/// What one artifact moves the bar by: the size of the bundle, however its maker counts.
struct Share<'a> {
    bar: &'a ProgressBar,
    size: u64,
    told: AtomicU64,
}

impl Share<'_> {
    fn tell(&self, done: u64, total: u64) {
        let now = u128::from(self.size) * u128::from(done.min(total)) / u128::from(total.max(1));
        let now = u64::try_from(now).unwrap_or(self.size);
        self.bar.inc(now.saturating_sub(self.told.fetch_max(now, Relaxed)));
    }
}

/// Do each of `jobs`, as many at once as there are cores; the results in their order.
pub(crate) fn side_by_side<J: Sync, T: Send>(jobs: &[J], act: &(dyn Fn(&J) -> T + Sync)) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Relaxed);
            let Some(job) = jobs.get(at) else { return done };
            done.push((at, act(job)));
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(jobs.len());
    let mut done = thread::scope(|scope| {
        // A thread that the system refuses leaves its share to the others.
        let start = |_| thread::Builder::new().spawn_scoped(scope, work).ok();
        let others: Vec<_> = (1..threads).filter_map(start).collect();
        let mut done = work();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_jobs() {
        let jobs: Vec<u32> = (0..100).collect();
        assert_eq!(side_by_side(&jobs, &|job| job * 2), jobs.iter().map(|job| job * 2).collect::<Vec<_>>());
        assert!(side_by_side(&[] as &[u32], &|job| *job).is_empty());
    }

    #[test]
    fn a_maker_that_counts_in_its_own_way_moves_the_bar_by_the_bundles_size() {
        let bar = ProgressBar::hidden();
        let share = Share { bar: &bar, size: 1000, told: AtomicU64::new(0) };
        for (done, total, at) in [(0, 7, 0), (3, 7, 428), (2, 7, 428), (7, 7, 1000), (9, 7, 1000)] {
            share.tell(done, total);
            assert_eq!(bar.position(), at);
        }
    }
}
