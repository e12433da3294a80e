//! What a launch shows, whatever the state, the disk and the native app are by then (I1, I5, I7, I8).
//!
//! In: the simulated device of `tests`. Out: a verdict. May touch: nothing.

use super::*;
use crate::decide::block::COOL_DOWN;
use crate::model::document::{Requires, Strict};
use crate::model::event::FirstPage;

#[test]
fn i1_without_a_state_builtin_is_shown_and_the_files_are_made() {
    let mut device = Device { store: Store::Absent, ..Device::fresh() };
    let reaction = device.launch();
    assert_eq!(reaction.serve.unwrap().bundle, BundleRef::Builtin);
    assert_eq!(reaction.commit, Commit::State);
    assert!(device.machine.state.reports.entries().is_empty());
}

#[test]
fn i1_an_unreadable_state_shows_builtin_writes_nothing_and_is_decided_when_it_can_be_read() {
    let mut device = Device::confirmed("a");
    let (state, marks) = (device.state.clone(), device.marks.clone());
    device.store = Store::Unreadable;
    let reaction = device.launch();
    assert_eq!((reaction.outcome, reaction.commit), (Outcome::Passive, Commit::Nothing));
    assert_eq!(reaction.serve.unwrap().bundle, BundleRef::Builtin);
    for event in [Event::Foreground, Event::Tick, queued(), Event::Background] {
        assert_eq!(device.send(event).outcome, Outcome::Passive);
    }
    assert_eq!((&device.state, &device.marks), (&state, &marks));

    device.store = Store::Read;
    let reaction = device.launch_again();
    assert_eq!(reaction.serve.unwrap().bundle, bundle('a'));
}

#[test]
fn an_unreadable_state_is_not_decided_again_under_a_page_that_runs() {
    let mut device = Device { store: Store::Unreadable, ..Device::confirmed("a") };
    device.launch();
    device.page();
    device.store = Store::Read;
    let reaction = device.launch_again();
    assert_eq!((reaction.outcome, reaction.serve.unwrap().bundle), (Outcome::Passive, BundleRef::Builtin));
}

#[test]
fn without_the_lock_or_beside_a_living_process_only_what_needs_no_proof_is_shown() {
    for (store, last) in [(Store::Unlocked, LastProcess::Gone), (Store::Read, LastProcess::Alive)] {
        let passive = |mut device: Device| {
            (device.store, device.last) = (store, last);
            let reaction = device.launch();
            assert_eq!((reaction.outcome, reaction.commit), (Outcome::Passive, Commit::Nothing));
            letter(&reaction.serve.unwrap().bundle)
        };
        assert_eq!(passive(Device::confirmed("ab")), 'b');
        assert_eq!(passive(Device::staged("ab", 'c')), 'b');
        assert_eq!(passive(Device::on_trial("ab", 'c')), 'b');
        assert_eq!(passive(Device::on_trial("", 'c')), '-');
        assert_eq!(passive(Device { gone: vec![id('b')], ..Device::confirmed("ab") }), '-');
        let mut updated = Device::confirmed("ab");
        updated.facts.build.code = "2".to_owned();
        assert_eq!(passive(updated), '-');
    }
}

#[test]
fn i8_a_native_update_in_either_direction_goes_builtin_and_blocks_nothing() {
    for change in [
        |facts: &mut Facts| facts.build.code = "0".to_owned(),
        |facts: &mut Facts| facts.build.name = "1.1".to_owned(),
        |facts: &mut Facts| facts.builtin_root = BuiltinRoot::Is(root('+')),
        |facts: &mut Facts| facts.builtin_root = BuiltinRoot::Absent,
    ] {
        let mut device = Device::on_trial("ab", 'c');
        device.send(staged('d'));
        device.close();
        change(&mut device.facts);
        let reaction = device.launch();
        assert_eq!(device.slots(), ('-', '-', None));
        assert_eq!(device.reason(), Some(Reason::NativeUpdate));
        assert_eq!(reaction.serve.unwrap().page, FirstPage::OfBundle);
        assert!(!device.is_on_trial() && device.blamed().is_empty());
        device.close();
        device.launch();
        assert_eq!(
            device.machine.state.reports.entries().iter().filter(|r| r.reason == Reason::NativeUpdate).count(),
            1
        );
    }
}

