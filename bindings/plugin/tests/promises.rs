//! The promises that calls from several threads must keep.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use aloft_cli::serve::{Fault, Kind};
use common::{App, PATIENCE};
use serde_json::json;
use std::sync::Barrier;
use std::sync::mpsc::RecvTimeoutError;
use std::thread;
use std::time::{Duration, Instant};

/// A confirm is one small synced write. Generous: other tests write to the same disk.
const BOUND: Duration = Duration::from_secs(1);

fn on_trial(app: &App) -> bool {
    app.call("status", json!({})).unwrap()["onTrial"].as_bool().unwrap()
}

#[test]
fn i13_a_page_confirms_within_its_bound_while_an_install_hangs() {
    let app = App::new(&json!({}));
    app.publish("1.0.0");
    let id = app.download("1.0.0");
    app.call("set", json!({ "id": id })).unwrap();
    app.plugin.page_began(&app.token());
    app.publish("2.0.0");
    app.server.set_faults([Fault::new(Kind::Stall(10)).at("artifacts/*")]);
    let install = app.ask("download", json!({ "version": "2.0.0" }));
    while !app.host.lines.lock().unwrap().iter().any(|line| line.contains("\"downloading\"")) {
        thread::yield_now();
    }
    let took = thread::scope(|scope| {
        let page = scope.spawn(|| {
            let begin = Instant::now();
            app.call("notifyAppReady", json!({ "token": app.token() })).unwrap();
            app.call("current", json!({})).unwrap();
            app.call("setMultiDelay", json!({ "delayConditions": [] })).unwrap();
            app.call("getDeviceId", json!({})).unwrap();
            begin.elapsed()
        });
        page.join().unwrap()
    });
    assert!(took < BOUND, "four calls took {took:?}");
    assert!(!on_trial(&app));
    assert_eq!(install.try_recv().unwrap_err(), std::sync::mpsc::TryRecvError::Empty, "the install hangs still");

    // What cannot be changed beside it waits behind it, and the caller does not.
    let named = app.ask("setCustomId", json!({ "customId": "anna" }));
    assert_eq!(named.recv_timeout(Duration::ZERO).unwrap_err(), RecvTimeoutError::Timeout);
    let App { server, plugin, .. } = app;
    drop(server);
    assert!(install.recv_timeout(PATIENCE).unwrap().is_err());
    named.recv_timeout(PATIENCE).unwrap().unwrap();
    drop(plugin);
}

#[test]
fn i4_a_late_call_of_the_old_page_confirms_nothing_from_any_thread() {
    let app = App::new(&json!({}));
    app.publish("1.0.0");
    let id = app.download("1.0.0");
    let old = app.token();
    app.call("set", json!({ "id": id })).unwrap();
    let start = Barrier::new(2);
    thread::scope(|scope| {
        for options in [json!({ "token": old }), json!({})] {
            let (app, start) = (&app, &start);
            scope.spawn(move || {
                start.wait();
                for _ in 0..50 {
                    app.call("notifyAppReady", options.clone()).unwrap();
                }
            });
        }
    });
    assert!(on_trial(&app), "neither its token, nor a call that no announcement precedes");
    app.call("notifyAppReady", json!({ "token": "no token" })).unwrap();
    assert!(on_trial(&app));
    let silent = app.ask("pageBegan", json!({ "token": old }));
    assert!(silent.recv().is_err(), "an announcement is never answered");
    app.call("notifyAppReady", json!({})).unwrap();
    assert!(on_trial(&app), "the old page announced itself");
    app.plugin.page_began(&app.token());
    app.call("notifyAppReady", json!({})).unwrap();
    assert!(!on_trial(&app), "behind its own page's announcement a call without a token confirms");
}

#[test]
fn i13_calls_of_two_threads_are_all_answered() {
    let app = App::new(&json!({}));
    app.publish("1.0.0");
    let id = app.download("1.0.0");
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..10 {
                    app.call("next", json!({ "id": id })).unwrap();
                    app.call("notifyAppReady", json!({})).unwrap();
                    app.call("getLatest", json!({})).unwrap();
                    app.call("list", json!({})).unwrap();
                }
            });
        }
    });
}
