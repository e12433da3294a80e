//! Signatures agree with openssl both ways, over the bytes that DSSE says are signed (formats 3).

use aloft_core::model::Code;
use aloft_core::model::config::{Config, KeyId};
use aloft_core::open::envelope::{Envelope, pae, verify};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::{EncodePublicKey as _, KeypairBytes, spki::der::pem::LineEnding};
use ed25519_dalek::{Signer as _, SigningKey};
use std::path::Path;
use std::process::Command;

const TYPE: &str = "application/vnd.aloft.channel+json";
const PAYLOAD: &[u8] = b"{\"schema\":1,\"app\":\"com.example.app\"}\n";

fn openssl(dir: &Path, arguments: &str) {
    let output = Command::new("openssl")
        .current_dir(dir)
        .args(arguments.split(' '))
        .output()
        .expect("openssl has to be installed for this test");
    assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

fn trusting(public: &[u8; 32]) -> Config {
    let mut config = Config::new("com.example.app");
    config.signing_keys = Some(vec![format!("ed25519:{}", STANDARD.encode(public))]);
    config
}

#[test]
fn what_openssl_signs_verifies_here() {
    let dir = tempfile::tempdir().unwrap();
    openssl(dir.path(), "genpkey -algorithm ed25519 -out key.pem");
    openssl(dir.path(), "pkey -in key.pem -pubout -outform DER -out key.der");
    std::fs::write(dir.path().join("message"), pae(TYPE, PAYLOAD)).unwrap();
    openssl(dir.path(), "pkeyutl -sign -rawin -inkey key.pem -in message -out signature");

    let spki = std::fs::read(dir.path().join("key.der")).unwrap();
    let public: [u8; 32] = spki[spki.len() - 32..].try_into().unwrap(); // RFC 8410: the key ends the structure
    let signature: [u8; 64] = std::fs::read(dir.path().join("signature")).unwrap().try_into().unwrap();
    let bytes = serde_json::to_vec(&Envelope::new(TYPE, PAYLOAD).signed(KeyId::of(&public), &signature)).unwrap();
    let trust = trusting(&public).trust().unwrap();
    assert_eq!(verify(&bytes, TYPE, &trust).unwrap().payload, PAYLOAD);

    let other = serde_json::to_vec(&Envelope::new(TYPE, b"{}").signed(KeyId::of(&public), &signature)).unwrap();
    assert_eq!(verify(&other, TYPE, &trust).unwrap_err().code(), Code::SignatureInvalid);
}

#[test]
fn what_is_signed_here_verifies_with_openssl() {
    let dir = tempfile::tempdir().unwrap();
    let key = SigningKey::from_bytes(&[42; 32]);
    let public = key.verifying_key();
    let signature = key.sign(&pae(TYPE, PAYLOAD)).to_bytes();
    std::fs::write(dir.path().join("message"), pae(TYPE, PAYLOAD)).unwrap();
    std::fs::write(dir.path().join("signature"), signature).unwrap();
    std::fs::write(dir.path().join("key.pem"), public.to_public_key_pem(LineEnding::LF).unwrap()).unwrap();
    openssl(dir.path(), "pkeyutl -verify -rawin -pubin -inkey key.pem -in message -sigfile signature");
}

#[test]
fn openssl_signs_the_same_with_a_private_key_written_here() {
    use ed25519_dalek::pkcs8::EncodePrivateKey as _;
    let dir = tempfile::tempdir().unwrap();
    let key = SigningKey::from_bytes(&[42; 32]);
    // Version 1 of PKCS#8, without the public key: openssl before 3.5 reads no other (formats 2).
    let version_1 = KeypairBytes { secret_key: key.to_bytes(), public_key: None };
    std::fs::write(dir.path().join("key.pem"), version_1.to_pkcs8_pem(LineEnding::LF).unwrap()).unwrap();
    std::fs::write(dir.path().join("message"), pae(TYPE, PAYLOAD)).unwrap();
    openssl(dir.path(), "pkeyutl -sign -rawin -inkey key.pem -in message -out signature");
    let theirs = std::fs::read(dir.path().join("signature")).unwrap();
    assert_eq!(theirs, key.sign(&pae(TYPE, PAYLOAD)).to_bytes());
}
