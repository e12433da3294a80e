//! An app over fakes: a disk and a site in memory, a clock, and a host that notes what it is asked and keeps one timer.
//!
//! In: a config, what happens to the app. Out: answers, and the host's calls as lines of text. May touch: memory.
//! Keeps: that a process which ended is followed by one with another pid.

use crate::net::{Hold, Net};
use aloft_core::edge::ports::{Silent, System as _};
use aloft_core::model::{BundleRef, Version};
use aloft_core::testing::{CrashFs, FakeSystem, MemSecrets};
use aloft_core::updater::Ports;
use aloft_plugin::{Build, Facts, Host, Keep, Leaving, Level, Load, Page, Platform, Plugin, Refusal, Setup, Splash};
use aloft_tests::signer;
use aloft_tests::story::Site;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

pub type Answer = Result<Value, Refusal>;

/// Longer than anything here takes, so that a test which waits for ever fails.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A host that notes what it is asked.
pub struct Heard {
    system: Arc<FakeSystem>,
    notes: Mutex<Notes>,
    changed: Condvar,
}

#[derive(Default)]
struct Notes {
    lines: Vec<String>,
    log: Vec<String>,
    /// The last one that was shown.
    page: Option<Page>,
    /// When the timer fires.
    due: Option<u64>,
    work: usize,
}

impl Heard {
    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap()
    }

    fn note(&self, line: String) {
        self.notes().lines.push(line);
    }

    /// What was heard since the last time.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.notes().lines)
    }

    /// Wait until the worker rests.
    pub fn wait_for_rest(&self) {
        let (_notes, late) = self.changed.wait_timeout_while(self.notes(), PATIENCE, |notes| notes.work > 0).unwrap();
        assert!(!late.timed_out(), "the worker never ends");
    }

    /// What was logged.
    pub fn log_lines(&self) -> Vec<String> {
        self.notes().log.clone()
    }

    /// When the timer fires, if it is set.
    pub fn due(&self) -> Option<u64> {
        self.notes().due
    }
}

impl Host for Heard {
    fn show(&self, page: Page) {
        let mut notes = self.notes();
        notes.lines.push(format!("show {}", of_page(&page)));
        notes.page = Some(page);
    }

    fn wake(&self, after: u64) {
        let mut notes = self.notes();
        notes.due = Some(self.system.monotonic() + after);
        notes.lines.push(format!("wake {after}"));
    }

    fn emit(&self, event: &str, payload: Value, keep: Keep) {
        let kept = if keep == Keep::UntilHeard { " (kept)" } else { "" };
        self.note(format!("{event}{kept}{}", of_payload(payload.as_object().unwrap())));
    }

    fn splash(&self, splash: Splash) {
        self.note(format!("splash {splash:?}"));
    }

    fn begin_work(&self) {
        self.notes().work += 1;
    }

    fn end_work(&self) {
        self.notes().work -= 1;
        self.changed.notify_all();
    }

    fn local_time(&self, _: &str) -> Option<i64> {
        None
    }

    fn open_store(&self, addresses: &[String]) {
        self.note(format!("open {addresses:?}"));
    }

    fn log(&self, level: Level, line: &str) {
        self.notes().log.push(format!("{level:?} {line}"));
    }
}

/// A bundle is its version and its status; the rest is as it is.
fn of_payload(payload: &Map<String, Value>) -> String {
    let mut text = String::new();
    for (key, value) in payload {
        match value.as_object() {
            Some(bundle) => write!(text, " {}", of_bundle(bundle)).unwrap(),
            None => write!(text, " {key}={value}").unwrap(),
        }
    }
    text
}

fn of_bundle(bundle: &Map<String, Value>) -> String {
    let text = |key: &str| bundle[key].as_str().unwrap();
    let name = if text("id") == "builtin" { "builtin" } else { text("version") };
    format!("[{name} {}]", text("status"))
}

/// The folders of bundles are random: [`App::lines`] puts the versions in.
fn of_page(page: &Page) -> String {
    let script = page.script.as_deref().unwrap_or_default();
    let clears = if script.contains(", true);") { ", clears service workers" } else { "" };
    let bundle = page.bundle.as_ref().map(|folder| folder.file_name().unwrap().to_string_lossy().into_owned());
    format!("{} ({:?}{clears})", bundle.as_deref().unwrap_or("builtin"), page.load)
}

