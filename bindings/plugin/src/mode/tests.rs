//! The cycle driven as a runtime drives it: stories of moments in every mode as a checked-in text, tables, a walk, and whole devices.

mod device;
mod snapshot;
mod walk;

use super::*;
use aloft_core::model::document::Priority;
use aloft_core::model::{BundleId, Code, Error};

const MODES: &[UpdateMode] = <UpdateMode as strum::VariantArray>::VARIANTS;

fn bundle(name: char) -> BundleRef {
    BundleRef::Kept(name.to_string().repeat(BundleId::LEN).parse().unwrap())
}

fn plan(mode: UpdateMode) -> UpdatePlan {
    UpdatePlan { mode, period: 0, splash: None }
}

/// A process in the foreground whose first check is in flight, if the mode makes one.
fn launched(plan: UpdatePlan) -> Cycle {
    let mut cycle = Cycle::new(plan);
    cycle.on(Moment::Launched { foreground: true, native: Native::Same, at: 0, elapsed: 0 });
    cycle
}

fn staged(priority: Priority, next: Readiness) -> CheckEnd {
    CheckEnd::Staged { bundle: bundle('b'), arrival: Arrival::Downloaded, priority, next }
}

fn ended(ended: CheckEnd, at: u64) -> Moment {
    Moment::Ended { ended, at }
}

fn left(leaving: Leaving, next: Readiness, at: u64) -> Moment {
    Moment::Left { leaving, next, elapsed: at }
}

fn up_to_date() -> CheckEnd {
    CheckEnd::Nothing(Finding {
        found: FindingKind::UpToDate,
        error: "no_new_version_available".to_owned(),
        message: String::new(),
        status_code: None,
        version: None,
        breaking: None,
    })
}

fn checks(commands: &[UpdateCommand]) -> usize {
    commands.iter().filter(|command| matches!(command, UpdateCommand::Check(..))).count()
}

fn ready(status: ReadyStatus) -> UpdateCommand {
    UpdateCommand::Emit(Announcement::AppReady(status))
}

#[test]
fn the_modes_have_the_names_of_the_option() {
    let names: Vec<_> = MODES.iter().map(|mode| serde_json::to_value(mode).unwrap()).collect();
    assert_eq!(names, ["off", "atBackground", "atInstall", "onLaunch", "always", "onlyDownload"]);
    assert!(MODES.iter().zip(names).all(|(mode, name)| name == mode.to_string()));
}

#[test]
fn what_a_check_staged_is_taken_when_mode_priority_place_and_delays_agree() {
    use Priority::{Background, Immediate};
    use Readiness::{Delayed, Ready};
    use UpdateMode::{Always, AtBackground, AtInstall, Off, OnLaunch};
    for (mode, priority, next, taken) in [
        (AtBackground, Background, Ready, false),
        (AtBackground, Immediate, Ready, true),
        (AtBackground, Immediate, Delayed, false),
        (AtInstall, Background, Ready, false), // the native build is the same
        (OnLaunch, Background, Ready, true),
        (OnLaunch, Background, Delayed, false),
        (Always, Background, Ready, true),
        (Always, Background, Delayed, false),
        (Off, Background, Ready, false),
        (Off, Immediate, Ready, true),
    ] {
        for (leaving, taken) in [(None, taken), (Some(Leaving::Covered), false), (Some(Leaving::App), next == Ready)] {
            let mut cycle = launched(plan(mode));
            cycle.on(Moment::Triggered);
            assert!(cycle.is_checking());
            leaving.map(|leaving| cycle.on(left(leaving, Readiness::Nothing, 1)));
            let commands = cycle.on(ended(staged(priority, next), 2));
            let case = format!("{mode} {priority:?} {next:?} {leaving:?}: {commands:?}");
            assert_eq!(commands.contains(&UpdateCommand::Activate), taken, "{case}");
            let stays = commands.contains(&UpdateCommand::Emit(Announcement::SetNext(bundle('b'))));
            assert_eq!(stays, !taken, "{case}");
        }
    }
}

#[test]
fn a_background_delay_counts_only_time_in_the_background() {
    let mut cycle = launched(plan(UpdateMode::AtBackground));
    cycle.on(left(Leaving::Covered, Readiness::Nothing, 1_000));
    assert_eq!(cycle.on(Moment::Foreground { at: 90_000, elapsed: 90_000 }), []);
    cycle.on(left(Leaving::Covered, Readiness::Nothing, 100_000));
    cycle.on(left(Leaving::App, Readiness::Nothing, 110_000));
    cycle.on(left(Leaving::Covered, Readiness::Nothing, 111_000));
    let commands = cycle.on(Moment::Foreground { at: 115_000, elapsed: 115_000 });
    assert_eq!(commands.first(), Some(&UpdateCommand::Returned(5_000)));
}

