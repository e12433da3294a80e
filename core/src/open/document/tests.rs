use super::super::envelope::tests::{seal, signing_key, trust};
use super::*;
use crate::model::config::Config;
use crate::model::floors::{Accepted, Floors};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Vector {
    name: String,
    opens: String,
    keys: Vec<String>,
    threshold: usize,
    envelope: String,
    code: Option<String>,
}

#[test]
fn i3_envelopes_open_or_are_refused_as_the_vectors_say() {
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("../../../../tests/vectors/envelope.json")).unwrap();
    assert!(vectors.len() > 40);
    for vector in vectors {
        let mut config = Config::new("com.example.app");
        config.signing_keys = Some(vector.keys);
        config.signing_threshold = vector.threshold;
        let (bytes, trust) = (vector.envelope.as_bytes(), config.trust().unwrap());
        let opened = match vector.opens.as_str() {
            "index" => Index::open(bytes, &config.app, &trust).map(drop),
            _ => Channel::open(bytes, &config.app, &config.channel, &trust).map(drop),
        };
        let code = opened.err().map(|error| error.code().to_string());
        assert_eq!(code, vector.code, "{}", vector.name);
    }
}

fn channel_payload(counter: u64) -> Vec<u8> {
    let entry =
        json!({ "version": "1", "created": 5, "root": "11".repeat(32), "files": 1, "size": 1, "artifacts": [] });
    let document = json!({
        "schema": 1, "app": "app", "channel": "beta", "trust": 1, "counter": counter, "issued": "2026-11-20T10:00:00Z",
        "releases": [entry],
    });
    serde_json::to_vec(&document).unwrap()
}

#[test]
fn i3_a_release_carries_what_was_signed_of_it() {
    let key = signing_key(1);
    let trust = trust(&[key.verifying_key()], 1);
    let payload = channel_payload(1);
    let channel = Channel::open(&seal(payload_type::CHANNEL, &payload, &[key]), "app", "beta", &trust).unwrap();
    let release = channel.release(0).unwrap();
    assert_eq!((release.app(), release.channel(), release.entry().created), ("app", "beta", 5));
    assert!(channel.release(1).is_none());
    assert_eq!(channel.digest(), Digest::of(&payload));
    assert_eq!(channel.chain(), trust.chain());
}

#[test]
fn i9_an_older_channel_is_refused_also_on_a_device_that_only_saw_the_index() {
    let key = signing_key(1);
    let trust = trust(&[key.verifying_key()], 1);
    let open = |counter| {
        let bytes = seal(payload_type::CHANNEL, &channel_payload(counter), std::slice::from_ref(&key));
        Channel::open(&bytes, "app", "beta", &trust).unwrap()
    };
    let index = json!({
        "schema": 1, "app": "app", "trust": 1, "counter": 9, "issued": "2026-11-20T10:00:00Z",
        "channels": [{ "name": "beta", "counter": 7 }],
    });
    let payload = serde_json::to_vec(&index).unwrap();
    let index = Index::open(&seal(payload_type::INDEX, &payload, std::slice::from_ref(&key)), "app", &trust).unwrap();
    assert_eq!(index.entry("gamma").unwrap_err().code(), Code::ChannelUnlisted);

    let mut floors = Floors::default();
    assert_eq!(floors.accept(&index.claim()).unwrap(), Accepted::Raised);
    let counter = index.entry("beta").unwrap().counter;
    floors.at_least(trust.chain(), "app", "beta", index.document().trust, counter).unwrap();
    assert_eq!(floors.accept(&open(6).claim()).unwrap_err().code(), Code::Replayed);
    assert_eq!(floors.accept(&open(7).claim()).unwrap(), Accepted::Raised);
    assert_eq!(floors.accept(&open(7).claim()).unwrap(), Accepted::Same);
}