#[test]
fn i8_a_launch_that_cannot_read_what_the_builtin_assets_are_takes_them_for_no_others() {
    let mut device = Device::on_trial("a", 'b');
    let token = device.token();
    device.send(Event::Failed(token, "broken".to_owned()));
    device.close();
    let read = device.facts.builtin_root;
    for root in [BuiltinRoot::Unreadable, read, BuiltinRoot::Unreadable, read] {
        device.facts.builtin_root = root;
        device.launch();
        device.close();
    }
    assert_eq!(device.slots().0, 'a', "what was confirmed is still shown");
    assert_eq!(device.blamed(), [(root('b'), Cause::Reported)], "what was blocked still is");
}

#[test]
fn i8_a_build_whose_builtin_assets_could_not_be_read_is_new_once() {
    let mut device = Device::confirmed("ab");
    device.close();
    device.facts.build.code = "2".to_owned();
    device.facts.builtin_root = BuiltinRoot::Unreadable;
    device.launch();
    assert_eq!(device.reason(), Some(Reason::NativeUpdate));
    device.close();
    device.facts.builtin_root = BuiltinRoot::Is(root('+'));
    device.launch();
    let updates = |device: &Device| {
        device.machine.state.reports.entries().iter().filter(|report| report.reason == Reason::NativeUpdate).count()
    };
    assert_eq!((updates(&device), device.machine.state.builtin_root), (1, Some(root('+'))));
    device.close();
    device.facts.builtin_root = BuiltinRoot::Is(root('*'));
    device.launch();
    assert_eq!(updates(&device), 2, "from then on others are noticed again");
}

#[test]
fn i8_other_builtin_assets_clear_the_service_workers_of_the_old_ones() {
    let mut device = Device::fresh();
    device.launch();
    device.page();
    device.close();
    assert_eq!(device.launch().serve.unwrap().page, FirstPage::Again);
    device.facts.builtin_root = BuiltinRoot::Is(root('+'));
    assert_eq!(device.launch().serve.unwrap().page, FirstPage::OfBundle);
}

#[test]
fn i8_ledger_entries_lapse_with_their_build() {
    let mut device = Device::on_trial("a", 'b');
    let token = device.token();
    device.send(Event::Failed(token, "broken".to_owned()));
    assert_eq!(device.blamed(), [(root('b'), Cause::Reported)]);
    device.close();
    device.facts.build.code = "2".to_owned();
    device.launch();
    assert!(device.blamed().is_empty());
}

