//! The façade: one object for each data folder and process, the arrows of the rooms strung together.
//!
//! In: calls of the host. Out: what to show, and what there is. May touch: everything, through the rooms and [`Ports`].
//! Keeps: I1 (`open` and every boot call give something that boots), I13 (boot calls never wait for the worker's).
//!
//! Two families of calls, by who may make them:
//!
//! * **Boot calls** (`launch` to `terminating`, `tick`, `confirm`, `fail`, …): safe on a main thread; they read and write
//!   small files under the state lock and never wait for the network or for an install.
//! * **The worker's calls** (`check`, `update`, `install`, `stage`, …): they block, some for minutes; one runs at a time, and a
//!   second answers that it is already running.
//!
//! No lock that a boot call waits for is held while the observer is called.

mod base;
mod boot;
mod check;
mod delays;
mod identity;
mod install;
mod look;
mod memory;
mod owed;
mod remember;
mod types;
mod worker;

pub use types::{
    Change, CheckStatus, Checked, Ports, Problem, Serve, Skipped, Status, Step, UpdateStatus, Updated, Wanted,
};

pub use crate::model::event::{Proof, ResetTo};
pub use crate::model::mode::{Asked, Native, Readiness, Then};

use crate::edge::ports::{Notice, Transport};
use crate::keep::Store;
use crate::model::config::Config;
use crate::model::event::{Asker, Event, Outcome, RenderExit, Staging};
use crate::model::facts::{Exit, Facts};
use crate::model::report::Report;
use crate::model::state::Kept;
use crate::model::text::brief;
use crate::model::{BundleId, BundleRef, Code, DeviceId, Digest, Error, Result, Token};
use memory::Boot;
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Keeps one app's web bundle up to date and bootable. Share it behind an `Arc`.
pub struct Updater {
    config: Config,
    ports: Ports,
    store: Store,
    boot: Mutex<Boot>,
    /// Log lines of boot calls, until the boot lock is free.
    lines: Mutex<Vec<String>>,
    /// Held for a whole run of the worker; beside it the file lock keeps other processes out.
    install: Mutex<()>,
    running: Mutex<Option<Arc<dyn Transport>>>,
    /// This process's id while none can be kept.
    provisional: OnceLock<DeviceId>,
    cancelled: AtomicBool,
}

impl Updater {
    /// Open the data folder at the absolute path `root`. No I/O: the first call does it. Never fails: what is wrong is in
    /// [`Status::problems`], and something is served all the same (I1).
    pub fn open(config: Config, ports: Ports, root: impl Into<PathBuf>) -> Self {
        Self {
            store: Store::new(ports.fs.clone(), root).starting_at(config.start_file.clone()),
            boot: Mutex::new(Boot::new(&ports)),
            lines: Mutex::default(),
            install: Mutex::new(()),
            running: Mutex::new(None),
            provisional: OnceLock::new(),
            cancelled: AtomicBool::new(false),
            config,
            ports,
        }
    }

    /// Tell facts without a launch: for a process that only works, such as a background job. No I/O.
    pub fn inform(&self, facts: &Facts) {
        self.boot().inform(facts);
    }

    /// Decide what to show: the first call of a process that shows pages. Small file I/O, at most one synced write unless
    /// writing fails, waits at most 100 ms for another process. Safe on a main thread. Always serves something (I1). Where
    /// the state could not be read (a locked device), a call again decides, and so does `foreground`, if no page has begun.
    pub fn launch(&self, facts: &Facts) -> Step {
        self.boot_launch(facts)
    }

    /// A new web view or Activity in this process: the same decision, the same token. Safe on a main thread.
    pub fn attached(&self) -> Step {
        self.event(&Event::Attached)
    }

    /// A page announced itself with the token its document-start script was given (I4). Safe on a main thread.
    pub fn page_began(&self, token: &Token) -> Step {
        self.event(&Event::PageBegan(token.clone()))
    }

    /// The app is active. Serves what waited for the foreground. Safe on a main thread.
    pub fn foreground(&self) -> Step {
        self.event(&Event::Foreground)
    }

    /// The app is about to leave the foreground. Safe on a main thread.
    pub fn background(&self) -> Step {
        self.event(&Event::Background)
    }

    /// The system says that the process ends. Safe on a main thread.
    pub fn terminating(&self) -> Step {
        self.event(&Event::Terminating)
    }

    /// The timer of the last [`Step::wake_after`] fired. Safe on a main thread.
    pub fn tick(&self) -> Step {
        self.event(&Event::Tick)
    }

    /// When `tick` is to be called, in monotonic milliseconds; none: nothing to wait for. What [`Step::wake_after`] says, for
    /// those who cannot keep their steps in order. No I/O. Safe on a main thread.
    pub fn due(&self) -> Option<u64> {
        self.boot_due()
    }

    /// Is this what is shown, or about to be? A serve that another one followed is not. No I/O. Safe on a main thread.
    pub fn shows(&self, token: &Token) -> bool {
        self.boot().machine.session.showing().is_some_and(|showing| showing.token == *token)
    }

    /// The renderer of the page with `token` is gone. Safe on a main thread.
    pub fn render_gone(&self, token: &Token, exit: Exit) -> Step {
        let crashed = matches!(exit, Exit::Crash | Exit::NativeCrash | Exit::Anr | Exit::InitFailure | Exit::SelfExit);
        let exit = if crashed { RenderExit::Crashed } else { RenderExit::Killed };
        self.event(&Event::RenderGone(token.clone(), exit))
    }

    /// Show the same bundle again under a new token; `asker` says whether the page wanted it. Safe on a main thread.
    pub fn reload(&self, asker: Asker) -> Step {
        self.event(&Event::Reload(asker))
    }

