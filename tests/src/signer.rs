//! Signs documents for tests, also wrong ones: the publisher's tools only make right ones.
//!
//! In: documents. Out: envelopes. May touch: nothing. Keeps: nothing.

use aloft_core::model::config::{Config, EncryptionKey, KeyId, Trust};
use aloft_core::model::document::{
    ChannelDocument, Date, IndexDocument, IndexEntry, Otherwise, ReleaseEntry, payload_type,
};
use aloft_core::open::envelope::{Envelope, pae};
use base64::Engine as _;
use ed25519_dalek::{Signer as _, SigningKey};
use serde::Serialize;

/// The app of every test.
pub const APP: &str = "com.example.app";

/// A private key made of one byte.
pub fn private(byte: u8) -> SigningKey {
    SigningKey::from_bytes(&[byte; 32])
}

/// Its public key, as a config writes it.
pub fn public(key: &SigningKey) -> String {
    format!("ed25519:{}", base64::engine::general_purpose::STANDARD.encode(key.verifying_key().to_bytes()))
}

/// An encryption key, as a config writes it.
pub fn secret(key: &EncryptionKey) -> String {
    format!("aes256:{}", base64::engine::general_purpose::STANDARD.encode(key.bytes))
}

/// A config that trusts `keys`, one of them being enough.
pub fn trusting(keys: &[&SigningKey]) -> Config {
    let mut config = Config::new(APP);
    config.signing_keys = Some(keys.iter().map(|key| public(key)).collect());
    config
}

/// The trust of such a config.
pub fn trust(keys: &[&SigningKey]) -> Trust {
    trusting(keys).trust().unwrap()
}

/// `payload` in an envelope that `keys` signed.
pub fn envelope(kind: &str, payload: &[u8], keys: &[&SigningKey]) -> Vec<u8> {
    let message = pae(kind, payload);
    let sign = |envelope: Envelope, key: &&SigningKey| {
        let id = KeyId::of(&key.verifying_key().to_bytes());
        envelope.signed(id, &key.sign(&message).to_bytes())
    };
    serde_json::to_vec(&keys.iter().fold(Envelope::new(kind, payload), sign)).unwrap()
}

/// A document in an envelope of its kind that `keys` signed.
pub fn sign(kind: &str, document: &impl Serialize, keys: &[&SigningKey]) -> Vec<u8> {
    envelope(kind, &serde_json::to_vec(document).unwrap(), keys)
}

/// A channel document for everybody.
pub fn channel(counter: u64, releases: Vec<ReleaseEntry>) -> ChannelDocument {
    ChannelDocument {
        schema: 1,
        app: APP.to_owned(),
        channel: "production".to_owned(),
        trust: 1,
        counter,
        issued: Date(1_795_132_800),
        expires: None,
        releases,
        withdrawn: Vec::new(),
        otherwise: Otherwise::Keep,
    }
}

/// An index of that channel alone.
pub fn index(counter: u64) -> IndexDocument {
    let entry = IndexEntry { name: "production".to_owned(), counter, public: true, allow_device_to_set: true };
    IndexDocument {
        schema: 1,
        app: APP.to_owned(),
        trust: 1,
        counter,
        issued: Date(1_795_132_800),
        channels: vec![entry],
    }
}

/// A channel document in its envelope.
pub fn signed_channel(document: &ChannelDocument, keys: &[&SigningKey]) -> Vec<u8> {
    sign(payload_type::CHANNEL, document, keys)
}
