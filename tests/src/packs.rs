//! Packs for tests, made by the publisher's own code, of bundles that change as bundlers change them.
//!
//! In: bundles in memory. Out: packs and artifacts. May touch: memory. Keeps: nothing.

use crate::forge::{Forge, Part};
use crate::install::{encrypt_as, key, list};
use crate::signer;
use crate::story::{BEGIN, Device, Site, next_shown};
use aloft_core::edge::ports::{Fs, Notice, Observer};
use aloft_core::model::bundle::FileList;
use aloft_core::model::config::EncryptionKey;
use aloft_core::model::document::{Artifact, Cipher};
use aloft_core::model::{Digest, Result, RootDigest};
use aloft_core::testing::CrashFs;
use aloft_core::updater::{Asked, UpdateStatus, Updated};
use aloft_pack::make::{self, Tree, TreeFile};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Files of a bundle: path and content.
pub type Files = Vec<(String, Vec<u8>)>;

/// A bundle of version `n`: a script that another release renames and changes in two places, a picture that stays, two files that
/// are new and alike, and one that only this version has.
pub fn bundle(n: u32) -> Files {
    let hash = |part: u32| format!("{:08x}", (n * 7919 + part).wrapping_mul(2_654_435_761));
    let script: String = (0..4000)
        .map(|line| match line {
            40 | 3000 => format!("const changed{line} = 'in {n}, {}';\n", hash(line)),
            _ => format!("export function line{line}(a) {{ return a + {} }}\n", line * line % 977),
        })
        .collect();
    let file = |path: &str, content: Vec<u8>| (path.to_owned(), content);
    vec![
        file("index.html", format!("<script src=assets/main-{}.js></script>", hash(1)).into_bytes()),
        file(&format!("assets/main-{}.js", hash(1)), script.into_bytes()),
        file("assets/picture.png", (0..100_000_u32).map(|at| (at.wrapping_mul(at) >> 7) as u8).collect()),
        file("assets/style.css", b"body { color: teal }".to_vec()),
        file("lang/de.json", format!("{{\"version\": {n}}}").into_bytes()),
        file("lang/en.json", format!("{{\"version\": {n}}}").into_bytes()),
        file(&format!("only/{n}.txt"), Vec::new()),
    ]
}

/// The list of these files.
pub fn list_of(files: &Files) -> FileList {
    list(&files.iter().map(|(path, content)| (path.as_str(), content.as_slice())).collect::<Vec<_>>())
}

/// What names them.
pub fn root_of(files: &Files) -> RootDigest {
    list_of(files).root()
}

/// A pack that needs `base`.
pub fn delta(base: &Files, target: &Files) -> Vec<u8> {
    let mut pack = Vec::new();
    make::delta(&Held::new(base), &Held::new(target), &mut pack, &|_, _| {}).unwrap();
    pack
}

/// A pack that needs nothing.
pub fn whole(target: &Files) -> Vec<u8> {
    let mut pack = Vec::new();
    make::whole(&Held::new(target), &mut pack, &|_, _| {}).unwrap();
    pack
}

/// A zip of these files.
pub fn zip(files: &Files) -> Vec<u8> {
    Forge::new(files.iter().map(|(path, content)| Part::deflated(path, content))).bytes()
}

/// The artifact of these bytes, to be published.
pub fn sent(kind: &str, bytes: Vec<u8>, base: Option<&Files>) -> (Artifact, Vec<u8>) {
    let (size, sha256) = (bytes.len() as u64, Digest::of(&bytes));
    (Artifact { kind: kind.to_owned(), size, sha256, cipher: None, base: base.map(root_of) }, bytes)
}

/// The same, encrypted.
pub fn sent_secretly(kind: &str, bytes: &[u8], base: Option<&Files>, key: &EncryptionKey) -> (Artifact, Vec<u8>) {
    let (artifact, bytes) = sent(kind, encrypt_as(kind, bytes, key), base);
    (Artifact { cipher: Some(Cipher { key: key.id }), ..artifact }, bytes)
}

/// A device on a disk in memory that runs bundle 1, confirmed.
pub fn device() -> (CrashFs, Site, Device) {
    let (fs, site) = (CrashFs::default(), Site::default());
    fs.set_time(BEGIN); // or downloads are too old to be kept
    let device = on(fs.clone(), Path::new("/app/data"), &site);
    (fs, site, device)
}

/// Such a device on this disk.
pub fn on(fs: impl Fs + 'static, root: &Path, site: &Site) -> Device {
    let mut device = Device::new(fs, root, site);
    device.config.encryption_keys = vec![signer::secret(&key(9))];
    site.publish_artifacts("1", &list_of(&bundle(1)), vec![sent("zip", zip(&bundle(1)), None)]);
    device.page().0.update(Asked::ByHand).unwrap();
    device.confirmed();
    device
}

/// Bundle 2, through bundle 1.
pub fn pack_of_2() -> (Artifact, Vec<u8>) {
    sent("pack", delta(&bundle(1), &bundle(2)), Some(&bundle(1)))
}

/// Bundle 2.
pub fn zip_of_2() -> (Artifact, Vec<u8>) {
    sent("zip", zip(&bundle(2)), None)
}

/// Bytes that came for what is staged.
pub fn downloaded(updated: Result<Updated>) -> u64 {
    match updated.unwrap().status {
        UpdateStatus::Staged { downloaded, .. } => downloaded,
        other => panic!("{other:?}"),
    }
}

/// Update; what is staged is bundle 2, whole. Bytes that came.
pub fn arrives(device: &mut Device) -> u64 {
    let bytes = downloaded(device.page().0.update(Asked::ByHand));
    device.assert_whole("after the update");
    assert_eq!(next_shown(device), "2");
    let state = device.state().unwrap();
    assert_eq!(state.record(&state.slots.current()).unwrap().root, root_of(&bundle(2)));
    bytes
}

/// Listen to the device's log from here on.
pub fn lines(device: &mut Device) -> Arc<Log> {
    let log = Arc::new(Log::default());
    device.observer = log.clone();
    log
}

/// Keeps the log.
#[derive(Default)]
pub struct Log(Mutex<Vec<String>>);

impl Observer for Log {
    fn notice(&self, notice: &Notice) {
        if let Notice::Log { line } = notice {
            self.0.lock().unwrap().push(line.clone());
        }
    }
}

impl Log {
    /// Panics unless a line has all of these words.
    pub fn says(&self, words: &[&str]) {
        let lines = self.0.lock().unwrap();
        assert!(lines.iter().any(|line| words.iter().all(|word| line.contains(word))), "{words:?} in {lines:?}");
    }
}

/// A bundle as the maker of packs reads it.
struct Held {
    list: Vec<TreeFile>,
    contents: Vec<Vec<u8>>,
}

impl Held {
    fn new(files: &Files) -> Self {
        let mut files = files.clone();
        files.sort();
        let entry = |(path, content): &(String, Vec<u8>)| TreeFile {
            path: path.clone(),
            size: content.len() as u64,
            sha256: *Digest::of(content).bytes(),
        };
        Self {
            list: files.iter().map(entry).collect(),
            contents: files.into_iter().map(|(_, content)| content).collect(),
        }
    }
}

impl Tree for Held {
    fn files(&self) -> &[TreeFile] {
        &self.list
    }

    fn read(&self, file: usize, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let from = offset as usize;
        buffer.copy_from_slice(&self.contents[file][from..from + buffer.len()]);
        Ok(())
    }
}
