//! A disk in memory that can lose power at any operation, fill up, and fail.
//!
//! In: the calls of the `Fs` port, and where a test wants them cut. Out: what a disk answers, and the disk left after a crash.
//! May touch: memory. Keeps: that nothing counts as durable before `flush_batch` said so (I2).
//!
//! Every file has two contents and every name two meanings: the live one, which processes see, and the durable one, which
//! a power cut leaves. Each entry removed and each file or folder flushed is an operation of its own.

use crate::edge::ports::{Fs, Kind, Lock, LockKind, NotPlain, ReadAt, Shared, Stat, Write};
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A disk; clones see the same one.
#[derive(Debug, Clone)]
pub struct CrashFs(Arc<Mutex<Disk>>);

/// What becomes of the operation at which the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// It does not happen.
    Before,
    /// A write writes its first half; anything else does not happen.
    Torn,
}

/// What becomes of something that was not flushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The system happened to have written it.
    Yes,
    /// It is as it was when last flushed.
    No,
}

/// How a story ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The process died; the system lives on and keeps everything.
    Process,
    /// The power failed.
    Power {
        /// Unsynced content of files.
        data: Kept,
        /// Unsynced names in folders.
        entries: Kept,
    },
}

impl Loss {
    /// Every way to end.
    pub const ALL: [Self; 5] = [
        Self::Process,
        Self::Power { data: Kept::Yes, entries: Kept::Yes },
        Self::Power { data: Kept::Yes, entries: Kept::No },
        Self::Power { data: Kept::No, entries: Kept::Yes },
        Self::Power { data: Kept::No, entries: Kept::No },
    ];
}

type Names = BTreeMap<PathBuf, Entry>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    Dir,
    File(usize),
}

#[derive(Debug, Clone, Default)]
struct Content {
    live: Vec<u8>,
    durable: Vec<u8>,
    modified: u64,
}

#[derive(Debug, Default)]
struct Disk {
    live: Names,
    durable: Names,
    files: Vec<Content>, // never shrinks: an open file outlives its name
    free: u64,
    time: u64,
    operations: u64,
    cut: Option<(u64, Cut)>,
    fault: Option<(Range<u64>, ErrorKind)>,
    unreadable: Option<ErrorKind>,
    locks: BTreeMap<PathBuf, Vec<(u64, LockKind)>>,
    holders: u64,
}

impl Default for CrashFs {
    /// An empty disk with the folder `/` and 1 GiB free.
    fn default() -> Self {
        let root = Names::from([(PathBuf::from("/"), Entry::Dir)]);
        Self::over(Disk { live: root.clone(), durable: root, free: 1 << 30, ..Disk::default() })
    }
}

impl CrashFs {
    fn over(disk: Disk) -> Self {
        Self(Arc::new(Mutex::new(disk)))
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Operations that changed something, or tried to, so far.
    pub fn operations(&self) -> u64 {
        self.disk().operations
    }

    /// Die at operation `n`, counted from 0 at the disk's beginning: it and everything after it, reads included, fails.
    pub fn cut_at(&self, n: u64, cut: Cut) {
        self.disk().cut = Some((n, cut));
    }

    /// Let the operations of `range` fail with `kind`; the process lives on.
    pub fn fail(&self, range: Range<u64>, kind: ErrorKind) {
        self.disk().fault = Some((range, kind));
    }

    /// From here on nothing can be read.
    pub fn refuse_reads(&self, kind: ErrorKind) {
        self.disk().unreadable = Some(kind);
    }

    /// From here on everything can be read again.
    pub fn allow_reads(&self) {
        self.disk().unreadable = None;
    }

    /// Bytes by which files may still grow, all together.
    pub fn set_free(&self, bytes: u64) {
        self.disk().free = bytes;
    }

    /// What `Stat::modified` says of files written from here on, in unix seconds.
    pub fn set_time(&self, seconds: u64) {
        self.disk().time = seconds;
    }

    /// The disk as the next process finds it.
    #[must_use]
    pub fn after(&self, loss: Loss) -> Self {
        let disk = self.disk();
        let (names, data) = match loss {
            Loss::Process => (&disk.live, Kept::Yes),
            Loss::Power { data, entries: Kept::Yes } => (&disk.live, data),
            Loss::Power { data, entries: Kept::No } => (&disk.durable, data),
        };
        let in_reach = |path: &Path| path.ancestors().skip(1).all(|dir| names.get(dir) == Some(&Entry::Dir));
        let names: Names = names.iter().filter(|(path, _)| in_reach(path)).map(|(p, e)| (p.clone(), *e)).collect();
        let mut files = disk.files.clone();
        for file in &mut files {
            if data == Kept::No {
                file.live.clone_from(&file.durable);
            }
            if loss != Loss::Process {
                file.durable.clone_from(&file.live);
            }
        }
        let durable = if loss == Loss::Process { disk.durable.clone() } else { names.clone() };
        Self::over(Disk { live: names, durable, files, free: disk.free, time: disk.time, ..Disk::default() })
    }
}

impl Disk {
    fn living(&self) -> io::Result<()> {
        match self.cut {
            Some((n, _)) if self.operations > n => Err(io::Error::other("the process is dead")),
            _ => Ok(()),
        }
    }

