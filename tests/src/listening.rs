//! The real disk, listing what it is asked.
//!
//! In: the calls of the `Fs` port. Out: what the disk answers, and the list. May touch: what `DiskFs` may.
//! Keeps: that every call is in the list, in its order.

use aloft_core::edge::fs::DiskFs;
use aloft_core::edge::ports::{Fs, Lock, LockKind, ReadAt, Shared, Stat, Write};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Such a disk; clones write into one list. Syncs are left out: nothing here is about power.
#[derive(Clone, Default)]
pub struct Listening(Arc<Mutex<Vec<String>>>);

impl Listening {
    /// The calls since the last time, each as its name and the file's.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    fn hear(&self, call: &str, path: &Path) {
        self.0.lock().unwrap().push(format!("{call} {}", path.file_name().unwrap_or_default().display()));
    }
}

impl Fs for Listening {
    fn read(&self, path: &Path, cap: u64) -> io::Result<Vec<u8>> {
        self.hear("read", path);
        DiskFs.read(path, cap)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn ReadAt>> {
        self.hear("open", path);
        DiskFs.open(path)
    }

    fn write_at(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.hear("write", path);
        DiskFs.write_at(path, offset, bytes)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Write>> {
        self.hear("create", path);
        DiskFs.create(path)
    }

    fn append(&self, path: &Path, offset: u64) -> io::Result<Box<dyn Write>> {
        self.hear("append", path);
        DiskFs.append(path, offset)
    }

    fn stat(&self, path: &Path) -> io::Result<Option<Stat>> {
        self.hear("stat", path);
        DiskFs.stat(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        self.hear("list", dir);
        DiskFs.list(dir)
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.hear("create_dir", path);
        DiskFs.create_dir(path)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.hear("remove_file", path);
        DiskFs.remove_file(path)
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        self.hear("remove_dir", path);
        DiskFs.remove_dir(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.hear("rename", from);
        DiskFs.rename(from, to)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<Shared> {
        self.hear("link", from);
        DiskFs.link(from, to)
    }

    fn clone_file(&self, from: &Path, to: &Path) -> io::Result<Shared> {
        self.hear("clone", from);
        DiskFs.clone_file(from, to)
    }

    fn flush_batch(&self, files: &[PathBuf], dirs: &[PathBuf]) -> io::Result<()> {
        files.iter().chain(dirs).for_each(|path| self.hear("sync", path));
        Ok(())
    }

    fn lock(&self, path: &Path, kind: LockKind, wait: u64) -> io::Result<Option<Lock>> {
        self.hear("lock", path);
        DiskFs.lock(path, kind, wait)
    }

    fn free_space(&self, path: &Path) -> io::Result<u64> {
        self.hear("free_space", path);
        DiskFs.free_space(path)
    }
}
