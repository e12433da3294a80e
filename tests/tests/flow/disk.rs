//! Boots through the façade over a disk that misbehaves: unreadable, corrupt, newer, emptied, moved, read-only, full.

use aloft_core::edge::fs::DiskFs;
use aloft_core::edge::ports::Fs as _;
use aloft_core::keep::frame::{Form, encode};
use aloft_core::keep::state::FORM;
use aloft_core::model::event::Outcome;
use aloft_core::model::report::Reason;
use aloft_core::model::{BundleRef, Code};
use aloft_core::testing::{CrashFs, Loss};
use aloft_core::updater::{Asked, Proof, ResetTo, UpdateStatus};
use aloft_tests::fault_fs::{Call, FaultFs};
use aloft_tests::story::{Device, Site, device, files, next_shown, problems, reasons, running, shown, stage};
use std::io::ErrorKind;
use std::path::Path;

#[test]
fn i1_a_state_that_cannot_be_read_shows_builtin_and_nothing_is_written() {
    let (fs, mut device, _) = running(&["1.0.0"]);
    let operations = fs.operations();
    fs.refuse_reads(ErrorKind::PermissionDenied);
    let (updater, serve) = device.page();
    assert_eq!(serve.bundle, BundleRef::Builtin);
    updater.background();
    assert!(problems(&updater).contains(&"storage_denied".to_owned()), "{:?}", problems(&updater));
    assert!(updater.update(Asked::ByHand).is_err());
    assert_eq!(fs.operations(), operations);
    let mut device = device.over(fs.after(Loss::Process), 2);
    assert_eq!(next_shown(&mut device), "1.0.0");
}

#[test]
fn i1_a_state_that_cannot_be_read_any_more_is_not_written_over() {
    let (fs, mut device, site) = running(&["1.0.0"]);
    stage(&mut device, &site, "2.0.0");
    let (updater, serve) = device.page();
    fs.refuse_reads(ErrorKind::PermissionDenied);
    assert_eq!(updater.confirm(&Proof::Token(serve.token)).outcome, Outcome::Confirmed);
    assert!(updater.update(Asked::ByHand).is_err());
    fs.allow_reads();
    assert!(device.state().unwrap().slots.trial().is_some());
    updater.background();
    assert!(device.state().unwrap().slots.trial().is_none(), "the confirmation was not forgotten");
}

#[test]
fn i1_a_state_that_does_not_parse_is_kept_aside_and_updates_go_on() {
    let newer = encode(&Form { schema: 99, ..FORM }, 1_000_000, &"from the future").unwrap();
    for (bytes, code) in [(b"junk".to_vec(), "storage_corrupt"), (newer, "storage_newer")] {
        let (fs, mut device, site) = running(&["1.0.0", "2.0.0"]);
        for slot in ["state.0", "state.1"] {
            fs.write_at(&device.root.join(slot), 0, &bytes).unwrap();
        }
        let (updater, serve) = device.page();
        assert_eq!(serve.bundle, BundleRef::Builtin);
        assert_eq!(problems(&updater), [code]);
        assert_eq!(device.list("aside"), ["state.0", "state.1"]);
        assert!(fs.read(&device.root.join("aside/state.0"), 1 << 20).unwrap().starts_with(&bytes));
        drop(updater);
        stage(&mut device, &site, "3.0.0");
        assert_eq!(next_shown(&mut device), "3.0.0");
    }
}

#[test]
fn i1_what_failed_stays_blocked_when_the_state_has_to_be_made_anew() {
    let (fs, mut device, site) = running(&["1.0.0"]);
    stage(&mut device, &site, "2.0.0");
    let (updater, serve) = device.page();
    updater.fail(&serve.token, "broken");
    updater.check(Asked::ByHand).unwrap(); // the worker copies the ledger
    for slot in ["state.0", "state.1"] {
        fs.write_at(&device.root.join(slot), 0, b"junk").unwrap();
    }
    let (updater, _) = device.page();
    let UpdateStatus::Staged { version, .. } = updater.update(Asked::ByHand).unwrap().status else { panic!() };
    assert_eq!(version.to_string(), "1.0.0");
}

