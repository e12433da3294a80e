//! What a process that shows pages remembers of them and of its updates.
//!
//! Keeps: one order of commands and of host calls over all threads.

use crate::mode::{Cycle, UpdateCommand, UpdatePlan};
use crate::outbox::Outbox;
use crate::serial_queue::SerialQueue;
use aloft_core::model::{BundleRef, Token};
use aloft_core::updater::{Problem, Serve};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, OnceLock};

/// What a process that shows pages remembers; never written.
pub(crate) struct Runtime {
    pub(crate) updates: SerialQueue<CycleQueue>,
    pub(crate) outbox: Outbox,
    /// When the host's only timer fires, in monotonic milliseconds; none: it is not set.
    pub(crate) timer: Mutex<Option<u64>>,
    /// Whether the app was told what the launch decided.
    pub(crate) told: AtomicBool,
    missed: OnceLock<Problem>,
}

/// The update cycle, and its commands that were not carried out yet.
pub(crate) struct CycleQueue {
    pub(crate) cycle: Cycle,
    pub(crate) commands: VecDeque<UpdateCommand>,
}

impl Iterator for CycleQueue {
    type Item = UpdateCommand;

    fn next(&mut self) -> Option<UpdateCommand> {
        self.commands.pop_front()
    }
}

/// What came of the app's request for a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum Triggered {
    /// A check begins.
    Queued,
    /// A check is going on.
    AlreadyRunning,
    /// There is no site to ask, or updates stand down.
    Unavailable,
}

impl Runtime {
    /// Makes the memory of a process that has not launched.
    pub(crate) fn new(plan: UpdatePlan) -> Self {
        Self {
            updates: SerialQueue::new(CycleQueue { cycle: Cycle::new(plan), commands: VecDeque::new() }),
            outbox: Outbox::new(),
            timer: Mutex::default(),
            told: AtomicBool::default(),
            missed: OnceLock::new(),
        }
    }

    /// Gives the bundle that this process shows.
    pub(crate) fn shown(&self) -> BundleRef {
        self.serve().map_or(BundleRef::Builtin, |serve| serve.bundle)
    }

    /// Gives what this process shows; none: the builtin web assets, without the plugin.
    pub(crate) fn serve(&self) -> Option<Serve> {
        self.outbox.shown()
    }

    /// Makes events wait for the next page, because the page of this serve is gone.
    pub(crate) fn page_gone(&self, token: &Token) {
        self.outbox.page_gone(token);
    }

    /// Tells why the core did not decide what this process shows.
    pub(crate) fn missed(&self) -> Option<&Problem> {
        self.missed.get()
    }

    /// Remembers why the core did not decide what this process shows.
    pub(crate) fn miss(&self, why: Problem) {
        let _ = self.missed.set(why);
    }
}
