//! The façade's own promises: who may write what, what is remembered of a failure, and what a caller is told.

use aloft_core::edge::ports::{Connect, Fs as _, LockKind, Notice, Observer, Transport};
use aloft_core::keep::device_id::{Noted, Origin, origin};
use aloft_core::keep::frame::Found;
use aloft_core::keep::{lasting, marks};
use aloft_core::model::config::{Config, DeviceIdKind};
use aloft_core::model::event::Outcome;
use aloft_core::model::report::Reason;
use aloft_core::model::state::{Kept, Marks};
use aloft_core::model::{BundleRef, Code, Result};
use aloft_core::testing::{CrashFs, MemSecrets, ScriptedTransport};
use aloft_core::updater::{Asked, Change, CheckStatus, Ports, Proof, UpdateStatus, Updater, Wanted};
use aloft_tests::story::{Device, Site, reasons, root, running, shown};
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, OnceLock, Weak};

const ROOT: &str = "/app/data";

pub(crate) fn device() -> (CrashFs, Site, Device) {
    let (fs, site) = (CrashFs::default(), Site::default());
    let device = Device::new(fs.clone(), ROOT, &site);
    (fs, site, device)
}

/// A device that confirmed 1 and has 2 staged.
fn with_next() -> (CrashFs, Site, Device) {
    let (fs, site, mut device) = device();
    for version in ["1.0.0", "2.0.0"] {
        site.publish(version);
        device.confirmed().0.update(Asked::ByHand).unwrap();
        if version == "1.0.0" {
            device.confirmed();
        }
    }
    (fs, site, device)
}

fn kept(device: &Device, version: &str) -> Kept {
    let state = device.state().unwrap();
    state.bundles.into_iter().find(|kept| kept.version.to_string() == version).unwrap()
}

fn read_marks(device: &Device) -> Marks {
    match marks::load(&device.store()) {
        Found::Value(marks) => marks,
        other => panic!("{other:?}"),
    }
}

#[test]
fn i6_a_launch_that_is_decided_late_still_knows_the_marks() {
    let (fs, _, mut device) = with_next();
    device.page(); // the first attempt of 2
    fs.refuse_reads(ErrorKind::PermissionDenied);
    let (updater, step) = device.launch();
    assert_eq!((step.outcome, step.serve.unwrap().bundle), (Outcome::Passive, BundleRef::Builtin));
    fs.allow_reads();
    let step = updater.launch(&device.facts);
    assert_eq!(device.version(&step.serve.unwrap().bundle), "2.0.0");
    assert_eq!(device.state().unwrap().slots.trial().unwrap().lost, 0);
    assert_eq!(read_marks(&device).trial.unwrap().attempts, 2);
}

#[test]
fn i1_a_device_that_is_unlocked_decides_at_the_next_foreground() {
    let (fs, _, mut device) = with_next();
    fs.refuse_reads(ErrorKind::PermissionDenied);
    device.facts.foreground = false;
    let (updater, _) = device.launch();
    assert!(updater.foreground().serve.is_none(), "nothing else to show");
    fs.allow_reads();
    let serve = updater.foreground().serve.unwrap();
    assert_eq!(device.version(&serve.bundle), "2.0.0");
    assert_eq!(updater.confirm(&Proof::Token(serve.token)).outcome, Outcome::Confirmed);
    assert_eq!(updater.status().problems.iter().filter(|problem| problem.code != "builtin_undescribed").count(), 0);
}

#[test]
fn i1_a_page_that_began_is_not_taken_away() {
    let (fs, _, mut device) = with_next();
    fs.refuse_reads(ErrorKind::PermissionDenied);
    let (updater, serve) = device.page();
    fs.allow_reads();
    assert!(updater.foreground().serve.is_none());
    assert_eq!(updater.attached().serve.unwrap().token, serve.token);
}

#[test]
fn i12_a_process_that_cannot_read_the_state_leaves_identity_alone() {
    let (fs, _, mut device) = device();
    device.config.device_id = DeviceIdKind::Install;
    let id = device.confirmed().0.device_id().unwrap().unwrap();
    fs.refuse_reads(ErrorKind::PermissionDenied);
    let (locked, _) = device.launch();
    fs.allow_reads();
    locked.check(Asked::ByHand).unwrap_err();
    assert_eq!(locked.device_id().unwrap().as_ref(), Some(&id));
    assert_eq!(device.confirmed().0.device_id().unwrap(), Some(id));
}