    /// The page says that it is ready (I4). Takes milliseconds, also while an install runs (I13). Safe on a main thread.
    pub fn confirm(&self, proof: &Proof) -> Step {
        self.event(&Event::Confirmed(proof.clone()))
    }

    /// The page with `token` says that it is broken: left at once. Safe on a main thread.
    pub fn fail(&self, token: &Token, reason: &str) -> Step {
        self.event(&Event::Failed(token.clone(), reason.to_owned()))
    }

    /// Show `bundle` at once, on trial unless it is confirmed. Small file I/O. Safe on a main thread.
    ///
    /// # Errors
    /// `blocked`, `withdrawn`, `bundle_missing`; storage errors: then nothing has changed.
    pub fn activate(&self, bundle: &BundleRef) -> Result<Step> {
        self.asked(&Event::Activated(bundle.clone()))
    }

    /// Go back to builtin or to the last good bundle, at once. Blocks nothing; floors stay. Safe on a main thread.
    ///
    /// # Errors
    /// Storage errors: then nothing has changed.
    pub fn reset(&self, to: ResetTo) -> Result<Step> {
        self.asked(&Event::Reset(to))
    }

    /// Make a kept bundle, or builtin, the next one. By hand, so a block does not hold. Small file I/O.
    ///
    /// # Errors
    /// `unknown_bundle`, `withdrawn`, `bundle_missing`; storage errors.
    pub fn stage(&self, bundle: &BundleRef) -> Result<Step> {
        let staging = match bundle {
            BundleRef::Builtin => Staging::Builtin,
            BundleRef::Kept(id) => Staging::Bundle(Box::new(self.kept(id)?)),
        };
        self.asked(&Event::Staged(staging, crate::model::event::Choice::ByHand))
    }

    /// Forget a kept bundle; its files go with the next sweep. Small file I/O.
    ///
    /// # Errors
    /// `protected` when a slot names it, `unknown_bundle`; storage errors.
    pub fn remove(&self, id: &BundleId) -> Result<Step> {
        self.asked(&Event::Removed(id.clone()))
    }

    /// Forget what a content (its root) or an artifact (its digest) did. Small file I/O.
    ///
    /// # Errors
    /// `unknown_bundle` when nothing is known against it; storage errors.
    pub fn unblock(&self, digest: Digest) -> Result<Step> {
        self.asked(&Event::Unblocked(digest))
    }

    /// The kept bundles. Small file I/O.
    pub fn bundles(&self) -> Vec<Kept> {
        self.fresh().state().bundles.clone()
    }

    /// Reports that were not acknowledged, oldest first (I11). Small file I/O.
    pub fn reports(&self) -> Vec<Report> {
        self.fresh().state().reports.entries().to_vec()
    }

    /// Drop the reports up to and with this one: they were read. Small file I/O.
    ///
    /// # Errors
    /// Storage errors: then they are kept.
    pub fn acknowledge(&self, report: u64) -> Result<()> {
        self.amend(|state| state.reports.acknowledge(report))
    }

    /// End the running check or update within a second; before its connection stands, within the connect limit. What was
    /// downloaded is kept. Safe on a main thread.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        let running = lock(&self.running).clone();
        if let Some(transport) = running {
            transport.cancel();
        }
    }

    fn kept(&self, id: &BundleId) -> Result<Kept> {
        let unknown = || Error::refused(Code::UnknownBundle, format!("no bundle {id}"));
        self.fresh().state().kept(id).cloned().ok_or_else(unknown)
    }

    fn event(&self, event: &Event) -> Step {
        self.boot_event(event).0
    }

    /// An event that somebody asked for: what could not be done is an error.
    fn asked(&self, event: &Event) -> Result<Step> {
        let (step, unwritten) = self.boot_event(event);
        match (&step.outcome, unwritten) {
            (_, Some(error)) => Err(error),
            (Outcome::Refused(refusal), None) => Err(install::refused(*refusal)),
            (Outcome::NotFound, None) => Err(Error::refused(Code::UnknownBundle, "there is no such bundle")),
            _ => Ok(step),
        }
    }

    fn boot(&self) -> BootRoom<'_> {
        BootRoom { boot: lock(&self.boot), _lines: Lines(self) }
    }

    /// The boot room after reading what other processes wrote.
    fn fresh(&self) -> BootRoom<'_> {
        let mut boot = self.boot();
        boot.refresh(&self.store);
        boot
    }

    /// Tell the observer; never under the boot lock.
    fn log(&self, line: &str) {
        self.ports.observer.notice(&Notice::Log { line: brief(line) });
    }

    /// Tell the observer when the boot lock is free.
    fn log_later(&self, line: String) {
        lock(&self.lines).push(line);
    }
}

/// The boot lock. Its members are dropped in this order: the lock is free when the observer hears what was logged under it.
struct BootRoom<'a> {
    boot: MutexGuard<'a, Boot>,
    _lines: Lines<'a>,
}

impl Deref for BootRoom<'_> {
    type Target = Boot;

    fn deref(&self) -> &Boot {
        &self.boot
    }
}

impl DerefMut for BootRoom<'_> {
    fn deref_mut(&mut self) -> &mut Boot {
        &mut self.boot
    }
}

struct Lines<'a>(&'a Updater);

impl Drop for Lines<'_> {
    fn drop(&mut self) {
        let lines = std::mem::take(&mut *lock(&self.0.lines));
        for line in lines {
            self.0.log(&line);
        }
    }
}

/// A thread that panicked while it held the lock left whole values: they are replaced, never changed in pieces.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
