//! A publisher's life, told to the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use ::base64::Engine as _;
use common::{Desk, has};
use serde_json::json;
use std::process::Command;

#[test]
fn a_release_is_staged_raised_rolled_back_and_withdrawn() {
    let desk = Desk::new();
    desk.bundle("www1", "one").bundle("www2", "two").bundle("www3", "three");

    let first = desk.publish("www1", "1.0.0", &["--encrypt"]);
    assert_eq!(first["channel"]["written"], true);
    let staged = desk.publish("www2", "2.0.0", &["--encrypt", "--rollout", "25%", "--expires", "90d"]);
    assert_eq!(desk.offered(), ["2.0.0", "1.0.0"], "a staged release keeps the one below");
    assert_eq!(staged["channel"]["document"]["releases"][0]["rollout"]["bps"], 2500);

    let salt = desk.document()["releases"][0]["rollout"]["salt"].clone();
    desk.json(&["channel", "rollout", "2.0.0", "50%", "--yes"]);
    assert_eq!(
        desk.document()["releases"][0]["rollout"],
        json!({ "bps": 5000, "salt": salt }),
        "the same devices stay first"
    );
    desk.json(&["channel", "rollout", "2.0.0", "100%", "--yes"]);
    assert_eq!(desk.offered(), ["2.0.0"], "a full release ends the list");

    desk.publish("www3", "3.0.0", &["--encrypt"]);
    let back = desk.json(&["channel", "rollback", "--yes"]);
    assert_eq!(desk.offered(), ["2.0.0"]);
    assert_eq!(desk.document()["releases"][0]["retry"], 1, "devices that had failed with it try again");
    assert!(back["warnings"][0].as_str().unwrap().contains("builtin"), "{back}");
    desk.json(&["channel", "rollback", "--yes"]);
    assert_eq!(desk.offered(), ["1.0.0"], "back again does not go forward to what was left");

    desk.json(&["channel", "withdraw", "3.0.0", "--otherwise", "builtin", "--yes"]);
    let document = desk.document();
    assert_eq!(document["withdrawn"].as_array().unwrap().len(), 1);
    assert_eq!(document["otherwise"], "builtin");
    assert_eq!(desk.refused("www3", "3.0.1", &[]), ("withdrawn".to_owned(), 3));
    assert_eq!(desk.fails(&["channel", "rollback", "--to", "3.0.0", "--yes"]), ("withdrawn".to_owned(), 3));
    desk.json(&["channel", "withdraw", "3.0.0", "--lift", "--yes"]);
    desk.json(&["channel", "rollback", "--to", "3.0.0", "--yes"]);
    assert_eq!(desk.offered(), ["3.0.0"]);

    let log = desk.json(&["channel", "log"]);
    let documents = log["documents"].as_array().unwrap();
    assert_eq!(documents.len(), desk.list("site/history/production").len());
    let counters: Vec<_> = documents.iter().map(|document| document["counter"].as_u64().unwrap()).collect();
    assert!(counters.is_sorted_by(|newer, older| newer > older), "newest first, never twice: {counters:?}");
}

#[test]
fn conditions_stand_in_the_document_as_they_were_written() {
    let desk = Desk::new();
    desk.bundle("www", "one");
    desk.write("ids.txt", b"alice\n\nbob\n");
    #[rustfmt::skip]
    desk.publish("www", "1", &[
        "--platform", "ios,android", "--native", "ios >=210 <300", "--native", "android >=5", "--os", "ios >=15",
        "--webview", ">=90", "--audience", "@ids.txt", "--priority", "immediate", "--over-builtin",
    ]);
    let entry = &desk.document()["releases"][0];
    assert_eq!(
        entry["requires"],
        json!({
            "platform": ["ios", "android"],
            "native_build": { "ios": ">=210 <300", "android": ">=5" },
            "os": { "ios": ">=15" },
            "webview": ">=90",
        })
    );
    assert_eq!(entry["audience"]["custom_id_sha256"].as_array().unwrap().len(), 2);
    assert_eq!((&entry["priority"], &entry["over_builtin"]), (&json!("immediate"), &json!(true)));
    desk.write("none.txt", b"\n");
    assert_eq!(desk.refused("www", "2", &["--audience", "@none.txt"]).0, "usage");
    assert_eq!(desk.refused("www", "2", &["--native", "windows >=1"]), ("usage".to_owned(), 2));
}