    fn readable(&self) -> io::Result<()> {
        self.living()?;
        self.unreadable.map_or(Ok(()), |kind| Err(kind.into()))
    }

    /// Count an operation; `Torn`: the process dies halfway through it.
    fn operate(&mut self) -> io::Result<Option<Cut>> {
        self.living()?;
        let n = self.operations;
        self.operations += 1;
        match (self.cut, &self.fault) {
            (Some((at, Cut::Before)), _) if at == n => self.living().map(|()| None),
            (Some((at, Cut::Torn)), _) if at == n => Ok(Some(Cut::Torn)),
            (_, Some((range, kind))) if range.contains(&n) => Err((*kind).into()),
            _ => Ok(None),
        }
    }

    /// Count an operation that happens whole or not at all.
    fn operate_whole(&mut self) -> io::Result<()> {
        self.operate()?.map_or(Ok(()), |_| self.living())
    }

    fn file(&self, path: &Path) -> io::Result<usize> {
        match self.live.get(path) {
            Some(Entry::File(file)) => Ok(*file),
            Some(Entry::Dir) => Err(NotPlain.into()),
            None => Err(ErrorKind::NotFound.into()),
        }
    }

    fn content(&mut self, file: usize) -> io::Result<&mut Content> {
        self.files.get_mut(file).ok_or_else(|| ErrorKind::NotFound.into())
    }

    fn add(&mut self, path: &Path, entry: Entry) -> io::Result<()> {
        if path.parent().and_then(|dir| self.live.get(dir)) != Some(&Entry::Dir) {
            return Err(ErrorKind::NotFound.into());
        }
        self.live.insert(path.to_path_buf(), entry);
        Ok(())
    }

    fn make(&mut self, path: &Path) -> io::Result<usize> {
        let file = self.files.len();
        self.add(path, Entry::File(file))?;
        self.files.push(Content { modified: self.time, ..Content::default() });
        Ok(file)
    }

    fn write(&mut self, file: usize, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let torn = self.operate()?;
        let bytes = if torn.is_some() { bytes.split_at(bytes.len() / 2).0 } else { bytes };
        let (start, time, free) = (usize::try_from(offset).unwrap_or(usize::MAX), self.time, self.free);
        let content = self.content(file)?;
        let end = start.saturating_add(bytes.len());
        let grown = end.saturating_sub(content.live.len()) as u64;
        if grown > free {
            return Err(ErrorKind::StorageFull.into());
        }
        content.live.resize(end.max(content.live.len()), 0);
        if let Some(place) = content.live.get_mut(start..end) {
            place.copy_from_slice(bytes);
        }
        content.modified = time;
        self.free -= grown;
        torn.map_or(Ok(()), |_| self.living())
    }

