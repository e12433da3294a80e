//! A site in a folder, for any static web server, `rsync` or a synchronised bucket.
//!
//! In: names, bytes. Out: files, written beside, synced and renamed. May touch: the folder.
//! Keeps: a reader sees the old file or the new one; writers take turns by a lock on a file.

use super::names;
use super::store::{Guard, Put, Replaced, SiteStore, Stored, Tag};
use crate::failure::{Exit, Failure, Result};
use aloft_core::model::Digest;
use aloft_core::model::limits::MAX_DOCUMENT;
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::NamedTempFile;

/// A writer holds the lock for milliseconds; one that is stopped must not stop everybody for ever.
const LOCK_TRIES: u32 = 600;
const LOCK_PAUSE: Duration = Duration::from_millis(50);
/// How files that are being written begin.
const SCRATCH: &str = ".aloft-";
const SCRATCH_AGE: Duration = Duration::from_hours(24);

/// A folder that holds a site.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The site in `root`, which need not exist before the first write.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn file(&self, name: &str) -> Result<Option<(File, PathBuf)>> {
        let path = self.root.join(name);
        match File::open(&path) {
            Ok(file) => Ok(Some((file, path))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::io("read", &path, &error)),
        }
    }

    /// Remove what killed writers left in a folder; nobody writes one file for a day.
    fn clear_scratch(folder: &Path) -> io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let scratch = entry.file_name().to_str().is_some_and(|name| name.starts_with(SCRATCH));
            if scratch && entry.metadata()?.modified()?.elapsed().is_ok_and(|age| age > SCRATCH_AGE) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Write `content` into a synced file beside where it shall be.
    fn beside(&self, name: &str, content: &mut dyn Read) -> Result<(NamedTempFile, PathBuf)> {
        let path = self.root.join(name);
        let mut write = || {
            let folder = path.parent().unwrap_or(&self.root);
            create_folders(folder)?;
            let _ = Self::clear_scratch(folder); // two writers may clear at once
            let mut file = tempfile::Builder::new().prefix(SCRATCH).tempfile_in(folder)?;
            readable(file.path(), 0o644)?;
            io::copy(content, file.as_file_mut())?;
            file.as_file().sync_all()?;
            Ok(file)
        };
        let file = write().map_err(|error: io::Error| Failure::io("write", &path, &error))?;
        Ok((file, path))
    }
}

impl SiteStore for Folder {
    fn read(&self, name: &str) -> Result<Option<Stored>> {
        let Some((file, path)) = self.file(name)? else { return Ok(None) };
        let mut bytes = Vec::new();
        file.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes).map_err(|error| Failure::io("read", &path, &error))?;
        if bytes.len() as u64 > MAX_DOCUMENT {
            return Err(Failure::new("too_large", format!("{} has more than {MAX_DOCUMENT} bytes", path.display())));
        }
        let tag = tag(&bytes);
        Ok(Some(Stored { bytes, tag }))
    }

    fn open(&self, name: &str) -> Result<Option<Box<dyn Read>>> {
        Ok(self.file(name)?.map(|(file, _)| Box::new(file) as Box<dyn Read>))
    }

    fn put_new(&self, name: &str, content: &mut dyn Read) -> Result<Put> {
        if self.file(name)?.is_some() {
            return Ok(Put::Present);
        }
        let (file, path) = self.beside(name, content)?;
        match file.persist_noclobber(&path) {
            Ok(_) => sync_folder(&path).map(|()| Put::Written),
            Err(failed) if failed.error.kind() == ErrorKind::AlreadyExists => Ok(Put::Present),
            Err(failed) => Err(Failure::io("write", &path, &failed.error)),
        }
    }

    fn replace_if(&self, name: &str, seen: Option<&Tag>, content: &[u8]) -> Result<Replaced> {
        if self.read(name)?.map(|stored| stored.tag).as_ref() != seen {
            return Ok(Replaced::Conflict);
        }
        let mut content = content;
        let (file, path) = self.beside(name, &mut content)?;
        file.persist(&path).map_err(|failed| Failure::io("replace", &path, &failed.error))?;
        sync_folder(&path).map(|()| Replaced::Written)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>> {
        let path = self.root.join(folder);
        let listed = match std::fs::read_dir(&path) {
            Ok(listed) => listed,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Failure::io("list", &path, &error)),
        };
        let mut names = Vec::new();
        for entry in listed {
            let entry = entry.map_err(|error| Failure::io("list", &path, &error))?;
            names.extend(entry.file_name().into_string().ok().filter(|name| !name.starts_with('.')));
        }
        names.sort_unstable();
        Ok(names)
    }

    fn lock(&self) -> Result<Box<dyn Guard>> {
        let path = self.root.join(names::LOCK);
        let open = || {
            create_folders(&self.root)?;
            let is_new = !path.exists();
            let file = File::options().create(true).truncate(false).write(true).open(&path)?;
            if is_new {
                readable(&path, 0o644)?;
            }
            Ok(file)
        };
        let file = open().map_err(|error: io::Error| Failure::io("open", &path, &error))?;
        for _ in 0..LOCK_TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Box::new(Locked(file))),
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
                Err(TryLockError::Error(error)) => return Err(Failure::io("lock", &path, &error)),
            }
        }
        Err(busy(format!("another process holds {}", path.display())))
    }
}

