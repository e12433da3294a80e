//! What a check costs that finds nothing: requests, calls of the `Fs` port, system calls that make something durable.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use aloft_core::edge::fs::DiskFs;
use aloft_core::updater::{Asked, CheckStatus, UpdateStatus, Updater};
use aloft_tests::listening::Listening;
use aloft_tests::story::{Device, Site};
use aloft_tests::tools;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;

/// A device on the disk that runs a confirmed release and has asked its site before.
fn settled() -> (TempDir, Device, Site) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::default();
    let mut device = Device::new(DiskFs, folder.path().join("data"), &site);
    device.secrets = Arc::new(aloft_core::edge::secrets::FileSecrets::new(folder.path().join("secrets")));
    site.publish("1.0.0");
    device.page().0.update(Asked::ByHand).unwrap();
    device.confirmed().0.update(Asked::ByHand).unwrap();
    (folder, device, site)
}

/// What the updates of one process, asked like this, cost in requests and in calls of the port.
fn cost(asked: Asked) -> (CheckStatus, Vec<String>, Vec<String>) {
    let (_folder, mut device, site) = settled();
    let (fs, transport) = (Listening::default(), site.transport());
    (device.fs, device.site) = (Arc::new(fs.clone()), Arc::new(transport.clone()));
    let (updater, _) = device.confirmed();
    fs.take();
    let status = updater.update(asked).unwrap().status;
    let UpdateStatus::Nothing { check } = status else { panic!("{status:?}") };
    let requests = transport.asked().into_iter().map(|asked| asked.url).collect();
    (check, requests, fs.take())
}

#[test]
fn budget_a_check_that_is_too_soon_only_reads_when_the_last_one_was() {
    let (check, requests, calls) = cost(Asked::BySchedule);
    assert!(matches!(check, CheckStatus::TooSoon { .. }), "{check:?}");
    assert_eq!(requests, [""; 0]);
    // Which channel this device follows, and when that was asked.
    assert_eq!(calls, ["open lasting", "open production"]);
}

#[test]
fn budget_a_check_that_finds_nothing_makes_one_request_and_writes_only_its_mark() {
    let (check, requests, calls) = cost(Asked::ByHand);
    assert_eq!(check, CheckStatus::UpToDate);
    assert_eq!(requests, ["https://example.com/channels/production.json"]);
    let (looks, others): (Vec<_>, Vec<_>) = calls
        .iter()
        .map(String::as_str)
        .partition(|call| ["stat", "list", "open"].iter().any(|name| call.starts_with(name)));
    println!("{} looks: {looks:?}", looks.len());
    assert_eq!(others, ["lock install.lock", "remove_file production", "create production", "lock state.lock"]);
    let of_state = looks.iter().filter(|call| call.contains("state.")).count();
    assert_eq!(of_state, 2, "both slots once, for the withdrawals");
}

const PLACE: &str = "ALOFT_CHECK_IN";

/// What strace looks at, in a process of its own: an update between two calls that cannot be mistaken.
#[test]
#[ignore = "a part of the next test"]
fn update_between_two_marks() {
    let root = std::env::var_os(PLACE).expect("the next test names the folder");
    let site = Site::default();
    site.publish("1.0.0");
    let mut device = Device::new(DiskFs, &root, &site);
    device.secrets = Arc::new(aloft_core::edge::secrets::FileSecrets::new(Path::new(&root).with_file_name("secrets")));
    device.facts.pid = 1_000;
    let (updater, _): (Updater, _) = device.confirmed();
    let _ = std::fs::metadata("/update begins");
    let status = updater.update(Asked::ByHand).unwrap().status;
    let _ = std::fs::metadata("/update has ended");
    assert_eq!(status, UpdateStatus::Nothing { check: CheckStatus::UpToDate });
}

#[test]
fn budget_a_check_that_finds_nothing_makes_nothing_durable() {
    if !tools::there("strace", &["-V"], "apt-get install strace") {
        return;
    }
    let (_folder, device, _) = settled();
    let trace = device.root.with_extension("trace");
    let mut command = Command::new("strace");
    command.args(["-f", "-e", "trace=file,desc", "-o"]).arg(&trace).arg(std::env::current_exe().unwrap());
    tools::run(command.args(["--ignored", "--exact", "update_between_two_marks"]).env(PLACE, &device.root));
    let text = std::fs::read_to_string(trace).unwrap();
    let lines = text.lines().skip_while(|line| !line.contains("/update begins")).skip(1);
    let calls: Vec<_> = lines.take_while(|line| !line.contains("/update has ended")).collect();
    assert!(!calls.is_empty());
    println!("{} system calls on files\n  {}", calls.len(), calls.join("\n  "));
    let named = |name: &str| calls.iter().filter(|call| call.contains(&format!("{name}("))).count();
    assert_eq!(["fsync", "fdatasync", "sync_file_range", "rename", "mkdir", "ftruncate"].map(named), [0; 6]);
    assert_eq!(named("write"), 1, "the mark of the check");
}
