//! How the end of a serve is judged: by exit records where the system tells, else by marks; what counts as a failed attempt (I6).
//!
//! In: the simulated device of `tests`. Out: a verdict. May touch: nothing.

use super::*;
use strum::VariantArray;

/// One attempt of `foreground` ms ends in `exit`; was it given back, and is there evidence?
fn judged(
    foreground: u64,
    leaving: Option<Event>,
    exit: Option<Exit>,
    low_memory_kills_reported: bool,
) -> (bool, bool) {
    let mut device = Device::on_trial("a", 'b');
    device.facts.low_memory_kills_reported = low_memory_kills_reported;
    device.stay(foreground);
    if let Some(event) = leaving {
        device.send(event);
    }
    device.die(exit);
    device.launch();
    let trial = device.marks.trial.unwrap();
    assert_eq!(trial.attempts, 1 + u32::from(trial.given_back == 0));
    (trial.given_back == 1, trial.evidence)
}

#[test]
fn i6_each_exit_record_is_judged_by_who_ended_the_process() {
    for exit in Exit::VARIANTS {
        let expected = match exit {
            Exit::Crash | Exit::NativeCrash | Exit::Anr | Exit::InitFailure | Exit::SelfExit | Exit::Signaled => {
                (false, true)
            } // a plain SIGKILL
            Exit::ExcessiveResources | Exit::Unknown => (false, false),
            _ => (true, false),
        };
        assert_eq!(judged(5_000, None, Some(*exit), true), expected, "{exit}");
    }
    assert_eq!(judged(5_000, None, Some(Exit::Signaled), false), (true, false));
}

#[test]
fn i6_under_two_seconds_only_a_crash_counts() {
    for exit in Exit::VARIANTS {
        let crash = matches!(exit, Exit::Crash | Exit::NativeCrash | Exit::Anr | Exit::InitFailure | Exit::SelfExit);
        let expected = if crash { (false, true) } else { (true, false) };
        assert_eq!(judged(1_900, None, Some(*exit), true), expected, "{exit}");
    }
}

#[test]
fn i6_an_unknown_exit_is_evidence_of_nothing() {
    assert_eq!(judged(5_000, Some(Event::Background), Some(Exit::Unknown), true), (true, false));
    assert_eq!(judged(5_000, Some(Event::Terminating), Some(Exit::Unknown), true), (true, false));
    let mut device = Device::on_trial("a", 'b');
    for _ in 0..2 {
        device.stay(900);
        device.die(Some(Exit::Unknown));
        device.launch();
    }
    assert_eq!((device.slots().0, device.is_on_trial(), device.blamed()), ('b', true, vec![]));
}

#[test]
fn i6_without_a_record_the_marks_tell() {
    assert_eq!(judged(5_000, Some(Event::Background), None, false), (true, false));
    assert_eq!(judged(5_000, Some(Event::Terminating), None, false), (true, false));
    assert_eq!(judged(5_000, None, None, false), (false, true));
    assert_eq!(judged(500, None, None, false), (false, true));
}

#[test]
fn i6_a_death_of_another_boot_session_or_system_is_not_held_against_the_bundle() {
    for change in [
        |facts: &mut Facts| facts.boot_session = "boot 2".to_owned(),
        |facts: &mut Facts| facts.os_build = "os 2".to_owned(),
    ] {
        let mut device = Device::on_trial("a", 'b');
        device.stay(5_000);
        device.die(None);
        change(&mut device.facts);
        device.launch();
        let trial = device.marks.trial.as_ref().unwrap();
        assert_eq!((trial.attempts, trial.given_back, trial.evidence), (1, 1, false));
    }
}

#[test]
fn i6_a_record_of_another_serve_says_nothing() {
    let mut device = Device::on_trial("a", 'b');
    device.stay(5_000);
    device.send(Event::Background);
    device.die(Some(Exit::Crash));
    device.facts.exits[0].token = Token::from_random([9; 8]);
    device.launch();
    assert_eq!(device.marks.trial.as_ref().unwrap().given_back, 1);
}

#[test]
fn at_most_five_attempts_are_given_back_and_time_never() {
    let mut device = Device::on_trial("a", 'b');
    for launch in 1..=7 {
        assert_eq!(device.slots().0, 'b', "launch {launch}");
        device.stay(3_000);
        device.die(Some(Exit::LowMemory));
        device.launch();
    }
    assert_eq!((device.slots().0, device.reason()), ('a', Some(Reason::NotProven)));
    let report = device.machine.state.reports.entries().last().unwrap();
    assert_eq!((report.attempts, report.foreground), (2, 7 * 3_000 - 7 * 1_000));
}

#[test]
fn a_user_is_believed_twice_and_then_it_is_evidence() {
    let mut device = Device::on_trial("a", 'b');
    for launch in 1..=4 {
        assert_eq!(device.slots().0, 'b', "launch {launch}");
        device.stay(5_000);
        device.die(Some(Exit::UserRequested));
        device.launch();
    }
    assert_eq!((device.slots().0, device.reason()), ('a', Some(Reason::NotConfirmed)));
}

#[test]
fn i6_a_kill_by_user_or_system_is_no_death_of_a_confirmed_bundle() {
    for (exit, deaths) in [
        (Exit::Crash, 1),
        (Exit::Anr, 1),
        (Exit::Signaled, 0),
        (Exit::Unknown, 0),
        (Exit::UserRequested, 0),
        (Exit::LowMemory, 0),
        (Exit::ExcessiveResources, 0),
        (Exit::PackageUpdated, 0),
    ] {
        let mut device = Device::confirmed("ab");
        device.launch();
        device.send(Event::Foreground);
        device.die(Some(exit));
        device.launch();
        assert_eq!(device.marks.deaths, deaths, "{exit}");
        // It takes that process's own one back, and no other's.
        device.send(Event::Foreground);
        device.die(Some(Exit::UserRequested));
        device.launch();
        assert_eq!(device.marks.deaths, deaths, "{exit}");
    }
}

#[test]
fn i6_a_confirmed_bundle_is_forgiven_a_plain_kill_in_its_first_two_seconds_and_no_later_one() {
    for (foreground, deaths) in [(0, 0), (1_000, 0), (1_999, 0), (2_000, 1), (5_000, 1), (9_999, 1), (10_000, 0)] {
        let mut device = Device::confirmed("ab");
        device.launch();
        device.send(Event::Foreground);
        device.stay(foreground);
        device.die(Some(Exit::Signaled));
        device.launch();
        assert_eq!(device.marks.deaths, deaths, "after {foreground} ms");
    }
    for (foreground, left) in [(1_000, 'b'), (5_000, 'a')] {
        let mut device = Device::confirmed("ab");
        for _ in 0..3 {
            device.launch();
            device.send(Event::Foreground);
            device.stay(foreground);
            device.die(Some(Exit::Signaled));
        }
        device.launch();
        assert_eq!(device.slots().0, left, "three times after {foreground} ms");
    }
}

#[test]
fn the_end_of_a_serve_is_judged_once() {
    let mut device = Device::on_trial("a", 'b');
    device.facts.foreground = false;
    device.stay(5_000);
    device.die(Some(Exit::LowMemory));
    for _ in 0..3 {
        device.launch();
        assert_eq!(device.marks.trial.as_ref().unwrap().given_back, 1);
    }
}
