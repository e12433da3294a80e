//! The real disk, failing where a test says so.
//!
//! In: the calls of the `Fs` port, and a rule. Out: what the disk answers, or the rule's error. May touch: what `DiskFs` may.
//! Keeps: that a call which the rule refuses touches nothing.

use aloft_core::edge::fs::DiskFs;
use aloft_core::edge::ports::{Fs, Kind, Lock, LockKind, ReadAt, Shared, Stat, Write};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// What a call would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Learn something.
    Read,
    /// Need space: make a file or a folder, or write bytes.
    Write,
    /// Give a file's content to another name without a copy; a rule's error says that this disk cannot.
    Share,
    /// Change something without needing space: remove, rename, flush, or open a lock.
    Change,
}

type Rule = dyn Fn(Call, &Path) -> Option<ErrorKind> + Send + Sync;

/// A disk; clones fail alike.
#[derive(Clone, Default)]
pub struct FaultFs(Arc<Mutex<Option<Arc<Rule>>>>);

impl FaultFs {
    /// From here on calls fail as the rule says.
    pub fn fail(&self, rule: impl Fn(Call, &Path) -> Option<ErrorKind> + Send + Sync + 'static) {
        *self.0.lock().unwrap() = Some(Arc::new(rule));
    }

    /// From here on nothing fails.
    pub fn heal(&self) {
        *self.0.lock().unwrap() = None;
    }

    fn ask(&self, call: Call, path: &Path) -> io::Result<()> {
        let rule = self.0.lock().unwrap().clone();
        rule.and_then(|rule| rule(call, path)).map_or(Ok(()), |kind| Err(kind.into()))
    }

    fn writer(&self, path: &Path, inner: Box<dyn Write>) -> Box<dyn Write> {
        Box::new(Writer { fs: self.clone(), path: path.to_owned(), inner })
    }
}

impl Fs for FaultFs {
    fn read(&self, path: &Path, cap: u64) -> io::Result<Vec<u8>> {
        self.ask(Call::Read, path)?;
        DiskFs.read(path, cap)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn ReadAt>> {
        self.ask(Call::Read, path)?;
        DiskFs.open(path)
    }

    fn write_at(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.ask(Call::Write, path)?;
        DiskFs.write_at(path, offset, bytes)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Write>> {
        self.ask(Call::Write, path)?;
        Ok(self.writer(path, DiskFs.create(path)?))
    }

    fn append(&self, path: &Path, offset: u64) -> io::Result<Box<dyn Write>> {
        self.ask(Call::Write, path)?;
        Ok(self.writer(path, DiskFs.append(path, offset)?))
    }

    fn stat(&self, path: &Path) -> io::Result<Option<Stat>> {
        self.ask(Call::Read, path)?;
        DiskFs.stat(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        self.ask(Call::Read, dir)?;
        DiskFs.list(dir)
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        let there = DiskFs.stat(path)?.is_some_and(|stat| stat.kind == Kind::Dir);
        if !there {
            self.ask(Call::Write, path)?; // as `mkdir` on a disk that takes no writes: what is there is there
        }
        DiskFs.create_dir(path)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.ask(Call::Change, path)?;
        DiskFs.remove_file(path)
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        self.ask(Call::Change, path)?;
        DiskFs.remove_dir(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.ask(Call::Change, to)?;
        DiskFs.rename(from, to)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<Shared> {
        if self.ask(Call::Share, to).is_err() { Ok(Shared::No) } else { DiskFs.link(from, to) }
    }

    fn clone_file(&self, from: &Path, to: &Path) -> io::Result<Shared> {
        if self.ask(Call::Share, to).is_err() { Ok(Shared::No) } else { DiskFs.clone_file(from, to) }
    }

    fn flush_batch(&self, files: &[PathBuf], dirs: &[PathBuf]) -> io::Result<()> {
        files.iter().chain(dirs).try_for_each(|path| self.ask(Call::Change, path))?;
        DiskFs.flush_batch(files, dirs)
    }

    fn lock(&self, path: &Path, kind: LockKind, wait: u64) -> io::Result<Option<Lock>> {
        self.ask(Call::Change, path)?;
        DiskFs.lock(path, kind, wait)
    }

    fn free_space(&self, path: &Path) -> io::Result<u64> {
        DiskFs.free_space(path)
    }
}

struct Writer {
    fs: FaultFs,
    path: PathBuf,
    inner: Box<dyn Write>,
}

impl Write for Writer {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.fs.ask(Call::Write, &self.path)?;
        self.inner.write_all(bytes)
    }
}
