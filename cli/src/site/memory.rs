//! What this publisher saw last of a site, so that an older copy of it, or an empty one, is noticed (formats 12.14).
//!
//! In: verified documents. Out: [`Sighting`]s. May touch: one file, beside the signing key. Keeps: I9 (a lower counter never replaces a
//! higher one). Nothing in it is secret.

use crate::failure::{Failure, Result};
use crate::settings::Settings;
use aloft_core::model::Digest;
use aloft_core::model::config::KeyId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// Name of the file.
pub const FILE: &str = "seen.json";

/// A document as it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Its counter.
    pub counter: u64,
    /// The digest of its bytes.
    pub sha256: Digest,
    /// When it was signed, unix seconds.
    pub issued: u64,
}

/// By channel; the index under its file's name.
pub type Sightings = BTreeMap<String, Sighting>;

/// Where sightings of one site are kept.
#[derive(Debug, Clone)]
pub struct Memory {
    file: PathBuf,
    /// App, key and site.
    site: String,
}

impl Memory {
    /// The file that the environment names, else the one beside the signing key. None where the key comes from the environment and
    /// no file is named: such a machine keeps nothing.
    pub(crate) fn of(settings: &Settings, key: KeyId) -> Option<Self> {
        let beside = || settings.keys.signing.parent().map(|folder| folder.join(FILE));
        let named = settings.secrets.seen.clone();
        let file = named.or_else(|| settings.secrets.signing.is_none().then(beside).flatten())?;
        let place = std::path::absolute(&settings.site).unwrap_or_else(|_| settings.site.clone());
        Some(Self { file, site: format!("{} {key} {}", settings.app, place.display()) })
    }

    /// What was seen of the site. Does I/O.
    ///
    /// # Errors
    /// `bad_memory`; those of the system.
    pub fn load(&self) -> Result<Sightings> {
        Ok(self.sites()?.remove(&self.site).unwrap_or_default())
    }

    /// Remembers a document, unless a newer one is known. Does I/O.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn note(&self, name: &str, seen: Sighting) -> Result<()> {
        let mut sites = self.sites()?;
        let known = sites.entry(self.site.clone()).or_default();
        if known.get(name).is_some_and(|known| known.counter > seen.counter || *known == seen) {
            return Ok(());
        }
        known.insert(name.to_owned(), seen);
        let failed = |error: std::io::Error| Failure::io("write", &self.file, &error);
        let folder = self.file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let text = serde_json::to_vec_pretty(&sites).map_err(|error| Failure::new("io", error.to_string()))?;
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(&text).map_err(failed)?;
        file.persist(&self.file).map_err(|error| failed(error.error))?;
        Ok(())
    }

    fn sites(&self) -> Result<BTreeMap<String, Sightings>> {
        match std::fs::read(&self.file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                Failure::new("bad_memory", format!("{}: {error}", self.file.display()))
                    .hint("it says what was seen last of each site; look at the site, then delete the file")
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(Failure::io("read", &self.file, &error)),
        }
    }
}
