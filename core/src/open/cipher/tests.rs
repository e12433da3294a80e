//! Round trips and every kind of damage; `tests/tests/interop/tink.rs` compares with Tink itself.

use super::*;
use std::io::Write as _;

struct Bytes(Vec<u8>);

impl ReadAt for Bytes {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        io::Read::read(&mut self.0.get(offset as usize..).unwrap_or_default(), buffer)
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }
}

fn key(byte: u8) -> EncryptionKey {
    let bytes = [byte; 32];
    EncryptionKey { id: crate::model::config::KeyId::of(&bytes), bytes }
}

fn content(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at % 251) as u8).collect()
}

fn encrypt(plain: &[u8]) -> Vec<u8> {
    let mut encryptor = Encryptor::new(Vec::new(), &key(1), "aloft/v1/app/zip", [2; 32], [3; 7]).unwrap();
    for piece in plain.chunks(10_007) {
        encryptor.write_all(piece).unwrap();
    }
    encryptor.finish().unwrap()
}

fn decrypt_with(bytes: &[u8], key: &EncryptionKey, associated: &str) -> Result<Vec<u8>, Code> {
    let read = || -> io::Result<Vec<u8>> {
        let plain = Plain::open(Box::new(Bytes(bytes.to_vec())), key, associated)?;
        let mut all = vec![0; plain.len()? as usize];
        read_exact_at(&plain, 0, &mut all)?;
        Ok(all)
    };
    read().map_err(|error| error.downcast::<Error>().unwrap().code())
}

fn decrypt(bytes: &[u8]) -> Result<Vec<u8>, Code> {
    decrypt_with(bytes, &key(1), "aloft/v1/app/zip")
}

const FIRST: usize = BODY - HEADER;

#[test]
fn every_length_around_a_segment_comes_back() {
    for len in [0, 1, FIRST - 1, FIRST, FIRST + 1, FIRST + BODY - 1, FIRST + BODY, FIRST + BODY + 1, 300_000] {
        let sealed = encrypt(&content(len));
        let segments = sealed.len().div_ceil(SEGMENT);
        assert_eq!(sealed.len(), len + HEADER + segments * TAG, "{len}");
        assert!(decrypt(&sealed).is_ok_and(|plain| plain == content(len)), "{len}");
    }
}

#[test]
fn any_place_can_be_read_in_any_order() {
    let plain = Plain::open(Box::new(Bytes(encrypt(&content(500_000)))), &key(1), "aloft/v1/app/zip").unwrap();
    for at in [499_999, 0, FIRST - 1, 65_520, 200_000, 1, 400_000, 130_000, 65_480] {
        let mut got = vec![0; 70_000.min(500_000 - at)];
        read_exact_at(&plain, at as u64, &mut got).unwrap();
        assert!(got == content(500_000)[at..at + got.len()], "{at}");
        assert!(plain.cache().len() <= CACHED);
    }
    assert_eq!(plain.read_at(500_000, &mut [0; 8]).unwrap(), 0);
}

#[test]
fn i3_a_cut_extended_or_reordered_ciphertext_is_refused() {
    let sealed = encrypt(&content(FIRST + 2 * BODY));
    for len in (0..200).chain(SEGMENT - 2..SEGMENT + 20).chain(2 * SEGMENT - 2..2 * SEGMENT + 20) {
        assert_eq!(decrypt(&sealed[..len]), Err(Code::DecryptFailed), "cut to {len}");
    }
    for more in [1, TAG, TAG + 1, SEGMENT] {
        let mut longer = sealed.clone();
        longer.resize(sealed.len() + more, 0);
        assert_eq!(decrypt(&longer), Err(Code::DecryptFailed), "extended by {more}");
    }
    let mut swapped = sealed.clone();
    swapped[SEGMENT..].rotate_left(SEGMENT);
    assert_eq!(decrypt(&swapped), Err(Code::DecryptFailed));
}

#[test]
fn i3_every_flipped_byte_is_refused() {
    let sealed = encrypt(&content(300));
    for at in 0..sealed.len() {
        let mut flipped = sealed.clone();
        flipped[at] ^= 1;
        assert_eq!(decrypt(&flipped), Err(Code::DecryptFailed), "byte {at}");
    }
}

#[test]
fn i3_another_key_app_or_kind_is_refused() {
    let sealed = encrypt(b"content");
    assert_eq!(decrypt_with(&sealed, &key(9), "aloft/v1/app/zip"), Err(Code::DecryptFailed));
    for associated in ["aloft/v1/other/zip", "aloft/v1/app/pack"] {
        assert_eq!(decrypt_with(&sealed, &key(1), associated), Err(Code::DecryptFailed));
    }
    assert_eq!(associated_data("app", "zip"), "aloft/v1/app/zip");
}