    fn unlink(&mut self, path: &Path) -> io::Result<()> {
        if let Some(Entry::File(file)) = self.live.remove(path) {
            let linked = self.live.values().any(|entry| *entry == Entry::File(file));
            self.free += if linked { 0 } else { self.content(file)?.live.len() as u64 };
        }
        Ok(())
    }

    /// The file at `path` to write in place or to lock; what else has its name makes way (see the port).
    fn make_way(&mut self, path: &Path, most_names: u64) -> io::Result<usize> {
        match self.live.get(path).copied() {
            Some(Entry::File(file)) if self.names(file) <= most_names => return Ok(file),
            Some(Entry::File(_)) => self.unlink(path)?,
            Some(Entry::Dir) => self.remove_tree(path)?,
            None => {}
        }
        self.operate_whole()?;
        self.make(path)
    }

    fn names(&self, file: usize) -> u64 {
        self.live.values().filter(|entry| **entry == Entry::File(file)).count() as u64
    }

    fn remove_tree(&mut self, path: &Path) -> io::Result<()> {
        let tree: Vec<PathBuf> = self.live.keys().filter(|inside| inside.starts_with(path)).cloned().collect();
        for inside in tree.iter().rev() {
            self.operate_whole()?;
            self.unlink(inside)?;
        }
        self.living()
    }