/// An app on a device, and the process that runs now.
pub struct App {
    pub plugin: Arc<Plugin>,
    pub host: Arc<Heard>,
    pub site: Site,
    pub net: Net,
    pub fs: CrashFs,
    pub system: Arc<FakeSystem>,
    pub facts: Facts,
    pub config: Value,
    secrets: Arc<MemSecrets>,
}

impl App {
    /// An app that was never started, with these options beside those that let it trust its site.
    pub fn new(options: &Value) -> Self {
        let (site, system) = (Site::default(), Arc::new(FakeSystem::new(1)));
        let mut ours = json!({
            "feed": "https://example.com",
            "signingKeys": [signer::public(&signer::private(1))],
        });
        ours.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        let facts = Facts {
            build: Build { code: "100".to_owned(), name: "1.0".to_owned() },
            boot_session: "session".to_owned(),
            pid: 1,
            started: 1,
            foreground: true,
            ..Facts::unknown()
        };
        let config = json!({ "appId": signer::APP, "plugins": { "CapacitorUpdater": ours } });
        let (net, fs, secrets) = (Net::new(&site), CrashFs::default(), Arc::new(MemSecrets::default()));
        let host = heard(&system);
        let plugin = open(&config, &host, &net, &fs, &system, &secrets);
        Self { plugin, host, site, net, fs, system, facts, config, secrets }
    }

    /// Such an app that runs a release, installed, shown and confirmed by hand; what was heard of it is forgotten.
    pub fn running(version: &str, options: &Value) -> Self {
        let mut app = Self::new(options);
        app.start();
        app.settle();
        app.stage(version);
        app.answer("reload", &json!({})).unwrap();
        app.ready();
        app.restart();
        app.start();
        app.settle();
        app.host.take();
        app
    }

    /// Publish a release, bring it here by hand and make it next. Its id.
    pub fn stage(&self, version: &str) -> String {
        self.site.publish(version);
        let bundle = self.answer("download", &json!({ "version": version })).unwrap();
        let id = bundle["id"].as_str().unwrap().to_owned();
        self.answer("next", &json!({ "id": id })).unwrap();
        id
    }

    /// The process ends, and another one opens the plugin.
    pub fn restart(&mut self) {
        (self.facts.pid, self.facts.started) = (self.facts.pid + 1, self.facts.started + 1);
        self.host = heard(&self.system);
        self.plugin = open(&self.config, &self.host, &self.net, &self.fs, &self.system, &self.secrets);
    }

    /// Counts the plugins that are still there: each one holds the store of secrets.
    pub fn open_plugins(&self) -> usize {
        Arc::strong_count(&self.secrets) - 1
    }

    /// Launch: the first page, which the host loads.
    pub fn launch(&self) -> Page {
        let page = self.plugin.launch(&self.facts);
        self.loads(&page);
        page
    }

    /// The host loads this page by itself.
    pub fn loads(&self, page: &Page) {
        self.host.notes().page = Some(page.clone());
    }

    /// Launch, and the page begins and is ready.
    pub fn start(&self) {
        self.launch();
        self.ready();
    }

    /// The token of the page that was shown last.
    pub fn token(&self) -> String {
        self.host.notes().page.as_ref().and_then(|page| page.token.clone()).unwrap_or_default()
    }

    /// The page that was shown last announces itself.
    pub fn page_begins(&self) {
        self.announces(&self.token());
    }

    /// A page announces itself with this token.
    pub fn announces(&self, token: &str) {
        self.plugin.call("pageBegan", &json!({ "token": token }), Box::new(|_| panic!("nobody waits")));
    }

    /// It announces itself, and says that it is ready.
    pub fn ready(&self) -> Value {
        self.page_begins();
        self.answer("notifyAppReady", &json!({ "token": self.token() })).unwrap()
    }

    /// Call, and wait for the answer.
    pub fn answer(&self, method: &str, options: &Value) -> Answer {
        self.ask(method, options).recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{method} was never answered"))
    }

    /// Call, and go on.
    pub fn ask(&self, method: &str, options: &Value) -> Receiver<Answer> {
        let (sender, answer) = channel();
        self.plugin.call(method, options, Box::new(move |result| drop(sender.send(result))));
        answer
    }

