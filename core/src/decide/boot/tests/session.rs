//! From foreground to foreground: time, tokens, pages that begin, confirm, reload, break (I4, I5, I6).
//!
//! In: the simulated device of `tests`. Out: a verdict. May touch: nothing.

use super::*;
use crate::model::event::{Asker, RenderExit, ResetTo};

#[test]
fn i11_a_report_counts_the_foreground_time_up_to_the_event() {
    for end in [Event::Reload(Asker::Page), Event::RenderGone(Token::from_random([0; 8]), RenderExit::Crashed)] {
        let mut device = Device::on_trial("a", 'b');
        for _ in 0..3 {
            device.monotonic += 500;
            let own = device.token();
            device.send(if let Event::RenderGone(_, exit) = end { Event::RenderGone(own, exit) } else { end.clone() });
        }
        let report = device.machine.state.reports.entries().last().unwrap();
        let expected = if matches!(end, Event::Reload(_)) { 1_500 } else { 500 };
        assert_eq!((device.slots().0, report.foreground), ('a', expected), "{:?}", report.reason);
    }
}

#[test]
fn i6_a_process_started_in_the_background_costs_nothing_until_it_is_looked_at() {
    let mut device = Device::staged("a", 'b');
    device.facts.foreground = false;
    for _ in 0..20 {
        device.launch();
        device.monotonic += 3_600_000;
        device.send(Event::Tick);
        assert_eq!((device.slots().0, device.attempts()), ('b', 0));
        device.die(None);
    }
    device.launch();
    device.send(Event::Foreground);
    assert_eq!(device.attempts(), 1);
    device.send(Event::Background);
    device.send(Event::Foreground);
    assert_eq!(device.attempts(), 1);
}

#[test]
fn i6_a_suspended_app_uses_no_time() {
    let mut device = Device::on_trial("a", 'b');
    device.stay(20_000);
    device.send(Event::Background);
    device.monotonic += 30 * 60 * 1000;
    device.send(Event::Foreground);
    device.stay(9_000);
    assert_eq!((device.slots().0, device.marks.trial.as_ref().unwrap().foreground), ('b', 28_000));
    assert_eq!(device.machine.marks.trial.as_ref().unwrap().foreground, 29_000);
}

#[test]
fn i5_a_hang_that_is_watched_ends_in_session_over_background_and_foreground() {
    let mut device = Device::on_trial("a", 'b');
    device.stay(20_000);
    device.send(Event::Background);
    device.send(Event::Foreground);
    let reaction = device.stay(11_000);
    assert_eq!(reaction.outcome, Outcome::RolledBack(Reason::NotConfirmed));
    assert_eq!(reaction.serve.unwrap().bundle, bundle('a'));
    assert_eq!(device.blamed(), [(root('b'), Cause::NotConfirmed)]);
    assert_eq!(device.monotonic, 30_000);
}

#[test]
fn a_time_out_found_on_the_way_out_shows_its_page_at_the_next_foreground() {
    for leaving in [Event::Background, Event::Terminating] {
        let mut device = Device::on_trial("a", 'b');
        device.monotonic += 31_000;
        let reaction = device.send(leaving);
        assert_eq!((reaction.outcome, reaction.serve), (Outcome::RolledBack(Reason::NotConfirmed), None));
        assert_eq!(reaction.commit, Commit::State);
        assert_eq!(device.send(Event::Foreground).serve.unwrap().bundle, bundle('a'));
        assert_eq!(device.send(Event::Foreground).serve, None);
    }
}

#[test]
fn marks_are_written_every_two_seconds_of_a_trial_and_not_for_a_confirmed_bundle() {
    let mut device = Device::on_trial("a", 'b');
    assert_eq!(device.send(Event::Tick).wake_after, Some(2_000));
    device.monotonic += 1_999;
    assert_eq!(device.send(Event::Tick).commit, Commit::Nothing);
    device.monotonic += 1;
    assert_eq!(device.send(Event::Tick).commit, Commit::Marks);
    device.page();
    device.send(queued());
    device.monotonic += 60_000;
    let reaction = device.send(Event::Tick);
    assert_eq!((reaction.commit, reaction.wake_after), (Commit::Nothing, None));
}

