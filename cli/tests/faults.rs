//! What goes wrong on a publisher's side, and what is left in force.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{Desk, copy};
use std::fs::File;
use std::process::Stdio;
use std::thread;

#[test]
fn one_version_never_gets_two_contents_in_any_channel() {
    let desk = Desk::new();
    desk.bundle("www", "one").bundle("www2", "two");
    desk.publish("www", "1", &["--channel", "beta"]);
    let refused = ("version_taken".to_owned(), 3);
    assert_eq!(desk.refused("www2", "1", &[]), refused);
    desk.publish("www2", "2", &["--channel", "beta"]);
    assert_eq!(desk.refused("www2", "1", &[]), refused, "also when only the history has it");
    desk.publish("www", "1", &["--allow", "new_channel"]);
}

#[test]
fn a_document_of_another_key_is_not_built_on() {
    let desk = Desk::new();
    desk.bundle("www", "one").bundle("www2", "two");
    desk.publish("www", "1", &[]);
    let own = desk.json(&["keys", "show"])["signing"]["public_key"].as_str().unwrap().to_owned();
    desk.json(&["keys", "new", "--out", "second.pem"]);
    let settings = std::fs::read_to_string(desk.path("aloft.toml")).unwrap();
    let second = settings.replace(".aloft/signing.pem", "second.pem");
    desk.write("aloft.toml", second.as_bytes());
    assert_eq!(desk.refused("www2", "2", &[]), ("signature_invalid".to_owned(), 1));
    assert_eq!(desk.fails(&["channel", "show"]).0, "signature_invalid");
    // After a change of keys the old one is believed for what it signed.
    desk.write("aloft.toml", second.replace("trusted = []", &format!("trusted = [{own:?}]")).as_bytes());
    desk.publish("www2", "2", &[]);
    assert_eq!(desk.offered(), ["2"]);
}

#[test]
fn i9_a_site_that_was_set_back_is_not_built_on() {
    let desk = Desk::new();
    desk.bundle("www", "one").bundle("www2", "two");
    let counter = desk.publish("www", "1", &[])["channel"]["counter"].clone();
    let old = desk.path(&format!("site/history/production/{counter}.json"));
    let newer = desk.publish("www2", "2", &[])["channel"]["counter"].clone();
    let current = desk.path("site/channels/production.json");
    copy(&old, &current);
    let refused = ("site_rolled_back".to_owned(), 3);
    assert_eq!(desk.fails(&["channel", "rollout", "1", "5%", "--yes"]), refused);
    std::fs::remove_file(&current).unwrap();
    assert_eq!(desk.refused("www", "1", &[]), refused, "an absent document is an older one");
    copy(&desk.path(&format!("site/history/production/{newer}.json")), &current);
    desk.publish("www2", "2", &[]);
    // What nobody signed proves nothing and blocks nothing.
    desk.write("site/history/production/9007199254740991.json", b"{}");
    desk.publish("www", "1", &["--again"]);
}

#[test]
fn publishers_at_the_same_time_take_turns() {
    const WRITERS: usize = 6;
    let desk = Desk::new();
    for n in 0..WRITERS {
        desk.bundle(&format!("www{n}"), &format!("text {n}"));
    }
    desk.publish("www0", "v0", &[]);
    thread::scope(|scope| {
        for n in 1..WRITERS {
            let desk = &desk;
            scope.spawn(move || {
                let channel = if n % 2 == 0 { "production" } else { "beta" };
                desk.publish(
                    &format!("www{n}"),
                    &format!("v{n}"),
                    &["--rollout", "10%", "--allow", "staged,new_channel", "--channel", channel],
                )
            });
        }
    });
    let beta = desk.json(&["channel", "show", "--channel", "beta"]);
    assert_eq!(desk.offered().len() + common::versions(&beta["document"]).len(), WRITERS);
    assert_eq!(desk.list("site/history/production").len(), 3);
    assert_eq!(desk.list("site/history/beta").len(), 3);
    assert_eq!(beta["index"]["counter"], beta["document"]["counter"], "nobody's index was lost");
    let shown = desk.json(&["channel", "show"]);
    assert_eq!(shown["index"]["counter"], shown["document"]["counter"]);
}

