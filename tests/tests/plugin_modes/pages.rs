//! Pages that come and go: who hears an event, who confirms what, and what is told of a rollback.

use crate::app::App;
use crate::net::Hold;
use aloft_plugin::{Exit, Leaving, Load};
use serde_json::{Value, json};

const MINUTE: u64 = 60_000;

/// An app whose running release is 1.0.0, and which shows 2.0.0 on trial; the page of 2.0.0 has not begun. With the token of
/// the page of 1.0.0.
fn on_trial() -> (App, String) {
    let app = App::running("1.0.0", &json!({ "autoUpdate": false, "appReadyTimeout": 10_000 }));
    let old = app.token();
    app.plugin.foreground();
    app.stage("2.0.0");
    app.answer("reload", &json!({})).unwrap();
    assert_eq!(app.shows(), "2.0.0");
    app.told();
    (app, old)
}

fn on_trial_says(app: &App) -> bool {
    app.answer("status", &json!({})).unwrap()["onTrial"].as_bool().unwrap()
}

#[test]
fn what_is_told_between_a_show_and_its_page_is_kept_for_it_and_the_old_page_hears_nothing() {
    let (app, old) = on_trial();
    app.site.publish("3.0.0");
    app.answer("triggerUpdateCheck", &json!({})).unwrap();
    app.settle();
    app.announces(&old);
    assert!(app.told().is_empty());
    app.page_begins();
    assert_eq!(
        app.told(),
        [
            "appReloaded (kept)",
            "set (kept) [2.0.0 pending]",
            "download (kept) [3.0.0 pending] percent=100",
            "downloadComplete (kept) [3.0.0 pending]",
            "updateAvailable (kept) [3.0.0 pending]",
            "setNext (kept) [3.0.0 pending]",
            "appReady (kept) [2.0.0 pending] status=\"update downloaded, will install next background\"",
        ]
    );
    app.answer("triggerUpdateCheck", &json!({})).unwrap();
    app.settle();
    assert_eq!(app.told()[0], "updateAvailable [3.0.0 pending]", "the page listens by itself");
}

#[test]
fn i4_a_late_call_of_the_old_page_confirms_nothing_with_and_without_its_token() {
    let (app, old) = on_trial();
    for options in [json!({}), json!({ "token": old }), json!({ "token": "?" })] {
        app.answer("notifyAppReady", &options).unwrap();
        assert!(on_trial_says(&app), "{options}");
        assert!(app.told().is_empty(), "{options}");
    }
    app.page_begins();
    app.answer("notifyAppReady", &json!({ "token": old })).unwrap();
    assert!(on_trial_says(&app));
    app.answer("notifyAppReady", &json!({})).unwrap();
    assert!(!on_trial_says(&app), "its own page, by the queue that carried its announcement");
}

#[test]
fn i4_a_page_that_names_its_token_is_there_even_if_it_never_announced_itself() {
    let (app, _) = on_trial();
    app.answer("notifyAppReady", &json!({ "token": app.token() })).unwrap();
    assert!(!on_trial_says(&app));
    assert_eq!(app.told(), ["appReloaded (kept)", "set (kept) [2.0.0 pending]"]);
}

#[test]
fn a_renderer_that_crashes_in_trial_is_a_rollback_in_session_and_later_it_is_none() {
    let (app, _) = on_trial();
    app.page_begins();
    app.told();
    app.plugin.render_gone(Exit::Crash);
    assert_eq!(app.told(), ["show 1.0.0 (Start, clears service workers)"]);
    app.page_begins();
    assert_eq!(app.told(), ["appReloaded (kept)", "updateFailed (kept) [2.0.0 error]"]);

    app.plugin.render_gone(Exit::Crash);
    app.answer("triggerUpdateCheck", &json!({})).unwrap();
    app.settle();
    assert!(app.told().is_empty(), "there is no page");
    assert_eq!(app.version(&app.plugin.attached()), "1.0.0 (Start)");
    app.page_begins();
    assert!(app.told().iter().all(|line| line.contains("(kept)")));
}

#[test]
fn a_rollback_decided_in_the_background_is_shown_and_told_when_somebody_looks() {
    let (app, _) = on_trial();
    app.page_begins();
    app.told();
    app.system.pass(10_000); // the timer would fire about now
    app.plugin.background(Leaving::App);
    assert!(app.told().is_empty(), "the page in the background would have eaten it");
    app.page_begins();
    assert!(app.told().is_empty());
    app.system.pass(MINUTE);
    app.plugin.foreground();
    assert_eq!(app.told(), ["show 1.0.0 (Start, clears service workers)", "splash"][..1]);
    app.page_begins();
    let told = app.told();
    assert_eq!(told[..2], ["updateFailed (kept) [2.0.0 error]", "appReloaded (kept)"]);
    assert_eq!(told.iter().filter(|line| line.contains("updateFailed")).count(), 1);
}

