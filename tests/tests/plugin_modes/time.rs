//! Time: the host's one timer, periodic checks, the splash screen's limit, and conditions that hold an update back.

use crate::app::App;
use crate::net::Hold;
use aloft_core::edge::ports::System as _;
use aloft_core::model::document::Date;
use aloft_plugin::Leaving;
use aloft_tests::story::BEGIN;
use serde_json::{Value, json};

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;

/// In how many milliseconds the timer fires.
fn in_how_long(app: &App) -> Option<u64> {
    Some(app.host.due()? - app.system.monotonic())
}

#[test]
fn the_timer_is_one_and_is_set_to_whatever_is_due_first() {
    let app = App::running("1.0.0", &json!({ "autoUpdate": "atBackground", "periodCheckDelay": 600 }));
    app.plugin.foreground();
    app.pass(MINUTE);
    let begun = app.system.monotonic();
    app.leaves();
    app.plugin.foreground();
    app.settle();
    app.host.take();
    assert_eq!(in_how_long(&app), Some(600 * SECOND), "the check that this visit began is over");

    app.stage("2.0.0");
    app.answer("reload", &json!({})).unwrap();
    app.page_begins();
    assert_eq!(in_how_long(&app), Some(2 * SECOND), "the trial is looked at before the next check");
    app.pass(2 * SECOND);
    assert_eq!(in_how_long(&app), Some(2 * SECOND), "and again");
    let wakes = app.lines().iter().filter(|line| line.starts_with("wake")).count();
    assert_eq!(wakes, 2, "once for each time that it is due");
    app.answer("notifyAppReady", &json!({})).unwrap();
    assert_eq!(app.host.due(), Some(begun + 600 * SECOND));
    app.fires();
    assert_eq!(app.host.due(), Some(begun + 600 * SECOND), "a timer that fires too early is set again");
}

#[test]
fn a_long_check_does_not_move_the_timer() {
    let app = App::running("1.0.0", &json!({ "autoUpdate": false }));
    app.plugin.foreground();
    app.stage("2.0.0");
    app.site.publish("3.0.0");
    app.net.hold(Hold::InArtifacts);
    app.answer("triggerUpdateCheck", &json!({})).unwrap();
    app.net.wait_for_one();
    app.answer("reload", &json!({})).unwrap();
    app.pass(SECOND);
    let due = app.host.due();
    assert_eq!(in_how_long(&app), Some(SECOND));
    app.net.hold(Hold::Nowhere);
    app.settle();
    assert_eq!(app.host.due(), due);
}

#[test]
fn a_periodic_check_comes_while_somebody_looks() {
    let app = App::running("1.0.0", &json!({ "autoUpdate": "atBackground", "periodCheckDelay": 600 }));
    app.plugin.background(Leaving::Covered);
    app.site.publish("2.0.0");
    app.pass(20 * MINUTE);
    assert_eq!(app.next(), None);
    app.plugin.foreground();
    app.pass(1);
    assert_eq!(app.next().as_deref(), Some("2.0.0"));
    app.site.publish("3.0.0");
    app.pass(599 * SECOND);
    assert_eq!(app.next().as_deref(), Some("2.0.0"));
    app.pass(2 * SECOND);
    assert_eq!(app.next().as_deref(), Some("3.0.0"));
    assert_eq!(app.shows(), "1.0.0");
}

#[test]
fn a_splash_screen_shown_long_enough_is_hidden_and_the_update_waits_for_the_background() {
    let options = json!({ "autoUpdate": "always", "autoSplashscreen": true, "autoSplashscreenTimeout": 3_000 });
    let mut app = App::running("1.0.0", &options);
    app.restart();
    app.pass(MINUTE);
    app.site.publish("2.0.0");
    app.net.hold(Hold::InArtifacts);
    app.launch();
    app.page_begins();
    app.net.wait_for_one();
    app.pass(3 * SECOND);
    app.net.hold(Hold::Nowhere);
    app.settle();
    let told = app.told();
    let splashes: Vec<_> = told.iter().filter(|line| line.starts_with("splash")).collect();
    assert_eq!(splashes, ["splash Show", "splash Hide", "splash Hide"], "{told:#?}");
    assert_eq!((app.shows().as_str(), app.next().as_deref()), ("1.0.0", Some("2.0.0")));
    app.leaves();
    assert_eq!(app.shows(), "2.0.0");
}

