//! A publisher who is given an old copy of his site, none at all, or a wrong clock.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use aloft_cli::consent::Consent;
use aloft_cli::failure::Result;
use aloft_cli::output::{Answer, Output};
use aloft_cli::publish::{PublishOptions, Published, publish};
use aloft_cli::serve::Server;
use aloft_cli::settings::{Secrets, Settings};
use aloft_cli::site::{Outcome, Publisher};
use aloft_cli::stops::Permit;
use aloft_core::model::document::ChannelDocument;
use common::{Desk, copy};
use std::fs;
use std::path::Path;

/// 2026-11-20T10:00:00Z.
const NOW: u64 = 1_795_168_800;
const DAY: u64 = 86_400;

fn desk() -> Desk {
    let desk = Desk::new();
    desk.bundle("www1", "one").bundle("www2", "two").bundle("www3", "three");
    desk
}

fn copy_all(from: &Path, to: &Path) {
    for entry in walk(from) {
        copy(&entry, &to.join(entry.strip_prefix(from).unwrap()));
    }
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// The site as it was before `act`.
fn set_back(desk: &Desk, act: impl FnOnce()) {
    copy_all(&desk.path("site"), &desk.path("before"));
    act();
    fs::remove_dir_all(desk.path("site")).unwrap();
    fs::rename(desk.path("before"), desk.path("site")).unwrap();
}

fn publisher(desk: &Desk) -> Publisher {
    Publisher::open(&Settings::load(&desk.path("aloft.toml"), Secrets::default()).unwrap()).unwrap()
}

fn options(desk: &Desk, n: u32, permits: &[Permit]) -> PublishOptions {
    let mut options = PublishOptions::new(desk.path(&format!("www{n}")), format!("{n}").parse().unwrap(), "production");
    options.permits.extend(permits);
    options
}

fn at(desk: &Desk, n: u32, now: u64, permits: &[Permit]) -> Result<Published> {
    publish(&publisher(desk), &options(desk, n, permits), now, Output::Json)
}

fn code(result: Result<Published>) -> &'static str {
    result.unwrap_err().code
}

fn document(desk: &Desk) -> ChannelDocument {
    publisher(desk).site().channel("production").unwrap().unwrap().document
}

#[test]
fn i9_a_site_that_is_older_as_a_whole_is_noticed() {
    let desk = desk();
    desk.publish("www1", "1", &[]);
    set_back(&desk, || drop(desk.publish("www2", "2", &[])));
    assert_eq!(desk.refused("www3", "3", &["--allow", "site_behind"]), ("site_rolled_back".to_owned(), 3));
    assert_eq!(desk.fails(&["channel", "rollout", "1", "5%", "--yes"]).0, "site_rolled_back");
    fs::remove_file(desk.path(".aloft/seen.json")).unwrap();
    desk.publish("www3", "3", &[]);
}

#[test]
fn i9_an_emptied_site_is_noticed_and_counters_go_on() {
    let desk = desk();
    let counter = desk.publish("www1", "1", &[])["channel"]["counter"].as_u64().unwrap();
    fs::remove_dir_all(desk.path("site")).unwrap();
    assert_eq!(desk.refused("www2", "2", &[]), ("site_empty".to_owned(), 3));
    let begun = desk.publish("www2", "2", &["--allow", "site_empty"]);
    assert!(begun["channel"]["counter"].as_u64().unwrap() > counter, "devices would refuse a lower one");
}

#[test]
fn i9_another_document_of_the_same_counter_is_noticed_and_a_renewal_mends_it() {
    let desk = desk();
    at(&desk, 1, NOW, &[]).unwrap();
    set_back(&desk, || drop(at(&desk, 2, NOW + 1, &[]).unwrap()));
    let seen = fs::read(desk.path(".aloft/seen.json")).unwrap();
    fs::remove_file(desk.path(".aloft/seen.json")).unwrap();
    at(&desk, 3, NOW + 1, &[]).unwrap(); // another machine, at the same time
    fs::write(desk.path(".aloft/seen.json"), seen).unwrap();
    desk.bundle("www4", "four");
    assert_eq!(code(at(&desk, 4, NOW + 2, &[])), "site_forked");
    let yes = &mut |_: &_| Ok(Answer::Yes);
    aloft_cli::channel::renew(&publisher(&desk), "production", None, NOW + 2, yes).unwrap();
    at(&desk, 4, NOW + 3, &[]).unwrap();
}

