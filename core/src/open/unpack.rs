//! Unpack a verified archive into its final, not yet named folder (formats 8; architecture 2).
//!
//! In: [`Verified`] content, an empty place for the files. Out: [`Unpacked`]: exactly the signed files are there, and nothing
//! else. May touch: that folder, threads that end before the call returns. Keeps: I3 (the root digest of what was
//! written is the signed one), I10 (heap for a few buffers and the list of files; actual bytes are counted).
//!
//! After an error the folder may hold some of the files; nothing names it, and sweep removes it (I2).

use super::Release;
use super::archive::{Archive, Entry, Expected, Kind};
use super::extract::Extractor;
use super::verify::Verified;
use crate::edge::ports::{Fs, Notice, Observer, System};
use crate::model::bundle::{FileEntry, FileList};
use crate::model::limits::{Limits, MAX_FILES, within};
use crate::model::{Code, Digest, Error, Result};
use std::cmp::Reverse;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::thread;

/// Threads that unpack. 4: more would wait for the disk, and each has half a megabyte of buffers.
const THREADS: usize = 4;
/// Milliseconds between two notices of progress.
const PACE: u64 = 100;
/// Files from this size on are begun first, so that none of them is left for one thread at the end. The others follow as they
/// lie in the archive, so that neighbours share the segments they are decrypted in.
const LARGE: u64 = 1 << 20;

/// A folder that holds exactly the files of a signed release. Nothing names it yet and nothing in it is durable.
#[derive(Debug)]
pub struct Unpacked {
    dir: PathBuf,
    files: FileList,
    release: Release,
}

impl Unpacked {
    /// Where the files are.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The files.
    pub fn files(&self) -> &FileList {
        &self.files
    }

    /// The release they are.
    pub fn release(&self) -> &Release {
        &self.release
    }
}

/// How a caller follows a long call, and ends it.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Time, for the pace of notices.
    pub system: &'a dyn System,
    /// Told of progress in the thread of the caller: at the beginning, at most ten times a second, and at the end.
    pub observer: &'a dyn Observer,
    /// Set by another thread to end the call with `cancelled`, within the time that 256 KiB take.
    pub cancel: &'a AtomicBool,
}

/// Unpack into `dir`, whose parent is there and which is empty or not there. Blocks; uses all cores, up to 4.
///
/// # Errors
/// `archive_…` and `index_missing` for what formats 8 refuses, `too_large`, `decrypt_failed`, `root_mismatch`, `cancelled`,
/// storage errors (`no_space`).
pub fn unpack(fs: &dyn Fs, verified: Verified, dir: &Path, limits: &Limits, watch: Watch<'_>) -> Result<Unpacked> {
    let Verified { content, path, release } = verified;
    let entry = release.entry();
    let expected = Expected { files: entry.files, size: entry.size };
    limits.admit(entry)?;
    let archive = Archive::read(&*content, expected).map_err(|error| super::failure("read", &path, error))?;
    make_folders(fs, dir, &archive)?;

    let work = Work {
        entries: &archive.entries,
        order: order(&archive.entries),
        next: AtomicUsize::new(0),
        failed: AtomicBool::new(false),
        done: AtomicU64::new(0),
        total: expected.size,
        watch,
    };
    let digests = work.share(|| Extractor::new(fs, &*content, &path, dir))?;
    let files = list(&archive.entries, digests);
    if files.root() != entry.root {
        let detail = format!("the files have the root digest {}, {} is signed", files.root(), entry.root);
        return Err(Error::corrupt(Code::RootMismatch, detail));
    }
    work.tell(expected.size);
    Ok(Unpacked { dir: dir.to_owned(), files, release })
}

fn make_folders(fs: &dyn Fs, dir: &Path, archive: &Archive) -> Result<()> {
    within("folders in the bundle", MAX_FILES, archive.folders().take(MAX_FILES as usize + 1).count() as u64)?;
    let make = |path: &Path| fs.create_dir(path).map_err(|source| Error::storage("create", path, source));
    make(dir)?;
    if !fs.list(dir).map_err(|source| Error::storage("list", dir, source))?.is_empty() {
        return Err(Error::storage("unpack into", dir, io::ErrorKind::DirectoryNotEmpty.into()));
    }
    archive.folders().try_for_each(|folder| make(&dir.join(folder)))
}

