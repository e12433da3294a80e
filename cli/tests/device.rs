//! The device's commands, one process each, against a real site.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use aloft_cli::serve::{Fault, Kind, RetryAfter};
use common::phone::Phone;
use serde_json::json;

#[test]
fn a_device_is_made_once_and_replaced_without_losing_its_data() {
    let phone = Phone::on_first();
    let again = phone.init_arguments();
    assert_eq!(phone.fails(&again), ("device_exists".to_owned(), 3));
    let id = phone.json(&["status"])["device_id"].clone();
    assert!(id.is_string());
    phone.init(&["--replace", "--channel", "beta"]);
    let status = phone.json(&["status"]);
    assert_eq!((&status["channel"], &status["device_id"]), (&json!("beta"), &id));
    phone.shows("1");
}

#[test]
fn a_folder_without_a_device_is_told_from_a_broken_one() {
    let phone = Phone::new();
    assert_eq!(phone.fails(&["status", "--data", "elsewhere"]), ("no_device".to_owned(), 1));
    let elsewhere = [phone.init_arguments(), ["--replace", "--data", "elsewhere"].map(str::to_owned).to_vec()].concat();
    assert_eq!(phone.fails(&elsewhere), ("no_device".to_owned(), 1));
    assert!(!phone.desk.path("elsewhere").exists(), "a mistyped folder makes no device");
    phone.desk.write("device/device.json", b"{");
    assert_eq!(phone.fails(&["status"]), ("bad_device".to_owned(), 1));
    phone.init(&["--replace"]);
    assert_eq!(phone.json(&["status"])["current"], "builtin");
}

#[test]
fn check_tells_and_update_stages() {
    let phone = Phone::new();
    assert_eq!(phone.fails(&["check"]), ("not_found".to_owned(), 1), "nothing is published");
    let published = phone.release("1");
    let checked = phone.json(&["check"]);
    assert_eq!((&checked["status"], &checked["version"]), (&json!("available"), &json!("1")));
    assert_eq!(checked["root"], published["release"]["root"]);
    let updated = phone.json(&["update"]);
    assert_eq!(updated["downloaded"], checked["download"]);
    assert_eq!((&updated["status"], &updated["resumed"]), (&json!("staged"), &json!(false)));
    assert_eq!((&updated["step"]["outcome"], &updated["step"]["serve"]), (&json!("staged"), &json!(null)));
    let status = phone.json(&["status"]);
    assert_eq!((&status["current"], &status["next"]), (&json!("builtin"), &updated["id"]));
    assert_eq!(phone.json(&["update"])["downloaded"], 0, "what is kept is not fetched again");
}

#[test]
fn slots_are_changed_by_hand() {
    let phone = Phone::with_second();
    let (first, second) = (phone.id("1"), phone.id("2"));
    assert_eq!(phone.fails(&["remove", &first]), ("protected".to_owned(), 3));
    assert_eq!(phone.fails(&["stage", "unknown000"]).0, "unknown_bundle");
    assert_eq!(phone.json(&["stage", "builtin"])["outcome"], "staged");
    assert_eq!(phone.json(&["remove", &second])["outcome"], "removed");
    assert_eq!(phone.fails(&["remove", &second]), ("unknown_bundle".to_owned(), 1));
    assert_eq!(phone.json(&["stage", &first])["outcome"], "already_current");
    assert_eq!(phone.json(&["reset", "--to", "fallback"])["outcome"], "reset");
    phone.shows("builtin");
    assert_eq!(phone.json(&["install", "2"])["status"], "staged");
    assert_eq!(phone.fails(&["install", "7"]).0, "unknown_bundle");
    assert_eq!(phone.desk.fails(&["device", "reset", "--to", "nowhere"]), ("usage".to_owned(), 2));
    assert_eq!(phone.life(&[], &["page"]), "2");
}

