//! Keys, settings and places as people and CI systems hand them over, told to the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::Desk;
use serde_json::Value;
use std::fs;

fn desk() -> Desk {
    let desk = Desk::new();
    desk.bundle("www", "one").publish("www", "1", &[]);
    desk
}

/// The answer and exit code of a command in a folder of the desk, with one variable.
fn within(desk: &Desk, folder: &str, (name, value): (&str, &str), arguments: &[&str]) -> (Value, i32) {
    let mut command = desk.command(&[arguments, &["--json"]].concat());
    let output = command.current_dir(desk.path(folder)).env(name, value).output().unwrap();
    (serde_json::from_slice(&output.stdout).unwrap(), output.status.code().unwrap())
}

#[test]
fn reading_asks_for_no_private_key() {
    let desk = desk();
    let public = desk.json(&["keys", "show"])["signing"]["public_key"].clone();
    fs::remove_file(desk.path(".aloft/signing.pem")).unwrap();
    assert_eq!(desk.fails(&["channel", "show"]), ("key_missing".to_owned(), 1), "nobody says whom to believe");
    let config = format!("\u{feff}{{\"plugins\": {{\"CapacitorUpdater\": {{\"signingKeys\": [{public}]}}}}}}");
    desk.write("capacitor.config.json", config.as_bytes());
    assert_eq!(desk.offered(), ["1"], "the app's config does");
    desk.json(&["channel", "log"]);
    desk.write(".aloft/signing.pem", b"damaged");
    assert_eq!(desk.offered(), ["1"]);
    assert_eq!(desk.refused("www", "2", &["--same-content"]), ("bad_key".to_owned(), 1));
}

#[test]
fn an_empty_variable_is_an_absent_one_and_a_damaged_one_names_itself() {
    let desk = desk();
    let show = |value| within(&desk, "", ("ALOFT_SIGNING_KEY", value), &["keys", "show"]);
    assert_eq!(show(" \n").1, 0);
    let (answer, exit) = show("-----BEGIN PRIVATE KEY----- MC4C");
    assert_eq!(exit, 1);
    assert!(answer["error"]["message"].as_str().unwrap().contains("ALOFT_SIGNING_KEY"), "{answer}");
}

#[test]
fn settings_are_looked_for_upwards_within_the_project() {
    let desk = desk();
    for folder in ["src/deep", "packages/other/src"] {
        fs::create_dir_all(desk.path(folder)).unwrap();
    }
    let none = ("ALOFT_NOTHING", "");
    let (shown, exit) = within(&desk, "src/deep", none, &["channel", "show"]);
    assert_eq!((shown["document"]["channel"].as_str(), exit), (Some("production"), 0));
    desk.write("packages/other/capacitor.config.ts", b"export default {}");
    let (answer, _) = within(&desk, "packages/other/src", none, &["channel", "show"]);
    assert_eq!(answer["error"]["code"], "settings_missing", "another app of the repository is not this one");
    let config = desk.path("aloft.toml").display().to_string();
    assert_eq!(within(&desk, "packages/other/src", ("ALOFT_CONFIG", &config), &["channel", "show"]).1, 0);
    let told = desk.command(&["channel", "show"]).current_dir(desk.path("src")).output().unwrap();
    assert!(String::from_utf8_lossy(&told.stderr).contains("aloft.toml"), "where they were found is said");
}

#[test]
fn a_flag_goes_before_a_variable_and_a_variable_before_the_file() {
    let desk = desk();
    let beta = ("ALOFT_CHANNEL", "beta");
    assert_eq!(within(&desk, "", beta, &["channel", "show"]).0["error"]["code"], "unknown_channel");
    assert_eq!(within(&desk, "", beta, &["channel", "show", "-c", "production"]).1, 0);
    assert_eq!(
        within(&desk, "", ("ALOFT_SITE", "elsewhere"), &["channel", "show"]).0["error"]["code"],
        "unknown_channel"
    );
}

#[test]
fn lists_are_read_as_editors_write_them() {
    let desk = Desk::new();
    let wide: Vec<u8> =
        [0xff, 0xfe].into_iter().chain("alice\r\nbob\r\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    desk.write("wide.txt", &wide);
    desk.write("marked.txt", "\u{feff}alice\nbob\n".as_bytes());
    let audience = |folder: &str, list: &str| {
        desk.bundle(folder, folder).publish(folder, folder, &["--audience", list]);
        desk.document()["releases"][0]["audience"]["custom_id_sha256"].as_array().unwrap().len()
    };
    assert_eq!((audience("a", "@wide.txt"), audience("b", "@marked.txt")), (2, 2));
}

#[test]
fn conditions_that_gate_nothing_are_explained() {
    let desk = desk();
    for native in ["android >=5.7.0", "ios >= 210", "android <2100000001", "ios >=1.2.3.4"] {
        assert_eq!(desk.refused("www", "2", &["--native", native]), ("usage".to_owned(), 2), "{native}");
    }
}

#[cfg(unix)]
#[test]
fn a_web_server_reads_the_site_whatever_the_umask_is() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    desk.bundle("www", "one");
    let line = "umask 077; exec \"$0\" publish www --version 1 --yes";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", line, env!("CARGO_BIN_EXE_aloft")]).current_dir(desk.path(""));
    assert!(command.output().unwrap().status.success());
    let mode = |name: &str| fs::metadata(desk.path(name)).unwrap().permissions().mode() & 0o777;
    for folder in ["site", "site/channels", "site/artifacts", "site/history/production"] {
        assert_eq!(mode(folder), 0o755, "{folder}");
    }
    let artifact = format!("site/artifacts/{}", desk.list("site/artifacts")[0]);
    for file in ["site/channels/production.json", "site/channels/index.json", "site/.aloft.lock", &artifact] {
        assert_eq!(mode(file), 0o644, "{file}");
    }
}