/// An app that runs 1.0.0, holds updates back, and has checked with 2.0.0 being there.
fn delayed(condition: &Value, options: &Value) -> App {
    let mut all = json!({ "autoUpdate": "always" });
    all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    let app = App::running("1.0.0", &all);
    app.answer("setMultiDelay", &json!({ "delayConditions": [condition] })).unwrap();
    app.site.publish("2.0.0");
    app.leaves();
    app.is_back(MINUTE);
    let told = app.told();
    let last = told.last().unwrap();
    assert!(last.contains("Update delayed until delay conditions met"), "{condition}: {told:#?}");
    app.leaves();
    assert_eq!((app.shows().as_str(), app.next().as_deref()), ("1.0.0", Some("2.0.0")), "{condition}");
    app
}

#[test]
fn a_delay_by_background_ends_after_longer_than_that_in_the_background() {
    let app = delayed(&json!({ "kind": "background", "value": "300000" }), &json!({}));
    app.is_back(300 * SECOND);
    app.leaves();
    assert_eq!(app.shows(), "1.0.0", "not longer than that");
    app.is_back(300 * SECOND + 1);
    app.leaves();
    assert_eq!(app.shows(), "2.0.0");
}

#[test]
fn a_delay_by_background_counts_the_time_that_the_device_slept() {
    let app = delayed(&json!({ "kind": "background", "value": "300000" }), &json!({}));
    app.leaves();
    app.system.sleep(5 * MINUTE + 1);
    app.plugin.foreground();
    app.leaves();
    assert_eq!(app.shows(), "2.0.0");
}

#[test]
fn i6_a_trial_loses_no_time_while_the_device_sleeps() {
    let app = App::running("1.0.0", &json!({ "autoUpdate": false }));
    app.plugin.foreground();
    app.stage("2.0.0");
    app.answer("reload", &json!({})).unwrap();
    app.page_begins();
    app.system.sleep(60 * MINUTE);
    app.plugin.tick();
    app.answer("notifyAppReady", &json!({})).unwrap();
    assert_eq!(app.answer("current", &json!({})).unwrap()["bundle"]["status"], "success");
}

#[test]
fn a_delay_by_kill_ends_with_the_process() {
    let mut app = delayed(&json!({ "kind": "kill" }), &json!({}));
    app.is_back(60 * MINUTE);
    app.leaves();
    assert_eq!(app.shows(), "1.0.0");
    app.restart();
    app.launch();
    assert_eq!(app.shows(), "2.0.0");
}

#[test]
fn a_delay_by_date_outlives_the_process_and_ends_with_its_time() {
    let date = Date(BEGIN + 86_400).to_string();
    let mut app = delayed(&json!({ "kind": "date", "value": date }), &json!({}));
    app.restart();
    app.start();
    app.settle();
    assert_eq!(app.shows(), "1.0.0");
    app.leaves();
    app.pass(86_400 * SECOND);
    app.is_back(SECOND);
    app.leaves();
    assert_eq!(app.shows(), "2.0.0");
}

#[test]
fn a_delay_by_native_version_ends_with_that_build() {
    let condition = json!({ "kind": "nativeVersion", "value": "1.1" });
    let mut app = delayed(&condition, &json!({ "resetWhenUpdate": false }));
    app.restart();
    app.launch();
    assert_eq!(app.shows(), "1.0.0");
    app.restart();
    app.facts.build.code = "101".to_owned();
    app.facts.build.name = "1.1".to_owned();
    app.launch();
    assert_eq!(app.shows(), "2.0.0");
}

#[test]
fn cancelled_conditions_hold_nothing_at_the_next_leaving() {
    let app = delayed(&json!({ "kind": "kill" }), &json!({}));
    app.answer("cancelDelay", &json!({})).unwrap();
    assert_eq!(app.shows(), "1.0.0", "shows nothing by itself");
    app.plugin.foreground();
    app.leaves();
    assert_eq!(app.shows(), "2.0.0");
}