#[cfg(unix)]
#[test]
fn a_publisher_killed_before_the_channel_leaves_the_old_one_in_force() {
    let desk = Desk::new();
    desk.bundle("www", "one").bundle("www2", "two");
    desk.publish("www", "1", &["--packs", "0"]);
    let before = desk.document();
    let lock = File::options().write(true).open(desk.path("site/.aloft.lock")).unwrap();
    lock.lock().unwrap(); // the next publisher has to wait between its artifact and the channel
    let second = ["publish", "www2", "--version", "2", "--packs", "0", "--yes"];
    let mut second = desk.command(&second).stdout(Stdio::null()).spawn().unwrap();
    while desk.list("site/artifacts").iter().filter(|name| !name.starts_with('.')).count() < 2 {
        assert!(second.try_wait().unwrap().is_none(), "it ended without waiting");
        thread::yield_now();
    }
    second.kill().unwrap();
    second.wait().unwrap();
    lock.unlock().unwrap();
    assert_eq!(desk.document(), before);
    let published = desk.publish("www2", "2", &["--packs", "0"]);
    assert_eq!(published["channel"]["written"], true);
    assert_eq!(desk.list("site/artifacts").len(), 2, "the bytes written before the kill are the same");
}

#[test]
fn a_publisher_killed_after_the_channel_is_finished_by_the_next() {
    let desk = Desk::new();
    desk.bundle("www", "one");
    desk.publish("www", "1", &[]);
    let counter = desk.document()["counter"].clone();
    std::fs::remove_file(desk.path("site/channels/index.json")).unwrap();
    std::fs::remove_file(desk.path(&format!("site/history/production/{counter}.json"))).unwrap();
    desk.publish("www", "1", &[]);
    let shown = desk.json(&["channel", "show"]);
    assert_eq!(shown["index"]["counter"], shown["document"]["counter"]);
    assert_eq!(desk.list("site/history/production").len(), 2);
}

#[test]
fn a_damaged_artifact_is_noticed_before_it_is_offered_again() {
    let desk = Desk::new();
    desk.bundle("www", "one").bundle("www2", "two");
    let first = desk.publish("www", "1", &[]);
    desk.publish("www2", "2", &[]);
    let artifact = desk.path("site").join(first["release"]["artifacts"][0]["path"].as_str().unwrap());
    std::fs::write(&artifact, b"something else").unwrap();
    assert_eq!(desk.fails(&["channel", "rollback", "--yes"]).0, "artifact_damaged");
    assert_eq!(desk.refused("www", "1", &["--again"]).0, "artifact_damaged");
    std::fs::remove_file(&artifact).unwrap();
    assert_eq!(desk.fails(&["channel", "rollback", "--yes"]).0, "artifact_missing");
    desk.publish("www", "1", &["--again"]);
    assert_eq!(desk.offered(), ["1"]);
}

#[test]
fn mistakes_are_explained() {
    let desk = Desk::new();
    desk.bundle("dist/www", "one");
    assert_eq!(desk.refused("dist", "1", &[]), ("index_missing".to_owned(), 1));
    assert_eq!(desk.refused("nowhere", "1", &[]).0, "not_found");
    assert_eq!(desk.refused("dist/www", "1", &["--channel", "index"]).0, "usage");
    assert_eq!(desk.fails(&["publish", "dist/www"]), ("usage".to_owned(), 2));
    assert_eq!(desk.fails(&["channel", "show"]).0, "unknown_channel");
    assert_eq!(desk.fails(&["channel", "rollback", "--yes"]).0, "nothing_older");
    assert_eq!(desk.fails(&["keys", "new"]), ("key_exists".to_owned(), 3));
    assert_eq!(desk.fails(&["init"]), ("settings_exist".to_owned(), 3));
    desk.publish("dist/www", "1", &[]);
    assert_eq!(desk.fails(&["channel", "rollout", "9", "5%", "--yes"]).0, "unknown_release");
    assert_eq!(desk.fails(&["--config", "other.toml", "channel", "show"]).0, "settings_missing");
    std::fs::remove_file(desk.path(".aloft/encryption.key")).unwrap();
    assert_eq!(desk.refused("dist/www", "1", &["--encrypt", "--retarget"]).0, "key_missing");
}
