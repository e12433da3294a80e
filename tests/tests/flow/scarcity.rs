//! A system that has no thread, no descriptor and little memory left for a process: nothing panics, and the app boots (I1).
//! The limits are those of the system, set by a process of its own for itself alone.
#![cfg(target_os = "linux")]

use aloft_core::edge::fs::DiskFs;
use aloft_core::edge::ports::Fs;
use aloft_core::model::{BundleRef, Code};
use aloft_core::updater::{Asked, Proof, UpdateStatus};
use aloft_tests::packs;
use aloft_tests::story::{Device, Site};
use aloft_tests::tools;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::process::Command;
use std::thread;

const PLACE: &str = "ALOFT_SCARCE_IN";

/// Run an ignored test of this file in a process of its own, with stacks of this many bytes for its threads.
fn run(test: &str, stack: u64) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", test]).env(PLACE, folder.path());
    tools::run(command.env("RUST_MIN_STACK", stack.to_string()));
}

fn device() -> (Device, Site) {
    let (folder, site) = (std::env::var_os(PLACE).expect("another test names the folder"), Site::default());
    let content = |n| (format!("{n}.js"), vec![n; 10_000]);
    let mut files: Vec<_> = (0..40).map(content).collect();
    files.push(("index.html".to_owned(), b"page".to_vec()));
    site.publish_files("1.0.0", &files);
    (Device::new(DiskFs, std::path::Path::new(&folder).join("data"), &site), site)
}

fn limit(resource: Resource, current: u64) -> Rlimit {
    let before = getrlimit(resource);
    setrlimit(resource, Rlimit { current: Some(current), maximum: before.maximum }).unwrap();
    before
}

/// Leave this process so many bytes beyond those it has; the limit before that.
fn leave_memory(bytes: u64) -> Rlimit {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    let used = pages.split(' ').next().unwrap().parse::<u64>().unwrap() * rustix::param::page_size() as u64;
    limit(Resource::As, used + bytes)
}

/// Memory for what a process does, but not for the stack of one more thread.
#[test]
#[ignore = "a part of the next test"]
fn life_without_another_thread() {
    let (mut device, _) = device();
    leave_memory(64 << 20);
    thread::Builder::new().spawn(|| ()).expect_err("the limit holds");

    let (updater, serve) = device.page();
    assert_eq!(serve.bundle, BundleRef::Builtin);
    let status = updater.update(Asked::ByHand).unwrap().status;
    assert!(matches!(status, UpdateStatus::Staged { .. }), "{status:?}");
    let (updater, serve) = device.page();
    assert_eq!(device.version(&serve.bundle), "1.0.0");
    updater.confirm(&Proof::Token(serve.token));
    assert!(device.state().unwrap().slots.trial().is_none());
    device.assert_whole("without threads");
}

#[test]
fn i1_a_device_without_a_thread_to_spare_boots_and_updates() {
    run("scarcity::life_without_another_thread", 256 << 20);
}

#[test]
#[ignore = "a part of the next test"]
fn life_without_descriptors() {
    let (mut device, _) = device();
    device.page().0.update(Asked::ByHand).unwrap();
    let (shown, _) = device.confirmed();
    let before = limit(Resource::Nofile, 0);
    std::fs::File::open("/").expect_err("the limit holds");

    let (updater, serve) = device.page();
    assert_eq!(serve.bundle, BundleRef::Builtin, "what cannot be read is not served");
    updater.update(Asked::ByHand).unwrap_err();
    updater.background();
    updater.foreground();
    shown.background();
    shown.update(Asked::ByHand).unwrap_err();
    assert_eq!(shown.bundles().len(), 1, "what could be read before is known");
    drop(updater);

    setrlimit(Resource::Nofile, before).unwrap();
    let (_, serve) = device.confirmed();
    assert_eq!(device.version(&serve.bundle), "1.0.0", "nothing was lost");
    device.assert_whole("after descriptors were missing");
}

#[test]
fn i1_a_device_without_descriptors_shows_builtin_and_loses_nothing() {
    run("scarcity::life_without_descriptors", 2 << 20);
}

#[test]
#[ignore = "a part of the next test"]
fn a_deep_folder_is_removed() {
    let folder = std::path::PathBuf::from(std::env::var_os(PLACE).expect("another test names the folder"));
    let top = folder.join("top");
    let mut deep = top.clone();
    for n in 0..900 {
        std::fs::create_dir(&deep).unwrap();
        std::fs::write(deep.join("f"), b"1").unwrap();
        deep.push(if n % 2 == 0 { "a" } else { "b" });
    }
    std::os::unix::fs::symlink(&folder, top.join("link")).unwrap();
    limit(Resource::Nofile, 32);
    DiskFs.remove_dir(&top).unwrap();
    assert!(!top.exists() && folder.exists());
}

#[test]
fn i10_a_folder_is_removed_however_deep_it_is_by_a_process_that_may_open_few_files() {
    run("scarcity::a_deep_folder_is_removed", 2 << 20);
}

#[test]
#[ignore = "a part of the next test"]
fn packs_without_memory_for_their_window() {
    let folder = std::env::var_os(PLACE).expect("another test names the folder");
    let (one, mut two, site) = (packs::bundle(1), packs::bundle(2), Site::default());
    two.push(("large.bin".to_owned(), vec![1; 9 << 20]));
    let whole = packs::sent("pack", packs::whole(&one), None);
    let delta = packs::sent("pack", packs::delta(&one, &two), Some(&one));
    let mut device = Device::new(DiskFs, std::path::Path::new(&folder).join("data"), &site);
    for (version, files, artifact) in [("1", &one, whole), ("2", &two, delta)] {
        site.publish_artifacts(version, &packs::list_of(files), vec![artifact]);
        let updater = device.confirmed().0;
        let before = leave_memory(6 << 20);
        let megabyte = || {
            let mut bytes: Vec<u8> = Vec::new();
            bytes.try_reserve_exact(1 << 20).ok().map(|()| bytes)
        };
        let mut rest: Vec<_> = std::iter::from_fn(megabyte).collect(); // also what was used before, and is free again
        rest.truncate(rest.len() - 5);
        let error = updater.update(Asked::ByHand).expect_err("there is no memory for a window of 8 MiB");
        setrlimit(Resource::As, before).unwrap();
        drop(rest);
        assert_eq!(error.code(), Code::StorageRead, "{error}");
        let status = updater.update(Asked::ByHand).unwrap().status;
        assert!(matches!(status, UpdateStatus::Staged { .. }), "{version}: {status:?}");
        device.confirmed();
        device.assert_whole("after memory was missing");
    }
}

#[test]
fn i10_a_pack_without_memory_for_its_window_is_an_error_and_installs_later() {
    run("scarcity::packs_without_memory_for_their_window", 2 << 20);
}
