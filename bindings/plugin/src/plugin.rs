//! The plugin's front door: what the host calls.
//!
//! In: lifecycle with facts and tokens, [`Plugin::call`]. Out: the first page, answers, and calls of the host. May touch: what the
//! core touches, through its ports; every call is safe on a main thread. Keeps: I1 (there is a page, whatever is wrong), I4, I13.

use crate::answer::AnswerCallback;
use crate::dispatch;
use crate::engine::Engine;
use crate::host::{Host, Leaving, Level, Page};
use crate::mode::Moment;
use crate::setup::Setup;
#[cfg(feature = "http")]
use aloft_core::edge;
use aloft_core::model::facts::{Exit, Facts};
use aloft_core::updater::{Ports, Problem};
use serde_json::Value;
use std::sync::Arc;

/// The plugin of one app process.
pub struct Plugin {
    engine: Arc<Engine>,
}

impl Plugin {
    /// Opens the plugin on this machine's files, network and clock. Does no I/O and never fails: what is wrong with the config
    /// is in `status` and in the log.
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

    /// Opens the plugin on these ports, and replaces their observer by its own.
    pub fn open_with(setup: &Setup, host: Arc<dyn Host>, ports: Ports) -> Arc<Self> {
        Arc::new(Self { engine: Engine::open(setup, host, ports) })
    }

    /// Does `method` and answers exactly once, except `pageBegan`, which nobody waits for. What needs no network is answered before
    /// this returns; the rest is answered from the worker's thread (I13).
    pub fn call(&self, method: &str, options: &Value, answer: AnswerCallback) {
        dispatch::call(&self.engine, method, options, answer);
    }

    /// Gives what the first page of this process shows; the host loads it. Small file I/O, safe on the main thread (I1).
    pub fn launch(&self, facts: &Facts) -> Page {
        let engine = &self.engine;
        let facts = engine.remember(facts);
        if let Some(why) = engine.settings.stand_down {
            engine.updater.inform(&facts);
            engine.log(Level::Info, &format!("updates leave this app alone: {why}"));
            return Page::none();
        }
        let since = engine.system.unix_seconds();
        let step = engine.updater.launch(&facts);
        let outcome = step.outcome.clone();
        let page = engine.first_page(step);
        engine.tell_of_launch(&outcome, since);
        launched(engine, &facts);
        page
    }

    /// Gives what a new web view or Activity of this process shows. Safe on the main thread.
    pub fn attached(&self) -> Page {
        self.working().map_or_else(Page::none, |engine| engine.first_page(engine.updater.attached()))
    }

    /// The host could not wait for the core: this process shows the builtin web assets and only works. The next process shows
    /// its updates. Safe on the main thread.
    pub fn missed(&self, facts: &Facts) {
        let facts = self.engine.remember(facts);
        self.engine.updater.inform(&facts);
        let Some(engine) = self.working() else { return };
        let detail = "the core was not ready in time, so this process shows the builtin web assets".to_owned();
        engine.log(Level::Warning, &detail);
        engine.runtime.miss(Problem { code: "start_timed_out".to_owned(), detail });
        launched(engine, &facts);
    }

    /// A page announced itself with its token (I4). Safe on the main thread.
    pub fn page_began(&self, token: &str) {
        self.engine.page_began(token);
    }

    /// The app is active. Safe on the main thread.
    pub fn foreground(&self) {
        let Some(engine) = self.working() else { return };
        let since = engine.system.unix_seconds();
        let step = engine.updater.foreground();
        let outcome = step.outcome.clone();
        engine.apply_keeping_timer(step);
        // A launch whose state could not be read is decided here.
        engine.tell_of_launch(&outcome, since);
        engine.moment(Moment::Foreground { at: engine.now(), elapsed: engine.elapsed() });
    }

    /// The app leaves the foreground. Safe on the main thread.
    pub fn background(&self, leaving: Leaving) {
        let Some(engine) = self.working() else { return };
        engine.apply_keeping_timer(engine.updater.background());
        let next = engine.updater.readiness();
        engine.moment(Moment::Left { leaving, next, elapsed: engine.elapsed() });
    }

    /// The system says that the process ends. Safe on the main thread.
    pub fn terminating(&self) {
        let Some(engine) = self.working() else { return };
        engine.apply(engine.updater.terminating());
    }

    /// The timer of [`Host::wake`] fired. Safe on the main thread.
    pub fn tick(&self) {
        let Some(engine) = self.working() else { return };
        engine.apply_keeping_timer(engine.updater.tick());
        engine.timer_fired();
        engine.moment(Moment::Passed { at: engine.now() });
    }

    /// The renderer of the page that is shown is gone. Safe on the main thread.
    pub fn render_gone(&self, exit: Exit) {
        let engine = &self.engine;
        if let Some(shown) = engine.runtime.serve() {
            engine.runtime.page_gone(&shown.token);
            engine.apply(engine.updater.render_gone(&shown.token, exit));
        }
    }

    /// Gives the engine, unless updates stand down.
    fn working(&self) -> Option<&Engine> {
        self.engine.works().is_ok().then_some(&*self.engine)
    }
}

/// Tells the update cycle that the process is launched.
fn launched(engine: &Engine, facts: &Facts) {
    let native = engine.updater.native();
    let (at, elapsed) = (engine.now(), engine.elapsed());
    engine.moment(Moment::Launched { foreground: facts.foreground, native, at, elapsed });
}

/// Gives the store of the device id and of the installation's nonce: the Keychain on iOS, files elsewhere.
#[cfg(feature = "http")]
fn secrets(setup: &Setup) -> Arc<dyn edge::ports::SecretStore> {
    #[cfg(target_os = "ios")]
    let store = edge::secrets::KeychainSecrets::new(&setup.native_app_id);
    #[cfg(not(target_os = "ios"))]
    let store = edge::secrets::FileSecrets::new(setup.data.join("secrets"));
    Arc::new(store)
}
