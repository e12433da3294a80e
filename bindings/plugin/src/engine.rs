//! The plugin's state, and what its methods and its lifecycle share.
//!
//! In: ports, settings, jobs. Out: events, log lines, work for the worker. May touch: what the core touches, through its ports.
//! Keeps: I4, I13.

mod steps;
mod updates;

use crate::bundle_info::{BundleInfo, Described};
use crate::config::{OsLog, PluginSettings};
use crate::event::Event;
use crate::host::{Host, Level};
use crate::progress::DownloadProgress;
use crate::refusal::Refusal;
use crate::roots::Roots;
use crate::runtime::Runtime;
use crate::setup::Setup;
use crate::sync::lock;
use crate::tidy;
use crate::worker::Worker;
use aloft_core::edge::ports::{Notice, Observer, System};
use aloft_core::model::Error;
use aloft_core::model::facts::{Facts, Platform};
use aloft_core::updater::{Ports, Updater};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, Once, Weak};

/// The state of the plugin, and what its methods and its lifecycle do with it. One for each app process.
pub(crate) struct Engine {
    pub(crate) settings: PluginSettings,
    pub(crate) updater: Updater,
    /// Version of the plugin's package.
    pub(crate) version: String,
    pub(crate) platform: Platform,
    /// The id of the app in the store of its platform.
    pub(crate) native_app_id: String,
    /// Whether the app named this device in this process.
    pub(crate) named: AtomicBool,
    pub(crate) host: Arc<dyn Host>,
    pub(crate) system: Arc<dyn System>,
    worker: Worker,
    pub(crate) me: Weak<Self>,
    facts: Mutex<Option<Facts>>,
    progress: DownloadProgress,
    prepared: Once,
    pub(crate) runtime: Runtime,
}

impl Engine {
    /// Opens the engine on these ports and replaces their observer by its own. No I/O.
    pub(crate) fn open(setup: &Setup, host: Arc<dyn Host>, ports: Ports) -> Arc<Self> {
        let settings = PluginSettings::of(setup);
        let runtime = Runtime::new(settings.plan);
        let engine = Arc::new_cyclic(|me: &Weak<Self>| {
            let roots = Roots { inner: ports.connect, fs: ports.fs.clone(), file: setup.tls_roots.clone() };
            let observer = Arc::new(Watcher(me.clone()));
            let system = ports.system.clone();
            let ports = Ports { connect: Arc::new(roots), observer, ..ports };
            Self {
                updater: Updater::open(settings.core.clone(), ports, &setup.data),
                settings,
                version: setup.plugin_version.clone(),
                platform: setup.platform,
                native_app_id: setup.native_app_id.clone(),
                named: AtomicBool::default(),
                worker: Worker::new(host.clone()),
                host,
                system,
                me: me.clone(),
                facts: Mutex::default(),
                progress: DownloadProgress::default(),
                prepared: Once::new(),
                runtime,
            }
        });
        for problem in &engine.settings.problems {
            engine.log(Level::Warning, &format!("{}: {}", problem.code, problem.detail));
        }
        engine
    }

    /// Queues this for the worker, behind what waits there (I13).
    pub(crate) fn work(&self, job: impl FnOnce(&Self) + Send + 'static) {
        let me = self.me.clone();
        self.worker.run(Box::new(move || {
            if let Some(engine) = me.upgrade() {
                engine.prepared.call_once_force(|_| engine.forget());
                engine.progress.begin();
                job(&engine);
            }
        }));
    }

    /// Queues the removal of bundles that nobody goes back to, if the config wants that.
    pub(crate) fn tidy(&self) {
        let unneeded = tidy::unneeded(&self.updater.state(), self.settings.tidy);
        if !unneeded.is_empty() {
            self.work(move |engine| engine.log_errors(&tidy::remove(&engine.updater, &unneeded)));
        }
    }

    /// Refuses a call while updates stand down.
    pub(crate) fn works(&self) -> Result<(), Refusal> {
        match self.settings.stand_down {
            Some(why) => Err(Refusal::new(Refusal::STAND_DOWN, format!("updates leave this app alone: {why}"))),
            None => Ok(()),
        }
    }

    /// Gives the bundles as JavaScript sees them, from one reading of the state.
    pub(crate) fn described(&self) -> Described {
        let described = Described::new(self.updater.state(), self.native(), self.system.unix_seconds());
        described.showing(self.runtime.shown())
    }

    /// Gives the bundle that this process shows.
    pub(crate) fn current(&self) -> BundleInfo {
        self.described().current()
    }

    /// Gives the name of the native version; empty before the host told it.
    pub(crate) fn native(&self) -> String {
        let facts = lock(&self.facts);
        facts.as_ref().map(|facts| facts.build.name.clone()).unwrap_or_default()
    }

    /// Writes a line to the system's log, if the app wants that.
    pub(crate) fn log(&self, level: Level, line: &str) {
        if self.settings.log == OsLog::Write {
            self.host.log(level, line);
        }
    }

    /// Forgets what the config does not let outlive a process.
    fn forget(&self) {
        self.log_errors(&tidy::prepare(&self.updater, &self.settings, &self.named));
    }

    fn log_errors(&self, errors: &[Error]) {
        for error in errors {
            self.log(Level::Info, &error.to_string());
        }
    }

    /// Tells the app as soon as there is a page to hear it.
    pub(crate) fn emit(&self, event: Event) {
        let keep = event.name().keep(self.settings.plan.mode);
        self.runtime.outbox.send(event, keep);
        self.deliver();
    }

    fn deliver(&self) {
        self.runtime.outbox.deliver(&*self.host, &*self.system);
    }

    /// Remembers the facts, with the name of the native version that the config may override.
    pub(crate) fn remember(&self, facts: &Facts) -> Facts {
        let mut facts = facts.clone();
        if let Some(version) = &self.settings.version {
            facts.build.name.clone_from(version);
        }
        *lock(&self.facts) = Some(facts.clone());
        facts
    }

    /// Monotonic milliseconds.
    pub(crate) fn now(&self) -> u64 {
        self.system.monotonic()
    }

    /// Elapsed milliseconds, sleep of the device included.
    pub(crate) fn elapsed(&self) -> u64 {
        self.system.elapsed()
    }
}

/// Passes notices of the core on to the engine.
struct Watcher(Weak<Engine>);

impl Observer for Watcher {
    fn notice(&self, notice: &Notice) {
        let Some(engine) = self.0.upgrade() else { return };
        if let Notice::Log { line } = notice {
            engine.log(Level::Info, line);
        }
        if let Some((version, percent)) = engine.progress.on(notice) {
            engine.emit(Event::progress(&version, percent));
        }
    }
}
