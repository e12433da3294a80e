//! The `Fs` port on a real disk.
//!
//! In: absolute paths and bytes. Out: what the system answered. May touch: files, folders, file locks, free space.
//! Keeps: I1 (only plain files are opened, see `plain`), I2 (what `flush_batch` returns from survives a power cut), I10 (reads have a
//! cap, locks a waiting time).
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

mod plain;

use super::ports::{Fs, Kind, Lock, LockKind, ReadAt, Shared, Stat, Write};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, UNIX_EPOCH};

/// Files of this machine. Folders it makes are for this user only (0700).
#[derive(Debug, Clone, Copy, Default)]
pub struct DiskFs;

impl Fs for DiskFs {
    fn read(&self, path: &Path, cap: u64) -> io::Result<Vec<u8>> {
        let file = plain::read(path)?;
        if file.metadata()?.len() > cap {
            return Err(ErrorKind::FileTooLarge.into());
        }
        let mut bytes = Vec::new();
        file.take(cap.saturating_add(1)).read_to_end(&mut bytes)?;
        // It may have grown since it was measured.
        if bytes.len() as u64 > cap { Err(ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn ReadAt>> {
        Ok(Box::new(Reader(plain::read(path)?)))
    }

    fn write_at(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut file = plain::write(path)?;
        if offset > 0 {
            file.seek(SeekFrom::Start(offset))?;
        }
        file.write_all(bytes)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Write>> {
        Ok(Box::new(Writer(OpenOptions::new().write(true).create_new(true).open(path)?)))
    }

    fn append(&self, path: &Path, offset: u64) -> io::Result<Box<dyn Write>> {
        let mut file = plain::write(path)?;
        let len = file.metadata()?.len();
        if len < offset {
            return Err(io::Error::new(ErrorKind::InvalidInput, "the file is shorter than where to write on"));
        }
        if len > offset {
            file.set_len(offset)?;
        }
        file.seek(SeekFrom::Start(offset))?;
        Ok(Box::new(Writer(file)))
    }

    fn stat(&self, path: &Path) -> io::Result<Option<Stat>> {
        let Some(meta) = unless_absent(fs::symlink_metadata(path))? else { return Ok(None) };
        let kind = if meta.is_file() {
            Kind::File
        } else if meta.is_dir() {
            Kind::Dir
        } else {
            Kind::Other
        };
        let modified = meta.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Ok(Some(Stat { kind, len: meta.len(), modified, names: plain::names(&meta) }))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        if self.stat(dir)?.is_none_or(|stat| stat.kind != Kind::Dir) {
            return Ok(Vec::new());
        }
        let Some(entries) = unless_absent(fs::read_dir(dir))? else { return Ok(Vec::new()) };
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        match make_dir(path) {
            Err(e) if e.kind() == ErrorKind::AlreadyExists && fs::symlink_metadata(path)?.is_dir() => Ok(()),
            other => other,
        }
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        unless_absent(fs::remove_file(path)).map(|_| ())
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        match plain::remove_dir(path) {
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let renamed = fs::rename(from, to);
        if renamed.is_ok() || !fs::symlink_metadata(to).is_ok_and(|meta| meta.is_dir()) {
            return renamed;
        }
        plain::remove_dir(to)?; // a folder with the name of a file
        fs::rename(from, to)
    }

    /// Android denies it to apps; other systems where the volumes differ.
    fn link(&self, from: &Path, to: &Path) -> io::Result<Shared> {
        Ok(if fs::hard_link(from, to).is_ok() { Shared::Yes } else { Shared::No })
    }

    fn clone_file(&self, from: &Path, to: &Path) -> io::Result<Shared> {
        clone::file(from, to)
    }

    fn flush_batch(&self, files: &[PathBuf], dirs: &[PathBuf]) -> io::Result<()> {
        flush::batch(files, dirs)
    }

    fn lock(&self, path: &Path, kind: LockKind, wait: u64) -> io::Result<Option<Lock>> {
        let file = plain::lock(path)?;
        let give_up = Instant::now() + Duration::from_millis(wait);
        loop {
            if try_lock(&file, kind)? {
                return Ok(Some(Lock::new(file)));
            }
            let left = give_up.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            std::thread::sleep(left.min(Duration::from_millis(5))); // there is no lock call with a deadline
        }
    }

    #[cfg(unix)]
    fn free_space(&self, path: &Path) -> io::Result<u64> {
        let volume = rustix::fs::statvfs(path)?;
        Ok(volume.f_bavail.saturating_mul(volume.f_frsize))
    }

    /// Not known here: a write that does not fit says so itself.
    #[cfg(not(unix))]
    fn free_space(&self, _: &Path) -> io::Result<u64> {
        Ok(u64::MAX)
    }
}

#[cfg(unix)]
fn make_dir(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn make_dir(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

fn unless_absent<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(e) if plain::is_absence(&e) => Ok(None),
        Err(e) => Err(e),
    }
}

/// Is the lock held now? True as well where the system has no locks: that is not fatal (architecture 7).
#[cfg(unix)]
fn try_lock(file: &File, kind: LockKind) -> io::Result<bool> {
    use rustix::{fs::FlockOperation as Op, io::Errno};
    let operation = match kind {
        LockKind::Exclusive => Op::NonBlockingLockExclusive,
        LockKind::Shared => Op::NonBlockingLockShared,
    };
    match rustix::fs::flock(file, operation) {
        Ok(()) | Err(Errno::NOSYS | Errno::OPNOTSUPP | Errno::INVAL | Errno::NOLCK) => Ok(true),
        Err(Errno::WOULDBLOCK | Errno::INTR) => Ok(false),
        Err(errno) => Err(errno.into()),
    }
}

#[cfg(not(unix))]
fn try_lock(file: &File, kind: LockKind) -> io::Result<bool> {
    let answer = match kind {
        LockKind::Exclusive => file.try_lock(),
        LockKind::Shared => file.try_lock_shared(),
    };
    match answer {
        Ok(()) => Ok(true),
        Err(fs::TryLockError::WouldBlock) => Ok(false),
        Err(fs::TryLockError::Error(e)) if e.kind() == ErrorKind::Unsupported => Ok(true),
        Err(fs::TryLockError::Error(e)) => Err(e),
    }
}

struct Reader(File);

impl ReadAt for Reader {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        return std::os::unix::fs::FileExt::read_at(&self.0, buffer, offset);
        #[cfg(windows)]
        return std::os::windows::fs::FileExt::seek_read(&self.0, buffer, offset);
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }
}

struct Writer(File);

impl Write for Writer {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }
}

/// Linux, Android: on Btrfs, XFS and bcachefs.
#[cfg(any(target_os = "linux", target_os = "android"))]
mod clone {
    use super::{OpenOptions, Path, Shared, fs, io, plain};

    pub(super) fn file(from: &Path, to: &Path) -> io::Result<Shared> {
        let Ok(source) = plain::read(from) else { return Ok(Shared::No) };
        let Ok(target) = OpenOptions::new().write(true).create_new(true).open(to) else { return Ok(Shared::No) };
        match rustix::fs::ioctl_ficlone(&target, &source) {
            Ok(()) => Ok(Shared::Yes),
            Err(_) => fs::remove_file(to).map(|()| Shared::No),
        }
    }
}

/// Apple: on APFS.
#[cfg(target_vendor = "apple")]
mod clone {
    use super::{Path, Shared, io, plain};
    use rustix::fs::{CWD, CloneFlags, fclonefileat};

    pub(super) fn file(from: &Path, to: &Path) -> io::Result<Shared> {
        let Ok(source) = plain::read(from) else { return Ok(Shared::No) };
        Ok(if fclonefileat(source, CWD, to, CloneFlags::empty()).is_ok() { Shared::Yes } else { Shared::No })
    }
}

/// Elsewhere it is not asked for.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
mod clone {
    use super::{Path, Shared, io};

    pub(super) fn file(_: &Path, _: &Path) -> io::Result<Shared> {
        Ok(Shared::No)
    }
}

/// Linux, Android: `fdatasync` waits for the device, so several wait at once.
#[cfg(not(any(target_vendor = "apple", windows)))]
mod flush {
    use super::{File, PathBuf, io, plain};
    use rustix::{fs::fdatasync, io::Errno};
    use std::thread;

    /// Waiting threads for a large batch. 8: they wait rather than compute, and the journal commits them together. The caller does the
    /// share of a thread that the system refuses: a launch flushes too, and must not fail for want of one (I1).
    const WAITING: usize = 8;

    pub(super) fn batch(files: &[PathBuf], dirs: &[PathBuf]) -> io::Result<()> {
        let share = files.len().div_ceil(WAITING).max(1);
        let (first, rest) = files.split_at(share.min(files.len()));
        thread::scope(|scope| {
            let (mut mine, mut others) = (vec![first], Vec::new());
            for part in rest.chunks(share) {
                match thread::Builder::new().spawn_scoped(scope, || each(part)) {
                    Ok(other) => others.push(other),
                    Err(_) => mine.push(part), // the system has no room for another thread
                }
            }
            let mine = mine.into_iter().try_for_each(each);
            let lost = |_| Err(io::Error::other("a thread that flushed files panicked"));
            others.into_iter().map(|other| other.join().unwrap_or_else(lost)).fold(mine, Result::and)
        })?;
        dirs.iter().try_for_each(|dir| match rustix::fs::fsync(File::open(dir)?) {
            Err(Errno::INVAL | Errno::OPNOTSUPP) => Ok(()), // a file system that flushes folders by itself
            other => Ok(other?),
        })
    }

    fn each(files: &[PathBuf]) -> io::Result<()> {
        files.iter().try_for_each(|path| Ok(fdatasync(plain::read(path)?)?))
    }
}

/// Apple: `fsync` hands everything to the drive; one full sync at the end makes the drive write all of it.
#[cfg(target_vendor = "apple")]
mod flush {
    use super::{File, PathBuf, io};

    pub(super) fn batch(files: &[PathBuf], dirs: &[PathBuf]) -> io::Result<()> {
        let mut last = None;
        for path in files.iter().chain(dirs) {
            let file = File::open(path)?;
            rustix::fs::fsync(&file)?;
            last = Some(file);
        }
        let Some(file) = last else { return Ok(()) };
        match rustix::fs::fcntl_fullfsync(file) {
            Err(rustix::io::Errno::NOTSUP | rustix::io::Errno::INVAL) => Ok(()), // network volumes
            other => Ok(other?),
        }
    }
}

/// Windows: entries of folders are journalled by the system.
#[cfg(windows)]
mod flush {
    use super::{OpenOptions, PathBuf, io};

    pub(super) fn batch(files: &[PathBuf], _: &[PathBuf]) -> io::Result<()> {
        files.iter().try_for_each(|path| OpenOptions::new().write(true).open(path)?.sync_data())
    }
}
