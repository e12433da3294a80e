//! Every story of a device, cut at each of its file operations, in every way that a crash can end; then the next process.
//!
//! A story is told once to count its operations. Then it is told again for each of them and dies there, and what the disk
//! is left with must boot (I1), name nothing half (I2), keep builtin and the last good bundle (I7), and go on to be updated.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use aloft_core::model::event::Outcome;
use aloft_core::model::report::Reason;
use aloft_core::model::state::State;
use aloft_core::model::{BundleRef, Code};
use aloft_core::testing::{CrashFs, Cut, Loss};
use aloft_core::updater::{Asked, Proof, ResetTo, UpdateStatus};
use aloft_tests::packs;
use aloft_tests::story::{self, Device, Site};
use std::sync::Arc;

/// A story and what has to hold after each cut of it.
struct Story<'a> {
    /// The site as the story finds it.
    site: &'a Site,
    /// Everything that went before; not cut.
    before: &'a dyn Fn(&mut Device),
    /// What is cut. Its calls may fail: the process is dead.
    told: &'a dyn Fn(&mut Device),
    /// What the processes after the cut must find.
    after: &'a dyn Fn(&mut Device, &Left),
}

/// What the first process after the cut found.
struct Left {
    /// The version that it shows.
    shown: String,
    /// The state before it launched.
    found: Option<State>,
    /// The state after it launched.
    state: State,
    /// Was the story told to its end?
    whole: bool,
    /// For messages.
    place: String,
}

impl Left {
    /// The story told to its end comes to `end`; cut short, this or one of `others` is shown.
    fn shows(&self, end: &str, others: &[&str]) {
        let expected = self.shown == end || !self.whole && others.contains(&self.shown.as_str());
        assert!(expected, "{}: shows {}", self.place, self.shown);
    }
}

fn cut_everywhere(story: &Story<'_>) {
    let fs = CrashFs::default();
    let mut device = Device::new(fs.clone(), "/app/data", story.site);
    (story.before)(&mut device);
    device.site = Arc::new(story.site.clone());
    let prepared = fs.after(Loss::Process);
    let later = story.site.fork();
    later.publish("9.0.0");

    let counted = prepared.after(Loss::Process);
    (story.told)(&mut device.over(counted.clone(), 2));
    let operations = counted.operations();
    println!("{operations} operations");
    for n in 0..=operations {
        for cut in [Cut::Before, Cut::Torn] {
            let fs = prepared.after(Loss::Process);
            fs.cut_at(n, cut);
            let mut device = device.over(fs.clone(), 2);
            (story.told)(&mut device);
            for loss in Loss::ALL {
                let place = format!("cut {cut:?} at {n} of {operations}, {loss:?}");
                let mut next = device.over(fs.after(loss), 3);
                if loss != Loss::Process {
                    "session 2".clone_into(&mut next.facts.boot_session);
                }
                let left = first_launch(&mut next, n == operations, place);
                (story.after)(&mut next, &left);
                goes_on(&mut next, &later, &left.place);
            }
        }
    }
}

/// The launch after the cut: it shows something that is there, whole, and lawful.
fn first_launch(device: &mut Device, whole: bool, place: String) -> Left {
    device.assert_whole(&place);
    let found = device.state();
    let (updater, step) = device.launch();
    assert_eq!(step.outcome, Outcome::Serving, "I1: {place}");
    let serve = step.serve.unwrap_or_else(|| panic!("I1: nothing is shown; {place}"));
    updater.page_began(&serve.token);
    device.assert_whole(&place);
    let state = device.state().unwrap_or_else(|| panic!("I1: no state; {place}"));
    assert_eq!(state.slots.current(), serve.bundle, "{place}");
    assert!(state.usable(&state.slots.current()) && state.usable(state.slots.fallback()), "I7: {place}");
    assert!(state.slots.current().is_builtin() || state.slots.current() != *state.slots.fallback(), "I7: {place}");
    assert_ne!(state.slots.next(), Some(&state.slots.current()), "I7: {place}");
    let index = serve.path.map(|path| device.fs.read(&path.join("index.html"), 1 << 20));
    assert!(index.is_none_or(|read| read.is_ok()), "I1: {place}");
    let shown = device.version(&serve.bundle);
    Left { shown, found, state, whole, place }
}

