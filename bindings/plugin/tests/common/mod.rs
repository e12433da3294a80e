//! An app on a real disk, its site behind a real server, and a host that notes what it is asked.
//!
//! In: a config, calls. Out: answers, and what the host heard. May touch: a folder of the test's own, loopback.
#![allow(dead_code, unreachable_pub)] // each test uses its part
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::needless_pass_by_value)] // `json!` makes values

use aloft_cli::serve::Server;
use aloft_core::edge::fs::DiskFs;
use aloft_core::edge::http::UreqConnect;
use aloft_core::edge::ports::{Silent, System as _};
use aloft_core::edge::secrets::FileSecrets;
use aloft_core::model::document::{Date, IndexEntry, payload_type};
use aloft_core::testing::FakeSystem;
use aloft_core::updater::Ports;
use aloft_plugin::{Build, Facts, Host, Keep, Level, Page, Platform, Plugin, Refusal, Setup, Splash};
use aloft_tests::signer;
use aloft_tests::story::Site;
use serde_json::{Value, json};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

pub type Result = std::result::Result<Value, Refusal>;

/// Longer than anything here takes, so that a test which waits for ever fails.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Notes what it is asked, in order.
#[derive(Default)]
pub struct Notes {
    pub lines: Mutex<Vec<String>>,
    pub pages: Mutex<Vec<Page>>,
    pub log: Mutex<Vec<String>>,
}

impl Notes {
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.lines.lock().unwrap())
    }

    fn note(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }
}

impl Host for Notes {
    fn show(&self, page: Page) {
        let what = page.bundle.as_ref().map_or("builtin".into(), |path| path.file_name().unwrap().to_string_lossy());
        self.note(format!("show {what} ({:?})", page.load));
        self.pages.lock().unwrap().push(page);
    }

    fn wake(&self, _: u64) {}

    fn emit(&self, event: &str, payload: Value, keep: Keep) {
        let kept = if keep == Keep::UntilHeard { " (kept)" } else { "" };
        self.note(format!("{event}{kept} {payload}"));
    }

    fn splash(&self, splash: Splash) {
        self.note(format!("splash {splash:?}"));
    }

    fn begin_work(&self) {
        self.note("work begins".to_owned());
    }

    fn end_work(&self) {
        self.note("work ends".to_owned());
    }

    /// This device lies on Greenwich's meridian, and knows one time.
    fn local_time(&self, time: &str) -> Option<i64> {
        (time == "9000-01-31T12:34:56").then_some(221_848_029_296)
    }

    fn open_store(&self, addresses: &[String]) {
        self.note(format!("open {}", addresses.join(", ")));
    }

    fn log(&self, level: Level, line: &str) {
        self.log.lock().unwrap().push(format!("{level:?} {line}"));
    }
}

pub struct App {
    pub plugin: Arc<Plugin>,
    pub host: Arc<Notes>,
    pub site: Site,
    pub server: Server,
    pub folder: TempDir,
    pub system: Arc<FakeSystem>,
    pub config: Value,
    pid: u32,
    seed: u64,
}