#[test]
fn a_machine_without_a_disk_keeps_nothing_unless_it_is_told_where() {
    let desk = desk();
    let pem = fs::read_to_string(desk.path(".aloft/signing.pem")).unwrap();
    let publish = |folder: &str, version: &str, seen: Option<&str>| {
        let mut command = desk.command(&["publish", folder, "--version", version, "--yes"]);
        command.env("ALOFT_SIGNING_KEY", &pem);
        seen.map(|seen| command.env("ALOFT_SEEN", seen));
        assert!(command.output().unwrap().status.success());
    };
    publish("www1", "1", None);
    assert!(!desk.path(".aloft/seen.json").exists());
    publish("www2", "2", Some("cache/seen.json"));
    let seen = fs::read_to_string(desk.path("cache/seen.json")).unwrap();
    assert!(seen.contains("production") && seen.contains("index.json"), "{seen}");
}

#[test]
fn what_is_remembered_and_does_not_parse_is_named() {
    let desk = desk();
    desk.write(".aloft/seen.json", b"{");
    assert_eq!(desk.refused("www1", "1", &[]), ("bad_memory".to_owned(), 1));
}

#[test]
fn a_clock_that_was_ahead_once_expires_nothing_that_follows() {
    let desk = desk();
    let mut ahead = options(&desk, 1, &[]);
    ahead.terms.expires = Some("90d".parse().unwrap());
    publish(&publisher(&desk), &ahead, NOW + 100 * DAY, Output::Json).unwrap();
    assert_eq!(code(at(&desk, 2, NOW, &[])), "clock_behind");
    at(&desk, 2, NOW, &[Permit::ClockBehind]).unwrap();
    let after = document(&desk);
    assert_eq!(after.issued.0, NOW + 100 * DAY, "it never sinks");
    assert_eq!(after.expires.unwrap().0, NOW + 190 * DAY, "it counts from the time that was signed");
    assert_eq!(code(at(&desk, 3, NOW + 501 * DAY, &[])), "clock_ahead");
    // An operator who has to act is told, and not stopped.
    let two = "2".parse().unwrap();
    let yes = &mut |_: &_| Ok(Answer::Yes);
    aloft_cli::channel::withdraw(&publisher(&desk), "production", &two, None, NOW, yes).unwrap();
}

#[test]
fn the_public_feed_knows_what_this_copy_does_not() {
    let desk = desk();
    desk.publish("www1", "1", &[]);
    let settings = fs::read_to_string(desk.path("aloft.toml")).unwrap();
    set_back(&desk, || {
        desk.publish("www2", "2", &[]);
        copy_all(&desk.path("site"), &desk.path("public"));
    });
    fs::remove_file(desk.path(".aloft/seen.json")).unwrap();
    let server = Server::local(&desk.path("public")).unwrap();
    let feed = format!("feed = {:?}\n{settings}", server.url());
    desk.write("aloft.toml", feed.as_bytes());
    assert_eq!(desk.refused("www3", "3", &[]), ("site_behind".to_owned(), 3));
    fs::remove_dir_all(desk.path("site")).unwrap();
    assert_eq!(desk.refused("www3", "3", &[]), ("site_empty".to_owned(), 3));
    drop(server);
    fs::remove_file(desk.path(".aloft/seen.json")).unwrap();
    let published = desk.publish("www3", "3", &[]);
    let warnings = published["channel"]["warnings"].to_string();
    assert!(warnings.contains("feed"), "a feed that does not answer stops nothing: {warnings}");
}

#[test]
fn i8_a_release_that_is_older_than_the_builtin_assets_is_asked_about() {
    let desk = desk();
    desk.bundle("builtin", "as shipped");
    desk.json(&["bundle", "builtin", "--builtin"]);
    let mut release = options(&desk, 1, &[]);
    release.bases = vec![desk.path("builtin")];
    release.consent = Consent::DryRun;
    assert_eq!(code(publish(&publisher(&desk), &release, NOW, Output::Json)), "builtin_newer");
    release.terms.over_builtin = true;
    publish(&publisher(&desk), &release, NOW, Output::Json).unwrap();
}

#[test]
fn publishing_to_a_channel_that_expired_says_what_comes_alive() {
    let desk = desk();
    let mut first = options(&desk, 1, &[]);
    first.terms.expires = Some("1d".parse().unwrap());
    publish(&publisher(&desk), &first, NOW, Output::Json).unwrap();
    let published = at(&desk, 2, NOW + 2 * DAY, &[]).unwrap();
    let Outcome::Written(plan) = published.outcome else { panic!("it was published") };
    let told = plan.warnings.join(" ");
    assert!(told.contains("expired on 2026-11-21T10:00:00Z") && told.contains("1 releases"), "{told}");
}