#[test]
fn the_same_content_is_sent_as_the_same_bytes_and_the_same_command_changes_nothing() {
    let desk = Desk::new();
    desk.bundle("www", "one");
    let first = desk.publish("www", "1", &["--encrypt"]);
    let again = desk.publish("www", "1", &["--encrypt"]);
    assert_eq!(again["channel"]["written"], false);
    assert_eq!(again["channel"]["counter"], first["channel"]["counter"]);
    let renamed = desk.publish("www", "1-final", &["--encrypt", "--same-content"]);
    let (sent, before) = (&renamed["release"]["artifacts"][0], &first["release"]["artifacts"][0]);
    assert_eq!((&sent["reused"], &sent["sha256"]), (&json!(true), &before["sha256"]));
    let encrypted = desk.list("site/artifacts").len();
    assert_eq!(desk.publish("www", "1-final", &[])["channel"]["written"], false, "it stays encrypted");
    desk.publish("www", "1-plain", &["--same-content", "--allow", "unencrypted"]);
    assert_eq!(desk.list("site/artifacts").len(), 2 * encrypted, "not encrypted is another artifact");
}

#[test]
fn a_channel_keeps_its_period_before_expiry() {
    let desk = Desk::new();
    desk.bundle("www", "one");
    desk.publish("www", "1", &["--expires", "90d"]);
    let before = desk.document();
    desk.json(&["channel", "rollout", "1", "50%", "--yes"]);
    assert!(desk.document()["expires"].as_str() >= before["expires"].as_str());
    desk.json(&["channel", "renew", "--expires", "never", "--yes"]);
    assert!(desk.document()["expires"].is_null());
}

#[test]
fn nothing_is_written_without_a_confirmation() {
    let desk = Desk::new();
    desk.bundle("www", "one").bundle("www2", "two");
    desk.publish("www", "1", &[]);
    let (before, listed) = (desk.document(), desk.list("site/artifacts"));
    assert_eq!(desk.fails(&["channel", "rollout", "1", "5%"]), ("needs_confirmation".to_owned(), 3));
    let human = desk.run(&["channel", "rollout", "1", "5%"]);
    let shown = String::from_utf8(human.stderr).unwrap();
    assert!(shown.contains("100 % → 5 %") && shown.contains("--yes"), "the difference and the way on: {shown}");
    assert!(!shown.contains('\x1b'), "colour only on a terminal");
    let dry = desk.json(&["channel", "rollout", "1", "5%", "--dry-run"]);
    assert_eq!((&dry["written"], &dry["changes"][0]["what"]), (&json!(false), &json!("release_changed")));
    assert_eq!(desk.fails(&["publish", "www2", "--version", "2"]), ("needs_confirmation".to_owned(), 3));
    let dry = desk.json(&["publish", "www2", "--version", "2", "--dry-run"]);
    assert_eq!(dry["release"]["artifacts"], json!([]), "nothing is packed");
    let sizes = desk.json(&["publish", "www2", "--version", "2", "--dry-run", "--sizes"]);
    assert!(sizes["release"]["artifacts"][0]["size"].is_u64(), "unless its size is asked for: {sizes}");
    assert_eq!((desk.document(), desk.list("site/artifacts")), (before, listed));
}

