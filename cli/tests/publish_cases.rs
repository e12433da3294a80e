//! What a second publish does, case by case, told to the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::Desk;
use serde_json::{Value, json};

/// A desk whose channel offers version 1.0.0 of `www1`; `www2` and `www3` have other contents.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.bundle("www1", "one").bundle("www2", "two").bundle("www3", "three");
    desk.publish("www1", "1.0.0", &[]);
    desk
}

fn stopped(code: &str) -> (String, i32) {
    (code.to_owned(), 3)
}

fn written(published: &Value) -> &Value {
    &published["channel"]["written"]
}

fn codes(published: &Value) -> Vec<&str> {
    let stops = published["channel"]["stops"].as_array().unwrap();
    stops.iter().map(|stop| stop["code"].as_str().unwrap()).collect()
}

#[test]
fn a_job_that_runs_again_changes_nothing() {
    let desk = desk();
    let staged = ["--rollout", "50%", "--audience", "alice,bob", "--platform", "ios", "--expires", "90d"];
    desk.publish("www2", "2.0.0", &staged);
    let before = desk.document();
    assert_eq!(written(&desk.publish("www2", "2.0.0", &staged)), false);
    assert_eq!(written(&desk.publish("www2", "2.0.0", &[])), false, "nothing was asked for");
    let unconfirmed = desk.json(&["publish", "www2", "--version", "2.0.0"]);
    assert_eq!(written(&unconfirmed), false, "and nothing needs a confirmation");
    assert_eq!(desk.document(), before);

    // An operator changes the share; the job's own first command is still no reason to fail.
    desk.json(&["channel", "rollout", "2.0.0", "10%", "--yes"]);
    let before = desk.document();
    let again = desk.publish("www2", "2.0.0", &staged);
    assert_eq!(written(&again), false);
    let note = again["release"]["note"].as_str().unwrap();
    assert!(note.contains("10 %") && note.contains(&before["counter"].to_string()), "{note}");
    assert_eq!(desk.document(), before, "share, audience and platform stay");
}

#[test]
fn who_gets_a_release_that_is_offered_changes_only_with_retarget() {
    let desk = desk();
    desk.publish("www2", "2.0.0", &["--rollout", "50%", "--platform", "ios"]);
    for asked in [&["--rollout", "60%"][..], &["--platform", "android"], &["--encrypt"], &["--expires", "90d"]] {
        assert_eq!(desk.refused("www2", "2.0.0", asked), stopped("already_published"), "{asked:?}");
    }
    let salt = desk.document()["releases"][0]["rollout"]["salt"].clone();
    desk.publish("www2", "2.0.0", &["--rollout", "60%", "--retarget"]);
    let entry = &desk.document()["releases"][0];
    assert_eq!(entry["rollout"], json!({ "bps": 6000, "salt": salt }));
    assert_eq!(entry["requires"]["platform"], json!(["ios"]), "what was not asked for stays");
    desk.publish("www2", "2.0.0", &["--encrypt", "--retarget"]);
    let document = desk.document();
    assert!(document["releases"][0]["artifacts"][0]["cipher"]["key"].is_string());
    assert_eq!(document["releases"][0]["rollout"]["bps"], 6000);
    desk.publish("www2", "2.0.0", &["--expires", "90d", "--retarget"]);
    assert!(desk.document()["expires"].is_string());
}

#[test]
fn a_release_that_a_newer_one_replaced_does_not_come_back_by_itself() {
    let desk = desk();
    desk.publish("www2", "2.0.0", &[]);
    assert_eq!(desk.refused("www1", "1.0.0", &[]), stopped("superseded"));
    assert_eq!(desk.offered(), ["2.0.0"]);
    desk.publish("www1", "1.0.0", &["--again"]);
    assert_eq!(desk.offered(), ["1.0.0"]);
    assert_eq!(desk.document()["releases"][0]["retry"], 1, "devices that failed with it try it again");
}

