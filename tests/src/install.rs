//! The arrow from bytes to files, for tests: publish an archive as a signed release of one artifact, then open it.
//!
//! In: an archive and what its release says. Out: what the core makes of it. May touch: a folder of the test's own.
//! Keeps: nothing.

use crate::signer::{self, APP};
use aloft_core::edge::fs::DiskFs;
use aloft_core::edge::ports::{Fs, ReadAt, Silent};
use aloft_core::edge::system::Os;
use aloft_core::fetch::{Downloaded, Network, Partial, Wanted, download};
use aloft_core::model::bundle::{FileEntry, FileList};
use aloft_core::model::config::{EncryptionKey, KeyId, Timing};
use aloft_core::model::document::{Artifact, Cipher, Priority, ReleaseEntry};
use aloft_core::model::limits::Limits;
use aloft_core::model::{Digest, Result};
use aloft_core::open::cipher::{Encryptor, associated_data};
use aloft_core::open::{Base, Channel, Release, Unpacked, Verified, Watch, patch, unpack, verify};
use aloft_core::testing::ScriptedTransport;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// A key made of one byte.
pub fn key(byte: u8) -> EncryptionKey {
    let bytes = [byte; 32];
    EncryptionKey { id: KeyId::of(&bytes), bytes }
}

/// `content` encrypted for an artifact of kind zip.
pub fn encrypt(content: &[u8], key: &EncryptionKey) -> Vec<u8> {
    encrypt_as("zip", content, key)
}

/// `content` encrypted for an artifact of this kind.
pub fn encrypt_as(kind: &str, content: &[u8], key: &EncryptionKey) -> Vec<u8> {
    let mut encryptor = Encryptor::new(Vec::new(), key, &associated_data(APP, kind), [7; 32], [8; 7]).unwrap();
    encryptor.write_all(content).unwrap();
    encryptor.finish().unwrap()
}

/// The list of these files.
pub fn list(files: &[(&str, &[u8])]) -> FileList {
    let entry = |(path, content): &(&str, &[u8])| FileEntry {
        path: path.parse().unwrap(),
        size: content.len() as u64,
        sha256: Digest::of(content),
    };
    FileList::from(files.iter().map(entry).collect::<Vec<_>>())
}

/// A zip artifact.
pub fn artifact(size: u64, sha256: Digest, key: Option<&EncryptionKey>) -> Artifact {
    Artifact { kind: "zip".to_owned(), size, sha256, cipher: key.map(|key| Cipher { key: key.id }), base: None }
}

/// A release of `files`, sent as `artifact`.
pub fn release(files: &FileList, artifact: Artifact) -> ReleaseEntry {
    ReleaseEntry {
        version: "1.0.0".parse().unwrap(),
        created: 1,
        root: files.root(),
        files: files.entries().len() as u64,
        size: files.size(),
        artifacts: vec![artifact],
        rollout: None,
        requires: None,
        audience: None,
        over_builtin: false,
        retry: 0,
        priority: Priority::Background,
    }
}

/// A trusted key signed `entry`.
pub fn signed(entry: ReleaseEntry) -> Release {
    let key = signer::private(1);
    let bytes = signer::signed_channel(&signer::channel(1, vec![entry]), &[&key]);
    Channel::open(&bytes, APP, "production", &signer::trust(&[&key])).unwrap().release(0).unwrap()
}

/// The file of `folder` that a download of this digest has completed.
pub fn downloaded(folder: &Path, sha256: Digest) -> Downloaded {
    let size = DiskFs.stat(&folder.join(sha256.to_string())).unwrap().expect("the download is there").len;
    let transport = ScriptedTransport::script([]);
    let network = Network { transport: &transport, system: &Os::default(), timing: &Timing::default() };
    let wanted = Wanted { url: "https://example.com/", size };
    download(network, &DiskFs, &Silent, wanted, &Partial::new(folder, sha256)).unwrap()
}

/// Verify and unpack what lies in `folder` under its digest, into `folder/bundle`, which is removed first.
pub fn install(folder: &Path, entry: &ReleaseEntry, keys: &[EncryptionKey]) -> Result<Unpacked> {
    let artifact = &entry.artifacts[0];
    let download = downloaded(folder, artifact.sha256);
    let verified = verify(&DiskFs, download, signed(entry.clone()), artifact, keys)?;
    unpack_fresh(verified, &folder.join("bundle"))
}

/// Verify and apply the pack that lies in `folder` under its digest, into `folder/bundle`, which is removed first.
pub fn install_pack(
    folder: &Path,
    entry: &ReleaseEntry,
    keys: &[EncryptionKey],
    base: Option<Base>,
) -> Result<Unpacked> {
    let artifact = &entry.artifacts[0];
    let verified = verify(&DiskFs, downloaded(folder, artifact.sha256), signed(entry.clone()), artifact, keys)?;
    let (dir, system, cancel) = (folder.join("bundle"), Os::default(), AtomicBool::new(false));
    DiskFs.remove_dir(&dir).unwrap();
    let watch = Watch { system: &system, observer: &Silent, cancel: &cancel };
    patch(&DiskFs, verified, base, &dir, &Limits::default(), watch)
}

/// Unpack into `dir`, which is removed first.
pub fn unpack_fresh(verified: Verified, dir: &Path) -> Result<Unpacked> {
    DiskFs.remove_dir(dir).unwrap();
    let (system, cancel) = (Os::default(), AtomicBool::new(false));
    let watch = Watch { system: &system, observer: &Silent, cancel: &cancel };
    unpack(&DiskFs, verified, dir, &Limits::default(), watch)
}

/// Install the archive `zip` in `folder` as a release of `files`.
pub fn install_zip(folder: &Path, zip: &[u8], files: &FileList) -> Result<Unpacked> {
    let artifact = artifact(zip.len() as u64, Digest::of(zip), None);
    std::fs::write(folder.join(artifact.sha256.to_string()), zip).unwrap();
    let installed = install(folder, &release(files, artifact.clone()), &[]);
    DiskFs.remove_file(&folder.join(artifact.sha256.to_string())).unwrap();
    installed
}

/// The files below `dir`, as they are on the disk.
pub fn on_disk(dir: &Path) -> FileList {
    let (mut files, mut folders) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let content = std::fs::read(&path).unwrap();
            let path = path.strip_prefix(dir).unwrap().to_str().unwrap().replace('\\', "/");
            files.push(FileEntry {
                path: path.parse().unwrap(),
                size: content.len() as u64,
                sha256: Digest::of(&content),
            });
        }
    }
    FileList::from(files)
}

/// All of `content`.
pub fn read_all(content: &dyn ReadAt) -> Vec<u8> {
    let mut all = vec![0; content.len().unwrap() as usize];
    let mut at = 0;
    while at < all.len() {
        at += content.read_at(at as u64, &mut all[at..]).unwrap();
    }
    all
}