#[test]
fn i12_an_id_asked_for_before_there_are_facts_is_not_drawn_for_nobody() {
    let (_, _, mut device) = device();
    device.config.device_id = DeviceIdKind::Install;
    let id = device.confirmed().0.device_id().unwrap().unwrap();
    let answer = device.updater().device_id();
    assert!(answer.is_err() || answer.unwrap() == Some(id.clone()));
    assert_eq!(device.confirmed().0.device_id().unwrap(), Some(id));
}

#[test]
fn i9_the_id_is_not_written_beside_a_run() {
    let (_, site, mut device) = device();
    let secrets = Arc::new(MemSecrets::default());
    device.secrets = secrets.clone();
    site.publish("1.0.0");
    let (updater, _) = device.confirmed();
    updater.check(Asked::ByHand).unwrap();
    let id = updater.device_id().unwrap();
    let store = device.store();
    let before = match lasting::load(&store) {
        Found::Value(lasting) => lasting,
        other => panic!("{other:?}"),
    };
    secrets.clear(); // an id that was asked for would be put there again
    let _run = store.lock_install().unwrap().unwrap();
    assert_eq!(updater.device_id().unwrap(), id);
    assert_eq!(updater.set_channel(Some("beta")).unwrap(), Change::AlreadyRunning);
    assert!(matches!(lasting::load(&store), Found::Value(after) if after == before));
    let nonce = device.state().unwrap().install_nonce;
    assert_eq!(origin(&*device.secrets, &nonce, Noted::Yes), Origin::Elsewhere, "nothing was put there");
}

#[test]
fn i2_a_process_without_the_lock_never_makes_a_state_of_its_own() {
    let (fs, _, mut device) = device();
    device.store().create().unwrap();
    let lock = fs.lock(&device.root.join("state.lock"), LockKind::Exclusive, 0).unwrap().unwrap();
    let (second, step) = device.launch();
    assert_eq!((step.outcome, step.serve.unwrap().bundle), (Outcome::Passive, BundleRef::Builtin));
    drop(lock);
    let (_first, _) = device.launch();
    let nonce = device.state().unwrap().install_nonce;
    second.background();
    assert_eq!(device.state().unwrap().install_nonce, nonce);
}

#[test]
fn i6_a_worker_changes_the_marks_of_the_process_that_shows_and_does_not_replace_them() {
    let (_, _, mut device) = with_next();
    device.confirmed();
    let serve = read_marks(&device).serve;
    let worker = device.updater();
    worker.inform(&device.facts);
    worker.activate(&BundleRef::Kept(kept(&device, "1.0.0").id)).unwrap();
    assert!(serve.is_some());
    assert_eq!(read_marks(&device).serve, serve);
}

#[test]
fn i2_a_bundle_whose_files_are_gone_is_not_staged_by_name() {
    let (fs, site, mut device) = with_next();
    device.confirmed();
    site.publish("3.0.0");
    let (updater, _) = device.confirmed();
    updater.update(Asked::ByHand).unwrap();
    let (updater, _) = device.confirmed(); // 3 is current, 2 the fallback, 1 is kept
    let one = kept(&device, "1.0.0");
    fs.remove_file(&device.store().seal(&one.id)).unwrap();
    let error = updater.stage(&BundleRef::Kept(one.id.clone())).unwrap_err();
    assert_eq!(error.code(), Code::BundleMissing);

    site.sign(|document| document.releases.retain(|entry| entry.version.to_string() == "1.0.0"));
    updater.update(Asked::ByHand).unwrap();
    assert_ne!(device.state().unwrap().slots.next().cloned(), Some(BundleRef::Kept(one.id)));
    device.assert_whole("after one was gone");
    let serve = device.launch().1.serve.unwrap();
    assert_eq!(device.version(&serve.bundle), "1.0.0");
}

#[test]
fn a_withdrawn_release_is_not_installed_by_hand() {
    let (_, site, mut device) = device();
    site.publish("1.0.0");
    site.withdraw("1.0.0");
    let (updater, _) = device.confirmed();
    let error = updater.install(&Wanted::Root(root("1.0.0"))).unwrap_err();
    assert_eq!(error.code(), Code::Withdrawn);
    assert_eq!(device.state().unwrap().slots.next().cloned(), None);
}

