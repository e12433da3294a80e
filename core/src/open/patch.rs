//! Apply a verified pack into its final, not yet named folder (formats 5.7; architecture 2).
//!
//! In: [`Verified`] content of kind `pack`, the [`Base`] it was made for. Out: [`Unpacked`]: exactly the signed files are there, and
//! nothing else. May touch: that folder, the base to read. Keeps: I3 (the root digest of what is there is the signed one), I10
//! (heap for the codec, a few buffers and the lists).
//!
//! After an error the folder may hold some of the files; nothing names it, and sweep removes it (I2).

use super::archive::Window;
use super::base::{Base, no_such_file};
use super::copier::{Content, Copier, Owner};
use super::progress::Watch;
use super::progress::{Pace, Progress};
use super::tree::{self, Kind, Node};
use super::unpack::{Unpacked, make_folders};
use super::verify::Verified;
use crate::edge::ports::{Fs, Shared, Write};
use crate::model::bundle::{FileEntry, FileList};
use crate::model::limits::{Limits, MAX_FILE_LIST, within};
use crate::model::path::BundlePath;
use crate::model::{Code, Digest, Error, Result};
use aloft_pack::{Expected, File, Form, Pack, Source};
use sha2::Digest as _;
use std::io;
use std::path::{Path, PathBuf};

/// Apply into `dir`, whose parent is there and which is empty or not there. Without a `base` only a whole pack can be applied. Blocks.
///
/// # Errors
/// `pack_malformed`, `archive_…` and `index_missing` for a list that formats 5.5 refuses, `base_damaged`, `too_large`, `decrypt_failed`,
/// `root_mismatch`, `cancelled`, storage errors (`no_space`).
pub fn patch(
    fs: &dyn Fs,
    verified: Verified,
    mut base: Option<Base>,
    dir: &Path,
    limits: &Limits,
    watch: Watch<'_>,
) -> Result<Unpacked> {
    let Verified { content, path, release } = verified;
    let entry = release.entry();
    entry.check_size(limits)?;
    let mut input = Window::new(&*content);
    input.show(0..content.len().map_err(|error| super::failure("read", &path, error))?);
    let there = base.as_ref().map(Base::list).unwrap_or_default();
    let expected = Expected { files: entry.files, size: entry.size };
    let pack = Pack::open(input, &there, expected).map_err(|error| failure(&path, error))?;
    drop(there);
    if base.is_none() != (pack.form() == Form::Whole) {
        return Err(failure(&path, aloft_pack::Error::Malformed("its form is not that of its artifact")));
    }
    let targets = targets(pack.files())?;
    make_tree(fs, dir, &targets)?;

    let progress = Progress::begin(watch, entry.size);
    let thread = progress.telling();
    let mut copier = Copier::new(fs, &thread);
    let mut files = Files { fs, dir, pace: &thread, targets, found: Vec::new(), writing: None };
    files.found.resize(files.targets.len(), None);
    pack.unpack(&mut Bytes { base: base.as_mut(), copier: &mut copier }, &mut files)
        .map_err(|error| failure(&path, error))?;
    files.fill(base.as_mut(), &mut copier)?;
    let unpacked = Unpacked::prove(dir, files.list()?, release)?;
    progress.end();
    Ok(unpacked)
}

/// What the codec ends with; what our side of it said comes back as it was.
fn failure(path: &Path, error: aloft_pack::Error) -> Error {
    use aloft_pack::Error as E;
    match error {
        E::Input(source) | E::Base { source, .. } => super::failure("read", path, source),
        E::Sink(source) => super::failure("write", path, source),
        other => Error::unsafe_archive(Code::PackMalformed, other.to_string()),
    }
}

/// A file of the target.
#[derive(Clone)]
struct Target {
    path: BundlePath,
    size: u64,
    source: Source,
}

impl Node for Target {
    fn path(&self) -> &BundlePath {
        &self.path
    }

    fn kind(&self) -> Kind {
        Kind::File
    }

    fn size(&self) -> u64 {
        self.size
    }
}

fn targets(files: &[File]) -> Result<Vec<Target>> {
    let names = files.iter().fold(0, |sum, file| sum + file.path.len() as u64);
    within("the names in the pack, in bytes,", MAX_FILE_LIST, names)?;
    let target = |file: &File| {
        let refused = |why| Error::unsafe_archive(Code::ArchivePath, format!("{}: {why}", file.path.escape_debug()));
        Ok(Target { path: file.path.parse().map_err(refused)?, size: file.size, source: file.source })
    };
    files.iter().map(target).collect()
}

