//! Attacks on what a device believes: documents in a second form.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use aloft_core::model::Code;
use aloft_core::model::document::payload_type;
use aloft_core::updater::{Asked, CheckStatus, UpdateStatus, Updated};
use aloft_tests::install::APP;
use aloft_tests::signer::{self, private};
use aloft_tests::story::{Device, running};
use serde_json::{Value, json};
use std::sync::Arc;

const CHANNEL: &str = "channels/production.json";
const INDEX: &str = "channels/index.json";

/// An update in the next process.
fn update(device: &mut Device) -> Result<Updated, Code> {
    device.confirmed().0.update(Asked::ByHand).map_err(|error| error.code())
}

fn staged(device: &mut Device) -> Result<bool, Code> {
    update(device).map(|updated| matches!(updated.status, UpdateStatus::Staged { .. }))
}

/// `text` as the payload of the channel or the index, signed.
fn signed(kind: &str, text: &Value) -> Vec<u8> {
    signer::envelope(kind, text.to_string().as_bytes(), &[&private(1)])
}

/// The values of the entry in the order of its members.
fn entry_as_list(entry: &Value) -> Value {
    let artifacts = entry["artifacts"].clone();
    json!([
        entry["version"],
        entry["created"],
        entry["root"],
        entry["files"],
        entry["size"],
        artifacts,
        null,
        null,
        null,
        false,
        0,
        "background"
    ])
}

#[test]
fn i9_a_list_is_not_taken_for_an_object() {
    let (_, mut device, site) = running(&["1.0.0"]);
    site.publish("2.0.0");
    let honest = serde_json::to_value(site.document()).unwrap();
    let index = serde_json::to_value(signer::index(99)).unwrap();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut document = honest.clone();
        document["counter"] = json!(100);
        change(&mut document);
        (CHANNEL, signed(payload_type::CHANNEL, &document))
    };
    let envelope: Value = serde_json::from_slice(&site.page(CHANNEL)).unwrap();
    let signature = &envelope["signatures"][0];
    let whole = json!([1, APP, "production", 1, 100, "2026-11-20T10:00:00Z", null, honest["releases"], [], "keep"]);
    let listed_index = json!([1, APP, 1, 99, index["issued"], index["channels"]]);
    let listed_entry = json!({ "schema": 1, "app": APP, "trust": 1, "counter": 99, "issued": index["issued"],
        "channels": [["production", 1, true, true]] });
    for (what, code, (path, bytes)) in [
        ("an envelope", Code::BadEnvelope, {
            let list = json!([envelope["payloadType"], envelope["payload"], envelope["signatures"]]);
            (CHANNEL, list.to_string().into_bytes())
        }),
        ("a signature", Code::BadEnvelope, {
            let mut envelope = envelope.clone();
            envelope["signatures"] = json!([[signature["keyid"], signature["sig"]]]);
            (CHANNEL, envelope.to_string().into_bytes())
        }),
        ("a channel document", Code::BadDocument, (CHANNEL, signed(payload_type::CHANNEL, &whole))),
        (
            "a release",
            Code::BadDocument,
            with(&|document| {
                document["releases"][0] = entry_as_list(&document["releases"][0]);
            }),
        ),
        (
            "an artifact",
            Code::BadDocument,
            with(&|document| {
                let artifact = &mut document["releases"][0]["artifacts"][0];
                *artifact = json!([artifact["kind"], artifact["size"], artifact["sha256"], null, null]);
            }),
        ),
        (
            "a cipher",
            Code::BadDocument,
            with(&|document| {
                document["releases"][0]["artifacts"][0]["cipher"] = json!(["0123456789abcdef"]);
            }),
        ),
        (
            "a name in an object",
            Code::BadDocument,
            with(&|document| {
                document["otherwise"] = json!({ "builtin": null });
            }),
        ),
        ("an index", Code::BadDocument, (INDEX, signed(payload_type::INDEX, &listed_index))),
        ("a channel of the index", Code::BadDocument, (INDEX, signed(payload_type::INDEX, &listed_entry))),
    ] {
        let attacked = site.fork();
        attacked.put(path, bytes);
        device.site = Arc::new(attacked);
        if path == INDEX {
            device.fs.remove_file(&device.root.join("feed/production")).unwrap();
        }
        assert_eq!(staged(&mut device), Err(code), "{what}");
    }
    device.site = Arc::new(site);
    assert_eq!(staged(&mut device), Ok(true), "the device goes on");
}

#[test]
fn a_condition_that_is_no_object_is_met_by_nobody() {
    let (_, mut device, site) = running(&["1.0.0"]);
    site.publish("2.0.0");
    let mut document = serde_json::to_value(site.document()).unwrap();
    document["releases"].as_array_mut().unwrap().truncate(1);
    let mut counter = 100;
    for member in ["rollout", "requires", "audience"] {
        let value = |list: Value| [json!(null), json!([]), list, json!(true), json!("all"), json!(10_000)];
        let list = match member {
            "rollout" => json!([10_000, "s"]),
            "requires" => json!([["android"], {}, {}, null, null]),
            _ => json!(["s", []]),
        };
        for value in value(list) {
            let mut document = document.clone();
            counter += 1;
            document["counter"] = json!(counter);
            document["releases"][0][member] = value.clone();
            site.put(CHANNEL, signed(payload_type::CHANNEL, &document));
            let Updated { status, skipped, .. } = update(&mut device).unwrap();
            let nothing = UpdateStatus::Nothing { check: CheckStatus::NothingMatches { expired: false } };
            assert_eq!(status, nothing, "{member}: {value}");
            assert_eq!(skipped[0].reason, "unknown_condition", "{member}: {value}");
        }
    }
}