#[test]
fn a_withdrawal_is_answered_at_once_whatever_becomes_of_the_next_release() {
    let (_, mut device, site) = running(&["1.0.0"]);
    let (updater, serve) = device.page();
    site.publish("2.0.0");
    site.withdraw("1.0.0");
    site.corrupt_artifacts();
    let answer = updater.update(Asked::ByHand).unwrap();
    assert_eq!(answer.status, UpdateStatus::Nothing { check: CheckStatus::Withdrawn });
    let shown = answer.step.serve.expect("the withdrawn bundle is left in this session");
    assert_ne!(shown.bundle, serve.bundle);
    assert_eq!(updater.update(Asked::ByHand).unwrap_err().code(), Code::DigestMismatch);
}

#[test]
fn what_another_process_found_withdrawn_is_left_when_the_app_comes_back_or_attaches() {
    for event in [Updater::foreground, Updater::attached] {
        let (_, mut device, site) = running(&["1.0.0", "2.0.0"]);
        let (updater, serve) = device.page();
        assert_eq!(device.version(&serve.bundle), "2.0.0");
        site.withdraw("2.0.0");
        let worker = device.updater();
        worker.inform(&device.facts);
        worker.update(Asked::ByHand).unwrap();
        let step = event(&updater);
        assert_eq!(step.outcome, Outcome::RolledBack(Reason::Withdrawn));
        assert_eq!(shown(&device, &step), "1.0.0");
        assert_eq!(updater.attached().outcome, Outcome::Serving);
    }
}

#[test]
fn i11_what_is_unblocked_stays_so() {
    let (_, site, mut device) = device();
    site.publish("1.0.0");
    device.confirmed().0.update(Asked::ByHand).unwrap();
    let (updater, serve) = device.page();
    updater.fail(&serve.token, "broken");
    updater.check(Asked::ByHand).unwrap();
    updater.unblock(root("1.0.0").0).unwrap();
    let checked = updater.check(Asked::ByHand).unwrap();
    assert!(matches!(checked.status, CheckStatus::Available { .. }), "{:?}", checked.status);
}

#[test]
fn what_could_not_be_written_does_not_come_back() {
    let (fs, _, mut device) = with_next();
    let (updater, _) = device.confirmed(); // 2 is current, 1 the fallback
    let one = BundleRef::Kept(kept(&device, "1.0.0").id);
    let begin = fs.operations();
    fs.fail(begin + 1..begin + 100, ErrorKind::Other); // the slot is written once, and never synced
    assert_eq!(updater.stage(&one).unwrap_err().code(), Code::Poisoned);
    fs.fail(0..0, ErrorKind::Other);
    assert!(device.state().unwrap().slots.next().is_some(), "it reached the disk all the same");
    assert_eq!(updater.status().next, None);
    updater.background();
    assert_eq!(device.state().unwrap().slots.next().cloned(), None);
}

#[test]
fn i5_a_trial_that_reached_the_disk_and_was_not_begun_is_taken_back() {
    let mut reached = 0;
    for operation in 0..8 {
        let (fs, _, device) = with_next();
        let updater = device.updater();
        let begin = fs.operations();
        fs.fail(begin + operation..begin + 100, ErrorKind::Other); // neither the trial's write ends well nor the second decision's
        let step = updater.launch(&device.facts);
        fs.fail(0..0, ErrorKind::Other);
        if step.outcome == Outcome::Passive {
            continue; // the trial was written, and not its marks: it stands, and another process shows it
        }
        let serve = step.serve.unwrap();
        let is_shown = device.version(&serve.bundle) == "2.0.0";
        reached += u32::from(!is_shown && device.state().unwrap().slots.trial().is_some());
        updater.background();
        let state = device.state().unwrap();
        assert_eq!((state.slots.trial().is_some(), state.slots.next().is_none()), (is_shown, is_shown), "{operation}");
    }
    assert!(reached > 0, "it reached the disk without being shown");
}

