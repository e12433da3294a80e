//! The real disk, as a file system shows it that knows no case: it finds a name in any case and lists it in another one.
//!
//! In: the calls of the `Fs` port below one folder. Out: what `DiskFs` answers for the same paths in lower case. May touch: that folder.
//! No such file system can be made on every machine that runs the tests.

use aloft_core::edge::fs::DiskFs;
use aloft_core::edge::ports::{Fs, Lock, LockKind, ReadAt, Shared, Stat, Write};
use std::io;
use std::path::{Path, PathBuf};

/// Such a disk below a folder.
#[derive(Debug, Clone)]
pub struct FoldingFs(PathBuf);

impl FoldingFs {
    /// Names below `folder` have no case.
    pub fn below(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    fn at(&self, path: &Path) -> PathBuf {
        let below = path.strip_prefix(&self.0).ok().and_then(Path::to_str);
        below.map_or_else(|| path.to_owned(), |below| self.0.join(below.to_ascii_lowercase()))
    }
}

impl Fs for FoldingFs {
    fn read(&self, path: &Path, cap: u64) -> io::Result<Vec<u8>> {
        DiskFs.read(&self.at(path), cap)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn ReadAt>> {
        DiskFs.open(&self.at(path))
    }

    fn write_at(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        DiskFs.write_at(&self.at(path), offset, bytes)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Write>> {
        DiskFs.create(&self.at(path))
    }

    fn append(&self, path: &Path, offset: u64) -> io::Result<Box<dyn Write>> {
        DiskFs.append(&self.at(path), offset)
    }

    fn stat(&self, path: &Path) -> io::Result<Option<Stat>> {
        DiskFs.stat(&self.at(path))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        Ok(DiskFs.list(&self.at(dir))?.iter().map(|name| name.to_ascii_uppercase()).collect())
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        DiskFs.create_dir(&self.at(path))
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        DiskFs.remove_file(&self.at(path))
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        DiskFs.remove_dir(&self.at(path))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        DiskFs.rename(&self.at(from), &self.at(to))
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<Shared> {
        DiskFs.link(&self.at(from), &self.at(to))
    }

    fn clone_file(&self, from: &Path, to: &Path) -> io::Result<Shared> {
        DiskFs.clone_file(&self.at(from), &self.at(to))
    }

    fn flush_batch(&self, files: &[PathBuf], dirs: &[PathBuf]) -> io::Result<()> {
        let at = |paths: &[PathBuf]| paths.iter().map(|path| self.at(path)).collect::<Vec<_>>();
        DiskFs.flush_batch(&at(files), &at(dirs))
    }

    fn lock(&self, path: &Path, kind: LockKind, wait: u64) -> io::Result<Option<Lock>> {
        DiskFs.lock(&self.at(path), kind, wait)
    }

    fn free_space(&self, path: &Path) -> io::Result<u64> {
        DiskFs.free_space(&self.at(path))
    }
}
