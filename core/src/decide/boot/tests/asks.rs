//! What the app, the policy and the site ask of the machine: to stage, activate, reset, withdraw, unblock, remove.
//!
//! In: the simulated device of `tests`. Out: a verdict. May touch: nothing.

use super::*;
use crate::decide::block::COOL_DOWN;
use crate::model::event::{Refusal, ResetTo};

#[test]
fn the_last_staging_wins_and_a_trial_goes_on() {
    let mut device = Device::on_trial("a", 'b');
    assert_eq!(device.send(staged('c')).outcome, Outcome::Staged(bundle('c')));
    assert_eq!(device.send(staged('d')).outcome, Outcome::Staged(bundle('d')));
    assert_eq!((device.slots(), device.is_on_trial()), (('b', 'a', Some('d')), true));
    assert_eq!(device.send(staged('b')).outcome, Outcome::AlreadyCurrent);
    assert_eq!(device.slots(), ('b', 'a', None));
}

#[test]
fn content_that_is_kept_is_named_and_not_stored_twice() {
    let mut device = Device::confirmed("abc");
    device.launch();
    let record = Kept { id: id('x'), version: "2.0".parse().unwrap(), retry: 4, ..kept('a') };
    let reaction = device.send(Event::Staged(Staging::Bundle(Box::new(record.clone())), Choice::Automatic));
    assert_eq!(reaction.outcome, Outcome::Staged(bundle('a')));
    let found = device.machine.state.kept(&id('a')).unwrap();
    assert_eq!((found.version.as_str(), found.retry), ("2.0", 4));
    assert_eq!(device.machine.state.bundles.len(), 3);

    // Unless its files are not there.
    device.gone = vec![id('a')];
    let reaction = device.send(Event::Staged(Staging::Bundle(Box::new(record)), Choice::Automatic));
    assert_eq!(reaction.outcome, Outcome::Staged(bundle('x')));
}

#[test]
fn a_blocked_content_is_refused_to_the_policy_and_given_to_the_user() {
    let mut device = Device::on_trial("a", 'b');
    let token = device.token();
    device.send(Event::Failed(token, String::new()));
    assert_eq!(device.send(staged('b')).outcome, Outcome::Refused(Refusal::Blocked));
    assert_eq!(device.reason(), Some(Reason::Blocked));
    assert_eq!(device.send(Event::Activated(bundle('b'))).outcome, Outcome::Refused(Refusal::Blocked));
    let by_hand = Event::Staged(Staging::Bundle(Box::new(kept('b'))), Choice::ByHand);
    assert_eq!(device.send(by_hand).outcome, Outcome::Staged(bundle('b')));
    assert!(device.blamed().is_empty());
}

#[test]
fn an_install_by_hand_clears_the_entry_also_when_it_blocks_no_more() {
    for event in [
        Event::Staged(Staging::Bundle(Box::new(kept('b'))), Choice::ByHand),
        Event::Kept(Box::new(kept('b')), Choice::ByHand),
    ] {
        let mut device = Device::on_trial("a", 'b');
        device.stay(30_000);
        assert_eq!(device.blamed(), [(root('b'), Cause::NotConfirmed)]);
        device.unix += 2 * 24 * 3_600;
        device.send(event);
        assert_eq!(device.blamed(), []);
    }
}

#[test]
fn a_staging_by_hand_that_is_refused_leaves_the_block() {
    let mut device = Device::on_trial("a", 'b');
    let token = device.token();
    device.send(Event::Failed(token, String::new()));
    device.gone = vec![id('b')];
    let by_hand = Event::Staged(Staging::Bundle(Box::new(kept('b'))), Choice::ByHand);
    assert_eq!(device.send(by_hand).outcome, Outcome::Refused(Refusal::BundleMissing));
    assert_eq!(device.blamed(), [(root('b'), Cause::Reported)]);
}

