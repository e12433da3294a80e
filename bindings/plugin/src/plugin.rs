//! The plugin: lifecycle and calls in, the core's steps out to the host.
//!
//! In: lifecycle, [`Plugin::call`]. Out: pages, answers, events. May touch: what the core touches, through its ports.
//! Keeps: I1, I4, I13.

use crate::answer::{Answer, Owed};
use crate::bundle_info::{BundleInfo, Described};
use crate::call::{self, Call};
use crate::config::{Log, ServiceWorkers, Settings};
use crate::event::{Event, Nothing};
use crate::host::{Host, Leaving, Level, Load, Page};
use crate::method::Method;
use crate::progress::Progress;
use crate::roots::Roots;
use crate::script::document_start;
use crate::setup::Setup;
use crate::tidy;
use crate::worker::Worker;
use aloft_core::edge;
use aloft_core::edge::ports::{Notice, Observer, Silent, System};
use aloft_core::model::facts::{Exit, Facts};
use aloft_core::model::{BundleRef, Token};
use aloft_core::updater::{Asked, Ports, Serve, Step, Updater};
use serde::Serialize;
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError, Weak};

/// One for each app process.
pub struct Plugin {
    pub(crate) settings: Settings,
    pub(crate) updater: Updater,
    /// Version of the plugin's package.
    pub(crate) version: String,
    /// Did the app name this device in this process?
    pub(crate) named: AtomicBool,
    host: Arc<dyn Host>,
    system: Arc<dyn System>,
    worker: Worker,
    me: Weak<Self>,
    facts: Mutex<Option<Facts>>,
    /// What is shown; none: the builtin web assets, without us.
    shown: Mutex<Option<Serve>>,
    progress: Progress,
    prepared: Once,
    checking: AtomicBool,
}

