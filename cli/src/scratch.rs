//! Folders that are needed for a moment, in one place that the next run clears.
//!
//! In: nothing. Out: [`Scratch`]. May touch: one folder in the system's temporary folder. Keeps: what a killed process left is removed by the
//! next one; nobody else can read it, and a folder that is not ours is not used.

use crate::failure::{Failure, Result};
use crate::keys;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

const LOCK: &str = "lock";

/// A folder of this process. It is removed when this is dropped, or by the next run.
pub(crate) struct Scratch {
    folder: PathBuf,
    lock: PathBuf,
    _held: File,
}

impl Scratch {
    /// Makes a folder, and clears those of processes that are gone. Does I/O.
    ///
    /// # Errors
    /// `no_randomness`; those of the system.
    pub(crate) fn new() -> Result<Self> {
        Self::within(&std::env::temp_dir().join(format!("aloft-{}", user())))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }

    fn within(place: &Path) -> Result<Self> {
        let failed = |error: io::Error| Failure::io("make", place, &error);
        make_private(place).map_err(failed)?;
        let _ = clear(place); // two processes may clear at once
        loop {
            let name = format!("{:016x}", u64::from_le_bytes(keys::random()?));
            let (folder, lock) = (place.join(&name), place.join(&name).with_extension(LOCK));
            let held = File::options().create_new(true).write(true).open(&lock).map_err(failed)?;
            // Who clears may have taken it before it was locked.
            match held.try_lock() {
                Ok(()) if lock.exists() => {
                    std::fs::create_dir(&folder).map_err(failed)?;
                    return Ok(Self { folder, lock, _held: held });
                }
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Ok(()) | Err(TryLockError::WouldBlock) => {}
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        remove(&self.folder, &self.lock);
    }
}

/// Removes the folders whose processes hold no lock any more, and those that something made again after their process had removed them: a
/// folder in use has a lock, for that is made first.
fn clear(place: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(place)? {
        let lock = entry?.path();
        if lock.extension().is_none() && !lock.with_extension(LOCK).exists() {
            let _ = std::fs::remove_dir_all(&lock);
        }
        if lock.extension().is_some_and(|extension| extension == LOCK) {
            let file = File::options().write(true).open(&lock)?;
            if file.try_lock().is_ok() {
                remove(&lock.with_extension(""), &lock);
            }
        }
    }
    Ok(())
}

/// The folder first: without its lock nobody would find it again.
fn remove(folder: &Path, lock: &Path) {
    let gone = std::fs::remove_dir_all(folder);
    if gone.is_ok() || !folder.exists() {
        let _ = std::fs::remove_file(lock);
    }
}

/// Makes the folder, for this user alone; one that somebody else made is an error.
fn make_private(place: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(place) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let found = std::fs::symlink_metadata(place)?;
    let not_ours = || io::Error::new(io::ErrorKind::PermissionDenied, "somebody else made it");
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if found.uid() != rustix::process::geteuid().as_raw() || found.mode() & 0o077 != 0 {
            return Err(not_ours());
        }
    }
    if found.is_dir() { Ok(()) } else { Err(not_ours()) }
}

fn user() -> String {
    #[cfg(unix)]
    return rustix::process::geteuid().as_raw().to_string();
    #[cfg(not(unix))]
    std::env::var("USERNAME").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_process_left_is_removed_and_what_is_in_use_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("aloft");
        let used = Scratch::within(&place).unwrap();
        std::fs::write(used.path().join("a"), "a").unwrap();
        std::fs::create_dir_all(place.join("dead/deep")).unwrap();
        std::fs::write(place.join("dead.lock"), "").unwrap();
        std::fs::create_dir_all(place.join("again/browser")).unwrap();
        let other = Scratch::within(&place).unwrap();
        assert!(used.path().join("a").exists() && other.path().exists());
        assert!(!place.join("dead").exists() && !place.join("dead.lock").exists());
        assert!(!place.join("again").exists(), "a straggler of the demo made it anew");
        drop((used, other));
        assert_eq!(std::fs::read_dir(&place).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_can_read_is_not_used() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("aloft");
        drop(Scratch::within(&place).unwrap());
        assert_eq!(std::fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o700);
        std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(Scratch::within(&place).err().unwrap().code, "denied");
        std::fs::remove_dir(&place).unwrap();
        std::os::unix::fs::symlink(folder.path(), &place).unwrap();
        assert_eq!(Scratch::within(&place).err().unwrap().code, "denied");
    }
}