#[test]
fn i5_calls_of_the_page_do_not_put_the_timer_off() {
    let mut device = Device::on_trial("a", 'b');
    device.monotonic += 1_500;
    assert_eq!(device.send(queued()).wake_after, Some(500));
    device.monotonic += 28_000;
    device.send(Event::Tick);
    assert_eq!(device.send(Event::Attached).wake_after, Some(500));
}

#[test]
fn deaths_are_counted_once_a_process_and_forgotten_after_ten_seconds_or_on_leaving() {
    let mut device = Device::confirmed("a");
    device.launch();
    assert_eq!(device.marks.deaths, 0);
    assert_eq!(device.send(Event::Foreground).wake_after, Some(2_000));
    assert_eq!(device.marks.deaths, 1);
    device.monotonic += 2_000;
    let reaction = device.send(Event::Tick);
    assert_eq!((reaction.commit, reaction.wake_after), (Commit::Marks, Some(8_000)));
    device.monotonic += 2_000;
    let reaction = device.send(Event::Tick);
    assert_eq!((reaction.commit, reaction.wake_after), (Commit::Nothing, Some(6_000)), "it is marked once");
    device.stay(6_000);
    assert_eq!(device.marks.deaths, 0);
    device.send(Event::Foreground);
    assert_eq!(device.marks.deaths, 0);
    for leaving in [Event::Background, Event::Terminating] {
        device.die(None);
        device.launch();
        device.send(Event::Foreground);
        assert_eq!(device.marks.deaths, 1);
        device.send(leaving);
        assert_eq!(device.marks.deaths, 0);
    }
}

#[test]
fn i4_the_token_of_this_serve_confirms() {
    let mut device = Device::on_trial("a", 'b');
    device.stay(3_000);
    let token = device.token();
    let reaction = device.send(Event::Confirmed(Proof::Token(token.clone())));
    assert_eq!((reaction.outcome, reaction.commit), (Outcome::Confirmed, Commit::State));
    assert_eq!((device.slots(), device.is_on_trial()), (('b', 'a', None), false));
    let report = device.machine.state.reports.entries().last().unwrap();
    assert_eq!((report.reason, report.foreground, report.attempts), (Reason::Confirmed, 3_000, 1));
    assert_eq!(device.send(Event::Confirmed(Proof::Token(token))).outcome, Outcome::AlreadyConfirmed);
    assert_eq!(device.send(queued()).outcome, Outcome::AlreadyConfirmed);
}

#[test]
fn i4_a_stale_token_confirms_nothing() {
    let mut device = Device::confirmed("a");
    device.launch();
    let old_page = device.token();
    device.send(staged('b'));
    device.send(Event::Activated(bundle('b')));
    for stale in [old_page, Token::from_random([9; 8])] {
        assert_eq!(device.send(Event::Confirmed(Proof::Token(stale))).outcome, Outcome::Stale);
        assert!(device.is_on_trial());
    }
}

#[test]
fn i4_the_token_of_an_earlier_attempt_confirms_nothing() {
    let mut device = Device::on_trial("a", 'b');
    let earlier = device.token();
    device.close();
    device.launch();
    assert_eq!(device.send(Event::Confirmed(Proof::Token(earlier))).outcome, Outcome::Stale);
}

#[test]
fn i4_a_call_without_token_counts_only_behind_the_trials_own_page() {
    let mut device = Device::confirmed("a");
    device.launch();
    let old_page = device.token();
    device.page();
    device.send(staged('b'));
    device.send(Event::Activated(bundle('b')));
    // The outgoing page's call, still in the queue (field problem A1).
    assert_eq!(device.send(queued()).outcome, Outcome::Stale);
    device.send(Event::PageBegan(old_page.clone()));
    assert_eq!(device.send(queued()).outcome, Outcome::Stale);
    device.page();
    device.send(Event::PageBegan(old_page));
    assert_eq!(device.send(queued()).outcome, Outcome::Stale);
    device.page();
    assert_eq!(device.send(queued()).outcome, Outcome::Confirmed);
}

#[test]
fn i4_the_gate_of_one_trial_is_not_that_of_the_next() {
    let mut device = Device::on_trial("a", 'b');
    device.page();
    device.send(staged('c'));
    device.send(Event::Activated(bundle('c')));
    assert_eq!(device.send(queued()).outcome, Outcome::Stale);
    assert!(device.is_on_trial());
}

