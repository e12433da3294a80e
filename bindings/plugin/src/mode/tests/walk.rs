//! Random moments in every mode, with a device that answers what it was told to do.

use super::*;

struct Random(u64);

impl Random {
    fn of<T: Clone>(&mut self, items: &[T]) -> T {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        items[usize::try_from(self.0 >> 33).unwrap() % items.len()].clone()
    }
}

#[derive(Default, PartialEq)]
enum Place {
    #[default]
    Away,
    Foreground,
    Covered,
}

#[derive(Default)]
struct Device {
    checking: bool,
    activating: bool,
    place: Place,
    /// A check ended, and no `appReady` came since.
    owed: bool,
}

fn moment(device: &Device, random: &mut Random, next: Readiness, at: u64) -> Moment {
    let priority = random.of(&[Priority::Background, Priority::Immediate]);
    let end = random.of(&[
        staged(priority, next),
        staged(priority, next),
        CheckEnd::Kept { bundle: bundle('k'), arrival: Arrival::Present },
        CheckEnd::NotAsked,
        CheckEnd::Withdrawn,
        CheckEnd::Failed(CheckFailure::of(&Error::Poisoned)),
        up_to_date(),
    ]);
    let may = [
        Some(Moment::Foreground { at, elapsed: at }),
        Some(left(Leaving::App, next, at)),
        Some(left(Leaving::Covered, next, at)),
        Some(Moment::Passed { at }),
        Some(Moment::Triggered),
        Some(Moment::Confirmed),
        Some(Moment::RolledBack(bundle('r'))),
        device.checking.then_some(ended(end, at)),
        device.activating.then(|| Moment::Activated(bundle('b'))),
        device.activating.then_some(Moment::NotActivated),
    ];
    let may: Vec<_> = may.into_iter().flatten().collect();
    random.of(&may)
}

#[test]
fn nothing_is_taken_while_covered_or_delayed_and_one_check_is_in_flight() {
    for (seed, mode) in (1..=60).zip(MODES.iter().cycle()) {
        let mut random = Random(seed * 7_919);
        let splash = random.of(&[None, Some(SplashPlan { show: Splash::Show, timeout: 3_000 })]);
        let mut cycle = Cycle::new(UpdatePlan { mode: *mode, period: random.of(&[0, 900]), splash });
        let (mut device, mut at) = (Device::default(), 0);
        let native = random.of(&[Native::Same, Native::New]);
        let mut moment = Moment::Launched { foreground: random.of(&[true, false]), native, at, elapsed: at };
        let mut next = Readiness::Nothing;
        for _ in 0..3_000 {
            match &moment {
                Moment::Foreground { .. } | Moment::Launched { foreground: true, .. } => {
                    device.place = Place::Foreground;
                }
                Moment::Left { leaving: Leaving::Covered, .. } if device.place == Place::Foreground => {
                    device.place = Place::Covered;
                }
                Moment::Left { leaving: Leaving::App, .. } => device.place = Place::Away,
                Moment::Ended { .. } => (device.checking, device.owed) = (false, true),
                Moment::Activated(_) | Moment::NotActivated => device.activating = false,
                _ => {}
            }
            for command in cycle.on(moment.clone()) {
                let case = format!("{mode} {moment:?} {command:?}");
                match command {
                    UpdateCommand::Check(asked, then) => {
                        assert!(!device.checking, "two checks: {case}");
                        assert!(*mode != UpdateMode::Off || asked == Asked::ByHand, "{case}");
                        assert_eq!(then == Then::Keep, *mode == UpdateMode::OnlyDownload, "{case}");
                        device.checking = true;
                    }
                    UpdateCommand::Activate => {
                        assert!(device.place != Place::Covered, "taken while covered: {case}");
                        assert_eq!(next, Readiness::Ready, "taken while it must not be: {case}");
                        assert!(!device.activating, "taken twice: {case}");
                        device.activating = true;
                    }
                    UpdateCommand::Emit(Announcement::AppReady(_)) => device.owed = false,
                    _ => {}
                }
            }
            assert_eq!(cycle.is_checking(), device.checking);
            at += random.of(&[0, 1, 100, 5_000, 1_000_000]);
            next = random.of(&[Readiness::Nothing, Readiness::Delayed, Readiness::Ready]);
            moment = self::moment(&device, &mut random, next, at);
        }
        // Left alone, everything that was asked for is answered.
        for moment in [Moment::Activated(bundle('b')), ended(up_to_date(), at), Moment::Confirmed] {
            let commands = cycle.on(moment);
            device.owed &=
                !commands.iter().any(|command| matches!(command, UpdateCommand::Emit(Announcement::AppReady(_))));
        }
        assert!(!cycle.is_checking());
        assert!(!device.owed, "{mode}: a check ended, and the app was not told");
    }
}