fn make_tree(fs: &dyn Fs, dir: &Path, targets: &[Target]) -> Result<()> {
    let mut nodes = targets.to_vec();
    tree::check(&mut nodes)?;
    make_folders(fs, dir, &nodes)
}

/// The base as the codec reads it.
struct Bytes<'a, 'b> {
    base: Option<&'a mut Base>,
    copier: &'a mut Copier<'b>,
}

impl aloft_pack::Base for Bytes<'_, '_> {
    fn read(&mut self, file: usize, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let base = self.base.as_mut().ok_or_else(|| io::Error::other(no_such_file()))?;
        base.read(self.copier, file, offset, buffer).map_err(io::Error::other)
    }
}

/// The bundle as it comes to be.
struct Files<'a> {
    fs: &'a dyn Fs,
    dir: &'a Path,
    pace: &'a Pace<'a>,
    targets: Vec<Target>,
    /// What is there of each target.
    found: Vec<Option<Content>>,
    writing: Option<Writing>,
}

/// The file that the codec gives.
struct Writing {
    n: usize,
    path: PathBuf,
    file: Box<dyn Write>,
    size: u64,
    sha256: sha2::Sha256,
}

impl Files<'_> {
    /// Bring here what is not new: from the base, or from new files that have it too.
    fn fill(&mut self, mut base: Option<&mut Base>, copier: &mut Copier<'_>) -> Result<()> {
        for n in 0..self.targets.len() {
            let (to, source) = self.target(n)?;
            let content = match (source, &mut base) {
                (Source::New, _) => continue,
                (Source::Base(file), Some(base)) => base.give(copier, file, &to)?,
                (Source::Base(_), None) => return Err(no_such_file()),
                (Source::Target(first), _) => self.repeat(copier, first, &to)?,
            };
            self.keep(n, content);
            self.pace.moved(content.size)?;
        }
        Ok(())
    }

    /// Put the new file `first` at `to` as well.
    fn repeat(&self, copier: &mut Copier<'_>, first: usize, to: &Path) -> Result<Content> {
        let there = self.found.get(first).copied().flatten().ok_or_else(no_such_file)?;
        let (from, _) = self.target(first)?;
        if copier.share(&from, to, Owner::Us)? == Shared::Yes {
            return Ok(there);
        }
        let failed = |source| Error::storage("read", &from, source);
        let file = self.fs.open(&from).map_err(failed)?;
        let mut at = 0;
        let mut read = |buffer: &mut [u8]| {
            let read = file.read_at(at, buffer).map_err(failed)?;
            at += read as u64;
            Ok(read)
        };
        copier.read(&mut read, Some(to))
    }

    fn target(&self, n: usize) -> Result<(PathBuf, Source)> {
        let Target { path, source, .. } = self.targets.get(n).ok_or_else(no_such_file)?;
        Ok((self.dir.join(path.as_str()), *source))
    }

    fn keep(&mut self, n: usize, content: Content) {
        self.found.iter_mut().skip(n).take(1).for_each(|found| *found = Some(content));
    }

    /// Every file, by what was written.
    fn list(self) -> Result<FileList> {
        let files = self.targets.into_iter().zip(self.found).map(|(Target { path, .. }, found)| {
            let missing = || Error::unsafe_archive(Code::PackMalformed, format!("{path} did not come"));
            let Content { size, sha256 } = found.ok_or_else(missing)?;
            Ok(FileEntry { path, size, sha256 })
        });
        files.collect::<Result<Vec<_>>>().map(FileList::from)
    }
}

impl aloft_pack::Sink for Files<'_> {
    fn begin(&mut self, n: usize) -> io::Result<()> {
        let (path, _) = self.target(n).map_err(io::Error::other)?;
        let file = self.fs.create(&path).map_err(|source| io::Error::other(Error::storage("create", &path, source)))?;
        self.writing = Some(Writing { n, path, file, size: 0, sha256: sha2::Sha256::new() });
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(Writing { path, file, size, sha256, .. }) = &mut self.writing {
            sha256.update(bytes);
            *size += bytes.len() as u64;
            file.write_all(bytes).map_err(|source| io::Error::other(Error::storage("write", &*path, source)))?;
        }
        self.pace.moved(bytes.len() as u64).map_err(io::Error::other)
    }

    fn end(&mut self) -> io::Result<()> {
        if let Some(Writing { n, size, sha256, .. }) = self.writing.take() {
            self.keep(n, Content { size, sha256: Digest::new(sha256.finalize().into()) });
        }
        Ok(())
    }
}