    /// Wait until the worker did what was queued, and what that queued.
    pub fn settle(&self) {
        for _ in 0..4 {
            // Answered by the worker, without the network.
            self.answer("getLatest", &json!({ "appId": "another" })).unwrap_err();
        }
    }

    /// The app leaves the foreground.
    pub fn leaves(&self) {
        self.plugin.background(Leaving::App);
        self.settle();
    }

    /// It is back after so many milliseconds, and the check that begins is over.
    pub fn is_back(&self, after: u64) {
        self.pass(after);
        self.in_turn(|app| app.plugin.foreground());
    }

    /// Do this, and only then let the worker go on, to its end: two threads at once have no one text.
    pub fn in_turn<T>(&self, does: impl FnOnce(&Self) -> T) -> T {
        self.net.hold(Hold::AtRequests);
        let done = does(self);
        self.net.hold(Hold::Nowhere);
        self.settle();
        done
    }

    /// The host's timer fires.
    pub fn fires(&self) {
        {
            let mut notes = self.host.notes();
            notes.due = None;
            notes.lines.push("(tick)".to_owned());
        }
        self.plugin.tick();
    }

    /// Time passes, and the host's timer fires when it is due.
    pub fn pass(&self, millis: u64) {
        let end = self.system.monotonic() + millis;
        while let Some(due) = self.host.due().filter(|due| *due <= end) {
            self.system.pass(due.saturating_sub(self.system.monotonic()));
            self.fires();
            if !self.net.holds() {
                self.settle();
            }
        }
        self.system.pass(end - self.system.monotonic());
    }

    /// What was heard since the last time, with versions in the place of folders.
    pub fn lines(&self) -> Vec<String> {
        let bundles = self.answer("list", &json!({ "raw": true })).unwrap();
        let named = |line: String, bundle: &Value| {
            line.replace(bundle["id"].as_str().unwrap(), bundle["version"].as_str().unwrap())
        };
        let bundles = bundles["bundles"].as_array().unwrap();
        self.host.take().into_iter().map(|line| bundles.iter().fold(line, named)).collect()
    }

    /// Those lines that are not about the timer.
    pub fn told(&self) -> Vec<String> {
        self.lines().into_iter().filter(|line| !line.starts_with("wake") && line != "(tick)").collect()
    }

    /// What a page is, by version.
    pub fn version(&self, page: &Page) -> String {
        assert_ne!(page.load, Load::Nothing);
        self.host.note(of_page(page));
        self.lines().pop().unwrap()
    }

    /// The version of what is shown, or `builtin`.
    pub fn shows(&self) -> String {
        let bundle = &self.answer("current", &json!({})).unwrap()["bundle"];
        if bundle["id"] == json!(BundleRef::Builtin.to_string()) {
            return "builtin".to_owned();
        }
        let version: Version = bundle["version"].as_str().unwrap().parse().unwrap();
        version.to_string()
    }

    /// The version of what is next.
    pub fn next(&self) -> Option<String> {
        let next = self.answer("getNextBundle", &json!({})).unwrap();
        next.get("version").and_then(Value::as_str).map(str::to_owned)
    }
}

fn heard(system: &Arc<FakeSystem>) -> Arc<Heard> {
    Arc::new(Heard { system: system.clone(), notes: Mutex::default(), changed: Condvar::new() })
}

/// A plugin on these ports.
pub fn open_on(config: &Value, host: Arc<dyn Host>, ports: Ports) -> Arc<Plugin> {
    let setup = Setup {
        capacitor_config: config.to_string(),
        native_app_id: "com.example.native".to_owned(),
        platform: Platform::Android,
        plugin_version: "0.1.0".to_owned(),
        data: "/app/data".into(),
        builtin: None,
        assets: Vec::new(),
        tls_roots: None,
        proxy: None,
        proxy_except: None,
        stable_id: None,
    };
    Plugin::open_with(&setup, host, ports)
}

fn open(
    config: &Value,
    host: &Arc<Heard>,
    net: &Net,
    fs: &CrashFs,
    system: &Arc<FakeSystem>,
    secrets: &Arc<MemSecrets>,
) -> Arc<Plugin> {
    let ports = Ports {
        fs: Arc::new(fs.clone()),
        connect: Arc::new(net.clone()),
        system: system.clone(),
        secrets: secrets.clone(),
        observer: Arc::new(Silent),
    };
    open_on(config, host.clone(), ports)
}
