//! A release goes from one channel to another, told to the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::Desk;
use serde_json::{Value, json};

/// `beta` offers 2.0.0 to some devices; `production` is on 1.0.0.
fn desk(more: &[&str]) -> Desk {
    let desk = Desk::new();
    desk.bundle("www1", "one").bundle("www2", "two");
    desk.publish("www1", "1.0.0", more);
    let beta = ["--channel", "beta", "--allow", "new_channel", "--rollout", "50%", "--platform", "ios"];
    desk.publish("www2", "2.0.0", &[&beta[..], &["--audience", "alice"], more].concat());
    std::fs::remove_dir_all(desk.path("www2")).unwrap();
    desk
}

fn promote(desk: &Desk, more: &[&str]) -> Value {
    desk.json(&[&["channel", "promote", "2.0.0", "--from", "beta", "--yes"], more].concat())
}

#[test]
fn the_same_bytes_go_to_another_channel_without_a_build() {
    for encrypt in [&[][..], &["--encrypt"]] {
        let desk = desk(encrypt);
        let beta = desk.json(&["channel", "show", "--channel", "beta"])["document"]["releases"][0].clone();
        let promoted = promote(&desk, &["--rollout", "10%"]);
        assert_eq!(desk.offered(), ["2.0.0", "1.0.0"]);
        let entry = &desk.document()["releases"][0];
        assert_eq!(entry["root"], beta["root"]);
        assert_eq!(entry["artifacts"][0], beta["artifacts"][0], "also where it is encrypted: {encrypt:?}");
        assert_eq!(
            (&entry["rollout"]["bps"], &entry["requires"], &entry["audience"]),
            (&json!(1000), &json!(null), &json!(null))
        );
        let from: Vec<_> =
            promoted["release"]["artifacts"].as_array().unwrap().iter().map(|sent| &sent["from"]).collect();
        assert!(
            from.contains(&&json!("1.0.0")) || !promoted["release"]["left_out"].as_array().unwrap().is_empty(),
            "{promoted}"
        );
        assert_eq!(promote(&desk, &["--rollout", "10%"])["channel"]["written"], false, "a job may run again");
    }
}

#[test]
fn i8_a_release_keeps_the_date_of_its_first_publish() {
    let desk = desk(&[]);
    desk.bundle("www3", "three").publish("www3", "1.1.0", &[]);
    let created = |document: &Value| document["releases"][0]["created"].as_u64().unwrap();
    let (beta, before) =
        (created(&desk.json(&["channel", "show", "--channel", "beta"])["document"]), created(&desk.document()));
    promote(&desk, &[]);
    assert_eq!(created(&desk.document()), beta.max(before + 1), "not that of now: a newer builtin would be replaced");
}

#[test]
fn what_is_not_there_or_withdrawn_is_not_promoted() {
    let desk = desk(&[]);
    let code = |arguments: &[&str]| desk.fails(&[&["channel", "promote"], arguments, &["--yes"]].concat()).0;
    assert_eq!(code(&["9", "--from", "beta"]), "unknown_release");
    assert_eq!(code(&["2.0.0", "--from", "alpha"]), "unknown_channel");
    assert_eq!(code(&["1.0.0", "--from", "production"]), "usage");
    assert_eq!(desk.fails(&["channel", "promote", "2.0.0", "--from", "beta"]), ("needs_confirmation".to_owned(), 3));
    desk.json(&["channel", "withdraw", "2.0.0", "--channel", "beta", "--yes"]);
    assert_eq!(code(&["2.0.0", "--from", "beta"]), "withdrawn");
}

#[test]
fn publishing_the_folder_again_names_the_shorter_way() {
    let desk = desk(&[]);
    let published = desk.bundle("www2", "two").publish("www2", "2.0.0", &[]);
    let warnings = published["channel"]["warnings"].to_string();
    assert!(warnings.contains("aloft channel promote 2.0.0 --from beta"), "{warnings}");
}
