//! The `SecretStore` port as files: one for each name, readable by this user only; on Apple the Keychain beside it.
//!
//! In: names and values of this crate. Out: Found, Absent or Unavailable. May touch: its own folder.
//! Keeps: I12 (only a file that is certainly not there is Absent).
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

#[cfg(any(target_vendor = "apple", test))]
mod keychain;

#[cfg(any(target_vendor = "apple", test))]
pub use keychain::KeychainSecrets;

use super::fs::DiskFs;
use super::ports::{Fs as _, NotPlain, Secret, SecretStore};
use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// Longest value that is read, in bytes: ids and nonces are under 64.
const CAP: u64 = 4096;

/// Secrets in a folder, made at the first `put`.
#[derive(Debug, Clone)]
pub struct FileSecrets {
    folder: PathBuf,
}

impl FileSecrets {
    /// Keep secrets in `folder`; its parent must be there.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    fn write(&self, name: &str, value: &str) -> io::Result<()> {
        let (path, new) = (self.folder.join(name), self.folder.join(format!("{name}.new")));
        DiskFs.create_dir(&self.folder)?;
        DiskFs.remove(&new)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&new)?.write_all(value.as_bytes())?;
        DiskFs.flush_batch(std::slice::from_ref(&new), &[])?;
        DiskFs.rename(&new, &path)?;
        let above = self.folder.parent().map(Path::to_path_buf); // the folder itself may be new
        DiskFs.flush_batch(&[], &[Some(self.folder.clone()), above].into_iter().flatten().collect::<Vec<_>>())
    }
}

impl SecretStore for FileSecrets {
    fn get(&self, name: &str) -> Secret {
        match DiskFs.read(&self.folder.join(name), CAP) {
            Ok(bytes) => String::from_utf8(bytes).map_or(Secret::Unavailable, Secret::Found),
            Err(e) if e.kind() == ErrorKind::NotFound => Secret::Absent,
            // The value is lost for certain. An empty one is none either, and is replaced (formats 13.9).
            Err(e) if NotPlain::is(&e) => Secret::Found(String::new()),
            Err(_) => Secret::Unavailable,
        }
    }

    fn put(&self, name: &str, value: &str) -> io::Result<()> {
        self.write(name, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i12_only_a_missing_file_is_absent() {
        let dir = tempfile::tempdir().unwrap();
        let secrets = FileSecrets::new(dir.path().join("secrets"));
        assert_eq!(secrets.get("id"), Secret::Absent);
        secrets.put("id", "one").unwrap();
        secrets.put("id", "two").unwrap();
        assert_eq!(secrets.get("id"), Secret::Found("two".to_owned()));
        std::fs::write(dir.path().join("secrets/bytes"), [0xff]).unwrap();
        assert_eq!(secrets.get("bytes"), Secret::Unavailable);
    }

    #[test]
    fn a_folder_where_a_secret_should_be_has_no_value_and_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let secrets = FileSecrets::new(dir.path());
        std::fs::create_dir_all(dir.path().join("id/below")).unwrap();
        assert_eq!(secrets.get("id"), Secret::Found(String::new()));
        secrets.put("id", "one").unwrap();
        assert_eq!(secrets.get("id"), Secret::Found("one".to_owned()));
    }

    #[cfg(unix)]
    #[test]
    fn only_this_user_reads_secrets() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("secrets");
        FileSecrets::new(&folder).put("id", "one").unwrap();
        let mode = |path: PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(folder.clone()), mode(folder.join("id"))), (0o700, 0o600));
    }
}
