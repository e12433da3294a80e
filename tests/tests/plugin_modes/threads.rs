//! Threads: who waits for whom, in which order the host is asked, and checks that end badly.

use crate::app::{App, PATIENCE, open_on};
use crate::net::Hold;
use aloft_core::edge::ports::Silent;
use aloft_core::testing::{CrashFs, FakeSystem, MemSecrets};
use aloft_core::updater::Ports;
use aloft_plugin::{Host, Keep, Leaving, Level, Page, Plugin, Splash};
use serde_json::{Value, json};
use std::sync::mpsc::channel;
use std::sync::{Arc, OnceLock, Weak};
use std::thread;
use std::time::{Duration, Instant};

#[test]
fn i13_a_page_is_confirmed_by_its_own_call_in_the_middle_of_a_download() {
    let app = App::running("1.0.0", &json!({ "autoUpdate": false }));
    app.stage("2.0.0");
    app.answer("reload", &json!({})).unwrap();
    app.site.publish("3.0.0");
    app.net.hold(Hold::InArtifacts);
    app.answer("triggerUpdateCheck", &json!({})).unwrap();
    app.net.wait_for_one();
    thread::scope(|scope| {
        scope.spawn(|| {
            app.page_begins();
            let (sender, answer) = channel();
            let asked = Instant::now();
            let answer_to = Box::new(move |result| sender.send((result, thread::current().id())).unwrap());
            app.plugin.call("notifyAppReady", &json!({ "token": app.token() }), answer_to);
            let (result, by) = answer.try_recv().expect("answered before the call returned");
            assert_eq!((&result.unwrap()["bundle"]["version"], by), (&json!("2.0.0"), thread::current().id()));
            assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
        });
    });
    assert_eq!(app.answer("status", &json!({})).unwrap()["onTrial"], json!(false));
    app.plugin.background(Leaving::App);
    app.plugin.foreground();
    app.net.hold(Hold::Nowhere);
    app.settle();
    assert_eq!(app.next().as_deref(), Some("3.0.0"));
}

#[test]
fn i4_whichever_threads_ask_the_host_shows_last_what_the_core_shows() {
    let app = App::running("1.0.0", &json!({ "autoUpdate": false }));
    app.stage("2.0.0");
    app.answer("reload", &json!({})).unwrap();
    app.ready();
    let bundles = app.answer("list", &json!({})).unwrap();
    let ids: Vec<_> = bundles["bundles"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    assert_eq!(ids.len(), 2);
    for _ in 0..50 {
        thread::scope(|scope| {
            for id in &ids {
                let app = &app;
                scope.spawn(move || app.answer("set", &json!({ "id": id })).unwrap());
            }
        });
        app.host.take();
        app.page_begins();
        assert!(!app.told().is_empty(), "the page that was shown last is the one whose events waited");
        app.answer("notifyAppReady", &json!({ "token": app.token() })).unwrap();
        assert_eq!(app.answer("status", &json!({})).unwrap()["onTrial"], json!(false));
    }
}

#[test]
fn commands_of_two_threads_are_carried_out_once_and_in_one_order() {
    let app = App::running("1.0.0", &json!({ "autoUpdate": false, "autoSplashscreen": true }));
    app.host.take();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..100 {
                    app.plugin.background(Leaving::App);
                    app.plugin.foreground();
                }
            });
        }
    });
    let told = app.told();
    // Each visit ends with `appReady` and then the splash screen hidden, whoever carried them out.
    for pair in told.chunks(2) {
        assert_eq!(pair, ["appReady (kept) [1.0.0 success] status=\"disabled\"", "splash Hide"], "{told:#?}");
    }
    assert!(told.len() >= 200, "{}", told.len());
}

