//! Two real processes of an app: neither waits longer than it may for the other, and neither loses what the other wrote.

use aloft_core::edge::fs::DiskFs;
use aloft_core::keep::Store;
use aloft_core::model::BundleRef;
use aloft_core::model::delay::Delay;
use aloft_core::model::event::Outcome;
use aloft_core::updater::Proof;
use aloft_tests::fault_fs::{Call, FaultFs};
use aloft_tests::listening::Listening;
use aloft_tests::story::{Device, Site, stage};
use aloft_tests::tools;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;

const PLACE: &str = "ALOFT_LOCKED_IN";

/// A process that holds the state lock until its input ends.
#[test]
#[ignore = "a part of the next test"]
fn hold_the_state_lock() {
    let store = Store::new(Arc::new(DiskFs), std::env::var_os(PLACE).expect("another test names the folder"));
    let _lock = store.lock_state(0).unwrap().unwrap();
    println!("\nheld");
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// A process that runs an ignored test of this file upon the device's folder.
fn other(device: &Device, test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", test, "--nocapture"]).env(PLACE, &device.root);
    command
}

fn holder(device: &Device) -> Child {
    let mut command = other(device, "locks::hold_the_state_lock");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "held"), "the other process took the lock");
    child
}

#[test]
fn i1_a_launch_does_not_wait_behind_a_call_that_waits_for_another_process() {
    let folder = tempfile::tempdir().unwrap();
    let (fs, site) = (Listening::default(), Site::default());
    let mut device = Device::new(fs.clone(), folder.path().join("data"), &site);
    device.system = Arc::new(aloft_core::testing::FakeSystem::new(2));
    device.confirmed();
    let mut other = holder(&device);
    let updater = device.updater();
    fs.take();
    thread::scope(|scope| {
        let worker = scope.spawn(|| updater.set_delays(vec![Delay::Kill]));
        while fs.take().iter().all(|call| call != "lock state.lock") {
            thread::yield_now();
        }
        let step = updater.launch(&device.facts);
        assert!(!worker.is_finished(), "the launch waited for the call that waits");
        assert_eq!(step.outcome, Outcome::Passive);
        assert!(step.serve.is_some());
        drop(other.stdin.take());
        worker.join().unwrap().unwrap_err();
    });
    other.wait().unwrap();
}

/// A process that stages the builtin assets and ends.
#[test]
#[ignore = "a part of the next test"]
fn stage_builtin() {
    let root = std::env::var_os(PLACE).expect("another test names the folder");
    let device = Device::new(DiskFs, root, &Site::default());
    let updater = device.updater();
    updater.inform(&device.facts);
    updater.stage(&BundleRef::Builtin).unwrap();
}

#[test]
fn i2_neither_process_loses_what_the_other_one_wrote_while_a_write_failed() {
    let (folder, disk, site) = (tempfile::tempdir().unwrap(), FaultFs::default(), Site::default());
    let mut device = Device::new(disk.clone(), folder.path().join("data"), &site);
    stage(&mut device, &site, "1.0.0");
    let (updater, serve) = device.page();
    disk.fail(|call, _| (call == Call::Write).then_some(ErrorKind::StorageFull));
    assert_eq!(updater.confirm(&Proof::Token(serve.token)).outcome, Outcome::Confirmed);
    tools::run(&mut other(&device, "locks::stage_builtin"));
    disk.heal();
    updater.background();
    let state = device.state().unwrap();
    assert!(state.slots.trial().is_none(), "this process confirmed");
    assert_eq!(state.slots.next(), Some(&BundleRef::Builtin), "the other one staged");
}
