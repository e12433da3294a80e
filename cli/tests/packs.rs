//! What a publisher sends beside the zip, told to the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::Desk;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A bundle of some size, of which `text` is a small part.
fn app(desk: &Desk, name: &str, text: &str) {
    let code = |n| format!("export function f{n}(a){{return a*{}+{n}}}\n", n * n % 97);
    let code = (0..400).map(code).collect::<Vec<_>>().concat();
    desk.write(&format!("{name}/index.html"), format!("<p>{text}</p><script src=app.js></script>").as_bytes());
    desk.write(&format!("{name}/app.js"), format!("{code}notifyAppReady('{text}')\n").as_bytes());
}

fn three() -> Desk {
    let desk = Desk::new();
    for n in 1..=3 {
        app(&desk, &format!("www{n}"), &format!("text {n}"));
        desk.publish(&format!("www{n}"), &n.to_string(), &[]);
    }
    desk
}

/// `kind`, and `from` what, of each artifact.
fn ways(published: &Value) -> Vec<(&str, Option<&str>)> {
    let sent = published["release"]["artifacts"].as_array().unwrap();
    sent.iter().map(|sent| (sent["kind"].as_str().unwrap(), sent["from"].as_str())).collect()
}

fn left_out(published: &Value) -> Vec<(&str, &str)> {
    let left = published["release"]["left_out"].as_array().unwrap();
    left.iter().map(|left| (left["from"].as_str().unwrap_or("-"), left["code"].as_str().unwrap())).collect()
}

fn sizes(published: &Value) -> Vec<u64> {
    published["release"]["artifacts"].as_array().unwrap().iter().map(|sent| sent["size"].as_u64().unwrap()).collect()
}

#[test]
fn a_release_is_sent_as_a_zip_a_whole_pack_and_packs_from_the_last_releases() {
    let desk = three();
    app(&desk, "www4", "text 4");
    let published = desk.publish("www4", "4", &["--packs", "2"]);
    assert_eq!(ways(&published), [("zip", None), ("pack", None), ("pack", Some("3")), ("pack", Some("2"))]);
    let sizes = sizes(&published);
    assert!(sizes[1] < sizes[0] && sizes[2] < sizes[1] / 5, "{sizes:?}");
    let entry = &desk.document()["releases"][0];
    let roots: Vec<_> = entry["artifacts"].as_array().unwrap().iter().map(|artifact| &artifact["base"]).collect();
    assert!(roots[0].is_null() && roots[1].is_null() && roots[2].is_string(), "{entry}");
    for sent in published["release"]["artifacts"].as_array().unwrap() {
        assert!(desk.path("site").join(sent["path"].as_str().unwrap()).is_file());
    }
}

#[test]
fn the_same_command_again_makes_nothing_and_changes_nothing() {
    let desk = three();
    let listed = desk.list("site/artifacts");
    let again = desk.publish("www3", "3", &[]);
    assert_eq!(again["channel"]["written"], false, "{again}");
    assert!(again["release"]["artifacts"].as_array().unwrap().iter().all(|sent| sent["reused"] == true));
    assert_eq!(desk.list("site/artifacts"), listed);
}

#[test]
fn what_the_site_has_lost_comes_back_with_the_same_command() {
    let desk = three();
    let published = desk.publish("www3", "3", &[]);
    let of_3 = published["release"]["artifacts"].as_array().unwrap();
    let of_3: BTreeSet<_> = of_3.iter().map(|sent| desk.path("site").join(sent["path"].as_str().unwrap())).collect();
    let bytes: Vec<_> = of_3.iter().map(|file| std::fs::read(file).unwrap()).collect();
    for file in &of_3 {
        std::fs::remove_file(file).unwrap();
    }
    let dry = desk.json(&["publish", "www3", "--version", "3", "--dry-run"]);
    assert_eq!(dry["release"]["restored"], json!(false));
    assert!(of_3.iter().all(|file| !file.exists()));
    assert_eq!(desk.publish("www3", "3", &[])["release"]["restored"], json!(true));
    for (file, bytes) in of_3.iter().zip(bytes) {
        assert!(std::fs::read(file).unwrap() == bytes, "{}", file.display());
    }
    // One that is there and is not what was signed is named, and not written over.
    std::fs::write(of_3.first().unwrap(), b"").unwrap();
    let (code, exit) = desk.refused("www3", "3", &[]);
    assert_eq!((code.as_str(), exit), ("artifact_damaged", 1));
}

#[test]
fn a_release_published_again_keeps_the_packs_that_still_fit() {
    let desk = three();
    let all = [("zip", None), ("pack", None), ("pack", Some("3")), ("pack", Some("1"))];
    assert_eq!(ways(&desk.publish("www2", "2", &["--packs", "1", "--again"])), all);
    let again = desk.publish("www2", "2", &["--packs", "0"]);
    assert_eq!((ways(&again), &again["channel"]["written"]), (all.to_vec(), &json!(false)), "none are taken away");
}

#[test]
fn a_withdrawn_release_is_no_base() {
    let desk = three();
    desk.json(&["channel", "withdraw", "2", "--yes"]);
    app(&desk, "www4", "text 4");
    let published = desk.publish("www4", "4", &[]);
    assert_eq!(ways(&published)[2..], [("pack", Some("3")), ("pack", Some("1"))]);
}