/// In which order the entries are unpacked.
fn order(entries: &[Entry]) -> Vec<usize> {
    let mut order: Vec<_> = (0..entries.len()).collect();
    order.sort_unstable_by_key(|index| {
        let (size, start) = entries.get(*index).map_or((0, 0), |entry| (entry.size, entry.span.start));
        (Reverse(if size < LARGE { 0 } else { size }), start)
    });
    order
}

fn list(entries: &[Entry], digests: Vec<(usize, Digest)>) -> FileList {
    let files = digests.into_iter().filter_map(|(index, sha256)| {
        let entry = entries.get(index).filter(|entry| entry.kind == Kind::File)?;
        Some(FileEntry { path: entry.path.clone(), size: entry.size, sha256 })
    });
    FileList::from(files.collect::<Vec<_>>())
}

/// The entries, shared out to threads one by one.
struct Work<'a> {
    entries: &'a [Entry],
    order: Vec<usize>,
    /// Place in `order` of the next entry that nobody has.
    next: AtomicUsize,
    /// One thread failed; the others may stop.
    failed: AtomicBool,
    /// Bytes written.
    done: AtomicU64,
    total: u64,
    watch: Watch<'a>,
}

impl Work<'_> {
    /// The index and digest of every file. With the first error of the threads, in their order.
    fn share<'a>(&self, extractor: impl Fn() -> Extractor<'a> + Sync) -> Result<Vec<(usize, Digest)>> {
        self.tell(0);
        let due = self.watch.system.monotonic().saturating_add(PACE);
        let threads = thread::available_parallelism().map_or(1, usize::from).min(THREADS).min(self.entries.len());
        thread::scope(|scope| {
            let start = |_| {
                let run = || self.run(extractor(), u64::MAX);
                thread::Builder::new().spawn_scoped(scope, run).ok() // without it the others do its share
            };
            let others: Vec<_> = (1..threads).filter_map(start).collect();
            let mut digests = self.run(extractor(), due);
            for other in others {
                let more = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                digests = digests.and_then(|mut all| {
                    all.extend(more?);
                    Ok(all)
                });
            }
            digests
        })
    }

    /// Unpack what is left, until all is given out. Only the thread of the caller has a time at which telling is due.
    fn run(&self, mut extractor: Extractor<'_>, mut due: u64) -> Result<Vec<(usize, Digest)>> {
        let mut moved = |bytes: u64| self.moved(bytes, &mut due);
        let mut digests = Vec::new();
        while let Some(index) = self.order.get(self.next.fetch_add(1, Relaxed)) {
            let Some(entry) = self.entries.get(*index) else { continue };
            match moved(0).and_then(|()| extractor.extract(entry, &mut moved)) {
                Ok(digest) => digests.push((*index, digest)),
                Err(_) if self.failed.load(Relaxed) => break, // the thread that failed first says why
                Err(error) => {
                    self.failed.store(true, Relaxed);
                    return Err(error);
                }
            }
        }
        Ok(digests)
    }

    fn moved(&self, bytes: u64, due: &mut u64) -> Result<()> {
        let done = self.done.fetch_add(bytes, Relaxed) + bytes;
        if self.watch.cancel.load(Relaxed) || self.failed.load(Relaxed) {
            return Err(Error::Network { code: Code::Cancelled, phase: "unpacking", source: None });
        }
        let now = self.watch.system.monotonic();
        if now >= *due && done < self.total {
            *due = now.saturating_add(PACE);
            self.tell(done);
        }
        Ok(())
    }

    fn tell(&self, done: u64) {
        self.watch.observer.notice(&Notice::Progress { phase: "unpack", done, total: self.total });
    }
}
