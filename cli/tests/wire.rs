//! The documents of a fixed key at a fixed time are those that are checked in: a change of the wire shows as a difference.
//!
//! `UPDATE_VECTORS=1 cargo test -p aloft-cli --test wire` writes them anew.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use aloft_cli::output::{Answer, Output};
use aloft_cli::publish::{PublishOptions, publish};
use aloft_cli::settings::{Access, Settings};
use aloft_cli::site::Publisher;
use aloft_cli::{channel, keys::SigningKeyFile};
use aloft_core::model::Version;
use aloft_core::model::document::Otherwise;
use base64::Engine as _;
use std::fs;
use std::path::{Path, PathBuf};

/// 2026-11-20T10:00:00Z.
const NOW: u64 = 1_795_168_800;

#[test]
fn wire_documents_are_those_checked_in() {
    let folder = tempfile::tempdir().unwrap();
    let publisher = publisher(folder.path());
    let yes = &mut |_: &_| Ok(Answer::Yes);
    let version = |text: &str| text.parse::<Version>().unwrap();

    let mut first = PublishOptions::new(bundle(folder.path(), "one"), version("1.0.0"), "production");
    first.packs = Some(0);
    publish(&publisher, &first, NOW, Output::Json).unwrap();
    let mut second = PublishOptions::new(bundle(folder.path(), "two"), version("2.0.0"), "production");
    second.terms.requires.native_build.insert("ios".to_owned(), ">=210 <300".parse().unwrap());
    second.terms.audience = vec!["alice".to_owned()];
    second.terms.share = Some("25%".parse().unwrap());
    second.terms.expires = Some("90d".parse().unwrap());
    publish(&publisher, &second, NOW + 60, Output::Json).unwrap();
    let third = PublishOptions::new(bundle(folder.path(), "three"), version("3.0.0"), "production");
    publish(&publisher, &third, NOW + 120, Output::Json).unwrap();
    channel::withdraw(&publisher, "production", &version("3.0.0"), Some(Otherwise::Builtin), NOW + 180, yes).unwrap();
    channel::rollback(&publisher, "production", None, channel::OverBuiltin::Yes, NOW + 180, yes).unwrap();

    for name in ["production.json", "index.json"] {
        let signed = fs::read(folder.path().join("site/channels").join(name)).unwrap();
        check(name, &signed);
        let envelope: serde_json::Value = serde_json::from_slice(&signed).unwrap();
        let payload = base64::engine::general_purpose::STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap();
        let payload: serde_json::Value = serde_json::from_slice(&payload).unwrap();
        check(&name.replace(".json", ".payload.json"), format!("{payload:#}\n").as_bytes());
    }
}

fn publisher(folder: &Path) -> Publisher {
    let key = folder.join("signing.pem");
    SigningKeyFile::from_seed([42; 32]).create(&key).unwrap();
    let mut settings = Settings::new("com.example.app", folder.join("site"));
    settings.keys.signing = key;
    settings.keys.encryption = folder.join("none");
    settings.channels.insert("production".to_owned(), Access { public: true, allow_device_to_set: false });
    Publisher::open(&settings).unwrap()
}

/// Files too small to be deflated, so that the archive's bytes do not depend on how well a library deflates.
fn bundle(folder: &Path, text: &str) -> PathBuf {
    let bundle = folder.join(text);
    fs::create_dir_all(bundle.join("assets")).unwrap();
    fs::write(bundle.join("index.html"), format!("<p>{text}")).unwrap();
    fs::write(bundle.join("assets/app.js"), "notifyAppReady()").unwrap();
    bundle
}

fn check(name: &str, found: &[u8]) {
    let path = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../tests/vectors/wire").join(name);
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, found).unwrap();
    }
    let expected = fs::read(&path).unwrap_or_default();
    assert_eq!(String::from_utf8_lossy(found), String::from_utf8_lossy(&expected), "tests/vectors/wire/{name}");
}
