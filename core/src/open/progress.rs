//! How far a long call is, and whether it may go on.
//!
//! In: bytes as they are written. Out: notices, `cancelled`. May touch: the observer, in the thread of the caller.
//! Keeps: I10 (a cancelled call ends within the time that one piece takes).

use crate::edge::ports::{Notice, Observer, System};
use crate::model::{Code, Error, Result};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Milliseconds between two notices of progress.
const PACE: u64 = 100;

/// How a caller follows a long call, and ends it.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Time, for the pace of notices.
    pub system: &'a dyn System,
    /// Told of progress in the thread of the caller: at the beginning, at most ten times a second, and at the end.
    pub observer: &'a dyn Observer,
    /// Set by another thread to end the call with `cancelled`, within the time that 256 KiB take.
    pub cancel: &'a AtomicBool,
}

/// What all threads of a call have written.
pub(super) struct Progress<'a> {
    watch: Watch<'a>,
    done: AtomicU64,
    total: u64,
}

/// One thread's view of it.
pub(super) struct Pace<'a> {
    progress: &'a Progress<'a>,
    /// When it tells next, in monotonic milliseconds.
    due: Cell<u64>,
}

impl<'a> Progress<'a> {
    /// Tell that `total` bytes begin.
    pub(super) fn begin(watch: Watch<'a>, total: u64) -> Self {
        let progress = Self { watch, done: AtomicU64::new(0), total };
        progress.tell(0);
        progress
    }

    /// For the thread of the caller, which tells.
    pub(super) fn telling(&self) -> Pace<'_> {
        Pace { progress: self, due: Cell::new(self.watch.system.monotonic().saturating_add(PACE)) }
    }

    /// For any other thread.
    pub(super) fn silent(&self) -> Pace<'_> {
        Pace { progress: self, due: Cell::new(u64::MAX) }
    }

    /// Tell that everything is written.
    pub(super) fn end(&self) {
        self.tell(self.total);
    }

    fn tell(&self, done: u64) {
        self.watch.observer.notice(&Notice::Progress { phase: "unpack", done, total: self.total });
    }
}

impl Pace<'_> {
    /// So many bytes more are written; 0: still alive.
    pub(super) fn moved(&self, bytes: u64) -> Result<()> {
        let Progress { watch, total, .. } = self.progress;
        let done = self.progress.done.fetch_add(bytes, Relaxed) + bytes;
        if watch.cancel.load(Relaxed) {
            return Err(cancelled());
        }
        let now = watch.system.monotonic();
        if now >= self.due.get() && done < *total {
            self.due.set(now.saturating_add(PACE));
            self.progress.tell(done);
        }
        Ok(())
    }
}

/// What a call ends with that was told to.
pub(super) fn cancelled() -> Error {
    Error::Network { code: Code::Cancelled, phase: "unpacking", source: None }
}