#[test]
fn i10_to_name_the_running_bundle_again_while_it_is_damaged_adds_no_record() {
    let mut device = Device::confirmed("ab");
    device.launch();
    device.send(Event::Damaged(id('b')));
    let before = device.machine.state.clone();
    for choice in [Choice::Automatic, Choice::ByHand] {
        let record = Box::new(device.machine.state.kept(&id('b')).unwrap().clone());
        for event in [Event::Staged(Staging::Bundle(record.clone()), choice), Event::Kept(record.clone(), choice)] {
            assert_eq!(device.send(event).outcome, Outcome::Refused(Refusal::BundleMissing));
        }
    }
    assert_eq!(device.machine.state, before);
}

#[test]
fn a_content_is_unblocked_by_the_host_or_by_a_signed_retry() {
    let mut device = Device::on_trial("a", 'b');
    let token = device.token();
    device.send(Event::Failed(token, String::new()));
    let retry = Event::Staged(Staging::Bundle(Box::new(Kept { retry: 1, ..kept('b') })), Choice::Automatic);
    assert_eq!(device.clone().send(retry).outcome, Outcome::Staged(bundle('b')));
    assert_eq!(device.send(Event::Unblocked(root('x').0)).outcome, Outcome::NotFound);
    assert_eq!(device.send(Event::Unblocked(root('b').0)).outcome, Outcome::Unblocked);
    assert_eq!(device.send(staged('b')).outcome, Outcome::Staged(bundle('b')));
}

#[test]
fn a_second_failure_of_the_same_content_has_no_retry() {
    let mut device = Device::confirmed("a");
    for failures in 1..3 {
        device.launch();
        assert_eq!(device.send(staged('b')).outcome, Outcome::Staged(bundle('b')));
        device.close();
        device.launch();
        device.stay(30_000);
        assert_eq!(device.machine.state.ledger.entries()[0].failures, failures);
        assert_eq!(device.send(staged('b')).outcome, Outcome::Refused(Refusal::Blocked));
        device.close();
        device.unix += COOL_DOWN;
    }
    device.launch();
    assert_eq!(device.send(staged('b')).outcome, Outcome::Refused(Refusal::Blocked));
}

#[test]
fn a_withdrawn_content_is_refused_to_everybody() {
    let mut device = Device::confirmed("ab");
    device.launch();
    for choice in [Choice::Automatic, Choice::ByHand] {
        let record = Kept { withdrawn: true, ..kept('c') };
        let reaction = device.send(Event::Staged(Staging::Bundle(Box::new(record)), choice));
        assert_eq!(reaction.outcome, Outcome::Refused(Refusal::Withdrawn));
    }
    device.send(withdrawn(vec![root('a')]));
    assert_eq!(device.send(staged('a')).outcome, Outcome::Refused(Refusal::Withdrawn));
    assert_eq!(device.send(Event::Activated(bundle('a'))).outcome, Outcome::Refused(Refusal::Withdrawn));
    // Each accepted document replaces the set.
    device.send(withdrawn(vec![]));
    assert_eq!(device.send(staged('a')).outcome, Outcome::Staged(bundle('a')));
}

#[test]
fn marks_of_withdrawal_are_kept_by_channel() {
    let of = |channel: &str, names: &str| Event::Withdrawn {
        channel: channel.to_owned(),
        roots: names.chars().map(root).collect(),
    };
    let offered = |channel: &str| Box::new(Kept { channel: Some(channel.to_owned()), ..kept('a') });
    let staged = |channel: &str| Event::Staged(Staging::Bundle(offered(channel)), Choice::Automatic);
    let mut device = Device::confirmed("ab");
    device.launch();
    device.send(of("beta", "a"));
    device.send(of("production", ""));
    assert_eq!(device.send(Event::Activated(bundle('a'))).outcome, Outcome::Refused(Refusal::Withdrawn));
    device.send(of("production", "a"));
    device.send(of("beta", ""));
    assert_eq!(device.send(Event::Activated(bundle('a'))).outcome, Outcome::Refused(Refusal::Withdrawn));
    assert_eq!(device.send(staged("production")).outcome, Outcome::Refused(Refusal::Withdrawn));
    device.send(of("production", ""));
    device.send(of("beta", "a"));
    // Another channel that offers the content takes it in anew.
    assert_eq!(device.send(staged("beta")).outcome, Outcome::Refused(Refusal::Withdrawn));
    assert_eq!(device.send(staged("production")).outcome, Outcome::Staged(bundle('a')));
    device.send(of("beta", "a"));
    assert_eq!(device.machine.state.slots.next(), None);
}