#[test]
fn what_failed_is_held_back_until_somebody_says_otherwise() {
    let phone = Phone::with_second();
    assert_eq!(phone.life(&[], &["page", "fail the menu is empty"]), "2");
    phone.shows("1");
    let reports = phone.json(&["reports", "--acknowledge"]);
    let told = reports.as_array().unwrap().last().unwrap();
    assert_eq!((&told["reason"], &told["detail"]), (&json!("reported"), &json!("the menu is empty")));
    assert_eq!(phone.json(&["reports"]), json!([]));
    let updated = phone.json(&["update"]);
    assert_eq!(updated["skipped"], json!([{ "version": "2", "reason": "blocked" }]));
    let root = phone.release("2")["release"]["root"].as_str().unwrap().to_owned();
    assert_eq!(phone.json(&["unblock", &root])["outcome"], "unblocked");
    assert_eq!(phone.fails(&["unblock", &root]).0, "unknown_bundle");
    assert_eq!(phone.json(&["update"])["status"], "staged");
    phone.life(&[], &["page", "fail"]);
    assert_eq!(phone.json(&["install", "2"])["status"], "staged", "a person overrules the ledger");
    assert_eq!(phone.life(&[], &["page", "confirm"]), "2");
    phone.shows("2");
}

#[test]
fn what_failed_is_remembered_when_the_state_is_lost() {
    let phone = Phone::with_second();
    phone.life(&[], &["page", "fail"]);
    assert_eq!(phone.json(&["update"])["skipped"][0]["reason"], "blocked");
    for name in phone.desk.list("device/data").iter().filter(|name| name.starts_with("state")) {
        std::fs::remove_file(phone.desk.path("device/data").join(name)).unwrap();
    }
    phone.shows("builtin");
    let updated = phone.json(&["update"]);
    assert_eq!(updated["skipped"], json!([{ "version": "2", "reason": "blocked" }]), "{updated}");
}

#[test]
fn errors_on_the_way_have_a_code_and_lose_nothing() {
    let phone = Phone::on_first();
    phone.release("2");
    for (fault, code) in [
        (Kind::Corrupt(100), "digest_mismatch"),
        (Kind::Status(503, RetryAfter::None), "server_error"),
        (Kind::Html, "unexpected_content"),
    ] {
        phone.server.set_faults([Fault::new(fault).at("artifacts/*")]);
        assert_eq!(phone.fails(&["update"]), (code.to_owned(), 1));
        phone.shows("1");
    }
    phone.server.set_faults([]);
    assert_eq!(phone.json(&["update"])["status"], "staged");
    phone.init(&["--replace", "--threshold", "2"]);
    assert_eq!(phone.fails(&["check"]).1, 1);
    assert_eq!(phone.life(&[], &["page", "confirm"]), "2", "a device whose trust is wrong boots all the same");
}

#[test]
fn people_read_sentences() {
    let phone = Phone::new();
    phone.release("1");
    assert!(phone.human(&["check"]).starts_with("1 is there: "));
    let updated = phone.human(&["update"]);
    assert!(updated.starts_with("1 is next: ") && !updated.contains('{'), "{updated}");
    assert_eq!(phone.human(&["reports"]), "nothing to report\n");
    assert!(phone.human(&["status"]).starts_with("builtin on channel production\nfallback  builtin\nnext      1 ("));
    phone.life(&[], &["page", "fail no menu"]);
    let told = phone.human(&["reports"]);
    assert!(told.contains("1 → builtin  reported: no menu"), "{told}");
    assert!(phone.human(&["update"]).contains("not 1: blocked"));
    let failed = phone.desk.run(&["device", "stage", "unknown000"]);
    let told = String::from_utf8(failed.stderr).unwrap();
    assert!(told.contains("error unknown_bundle") && told.contains("hint: see `bundles()`"), "{told}");
    let help = phone.desk.run(&["device", "run", "--help"]);
    assert!(String::from_utf8(help.stdout).unwrap().contains("confirm queued"));
}