#[test]
fn the_builtin_description_has_the_floors_of_the_site() {
    let desk = Desk::new();
    desk.bundle("www", "one");
    let published = desk.publish("www", "1", &[]);
    let described = desk.json(&["bundle", "www", "--builtin"]);
    assert_eq!(described["builtin"]["floors"]["production"], published["channel"]["counter"]);
    assert!(described["builtin"]["floors"]["index.json"].is_u64());
    assert_eq!(described["root"], published["release"]["root"]);
    let human = String::from_utf8(desk.run(&["bundle", "www", "--builtin"]).stdout).unwrap();
    assert!(human.contains("the newest release is of"), "devices on this build are not offered it: {human}");
    let root = std::fs::read_to_string(desk.path("www/aloft-builtin.root")).unwrap();
    assert_eq!(root, described["root"]);
    assert_eq!(
        desk.publish("www", "2", &["--same-content"])["release"]["root"],
        published["release"]["root"],
        "no part of the root"
    );
}

#[test]
fn the_index_says_what_the_settings_say() {
    let desk = Desk::new();
    desk.bundle("www", "one");
    desk.publish("www", "1", &["--channel", "beta"]);
    let settings = std::fs::read_to_string(desk.path("aloft.toml")).unwrap();
    desk.write("aloft.toml", format!("{settings}\n[channels.beta]\npublic = true\n").as_bytes());
    desk.publish("www", "1", &["--channel", "beta"]);
    let index = desk.json(&["channel", "show", "--channel", "beta"])["index"].clone();
    assert_eq!((&index["public"], &index["allow_device_to_set"]), (&json!(true), &json!(false)));
}

#[test]
fn unzip_reads_our_archives() {
    if !has("unzip", "-v") {
        return;
    }
    let desk = Desk::new();
    desk.bundle("www", "one");
    desk.write("www/ünï/日本 100%.txt", b"deep");
    let published = desk.publish("www", "1", &[]);
    let archive = desk.path("site").join(published["release"]["artifacts"][0]["path"].as_str().unwrap());
    let tested = Command::new("unzip").arg("-t").arg(archive).output().unwrap();
    let text = String::from_utf8_lossy(&tested.stdout).into_owned();
    assert!(tested.status.success() && text.contains("No errors"), "{text}");
}

#[test]
fn openssl_reads_our_keys_and_we_read_its_own() {
    if !has("openssl", "version") {
        return;
    }
    let desk = Desk::new();
    let shown = desk.json(&["keys", "show"]);
    let openssl = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).current_dir(desk.path("")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let public = openssl(&["pkey", "-in", ".aloft/signing.pem", "-pubout", "-outform", "DER"]);
    let ours = shown["signing"]["public_key"].as_str().unwrap().strip_prefix("ed25519:").unwrap().to_owned();
    assert_eq!(base64(&public[public.len() - 32..]), ours);
    openssl(&["genpkey", "-algorithm", "ed25519", "-out", "other.pem"]);
    let pem = std::fs::read_to_string(desk.path("other.pem")).unwrap();
    let other = desk.command(&["keys", "show", "--json"]).env("ALOFT_SIGNING_KEY", pem).output().unwrap();
    assert!(other.status.success());
    assert!(!String::from_utf8(other.stdout).unwrap().contains(&ours), "the environment comes before the file");
}

#[test]
fn openssl_verifies_what_we_sign() {
    if !has("openssl", "version") {
        return;
    }
    let desk = Desk::new();
    desk.bundle("www", "one");
    desk.publish("www", "1", &[]);
    let signed = std::fs::read(desk.path("site/channels/production.json")).unwrap();
    let envelope: serde_json::Value = serde_json::from_slice(&signed).unwrap();
    let decode =
        |text: &serde_json::Value| ::base64::engine::general_purpose::STANDARD.decode(text.as_str().unwrap()).unwrap();
    let payload = decode(&envelope["payload"]);
    let kind = "application/vnd.aloft.channel+json";
    let mut message = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).into_bytes();
    message.extend(payload);
    desk.write("message", &message);
    desk.write("signature", &decode(&envelope["signatures"][0]["sig"]));
    let arguments = "pkeyutl -verify -rawin -inkey .aloft/signing.pem -in message -sigfile signature";
    let verified = Command::new("openssl").args(arguments.split(' ')).current_dir(desk.path("")).output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}

fn base64(bytes: &[u8]) -> String {
    ::base64::engine::general_purpose::STANDARD.encode(bytes)
}
