//! What a host that decides when to show an update asks of the core: delay conditions, and releases that are only kept.

use aloft_core::model::delay::Delay;
use aloft_core::model::{BundleRef, Code};
use aloft_core::updater::{Asked, Readiness, Then, UpdateStatus, Wanted};
use aloft_tests::story::{BEGIN, next_shown, running, stage};

#[test]
fn i10_delays_outlive_the_process_and_are_at_most_eight() {
    let (_, mut device, site) = running(&["1.0.0"]);
    stage(&mut device, &site, "2.0.0");
    let later = Delay::Date((BEGIN + 86_400) * 1_000);
    let (updater, _) = device.page(); // shows 2.0.0: nothing held it
    site.publish("3.0.0");
    updater.update(Asked::ByHand).unwrap();
    updater.set_delays(vec![Delay::Kill, later.clone()]).unwrap();
    assert_eq!(updater.readiness(), Readiness::Delayed);
    assert_eq!(updater.set_delays(vec![Delay::Kill; 9]).unwrap_err().code(), Code::TooLarge);

    let (updater, _) = device.confirmed();
    assert_eq!(updater.delays(), [later]);
    assert_eq!((updater.readiness(), updater.status().next.is_some()), (Readiness::Delayed, true));
    updater.cancel_delays().unwrap();
    assert_eq!((updater.readiness(), updater.delays().len()), (Readiness::Ready, 0));
    assert_eq!(next_shown(&mut device), "3.0.0");
}

#[test]
fn i2_i7_what_is_only_downloaded_is_whole_stays_and_is_shown_when_the_app_stages_it() {
    let (_, mut device, site) = running(&["1.0.0"]);
    site.publish("2.0.0");
    let (updater, _) = device.confirmed();
    let status = updater.update_then(Asked::ByHand, Then::Keep).unwrap().status;
    let UpdateStatus::Kept { id, .. } = status else { panic!("{status:?}") };
    assert_eq!((updater.status().next, updater.readiness()), (None, Readiness::Nothing));
    let again = updater.install_then(&Wanted::Version("2.0.0".parse().unwrap()), Then::Keep).unwrap().status;
    assert!(matches!(again, UpdateStatus::Kept { id: same, downloaded: 0, .. } if same == id));

    assert_eq!(next_shown(&mut device), "1.0.0");
    let (updater, _) = device.confirmed();
    updater.update_then(Asked::ByHand, Then::Keep).unwrap(); // sweeps
    device.assert_whole("after a sweep");
    updater.stage(&BundleRef::Kept(id)).unwrap();
    assert_eq!(next_shown(&mut device), "2.0.0");
}
