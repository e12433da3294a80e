//! Which files of a folder are shipped, told to the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::Desk;
use serde_json::json;

fn secret() -> (String, i32) {
    ("bundle_secret".to_owned(), 3)
}

#[test]
fn a_project_is_not_shipped_with_its_keys() {
    let desk = Desk::new();
    desk.write("index.html", b"<script>notifyAppReady()</script>");
    assert_eq!(desk.refused(".", "1", &[]), secret());
    assert_eq!(desk.refused(".", "1", &["--exclude", "**/.aloft/**", "--exclude", "aloft.toml"]), secret());
    assert_eq!(desk.fails(&["bundle", "."]), secret());
    desk.bundle("www", "one").write("www/deep/.env.local", b"PASSWORD=1");
    assert_eq!(desk.refused("www", "1", &[]), secret());
    assert!(desk.list("site").is_empty(), "nothing was written");
}

#[test]
fn configured_keys_and_the_site_are_known_wherever_they_lie() {
    let desk = Desk::new();
    desk.bundle("www", "one").bundle("app", "two");
    let settings = std::fs::read_to_string(desk.path("aloft.toml")).unwrap();
    std::fs::rename(desk.path(".aloft/signing.pem"), desk.path("www/release.pem")).unwrap();
    desk.write("aloft.toml", settings.replace(".aloft/signing.pem", "www/release.pem").as_bytes());
    assert_eq!(desk.refused("www", "1", &[]), secret());
    desk.publish("app", "1", &[]);
    desk.bundle("site/www", "three");
    assert_eq!(desk.refused("site/www", "2", &[]), secret());
}

#[test]
fn a_private_key_in_any_file_stops_the_release() {
    let desk = Desk::new();
    desk.bundle("www", "one");
    let key = std::fs::read_to_string(desk.path(".aloft/signing.pem")).unwrap();
    desk.write("www/assets/config.js", format!("export const key = `{key}`").as_bytes());
    let refused = desk.refusal(&["publish", "www", "--version", "1", "--yes"]);
    assert_eq!(refused["error"]["code"], "private_key");
    assert!(refused["error"]["message"].as_str().unwrap().contains("assets/config.js"), "{refused}");
    assert!(!refused.to_string().contains(key.lines().nth(1).unwrap()), "the key itself is not shown");
    desk.publish("www", "1", &["--allow", "private_key"]);
}

#[test]
fn every_command_selects_the_same_files() {
    let desk = Desk::new();
    desk.bundle("www", "one");
    desk.write("www/assets/app.js.map", &[b'm'; 1000]);
    desk.write("www/notes.txt", b"for us");
    let settings = std::fs::read_to_string(desk.path("aloft.toml")).unwrap();
    desk.write("aloft.toml", format!("exclude = [\"**/*.txt\"]\n{settings}").as_bytes());
    let bundle = desk.json(&["bundle", "www"]);
    assert_eq!(bundle["files"], 2);
    assert_eq!(bundle["left_out_files"], json!({ "bytes": 1006, "paths": ["assets/app.js.map", "notes.txt"] }));
    let built = desk.json(&["bundle", "www", "--builtin"]);
    assert_eq!(built["root"], bundle["root"]);
    assert_eq!(desk.json(&["bundle", "diff", "www", "www"])["files"], 2);
    let published = desk.publish("www", "1", &["--base", "www"]);
    assert_eq!(published["release"]["root"], bundle["root"]);
    assert_eq!(published["release"]["left_out_files"], bundle["left_out_files"]);

    let all = desk.json(&["bundle", "www", "--include", "**/*.map", "--include", "notes.txt"]);
    assert_eq!(all["files"], 4);
    desk.write("aloft.toml", format!("exclude = [\"index.html\"]\n{settings}").as_bytes());
    assert_eq!(desk.refused("www", "2", &[]), ("bad_settings".to_owned(), 1));
}

#[test]
fn a_version_that_is_taken_names_the_files_that_differ() {
    let desk = Desk::new();
    desk.bundle("www", "one");
    desk.write("www/assets/app.js.map", b"{}");
    desk.publish("www", "1", &["--include", "**/*.map"]);
    let refused = desk.refusal(&["publish", "www", "--version", "1", "--yes"]);
    assert_eq!(refused["error"]["code"], "version_taken");
    assert!(refused["error"]["message"].as_str().unwrap().contains("app.js.map"), "{refused}");
    assert!(
        refused["error"]["hint"].as_str().unwrap().contains("--include"),
        "only what is left out differs: {refused}"
    );
    desk.bundle("www", "two");
    let refused = desk.refusal(&["publish", "www", "--version", "1", "--yes"]);
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("index.html") && message.contains("production"), "{message}");
}

#[test]
fn the_builtin_description_lists_what_the_native_build_ships() {
    let desk = Desk::new();
    desk.bundle("www", "one");
    desk.write("www/.well-known/a.json", b"{}");
    desk.write("www/CVS/Root", b"x");
    let all = desk.json(&["bundle", "www", "--builtin"]);
    let android = desk.json(&["bundle", "www", "--builtin", "--for", "android"]);
    assert_eq!((&all["files"], &android["files"]), (&json!(4), &json!(2)));
    assert_eq!(android["builtin"]["dropped"], json!([".well-known/a.json", "CVS/Root"]));
    let assets = "android/app/src/main/assets/public";
    desk.bundle(assets, "one").write(&format!("{assets}/.well-known/a.json"), b"{}");
    assert_eq!(desk.json(&["bundle", assets, "--builtin"])["files"], 2, "known by the folder's place");
}

#[test]
fn a_page_that_asks_for_what_is_not_there_stops_the_release() {
    let desk = Desk::new();
    desk.write("www/index.html", b"<script src=/assets/app.js></script><script>notifyAppReady()</script>");
    let refused = desk.refusal(&["publish", "www", "--version", "1", "--yes"]);
    assert_eq!(refused["error"]["code"], "missing_script");
    assert!(refused["error"]["message"].as_str().unwrap().contains("/assets/app.js"), "{refused}");
    desk.publish("www", "1", &["--allow", "missing_script"]);
}