#[test]
fn i2_a_step_that_was_owed_is_taken_again_upon_what_another_process_wrote() {
    let (fs, _, mut device) = with_next();
    let (updater, serve) = device.page();
    let begin = fs.operations();
    fs.fail(begin..begin + 1000, ErrorKind::Other);
    assert_eq!(updater.confirm(&Proof::Token(serve.token)).outcome, Outcome::Confirmed);
    fs.fail(0..0, ErrorKind::Other);
    let worker = device.updater();
    worker.inform(&device.facts);
    let one = BundleRef::Kept(kept(&device, "1.0.0").id);
    for bundle in [&BundleRef::Builtin, &one, &BundleRef::Builtin] {
        worker.stage(bundle).unwrap();
    }
    updater.background();
    let state = device.state().unwrap();
    assert!(state.slots.trial().is_none(), "the confirm is on the disk");
    assert_eq!(state.slots.next(), Some(&BundleRef::Builtin), "what the other process staged is, too");
}

/// Cancels the updater while it connects, then hands over the site's transport.
struct CancelsFirst(Site, OnceLock<Weak<Updater>>);

impl Connect for CancelsFirst {
    fn connect(&self, config: &Config) -> Result<Arc<dyn Transport>> {
        self.1.get().and_then(Weak::upgrade).unwrap().cancel();
        self.0.connect(config)
    }
}

#[test]
fn a_cancel_before_there_is_a_transport_is_not_lost() {
    let (_, site, mut device) = device();
    site.publish("1.0.0");
    let connect = Arc::new(CancelsFirst(site, OnceLock::new()));
    device.site = connect.clone();
    let updater = Arc::new(device.confirmed().0);
    connect.1.set(Arc::downgrade(&updater)).unwrap();
    assert_eq!(updater.update(Asked::ByHand).unwrap_err().code(), Code::Cancelled);
    assert!(device.list("partial").is_empty() && device.list("feed").is_empty(), "nothing was asked for");
}

/// Asks the updater back whenever it is told something.
#[derive(Default)]
struct AsksBack(OnceLock<Weak<Updater>>, Mutex<u32>);

impl Observer for AsksBack {
    fn notice(&self, _: &Notice) {
        if let Some(updater) = self.0.get().and_then(Weak::upgrade) {
            updater.status();
            *self.1.lock().unwrap() += 1;
        }
    }
}

#[test]
fn i13_an_observer_may_ask_back() {
    let (fs, site, device) = with_next();
    let observer = Arc::new(AsksBack::default());
    let ports = Ports {
        fs: Arc::new(fs.clone()),
        connect: Arc::new(site),
        system: device.system.clone(),
        secrets: device.secrets.clone(),
        observer: observer.clone(),
    };
    let updater = Arc::new(Updater::open(device.config.clone(), ports, ROOT));
    observer.0.set(Arc::downgrade(&updater)).unwrap();
    let begin = fs.operations();
    fs.fail(begin..begin + 100, ErrorKind::Other);
    updater.launch(&device.facts);
    assert!(*observer.1.lock().unwrap() > 0, "the marks could not be written");
}

#[test]
fn i9_lost_floors_come_back_from_the_index_also_where_a_copy_is_kept() {
    let (fs, site, mut device) = device();
    site.publish("1.0.0");
    let old = site.fork();
    site.publish("2.0.0");
    device.confirmed().0.check(Asked::ByHand).unwrap();
    fs.write_at(&device.root.join("lasting"), 0, b"junk").unwrap();
    // An old channel beside the index of today.
    let today = site.files();
    let mixed = old.files().into_iter().map(|(path, bytes)| match path.as_str() {
        "channels/index.json" => (path.clone(), today[&path].clone()),
        _ => (path, bytes),
    });
    let mixed: Vec<_> = mixed.collect();
    device.site = Arc::new(ScriptedTransport::files(mixed.iter().map(|(path, bytes)| (path.as_str(), bytes.clone()))));
    let (updater, _) = device.confirmed();
    assert!(updater.status().problems.iter().any(|problem| problem.code == "storage_corrupt"));
    assert_eq!(updater.check(Asked::ByHand).unwrap_err().code(), Code::Replayed);
    assert!(reasons(&updater).contains(&Reason::StorageLost));
}

#[test]
fn i11_a_state_that_did_not_parse_leaves_a_report() {
    let (fs, _, mut device) = with_next();
    for slot in ["state.0", "state.1"] {
        fs.write_at(&device.root.join(slot), 30, b"junk").unwrap();
    }
    let (updater, step) = device.launch();
    assert_eq!(step.serve.unwrap().bundle, BundleRef::Builtin);
    assert_eq!(reasons(&updater), [Reason::StorageLost]);
    assert_eq!(reasons(&device.launch().0), [Reason::StorageLost], "until it is read");
}
