//! Attacks on what a device believes: documents in a second form, and older documents after the app's keys changed.

use aloft_core::keep::frame::Found;
use aloft_core::keep::lasting;
use aloft_core::model::document::{ChannelDocument, Date, payload_type};
use aloft_core::model::{BundleRef, Code};
use aloft_core::updater::{Asked, CheckStatus, UpdateStatus, Updated};
use aloft_tests::signer::APP;
use aloft_tests::signer::{self, private, public};
use aloft_tests::story::{BEGIN, Device, Site, device, root, running};
use serde_json::{Value, json};
use std::sync::Arc;

const CHANNEL: &str = "channels/production.json";
const INDEX: &str = "channels/index.json";
const FAR: u64 = 1 << 50;
const YEAR_9999: Date = Date(253_402_300_799);

/// The channel with `counter` after `change`, signed by these keys, and an index for it.
fn sign(site: &Site, keys: &[u8], counter: u64, change: impl FnOnce(&mut ChannelDocument)) {
    let mut document = site.document();
    document.counter = counter;
    change(&mut document);
    let mut index = signer::index(counter);
    index.channels[0].name.clone_from(&document.channel);
    let keys: Vec<_> = keys.iter().map(|key| private(*key)).collect();
    let keys: Vec<_> = keys.iter().collect();
    site.put(&format!("channels/{}.json", document.channel), signer::signed_channel(&document, &keys));
    site.put(INDEX, signer::sign(payload_type::INDEX, &index, &keys));
}

/// The next build of the app trusts these keys.
fn trust(device: &mut Device, keys: &[u8], threshold: usize) {
    device.config.signing_keys = Some(keys.iter().map(|key| public(&private(*key))).collect());
    device.config.signing_threshold = threshold;
}

/// An update in the next process.
fn update(device: &mut Device) -> Result<Updated, Code> {
    device.confirmed().0.update(Asked::ByHand).map_err(|error| error.code())
}

fn staged(device: &mut Device) -> Result<bool, Code> {
    update(device).map(|updated| matches!(updated.status, UpdateStatus::Staged { .. }))
}