#[test]
fn a_mark_of_an_earlier_version_is_of_the_channel_that_the_bundle_came_from() {
    let mut record = Kept { withdrawn: true, channel: Some("beta".to_owned()), ..kept('a') };
    record.mark("production", &[]);
    assert!(record.withdrawn);
    record.mark("beta", &[]);
    assert!(!record.withdrawn);
    for channel in ["c1", "c2", "c3", "c4", "c5"] {
        record.mark(channel, &[root('a')]);
    }
    assert_eq!(record.withdrawn_by.len(), Kept::WITHDRAWN_BY, "I10");
}

#[test]
fn i7_the_ninth_bundle_takes_the_place_of_the_one_least_recently_current() {
    let mut device = Device::confirmed("abcdefgh");
    device.launch();
    device.send(staged('i'));
    let names: String =
        device.machine.state.bundles.iter().map(|kept| letter(&BundleRef::Kept(kept.id.clone()))).collect();
    assert_eq!(names, "bcdefghi");
    // The one staged before was never current.
    device.send(staged('j'));
    let names: String =
        device.machine.state.bundles.iter().map(|kept| letter(&BundleRef::Kept(kept.id.clone()))).collect();
    assert_eq!(names, "bcdefghj");
}

#[test]
fn activating_puts_a_bundle_on_trial_in_this_session() {
    let mut device = Device::confirmed("ab");
    device.launch();
    device.send(staged('c'));
    let reaction = device.send(Event::Activated(bundle('c')));
    assert_eq!((reaction.outcome, reaction.commit), (Outcome::Activated, Commit::State));
    assert_eq!(reaction.serve.unwrap().bundle, bundle('c'));
    assert_eq!((device.slots(), device.is_on_trial(), device.attempts()), (('c', 'b', None), true, 1));

    // Over an open trial: the fallback stays.
    device.send(staged('d'));
    device.send(Event::Activated(bundle('d')));
    assert_eq!((device.slots(), device.reason()), (('d', 'b', None), Some(Reason::Superseded)));
    assert!(device.blamed().is_empty());

    // Back to the fallback of an open trial: a retreat.
    device.send(Event::Activated(bundle('b')));
    assert_eq!((device.slots(), device.is_on_trial()), (('b', '-', None), false));

    assert_eq!(device.send(Event::Activated(bundle('x'))).outcome, Outcome::Refused(Refusal::BundleMissing));
    device.gone = vec![id('a')];
    assert_eq!(device.send(Event::Activated(bundle('a'))).outcome, Outcome::Refused(Refusal::BundleMissing));
}

#[test]
fn i6_activating_in_the_background_counts_when_it_is_looked_at() {
    let mut device = Device::confirmed("ab");
    device.launch();
    device.send(Event::Background);
    assert!(device.send(Event::Activated(bundle('a'))).serve.is_some());
    assert_eq!((device.slots(), device.attempts()), (('a', 'b', None), 0));
    device.send(Event::Foreground);
    assert_eq!(device.attempts(), 1);
}

#[test]
fn activating_what_is_not_written_is_undone() {
    let mut device = Device::confirmed("ab");
    device.launch();
    device.disk = Disk::Full;
    let (reaction, undone) = device.step(&Event::Activated(bundle('a')));
    assert!(undone && reaction.if_unwritten == IfUnwritten::Undo);
    assert_eq!(device.slots(), ('b', 'a', None));
}

