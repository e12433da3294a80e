//! What the launch decision costs: calls of the `Fs` port, system calls on files, time. The same for 10 files and 10,000.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use aloft_core::edge::fs::DiskFs;
use aloft_core::updater::Asked;
use aloft_tests::listening::Listening;
use aloft_tests::story::{Device, Site};
use aloft_tests::tools;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;
use tempfile::TempDir;

/// A device on the disk whose current and fallback bundle have this many files each, both confirmed.
fn prepared(files: usize) -> (TempDir, Device) {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::default();
    let mut device = Device::new(Listening::default(), folder.path().join("data"), &site);
    for version in ["1.0.0", "2.0.0"] {
        let file = |n| (format!("assets/{}/{n}.js", n % 50), format!("{n} of {version}").into_bytes());
        let mut content: Vec<_> = (1..files).map(file).collect();
        content.push(("index.html".to_owned(), version.as_bytes().to_vec()));
        site.publish_files(version, &content);
        let (updater, _) = device.page();
        updater.update(Asked::ByHand).unwrap();
        device.confirmed();
    }
    device.page();
    (folder, device)
}

#[test]
fn i1_a_launch_asks_the_port_for_the_same_few_files_whatever_the_bundle() {
    let calls = [10, 1_000].map(|files| {
        let (_folder, mut device) = prepared(files);
        let fs = Listening::default();
        device.fs = Arc::new(fs.clone());
        assert!(device.launch().1.serve.unwrap().path.is_some());
        fs.take().iter().map(|call| call.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>()
    });
    assert_eq!(calls[0], calls[1]);
    // The lock, both slots, the marks; seal and index.html of current and fallback; then what this serve leaves.
    assert_eq!(calls[0].join(" "), "lock open open open stat stat stat stat write lock");
}

const PLACE: &str = "ALOFT_LAUNCH_IN";

/// What strace looks at, in a process of its own: a launch between two calls that cannot be mistaken.
#[test]
#[ignore = "a part of the next test"]
fn launch_between_two_marks() {
    let root = std::env::var_os(PLACE).expect("the next test names the folder");
    let mut device = Device::new(DiskFs, root, &Site::default());
    device.facts.pid = 1_000;
    let _ = std::fs::metadata("/launch begins");
    let (updater, step) = device.launch();
    let _ = std::fs::metadata("/launch has ended");
    assert!(step.serve.unwrap().path.is_some());
    drop(updater);
}

/// Every system call of such a launch that is about a file, as strace writes it.
fn system_calls(root: &Path) -> Vec<String> {
    let trace = root.with_extension("trace");
    let mut command = Command::new("strace");
    command.args(["-f", "-e", "trace=file,desc", "-o"]).arg(&trace).arg(std::env::current_exe().unwrap());
    tools::run(command.args(["--ignored", "--exact", "launch_between_two_marks"]).env(PLACE, root));
    let text = std::fs::read_to_string(trace).unwrap();
    let lines = text.lines().skip_while(|line| !line.contains("/launch begins")).skip(1);
    let lines = lines.take_while(|line| !line.contains("/launch has ended"));
    let calls = lines.map(|line| line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').to_owned());
    calls.filter(|call| !call.contains("F_GETFD")).collect() // std looks at what it closes, in debug builds
}

#[test]
#[ignore = "heavy: 20,000 files; run in release"]
fn budget_a_launch_takes_22_system_calls_on_files_beside_closing_them_and_no_sync() {
    if !tools::there("strace", &["-V"], "apt-get install strace") {
        return;
    }
    let names = [10, 10_000].map(|files| {
        let (_folder, device) = prepared(files);
        let calls = system_calls(&device.root);
        println!("{files} files: {} system calls\n  {}", calls.len(), calls.join("\n  "));
        calls.iter().map(|call| call.split('(').next().unwrap().to_owned()).collect::<Vec<_>>()
    });
    assert_eq!(names[0], names[1]);
    assert!(!names[0].iter().any(|name| name.contains("sync")), "{:?}", names[0]);
    let (closing, counted): (Vec<_>, Vec<_>) = names[0].iter().partition(|name| *name == "close");
    assert!(counted.len() <= 22 && closing.len() <= 5, "{} and {} system calls", counted.len(), closing.len());
}

#[test]
#[ignore = "a figure, not a promise"]
fn measure_launch() {
    let (folder, mut device) = prepared(10_000);
    device.fs = Arc::new(DiskFs);
    let page = folder.path().join("page");
    std::fs::write(&page, [1; 4096]).unwrap();
    let (mut launches, mut reads) = (Vec::new(), Vec::new());
    for _ in 0..1_000 {
        (device.facts.pid, device.facts.started) = (device.facts.pid + 1, device.facts.started + 1);
        let begun = Instant::now();
        let updater = device.updater();
        let step = updater.launch(&device.facts);
        launches.push(begun.elapsed());
        assert!(step.serve.unwrap().path.is_some());
        updater.background();

        let begun = Instant::now();
        assert_eq!([&page, &page].map(|page| std::fs::read(page).unwrap().len()), [4096; 2]);
        reads.push(begun.elapsed());
    }
    for (what, times) in [("launch with 10,000 files", &mut launches), ("reading 4 KiB twice", &mut reads)] {
        times.sort_unstable();
        println!("{what}: median {:?}, p99 {:?}, slowest {:?}", times[500], times[990], times[999]);
    }
}
