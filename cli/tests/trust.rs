//! What a device believes after the app changed, told to the real binary: its keys.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::copy;
use common::phone::Phone;
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