/// A device that runs 2.0.0, its site, and the site as it was before that release.
fn with_past(keys: &[u8]) -> (Device, Site, Site) {
    let (_, mut device, site) = device();
    trust(&mut device, keys, 1);
    site.publish("1.0.0");
    let past = site.fork();
    assert_eq!(staged(&mut device), Ok(true));
    site.publish("2.0.0");
    assert_eq!(staged(&mut device), Ok(true));
    device.confirmed();
    (device, site, past)
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

#[test]
fn i9_one_key_more_or_less_brings_no_older_release_back() {
    for (before, after, threshold) in
        [(&[1][..], &[1, 2][..], 1), (&[1, 2], &[1], 1), (&[1, 2], &[2, 1, 3], 1), (&[1, 2], &[1, 3], 1)]
    {
        let (mut device, site, past) = with_past(before);
        trust(&mut device, after, threshold);
        device.site = Arc::new(past);
        assert_eq!(staged(&mut device), Err(Code::Replayed), "{before:?} then {after:?}");
        device.site = Arc::new(site.clone());
        assert_eq!(staged(&mut device), Ok(false), "{before:?} then {after:?}: what runs is up to date");
        site.publish("3.0.0");
        assert_eq!(staged(&mut device), Ok(true), "{before:?} then {after:?}");
    }
}

#[test]
fn i9_the_copy_of_the_channel_holds_for_keys_that_were_not_trusted_when_it_came() {
    let (_, mut device, site) = device();
    site.publish("1.0.0");
    let past = site.fork();
    sign(&past, &[1, 2], 10, |_| {});
    site.publish("2.0.0");
    sign(&site, &[1, 2], 20, |_| {});
    assert_eq!(staged(&mut device), Ok(true));
    trust(&mut device, &[1, 2], 2);
    device.site = Arc::new(past);
    assert_eq!(staged(&mut device), Err(Code::Replayed));
}

#[test]
fn i9_floors_of_an_earlier_version_hold_on_by_the_copy() {
    let (mut device, _, past) = with_past(&[1]);
    let Found::Value(mut kept) = lasting::load(&device.store()) else { panic!() };
    let mut floors = serde_json::to_value(&kept.floors).unwrap();
    for floor in floors.as_array_mut().unwrap() {
        assert!(floor.as_object_mut().unwrap().remove("reached").is_some(), "an earlier version knew of no keys");
    }
    kept.floors = serde_json::from_value(floors).unwrap();
    lasting::save(&device.store(), &kept).unwrap();
    trust(&mut device, &[1, 2], 1);
    device.site = Arc::new(past);
    assert_eq!(staged(&mut device), Err(Code::Replayed));
}

#[test]
fn i9_an_app_update_without_the_stolen_key_ends_its_far_counters() {
    for (after, threshold, recovers) in
        [(&[1][..], 1, true), (&[1, 3], 1, true), (&[1, 2], 2, true), (&[1, 2, 3], 1, false)]
    {
        let (mut device, site, past) = with_past(&[1, 2]);
        let honest = site.fork();
        sign(&site, &[2], FAR, |document| document.releases.truncate(1));
        assert_eq!(staged(&mut device), Ok(false), "the thief's document is accepted");
        trust(&mut device, after, threshold);
        device.site = Arc::new(past);
        let old = staged(&mut device).unwrap_err();
        assert!(matches!(old, Code::Replayed | Code::SignatureInvalid | Code::TooFewSignatures), "{after:?}: {old}");
        honest.publish("3.0.0");
        sign(&honest, &[1, 2], 50, |_| {});
        device.site = Arc::new(honest);
        let expected = if recovers { Ok(true) } else { Err(Code::Replayed) };
        assert_eq!(staged(&mut device), expected, "{after:?}");
    }
}

#[test]
fn i9_a_date_that_a_dropped_key_signed_does_not_end_what_others_signed() {
    let (mut device, site, _) = with_past(&[1, 2]);
    let honest = site.fork();
    sign(&site, &[2], FAR, |document| document.issued = YEAR_9999);
    assert_eq!(staged(&mut device), Ok(false));
    trust(&mut device, &[1], 1);
    honest.publish("3.0.0");
    sign(&honest, &[1], 50, |document| document.expires = Some(Date(BEGIN + 86_400)));
    device.site = Arc::new(honest.clone());
    assert_eq!(staged(&mut device), Ok(true), "expiry is counted by dates of the keys in force");
    sign(&honest, &[1], 51, |document| {
        document.expires = Some(Date(BEGIN - 1));
        document.releases.remove(0);
    });
    let expired = UpdateStatus::Nothing { check: CheckStatus::NothingMatches { expired: true } };
    assert_eq!(update(&mut device).unwrap().status, expired);
}

#[test]
fn another_channel_lifts_no_withdrawal_until_it_offers_the_content_itself() {
    let (_, mut device, site) = running(&["1.0.0"]);
    let beta = site.fork();
    beta.publish("2.0.0");
    let on_beta = |counter, change: &dyn Fn(&mut ChannelDocument)| {
        sign(&beta, &[1], counter, |document| {
            "beta".clone_into(&mut document.channel);
            change(document);
        });
    };
    on_beta(50, &|_| {});
    device.site = Arc::new(beta.clone());
    device.page().0.set_channel(Some("beta")).unwrap();
    assert_eq!(staged(&mut device), Ok(true));
    device.confirmed();
    on_beta(51, &|document| document.withdrawn.push(root("2.0.0")));
    update(&mut device).unwrap();
    let bundle = BundleRef::Kept(device.state().unwrap().with_root(root("2.0.0")).unwrap().id.clone());

    device.page().0.set_channel(None).unwrap();
    sign(&site, &[1], 60, |_| {});
    device.site = Arc::new(site.clone());
    assert_eq!(staged(&mut device), Ok(false));
    let updater = device.page().0;
    assert_eq!(updater.activate(&bundle).unwrap_err().code(), Code::Withdrawn, "nobody shows what beta withdrew");
    assert_eq!(updater.stage(&bundle).unwrap_err().code(), Code::Withdrawn);

    site.publish("2.0.0");
    sign(&site, &[1], 61, |_| {});
    assert_eq!(staged(&mut device), Ok(true), "production offers it");
    let shown = device.confirmed().1.bundle;
    assert_eq!(device.version(&shown), "2.0.0");
}

#[test]
fn i9_a_date_of_another_channel_does_not_end_this_one() {
    let (mut device, site, _) = with_past(&[1]);
    let beta = site.fork();
    sign(&beta, &[1], 50, |document| {
        "beta".clone_into(&mut document.channel);
        document.issued = YEAR_9999;
    });
    device.site = Arc::new(beta);
    device.page().0.set_channel(Some("beta")).unwrap();
    assert_eq!(staged(&mut device), Ok(false));
    device.page().0.set_channel(None).unwrap();
    site.publish("3.0.0");
    sign(&site, &[1], 60, |document| document.expires = Some(Date(BEGIN + 86_400)));
    device.site = Arc::new(site);
    assert_eq!(staged(&mut device), Ok(true));
    assert_eq!(device.state().unwrap().with_root(root("3.0.0")).map(|kept| kept.withdrawn), Some(false));
}