#[test]
fn a_release_that_was_rolled_back_does_not_come_back_by_itself() {
    let desk = desk();
    desk.publish("www2", "2.0.0", &["--rollout", "50%"]);
    desk.json(&["channel", "rollback", "--yes"]);
    assert_eq!(desk.refused("www2", "2.0.0", &["--rollout", "50%"]), stopped("rolled_back"));
    desk.publish("www2", "2.0.0", &["--again"]);
    let entry = &desk.document()["releases"][0];
    assert_eq!((&entry["version"], &entry["rollout"]["bps"]), (&json!("2.0.0"), &json!(5000)), "as it was");
    desk.json(&["channel", "withdraw", "2.0.0", "--yes"]);
    assert_eq!(desk.refused("www2", "2.0.0", &["--again"]), stopped("withdrawn"), "no option lifts a withdrawal");
    assert_eq!(desk.refused("www2", "2.0.1", &["--same-content"]), stopped("withdrawn"));
}

#[test]
fn the_same_files_under_another_version_are_asked_about() {
    let desk = desk();
    let refused = desk.refusal(&["publish", "www1", "--version", "1.0.1", "--yes"]);
    assert_eq!(refused["error"]["code"], "same_content");
    assert!(refused["error"]["message"].as_str().unwrap().contains("1.0.0"), "{refused}");
    assert!(refused["error"]["hint"].as_str().unwrap().contains("--same-content"), "{refused}");
    assert_eq!(desk.offered(), ["1.0.0"]);
    let published = desk.publish("www1", "1.0.1", &["--same-content"]);
    assert_eq!(codes(&published), ["same_content"], "a stop that was permitted is still told");
    assert_eq!(desk.offered(), ["1.0.1"]);
}

#[test]
fn a_staged_release_above_a_staged_one_is_asked_about() {
    let desk = desk();
    desk.publish("www2", "2.0.0", &["--rollout", "50%"]);
    let salt = desk.document()["releases"][0]["rollout"]["salt"].clone();
    assert_eq!(desk.refused("www3", "3.0.0", &["--rollout", "10%"]), stopped("staged"));
    desk.publish("www3", "3.0.0", &["--rollout", "10%", "--allow", "staged"]);
    assert_eq!(desk.offered(), ["3.0.0", "2.0.0", "1.0.0"]);
    desk.json(&["channel", "rollback", "--yes"]);

    desk.bundle("www4", "four");
    let replace = ["--rollout", "10%", "--replace-staged"];
    desk.publish("www4", "4.0.0", &replace);
    assert_eq!(desk.offered(), ["4.0.0", "1.0.0"]);
    let rollout = desk.document()["releases"][0]["rollout"].clone();
    assert_eq!(rollout, json!({ "bps": 5000, "salt": salt }), "those who had the staged one take it first");
    assert_eq!(written(&desk.publish("www4", "4.0.0", &replace)), false, "and the job may run again");

    let full = desk.bundle("www5", "five").publish("www5", "5.0.0", &[]);
    let warnings = full["channel"]["warnings"].to_string();
    assert!(warnings.contains("4.0.0 (50 %) ends"), "{warnings}");
    desk.json(&["channel", "rollback", "--yes"]);
    assert_eq!(desk.offered(), ["4.0.0", "1.0.0"], "as the warning says");
}

#[test]
fn a_version_below_the_newest_is_asked_about() {
    let desk = desk();
    desk.publish("www2", "1.10.0", &[]);
    assert_eq!(desk.refused("www3", "1.9.0", &[]), stopped("older_version"));
    desk.publish("www3", "1.9.0", &["--allow", "older_version"]);
    desk.bundle("www4", "four").publish("www4", "main-3f2a", &[]);
    assert_eq!(desk.offered(), ["main-3f2a"], "no order is known, so nothing is said");
}