#[test]
fn a_base_that_is_gone_is_named_and_stops_nothing() {
    let desk = three();
    app(&desk, "www4", "text 4");
    for artifact in desk.list("site/artifacts") {
        std::fs::write(desk.path("site/artifacts").join(artifact), "damaged").unwrap();
    }
    let published = desk.publish("www4", "4", &[]);
    assert_eq!(published["channel"]["written"], true);
    assert_eq!(ways(&published), [("zip", None), ("pack", None)]);
    assert_eq!(left_out(&published), [("3", "base_gone"), ("2", "base_gone"), ("1", "base_gone")]);
}

#[test]
fn a_whole_pack_is_as_good_a_source_as_the_zip() {
    let desk = three();
    app(&desk, "www4", "text 4");
    for zip in desk.list("site/artifacts").iter().filter(|name| name.contains(".zip")) {
        std::fs::remove_file(desk.path("site/artifacts").join(zip)).unwrap();
    }
    let published = desk.publish("www4", "4", &["--packs", "1"]);
    assert_eq!(ways(&published)[2..], [("pack", Some("3"))], "{published}");
}

#[test]
fn a_pack_that_saves_less_than_a_tenth_is_left_out() {
    let desk = three();
    let noise = |n: u64| format!("{:x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let noise = (0..400).map(noise).collect::<Vec<_>>().concat();
    desk.write("other/index.html", format!("<script>notifyAppReady('{noise}')</script>").as_bytes());
    let published = desk.publish("other", "4", &["--packs", "1"]);
    assert_eq!(left_out(&published), [("3", "not_smaller")], "{published}");
    assert_eq!(desk.json(&["bundle", "diff", "www3", "other"])["left_out"], json!(["delta"]));
}

#[test]
fn encrypted_releases_are_bases_and_packs_are_encrypted() {
    let desk = Desk::new();
    app(&desk, "www1", "text 1");
    app(&desk, "www2", "text 2");
    desk.publish("www1", "1", &["--encrypt"]);
    let published = desk.publish("www2", "2", &["--encrypt"]);
    assert_eq!(ways(&published).len(), 3, "{published}");
    for sent in published["release"]["artifacts"].as_array().unwrap() {
        assert!(sent["cipher"]["key"].is_string(), "{sent}");
        let bytes = std::fs::read(desk.path("site").join(sent["path"].as_str().unwrap())).unwrap();
        assert!(bytes[0] == 40 && !bytes.starts_with(b"ALPK"), "formats 7");
    }
    std::fs::remove_file(desk.path(".aloft/encryption.key")).unwrap();
    app(&desk, "www3", "text 3");
    assert_eq!(
        left_out(&desk.publish("www3", "3", &["--allow", "unencrypted"])),
        [("2", "base_gone"), ("1", "base_gone")],
        "nobody has the key"
    );
}

#[test]
fn the_builtin_assets_are_a_base_as_they_were_described() {
    let desk = Desk::new();
    app(&desk, "builtin", "as shipped");
    app(&desk, "www", "text 1");
    let described = desk.json(&["bundle", "builtin", "--builtin"]);
    desk.write("builtin/cordova.js", b"// put there by the native build");
    let published = desk.publish("www", "1", &["--base", "builtin"]);
    assert_eq!(ways(&published), [("zip", None), ("pack", None), ("pack", Some("builtin"))]);
    assert_eq!(published["release"]["artifacts"][2]["base"], described["root"]);
    desk.write("builtin/app.js", b"changed");
    assert_eq!(desk.refused("www", "2", &["--base", "builtin", "--same-content"]), ("base_changed".to_owned(), 1));
    desk.write("builtin/aloft-builtin.json", b"{");
    assert_eq!(desk.refused("www", "2", &["--base", "builtin", "--same-content"]).0, "bad_description");
    assert_eq!(json!(desk.offered()), json!(["1"]), "nothing was published");
}

#[test]
fn a_difference_says_what_would_be_sent_and_why() {
    let desk = three();
    let published = desk.publish("www3", "3", &[]);
    let told = desk.json(&["bundle", "diff", "www2", "www3"]);
    assert_eq!((&told["left_out"], &told["bundle_warnings"]), (&json!([]), &json!([])));
    let artifacts = &told["artifacts"];
    let told_sizes = ["zip", "whole", "delta"].map(|kind| artifacts[kind].as_u64().unwrap());
    assert_eq!(told_sizes[..], sizes(&published)[..3], "what publish makes");
    assert_eq!((&told["files"], &told["unchanged"], &told["per_file"]["files"]), (&json!(2), &json!(0), &json!(2)));
    assert!(told_sizes[2] < told["per_file"]["bytes"].as_u64().unwrap());
    let signed = std::fs::metadata(desk.path("site/channels/production.json")).unwrap().len();
    assert!(told["document"].as_u64().unwrap().abs_diff(signed) < 600, "{told}, {signed}");
    let spent = told["spent"].as_array().unwrap();
    let costs: Vec<_> = spent.iter().map(|spent| spent["cost"].as_u64().unwrap()).collect();
    assert!(costs.len() == 2 && costs.is_sorted_by(|a, b| a >= b), "{told}");
    assert!(costs.iter().sum::<u64>() + told["list"].as_u64().unwrap() <= told_sizes[2] + 8, "{told}");
    let human = String::from_utf8(desk.run(&["bundle", "diff", "www2", "www3"]).stdout).unwrap();
    assert!(human.contains("pack from OLD") && human.contains("app.js"), "{human}");
}
