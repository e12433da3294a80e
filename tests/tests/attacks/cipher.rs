//! Artifacts whose digest is signed, but which are not what was encrypted for this app (formats 7).

use aloft_core::model::bundle::FileList;
use aloft_core::model::config::EncryptionKey;
use aloft_core::model::{Code, Digest};
use aloft_tests::forge::{Forge, Part};
use aloft_tests::install::{artifact, encrypt, install, key, list, on_disk, release};
use std::path::Path;

/// A bundle of three segments, so that they can be cut and reordered.
fn bundle() -> (Vec<u8>, FileList) {
    let noise: Vec<u8> = (0..150_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let files = [("index.html", &b"<!doctype html>"[..]), ("noise.bin", &noise)];
    (Forge::new(files.map(|(name, content)| Part::stored(name, content))).bytes(), list(&files))
}

/// What installing these bytes ends with, signed as they are.
fn ends(folder: &Path, bytes: &[u8], files: &FileList, keys: &[EncryptionKey]) -> Option<Code> {
    let artifact = artifact(bytes.len() as u64, Digest::of(bytes), Some(&key(1)));
    std::fs::write(folder.join(artifact.sha256.to_string()), bytes).unwrap();
    install(folder, &release(files, artifact), keys).err().map(|error| error.code())
}

#[test]
fn an_encrypted_archive_becomes_its_files_with_any_of_several_keys() {
    let folder = tempfile::tempdir().unwrap();
    let (zip, files) = bundle();
    assert_eq!(ends(folder.path(), &encrypt(&zip, &key(1)), &files, &[key(2), key(1)]), None);
    assert_eq!(on_disk(&folder.path().join("bundle")), files);
}

#[test]
fn i3_a_ciphertext_cut_reordered_extended_or_of_another_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (zip, files) = bundle();
    let sealed = encrypt(&zip, &key(1));
    let mut swapped = sealed.clone();
    swapped[..131_072].rotate_left(65_536);
    for (what, bytes) in [
        ("a byte short", &sealed[..sealed.len() - 1]),
        ("a segment short", &sealed[..131_072]),
        ("the header alone", &sealed[..40]),
        ("extended", &[&sealed[..], &[0; 20]].concat()),
        ("a segment twice", &[&sealed[..131_072], &sealed[65_536..]].concat()),
        ("reordered", &swapped),
        ("of another key", &encrypt(&zip, &key(2))),
        ("not encrypted at all", &zip),
    ] {
        assert_eq!(ends(folder.path(), bytes, &files, &[key(1)]), Some(Code::DecryptFailed), "{what}");
    }
    assert_eq!(ends(folder.path(), &sealed, &files, &[key(2)]), Some(Code::KeyUnknown));
    assert_eq!(ends(folder.path(), &sealed, &files, &[]), Some(Code::KeyUnknown));
}

#[test]
fn i3_a_ciphertext_with_any_byte_flipped_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let files = list(&[("index.html", b"<!doctype html>")]);
    let sealed = encrypt(&Forge::new([Part::stored("index.html", b"<!doctype html>")]).bytes(), &key(1));
    for at in 0..sealed.len() {
        let mut flipped = sealed.clone();
        flipped[at] ^= 1;
        assert_eq!(ends(folder.path(), &flipped, &files, &[key(1)]), Some(Code::DecryptFailed), "byte {at}");
    }
}