#[test]
fn a_channel_that_does_not_exist_is_asked_about() {
    let desk = desk();
    let refused = desk.refusal(&["publish", "www2", "--version", "2", "--channel", "prodcution", "--yes"]);
    assert_eq!(refused["error"]["code"], "new_channel");
    assert!(refused["error"]["message"].as_str().unwrap().contains("production"), "{refused}");
    desk.publish("www2", "2", &["--channel", "beta", "--allow", "new_channel"]);
    desk.publish("www3", "3", &["--channel", "beta"]);
}

#[test]
fn a_bundle_that_never_says_it_is_ready_is_asked_about() {
    let desk = desk();
    desk.write("mute/index.html", b"<p>no call");
    assert_eq!(desk.refused("mute", "2", &[]), stopped("not_ready"));
    let settings = std::fs::read_to_string(desk.path("aloft.toml")).unwrap();
    desk.write("aloft.toml", format!("allow = [\"staged\"]\n{settings}").as_bytes());
    assert_eq!(desk.refused("mute", "2", &[]), ("bad_settings".to_owned(), 1), "that would hold for ever");
    desk.write("aloft.toml", format!("allow = [\"not_ready\"]\n{settings}").as_bytes());
    assert_eq!(codes(&desk.publish("mute", "2", &[])), ["not_ready"]);
    assert_eq!(desk.refused("www2", "3", &["--allow", "everything"]), ("usage".to_owned(), 2));
}

#[test]
fn a_release_that_is_not_encrypted_as_the_last_one_was_is_asked_about() {
    let desk = Desk::new();
    desk.bundle("www1", "one").bundle("www2", "two");
    desk.publish("www1", "1", &["--encrypt"]);
    assert_eq!(desk.refused("www2", "2", &[]), stopped("unencrypted"));
    assert_eq!(written(&desk.publish("www1", "1", &[])), false, "one that is offered stays encrypted");
    desk.publish("www2", "2", &["--allow", "unencrypted"]);
}

#[test]
fn a_dry_run_tells_every_stop_and_ends_as_a_script_would() {
    let desk = desk();
    desk.write("mute/index.html", b"<p>no call");
    let refused = desk.refusal(&["publish", "mute", "--version", "0.1", "--dry-run"]);
    let stops: Vec<_> =
        refused["stops"].as_array().unwrap().iter().map(|stop| stop["code"].as_str().unwrap()).collect();
    assert_eq!(stops, ["not_ready", "older_version"], "{refused}");
    assert_eq!(refused["changes"][0]["what"], "release_added");
    let dry = desk.json(&["publish", "mute", "--version", "0.1", "--dry-run", "--allow", "not_ready,older_version"]);
    assert_eq!(written(&dry), false);
    assert_eq!(desk.offered(), ["1.0.0"]);
}

#[test]
fn packs_are_added_to_what_is_offered_and_never_taken_away() {
    let desk = desk();
    desk.publish("www2", "2.0.0", &["--rollout", "50%", "--packs", "0"]);
    let more = desk.publish("www2", "2.0.0", &["--packs", "1"]);
    assert_eq!(written(&more), true);
    let entry = desk.document()["releases"][0].clone();
    assert!(entry["artifacts"].as_array().unwrap().len() > 1, "{entry}");
    assert_eq!(entry["rollout"]["bps"], 5000);
    assert_eq!(written(&desk.publish("www2", "2.0.0", &["--packs", "0"])), false);
}

#[test]
fn what_an_earlier_withdrawal_left_behind_is_told_until_it_is_set_back() {
    let desk = desk();
    desk.publish("www2", "2.0.0", &[]);
    desk.json(&["channel", "withdraw", "2.0.0", "--otherwise", "builtin", "--yes"]);
    let published = desk.publish("www3", "3.0.0", &[]);
    let warnings = published["channel"]["warnings"].to_string();
    assert!(warnings.contains("--otherwise keep"), "{warnings}");
}
