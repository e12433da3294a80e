//! The plugin: lifecycle and calls in, the core's steps out to the host.
//!
//! In: lifecycle, [`Plugin::call`]. Out: pages, answers, events. May touch: what the core touches, through its ports.
//! Keeps: I1, I4, I13.

use crate::config::Settings;
use crate::host::{Host, Leaving, Level, Load, Page};
use crate::method::Method;
use crate::refusal::Refusal;
use crate::script::document_start;
use crate::setup::Setup;
use aloft_core::edge;
use aloft_core::edge::ports::Silent;
use aloft_core::model::Token;
use aloft_core::model::facts::{Exit, Facts};
use aloft_core::updater::{Ports, Proof, Serve, Step, Updater};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};

/// Takes the answer to a call, once, from any thread.
pub type Answer = Box<dyn FnOnce(Result<Value, Refusal>) + Send>;

/// One for each app process.
pub struct Plugin {
    settings: Settings,
    updater: Updater,
    host: Arc<dyn Host>,
    /// What is shown.
    shown: Mutex<Option<Serve>>,
}

impl Plugin {
    /// Open the plugin on this machine's files, network and clock. No I/O; never fails: what is wrong with the config is in
    /// `status` and in the log.
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
        let updater = Updater::open(settings.core.clone(), ports, &setup.data);
        Arc::new(Self { settings, updater, host, shown: Mutex::default() })
    }

    /// What the first page of this process shows; the host loads it. Small file I/O, safe on the main thread (I1).
    pub fn launch(&self, facts: &Facts) -> Page {
        if self.settings.stand_down.is_some() {
            return Page { bundle: None, script: None, token: None, load: Load::Nothing };
        }
        self.first(self.updater.launch(facts))
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
        self.updater.inform(facts);
        self.host.log(Level::Warning, "the core was not ready in time; this process shows the builtin web assets");
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

    /// Do `method`. What needs no network is answered before this returns; the rest from the worker's thread (I13).
    pub fn call(&self, method: &str, options: &Value, answer: Answer) {
        match method.parse::<Method>() {
            Ok(Method::NotifyAppReady) => {
                let token = options.get("token").and_then(Value::as_str).and_then(|text| text.parse().ok());
                self.apply(self.updater.confirm(&token.map_or(Proof::Queued, Proof::Token)));
                answer(Ok(json!({})));
            }
            Ok(Method::Current) => answer(Ok(json!({ "bundle": self.updater.status().current }))),
            Ok(Method::PageBegan) => self.page_began(options.get("token").and_then(Value::as_str).unwrap_or_default()),
            Err(_) => answer(Err(Refusal::new("unimplemented", format!("`{method}` is not a method of this plugin")))),
        }
    }

    fn first(&self, step: Step) -> Page {
        let page = step.serve.as_ref().map(|serve| Self::page(serve, Load::Start));
        *self.shown() = step.serve;
        page.unwrap_or(Page { bundle: None, script: None, token: None, load: Load::Start })
    }

    fn apply(&self, step: Step) {
        if let Some(serve) = step.serve {
            let page = Self::page(&serve, Load::Start);
            *self.shown() = Some(serve);
            self.host.show(page);
        }
        if let Some(after) = step.wake_after {
            self.host.wake(after);
        }
    }

    fn page(serve: &Serve, load: Load) -> Page {
        Page {
            bundle: serve.path.clone(),
            script: Some(document_start(serve, true)),
            token: Some(serve.token.as_str().to_owned()),
            load,
        }
    }

    fn shown(&self) -> std::sync::MutexGuard<'_, Option<Serve>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