#[test]
fn i4_a_reload_and_a_lost_renderer_shut_the_gate() {
    let mut device = Device::on_trial("a", 'b');
    device.page();
    let before = device.token();
    device.send(Event::Reload(Asker::Host));
    assert_eq!(device.send(queued()).outcome, Outcome::Stale);
    assert_eq!(device.send(Event::Confirmed(Proof::Token(before))).outcome, Outcome::Stale);
    device.page();
    let token = device.token();
    device.send(Event::RenderGone(token, RenderExit::Killed));
    assert_eq!(device.send(queued()).outcome, Outcome::Stale);
}

#[test]
fn i4_a_bundle_staged_during_the_trial_is_not_what_is_confirmed() {
    let mut device = Device::on_trial("a", 'b');
    device.page();
    device.send(staged('c'));
    assert_eq!(device.send(queued()).outcome, Outcome::Confirmed);
    assert_eq!(device.slots(), ('b', 'a', Some('c')));
}

#[test]
fn the_third_begin_that_nobody_allowed_is_a_loop() {
    let mut device = Device::on_trial("a", 'b');
    device.page();
    device.send(Event::Attached);
    for _ in 0..3 {
        assert_eq!(device.page().outcome, Outcome::Noted);
    }
    assert_eq!(device.page().outcome, Outcome::RolledBack(Reason::PageLoop));
    assert_eq!((device.slots().0, device.blamed()), ('a', vec![(root('b'), Cause::PageLoop)]));
}

#[test]
fn reloads_that_the_page_asks_for_are_begins_and_the_hosts_are_not() {
    let mut device = Device::on_trial("a", 'b');
    device.page();
    for _ in 0..10 {
        assert_eq!(device.send(Event::Reload(Asker::Host)).outcome, Outcome::Reloading);
        assert_eq!(device.page().outcome, Outcome::Noted);
    }
    for _ in 0..2 {
        assert_eq!(device.send(Event::Reload(Asker::Page)).outcome, Outcome::Reloading);
        assert_eq!(device.page().outcome, Outcome::Noted);
    }
    assert_eq!(device.attempts(), 1);
    let reaction = device.send(Event::Reload(Asker::Page));
    assert_eq!(reaction.outcome, Outcome::RolledBack(Reason::PageLoop));
    assert_eq!(reaction.serve.unwrap().bundle, bundle('a'));
}

#[test]
fn a_confirmed_page_may_reload_itself_for_ever() {
    let mut device = Device::confirmed("a");
    device.launch();
    for _ in 0..20 {
        assert_eq!(device.page().outcome, Outcome::Noted);
        let token = device.token();
        let reaction = device.send(Event::Reload(Asker::Page));
        assert_eq!(reaction.outcome, Outcome::Reloading);
        assert_ne!(reaction.serve.unwrap().token, token);
    }
}

#[test]
fn a_reload_keeps_attempt_and_time() {
    let mut device = Device::on_trial("a", 'b');
    device.stay(20_000);
    device.send(Event::Reload(Asker::Host));
    assert_eq!(device.attempts(), 1);
    assert_eq!(device.stay(10_000).outcome, Outcome::RolledBack(Reason::NotConfirmed));
}

#[test]
fn a_renderer_that_crashes_ends_the_trial_and_one_that_was_killed_does_not() {
    let mut device = Device::on_trial("a", 'b');
    device.page();
    let token = device.token();
    assert_eq!(device.send(Event::RenderGone(token.clone(), RenderExit::Killed)).outcome, Outcome::Noted);
    assert_eq!(device.page().outcome, Outcome::Noted);
    assert_eq!(device.machine.marks.serve.as_ref().unwrap().begins, 0);
    let stale = Token::from_random([9; 8]);
    assert_eq!(device.send(Event::RenderGone(stale, RenderExit::Crashed)).outcome, Outcome::Stale);
    let reaction = device.send(Event::RenderGone(token, RenderExit::Crashed));
    assert_eq!(reaction.outcome, Outcome::RolledBack(Reason::RenderGone));

    let token = device.token();
    assert_eq!(device.send(Event::RenderGone(token, RenderExit::Crashed)).outcome, Outcome::Noted);
}

