//! Processes of the app on a device: what they are told, how they die, and what the next one shows.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::phone::Phone;
use serde_json::json;

#[test]
fn i4_only_the_page_that_is_shown_confirms() {
    let phone = Phone::with_second();
    let mut app = phone.launch(&[]);
    let (launched, old) = (app.launched.clone(), app.token());
    assert_eq!((&launched["outcome"], &launched["serve"]["clear_service_workers"]), (&json!("serving"), &json!(true)));
    assert!(launched["index_bytes"].as_u64() > Some(0) && launched["wake_after"].is_u64(), "{launched}");
    assert_eq!(app.outcome("confirm queued"), "stale", "no page has begun");
    assert_eq!(app.outcome("page 0123456789abcdef"), "stale");
    assert_eq!(app.outcome("confirm 0123456789abcdef"), "stale");
    let reloaded = app.tell("reload");
    assert_eq!(reloaded["outcome"], "reloading");
    assert_ne!(reloaded["serve"]["token"], json!(old));
    assert_eq!(app.outcome(&format!("page {old}")), "stale");
    assert_eq!(app.outcome(&format!("confirm {old}")), "stale");
    assert_eq!(app.outcome("page"), "noted");
    assert_eq!(app.outcome("confirm queued"), "confirmed");
    assert_eq!(app.outcome("confirm"), "already_confirmed");
    assert_eq!(app.tell("status")["on_trial"], false);
    assert_eq!(app.tell("reports")["answer"].as_array().unwrap().last().unwrap()["reason"], "confirmed");
}

#[test]
fn what_is_no_event_is_an_error_and_the_app_goes_on() {
    let phone = Phone::on_first();
    let mut app = phone.launch(&[]);
    for line in ["dance", "tick soon", "gone fishing", "confirm no-token", "activate nothing"] {
        let answer = app.tell(line);
        assert_eq!(answer["error"]["code"], "usage", "{line}: {answer}");
        assert!(answer["error"]["hint"].as_str().unwrap().contains("run --help"), "{answer}");
    }
    assert_eq!(
        app.tell("activate 00000000000000000000000000")["error"]["code"].as_str().map(str::is_empty),
        Some(false)
    );
    assert_eq!(app.outcome("page"), "noted");
    assert_eq!(phone.fails(&["run", "--clock", "sundial"]), ("usage".to_owned(), 2));
}

#[test]
fn i5_a_watched_hang_is_left_after_thirty_seconds_of_foreground() {
    let phone = Phone::with_second();
    let mut app = phone.launch(&[]);
    assert_eq!(app.outcome("page"), "noted");
    assert_eq!(app.outcome("tick 20000"), "noted");
    app.tell("background");
    assert_eq!(app.outcome("tick 3600000"), "noted", "nobody looks: no time passes");
    app.tell("foreground");
    let almost = app.tell("tick 9999");
    assert_eq!((&almost["outcome"], &almost["wake_after"]), (&json!("noted"), &json!(1)));
    let left = app.tell("tick 1");
    assert_eq!((&left["outcome"], &left["detail"]), (&json!("rolled_back"), &json!("not_confirmed")));
    assert_eq!(phone.version(&left["serve"]["bundle"]), "1");
    assert_eq!(app.outcome("page"), "noted");
    drop(app);
    assert_eq!(phone.life(&[], &[]), "1");
    assert_eq!(phone.reasons().last().unwrap(), "not_confirmed");
}

#[test]
fn a_device_has_its_own_time_to_confirm() {
    let phone = Phone::with_second();
    phone.init(&["--replace", "--app-ready", "5000"]);
    assert_eq!(phone.launch(&[]).outcome("tick 5000"), "rolled_back not_confirmed");
}

#[test]
fn a_renderer_that_crashes_is_left_and_one_that_was_killed_is_not() {
    let phone = Phone::with_second();
    let mut app = phone.launch(&[]);
    assert_eq!(app.outcome("gone low_memory"), "noted");
    assert_eq!(app.outcome("gone crash"), "rolled_back render_gone");
    assert_eq!(app.outcome("gone"), "noted", "what was confirmed stays");
    phone.shows("1");
}

#[test]
fn another_web_view_of_the_process_shows_the_same() {
    let phone = Phone::with_second();
    let mut app = phone.launch(&[]);
    for _ in 0..5 {
        app.tell("page");
        let attached = app.tell("attach");
        assert_eq!((&attached["outcome"], &attached["serve"]["token"]), (&json!("serving"), &json!(app.token())));
    }
    drop(app);
    assert_eq!(phone.life(&[], &["page", "confirm"]), "2", "one attempt was counted, and no page loop");
}

#[test]
fn a_page_that_begins_again_for_ever_is_left() {
    let phone = Phone::with_second();
    let mut app = phone.launch(&[]);
    let outcomes: Vec<_> = (0..4).map(|_| app.outcome("page")).collect();
    assert_eq!(outcomes, ["noted", "noted", "noted", "rolled_back page_loop"]);
    drop(app);
    assert_eq!(phone.json(&["install", "2"])["status"], "staged");
    let mut app = phone.launch(&[]);
    assert_eq!(phone.version(&app.launched["serve"]["bundle"]), "2", "{}", app.launched);
    for _ in 0..9 {
        assert_eq!((app.outcome("page"), app.outcome("reload")), ("noted".into(), "reloading".into()), "the host may");
    }
    let outcomes: Vec<_> = (0..3).map(|_| app.outcome("reload page")).collect();
    assert_eq!(outcomes, ["reloading", "reloading", "rolled_back page_loop"]);
    phone.shows("1");
}

#[test]
fn a_bundle_is_activated_in_session() {
    let phone = Phone::with_second();
    phone.json(&["stage", "builtin"]);
    phone.json(&["install", "2"]);
    let (first, second) = (phone.id("1"), phone.id("2"));
    phone.json(&["stage", &first]);
    let mut app = phone.launch(&[]);
    app.tell("page");
    let old = app.token();
    let activated = app.tell(&format!("activate {second}"));
    assert_eq!((&activated["outcome"], &activated["serve"]["bundle"]), (&json!("activated"), &json!(second)));
    assert_eq!(app.outcome(&format!("confirm {old}")), "stale", "the outgoing page proves nothing");
    assert_eq!(app.outcome("page"), "noted");
    assert_eq!(app.outcome("confirm"), "confirmed");
    assert_eq!(app.outcome("activate builtin"), "reset");
    drop(app);
    phone.shows("builtin");
}

#[test]
fn an_update_runs_inside_the_app() {
    let phone = Phone::on_first();
    phone.release("2");
    let mut app = phone.launch(&[]);
    app.tell("page");
    assert_eq!(app.tell("check")["status"], "available");
    let updated = app.tell("update");
    assert_eq!((&updated["status"], &updated["step"]["serve"]), (&json!("staged"), &json!(null)));
    phone.server.set_faults([aloft_cli::serve::Fault::new(aloft_cli::serve::Kind::Html)]);
    assert_eq!(app.tell("check")["error"]["code"], "unexpected_content");
    app.tell("terminating");
    drop(app);
    assert_eq!(phone.life(&[], &[]), "2");
}

#[test]
fn i1_a_bundle_without_its_page_is_not_shown() {
    let phone = Phone::on_first();
    let kept = phone.launch(&[]).launched["serve"]["path"].as_str().unwrap().to_owned();
    std::fs::remove_file(format!("{kept}/index.html")).unwrap();
    assert_eq!(phone.life(&[], &[]), "builtin");
    assert_eq!(phone.reasons().last().unwrap(), "bundle_missing");
}