#[test]
fn activating_what_is_current_reloads_it() {
    let mut device = Device::confirmed("ab");
    device.launch();
    let token = device.token();
    let reaction = device.send(Event::Activated(bundle('b')));
    assert_eq!((reaction.outcome, device.is_on_trial()), (Outcome::Reloading, false));
    assert_ne!(reaction.serve.unwrap().token, token);

    let mut device = Device::on_trial("a", 'b');
    device.page();
    for _ in 0..2 {
        assert_eq!(device.send(Event::Activated(bundle('b'))).outcome, Outcome::Reloading);
    }
    let reaction = device.send(Event::Activated(bundle('b')));
    assert_eq!(reaction.outcome, Outcome::RolledBack(Reason::PageLoop));
}

#[test]
fn a_reset_goes_back_drops_what_is_in_flight_and_blocks_nothing() {
    for (to, current) in [(ResetTo::Builtin, '-'), (ResetTo::Fallback, 'a')] {
        let mut device = Device::on_trial("a", 'b');
        device.send(staged('c'));
        let reaction = device.send(Event::Reset(to));
        assert_eq!(letter(&reaction.serve.unwrap().bundle), current);
        assert_eq!((device.slots(), device.is_on_trial()), ((current, '-', None), false));
        assert!(device.blamed().is_empty());
    }
    let mut device = Device { gone: vec![id('a')], ..Device::on_trial("a", 'b') };
    device.send(Event::Reset(ResetTo::Fallback));
    assert_eq!(device.slots(), ('-', '-', None));
    let mut device = Device::confirmed("a");
    device.launch();
    device.send(Event::Activated(BundleRef::Builtin));
    assert_eq!((device.slots(), device.reason()), (('-', '-', None), Some(Reason::Reset)));
}

#[test]
fn a_withdrawn_bundle_is_left_in_this_session_and_not_blamed() {
    for mut device in [Device::on_trial("a", 'b'), Device::confirmed("ab")] {
        device.launch();
        let reaction = device.send(withdrawn(vec![root('b')]));
        assert_eq!(reaction.outcome, Outcome::RolledBack(Reason::Withdrawn));
        assert_eq!(reaction.serve.unwrap().bundle, bundle('a'));
        assert_eq!((device.slots(), device.is_on_trial()), (('a', '-', None), false));
        assert!(device.blamed().is_empty());
    }
    let mut device = Device::confirmed("ab");
    device.launch();
    device.send(Event::Background);
    let reaction = device.send(withdrawn(vec![root('b'), root('a')]));
    assert_eq!((reaction.serve, device.slots()), (None, ('-', '-', None)));
    assert_eq!(device.send(Event::Foreground).serve.unwrap().bundle, BundleRef::Builtin);
}

#[test]
fn a_withdrawn_fallback_or_next_is_cleared_under_the_page_that_runs() {
    let mut device = Device::confirmed("ab");
    device.launch();
    device.send(staged('c'));
    let reaction = device.send(withdrawn(vec![root('a'), root('c')]));
    assert_eq!((reaction.outcome, reaction.serve), (Outcome::Noted, None));
    assert_eq!((device.slots(), device.reason()), (('b', '-', None), Some(Reason::Withdrawn)));
}

#[test]
fn i7_what_a_slot_names_is_not_removed() {
    let mut device = Device::on_trial("ab", 'c');
    device.send(staged('d'));
    for name in ['b', 'c', 'd'] {
        assert_eq!(device.send(Event::Removed(id(name))).outcome, Outcome::Refused(Refusal::Protected));
    }
    assert_eq!(device.send(Event::Removed(id('a'))).outcome, Outcome::Removed);
    assert_eq!(device.send(Event::Removed(id('a'))).outcome, Outcome::NotFound);
}