/// The device is never stuck: it takes the next release, confirms it, sweeps, and can still go back to builtin (I7).
fn goes_on(device: &mut Device, later: &Site, place: &str) {
    device.site = Arc::new(later.clone());
    let (updater, _) = device.page();
    let status = updater.update(Asked::ByHand).map(|updated| updated.status);
    assert!(matches!(status, Ok(UpdateStatus::Staged { .. })), "{status:?}; {place}");
    let (updater, serve) = device.page();
    assert_eq!(device.version(&serve.bundle), "9.0.0", "{place}");
    assert_eq!(updater.confirm(&Proof::Token(serve.token)).outcome, Outcome::Confirmed, "{place}");
    updater.update(Asked::ByHand).unwrap();
    device.assert_whole(place);
    let state = device.state().unwrap();
    assert!(state.slots.trial().is_none(), "{place}");
    let mut named: Vec<String> = state.bundles.iter().map(|kept| kept.id.to_string()).collect();
    named.extend(state.bundles.iter().map(|kept| format!("{}.seal", kept.id)));
    named.sort();
    assert_eq!(device.list("bundles"), named, "I10: the sweep was not taken up; {place}");
    let step = updater.reset(ResetTo::Builtin).unwrap();
    assert_eq!(step.serve.map(|serve| serve.bundle), Some(BundleRef::Builtin), "I7: {place}");
}

/// A device that runs 1.0.0, confirmed.
fn with_1(site: &Site) -> impl Fn(&mut Device) {
    site.publish("1.0.0");
    let site = site.fork();
    move |device| {
        device.site = Arc::new(site.clone());
        let (updater, _) = device.page();
        updater.update(Asked::ByHand).unwrap();
        device.confirmed();
    }
}

/// A device that runs 1.0.0, confirmed, with 2.0.0 staged.
fn with_2_staged(site: &Site) -> impl Fn(&mut Device) {
    let before = with_1(site);
    site.publish("2.0.0");
    let site = site.fork();
    move |device| {
        before(device);
        device.site = Arc::new(site.clone());
        let (updater, _) = device.page();
        updater.update(Asked::ByHand).unwrap();
        assert!(device.state().unwrap().slots.next().is_some());
    }
}

/// A device that runs 2.0.0, confirmed, and keeps 1.0.0.
fn with_2(site: &Site) -> impl Fn(&mut Device) {
    let before = with_2_staged(site);
    move |device| {
        before(device);
        device.confirmed();
        assert_eq!(device.version(&device.state().unwrap().slots.current()), "2.0.0");
    }
}

#[test]
fn i1_i2_i7_the_first_launch_and_the_first_install() {
    let site = Site::default();
    site.publish("1.0.0");
    cut_everywhere(&Story {
        site: &site,
        before: &|_| {},
        told: &|device| {
            let (updater, _) = device.page();
            let _ = updater.update(Asked::ByHand);
        },
        after: &|_, left| left.shows("1.0.0", &["builtin"]),
    });
}

#[test]
fn i1_i2_i7_i9_an_update() {
    let site = Site::default();
    let before = with_1(&site);
    let first = site.fork();
    site.publish("2.0.0");
    cut_everywhere(&Story {
        site: &site,
        before: &before,
        told: &|device| {
            let (updater, _) = device.page();
            let _ = updater.update(Asked::ByHand);
        },
        after: &|device, left| {
            left.shows("2.0.0", &["1.0.0"]);
            let Left { state, place, .. } = left;
            if left.shown == "2.0.0" {
                assert_eq!(device.version(state.slots.fallback()), "1.0.0", "I7: {place}");
                assert!(state.slots.trial().is_some(), "I5: {place}");
                device.site = Arc::new(first.clone());
                let refused = device.page().0.check(Asked::ByHand).unwrap_err();
                assert_eq!(refused.code(), Code::Replayed, "I9: {place}");
            }
        },
    });
}