/// What became of the wish for a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum Triggered {
    /// It begins.
    Queued,
    /// One is going on.
    AlreadyRunning,
    /// There is nobody to ask, or updates stand down.
    Unavailable,
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
            secrets: Arc::new(edge::secrets::FileSecrets::new(setup.data.join("secrets"))),
            observer: Arc::new(Silent),
        };
        Self::open_with(setup, host, ports)
    }

    /// Open the plugin on these ports; its observer is replaced by the plugin's own.
    pub fn open_with(setup: &Setup, host: Arc<dyn Host>, ports: Ports) -> Arc<Self> {
        let settings = Settings::of(setup);
        let plugin = Arc::new_cyclic(|me: &Weak<Self>| {
            let roots = Roots { inner: ports.connect, fs: ports.fs.clone(), file: setup.tls_roots.clone() };
            let observer = Arc::new(Watcher(me.clone()));
            let system = ports.system.clone();
            let ports = Ports { connect: Arc::new(roots), observer, ..ports };
            Self {
                updater: Updater::open(settings.core.clone(), ports, &setup.data),
                settings,
                version: setup.plugin_version.clone(),
                named: AtomicBool::default(),
                worker: Worker::new(host.clone()),
                host,
                system,
                me: me.clone(),
                facts: Mutex::default(),
                shown: Mutex::default(),
                progress: Progress::default(),
                prepared: Once::new(),
                checking: AtomicBool::default(),
            }
        });
        for problem in &plugin.settings.problems {
            plugin.log(Level::Warning, &format!("{}: {}", problem.code, problem.detail));
        }
        plugin
    }

    /// What the first page of this process shows; the host loads it. Small file I/O, safe on the main thread (I1).
    pub fn launch(&self, facts: &Facts) -> Page {
        let facts = self.told(facts);
        if let Some(why) = self.settings.stand_down {
            self.updater.inform(&facts);
            self.log(Level::Info, &format!("updates leave this app alone: {why}"));
            return Page { bundle: None, script: None, token: None, load: Load::Nothing };
        }
        self.first(self.updater.launch(&facts))
    }

    /// A new web view or Activity in this process: what it shows. Safe on the main thread.
    pub fn attached(&self) -> Page {
        if self.settings.stand_down.is_some() {
            return Page { bundle: None, script: None, token: None, load: Load::Nothing };
        }
        self.first(self.updater.attached())
    }

    /// The host could not wait for the core: this process shows the builtin web assets and only works. No I/O.
    pub fn missed(&self, facts: &Facts) {
        self.updater.inform(&self.told(facts));
        self.log(Level::Warning, "the core was not ready in time; this process shows the builtin web assets");
    }

    /// A page announced itself with its token (I4). Safe on the main thread.
    pub fn page_began(&self, token: &str) {
        if let Ok(token) = token.parse::<Token>() {
            self.apply(self.updater.page_began(&token));
        }
    }

    /// The app is active. Safe on the main thread.
    pub fn foreground(&self) {
        self.apply(self.updater.foreground());
    }

    /// The app leaves the foreground. Safe on the main thread.
    pub fn background(&self, _leaving: Leaving) {
        self.apply(self.updater.background());
    }

    /// The system says that the process ends. Safe on the main thread.
    pub fn terminating(&self) {
        self.apply(self.updater.terminating());
    }

    /// The timer of [`Host::wake`] fired. Safe on the main thread.
    pub fn tick(&self) {
        self.apply(self.updater.tick());
    }

    /// The renderer of the page that is shown is gone. Safe on the main thread.
    pub fn render_gone(&self, exit: Exit) {
        let token = self.shown().as_ref().map(|serve| serve.token.clone());
        if let Some(token) = token {
            self.apply(self.updater.render_gone(&token, exit));
        }
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

    /// Show what a step shows, and wake when it says so.
    pub(crate) fn apply(&self, step: Step) {
        if let Some(serve) = step.serve {
            let page = self.page(&serve, self.settings.reload);
            *self.shown() = Some(serve);
            self.host.show(page);
            self.emit(&Event::AppReloaded(Nothing {}));
        }
        if let Some(after) = step.wake_after {
            self.host.wake(after);
        }
    }

    /// Tell the app's listeners.
    pub(crate) fn emit(&self, event: &Event) {
        let name = event.name();
        self.host.emit(name.name(), event.payload(), name.keep());
    }

    /// Begin a check as the app's own wish.
    pub(crate) fn trigger_check(&self) -> Triggered {
        if self.settings.stand_down.is_some() || self.settings.core.feed.is_none() {
            return Triggered::Unavailable;
        }
        if self.checking.swap(true, Ordering::SeqCst) {
            return Triggered::AlreadyRunning;
        }
        self.work(|plugin| {
            let updated = plugin.updater.update(Asked::ByHand);
            plugin.checking.store(false, Ordering::SeqCst);
            match updated {
                Ok(updated) => plugin.apply(updated.step),
                Err(error) => plugin.log(Level::Warning, &error.to_string()),
            }
        });
        Triggered::Queued
    }

    /// Do this on the worker, after what waits there (I13).
    pub(crate) fn work(&self, job: impl FnOnce(&Self) + Send + 'static) {
        let me = self.me.clone();
        self.worker.run(Box::new(move || {
            if let Some(plugin) = me.upgrade() {
                plugin.prepared.call_once(|| tidy::prepare(&plugin));
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
        Described::new(self.updater.state(), self.native(), self.system.unix_seconds())
    }

    /// The bundle that this process shows.
    pub(crate) fn current(&self) -> BundleInfo {
        let shown = self.shown().as_ref().map_or(BundleRef::Builtin, |serve| serve.bundle.clone());
        self.described().bundle(&shown)
    }

    /// Name of the native version; empty before the host told it.
    pub(crate) fn native(&self) -> String {
        let facts = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        facts.as_ref().map(|facts| facts.build.name.clone()).unwrap_or_default()
    }

    /// A line for the system's log, if the app wants one.
    pub(crate) fn log(&self, level: Level, line: &str) {
        if self.settings.log == Log::Write {
            self.host.log(level, line);
        }
    }

    fn told(&self, facts: &Facts) -> Facts {
        let mut facts = facts.clone();
        if let Some(version) = &self.settings.version {
            facts.build.name.clone_from(version);
        }
        *self.facts.lock().unwrap_or_else(PoisonError::into_inner) = Some(facts.clone());
        facts
    }

    fn first(&self, step: Step) -> Page {
        let page = step.serve.as_ref().map(|serve| self.page(serve, Load::Start));
        *self.shown() = step.serve;
        if let Some(after) = step.wake_after {
            self.host.wake(after);
        }
        page.unwrap_or(Page { bundle: None, script: None, token: None, load: Load::Start })
    }

    fn page(&self, serve: &Serve, load: Load) -> Page {
        Page {
            bundle: serve.path.clone(),
            script: Some(document_start(serve, self.settings.service_workers == ServiceWorkers::Clear)),
            token: Some(serve.token.as_str().to_owned()),
            load,
        }
    }

    fn shown(&self) -> MutexGuard<'_, Option<Serve>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
            plugin.emit(&Event::progress(&version, percent));
        }
    }
}