#[test]
fn a_check_that_panics_ends_and_the_next_one_goes_through() {
    let app = App::running("1.0.0", &json!({ "autoUpdate": false }));
    app.site.publish("2.0.0");
    app.net.hold(Hold::Panic);
    app.answer("triggerUpdateCheck", &json!({})).unwrap();
    app.settle();
    let told = app.told();
    let message = "the check ended without a result; the log may say why";
    assert!(told[1].starts_with("updateCheckResult") && told[1].contains(message) || told[0].contains(message));
    assert_eq!(told.last().unwrap(), "appReady (kept) [1.0.0 success] status=\"Error in update check\"", "{told:#?}");
    app.net.hold(Hold::Nowhere);
    assert_eq!(app.answer("triggerUpdateCheck", &json!({})).unwrap()["status"], json!("queued"));
    app.settle();
    assert_eq!(app.next().as_deref(), Some("2.0.0"));
}

#[test]
fn a_plugin_that_is_dropped_during_a_check_ends_with_it() {
    let mut app = App::running("1.0.0", &json!({ "autoUpdate": false }));
    app.site.publish("2.0.0");
    app.net.hold(Hold::InArtifacts);
    app.answer("triggerUpdateCheck", &json!({})).unwrap();
    app.net.wait_for_one();
    let waiting = app.ask("getLatest", &json!({}));
    let host = app.host.clone();
    app.restart();
    assert_eq!(app.open_plugins(), 2, "the check holds the one before");
    app.net.hold(Hold::Nowhere);
    let refusal = waiting.recv_timeout(PATIENCE).expect("answered by its drop").unwrap_err();
    assert_eq!(refusal.code, "internal");
    host.wait_for_rest();
    assert_eq!(app.open_plugins(), 1);
}

/// Calls the plugin from within each call of the plugin.
#[derive(Default)]
struct Echo(OnceLock<Weak<Plugin>>);

impl Echo {
    fn calls_back(&self) {
        let Some(plugin) = self.0.get().and_then(Weak::upgrade) else { return };
        for method in ["current", "list", "status", "notifyAppReady"] {
            plugin.call(method, &json!({}), Box::new(|result| assert!(result.is_ok())));
        }
        plugin.foreground();
        plugin.attached();
        plugin.page_began("0123456789abcdef");
    }
}

impl Host for Echo {
    fn show(&self, _: Page) {
        self.calls_back();
    }
    fn wake(&self, _: u64) {
        self.calls_back();
    }
    fn emit(&self, _: &str, _: Value, _: Keep) {
        self.calls_back();
    }
    fn splash(&self, _: Splash) {
        self.calls_back();
    }
    fn begin_work(&self) {
        self.calls_back();
    }
    fn end_work(&self) {
        self.calls_back();
    }
    fn local_time(&self, _: &str) -> Option<i64> {
        self.calls_back();
        None
    }
    fn open_store(&self, _: &[String]) {
        self.calls_back();
    }
    fn log(&self, _: Level, _: &str) {
        self.calls_back();
    }
}

#[test]
fn a_host_may_call_back_from_wherever_it_is_called() {
    let app = App::new(&json!({ "autoUpdate": "always", "autoSplashscreen": true }));
    app.site.publish("1.0.0");
    let (host, system) = (Arc::new(Echo::default()), Arc::new(FakeSystem::new(1)));
    let ports = Ports {
        fs: Arc::new(CrashFs::default()),
        connect: Arc::new(app.net.clone()),
        system: system.clone(),
        secrets: Arc::new(MemSecrets::default()),
        observer: Arc::new(Silent),
    };
    let plugin = open_on(&app.config, host.clone(), ports);
    host.0.set(Arc::downgrade(&plugin)).unwrap();
    let (sender, done) = channel();
    thread::spawn(move || {
        let page = plugin.launch(&app.facts);
        plugin.page_began(&page.token.unwrap());
        for _ in 0..3 {
            system.pass(60_000);
            plugin.tick();
            plugin.background(Leaving::App);
            plugin.foreground();
        }
        let (answer_to, answer) = channel();
        plugin.call("getLatest", &json!({ "appId": "another" }), Box::new(move |_| answer_to.send(()).unwrap()));
        answer.recv_timeout(PATIENCE).unwrap();
        sender.send(()).unwrap();
    });
    done.recv_timeout(PATIENCE).expect("nobody waits for a lock that its own call holds");
}