    /// Make the names in `dir` durable.
    fn flush_dir(&mut self, dir: &Path) {
        let inside = |path: &Path| path.parent() == Some(dir);
        self.durable.retain(|path, _| !inside(path));
        let names = self.live.iter().filter(|(path, _)| inside(path)).map(|(path, entry)| (path.clone(), *entry));
        self.durable.extend(names.collect::<Vec<_>>());
    }
}

impl Fs for CrashFs {
    fn read(&self, path: &Path, cap: u64) -> io::Result<Vec<u8>> {
        let mut disk = self.disk();
        disk.readable()?;
        let file = disk.file(path)?;
        let bytes = disk.content(file)?.live.clone();
        if bytes.len() as u64 > cap { Err(ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn ReadAt>> {
        let disk = self.disk();
        disk.readable()?;
        Ok(Box::new(Handle { fs: self.clone(), file: disk.file(path)?, at: 0 }))
    }

    fn write_at(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut disk = self.disk();
        let file = disk.make_way(path, 1)?;
        disk.write(file, offset, bytes)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Write>> {
        let mut disk = self.disk();
        disk.operate_whole()?;
        if disk.live.contains_key(path) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        Ok(Box::new(Handle { fs: self.clone(), file: disk.make(path)?, at: 0 }))
    }

    fn append(&self, path: &Path, offset: u64) -> io::Result<Box<dyn Write>> {
        let mut disk = self.disk();
        disk.operate_whole()?;
        let file = disk.make_way(path, 1)?;
        let content = disk.content(file)?;
        let Some(cut_off) = (content.live.len() as u64).checked_sub(offset) else {
            return Err(ErrorKind::InvalidInput.into());
        };
        content.live.truncate(usize::try_from(offset).unwrap_or(usize::MAX));
        disk.free += cut_off;
        Ok(Box::new(Handle { fs: self.clone(), file, at: offset }))
    }

    fn stat(&self, path: &Path) -> io::Result<Option<Stat>> {
        let mut disk = self.disk();
        disk.readable()?;
        Ok(match disk.live.get(path).copied() {
            None => None,
            Some(Entry::Dir) => Some(Stat { kind: Kind::Dir, len: 0, modified: disk.time, names: 1 }),
            Some(Entry::File(file)) => {
                let (names, content) = (disk.names(file), disk.content(file)?);
                let (len, modified) = (content.live.len() as u64, content.modified);
                Some(Stat { kind: Kind::File, len, modified, names })
            }
        })
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let disk = self.disk();
        disk.readable()?;
        let inside = disk.live.keys().filter(|path| path.parent() == Some(dir));
        Ok(inside.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect())
    }

    fn create_dir(&self, path: &Path) -> io::Result<()> {
        let mut disk = self.disk();
        disk.operate_whole()?;
        match disk.live.get(path) {
            Some(Entry::Dir) => Ok(()),
            Some(Entry::File(_)) => Err(ErrorKind::AlreadyExists.into()),
            None => disk.add(path, Entry::Dir),
        }
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let mut disk = self.disk();
        disk.operate_whole()?;
        if disk.live.get(path) == Some(&Entry::Dir) {
            return Err(ErrorKind::IsADirectory.into());
        }
        disk.unlink(path)
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        let mut disk = self.disk();
        if matches!(disk.live.get(path), Some(Entry::File(_))) {
            return Err(ErrorKind::NotADirectory.into());
        }
        disk.remove_tree(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut disk = self.disk();
        disk.operate_whole()?;
        let Some(entry) = disk.live.get(from).copied() else { return Err(ErrorKind::NotFound.into()) };
        if entry == Entry::Dir {
            return Err(ErrorKind::IsADirectory.into()); // nothing here renames folders
        }
        if disk.live.get(to) == Some(&Entry::Dir) {
            disk.remove_tree(to)?;
        }
        disk.unlink(to)?;
        disk.add(to, entry)?;
        disk.live.remove(from);
        Ok(())
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<Shared> {
        let mut disk = self.disk();
        disk.operate_whole()?;
        match (disk.live.get(from).copied(), disk.live.contains_key(to)) {
            (Some(file @ Entry::File(_)), false) => disk.add(to, file).map(|()| Shared::Yes),
            _ => Ok(Shared::No),
        }
    }

    /// This disk cannot.
    fn clone_file(&self, _: &Path, _: &Path) -> io::Result<Shared> {
        self.disk().living().map(|()| Shared::No)
    }

    fn flush_batch(&self, files: &[PathBuf], dirs: &[PathBuf]) -> io::Result<()> {
        let mut disk = self.disk();
        for path in files {
            disk.operate_whole()?;
            let file = disk.file(path)?;
            let content = disk.content(file)?;
            content.durable.clone_from(&content.live);
        }
        for dir in dirs {
            disk.operate_whole()?;
            if disk.live.get(dir) != Some(&Entry::Dir) {
                return Err(ErrorKind::NotFound.into());
            }
            disk.flush_dir(dir);
        }
        Ok(())
    }

    fn lock(&self, path: &Path, kind: LockKind, _: u64) -> io::Result<Option<Lock>> {
        let mut disk = self.disk();
        disk.living()?;
        disk.make_way(path, u64::MAX)?;
        disk.holders += 1;
        let holder = disk.holders;
        let held = disk.locks.entry(path.to_path_buf()).or_default();
        if held.iter().any(|(_, other)| kind == LockKind::Exclusive || *other == LockKind::Exclusive) {
            return Ok(None); // nobody else runs who could let go while this waits
        }
        held.push((holder, kind));
        Ok(Some(Lock::new(Guard { fs: self.clone(), path: path.to_path_buf(), holder })))
    }

    fn free_space(&self, _: &Path) -> io::Result<u64> {
        let disk = self.disk();
        disk.living().map(|()| disk.free)
    }
}

struct Guard {
    fs: CrashFs,
    path: PathBuf,
    holder: u64,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(held) = self.fs.disk().locks.get_mut(&self.path) {
            held.retain(|(holder, _)| *holder != self.holder);
        }
    }
}

struct Handle {
    fs: CrashFs,
    file: usize,
    at: u64,
}

impl ReadAt for Handle {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut disk = self.fs.disk();
        disk.readable()?;
        let content = disk.content(self.file)?;
        let mut rest = content.live.get(usize::try_from(offset).unwrap_or(usize::MAX)..).unwrap_or_default();
        io::Read::read(&mut rest, buffer)
    }

    fn len(&self) -> io::Result<u64> {
        let mut disk = self.fs.disk();
        disk.living()?;
        Ok(disk.content(self.file)?.live.len() as u64)
    }
}

impl Write for Handle {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.fs.disk().write(self.file, self.at, bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }
}