#[test]
fn a_page_that_says_it_is_broken_is_left_at_once_on_trial_or_not() {
    for mut device in [Device::on_trial("a", 'b'), Device::confirmed("ab")] {
        device.launch();
        let token = device.token();
        assert_eq!(device.send(Event::Failed(Token::from_random([9; 8]), String::new())).outcome, Outcome::Stale);
        let reaction = device.send(Event::Failed(token, "no database".to_owned()));
        assert_eq!(reaction.outcome, Outcome::RolledBack(Reason::Reported));
        assert_eq!((device.slots(), device.blamed()), (('a', '-', None), vec![(root('b'), Cause::Reported)]));
        assert_eq!(device.machine.state.reports.entries().last().unwrap().detail, "no database");
    }
}

#[test]
fn i7_a_builtin_page_that_says_it_is_broken_is_only_reported() {
    let mut device = Device::fresh();
    device.launch();
    let token = device.token();
    let reaction = device.send(Event::Failed(token, "broken".to_owned()));
    assert_eq!((reaction.outcome, reaction.serve), (Outcome::Reported, None));
    assert!(device.blamed().is_empty());
}

#[test]
fn a_failure_in_the_background_changes_the_state_now_and_the_page_at_the_next_foreground() {
    let mut device = Device::on_trial("a", 'b');
    let old = device.token();
    device.page();
    device.send(Event::Background);
    let reaction = device.send(Event::Failed(old.clone(), String::new()));
    assert_eq!((reaction.outcome, reaction.serve), (Outcome::RolledBack(Reason::Reported), None));
    assert_eq!(device.state.slots.current(), bundle('a'));
    // The page that still shows is not that of the new serve.
    assert_eq!(device.send(Event::PageBegan(old.clone())).outcome, Outcome::Stale);
    assert_eq!(device.send(Event::Confirmed(Proof::Token(old))).outcome, Outcome::Stale);
    let reaction = device.send(Event::Foreground);
    assert_eq!(reaction.serve.unwrap().bundle, bundle('a'));
}

#[test]
fn a_serve_speaks_only_for_itself() {
    let mut device = Device::on_trial("a", 'b');
    device.page();
    let token = device.token();
    // Another process changed the state behind this one.
    let mut other = device.clone();
    other.machine = other.unlaunched();
    other.send(staged('c'));
    assert_eq!(other.send(Event::Activated(bundle('c'))).outcome, Outcome::Activated);
    device.machine.state = other.state.clone();

    let state = device.machine.state.clone();
    device.monotonic += 60_000;
    for (event, outcome) in [
        (Event::Tick, Outcome::Noted),
        (Event::PageBegan(token.clone()), Outcome::Noted),
        (queued(), Outcome::Stale),
        (Event::Confirmed(Proof::Token(token.clone())), Outcome::Stale),
        (Event::Failed(token.clone(), String::new()), Outcome::Stale),
        (Event::RenderGone(token, RenderExit::Crashed), Outcome::Stale),
        (Event::Foreground, Outcome::Noted),
        (Event::Background, Outcome::Noted),
    ] {
        assert_eq!(device.send(event.clone()).outcome, outcome, "{event:?}");
        assert_eq!(device.machine.state, state, "{event:?}");
    }
    let reaction = device.send(Event::Reload(Asker::Host));
    assert_eq!(reaction.serve.unwrap().bundle, bundle('c'));
}

#[test]
fn a_confirmed_serve_does_not_speak_for_what_another_process_went_back_to() {
    let mut device = Device::confirmed("ab");
    device.launch();
    device.machine.state.slots.leave(ResetTo::Fallback);
    let token = device.token();
    assert_eq!(device.send(Event::Failed(token, String::new())).outcome, Outcome::Stale);
    device.send(Event::Foreground);
    assert_eq!(device.marks.deaths, 0);
}

#[test]
fn before_the_launch_no_page_can_say_anything() {
    let mut device = Device::on_trial("a", 'b');
    device.machine = device.unlaunched();
    let token = Token::from_random([9; 8]);
    for event in [Event::Attached, Event::Foreground, Event::Tick, queued(), Event::PageBegan(token)] {
        let reaction = device.send(event);
        assert_eq!((reaction.outcome, reaction.commit), (Outcome::NotLaunched, Commit::Nothing));
    }
}
