//! Paths that are not Unicode: every command takes them or says why not, and none of them panics.
#![cfg(target_os = "linux")] // elsewhere the file system does not let them be made
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::phone::Phone;
use serde_json::Value;
use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Stdio;

/// A name that is no UTF-8.
fn odd(name: &str) -> OsString {
    OsStr::from_bytes(&[name.as_bytes(), b"\xff"].concat()).to_owned()
}

/// The answer, and how the process ended; it must not panic.
fn answer(phone: &Phone, arguments: &[&OsStr], input: &str) -> (Value, i32) {
    for json in [false, true] {
        let mut command = phone.desk.command(&[]);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if json {
            command.arg("--json");
        }
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
        if json {
            let line = output.stdout.split(|byte| *byte == b'\n').next().unwrap();
            return (serde_json::from_slice(line).unwrap_or_default(), output.status.code().unwrap());
        }
    }
    unreachable!()
}

/// Arguments, of which those that begin with `%` are odd names.
fn call(phone: &Phone, line: &str, input: &str) -> (Value, i32) {
    let word = |word: &str| word.strip_prefix('%').map_or_else(|| OsString::from(word), odd);
    let words: Vec<_> = line.split(' ').map(word).collect();
    answer(phone, &words.iter().map(OsString::as_os_str).collect::<Vec<_>>(), input)
}

#[test]
fn a_device_lives_in_a_folder_whose_name_is_not_unicode() {
    let phone = Phone::on_first();
    std::fs::rename(phone.desk.path("device"), phone.desk.path("").join(odd("device"))).unwrap();
    phone.release("2");
    for command in ["status", "check", "update", "reports", "reset", "stage builtin"] {
        let (value, exit) = call(&phone, &format!("device --data %device {command}"), "");
        assert_eq!(exit, 0, "{command}: {value}");
    }
    let (launched, exit) = call(&phone, "device --data %device run", "page\nconfirm\n");
    assert_eq!(exit, 0, "{launched}");
    assert_eq!(launched["serve"]["bundle"], "builtin");
    assert_eq!(call(&phone, "device --data %device stage builtin", "").1, 0);
    assert_eq!(call(&phone, "device --data %device install 2", "").1, 0);
    let (launched, _) = call(&phone, "device --data %device run", "page\nconfirm\n");
    let path = launched["serve"]["path"].as_str().unwrap();
    assert!(path.contains("/device\u{fffd}/data/bundles/"), "{path}");
}

#[test]
fn a_device_is_made_in_such_a_folder_but_its_builtin_assets_lie_in_another() {
    let phone = Phone::new();
    let init: Vec<_> = phone.init_arguments().into_iter().map(OsString::from).collect();
    let device = |folder: &OsStr, more: &[&OsStr]| {
        let first = [OsStr::new("device"), OsStr::new("--data"), folder];
        let all: Vec<&OsStr> =
            first.into_iter().chain(init.iter().map(OsString::as_os_str)).chain(more.iter().copied()).collect();
        answer(&phone, &all, "")
    };
    // The first of the two calls makes it.
    assert_eq!(device(&odd("made"), &[]).0["error"]["code"], "device_exists");
    let (made, exit) = device(&odd("made"), &[OsStr::new("--replace")]);
    assert_eq!((made["device"].as_str(), exit), (Some("made\u{fffd}"), 0));

    std::fs::rename(phone.desk.path("builtin"), phone.desk.path("").join(odd("builtin"))).unwrap();
    let before = std::fs::read(phone.desk.path("device/device.json")).unwrap();
    let mut moved = init.clone();
    *moved.last_mut().unwrap() = odd("builtin");
    let first = ["device", "--data", "device"].map(OsStr::new);
    let all: Vec<_> =
        first.into_iter().chain(moved.iter().map(OsString::as_os_str)).chain([OsStr::new("--replace")]).collect();
    let (refused, exit) = answer(&phone, &all, "");
    assert_eq!((refused["error"]["code"].as_str(), exit), (Some("usage"), 2));
    assert_eq!(std::fs::read(phone.desk.path("device/device.json")).unwrap(), before, "what it was is not lost");
    let (refused, exit) = call(&phone, "device shell --no-open --app com.example.app --profile %profile", "");
    assert_eq!((refused["error"]["code"].as_str(), exit), (Some("usage"), 2));
}

#[test]
fn a_publisher_works_in_such_a_folder() {
    let phone = Phone::new();
    let folder = phone.desk.path("").join(odd("app"));
    phone.desk.bundle("www", "1");
    std::fs::rename(phone.desk.path("www"), &folder).unwrap();
    std::fs::create_dir(phone.desk.path("").join(odd("settings"))).unwrap();
    for (line, expected) in [
        ("keys new --out %key", 3), // the first of the two calls makes it
        ("keys new --encryption --out %secret", 3),
        ("init --app com.example.app --config %aloft.toml", 3),
        ("init --app com.example.app --site %site --config other.toml", 2),
        ("bundle %app", 0),
        ("bundle %app --builtin", 0),
        ("bundle diff %app %app", 0),
        ("publish %app --version 1 --yes", 0),
        ("publish %app --version 2 --site %site --yes", 0),
        ("channel show --site %site", 0),
        ("inspect %key", 1),
        ("demo --keep %app", 3),
    ] {
        let (value, exit) = call(&phone, line, "");
        assert_eq!(exit, expected, "{line}: {value}");
    }
    assert!(!phone.desk.path("other.toml").exists(), "a path that would be another one is not written down");
}