#[test]
fn i2_after_a_sweep_either_slot_alone_boots() {
    let (fs, mut device, _) = running(&["1.0.0", "2.0.0"]);
    let (updater, _) = device.page();
    updater.reset(ResetTo::Fallback).unwrap();
    let second = updater.bundles().into_iter().find(|kept| kept.version.to_string() == "2.0.0").unwrap();
    let (updater, _) = device.page(); // 2.0.0 is not shown any more
    updater.remove(&second.id).unwrap();
    updater.check(Asked::ByHand).unwrap();
    assert!(!device.list("bundles").contains(&second.id.to_string()));
    for slot in ["state.0", "state.1"] {
        let fs = fs.after(Loss::Process);
        fs.write_at(&device.root.join(slot), 0, b"junk").unwrap();
        let mut device = device.over(fs, 2);
        device.assert_whole(slot);
        assert_eq!(next_shown(&mut device), "1.0.0", "{slot}");
    }
}

#[test]
fn i1_a_bundle_whose_files_are_gone_is_left_for_the_last_good_one_then_for_builtin() {
    let (fs, mut device, _) = running(&["1.0.0", "2.0.0"]);
    let state = device.state().unwrap();
    let folder = |bundle: &BundleRef| device.store().bundle(bundle.id().unwrap());
    let (current, fallback) = (folder(&state.slots.current()), folder(state.slots.fallback()));
    fs.remove_dir(&current).unwrap();
    let (updater, step) = device.launch();
    assert_eq!(shown(&device, &step), "1.0.0");
    assert_eq!(reasons(&updater).last(), Some(&Reason::BundleMissing)); // I11
    fs.remove_dir(&fallback).unwrap();
    assert_eq!(next_shown(&mut device), "builtin");
}

#[test]
fn i1_a_moved_data_folder_boots_from_where_it_is_now() {
    let above = tempfile::tempdir().unwrap();
    let site = Site::default();
    let mut device = Device::new(DiskFs, above.path().join("before/data"), &site);
    stage(&mut device, &site, "1.0.0");
    device.confirmed();
    std::fs::rename(above.path().join("before"), above.path().join("after")).unwrap();
    device.root = above.path().join("after/data");
    let (_, serve) = device.page();
    let path = serve.path.unwrap();
    assert!(path.starts_with(&device.root));
    assert_eq!(std::fs::read(path.join("index.html")).unwrap(), b"index.html of 1.0.0");
}

#[test]
fn i1_a_folder_that_takes_no_writes_shows_what_needs_no_proof() {
    for kind in [ErrorKind::ReadOnlyFilesystem, ErrorKind::PermissionDenied, ErrorKind::StorageFull] {
        let (fs, mut device, site) = running(&["1.0.0"]);
        stage(&mut device, &site, "2.0.0");
        fs.fail(0..u64::MAX, kind);
        assert_eq!(next_shown(&mut device), "1.0.0", "{kind}: a trial that cannot be written is not served");
        assert_eq!(next_shown(&mut device), "1.0.0");
        fs.fail(0..0, kind);
        assert_eq!(next_shown(&mut device), "2.0.0");
    }
    let (fs, mut device, _) = device();
    fs.fail(0..u64::MAX, ErrorKind::ReadOnlyFilesystem);
    assert_eq!(next_shown(&mut device), "builtin");
}

