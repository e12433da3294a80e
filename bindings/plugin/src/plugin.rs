//! The plugin: lifecycle and calls in, the core's steps out to the host.
//!
//! In: lifecycle, [`Plugin::call`]. Out: pages, answers, events. May touch: what the core touches, through its ports.
//! Keeps: I1, I4, I13.

use crate::answer::{Answer, Owed};
use crate::bundle_info::{BundleInfo, Described};
use crate::call::{self, Call};
use crate::config::{Log, Settings};
use crate::event::Event;
use crate::host::{Host, Level};
use crate::method::Method;
use crate::progress::Progress;
use crate::roots::Roots;
use crate::runtime::Runtime;
use crate::setup::Setup;
use crate::tidy;
use crate::worker::Worker;
#[cfg(feature = "http")]
use aloft_core::edge;
use aloft_core::edge::ports::{Notice, Observer, System};
use aloft_core::model::facts::{Facts, Platform};
use aloft_core::updater::{Ports, Updater};
use serde_json::Value;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError, Weak};

/// One for each app process.
pub struct Plugin {
    pub(crate) settings: Settings,
    pub(crate) updater: Updater,
    /// Version of the plugin's package.
    pub(crate) version: String,
    pub(crate) platform: Platform,
    /// What the platform's store knows the app by.
    pub(crate) native_app_id: String,
    /// Did the app name this device in this process?
    pub(crate) named: AtomicBool,
    pub(crate) host: Arc<dyn Host>,
    pub(crate) system: Arc<dyn System>,
    worker: Worker,
    pub(crate) me: Weak<Self>,
    facts: Mutex<Option<Facts>>,
    progress: Progress,
    prepared: Once,
    pub(crate) runtime: Runtime,
}

impl Plugin {
    /// Open the plugin on this machine's files, network and clock. No I/O; never fails: what is wrong with the config is in
    /// `status` and in the log.
    #[cfg(feature = "http")]
    pub fn open(setup: &Setup, host: Arc<dyn Host>) -> Arc<Self> {
        let ports = Ports {
            fs: Arc::new(edge::fs::DiskFs),
            connect: Arc::new(edge::http::UreqConnect),
            system: Arc::new(edge::system::Os::default()),
            secrets: secrets(setup),
            observer: Arc::new(edge::ports::Silent),
        };
        Self::open_with(setup, host, ports)
    }

    /// Open the plugin on these ports; its observer is replaced by the plugin's own.
    pub fn open_with(setup: &Setup, host: Arc<dyn Host>, ports: Ports) -> Arc<Self> {
        let settings = Settings::of(setup);
        let runtime = Runtime::new(settings.plan);
        let plugin = Arc::new_cyclic(|me: &Weak<Self>| {
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
                progress: Progress::default(),
                prepared: Once::new(),
                runtime,
            }
        });
        for problem in &plugin.settings.problems {
            plugin.log(Level::Warning, &format!("{}: {}", problem.code, problem.detail));
        }
        plugin
    }

    /// Do `method`. What needs no network is answered before this returns; the rest from the worker's thread (I13). Answered
    /// exactly once, but for `pageBegan`, which nobody waits for.
    pub fn call(&self, method: &str, options: &Value, answer: Answer) {
        let owed = Owed::new(answer);
        match method.parse::<Method>() {
            Ok(method) => method.by(Call { plugin: self, method, options, owed }),
            Err(_) => owed.give::<()>(Err(call::unknown(method))),
        }
    }

    /// Do this on the worker, after what waits there (I13).
    pub(crate) fn work(&self, job: impl FnOnce(&Self) + Send + 'static) {
        let me = self.me.clone();
        self.worker.run(Box::new(move || {
            if let Some(plugin) = me.upgrade() {
                plugin.prepared.call_once_force(|_| tidy::prepare(&plugin));
                plugin.progress.begin();
                job(&plugin);
            }
        }));
    }

    /// Remove what nobody goes back to, if the config wants that.
    pub(crate) fn tidy(&self) {
        let unneeded = tidy::unneeded(&self.updater.state(), self.settings.tidy);
        if !unneeded.is_empty() {
            self.work(move |plugin| tidy::remove(plugin, &unneeded));
        }
    }

    /// Bundles as JavaScript sees them, out of one reading of the state.
    pub(crate) fn described(&self) -> Described {
        let described = Described::new(self.updater.state(), self.native(), self.system.unix_seconds());
        described.showing(self.runtime.shown())
    }

    /// The bundle that this process shows.
    pub(crate) fn current(&self) -> BundleInfo {
        self.described().current()
    }

    /// Name of the native version; empty before the host told it.
    pub(crate) fn native(&self) -> String {
        let facts = lock(&self.facts);
        facts.as_ref().map(|facts| facts.build.name.clone()).unwrap_or_default()
    }

    /// A line for the system's log, if the app wants one.
    pub(crate) fn log(&self, level: Level, line: &str) {
        if self.settings.log == Log::Write {
            self.host.log(level, line);
        }
    }

    pub(crate) fn told(&self, facts: &Facts) -> Facts {
        let mut facts = facts.clone();
        if let Some(version) = &self.settings.version {
            facts.build.name.clone_from(version);
        }
        *lock(&self.facts) = Some(facts.clone());
        facts
    }
}

/// Where the device id and the installation's nonce are kept: on iOS the Keychain, elsewhere files.
#[cfg(feature = "http")]
fn secrets(setup: &Setup) -> Arc<dyn edge::ports::SecretStore> {
    #[cfg(target_os = "ios")]
    let store = edge::secrets::KeychainSecrets::new(&setup.native_app_id);
    #[cfg(not(target_os = "ios"))]
    let store = edge::secrets::FileSecrets::new(setup.data.join("secrets"));
    Arc::new(store)
}

/// A thread that panicked while it held the lock left whole values: they are replaced, never changed in pieces.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Hears the core on behalf of the plugin.
struct Watcher(Weak<Plugin>);

impl Observer for Watcher {
    fn notice(&self, notice: &Notice) {
        let Some(plugin) = self.0.upgrade() else { return };
        if let Notice::Log { line } = notice {
            plugin.log(Level::Info, line);
        }
        if let Some((version, percent)) = plugin.progress.on(notice) {
            plugin.emit(Event::progress(&version, percent));
        }
    }
}
