//! A bundle that is on the device already, and is offered again: under another name, with a raised `retry`, or refused.

use aloft_core::model::BundleRef;
use aloft_core::model::report::Reason;
use aloft_core::updater::{Asked, CheckStatus, UpdateStatus, Updated, Wanted};
use aloft_tests::story::{Device, Site, reasons, root, running, stage};

/// The version that was staged, without a download.
fn staged(updated: &Updated) -> String {
    match &updated.status {
        UpdateStatus::Staged { version, downloaded: 0, .. } => version.to_string(),
        other => panic!("{other:?}: {:?}", updated.skipped),
    }
}

/// A device that runs 1 and blocks 2, whose files it still keeps.
fn blocking() -> (Device, Site) {
    let (_, mut device, site) = running(&["1.0.0"]);
    stage(&mut device, &site, "2.0.0");
    for _ in 0..2 {
        let (updater, serve) = device.page();
        updater.fail(&serve.token, "broken");
        let id = device.state().unwrap().with_root(root("2.0.0")).unwrap().id.clone();
        device.system.pass(25 * 3_600_000);
        if reasons(&updater).len() == 1 {
            updater.stage(&BundleRef::Kept(id)).unwrap();
        }
    }
    (device, site)
}

fn retry(site: &Site, version: &str, retry: u64) {
    site.sign(|document| {
        let entry = document.releases.iter_mut().find(|entry| entry.root == root(version)).unwrap();
        entry.retry = retry;
    });
}

#[test]
fn a_raised_retry_lets_a_device_try_again_what_it_still_keeps() {
    let (mut device, site) = blocking();
    let updated = device.confirmed().0.update(Asked::ByHand).unwrap();
    assert_eq!(updated.skipped[0].reason, "blocked");
    retry(&site, "2.0.0", 1);
    let updated = device.confirmed().0.update(Asked::ByHand).unwrap();
    assert_eq!(staged(&updated), "2.0.0");
    let (_, serve) = device.confirmed();
    assert_eq!(device.version(&serve.bundle), "2.0.0");
    assert_eq!(device.state().unwrap().with_root(root("2.0.0")).unwrap().retry, 1);
}

#[test]
fn a_release_that_the_boot_machine_refuses_is_skipped_and_those_below_it_are_reached() {
    let (mut device, site) = blocking();
    site.sign(|document| document.releases.retain(|entry| entry.root != root("1.0.0")));
    site.publish("0.9.0"); // stands first: moved below the one that is refused
    site.sign(|document| document.releases.rotate_left(1));
    // The document is dated ahead of this device's clock, so the channel's rules take the block for over; the machine does not.
    let now = device.state().unwrap().ledger.entries()[0].last;
    device.system.set_unix(now);
    site.sign(|document| document.issued.0 = now + 25 * 3_600);
    let updated = device.confirmed().0.update(Asked::ByHand).unwrap();
    let skipped: Vec<_> = updated.skipped.iter().map(|skip| (skip.version.to_string(), skip.reason.clone())).collect();
    assert_eq!(skipped, [("2.0.0".to_owned(), "blocked".to_owned())]);
    assert!(matches!(&updated.status, UpdateStatus::Staged { version, .. } if version.to_string() == "0.9.0"));
}

#[test]
fn content_that_runs_takes_the_name_under_which_it_is_offered() {
    let (_, mut device, site) = running(&["1.2.0-beta.1"]);
    site.sign(|document| {
        document.releases[0].version = "1.2.0".parse().unwrap();
        document.releases[0].retry = 3;
    });
    let (updater, serve) = device.confirmed();
    let status = updater.update(Asked::ByHand).unwrap().status;
    assert_eq!(status, UpdateStatus::Nothing { check: CheckStatus::UpToDate });
    assert_eq!(device.version(&serve.bundle), "1.2.0");
    assert_eq!(device.state().unwrap().bundles[0].retry, 3);
    assert_eq!(reasons(&updater), [Reason::Confirmed], "a new name is no failure");
}

#[test]
fn kept_content_takes_the_name_under_which_it_is_asked_for() {
    let (_, mut device, site) = running(&["1.0.0", "2.0.0-rc"]);
    site.sign(|document| {
        let promoted = document.releases.iter_mut().find(|entry| entry.root == root("1.0.0")).unwrap();
        promoted.version = "3.0.0".parse().unwrap();
    });
    let (updater, _) = device.confirmed();
    let wanted = Wanted::Version("3.0.0".parse().unwrap());
    assert_eq!(staged(&updater.install(&wanted).unwrap()), "3.0.0");
    assert_eq!(device.version(device.state().unwrap().slots.next().unwrap()), "3.0.0");
}