#[test]
fn i1_a_disk_that_fills_up_at_any_operation_of_an_update_costs_the_update_only() {
    let (fs, device, site) = running(&["1.0.0"]);
    site.publish("2.0.0");
    let prepared = fs.after(Loss::Process);
    let update = |fs: &CrashFs, seed| {
        let mut device = device.over(fs.clone(), seed);
        let (updater, _) = device.page();
        (updater.update(Asked::ByHand), device)
    };
    let counted = prepared.after(Loss::Process);
    update(&counted, 2).0.unwrap();
    for n in 0..counted.operations() {
        for (range, kind) in [(n..u64::MAX, ErrorKind::StorageFull), (n..n + 1, ErrorKind::Other)] {
            let fs = prepared.after(Loss::Process);
            fs.fail(range, kind);
            let (result, mut device) = update(&fs, 2);
            let place = format!("{kind} from operation {n}: {result:?}");
            if kind == ErrorKind::StorageFull {
                assert_eq!(next_shown(&mut device), "1.0.0", "{place}");
            }
            fs.fail(0..0, kind);
            device.assert_whole(&place);
            let (result, mut device) = update(&fs, 3);
            let result = result.unwrap_or_else(|error| panic!("{error} after {place}"));
            let current = device.version(&device.state().unwrap().slots.current());
            assert!(matches!(result.status, UpdateStatus::Staged { .. }) || current == "2.0.0", "{place}");
            let (updater, serve) = device.page();
            assert_eq!(device.version(&serve.bundle), "2.0.0", "{place}");
            assert_ne!(updater.confirm(&Proof::Token(serve.token)).outcome, Outcome::Stale, "{place}");
            device.assert_whole(&place);
        }
    }
}

#[test]
fn i1_a_full_disk_refuses_an_update_and_takes_a_launch_and_a_confirmation() {
    let (fs, mut device, site) = running(&["1.0.0"]);
    stage(&mut device, &site, "2.0.0");
    site.publish("3.0.0");
    fs.set_free(0);
    let (updater, serve) = device.confirmed();
    assert_eq!(device.version(&serve.bundle), "2.0.0");
    assert!(device.state().unwrap().slots.trial().is_none(), "confirmed on the disk, which has no room");
    let error = updater.update(Asked::ByHand).unwrap_err();
    assert_eq!(error.code(), Code::NoSpace);
    fs.set_free(1 << 30);
    let (updater, _) = device.page();
    updater.update(Asked::ByHand).unwrap();
    assert_eq!(next_shown(&mut device), "3.0.0");
}

#[test]
fn i2_a_confirmation_that_cannot_be_written_holds_and_is_written_later() {
    let (fs, mut device, site) = running(&["1.0.0"]);
    stage(&mut device, &site, "2.0.0");
    let (updater, serve) = device.page();
    fs.fail(0..u64::MAX, ErrorKind::Other);
    assert_eq!(updater.confirm(&Proof::Token(serve.token.clone())).outcome, Outcome::Confirmed);
    assert_eq!(updater.confirm(&Proof::Token(serve.token)).outcome, Outcome::AlreadyConfirmed);
    assert!(device.state().unwrap().slots.trial().is_some());
    fs.fail(0..0, ErrorKind::Other);
    updater.background();
    assert!(device.state().unwrap().slots.trial().is_none());
}

#[test]
fn i1_a_bundle_without_the_file_that_the_app_starts_with_is_never_shown() {
    let (_, mut device, site) = running(&["1.0.0"]);
    // An app update from which on the app loads another file first; the bundle that runs lacks it.
    device.config.start_file = Some("app.html".parse().unwrap());
    let (updater, serve) = device.page();
    assert_eq!(serve.bundle, BundleRef::Builtin);
    assert_eq!(reasons(&updater).last(), Some(&Reason::BundleMissing));
    let refused = updater.update(Asked::ByHand).unwrap_err();
    assert_eq!(refused.code(), Code::IndexMissing);
    assert!(refused.to_string().contains("app.html"), "{refused}");
    assert_eq!(next_shown(&mut device), "builtin");

    let mut with_empty = files("1.1.0");
    with_empty.push(("app.html".to_owned(), Vec::new()));
    site.publish_files("1.1.0", &with_empty);
    assert_eq!(device.page().0.update(Asked::ByHand).unwrap_err().code(), Code::IndexMissing, "an empty one");

    let mut with_start = files("2.0.0");
    with_start.push(("app.html".to_owned(), b"<html>".to_vec()));
    site.publish_files("2.0.0", &with_start);
    assert!(matches!(device.page().0.update(Asked::ByHand).unwrap().status, UpdateStatus::Staged { .. }));
    assert_eq!(next_shown(&mut device), "2.0.0");
}

