//! A file of the site: found by its path, opened, named by a strong validator.
//!
//! In: the path of a request. Out: the open file, its length, its `ETag`. May touch: files below the site (reading).
//! Keeps: that no path leads out of the site, and that equal validators mean equal bytes.

use aloft_core::model::Digest;
use sha2::Digest as _;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// Validators of large files, which do not change within a clock tick as documents do.
#[derive(Default)]
pub(super) struct Validators(Mutex<HashMap<PathBuf, (u64, SystemTime, String)>>);

/// An open file.
pub(super) struct Found {
    pub(super) file: File,
    pub(super) len: u64,
    /// SHA-256 of its content, in quotes.
    pub(super) etag: String,
}

/// Open what `path` names below `site`. Names are taken as they are: a published site has none that need escapes.
pub(super) fn find(site: &Path, path: &str, validators: &Validators) -> Option<Found> {
    let parts: Vec<_> = path.strip_prefix('/')?.split('/').collect();
    if parts.iter().any(|part| part.is_empty() || part.starts_with('.') || part.contains(['\\', ':', '%', '\0'])) {
        return None;
    }
    let path = parts.iter().fold(site.to_owned(), |folder, part| folder.join(part));
    let mut file = File::open(&path).ok()?;
    let meta = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let etag = if meta.len() > SMALL {
        validators.of(&path, meta.len(), meta.modified().ok()?, &mut file)
    } else {
        validator(&mut file)
    };
    Some(Found { len: meta.len(), etag: etag.ok()?, file })
}

/// Documents are at most this large.
const SMALL: u64 = aloft_core::model::limits::MAX_DOCUMENT;

impl Validators {
    fn of(&self, path: &Path, len: u64, modified: SystemTime, file: &mut File) -> io::Result<String> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of_len, of_modified, etag)) = known.get(path)
            && (*of_len, *of_modified) == (len, modified)
        {
            return Ok(etag.clone());
        }
        let etag = validator(file)?;
        known.insert(path.to_owned(), (len, modified, etag.clone()));
        Ok(etag)
    }
}

fn validator(file: &mut File) -> io::Result<String> {
    let mut digest = sha2::Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            file.rewind()?;
            return Ok(format!("\"{}\"", Digest::new(digest.finalize().into())));
        }
        digest.update(buffer.get(..count).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_the_site() {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("site");
        std::fs::create_dir_all(site.join("channels")).unwrap();
        std::fs::write(folder.path().join("secret"), "x").unwrap();
        std::fs::write(site.join(".aloft.lock"), "x").unwrap();
        std::fs::write(site.join("channels/a.json"), "{}").unwrap();
        let found = |path: &str| find(&site, path, &Validators::default()).is_some();
        assert!(found("/channels/a.json"));
        for path in [
            "",
            "/",
            "channels/a.json",
            "/channels",
            "/channels/",
            "/../secret",
            "/channels/../../secret",
            "//channels/a.json",
            "/..\\secret",
            "/%2e%2e/secret",
            "/.aloft.lock",
            "/./channels/a.json",
            "/channels/a.json/",
        ] {
            assert!(!found(path), "{path}");
        }
    }
}