impl App {
    /// An app that trusts the site, with these options beside that; launched, its page began.
    pub fn new(options: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("site")).unwrap();
        let site = Site::default();
        let server = Server::local(&folder.path().join("site")).unwrap();
        let mut ours = json!({
            "feed": server.url(),
            "signingKeys": [signer::public(&signer::private(1))],
            "autoUpdate": false,
        });
        merge(&mut ours, options);
        let config = json!({ "appId": signer::APP, "plugins": { "CapacitorUpdater": ours } });
        let host = Arc::new(Notes::default());
        let system = clock(&folder, 1);
        let plugin = open(&folder, &config, &host, &system);
        let mut app = Self { plugin, host, site, server, folder, system, config, pid: 1, seed: 1 };
        app.save();
        app.start();
        app
    }

    /// The same app, opened anew on another platform and not launched.
    pub fn on_platform(mut self, platform: Platform) -> Self {
        self.plugin = open_as(platform, &self.folder, &self.config, &self.host, &self.system);
        self
    }

    /// Put what the site has where the server reads it.
    pub fn save(&self) {
        self.site.save(&self.folder.path().join("site"));
    }

    /// Publish a release.
    pub fn publish(&self, version: &str) {
        self.site.publish(version);
        self.save();
    }

    /// An index that lists a channel for everybody and one for nobody.
    pub fn publish_index(&self) {
        let mut index = signer::index(100);
        let entry = |name: &str, open: bool| IndexEntry {
            name: name.to_owned(),
            counter: 1,
            public: open,
            allow_device_to_set: open,
        };
        index.channels.extend([entry("beta", true), entry("staff", false)]);
        self.site.put("channels/index.json", signer::sign(payload_type::INDEX, &index, &[&signer::private(1)]));
        self.save();
    }

    /// The next process; its page began.
    pub fn restart(&mut self) -> String {
        (self.pid, self.seed) = (self.pid + 1, self.seed + 1);
        self.system = clock(&self.folder, self.seed);
        self.plugin = open(&self.folder, &self.config, &self.host, &self.system);
        self.start()
    }

    fn start(&mut self) -> String {
        let page = self.plugin.launch(&facts(self.pid));
        self.host.pages.lock().unwrap().push(page.clone());
        let token = page.token.unwrap_or_default();
        self.plugin.page_began(&token);
        token
    }

    /// What the clock says, as the plugin writes it.
    pub fn now(&self) -> String {
        Date(self.system.unix_seconds()).to_string().replace('Z', ".000Z")
    }

    /// The token of the page that was shown last.
    pub fn token(&self) -> String {
        self.host.pages.lock().unwrap().last().unwrap().token.clone().unwrap()
    }

    /// The page that was shown last announces itself, and says that it is ready.
    pub fn ready(&self) {
        self.plugin.page_began(&self.token());
        self.call("notifyAppReady", json!({ "token": self.token() })).unwrap();
    }

    /// Call, and wait for the answer.
    pub fn call(&self, method: &str, options: Value) -> Result {
        self.ask(method, options).recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{method} was never answered"))
    }

    /// Call, and go on.
    pub fn ask(&self, method: &str, options: Value) -> Receiver<Result> {
        let (sender, answer) = channel();
        self.plugin.call(method, &options, Box::new(move |result| drop(sender.send(result))));
        answer
    }

    /// The code and the message of a refusal.
    pub fn refusal(&self, method: &str, options: Value) -> (String, String) {
        let refusal = self.call(method, options.clone()).expect_err(&format!("{method} {options}"));
        (refusal.code, refusal.message)
    }

    /// Download a release; its id.
    pub fn download(&self, version: &str) -> String {
        text(&self.call("download", json!({ "version": version })).unwrap()["id"])
    }

    /// Publish, show and confirm a release; its id.
    pub fn on(&self, version: &str) -> String {
        self.publish(version);
        let id = self.download(version);
        self.call("set", json!({ "id": id })).unwrap();
        self.ready();
        id
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// The clock of a process whose data lies in `folder`.
pub fn clock(folder: &TempDir, seed: u64) -> Arc<FakeSystem> {
    Arc::new(FakeSystem::on_disk(seed, &DiskFs, folder.path()))
}

pub fn open(folder: &TempDir, config: &Value, host: &Arc<Notes>, system: &Arc<FakeSystem>) -> Arc<Plugin> {
    open_as(Platform::Android, folder, config, host, system)
}

fn open_as(
    platform: Platform,
    folder: &TempDir,
    config: &Value,
    host: &Arc<Notes>,
    system: &Arc<FakeSystem>,
) -> Arc<Plugin> {
    let setup = Setup {
        capacitor_config: config.to_string(),
        native_app_id: "com.example.native".to_owned(),
        platform,
        plugin_version: "0.1.0".to_owned(),
        data: folder.path().join("data"),
        builtin: None,
        assets: Vec::new(),
        tls_roots: None,
        proxy: None,
        proxy_except: None,
        stable_id: None,
    };
    let ports = Ports {
        fs: Arc::new(DiskFs),
        connect: Arc::new(UreqConnect),
        system: system.clone(),
        secrets: Arc::new(FileSecrets::new(folder.path().join("secrets"))),
        observer: Arc::new(Silent),
    };
    Plugin::open_with(&setup, host.clone(), ports)
}

pub fn facts(pid: u32) -> Facts {
    Facts {
        build: Build { code: "100".to_owned(), name: "1.0".to_owned() },
        boot_session: "session".to_owned(),
        pid,
        started: u64::from(pid),
        foreground: true,
        ..Facts::unknown()
    }
}

fn merge(into: &mut Value, from: &Value) {
    for (key, value) in from.as_object().unwrap() {
        into[key] = value.clone();
    }
}