#[test]
fn i1_i2_i7_an_update_by_a_pack() {
    let site = Site::default();
    let before = with_1(&site);
    let (one, mut two) = (story::files("1.0.0"), story::files("2.0.0"));
    two.push(("css/old.css".to_owned(), one[1].1.clone())); // linked from the base
    two.push(("css/too.css".to_owned(), two[1].1.clone())); // linked from a new file
    let pack = packs::sent("pack", packs::delta(&one, &two), Some(&one));
    site.publish_artifacts("2.0.0", &packs::list_of(&two), vec![pack]);
    cut_everywhere(&Story {
        site: &site,
        before: &before,
        told: &|device| {
            let (updater, _) = device.page();
            let _ = updater.update(Asked::ByHand);
        },
        after: &|_, left| left.shows("2.0.0", &["1.0.0"]),
    });
}

#[test]
fn i1_i2_i7_a_launch_that_takes_the_next_bundle() {
    let site = Site::default();
    cut_everywhere(&Story {
        site: &site,
        before: &with_2_staged(&site),
        told: &|device| drop(device.page()),
        after: &|device, left| {
            left.shows("2.0.0", &[]);
            assert!(left.state.slots.trial().is_some(), "I5: {}", left.place);
            assert_eq!(device.version(left.state.slots.fallback()), "1.0.0", "I7: {}", left.place);
        },
    });
}

#[test]
fn i1_i2_i7_an_activation_by_the_app() {
    let site = Site::default();
    cut_everywhere(&Story {
        site: &site,
        before: &with_2_staged(&site),
        told: &|device| {
            let updater = device.updater();
            let launched = updater.launch(&device.facts); // the trial of the launch ends with this
            let _ = updater.reset(ResetTo::Fallback);
            let kept = updater.bundles();
            let Some(second) = kept.iter().find(|kept| kept.version.to_string() == "2.0.0") else { return };
            let _ = updater.activate(&BundleRef::Kept(second.id.clone()));
            drop(launched);
        },
        after: &|device, left| {
            left.shows("2.0.0", &["1.0.0"]);
            if left.shown == "2.0.0" {
                assert_eq!(device.version(left.state.slots.fallback()), "1.0.0", "I7: {}", left.place);
            }
        },
    });
}

#[test]
fn i1_i2_i4_a_confirmation_holds_once_it_was_answered() {
    let site = Site::default();
    let answered = std::cell::Cell::new(None);
    cut_everywhere(&Story {
        site: &site,
        before: &with_2_staged(&site),
        told: &|device| {
            let (updater, serve) = device.page();
            let confirmed = updater.confirm(&Proof::Token(serve.token)).outcome == Outcome::Confirmed;
            let state = device.state(); // nothing can be read once the process is dead
            answered.set(Some(confirmed && state.is_some()));
            updater.background();
            updater.terminating();
        },
        after: &|device, left| {
            left.shows("2.0.0", &[]);
            if answered.get() == Some(true) {
                assert!(left.state.slots.trial().is_none(), "confirmed, and on trial again; {}", left.place);
            }
            if left.state.slots.trial().is_some() {
                assert_eq!(device.version(left.state.slots.fallback()), "1.0.0", "I7: {}", left.place);
            }
        },
    });
}

#[test]
fn i1_i2_i5_i7_i11_two_launches_that_nobody_confirms_and_the_way_back() {
    let site = Site::default();
    cut_everywhere(&Story {
        site: &site,
        before: &with_2_staged(&site),
        told: &|device| {
            for _ in 0..3 {
                drop(device.launch());
            }
        },
        after: &|device, left| {
            left.shows("1.0.0", &["2.0.0"]);
            let mut shown = left.shown.clone();
            for _ in 0..3 {
                shown = device.launch().1.serve.map(|serve| device.version(&serve.bundle)).unwrap();
            }
            assert_eq!(shown, "1.0.0", "I5: {}", left.place);
            let reports = device.state().unwrap().reports;
            let told = reports.entries().iter().any(|report| {
                matches!(report.reason, Reason::NotConfirmed | Reason::NotProven)
                    && report.from.version.as_ref().is_some_and(|version| version.to_string() == "2.0.0")
            });
            assert!(told, "I11: {}", left.place);
        },
    });
}

