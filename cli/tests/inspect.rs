//! What the files of a site are, told by the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::Desk;
use serde_json::{Value, json};

/// Two releases of the channel, and what the second is sent as.
fn two(more: &[&str]) -> (Desk, Vec<(String, Value)>) {
    let desk = Desk::new();
    desk.bundle("www1", "one").bundle("www2", "two");
    for name in ["www1/logo.svg", "www2/logo.svg"] {
        desk.write(name, b"<svg><path d='M0 0L9 9'/></svg>");
    }
    desk.publish("www1", "1", more);
    let published = desk.publish("www2", "2", more);
    let sent = published["release"]["artifacts"].as_array().unwrap();
    let files =
        sent.iter().map(|sent| (format!("site/{}", sent["path"].as_str().unwrap()), published["release"].clone()));
    let files = files.collect();
    (desk, files)
}

#[test]
fn a_pack_shows_its_list_beside_its_base_and_its_head_without() {
    let (desk, files) = two(&[]);
    let [_, (whole, release), (delta, _)] = files.as_slice() else { panic!("{files:?}") };
    let shown = desk.json(&["inspect", whole]);
    assert_eq!((&shown["what"], &shown["form"], &shown["root"]), (&json!("pack"), &json!("whole"), &release["root"]));
    assert_eq!((&shown["new"]["files"], &shown["unpacked"]), (&json!(3), &release["size"]));
    assert_eq!(shown["named"], json!(true), "artifacts are named by their digests");

    let head = desk.json(&["inspect", delta]);
    assert_eq!((&head["form"], &head["files"], &head["list"]), (&json!("delta"), &json!(3), &Value::Null));
    let shown = desk.json(&["inspect", delta, "--base", "www1"]);
    assert_eq!((&shown["root"], &shown["refused"]), (&release["root"], &Value::Null));
    assert_eq!((&shown["new"]["files"], &shown["unchanged"]["files"]), (&json!(2), &json!(1)));
    let sources: Vec<_> =
        shown["list"].as_array().unwrap().iter().map(|file| (&file["path"], &file["source"])).collect();
    assert!(sources.contains(&(&json!("logo.svg"), &json!("unchanged"))), "{shown}");
    std::fs::copy(desk.path(delta), desk.path(whole)).unwrap();
    assert_eq!(desk.json(&["inspect", whole])["named"], json!(false));
    let wrong = desk.json(&["inspect", delta, "--base", "www2"]);
    assert!(wrong["root"] != release["root"] || wrong["refused"].is_object(), "{wrong}");
}

#[test]
fn what_is_encrypted_is_decrypted_with_the_key_of_the_settings() {
    let (desk, files) = two(&["--encrypt"]);
    let key = desk.json(&["keys", "show"])["encryption"]["key_id"].clone();
    for ((file, _), (what, kind)) in files.iter().zip([("zip", "zip"), ("pack", "pack"), ("pack", "pack")]) {
        let shown = desk.json(&["inspect", file]);
        assert_eq!((&shown["what"], &shown["encrypted"]), (&json!(what), &json!({ "key": key, "kind": kind })));
    }
    let secret = desk.json(&["keys", "show", "--secret"]).to_string();
    let key = secret.split('"').find(|text| text.starts_with("aes256:")).unwrap().to_owned();
    std::fs::remove_file(desk.path("aloft.toml")).unwrap();
    assert_eq!(desk.json(&["inspect", &files[1].0])["what"], "encrypted");
    let named = ["inspect", &files[1].0, "--key", &key, "--app", "com.example.app"];
    assert_eq!(desk.json(&named)["what"], "pack");
}

#[test]
fn a_zip_shows_its_entries_and_what_a_device_would_refuse() {
    let (desk, files) = two(&[]);
    let shown = desk.json(&["inspect", &files[0].0]);
    assert_eq!((&shown["what"], &shown["root"], &shown["refused"]), (&json!("zip"), &files[0].1["root"], &Value::Null));
    assert_eq!(shown["entries"].as_array().unwrap().len(), 3);

    let mut bytes = std::fs::read(desk.path(&files[0].0)).unwrap();
    let name = bytes.windows(8).position(|name| name == b"logo.svg").unwrap();
    bytes[name] = b'L'; // the local name is another than the directory's
    desk.write("changed", &bytes);
    let shown = desk.json(&["inspect", "changed"]);
    assert_eq!(shown["refused"]["code"], "archive_headers_differ", "{shown}");
    bytes.truncate(100);
    desk.write("cut", &bytes);
    assert!(desk.json(&["inspect", "cut"])["refused"].is_object());
}

#[test]
fn a_document_shows_its_payload_and_which_trusted_keys_signed_it() {
    let (desk, _) = two(&[]);
    let key = desk.json(&["keys", "show"])["signing"]["key_id"].clone();
    let document = "site/channels/production.json";
    let shown = desk.json(&["inspect", document]);
    assert_eq!(shown["what"], "envelope");
    assert_eq!((&shown["signed_by"], &shown["key_ids"]), (&json!([key]), &json!([key])));
    assert_eq!(shown["payload"], desk.document());

    let text = std::fs::read_to_string(desk.path(document)).unwrap();
    let at = text.find("\"payload\":\"").unwrap() + 100;
    let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
    desk.write("forged", format!("{}{other}{}", &text[..at], &text[at + 1..]).as_bytes());
    let forged = desk.json(&["inspect", "forged"]);
    assert_eq!((&forged["signed_by"], &forged["key_ids"]), (&json!([]), &json!([key])), "a name is no signature");

    std::fs::remove_file(desk.path("aloft.toml")).unwrap();
    assert_eq!(desk.json(&["inspect", document])["signed_by"], Value::Null);
}

#[test]
fn anything_else_is_not_known() {
    let desk = Desk::new();
    desk.write("page", b"<!doctype html>");
    assert_eq!(desk.fails(&["inspect", "page"]), ("unknown_file".to_owned(), 1));
    assert_eq!(desk.fails(&["inspect", "nothing"]).0, "not_found");
    desk.write("cut", b"ALPK\x01");
    assert_eq!(desk.fails(&["inspect", "cut"]).0, "unknown_file");
}