/// Somebody else writes all the time.
pub(super) fn busy(message: String) -> Failure {
    Failure { exit: Exit::Busy, ..Failure::new("site_busy", message) }.hint("try again when the other writer is done")
}

struct Locked(File);

impl Guard for Locked {}

impl Drop for Locked {
    fn drop(&mut self) {
        let _ = self.0.unlock(); // closing unlocks as well
    }
}

fn tag(bytes: &[u8]) -> Tag {
    Tag(Digest::of(bytes).to_string())
}

/// Create the missing folders above a file, each durable in the one above.
fn create_folders(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent() {
        create_folders(above)?;
    }
    match std::fs::create_dir(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        made => made.and_then(|()| readable(folder, 0o755))?,
    }
    sync_parent(folder)
}

/// Web servers read the site, whatever this process's umask is.
fn readable(path: &Path, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    #[cfg(not(unix))]
    let _ = (path, mode); // elsewhere files inherit what their folder allows
    Ok(())
}

fn sync_folder(path: &Path) -> Result<()> {
    sync_parent(path).map_err(|error| Failure::io("sync the folder of", path, &error))
}

fn sync_parent(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path; // elsewhere a rename needs no sync of its folder
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_immutable_is_written_once() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::new(root.path().join("site"));
        assert_eq!(folder.put_new("a/b", &mut b"one".as_slice()).unwrap(), Put::Written);
        assert_eq!(folder.put_new("a/b", &mut b"two".as_slice()).unwrap(), Put::Present);
        assert_eq!(io::read_to_string(folder.open("a/b").unwrap().unwrap()).unwrap(), "one");
        assert!(folder.open("a/c").unwrap().is_none());
        assert_eq!(folder.list("a").unwrap(), ["b"]);
        assert!(folder.list("c").unwrap().is_empty());
    }

    #[test]
    fn a_document_is_replaced_only_as_it_was_read() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::new(root.path());
        assert_eq!(folder.replace_if("d.json", None, b"1").unwrap(), Replaced::Written);
        assert_eq!(folder.replace_if("d.json", None, b"2").unwrap(), Replaced::Conflict);
        let seen = folder.read("d.json").unwrap().unwrap().tag;
        assert_eq!(folder.replace_if("d.json", Some(&seen), b"3").unwrap(), Replaced::Written);
        assert_eq!(folder.replace_if("d.json", Some(&seen), b"4").unwrap(), Replaced::Conflict);
        assert_eq!(folder.read("d.json").unwrap().unwrap().bytes, b"3");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(root.path().join("d.json")).unwrap().permissions().mode();
            assert_eq!(mode & 0o444, 0o444, "web servers must be able to read it");
        }
    }
}