#[test]
fn i1_a_state_slot_that_cannot_be_read_is_made_anew_beside_a_valid_one() {
    for broken in ["state.0", "state.1"] {
        let (folder, disk, site) = (tempfile::tempdir().unwrap(), FaultFs::default(), Site::default());
        let mut device = Device::new(disk.clone(), folder.path().join("data"), &site);
        for version in ["1.0.0", "2.0.0"] {
            stage(&mut device, &site, version);
            device.confirmed();
        }
        let fault = move |call, path: &Path| (call == Call::Read && path.ends_with(broken)).then_some(ErrorKind::Other);
        disk.fail(fault);
        let (updater, serve) = device.confirmed();
        assert_eq!(device.version(&serve.bundle), "2.0.0", "{broken}: at most the last transition is lost");
        site.publish("3.0.0");
        let status = updater.update(Asked::ByHand).unwrap().status;
        assert!(matches!(status, UpdateStatus::Staged { .. }), "{broken}: {status:?}");
        disk.heal();
        assert_eq!(next_shown(&mut device), "3.0.0", "{broken}: the file was made anew");
        assert_eq!(problems(&updater), [""; 0]);
    }
}

#[test]
fn i1_a_process_that_saw_a_later_state_does_not_go_back_to_an_earlier_one() {
    let (folder, disk, site) = (tempfile::tempdir().unwrap(), FaultFs::default(), Site::default());
    let mut device = Device::new(disk.clone(), folder.path().join("data"), &site);
    stage(&mut device, &site, "1.0.0");
    let (updater, serve) = device.page();
    updater.confirm(&Proof::Token(serve.token));
    for broken in ["state.0", "state.1"] {
        disk.fail(move |call, path| (call == Call::Read && path.ends_with(broken)).then_some(ErrorKind::Other));
        assert!(!updater.status().on_trial, "{broken}: the confirmation is not taken back");
    }
}

/// A device on a real disk, with 1.0.0 confirmed and 2.0.0 shown on trial by a process that died in the foreground.
fn on_trial(folder: &Path) -> (FaultFs, Device) {
    let (disk, site) = (FaultFs::default(), Site::default());
    let mut device = Device::new(disk.clone(), folder.join("data"), &site);
    stage(&mut device, &site, "1.0.0");
    device.confirmed();
    stage(&mut device, &site, "2.0.0");
    let (_, serve) = device.page();
    assert_eq!(device.version(&serve.bundle), "2.0.0");
    (disk, device)
}

#[test]
fn i5_a_trial_whose_attempts_cannot_be_counted_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let (disk, mut device) = on_trial(folder.path());
    let no_write = |call, _: &Path| (call == Call::Write).then_some(ErrorKind::StorageFull);
    disk.fail(no_write);
    for launch in 0..15 {
        let (updater, serve) = device.page();
        assert_eq!(device.version(&serve.bundle), "1.0.0", "I5: launch {launch}");
        assert_eq!(updater.confirm(&Proof::Token(serve.token)).outcome, Outcome::Passive, "launch {launch}");
    }
    disk.heal();
    let mut shown: Vec<_> = (0..3).map(|_| next_shown(&mut device)).collect();
    assert_eq!(shown, ["2.0.0", "1.0.0", "1.0.0"], "the trial goes on, and ends by its measures");

    // A launch that can write the state and not the marks does not begin the trial of what is staged either.
    let folder = tempfile::tempdir().unwrap();
    let (disk, mut device) = on_trial(folder.path());
    disk.fail(|call, path| (call == Call::Write && path.ends_with("marks")).then_some(ErrorKind::StorageFull));
    shown = (0..5).map(|_| next_shown(&mut device)).collect();
    assert_eq!(shown, ["1.0.0"; 5]);
}

#[test]
fn i1_a_confirmed_bundle_is_shown_whatever_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let (disk, mut device) = on_trial(folder.path());
    let (updater, serve) = device.page();
    updater.confirm(&Proof::Token(serve.token));
    drop(updater);
    disk.fail(|call, _| (call == Call::Write).then_some(ErrorKind::StorageFull));
    for launch in 0..5 {
        assert_eq!(next_shown(&mut device), "2.0.0", "launch {launch}");
    }
    disk.heal();
    assert_eq!(next_shown(&mut device), "2.0.0");
}
