//! Unpacking as its caller sees it: where it may write, how it tells of progress, how it ends.

use aloft_core::edge::fs::DiskFs;
use aloft_core::edge::ports::{Notice, Observer, Silent};
use aloft_core::model::bundle::FileList;
use aloft_core::model::limits::Limits;
use aloft_core::model::{Code, Digest};
use aloft_core::open::{Unpacked, Verified, Watch, unpack, verify};
use aloft_core::testing::FakeSystem;
use aloft_tests::forge::{Forge, Part};
use aloft_tests::install::{artifact, downloaded, list, on_disk, release, signed};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

const FILES: [(&str, &[u8]); 3] = [("index.html", b"<!doctype html>"), ("a/b/c.js", &[b'x'; 2 << 20]), ("a/d.js", b"")];

fn files() -> FileList {
    list(&FILES)
}

fn verified(folder: &Path) -> Verified {
    let zip = Forge::new(FILES.map(|(name, content)| Part::deflated(name, content))).bytes();
    let artifact = artifact(zip.len() as u64, Digest::of(&zip), None);
    std::fs::write(folder.join(artifact.sha256.to_string()), zip).unwrap();
    let download = downloaded(folder, artifact.sha256);
    verify(&DiskFs, download, signed(release(&files(), artifact.clone())), &artifact, &[]).unwrap()
}

fn unpacked(folder: &Path, limits: Limits, observer: &dyn Observer, cancel: bool) -> Result<Unpacked, Code> {
    let (system, cancel) = (FakeSystem::new(1), AtomicBool::new(cancel));
    let watch = Watch { system: &system, observer, cancel: &cancel };
    let result = unpack(&DiskFs, verified(folder), &folder.join("bundle"), &limits, watch);
    result.map_err(|error| error.code())
}

#[test]
fn the_folder_may_be_there_but_must_be_empty() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("bundle");
    std::fs::create_dir(&bundle).unwrap();
    let done = unpacked(folder.path(), Limits::default(), &Silent, false).unwrap();
    assert_eq!((done.dir(), done.files(), on_disk(&bundle)), (&*bundle, &files(), files()));
    assert_eq!(done.release().entry().root, files().root());
    // What was there would be served without being in the root.
    let again = unpacked(folder.path(), Limits::default(), &Silent, false);
    assert_eq!(again.err(), Some(Code::StorageWrite));
}

#[test]
fn i10_lowered_limits_hold() {
    let folder = tempfile::tempdir().unwrap();
    for limits in [Limits { files: 2, ..Limits::default() }, Limits { bundle: 2 << 20, ..Limits::default() }] {
        assert_eq!(unpacked(folder.path(), limits, &Silent, false).err(), Some(Code::TooLarge));
    }
    assert!(!folder.path().join("bundle").exists());
}

#[test]
fn a_cancelled_call_ends_as_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(unpacked(folder.path(), Limits::default(), &Silent, true).err(), Some(Code::Cancelled));
}

/// Keeps what it is told, and then does something.
struct Listener<'a> {
    told: Mutex<Vec<(u64, u64)>>,
    then: &'a (dyn Fn() + Sync),
}

impl Observer for Listener<'_> {
    fn notice(&self, notice: &Notice) {
        if let Notice::Progress { phase: "unpack", done, total } = notice {
            self.told.lock().unwrap().push((*done, *total));
            (self.then)();
        }
    }
}

#[test]
fn progress_is_told_first_and_last_and_at_most_ten_times_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let size = files().size();
    let listener = Listener { told: Mutex::default(), then: &|| {} };
    unpacked(folder.path(), Limits::default(), &listener, false).unwrap();
    // The clock stands still.
    assert_eq!(listener.told.into_inner().unwrap(), [(0, size), (size, size)]);
}

#[test]
fn a_call_is_cancelled_while_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let (system, cancel) = (FakeSystem::new(1), AtomicBool::new(false));
    let listener = Listener { told: Mutex::default(), then: &|| cancel.store(true, Relaxed) };
    let watch = Watch { system: &system, observer: &listener, cancel: &cancel };
    let result = unpack(&DiskFs, verified(folder.path()), &folder.path().join("bundle"), &Limits::default(), watch);
    assert_eq!(result.err().map(|error| error.code()), Some(Code::Cancelled));
}

#[test]
fn i3_an_artifact_that_the_release_does_not_name_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let zip = Forge::new(FILES.map(|(name, content)| Part::stored(name, content))).bytes();
    let theirs = artifact(zip.len() as u64, Digest::of(&zip), None);
    std::fs::write(folder.path().join(theirs.sha256.to_string()), zip).unwrap();
    let signed = signed(release(&files(), artifact(1, Digest::of(b"1"), None)));
    let result = verify(&DiskFs, downloaded(folder.path(), theirs.sha256), signed, &theirs, &[]);
    assert_eq!(result.err().map(|error| error.code()), Some(Code::DigestMismatch));
}
