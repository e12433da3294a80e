//! The update modes over a whole device: the cycle commands, the core obeys, and what comes of it is told.

use super::*;
use aloft_core::edge::ports::System as _;
use aloft_core::model::delay::Delay;
use aloft_core::model::document::Otherwise;
use aloft_core::model::event::Outcome;
use aloft_core::updater::{Proof, Updater};
use aloft_tests::story::{Device, device, running};

/// A process with its cycle: carries commands out and keeps what was told.
struct DrivenApp<'a> {
    device: &'a Device,
    updater: Updater,
    cycle: Cycle,
    shown: BundleRef,
    told: Vec<String>,
}

impl<'a> DrivenApp<'a> {
    fn launch(device: &'a mut Device, mode: UpdateMode) -> Self {
        let (updater, step) = device.launch();
        let shown = step.serve.unwrap().bundle;
        let cycle = Cycle::new(UpdatePlan { mode, period: 0, splash: None });
        let mut app = Self { device, updater, cycle, shown, told: Vec::new() };
        let native = app.updater.native();
        let (at, elapsed) = (app.at(), app.elapsed());
        app.on(Moment::Launched { foreground: true, native, at, elapsed });
        app
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
                UpdateCommand::Returned(away) => self.updater.returned(away).unwrap(),
                UpdateCommand::Check(asked, then) => {
                    let result = self.updater.update_then(asked, then);
                    let ended = CheckEnd::of(&result, || self.updater.readiness());
                    self.on(Moment::Ended { ended, at: self.at() });
                }
                UpdateCommand::Activate => self.activate(),
                UpdateCommand::Emit(Announcement::AppReady(status)) => self.told.push(status.to_string()),
                UpdateCommand::Emit(Announcement::Set(_)) => self.told.push("set".to_owned()),
                UpdateCommand::Emit(_) | UpdateCommand::Splash(_) => {}
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
        let mut app = DrivenApp::launch(&mut device, mode);
        assert_eq!(app.shows(), at_once, "{mode}");
        app.leave(Leaving::Covered);
        assert_eq!(app.shows(), at_once, "{mode}");
        app.leave(Leaving::App);
        assert_eq!(app.shows(), after_leaving, "{mode}");
        let there = app.updater.bundles().iter().any(|kept| kept.version.to_string() == "2.0.0");
        assert_eq!(there, mode != UpdateMode::Off, "{mode}");
    }
}

#[test]
fn the_first_check_of_a_fresh_install_is_direct_and_no_other() {
    let (_, mut device, site) = device();
    site.publish("1.0.0");
    let mut app = DrivenApp::launch(&mut device, UpdateMode::AtInstall);
    assert_eq!(app.updater.native(), Native::New);
    assert_eq!((app.shows().as_str(), app.told.join(", ").as_str()), ("1.0.0", "set, update installed"));
    site.publish("2.0.0");
    app.leave(Leaving::App);
    app.come_back(600_000);
    assert_eq!(app.shows(), "1.0.0");
    assert_eq!(app.told.last().unwrap(), "update downloaded, will install next background");
    drop(app);
    assert_eq!(device.launch().0.native(), Native::Same);
}

#[test]
fn an_immediate_release_is_shown_at_once_in_any_mode_that_checks() {
    let (_, mut device, site) = running(&["1.0.0"]);
    device.system.pass(600_000);
    site.publish("2.0.0");
    site.sign(|document| document.releases[0].priority = Priority::Immediate);
    assert_eq!(DrivenApp::launch(&mut device, UpdateMode::AtBackground).shows(), "2.0.0");
}

#[test]
fn time_in_the_background_ends_a_delay_and_the_next_leaving_shows_what_it_held() {
    let (_, mut device, site) = running(&["1.0.0"]);
    device.system.pass(600_000);
    let mut app = DrivenApp::launch(&mut device, UpdateMode::Always);
    app.updater.set_delays(vec![Delay::Background(300_000)]).unwrap();
    site.publish("2.0.0");
    app.leave(Leaving::App);
    app.come_back(300_000);
    assert_eq!(app.updater.delays(), [Delay::Background(300_000)], "not longer than that");
    app.device.system.pass(300_000);
    app.on(Moment::Triggered);
    assert_eq!(app.told.last().unwrap(), "Update delayed until delay conditions met");
    app.leave(Leaving::App);
    assert_eq!(app.shows(), "1.0.0");
    app.come_back(300_001);
    assert_eq!((app.shows().as_str(), app.updater.readiness()), ("1.0.0", Readiness::Ready));
    app.leave(Leaving::App);
    assert_eq!(app.shows(), "2.0.0");
}

#[test]
fn a_run_that_only_downloads_leaves_what_the_app_staged() {
    let (_, mut device, site) = running(&["1.0.0", "2.0.0"]);
    let (updater, _) = device.confirmed();
    updater.stage(&updater.status().fallback).unwrap();
    let up_to_date = updater.update_then(Asked::ByHand, Then::Keep);
    assert!(
        matches!(CheckEnd::of(&up_to_date, || updater.readiness()), CheckEnd::Nothing(finding) if finding.found == FindingKind::UpToDate)
    );
    site.sign(|document| {
        document.releases.clear();
        document.otherwise = Otherwise::Builtin;
    });
    let builtin = updater.update_then(Asked::ByHand, Then::Keep);
    assert!(matches!(
        CheckEnd::of(&builtin, || updater.readiness()),
        CheckEnd::Kept { bundle: BundleRef::Builtin, .. }
    ));
    assert_eq!(device.version(&updater.status().next.unwrap()), "1.0.0");
}
