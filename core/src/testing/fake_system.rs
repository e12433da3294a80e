//! A clock that moves when told, seeded randomness, and a list of living processes.
//!
//! In: what a test sets. Out: that, and the same random bytes for the same seed. May touch: memory. Keeps: nothing.

use crate::edge::ports::{Fs, System};
use sha2::Digest as _;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A system under a test's control.
#[derive(Debug)]
pub struct FakeSystem(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    unix: u64,
    monotonic: u64,
    slept: u64,
    random: [u8; 32],
    alive: BTreeMap<u32, u64>,
}

impl FakeSystem {
    /// A system at 2026-11-20T10:00:00Z with no other process alive.
    pub fn new(seed: u64) -> Self {
        let random = sha2::Sha256::digest(seed.to_be_bytes()).into();
        Self(Mutex::new(Inner { unix: 1_795_168_800, monotonic: 0, slept: 0, random, alive: BTreeMap::new() }))
    }

    /// A system whose clock agrees with a disk: it begins at the time of `folder`, which the test has just made there.
    ///
    /// The core compares the clock with the times of files, and a real disk gives its files the time at which the test runs.
    /// A disk in memory that gives no times leaves the clock where [`FakeSystem::new`] puts it.
    pub fn on_disk(seed: u64, fs: &dyn Fs, folder: &Path) -> Self {
        let system = Self::new(seed);
        let modified = fs.stat(folder).ok().flatten().map_or(0, |stat| stat.modified);
        if modified > 0 {
            system.set_unix(modified);
        }
        system
    }

    /// Let `millis` pass on all clocks.
    pub fn pass(&self, millis: u64) {
        let mut inner = self.inner();
        inner.monotonic += millis;
        inner.unix += millis / 1000;
    }

    /// Let `millis` pass while the device sleeps: monotonic time stands still.
    pub fn sleep(&self, millis: u64) {
        let mut inner = self.inner();
        inner.slept += millis;
        inner.unix += millis / 1000;
    }

    /// Set the wall clock alone, as a user may.
    pub fn set_unix(&self, seconds: u64) {
        self.inner().unix = seconds;
    }

    /// A process lives.
    pub fn born(&self, pid: u32, started: u64) {
        self.inner().alive.insert(pid, started);
    }

    /// It died.
    pub fn died(&self, pid: u32) {
        self.inner().alive.remove(&pid);
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl System for FakeSystem {
    fn unix_seconds(&self) -> u64 {
        self.inner().unix
    }

    fn monotonic(&self) -> u64 {
        self.inner().monotonic
    }

    fn elapsed(&self) -> u64 {
        let inner = self.inner();
        inner.monotonic + inner.slept
    }

    fn random(&self, bytes: &mut [u8]) {
        let mut inner = self.inner();
        for chunk in bytes.chunks_mut(32) {
            inner.random = sha2::Sha256::digest(inner.random).into();
            chunk.iter_mut().zip(inner.random).for_each(|(to, from)| *to = from);
        }
    }

    fn alive(&self, pid: u32, started: u64) -> bool {
        self.inner().alive.get(&pid).is_some_and(|start| started == 0 || *start == started)
    }
}
