//! Processes of the app that die, and what the next one makes of it (docs/boot.md, "How the last serve ended").
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::phone::Phone;

/// Launches of release 2 before the device leaves it, each looked at and ended in the same way.
fn lives(phone: &Phone, exit: &[&str], events: &[&str]) -> usize {
    let mut lives = 0;
    while phone.life(if lives == 0 { &[] } else { exit }, events) == "2" {
        lives += 1;
        assert!(lives < 20, "it is never left");
    }
    phone.shows("1");
    lives
}

#[test]
fn i5_two_kills_before_the_proof_and_the_third_launch_is_back() {
    let phone = Phone::with_second();
    assert_eq!(lives(&phone, &[], &["page"]), 2);
    assert_eq!(phone.reasons().last().unwrap(), "not_confirmed");
    assert_eq!(phone.json(&["update"])["skipped"][0]["reason"], "blocked");
}

#[test]
fn a_crash_counts_however_short_it_was() {
    let phone = Phone::with_second();
    assert_eq!(lives(&phone, &["--exit-record", "native_crash"], &[]), 2);
    assert_eq!(phone.reasons().last().unwrap(), "not_confirmed");
}

#[test]
fn i6_what_the_system_took_is_given_back_five_times() {
    let phone = Phone::with_second();
    assert_eq!(lives(&phone, &["--exit-record", "low_memory"], &["page"]), 7);
    assert_eq!(phone.reasons().last().unwrap(), "not_proven", "held back, not blocked");
}

#[test]
fn i6_what_the_user_swiped_away_after_a_while_is_given_back_twice() {
    let phone = Phone::with_second();
    assert_eq!(lives(&phone, &["--exit-record", "user_requested"], &["page", "tick 5000"]), 4);
    assert_eq!(phone.reasons().last().unwrap(), "not_confirmed");
}

#[test]
fn a_kill_without_a_word_costs_nothing_where_the_system_does_not_tell_why() {
    let phone = Phone::with_second();
    assert_eq!(lives(&phone, &["--exit-record", "signaled"], &["page", "tick 5000"]), 7);
    let phone = Phone::with_second();
    phone.init(&["--replace", "--platform", "android"]);
    assert_eq!(lives(&phone, &["--exit-record", "signaled"], &["page", "tick 5000"]), 2);
}

#[test]
fn without_a_record_the_last_mark_tells() {
    let phone = Phone::with_second();
    assert_eq!(lives(&phone, &[], &["page", "background"]), 7);
    let phone = Phone::with_second();
    assert_eq!(lives(&phone, &[], &["page", "tick 5000", "terminating"]), 4);
}

#[test]
fn time_is_never_given_back() {
    let phone = Phone::with_second();
    let events = ["page", "tick 20000", "background"];
    assert_eq!(lives(&phone, &["--exit-record", "low_memory"], &events), 3, "three times 20 s are twice 30 s");
}

#[test]
fn i6_a_process_nobody_looks_at_counts_no_attempt() {
    let phone = Phone::with_second();
    for _ in 0..6 {
        assert_eq!(phone.life(&["--in-background"], &["page"]), "2");
    }
    let mut app = phone.launch(&["--in-background"]);
    assert!(app.launched["wake_after"].is_null(), "no timer in the background: {}", app.launched);
    app.tell("foreground"); // the first attempt
    drop(app);
    assert_eq!(lives(&phone, &[], &["page"]), 1);
}

#[test]
fn a_confirmed_bundle_that_only_crashes_is_left() {
    let phone = Phone::with_second();
    phone.life(&[], &["page", "confirm", "background"]);
    assert_eq!(lives(&phone, &["--exit-record", "crash"], &["foreground", "tick 1000"]), 3);
    assert_eq!(phone.reasons().last().unwrap(), "crash_loop");
}

#[test]
fn a_second_process_only_shows_while_the_first_lives() {
    let phone = Phone::with_second();
    let first = phone.launch(&[]);
    let mut second = phone.launch(&[]);
    assert_eq!(second.launched["outcome"], "passive");
    assert_eq!(phone.version(&second.launched["serve"]["bundle"]), "1", "two processes never share a trial");
    for event in ["page", "confirm", "fail", "foreground", "tick 90000", "background"] {
        assert_eq!(second.outcome(event), "passive", "{event}");
    }
    drop(first);
    assert_eq!(second.outcome("confirm"), "passive", "for its whole life");
    drop(second);
    assert_eq!(phone.life(&["--exit-record", "low_memory"], &["page"]), "2", "the record is the first one's");
    assert_eq!(lives(&phone, &["--exit-record", "crash"], &["page"]), 1, "whose attempt was given back");
}