#[test]
fn what_is_withdrawn_while_the_app_is_in_the_background_is_told_and_left() {
    let app = App::running("1.0.0", &json!({ "autoUpdate": "atBackground" }));
    app.net.hold(Hold::AtRequests);
    app.system.pass(MINUTE);
    app.plugin.background(Leaving::App);
    app.plugin.foreground();
    app.net.wait_for_one();
    app.plugin.background(Leaving::App);
    app.site.withdraw("1.0.0");
    app.site.publish("2.0.0");
    app.net.hold(Hold::Nowhere);
    app.settle();
    app.plugin.foreground();
    app.settle();
    app.page_begins();
    let told = app.told();
    assert_eq!(told.iter().filter(|line| line.contains("updateFailed (kept) [1.0.0")).count(), 1, "{told:#?}");
    assert_eq!(app.shows(), "2.0.0", "{told:#?}");
}

#[test]
fn i11_a_rollback_at_the_launch_is_told_once_before_all_else_to_the_first_page_however_late_it_begins() {
    let (mut app, _) = on_trial();
    app.page_begins();
    for _ in 0..5 {
        if app.shows() != "2.0.0" {
            break;
        }
        app.restart(); // it died in the foreground, without a word
        app.launch();
        app.plugin.foreground();
        app.system.pass(3_000);
        app.plugin.tick();
    }
    assert_eq!(app.shows(), "1.0.0");
    app.system.pass(MINUTE);
    app.plugin.foreground();
    assert!(!app.told().iter().any(|line| line.contains("updateFailed")));
    app.page_begins();
    let told = app.told();
    assert_eq!(told.first().map(String::as_str), Some("updateFailed (kept) [2.0.0 error]"), "{told:#?}");
    assert_eq!(told.iter().filter(|line| line.contains("updateFailed")).count(), 1);
    app.page_begins();
    app.loads(&app.plugin.attached());
    app.page_begins();
    assert!(app.told().is_empty());
}

#[test]
fn a_second_launch_in_a_process_and_a_new_web_view_get_the_same_page() {
    let app = App::running("1.0.0", &json!({ "autoUpdate": "atBackground" }));
    let token = app.token();
    let (again, attached) = (app.launch(), app.plugin.attached());
    assert_eq!((again.token.as_ref(), &again), (Some(&token), &attached));
    app.settle();
    assert!(app.told().is_empty(), "no second visit, and the new page has not begun");
}

#[test]
fn terminating_and_the_next_launch_take_what_is_next() {
    let mut app = App::running("1.0.0", &json!({ "autoUpdate": false }));
    app.stage("2.0.0");
    app.plugin.terminating();
    app.restart();
    let page = app.launch();
    assert_eq!(app.version(&page), "2.0.0 (Start, clears service workers)");
    assert_eq!(page.load, Load::Start);
}

#[test]
fn with_updates_off_what_the_app_staged_is_shown_when_it_leaves() {
    let app = App::running("1.0.0", &json!({ "autoUpdate": false }));
    app.stage("2.0.0");
    app.told();
    app.plugin.background(Leaving::Covered);
    assert!(app.told().is_empty());
    app.plugin.background(Leaving::App);
    assert_eq!(app.told(), ["show 2.0.0 (Start, clears service workers)"]);
}

