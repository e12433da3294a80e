use super::*;
use crate::model::config::SigningKey as TrustedKey;
use crate::model::document::payload_type::CHANNEL;
use ed25519_dalek::{Signer as _, SigningKey, Verifier as _, VerifyingKey};

pub(crate) fn signing_key(fill: u8) -> SigningKey {
    SigningKey::from_bytes(&[fill; 32])
}

pub(crate) fn trust(keys: &[VerifyingKey], threshold: usize) -> Trust {
    let keys = keys.iter().map(|key| TrustedKey { id: KeyId::of(key.as_bytes()), key: *key }).collect();
    Trust { version: 1, keys, threshold }
}

pub(crate) fn seal(payload_type: &str, payload: &[u8], keys: &[SigningKey]) -> Vec<u8> {
    let message = pae(payload_type, payload);
    let envelope = keys.iter().fold(Envelope::new(payload_type, payload), |envelope, key| {
        envelope.signed(KeyId::of(key.verifying_key().as_bytes()), &key.sign(&message).to_bytes())
    });
    serde_json::to_vec(&envelope).unwrap()
}

#[test]
fn the_encoding_is_that_of_the_dsse_protocol() {
    assert_eq!(
        pae("http://example.com/HelloWorld", b"hello world"),
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    );
    assert_eq!(pae("é", b""), "DSSEv1 2 é 0 ".as_bytes());
}

#[test]
fn what_is_written_is_what_is_read() {
    let key = signing_key(7);
    let bytes = seal(CHANNEL, b"any bytes \xff", std::slice::from_ref(&key));
    let envelope: Envelope = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(envelope.payload_type, CHANNEL);
    assert!(String::from_utf8(bytes.clone()).unwrap().contains("\"payloadType\""));
    assert_eq!(verify(&bytes, CHANNEL, &trust(&[key.verifying_key()], 1)).unwrap().payload, b"any bytes \xff");
}

#[test]
fn i3_a_weak_key_signs_nothing() {
    // For the neutral element as key, R = neutral and S = 0 verify over every message.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let weak = VerifyingKey::from_bytes(&neutral).unwrap();
    let mut forged = [0; 64];
    forged[..32].copy_from_slice(&neutral);
    assert!(weak.verify(b"anything", &forged.into()).is_ok());
    let bytes = serde_json::to_vec(&Envelope::new(CHANNEL, b"{}").signed(KeyId::of(&neutral), &forged)).unwrap();
    assert_eq!(verify(&bytes, CHANNEL, &trust(&[weak], 1)).unwrap_err().code(), Code::SignatureInvalid);
}

#[test]
fn i3_a_key_counts_once_however_often_it_is_trusted() {
    let (key, other) = (signing_key(7), signing_key(8));
    let bytes = seal(CHANNEL, b"{}", &[key.clone(), key.clone()]);
    let listed_twice = trust(&[key.verifying_key(), other.verifying_key(), key.verifying_key()], 2);
    assert_eq!(verify(&bytes, CHANNEL, &listed_twice).unwrap_err().code(), Code::TooFewSignatures);
}

#[test]
fn i3_a_threshold_of_nobody_or_a_trust_without_keys_opens_nothing() {
    let key = signing_key(7);
    let unsigned = seal(CHANNEL, b"{}", &[]);
    let signed = seal(CHANNEL, b"{}", std::slice::from_ref(&key));
    let nobody = trust(&[key.verifying_key()], 0);
    assert_eq!(verify(&unsigned, CHANNEL, &nobody).unwrap_err().code(), Code::SignatureMissing);
    assert!(verify(&signed, CHANNEL, &nobody).is_ok());
    assert_eq!(verify(&signed, CHANNEL, &trust(&[], 0)).unwrap_err().code(), Code::SignatureInvalid);
}

#[test]
fn i10_a_document_over_1_mib_is_not_parsed() {
    let key = signing_key(7);
    let mut bytes = seal(CHANNEL, b"{}", std::slice::from_ref(&key));
    bytes.resize(MAX_DOCUMENT as usize, b' ');
    let trust = trust(&[key.verifying_key()], 1);
    assert!(verify(&bytes, CHANNEL, &trust).is_ok());
    bytes.push(b' ');
    assert_eq!(verify(&bytes, CHANNEL, &trust).unwrap_err().code(), Code::TooLarge);
}

#[test]
fn i3_no_mutation_of_an_envelope_gives_another_payload() {
    let key = signing_key(7);
    let payload = br#"{"schema":1,"app":"a"}"#;
    let good = seal(CHANNEL, payload, std::slice::from_ref(&key));
    let trust = trust(&[key.verifying_key()], 1);
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below as u64) as usize
    };
    let mut refused = 0;
    for _ in 0..20_000 {
        let mut bytes = good.clone();
        for _ in 0..=next(3) {
            let at = next(bytes.len());
            match next(4) {
                0 => bytes[at] ^= 1 << next(8),
                1 => bytes[at] = next(256) as u8,
                2 => drop(bytes.remove(at)),
                _ => bytes.insert(at, b"{}[]\",:=-_A0\\ "[next(14)]),
            }
        }
        match verify(&bytes, CHANNEL, &trust) {
            Ok(found) => assert_eq!(found.payload, payload, "{}", String::from_utf8_lossy(&bytes)),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 15_000, "{refused}");
    for cut in 0..good.len() {
        assert!(verify(&good[..cut], CHANNEL, &trust).is_err());
    }
}
