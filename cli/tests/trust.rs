//! What a device believes after the app changed, told to the real binary: its keys, and the builtin assets of its next build.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::copy;
use common::phone::Phone;
use serde_json::{Value, json};
use std::path::Path;

/// Copy a folder over another one.
fn copy_all(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_all(&entry.path(), &target);
        } else {
            copy(&entry.path(), &target);
        }
    }
}

#[test]
fn i9_an_older_site_is_refused_also_after_the_app_got_another_key() {
    let phone = Phone::on_first();
    copy_all(&phone.desk.path("site"), &phone.desk.path("past"));
    phone.release("2");
    assert_eq!(phone.json(&["update"])["status"], "staged");
    assert_eq!(phone.life(&[], &["page", "confirm"]), "2");
    copy_all(&phone.desk.path("past"), &phone.desk.path("site"));
    assert_eq!(phone.fails(&["update"]), ("replayed".to_owned(), 1), "with the same keys");

    let second = phone.desk.json(&["keys", "new", "--out", "second.pem"])["signing"]["public_key"].clone();
    phone.init(&["--replace", "--key", second.as_str().unwrap()]);
    assert_eq!(phone.fails(&["update"]), ("replayed".to_owned(), 1), "with one key more");
    phone.init(&["--replace"]);
    assert_eq!(phone.fails(&["update"]), ("replayed".to_owned(), 1), "and with one key less");
    phone.shows("2");
}

#[test]
fn i8_a_build_that_ends_after_a_newer_release_is_dated_by_its_source() {
    let phone = Phone::new();
    let created = |answer: &Value| answer["builtin"]["created"].as_u64().unwrap();
    let source = created(&phone.desk.json(&["bundle", "builtin", "--builtin"]));
    phone.release("1");
    // The store build ends now, and a build is newer than what was published before it ended.
    let built = created(&phone.desk.json(&["bundle", "builtin", "--builtin"]));
    assert!(built > source);
    assert_eq!(phone.json(&["update"])["skipped"], json!([{ "version": "1", "reason": "builtin_is_newer" }]));

    let described = phone.desk.json(&["bundle", "builtin", "--builtin", "--created", &source.to_string()]);
    assert_eq!(created(&described), source);
    assert_eq!(phone.json(&["update"])["status"], "staged");
    let human = phone.desk.run(&["bundle", "builtin", "--builtin", "--created", "2020-01-01T01:00:00+01:00"]);
    let told = String::from_utf8(human.stdout).unwrap();
    assert!(told.contains("dated 2020-01-01T00:00:00Z"), "{told}");
    let usage = ("usage".to_owned(), 2);
    assert_eq!(phone.desk.fails(&["bundle", "builtin", "--builtin", "--created", "9999-12-31T23:59:59Z"]), usage);
    assert_eq!(phone.desk.fails(&["bundle", "builtin", "--builtin", "--created", "yesterday"]), usage);
    assert_eq!(phone.desk.fails(&["bundle", "builtin", "--created", "1"]), usage);
}