#[test]
fn periodic_checks_come_in_the_foreground_only_and_ten_minutes_after_the_last_one_at_the_earliest() {
    let mut cycle = launched(UpdatePlan { period: 5, ..plan(UpdateMode::AtBackground) });
    assert_eq!(cycle.due(), None, "a check is in flight");
    cycle.on(ended(up_to_date(), 20_000));
    assert_eq!(cycle.due(), Some(620_000));
    assert_eq!(cycle.on(Moment::Passed { at: 619_999 }), []);
    cycle.on(left(Leaving::Covered, Readiness::Nothing, 619_999));
    assert_eq!((cycle.due(), cycle.on(Moment::Passed { at: 620_000 })), (None, vec![]));
    cycle.on(Moment::Foreground { at: 700_000, elapsed: 700_000 });
    assert_eq!(checks(&cycle.on(Moment::Passed { at: 700_000 })), 1);
    assert_eq!(checks(&cycle.on(Moment::Passed { at: 9_000_000 })), 0, "one is in flight");

    let mut long = launched(UpdatePlan { period: 3_600, ..plan(UpdateMode::AtBackground) });
    long.on(ended(up_to_date(), 0));
    assert_eq!(long.due(), Some(3_600_000));
    let mut none = launched(plan(UpdateMode::AtBackground));
    none.on(ended(up_to_date(), 0));
    assert_eq!(none.due(), None);
    let mut off = launched(UpdatePlan { period: 600, ..plan(UpdateMode::Off) });
    off.on(Moment::Triggered);
    off.on(ended(up_to_date(), 0));
    assert_eq!(off.due(), None);
}

#[test]
fn a_splash_screen_shown_long_enough_makes_a_direct_update_wait_for_the_background() {
    let splash = Some(SplashPlan { show: Splash::ShowWithLoader, timeout: 10_000 });
    for priority in [Priority::Background, Priority::Immediate] {
        let mut cycle = Cycle::new(UpdatePlan { splash, ..plan(UpdateMode::Always) });
        let commands = cycle.on(Moment::Launched { foreground: true, native: Native::Same, at: 0, elapsed: 0 });
        assert_eq!(commands.first(), Some(&UpdateCommand::Splash(Splash::ShowWithLoader)));
        assert_eq!(cycle.due(), Some(10_000));
        assert_eq!(cycle.on(Moment::Passed { at: 10_000 }), [UpdateCommand::Splash(Splash::Hide)]);
        assert_eq!(cycle.due(), None);
        let commands = cycle.on(ended(staged(priority, Readiness::Ready), 11_000));
        assert!(commands.contains(&ready(ReadyStatus::NextBackground)), "{commands:?}");
        assert_eq!(cycle.on(left(Leaving::App, Readiness::Ready, 12_000)).last(), Some(&UpdateCommand::Activate));
    }
}

#[test]
fn what_is_withdrawn_during_a_check_is_asked_about_once_more_and_no_more() {
    let mut cycle = launched(plan(UpdateMode::AtBackground));
    assert_eq!(cycle.on(ended(CheckEnd::Withdrawn, 1)), [UpdateCommand::Check(Asked::ByHand, Then::Stage)]);
    assert!(cycle.is_checking());
    let commands = cycle.on(ended(CheckEnd::Withdrawn, 2));
    assert_eq!((checks(&commands), cycle.is_checking()), (0, false));
    assert_eq!(commands.last(), Some(&ready(ReadyStatus::NoNeed)));
}

#[test]
fn a_failure_is_told_with_the_text_that_apps_know() {
    let network = Error::Network { code: Code::ConnectFailed, phase: "connecting", source: None };
    for (error, text) in [
        (network, "Network connection failed"),
        (Error::config(Code::FeedMissing, "feed", ""), "Error no url or wrong format"),
        (Error::corrupt(Code::DigestMismatch, ""), "Error checksum"),
        (Error::NoSpace { need: 2, have: 1 }, "Error downloading file"),
        (Error::refused(Code::Blocked, ""), "Latest bundle already exists, and is in error state. Aborting update."),
        (Error::protocol(Code::BadDocument, ""), "Error in update check"),
        (Error::Poisoned, "Error in update check"),
    ] {
        let failure = CheckFailure::of(&error);
        assert_eq!(failure.status.to_string(), text);
        assert_eq!(failure.finding.error, error.code().to_string());
    }
}
