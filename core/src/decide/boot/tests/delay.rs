//! What holds `next` back, and what only keeps a bundle.

use super::*;
use crate::decide::delay::{Eligibility, eligible, lapse};
use crate::model::delay::Delay;
use crate::model::mode::Native;

/// `a` confirmed, `b` next, under these conditions.
fn held(delays: &[Delay]) -> Device {
    let mut device = Device::staged("a", 'b');
    device.state.delays = delays.to_vec();
    device
}

/// Native build 1.0, unix time 1,000,000.
fn not_yet() -> Vec<Delay> {
    vec![Delay::Date(1_000_000_500), Delay::NativeVersion("1.1".to_owned())]
}

#[test]
fn i1_i7_a_launch_leaves_next_where_it_is_as_long_as_a_condition_holds() {
    for delay in not_yet() {
        let mut device = held(&[Delay::Kill, delay.clone()]);
        assert_eq!(device.launch().serve.unwrap().bundle, bundle('a'), "{delay:?}");
        assert_eq!(device.slots(), ('a', '-', Some('b')));
        assert_eq!(device.state.delays, [delay], "the one that is met is gone, and written");
        assert_eq!(device.reason(), Some(Reason::Confirmed), "nothing new to report");
    }
}

#[test]
fn a_process_start_is_the_end_of_kill_and_background_conditions() {
    let met =
        [Delay::Kill, Delay::Background(u64::MAX), Delay::Date(999_999_999), Delay::NativeVersion("1".to_owned())];
    for delay in &met {
        let mut device = held(std::slice::from_ref(delay));
        device.launch();
        assert_eq!(device.slots(), ('b', 'a', None), "{delay:?}");
    }
    let mut device = held(&met);
    device.launch();
    assert_eq!((device.slots(), device.state.delays.is_empty()), (('b', 'a', None), true));
}

#[test]
fn a_date_and_a_native_update_release_what_they_held() {
    let mut device = held(&not_yet()[..1]);
    device.launch();
    device.close();
    device.unix += 1;
    device.launch();
    assert_eq!(device.slots().0, 'b');

    let mut device = held(&not_yet()[1..]);
    device.measures.on_native_update = OnNativeUpdate::Keep;
    device.facts.build.name = "1.1".to_owned();
    device.launch();
    assert_eq!(device.slots().0, 'b');
}

#[test]
fn i7_a_delay_does_not_keep_a_bad_next_nor_the_app_from_activating() {
    let mut device = held(&not_yet());
    device.gone = vec![id('b')];
    device.launch();
    assert_eq!((device.slots(), device.reason()), (('a', '-', None), Some(Reason::BundleMissing)));

    let mut device = held(&not_yet());
    device.launch();
    assert_eq!(device.send(Event::Activated(bundle('b'))).outcome, Outcome::Activated);
    assert_eq!(device.state.delays, not_yet(), "they hold the next one");
}

#[test]
fn a_passive_process_drops_no_condition() {
    let mut device = Device { store: Store::Unlocked, ..held(&[Delay::Kill]) };
    device.launch();
    assert_eq!(device.machine.state.delays, [Delay::Kill]);
}

#[test]
fn a_background_condition_ends_after_a_long_enough_time_away() {
    let delays = [Delay::Background(5_000), Delay::Kill];
    for (away, left) in [(4_999, &delays[..]), (5_000, &delays[..]), (5_001, &delays[1..])] {
        let mut state = held(&delays).state;
        lapse(&mut state, Some(away), 0);
        assert_eq!(state.delays, left, "{away}");
        assert_eq!(eligible(&state, &bundle('b'), 0), Eligibility::Later, "all must be gone");
    }
    let mut state = held(&delays[..1]).state;
    lapse(&mut state, Some(5_001), 0);
    assert_eq!(eligible(&state, &bundle('b'), 0), Eligibility::Now);
}

#[test]
fn i2_i10_what_is_only_kept_is_in_no_slot_and_evicts_another() {
    let mut device = Device::staged("a", 'b');
    device.launch();
    let before = device.slots();
    let kept = |name| Event::Kept(Box::new(kept(name)), Choice::Automatic);
    for name in "cdefghijk".chars() {
        let reaction = device.send(kept(name));
        assert_eq!((reaction.outcome, reaction.if_unwritten), (Outcome::Kept(id(name)), IfUnwritten::Undo));
        assert!(device.state.kept(&id(name)).is_some(), "{name}");
    }
    assert_eq!(device.slots(), before);
    assert_eq!(device.state.bundles.len(), MAX_KEPT);
    device.gone = vec![id('x')];
    assert!(matches!(device.send(kept('x')).outcome, Outcome::Refused(_)));
}

#[test]
fn a_process_knows_whether_its_native_build_is_new() {
    let native = |mut device: Device| {
        device.launch();
        device.machine.session.native()
    };
    assert_eq!(native(Device { store: Store::Absent, ..Device::fresh() }), Native::New);
    assert_eq!(native(Device::confirmed("a")), Native::Same);
    let mut updated = Device::confirmed("a");
    updated.facts.build.code = "2".to_owned();
    assert_eq!(native(updated), Native::New);
}