#[test]
fn i1_a_process_that_missed_the_core_shows_builtin_checks_and_leaves_the_rest_to_the_next() {
    let mut app = App::running("1.0.0", &json!({ "autoUpdate": "always" }));
    app.restart();
    app.site.publish("2.0.0");
    app.system.pass(MINUTE);
    app.plugin.missed(&app.facts);
    app.plugin.foreground();
    app.settle();
    let status = app.answer("status", &json!({})).unwrap();
    let codes: Vec<_> = status["problems"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
    assert!(codes.contains(&&json!("start_timed_out")), "{codes:?}");
    let told = app.told();
    assert_eq!(
        told.last().unwrap(),
        "appReady (kept) [builtin success] status=\"Direct update reload failed, update will install next background\""
    );
    app.leaves();
    app.is_back(MINUTE);
    assert!(!app.told().iter().any(|line| line.starts_with("show")));
    let attached = app.plugin.attached();
    assert_eq!((attached.bundle, attached.script, attached.load), (None, None, Load::Start));
    assert_eq!((app.shows().as_str(), app.next().as_deref()), ("builtin", Some("2.0.0")));
    app.restart();
    assert_eq!(app.version(&app.launch()), "2.0.0 (Start, clears service workers)");
}

#[test]
fn a_process_beside_another_one_only_shows_and_changes_nothing() {
    let mut app = App::running("1.0.0", &json!({ "autoUpdate": "always" }));
    app.stage("2.0.0");
    app.system.born(app.facts.pid, app.facts.started);
    let first = app.plugin.clone();
    app.restart();
    app.site.publish("3.0.0");
    app.system.pass(MINUTE);
    assert_eq!(app.version(&app.launch()), "1.0.0 (Start)");
    app.page_begins();
    app.settle();
    app.leaves();
    app.is_back(MINUTE);
    assert!(!app.told().iter().any(|line| line.starts_with("show") || line.starts_with("set")));
    assert_eq!(app.next().as_deref(), Some("2.0.0"));
    drop(first);
}

#[test]
fn a_plugin_that_stands_down_asks_the_host_for_nothing() {
    let live: Value = json!({ "server": { "url": "http://localhost:5173" } });
    let disabled: Value = json!({ "cordova": { "preferences": { "DisableDeploy": "true" } } });
    for whole in [live, disabled] {
        let mut app = App::new(&json!({ "autoUpdate": "always", "autoSplashscreen": true }));
        app.config.as_object_mut().unwrap().extend(whole.as_object().unwrap().clone());
        app.restart();
        app.site.publish("1.0.0");
        app.net.hold(Hold::Panic);
        let page = app.launch();
        assert_eq!((page.load, page.script, page.token), (Load::Nothing, None, None));
        assert_eq!(app.plugin.attached().load, Load::Nothing);
        app.plugin.foreground();
        app.page_begins();
        app.plugin.render_gone(Exit::Crash);
        app.plugin.tick();
        let trigger = app.answer("triggerUpdateCheck", &json!({})).unwrap();
        assert_eq!(trigger, json!({ "status": "unavailable", "queued": false }));
        app.leaves();
        app.is_back(MINUTE);
        app.plugin.terminating();
        assert!(app.host.take().is_empty());
        assert!(app.host.log_lines().iter().any(|line| line.contains("leave this app alone")));
    }
}

/// An app that keeps its path, and shows 2.0.0 on trial at the path that the page of 1.0.0 had.
fn at_a_kept_path() -> App {
    let options = json!({ "autoUpdate": false, "appReadyTimeout": 10_000, "keepUrlPathAfterReload": true });
    let app = App::running("1.0.0", &options);
    app.plugin.foreground();
    app.stage("2.0.0");
    app.told();
    app.answer("reload", &json!({})).unwrap();
    assert_eq!(app.told(), ["show 2.0.0 (SameUrl, clears service workers)"]);
    app
}

fn reasons(app: &App) -> Vec<String> {
    let reports = app.answer("reports", &json!({})).unwrap();
    let reasons = reports["reports"].as_array().unwrap().iter();
    reasons.map(|report| report["reason"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_trial_that_is_not_ready_at_a_kept_path_has_its_whole_time_again_at_the_start_url() {
    let app = at_a_kept_path();
    app.page_begins();
    app.told();
    app.pass(10_000);
    assert_eq!(app.told(), ["show 2.0.0 (Start)"]);
    app.page_begins();
    app.pass(9_000);
    assert!(on_trial_says(&app) && app.shows() == "2.0.0");
    app.ready();
    assert!(!on_trial_says(&app));
    assert_eq!(reasons(&app), ["confirmed", "confirmed"], "nothing was held against it");
    app.answer("reload", &json!({})).unwrap();
    assert!(app.told().contains(&"show 2.0.0 (SameUrl)".to_owned()), "a confirmed bundle keeps its path");
}

#[test]
fn i5_a_trial_that_is_not_ready_at_the_start_url_either_is_left() {
    let app = at_a_kept_path();
    for shown in ["show 2.0.0 (Start, clears service workers)", "show 1.0.0 (SameUrl, clears service workers)"] {
        app.pass(10_000); // its page never begins
        assert_eq!(app.told(), [shown]);
    }
    app.page_begins();
    assert_eq!(app.shows(), "1.0.0");
    assert_eq!(reasons(&app), ["confirmed", "not_confirmed"]);
}

#[test]
fn i5_a_page_that_loads_itself_for_ever_at_a_kept_path_is_tried_at_the_start_url_once() {
    let app = at_a_kept_path();
    for shown in ["show 2.0.0 (Start)", "show 1.0.0 (SameUrl, clears service workers)"] {
        for _ in 0..4 {
            app.page_begins();
        }
        assert_eq!(app.told().last().unwrap(), shown);
    }
    assert_eq!(reasons(&app), ["confirmed", "page_loop"]);
}

#[test]
fn a_trial_whose_time_at_a_kept_path_is_over_when_the_app_leaves_begins_at_the_start_url_when_it_is_back() {
    let app = at_a_kept_path();
    app.page_begins();
    app.told();
    app.system.pass(10_000); // the timer would fire about now
    app.plugin.background(Leaving::App);
    assert!(app.told().is_empty());
    app.system.pass(MINUTE);
    app.plugin.foreground();
    assert_eq!(app.told(), ["show 2.0.0 (Start)"]);
    app.ready();
    assert!(!on_trial_says(&app));
}

#[test]
fn the_next_process_begins_at_the_start_url_and_has_no_second_try() {
    let mut app = at_a_kept_path();
    app.page_begins();
    app.restart();
    assert_eq!(app.version(&app.launch()), "2.0.0 (Start)");
    app.plugin.foreground();
    app.page_begins();
    app.told();
    app.pass(10_000);
    assert_eq!(app.told(), ["show 1.0.0 (SameUrl, clears service workers)"]);
}