#[test]
fn i1_i2_i5_i7_i11_a_page_that_says_it_is_broken() {
    let site = Site::default();
    cut_everywhere(&Story {
        site: &site,
        before: &with_2_staged(&site),
        told: &|device| {
            let (updater, step) = device.launch();
            if let Some(serve) = step.serve {
                updater.page_began(&serve.token);
                updater.fail(&serve.token, "broken");
            }
        },
        after: &|_, left| {
            left.shows("1.0.0", &["2.0.0"]);
            if left.shown == "1.0.0" {
                let reports = left.state.reports.entries();
                assert!(reports.iter().any(|report| report.reason == Reason::Reported), "I11: {}", left.place);
            }
        },
    });
}

#[test]
fn i1_i2_i7_a_withdrawal() {
    let site = Site::default();
    let before = with_2(&site);
    site.withdraw("2.0.0");
    cut_everywhere(&Story {
        site: &site,
        before: &before,
        told: &|device| {
            let (updater, _) = device.page();
            let _ = updater.check(Asked::ByHand);
        },
        after: &|device, left| {
            left.shows("1.0.0", &["2.0.0"]);
            let (updater, _) = device.page();
            updater.check(Asked::ByHand).unwrap();
            assert_eq!(device.version(&device.state().unwrap().slots.current()), "1.0.0", "{}", left.place);
        },
    });
}

#[test]
fn i1_i2_i7_i8_a_native_update() {
    let site = Site::default();
    let before = with_2(&site);
    cut_everywhere(&Story {
        site: &site,
        before: &|device| {
            before(device);
            "200".clone_into(&mut device.facts.build.code);
        },
        told: &|device| drop(device.page()),
        after: &|_, left| {
            left.shows("builtin", &[]);
            assert_eq!(left.state.build.code, "200", "I8: {}", left.place);
        },
    });
}

#[test]
fn i1_i2_i7_i10_a_removal_and_its_sweep() {
    let site = Site::default();
    let before = with_2(&site);
    cut_everywhere(&Story {
        site: &site,
        before: &|device| {
            before(device);
            // The remains of an install that was cut.
            for folder in ["bundles/0123456789", "bundles/0123456789/js"] {
                device.fs.create_dir(&device.root.join(folder)).unwrap();
            }
            device.fs.write_at(&device.root.join("bundles/0123456789/js/app.js"), 0, b"half").unwrap();
            device.fs.write_at(&device.root.join("bundles/9876543210.seal"), 0, b"a seal without files").unwrap();
            device.fs.write_at(&device.root.join("partial/foreign"), 0, b"foreign").unwrap();
            // 1.0.0 is nobody's fallback any more.
            let (updater, _) = device.page();
            updater.reset(ResetTo::Fallback).unwrap();
        },
        told: &|device| {
            let (updater, _) = device.page();
            let second = updater.bundles().into_iter().find(|kept| kept.version.to_string() == "2.0.0");
            if let Some(second) = second {
                let _ = updater.remove(&second.id);
            }
            let _ = updater.check(Asked::ByHand);
        },
        after: &|_, left| {
            left.shows("1.0.0", &[]);
            if left.whole {
                assert_eq!(left.state.bundles.len(), 1, "{}", left.place);
            }
        },
    });
}

#[test]
fn i1_i2_i7_a_reset() {
    for to in [ResetTo::Builtin, ResetTo::Fallback] {
        let site = Site::default();
        let target = if to == ResetTo::Builtin { "builtin" } else { "1.0.0" };
        cut_everywhere(&Story {
            site: &site,
            before: &with_2(&site),
            told: &|device| {
                let (updater, _) = device.page();
                let _ = updater.reset(to);
            },
            after: &|_, left| {
                left.shows(target, &["2.0.0"]);
                assert!(left.found.is_some(), "{}", left.place);
            },
        });
    }
}
