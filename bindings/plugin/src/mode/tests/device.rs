//! The update modes over a whole device: the cycle commands, the core obeys, and what comes of it is told.

use super::*;
use aloft_core::edge::ports::System as _;
use aloft_core::model::delay::Delay;
use aloft_core::model::document::Otherwise;
use aloft_core::model::event::Outcome;
use aloft_core::updater::{Proof, Updater};
use aloft_tests::story::{Device, device, running};

/// A process with its cycle: carries commands out and keeps what was told.
struct Runtime<'a> {
    device: &'a Device,
    updater: Updater,
    cycle: Cycle,
    shown: BundleRef,
    told: Vec<String>,
}

impl<'a> Runtime<'a> {
    fn launch(device: &'a mut Device, mode: UpdateMode) -> Self {
        let (updater, step) = device.launch();
        let shown = step.serve.unwrap().bundle;
        let cycle = Cycle::new(Plan { mode, period: 0, splash: None });
        let mut runtime = Self { device, updater, cycle, shown, told: Vec::new() };
        let native = runtime.updater.native();
        let (at, elapsed) = (runtime.at(), runtime.elapsed());
        runtime.on(Moment::Launched { foreground: true, native, at, elapsed });
        runtime
    }

    fn at(&self) -> u64 {
        self.device.system.monotonic()
    }

    fn elapsed(&self) -> u64 {
        self.device.system.elapsed()
    }

    fn on(&mut self, moment: Moment) {
        for command in self.cycle.on(moment) {
            match command {
                Command::Returned(away) => self.updater.returned(away).unwrap(),
                Command::Check(asked, then) => {
                    let result = self.updater.update_then(asked, then);
                    let ended = Ended::of(&result, || self.updater.readiness());
                    self.on(Moment::Ended { ended, at: self.at() });
                }
                Command::Activate => self.activate(),
                Command::Emit(Announcement::AppReady(status)) => self.told.push(status.to_string()),
                Command::Emit(Announcement::Set(_)) => self.told.push("set".to_owned()),
                Command::Emit(_) | Command::Splash(_) => {}
            }
        }
    }

    fn activate(&mut self) {
        let next = self.updater.status().next.unwrap();
        let serve = self.updater.activate(&next).unwrap().serve.unwrap();
        self.shown = serve.bundle.clone();
        self.on(Moment::Activated(serve.bundle));
        self.updater.page_began(&serve.token);
        assert_eq!(self.updater.confirm(&Proof::Token(serve.token)).outcome, Outcome::Confirmed);
        self.on(Moment::Confirmed);
    }

    fn leave(&mut self, leaving: Leaving) {
        self.updater.background();
        let next = self.updater.readiness();
        self.on(Moment::Left { leaving, next, elapsed: self.elapsed() });
    }

    fn come_back(&mut self, after: u64) {
        self.device.system.pass(after);
        self.updater.foreground();
        self.on(Moment::Foreground { at: self.at(), elapsed: self.elapsed() });
    }

    fn shows(&self) -> String {
        self.device.version(&self.shown)
    }
}

#[test]
fn a_release_is_shown_when_its_mode_says_so() {
    for (mode, at_once, after_leaving) in [
        (UpdateMode::Off, "1.0.0", "1.0.0"),
        (UpdateMode::AtBackground, "1.0.0", "2.0.0"),
        (UpdateMode::AtInstall, "1.0.0", "2.0.0"),
        (UpdateMode::OnLaunch, "2.0.0", "2.0.0"),
        (UpdateMode::Always, "2.0.0", "2.0.0"),
        (UpdateMode::OnlyDownload, "1.0.0", "1.0.0"),
    ] {
        let (_, mut device, site) = running(&["1.0.0"]);
        device.system.pass(600_000);
        site.publish("2.0.0");
        let mut runtime = Runtime::launch(&mut device, mode);
        assert_eq!(runtime.shows(), at_once, "{mode}");
        runtime.leave(Leaving::Covered);
        assert_eq!(runtime.shows(), at_once, "{mode}");
        runtime.leave(Leaving::App);
        assert_eq!(runtime.shows(), after_leaving, "{mode}");
        let there = runtime.updater.bundles().iter().any(|kept| kept.version.to_string() == "2.0.0");
        assert_eq!(there, mode != UpdateMode::Off, "{mode}");
    }
}

#[test]
fn the_first_check_of_a_fresh_install_is_direct_and_no_other() {
    let (_, mut device, site) = device();
    site.publish("1.0.0");
    let mut runtime = Runtime::launch(&mut device, UpdateMode::AtInstall);
    assert_eq!(runtime.updater.native(), Native::New);
    assert_eq!((runtime.shows().as_str(), runtime.told.join(", ").as_str()), ("1.0.0", "set, update installed"));
    site.publish("2.0.0");
    runtime.leave(Leaving::App);
    runtime.come_back(600_000);
    assert_eq!(runtime.shows(), "1.0.0");
    assert_eq!(runtime.told.last().unwrap(), "update downloaded, will install next background");
    drop(runtime);
    assert_eq!(device.launch().0.native(), Native::Same);
}

#[test]
fn an_immediate_release_is_shown_at_once_in_any_mode_that_checks() {
    let (_, mut device, site) = running(&["1.0.0"]);
    device.system.pass(600_000);
    site.publish("2.0.0");
    site.sign(|document| document.releases[0].priority = Priority::Immediate);
    assert_eq!(Runtime::launch(&mut device, UpdateMode::AtBackground).shows(), "2.0.0");
}

#[test]
fn time_in_the_background_ends_a_delay_and_the_next_leaving_shows_what_it_held() {
    let (_, mut device, site) = running(&["1.0.0"]);
    device.system.pass(600_000);
    let mut runtime = Runtime::launch(&mut device, UpdateMode::Always);
    runtime.updater.set_delays(vec![Delay::Background(300_000)]).unwrap();
    site.publish("2.0.0");
    runtime.leave(Leaving::App);
    runtime.come_back(300_000);
    assert_eq!(runtime.updater.delays(), [Delay::Background(300_000)], "not longer than that");
    runtime.device.system.pass(300_000);
    runtime.on(Moment::Triggered);
    assert_eq!(runtime.told.last().unwrap(), "Update delayed until delay conditions met");
    runtime.leave(Leaving::App);
    assert_eq!(runtime.shows(), "1.0.0");
    runtime.come_back(300_001);
    assert_eq!((runtime.shows().as_str(), runtime.updater.readiness()), ("1.0.0", Readiness::Ready));
    runtime.leave(Leaving::App);
    assert_eq!(runtime.shows(), "2.0.0");
}

#[test]
fn a_run_that_only_downloads_leaves_what_the_app_staged() {
    let (_, mut device, site) = running(&["1.0.0", "2.0.0"]);
    let (updater, _) = device.confirmed();
    updater.stage(&updater.status().fallback).unwrap();
    let up_to_date = updater.update_then(Asked::ByHand, Then::Keep);
    assert!(
        matches!(Ended::of(&up_to_date, || updater.readiness()), Ended::Nothing(finding) if finding.found == Found::UpToDate)
    );
    site.sign(|document| {
        document.releases.clear();
        document.otherwise = Otherwise::Builtin;
    });
    let builtin = updater.update_then(Asked::ByHand, Then::Keep);
    assert!(matches!(Ended::of(&builtin, || updater.readiness()), Ended::Kept { bundle: BundleRef::Builtin, .. }));
    assert_eq!(device.version(&updater.status().next.unwrap()), "1.0.0");
}
