//! The worst cases: how often a bad bundle is shown before it is left, by the way in which it fails (I5).
//!
//! In: the simulated device of `tests`. Out: a verdict. May touch: nothing.

use super::*;
use crate::model::event::Asker;

/// Launches that show the bad bundle `b` before one leaves it, each ended by `end`.
fn launches(mut device: Device, mut end: impl FnMut(&mut Device, u32)) -> (u32, Option<Reason>) {
    let mut shown = 0;
    while device.machine.state.slots.current() == bundle('b') {
        shown += 1;
        assert!(shown < 50, "the bundle is never left");
        end(&mut device, shown);
        if device.machine.state.slots.current() == bundle('b') {
            device.launch();
        }
    }
    assert_eq!(device.slots().0, 'a');
    (shown, device.reason())
}

fn bad() -> Device {
    Device::on_trial("a", 'b')
}

#[test]
fn i5_a_crash_or_anr_shows_twice() {
    for exit in [Some(Exit::Crash), Some(Exit::Anr), Some(Exit::NativeCrash), None] {
        let died = launches(bad(), |device, _| {
            device.stay(3_000);
            device.die(exit);
        });
        assert_eq!(died, (2, Some(Reason::NotConfirmed)), "{exit:?}");
    }
}

#[test]
fn i5_a_hang_that_is_watched_shows_once() {
    let hung = launches(bad(), |device, _| {
        device.stay(40_000);
    });
    assert_eq!(hung, (1, Some(Reason::NotConfirmed)));
}

#[test]
fn i5_a_reload_loop_shows_once() {
    let looped = launches(bad(), |device, _| {
        for _ in 0..5 {
            device.page();
            device.send(Event::Reload(Asker::Page));
        }
    });
    assert_eq!(looped, (1, Some(Reason::PageLoop)));
}

#[test]
fn i5_swiped_away_after_five_seconds_it_shows_four_times_or_seven_where_nothing_tells() {
    let recorded = launches(bad(), |device, _| {
        device.stay(5_000);
        device.send(Event::Background);
        device.die(Some(Exit::UserRequested));
    });
    assert_eq!(recorded, (4, Some(Reason::NotConfirmed)));

    let marked = launches(bad(), |device, _| {
        device.stay(5_000);
        device.send(Event::Background);
        device.send(Event::Terminating);
        device.die(None);
    });
    assert_eq!(marked, (4, Some(Reason::NotConfirmed)));

    let neither = launches(bad(), |device, _| {
        device.stay(5_000);
        device.close();
    });
    assert_eq!(neither, (7, Some(Reason::NotProven)));
}

#[test]
fn i5_swiped_away_at_once_or_killed_for_memory_each_time_it_shows_seven_times() {
    for (foreground, exit) in
        [(1_500, Exit::UserRequested), (1_500, Exit::Signaled), (1_500, Exit::LowMemory), (4_000, Exit::LowMemory)]
    {
        let killed = launches(bad(), |device, _| {
            device.stay(foreground);
            device.die(Some(exit));
        });
        assert_eq!(killed, (7, Some(Reason::NotProven)), "{exit} after {foreground} ms");
    }
}

#[test]
fn i5_with_a_power_cut_each_time_it_shows_three_times() {
    let cut = launches(bad(), |device, _| {
        device.stay(5_000);
        device.power_cut();
    });
    assert_eq!(cut, (3, Some(Reason::NotProven)));
}

#[test]
fn i5_any_mix_without_power_cuts_shows_seven_times_at_most() {
    let mut random = walk::Random(7);
    let mut most = 0;
    for _ in 0..2_000 {
        let (shown, _) = launches(bad(), |device, _| {
            device.stay(random.below(9_000));
            match random.below(3) {
                0 => device.close(),
                1 => {
                    device.send(Event::Terminating);
                    device.die(None);
                }
                _ => {
                    let exits = <Exit as strum::VariantArray>::VARIANTS;
                    let exit = exits[random.index(exits.len())];
                    device.die(Some(exit));
                }
            }
        });
        most = most.max(shown);
    }
    assert_eq!(most, 7);
}
