use super::*;
use crate::bundle::{Bundle, Selection, describe};
use ::zip::{CompressionMethod, ZipArchive};
use aloft_core::edge::ports::ReadAt;
use aloft_core::model::Digest;
use aloft_core::open::cipher::Plain;
use indicatif::ProgressBar;
use std::io::Read as _;

fn bundle() -> (tempfile::TempDir, Bundle) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<p>hello</p>".repeat(1000)).unwrap();
    std::fs::write(folder.path().join("ünï.bin"), keys::random::<2000>().unwrap()).unwrap();
    std::fs::write(folder.path().join("empty"), "").unwrap();
    let bundle = describe(folder.path(), &Selection::default(), &ProgressBar::hidden()).unwrap();
    (folder, bundle)
}

fn zipped(bundle: &Bundle, key: Option<&EncryptionKey>) -> Vec<u8> {
    let plain = zip::zip(bundle, &ProgressBar::hidden()).unwrap();
    let mut made = seal(plain, zip::KIND, None, "app", key).unwrap();
    let mut bytes = Vec::new();
    made.file.read_to_end(&mut bytes).unwrap();
    assert_eq!((bytes.len() as u64, Digest::of(&bytes)), (made.artifact.size, made.artifact.sha256));
    bytes
}

#[test]
fn the_same_bundle_gives_the_same_zip_and_never_the_same_ciphertext() {
    let (_folder, bundle) = bundle();
    let key = EncryptionKey { id: aloft_core::model::config::KeyId::of(&[1; 32]), bytes: [1; 32] };
    assert_eq!(zipped(&bundle, None), zipped(&bundle, None));
    assert_ne!(zipped(&bundle, Some(&key)), zipped(&bundle, Some(&key)));
}

#[test]
fn what_does_not_shrink_is_stored() {
    let (_folder, bundle) = bundle();
    let mut archive = ZipArchive::new(zip::zip(&bundle, &ProgressBar::hidden()).unwrap()).unwrap();
    assert_eq!(archive.by_name("index.html").unwrap().compression(), CompressionMethod::Deflated);
    assert_eq!(archive.by_name("ünï.bin").unwrap().compression(), CompressionMethod::Stored);
    assert_eq!(archive.by_name("empty").unwrap().compression(), CompressionMethod::Stored);
}

#[test]
fn a_device_with_the_key_reads_the_zip_and_another_app_does_not() {
    struct Memory(Vec<u8>);
    impl ReadAt for Memory {
        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.get(offset as usize..).unwrap_or_default().read(buffer)
        }
        fn len(&self) -> io::Result<u64> {
            Ok(self.0.len() as u64)
        }
    }
    let (_folder, bundle) = bundle();
    let key = EncryptionKey { id: aloft_core::model::config::KeyId::of(&[1; 32]), bytes: [1; 32] };
    let expected = zipped(&bundle, None);
    let sealed = zipped(&bundle, Some(&key));
    let open = |app| Plain::open(Box::new(Memory(sealed.clone())), &key, &associated_data(app, zip::KIND));
    let (plain, mut read) = (open("app").unwrap(), vec![0; expected.len()]);
    assert_eq!(plain.len().unwrap(), expected.len() as u64);
    let mut at = 0;
    while at < read.len() {
        at += plain.read_at(at as u64, &mut read[at..]).unwrap();
    }
    assert_eq!(read, expected);
    assert!(open("other").is_err());
}

#[test]
fn a_file_that_changes_while_it_is_packed_is_noticed() {
    let (folder, bundle) = bundle();
    std::fs::write(folder.path().join("empty"), "no more").unwrap();
    let failure = zip::zip(&bundle, &ProgressBar::hidden()).unwrap_err();
    assert_eq!(failure.code, "bundle_changed");
}