#[test]
fn a_damaged_current_is_left_at_the_next_launch_and_any_other_slot_at_once() {
    let mut device = Device::confirmed("ab");
    device.launch();
    device.send(staged('c'));
    for name in ['a', 'c', 'b'] {
        assert_eq!(device.send(Event::Damaged(id(name))).outcome, Outcome::Noted);
    }
    assert_eq!(device.slots(), ('b', '-', None));
    // The same content, whole, may be staged beside it.
    let whole = Event::Staged(Staging::Bundle(Box::new(Kept { id: id('x'), ..kept('b') })), Choice::Automatic);
    assert_eq!(device.send(whole).outcome, Outcome::Staged(bundle('x')));
    device.close();
    device.launch();
    assert_eq!((device.slots(), device.is_on_trial()), (('x', '-', None), true));
    assert!(device.blamed().is_empty());
}

#[test]
fn i11_the_verdict_of_the_app_blocks_and_is_reported_and_what_is_shown_stays() {
    let mut device = Device::confirmed("ab");
    device.launch();
    assert_eq!(device.send(Event::Condemned(id('d'))).outcome, Outcome::NotFound);
    device.send(staged('c'));
    for name in ['b', 'c'] {
        let reaction = device.send(Event::Condemned(id(name)));
        assert_eq!((reaction.outcome, reaction.if_unwritten), (Outcome::Noted, IfUnwritten::Undo));
        assert_eq!((device.slots().0, reaction.serve), ('b', None));
        assert_eq!(device.reason(), Some(Reason::Blocked));
    }
    assert_eq!(device.slots(), ('b', 'a', None), "next is dropped");
    assert_eq!(device.blamed(), [(root('b'), Cause::Reported), (root('c'), Cause::Reported)]);
}

#[test]
fn the_worker_may_change_the_slots_of_a_process_that_never_launched() {
    let mut device = Device::confirmed("ab");
    device.machine = device.unlaunched();
    device.send(staged('c'));
    let reaction = device.send(Event::Activated(bundle('c')));
    assert_eq!((reaction.outcome, reaction.serve), (Outcome::Activated, None));
    device.launch();
    assert_eq!((device.slots(), device.attempts()), (('c', 'b', None), 1));
    assert_eq!(device.machine.state.slots.trial().unwrap().lost, 0);
}

#[test]
fn what_another_process_found_withdrawn_is_left_when_the_app_comes_back_or_attaches() {
    let withdrawn = withdrawn(vec![root('b')]);
    for (mut device, last) in [(Device::on_trial("a", 'b'), 'a'), (Device::confirmed("ab"), 'a')] {
        device.launch();
        device.page();
        let mut other = device.clone();
        other.machine = other.unlaunched();
        other.send(withdrawn.clone());
        assert_eq!(other.slots().0, last);
        device.machine.state = other.state.clone();
        for event in [Event::Attached, Event::Foreground] {
            let mut device = device.clone();
            device.send(Event::Background);
            let reaction = device.send(event.clone());
            assert_eq!(reaction.outcome, Outcome::RolledBack(Reason::Withdrawn), "{event:?}");
            assert_eq!(reaction.serve.map(|serve| serve.bundle), Some(bundle(last)), "{event:?}");
            assert_eq!(device.machine.state, other.state, "the other process has changed and reported it");
            assert_eq!(device.send(Event::Attached).outcome, Outcome::Serving);
            assert_eq!(device.send(Event::Foreground).outcome, Outcome::Noted);
        }
    }
}

#[test]
fn a_withdrawn_bundle_that_is_still_current_is_left_when_the_app_comes_back_or_attaches() {
    for event in [Event::Attached, Event::Foreground] {
        for mut device in [Device::on_trial("a", 'b'), Device::confirmed("ab")] {
            device.launch();
            device.machine.state.bundles.iter_mut().filter(|kept| kept.id == id('b')).for_each(|b| b.withdrawn = true);
            let reaction = device.send(event.clone());
            assert_eq!((reaction.outcome, reaction.commit), (Outcome::RolledBack(Reason::Withdrawn), Commit::State));
            assert_eq!(reaction.serve.map(|serve| serve.bundle), Some(bundle('a')), "{event:?}");
            assert_eq!((device.slots(), device.blamed()), (('a', '-', None), vec![]));
        }
    }
}
