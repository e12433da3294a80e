//! Unpack a verified archive into its final, not yet named folder (formats 8; architecture 2).
//!
//! In: [`Verified`] content, an empty place for the files. Out: [`Unpacked`]: exactly the signed files are there, and nothing
//! else. May touch: that folder, threads that end before the call returns. Keeps: I3 (the root digest of what was
//! written is the signed one), I10 (heap for a few buffers and the list of files; actual bytes are counted).
//!
//! After an error the folder may hold some of the files; nothing names it, and sweep removes it (I2).

use super::Release;
use super::archive::{Archive, Entry, Expected};
use super::extract::Extractor;
use super::progress::{Pace, Progress, Watch, cancelled};
use super::tree::{self, Kind, Node};
use super::verify::Verified;
use crate::edge::ports::Fs;
use crate::model::bundle::{FileEntry, FileList};
use crate::model::limits::{Limits, MAX_FILES, within};
use crate::model::{Code, Digest, Error, Result};
use std::cmp::Reverse;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread;

/// Threads that unpack. 4: more would wait for the disk, and each has half a megabyte of buffers.
const THREADS: usize = 4;
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
    /// `files` are what was written to `dir`. Are they the signed ones (I3)?
    pub(super) fn prove(dir: &Path, files: FileList, release: Release) -> Result<Self> {
        let signed = release.entry().root;
        if files.root() != signed {
            let detail = format!("the files have the root digest {}, {signed} is signed", files.root());
            return Err(Error::corrupt(Code::RootMismatch, detail));
        }
        Ok(Self { dir: dir.to_owned(), files, release })
    }

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

/// Unpack into `dir`, whose parent is there and which is empty or not there. Blocks; uses all cores, up to 4.
///
/// # Errors
/// `archive_…` and `index_missing` for what formats 8 refuses, `too_large`, `decrypt_failed`, `root_mismatch`, `cancelled`,
/// storage errors (`no_space`).
pub fn unpack(fs: &dyn Fs, verified: Verified, dir: &Path, limits: &Limits, watch: Watch<'_>) -> Result<Unpacked> {
    let Verified { content, path, release } = verified;
    let entry = release.entry();
    let expected = Expected { files: entry.files, size: entry.size };
    entry.check_size(limits)?;
    let archive = Archive::read(&*content, expected).map_err(|error| super::failure("read", &path, error))?;
    make_folders(fs, dir, &archive.entries)?;

    let work = Work {
        entries: &archive.entries,
        order: order(&archive.entries),
        next: AtomicUsize::new(0),
        failed: AtomicBool::new(false),
        progress: Progress::begin(watch, expected.size),
    };
    let digests = work.share(|| Extractor::new(fs, &*content, &path, dir))?;
    let unpacked = Unpacked::prove(dir, list(&archive.entries, digests), release)?;
    work.progress.end();
    Ok(unpacked)
}

/// Make `dir`, which must be empty if it is there, and each folder above a file of the sorted `nodes`.
pub(super) fn make_folders<N: Node>(fs: &dyn Fs, dir: &Path, nodes: &[N]) -> Result<()> {
    within("folders in the bundle", MAX_FILES, tree::folders(nodes).take(MAX_FILES as usize + 1).count() as u64)?;
    let make = |path: &Path| fs.create_dir(path).map_err(|source| Error::storage("create", path, source));
    make(dir)?;
    if !fs.list(dir).map_err(|source| Error::storage("list", dir, source))?.is_empty() {
        return Err(Error::storage("unpack into", dir, io::ErrorKind::DirectoryNotEmpty.into()));
    }
    tree::folders(nodes).try_for_each(|folder| make(&dir.join(folder)))
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
    progress: Progress<'a>,
}

impl Work<'_> {
    /// The index and digest of every file. With the first error of the threads, in their order.
    fn share<'a>(&self, extractor: impl Fn() -> Extractor<'a> + Sync) -> Result<Vec<(usize, Digest)>> {
        let threads = thread::available_parallelism().map_or(1, usize::from).min(THREADS).min(self.entries.len());
        thread::scope(|scope| {
            let start = |_| {
                let run = || self.run(extractor(), &self.progress.silent());
                thread::Builder::new().spawn_scoped(scope, run).ok() // without it the others do its share
            };
            let others: Vec<_> = (1..threads).filter_map(start).collect();
            let mut digests = self.run(extractor(), &self.progress.telling());
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

    /// Unpack what is left, until all is given out.
    fn run(&self, mut extractor: Extractor<'_>, pace: &Pace<'_>) -> Result<Vec<(usize, Digest)>> {
        let mut moved = |bytes: u64| {
            pace.moved(bytes)?;
            if self.failed.load(Relaxed) { Err(cancelled()) } else { Ok(()) }
        };
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
}