#[test]
fn kept_through_a_native_update_a_bundle_is_on_trial_again_with_builtin_behind_it() {
    let keeping = |requires: &str| {
        let mut device = Device::staged("ab", 'c');
        device.measures.on_native_update = OnNativeUpdate::Keep;
        let requires: Strict<Requires> = serde_json::from_str(requires).unwrap();
        device.state.bundles.iter_mut().filter(|kept| kept.id != id('a')).for_each(|kept| {
            kept.requires = Some(requires.clone());
        });
        device.facts.build.code = "2".to_owned();
        device
    };
    // `c` fits and is eligible: it goes on trial in the place of `b`.
    let mut device = keeping(r#"{"native_build": {"android": ">=2"}}"#);
    device.launch();
    assert_eq!((device.slots(), device.is_on_trial()), (('c', '-', None), true));

    let mut device = keeping(r#"{"native_build": {"android": ">=2"}}"#);
    device.state.slots.drop_next();
    device.launch();
    assert_eq!((device.slots(), device.is_on_trial()), (('b', '-', None), true));
    assert_eq!(device.reason(), Some(Reason::NativeUpdate));

    let mut device = keeping(r#"{"native_build": {"android": "<2"}}"#);
    device.launch();
    assert_eq!((device.slots(), device.is_on_trial()), (('-', '-', None), false));
    assert_eq!(device.machine.state.bundles.len(), 1);

    // A trial that cannot be written is not served.
    let mut device = Device { disk: Disk::Full, ..keeping("{}") };
    assert_eq!(device.launch().serve.unwrap().bundle, BundleRef::Builtin);
}

#[test]
fn i1_a_current_without_files_is_left_for_the_fallback_and_never_blocked() {
    let mut device = Device { gone: vec![id('b')], ..Device::confirmed("ab") };
    device.launch();
    assert_eq!((device.slots(), device.reason()), (('a', '-', None), Some(Reason::BundleMissing)));
    assert!(device.blamed().is_empty() && device.machine.state.kept(&id('b')).is_none());

    let mut device = Device { gone: vec![id('a'), id('b')], ..Device::confirmed("ab") };
    device.launch();
    assert_eq!(device.slots(), ('-', '-', None));

    let mut device = Device { gone: vec![id('c')], ..Device::on_trial("ab", 'c') };
    device.close();
    device.launch();
    assert_eq!((device.slots(), device.is_on_trial()), (('b', '-', None), false));
}

#[test]
fn a_current_that_is_withdrawn_or_damaged_is_left_at_launch() {
    for spoil in [|kept: &mut Kept| kept.withdrawn = true, |kept: &mut Kept| kept.damaged = true] {
        let mut device = Device::confirmed("ab");
        device.state.bundles.iter_mut().filter(|kept| kept.id == id('b')).for_each(spoil);
        device.launch();
        assert_eq!((device.slots(), device.reason()), (('a', '-', None), Some(Reason::BundleMissing)));
        assert!(device.blamed().is_empty());
    }
}

#[test]
fn a_fallback_without_files_becomes_builtin() {
    let mut device = Device { gone: vec![id('a')], ..Device::confirmed("ab") };
    device.launch();
    assert_eq!(device.slots(), ('b', '-', None));
}

#[test]
fn i5_the_next_launches_alone_leave_a_trial_that_only_dies() {
    let mut device = Device::on_trial("a", 'b');
    device.die(Some(Exit::Crash));
    device.launch();
    assert_eq!((device.slots().0, device.attempts()), ('b', 2));
    device.die(Some(Exit::Crash));
    device.launch();
    assert_eq!((device.slots(), device.reason()), (('a', '-', None), Some(Reason::NotConfirmed)));
    assert_eq!(device.blamed(), [(root('b'), Cause::NotConfirmed)]);
    let report = device.machine.state.reports.entries().last().unwrap();
    assert_eq!((letter(&report.from.bundle), letter(&report.to.bundle), report.attempts), ('b', 'a', 2));
}

#[test]
fn i5_a_trial_that_used_up_its_time_over_many_attempts_ends_at_launch() {
    let mut device = Device::on_trial("a", 'b');
    device.measures.attempts = 3;
    for _ in 0..2 {
        device.stay(29_000);
        device.close();
        device.launch();
        assert_eq!(device.slots().0, 'b');
    }
    device.stay(29_000);
    device.close();
    // 87 s: given back as attempts, but the next 3 s use up the time.
    device.launch();
    device.stay(4_000);
    device.close();
    device.launch();
    assert_eq!((device.slots().0, device.reason()), ('a', Some(Reason::NotProven)));
}

#[test]
fn a_trial_whose_marks_were_lost_three_times_is_left_without_proof() {
    let mut device = Device::on_trial("a", 'b');
    for lost in 1..3 {
        device.power_cut();
        let reaction = device.launch();
        assert_eq!((device.slots().0, reaction.commit), ('b', Commit::State));
        assert_eq!(device.machine.state.slots.trial().unwrap().lost, lost);
    }
    device.power_cut();
    device.launch();
    assert_eq!((device.slots().0, device.reason()), ('a', Some(Reason::NotProven)));
    assert_eq!(device.blamed(), [(root('b'), Cause::NotProven)]);
}

#[test]
fn a_trial_goes_on_with_a_new_token() {
    let mut device = Device::on_trial("a", 'b');
    let token = device.token();
    device.close();
    device.launch();
    assert_eq!((device.slots(), device.is_on_trial()), (('b', 'a', None), true));
    assert_ne!(device.token(), token);
}

#[test]
fn a_fix_goes_forward_over_an_open_trial() {
    let mut device = Device::on_trial("a", 'b');
    device.send(staged('c'));
    device.die(Some(Exit::Crash));
    let reaction = device.launch();
    assert_eq!((device.slots(), device.is_on_trial(), device.attempts()), (('c', 'a', None), true, 1));
    assert_eq!((device.reason(), reaction.if_unwritten), (Some(Reason::Superseded), IfUnwritten::Undo));
    assert!(device.blamed().is_empty());
}

#[test]
fn a_retreat_does_not_end_the_launch() {
    let mut device = Device::on_trial("a", 'b');
    device.die(Some(Exit::Crash));
    device.launch();
    device.send(staged('c'));
    device.die(Some(Exit::Crash));
    device.launch();
    assert_eq!((device.slots(), device.is_on_trial()), (('c', 'a', None), true));
    assert_eq!(device.blamed(), [(root('b'), Cause::NotConfirmed)]);
}

#[test]
fn a_confirmed_bundle_that_crashes_three_times_in_a_row_is_left() {
    let mut device = Device::confirmed("ab");
    for _ in 0..3 {
        device.launch();
        assert_eq!(device.slots().0, 'b');
        device.send(Event::Foreground);
        device.die(Some(Exit::NativeCrash));
    }
    device.launch();
    assert_eq!((device.slots(), device.reason()), (('a', '-', None), Some(Reason::CrashLoop)));
    assert_eq!(device.blamed(), [(root('b'), Cause::CrashLoop)]);
}

#[test]
fn i7_builtin_that_crashes_for_ever_stays() {
    let mut device = Device::fresh();
    for _ in 0..10 {
        device.launch();
        device.send(Event::Foreground);
        device.die(Some(Exit::Crash));
    }
    assert_eq!((device.slots(), device.reason()), (('-', '-', None), None));
}

#[test]
fn next_is_written_with_a_sync_before_it_is_served_else_not_served() {
    let mut device = Device::staged("a", 'b');
    let reaction = device.launch();
    assert_eq!((reaction.commit, reaction.if_unwritten), (Commit::State, IfUnwritten::Undo));
    assert_eq!((device.slots(), device.attempts()), (('b', 'a', None), 1));

    let mut device = Device { disk: Disk::Full, ..Device::staged("a", 'b') };
    let reaction = device.launch();
    assert_eq!(reaction.serve.unwrap().bundle, bundle('a'));
    assert_eq!(device.slots(), ('a', '-', Some('b')));
}

#[test]
fn i1_a_retreat_is_served_though_it_could_not_be_written() {
    let mut device = Device::on_trial("a", 'b');
    device.die(Some(Exit::Crash));
    device.launch();
    device.die(Some(Exit::Crash));
    device.disk = Disk::Full;
    let reaction = device.launch();
    assert_eq!((reaction.serve.unwrap().bundle, reaction.if_unwritten), (bundle('a'), IfUnwritten::Keep));
}

#[test]
fn a_next_that_is_blocked_withdrawn_or_gone_is_dropped_and_reported() {
    let mut device = Device { gone: vec![id('b')], ..Device::staged("a", 'b') };
    device.launch();
    assert_eq!((device.slots(), device.reason()), (('a', '-', None), Some(Reason::BundleMissing)));

    let mut device = Device::staged("a", 'b');
    device.state.bundles.iter_mut().for_each(|kept| kept.withdrawn = kept.id == id('b'));
    device.launch();
    assert_eq!((device.slots(), device.reason()), (('a', '-', None), Some(Reason::Withdrawn)));

    let mut device = Device::on_trial("a", 'b');
    let token = device.token();
    device.send(Event::Failed(token, String::new()));
    device.machine.state.slots.stage(bundle('b'));
    device.state = device.machine.state.clone();
    device.close();
    device.unix += 10 * COOL_DOWN;
    device.launch();
    assert_eq!((device.slots(), device.reason()), (('a', '-', None), Some(Reason::Blocked)));
}

#[test]
fn a_next_that_is_builtin_is_a_reset() {
    let mut device = Device::on_trial("a", 'b');
    device.send(staged('-'));
    device.close();
    device.launch();
    assert_eq!((device.slots(), device.is_on_trial()), (('-', '-', None), false));
    assert_eq!((device.reason(), device.blamed()), (Some(Reason::Reset), vec![]));
}

#[test]
fn a_next_that_is_the_fallback_of_an_open_trial_is_a_way_back_without_blame() {
    let mut device = Device::on_trial("a", 'b');
    assert_eq!(device.send(staged('a')).outcome, Outcome::Staged(bundle('a')));
    device.close();
    device.launch();
    assert_eq!((device.slots(), device.is_on_trial()), (('a', '-', None), false));
    assert_eq!((device.reason(), device.blamed()), (Some(Reason::Superseded), vec![]));
}

#[test]
fn launched_again_and_attached_give_the_same_answer_and_count_nothing() {
    let mut device = Device::on_trial("a", 'b');
    let (token, marks) = (device.token(), device.marks.clone());
    for reaction in [device.launch_again(), device.send(Event::Attached)] {
        assert_eq!((reaction.outcome, reaction.commit), (Outcome::Serving, Commit::Nothing));
        assert_eq!(reaction.serve.unwrap().token, token);
    }
    assert_eq!(device.marks, marks);
}

#[test]
fn service_workers_are_cleared_until_a_page_of_the_bundle_began() {
    let mut device = Device::staged("a", 'b');
    assert_eq!(device.launch().serve.unwrap().page, FirstPage::OfBundle);
    device.die(None);
    assert_eq!(device.launch().serve.unwrap().page, FirstPage::OfBundle);
    device.page();
    assert_eq!(device.send(Event::Attached).serve.unwrap().page, FirstPage::Again);
    device.close();
    assert_eq!(device.launch().serve.unwrap().page, FirstPage::Again);
}
