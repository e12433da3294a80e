//! How much heap an install takes at its peak: at most 16 MiB and the list of files, whatever the bundle (formats 10).
//!
//! One test at a time, since the heap is the process's; the heavy one is run by name, in release.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(unsafe_code)] // an allocator that counts

use aloft_core::edge::fs::DiskFs;
use aloft_core::model::bundle::{FileEntry, FileList};
use aloft_core::model::{Code, Digest};
use aloft_core::open::Base;
use aloft_core::open::cipher::{Encryptor, associated_data};
use aloft_tests::forge::{Forge, Part};
use aloft_tests::install::{artifact, install, install_pack, key, list, release};
use aloft_tests::packs;
use aloft_tests::signer::APP;
use sha2::Digest as _;
use std::alloc::{GlobalAlloc, Layout, System};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use zip::write::{SimpleFileOptions, ZipWriter};

struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static ALONE: Mutex<()> = Mutex::new(());

#[global_allocator]
static HEAP: Counting = Counting;

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        PEAK.fetch_max(HELD.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// The most that `call` held at once beyond what was held before.
fn peak<T>(call: impl FnOnce() -> T) -> (usize, T) {
    let before = HELD.load(Relaxed);
    PEAK.store(before, Relaxed);
    let result = call();
    (PEAK.load(Relaxed) - before, result)
}

/// What a list of files weighs: its names, and 100 bytes for each size, digest and place.
fn weight(files: &FileList) -> usize {
    files.entries().iter().map(|file| file.path.as_str().len() + 100).sum()
}

const LIMIT: usize = 16 << 20;
const MIB: usize = 1 << 20;

/// A file that knows its digest and size.
struct Hashed {
    file: std::fs::File,
    sha256: sha2::Sha256,
    size: u64,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_all(bytes)?;
        self.sha256.update(bytes);
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Bytes that do not deflate.
fn noise(seed: u64, buffer: &mut [u8]) {
    let mut state = seed | 1;
    for chunk in buffer.chunks_mut(8) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        chunk.copy_from_slice(&state.to_le_bytes()[..chunk.len()]);
    }
}

/// An encrypted, streamed archive in `folder`: one file of half of `mib`, and files of one MiB for the other half.
fn publish(folder: &Path, mib: usize) -> (FileList, aloft_core::model::document::Artifact) {
    let place = folder.join("made");
    let file = Hashed { file: std::fs::File::create(&place).unwrap(), sha256: sha2::Sha256::new(), size: 0 };
    let sealed = Encryptor::new(file, &key(1), &associated_data(APP, "zip"), [1; 32], [2; 7]).unwrap();
    let mut zip = ZipWriter::new_stream(sealed);
    let mut files = Vec::new();
    let mut add = |path: &str, options: SimpleFileOptions, mib: usize| {
        zip.start_file(path, options).unwrap();
        let mut sha256 = sha2::Sha256::new();
        let mut piece = vec![0; MIB];
        for n in 0..mib {
            noise((path.len() * 1000 + n) as u64, &mut piece);
            zip.write_all(&piece).unwrap();
            sha256.update(&piece);
        }
        let sha256 = Digest::new(sha256.finalize().into());
        files.push(FileEntry { path: path.parse().unwrap(), size: (mib * MIB) as u64, sha256 });
    };
    let options = SimpleFileOptions::default();
    add("index.html", options.compression_method(zip::CompressionMethod::Stored), mib / 2);
    for n in 0..mib / 2 {
        add(&format!("assets/{n}.bin"), options.compression_level(Some(1)), 1);
    }
    let hashed = zip.finish().unwrap().into_inner().finish().unwrap();
    let artifact = artifact(hashed.size, Digest::new(hashed.sha256.finalize().into()), Some(&key(1)));
    std::fs::rename(place, folder.join(artifact.sha256.to_string())).unwrap();
    (FileList::from(files), artifact)
}

fn installing_takes_little(mib: usize) {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().unwrap();
    let (files, artifact) = publish(folder.path(), mib);
    let entry = release(&files, artifact);
    let (heap, installed) = peak(|| install(folder.path(), &entry, &[key(1)]));
    installed.unwrap();
    println!("{mib} MiB encrypted: {heap} bytes of heap");
    assert!(heap <= LIMIT + weight(&files), "{heap} bytes of heap for {mib} MiB");
}

#[test]
fn i10_installing_64_mib_takes_at_most_16_mib_of_heap() {
    installing_takes_little(64);
}

#[test]
#[ignore = "heavy: 3 GiB of disk; run in release"]
fn i10_installing_1_gib_takes_at_most_16_mib_of_heap() {
    installing_takes_little(1020); // and what an archive adds stays within the limit of an artifact
}

#[test]
fn i10_the_most_and_longest_names_take_their_list_and_16_mib() {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<_> = (0..19_999).map(|n| format!("{}/{n:05}{}", n % 50, "x".repeat(240))).collect();
    let files: Vec<_> =
        names.iter().map(|name| (name.as_str(), &b"1"[..])).chain([("index.html", &b"1"[..])]).collect();
    let zip = Forge::new(files.iter().map(|(name, content)| Part::stored(name, content))).bytes();
    let files = list(&files);
    let entry = write(folder.path(), &zip, &files);
    let (heap, installed) = peak(|| install(folder.path(), &entry, &[]));
    installed.unwrap();
    println!("20,000 files: {heap} bytes of heap for a list of {}", weight(&files));
    assert!(heap <= LIMIT + weight(&files), "{heap} bytes of heap");
}

#[test]
fn i10_a_million_entries_are_refused_with_little_heap() {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().unwrap();
    let files = list(&[("index.html", b"")]);
    let mut zip = Forge::new((0..1_000_000).map(|n| Part::stored(&format!("{n}"), b""))).bytes();
    // An end record counts to 65,535; the second count is the most that is believed of a release of one file.
    for (count, expected) in [(u16::MAX, Code::ArchiveFiles), (20_001, Code::ArchiveUnaccounted)] {
        let counts = zip.len() - 14;
        zip[counts..counts + 4].copy_from_slice(&[count.to_le_bytes(), count.to_le_bytes()].concat());
        let entry = write(folder.path(), &zip, &files);
        let (heap, installed) = peak(|| install(folder.path(), &entry, &[]));
        assert_eq!(installed.unwrap_err().code(), expected);
        assert!(heap <= 4 * MIB, "{heap} bytes of heap");
    }
}

/// Two bundles of `mib` each: half of it stays, in the other half every file is renamed and changed.
fn changing(mib: usize) -> [packs::Files; 2] {
    let file = |n: usize| {
        let mut content = vec![0; MIB];
        noise(n as u64 + 77, &mut content);
        for byte in &mut content {
            *byte = b"0123456789abcdef (){}=;,.\nvar const let"[usize::from(*byte) % 38];
        }
        content
    };
    [1_u8, 2].map(|version| {
        let mut files = vec![("index.html".to_owned(), vec![version])];
        for n in 0..mib {
            let mut content = file(n);
            if n % 2 == 0 {
                content[MIB / 2] = version;
                files.push((format!("assets/{n}-{version}{version}c0ffee.js"), content));
            } else {
                files.push((format!("assets/{n}.js"), content));
            }
        }
        files
    })
}

/// Apply a pack in `folder`, with or without a base; the heap that took.
fn applying(folder: &Path, base: Option<&packs::Files>, target: &packs::Files, at: Option<Base>) -> usize {
    let bytes = base.map_or_else(|| packs::whole(target), |base| packs::delta(base, target));
    let (artifact, bytes) = packs::sent_secretly("pack", &bytes, base, &key(1));
    std::fs::write(folder.join(artifact.sha256.to_string()), &bytes).unwrap();
    let entry = release(&packs::list_of(target), artifact);
    let (heap, installed) = peak(|| install_pack(folder, &entry, &[key(1)], at));
    installed.unwrap();
    heap
}

#[test]
fn i10_applying_a_pack_takes_at_most_16_mib_of_heap_and_the_lists() {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = changing(10);
    let lists = 3 * weight(&packs::list_of(&one));
    let heap = applying(folder.path(), None, &one, None);
    println!("a whole pack of 10 MiB: {heap} bytes of heap");
    assert!(heap <= LIMIT + lists, "{heap} bytes of heap");

    let kept = folder.path().join("kept");
    std::fs::rename(folder.path().join("bundle"), &kept).unwrap();
    let heap = applying(folder.path(), Some(&one), &two, Some(Base::kept(packs::list_of(&one), kept)));
    println!("a pack against a kept bundle of 10 MiB: {heap} bytes of heap");
    assert!(heap <= LIMIT + lists, "{heap} bytes of heap");

    let parts = one.iter().map(|(path, content)| Part::deflated(&format!("assets/public/{path}"), content));
    let (apk, scratch) = (folder.path().join("base.apk"), folder.path().join("scratch"));
    std::fs::write(&apk, Forge::new(parts).bytes()).unwrap();
    let base = Base::builtin(&DiskFs, packs::list_of(&one), &[apk], &scratch).unwrap();
    let heap = applying(folder.path(), Some(&one), &two, Some(base));
    println!("a pack against a deflated package of 10 MiB: {heap} bytes of heap");
    assert!(heap <= LIMIT + lists, "{heap} bytes of heap");
    // Only what was copied from, not what is the same.
    assert_eq!(std::fs::read_dir(scratch).unwrap().count(), 6);
}

/// Lay `zip` down as downloaded.
fn write(folder: &Path, zip: &[u8], files: &FileList) -> aloft_core::model::document::ReleaseEntry {
    let artifact = artifact(zip.len() as u64, Digest::of(zip), None);
    std::fs::write(folder.join(artifact.sha256.to_string()), zip).unwrap();
    release(files, artifact)
}
