//! The seal: makes an unpacked bundle durable, and says for ever what is in it (formats 13.6).
//!
//! In: [`Unpacked`] in its final folder. Out: [`Staged`], which the state may name; later: is every file still as it was?
//! May touch: `bundles/<id>.seal`; reads `bundles/<id>/`. Only the worker calls this, under the install lock.
//! Keeps: I2 (nothing can be named before it is durable), I3 (only what has the signed root is sealed), I10.

use super::frame::{Form, Found, encode};
use super::{Store, names};
use crate::edge::ports::{Kind, NotPlain};
use crate::model::bundle::{FileEntry, FileList};
use crate::model::document::{ReleaseEntry, Requires, Strict};
use crate::model::json::stated;
use crate::model::limits::MAX_FILE_LIST;
use crate::model::{BundleId, Code, Digest, Error, Result, RootDigest, Version};
use crate::open::Unpacked;
use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The frame of a seal.
pub const FORM: Form =
    Form { magic: b"ALOFTsea", schema: 1, reads: 1, cap: MAX_FILE_LIST as usize, what: "bytes in a bundle's seal" };

/// Files found wrong that a full check lists; more only say that there are more.
const LISTED: usize = 64;

/// What a bundle's release was signed as, as far as it is needed later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedRelease {
    /// Names the content.
    pub root: RootDigest,
    /// The release's name.
    pub version: Version,
    /// When it was first published, unix seconds.
    pub created: u64,
    /// What the native build must meet.
    #[serde(default, deserialize_with = "stated", skip_serializing_if = "Option::is_none")]
    pub requires: Option<Strict<Requires>>,
    /// The release's `retry`.
    #[serde(default)]
    pub retry: u64,
}

impl From<&ReleaseEntry> for SealedRelease {
    fn from(entry: &ReleaseEntry) -> Self {
        Self {
            root: entry.root,
            version: entry.version.clone(),
            created: entry.created,
            requires: entry.requires.clone(),
            retry: entry.retry,
        }
    }
}

/// What `bundles/<id>.seal` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// The release.
    pub release: SealedRelease,
    /// Every file.
    pub files: FileList,
}

/// A bundle that is complete, verified and durable: the state may name it. Only [`seal`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    id: BundleId,
    release: SealedRelease,
}

impl Staged {
    /// The bundle's id.
    pub fn id(&self) -> &BundleId {
        &self.id
    }

    /// Its release.
    pub fn release(&self) -> &SealedRelease {
        &self.release
    }
}

/// Seal the bundle in the folder of `id`: when this returns, its files, their names and the seal are durable.
///
/// # Errors
/// `index_missing` when the bundle lacks the file that the app loads first; `root_mismatch` when the files are not the release's; `too_large` for a seal over 8 MiB; `no_space`,
/// `storage_denied`, `storage_write`. The folder is then scratch, and sweep removes it.
pub fn seal(store: &Store, unpacked: &Unpacked, id: BundleId) -> Result<Staged> {
    require_start(store, unpacked.files())?;
    let release = SealedRelease::from(unpacked.release().entry());
    make_durable(store, id, Seal { release, files: unpacked.files().clone() })
}

/// Refuse a bundle that this app cannot start. The content is what was signed, so no other artifact cures it.
fn require_start(store: &Store, files: &FileList) -> Result<()> {
    match store.start() {
        Some(start) if files.entries().iter().all(|file| file.path != *start || file.size == 0) => {
            let detail = format!(
                "the bundle has no {} with content, which server.appStartPath of the app names",
                start.as_str()
            );
            Err(Error::unsafe_archive(Code::IndexMissing, detail))
        }
        _ => Ok(()),
    }
}

fn make_durable(store: &Store, id: BundleId, seal: Seal) -> Result<Staged> {
    let root = seal.files.root();
    if root != seal.release.root {
        let detail = format!("version {}: {} is signed, found {root}", seal.release.version, seal.release.root);
        return Err(Error::corrupt(Code::RootMismatch, detail)); // I3
    }
    let (path, bytes) = (store.seal(&id), encode(&FORM, 0, &seal)?);
    let write = || {
        store.fs().remove(&path)?;
        store.fs().create(&path)?.write_all(&bytes)
    };
    write().map_err(store.failed("write", &path))?;
    let (mut files, dirs) = (paths(store, &id, &seal.files), folders(store, &id, &seal.files));
    files.push(path);
    store.fs().flush_batch(&files, &dirs).map_err(store.failed("flush", &store.bundle(&id)))?; // I2
    Ok(Staged { id, release: seal.release })
}

/// Read a seal.
pub fn load(store: &Store, id: &BundleId) -> Found<Seal> {
    store.load(&store.seal(id), &FORM)
}

/// What a full check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// Every file is as it was sealed, and there is no other.
    Whole,
    /// The seal itself is missing or cannot be used.
    Unsealed,
    /// These files are missing, changed or foreign: relative paths, at most 64 of them.
    Damaged(Vec<String>),
}

/// Compare every byte of a bundle with its seal. Reads the whole bundle; for the background.
///
/// # Errors
/// `storage_read`, `storage_denied`: unreadable is not damaged.
pub fn check(store: &Store, id: &BundleId) -> Result<Checked> {
    let seal = match load(store, id) {
        Found::Value(seal) => seal,
        Found::Absent | Found::Lost(_) => return Ok(Checked::Unsealed),
        Found::Unreadable(e) => return Err(e),
    };
    let mut foreign = BTreeSet::new();
    walk(store, id, &mut foreign)?;
    let mut damaged = Vec::new();
    for file in seal.files.entries() {
        let there = foreign.remove(file.path.as_str());
        if damaged.len() < LISTED && !(there && is_whole(store, id, file)?) {
            damaged.push(file.path.to_string());
        }
    }
    damaged.extend(foreign);
    damaged.truncate(LISTED);
    Ok(if damaged.is_empty() { Checked::Whole } else { Checked::Damaged(damaged) })
}

fn is_whole(store: &Store, id: &BundleId, file: &FileEntry) -> Result<bool> {
    let path = store.bundle(id).join(file.path.as_str());
    let open = match store.fs().open(&path) {
        Err(e) if NotPlain::is(&e) => return Ok(false),
        other => other.map_err(store.failed("read", &path))?,
    };
    let (mut hash, mut buffer, mut offset) = (sha2::Sha256::new(), vec![0; 64 << 10], 0);
    while offset <= file.size {
        let read = open.read_at(offset, &mut buffer).map_err(store.failed("read", &path))?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hash.update(bytes);
        offset += read as u64;
    }
    Ok(offset == file.size && Digest::new(hash.finalize().into()) == file.sha256)
}

/// Relative paths of everything in a bundle that is not a folder.
fn walk(store: &Store, id: &BundleId, found: &mut BTreeSet<String>) -> Result<()> {
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let dir = store.bundle(id).join(&folder);
        for name in store.fs().list(&dir).map_err(store.failed("list", &dir))? {
            let (path, below) = (dir.join(&name), format!("{folder}{name}"));
            match store.fs().stat(&path).map_err(store.failed("read", &path))? {
                Some(stat) if stat.kind == Kind::Dir => folders.push(below + "/"),
                _ => drop(found.insert(below)),
            }
        }
    }
    Ok(())
}

fn paths(store: &Store, id: &BundleId, files: &FileList) -> Vec<PathBuf> {
    let folder = store.bundle(id);
    files.entries().iter().map(|file| folder.join(file.path.as_str())).collect()
}

/// The bundle's folders, and those that name it and its seal.
fn folders(store: &Store, id: &BundleId, files: &FileList) -> Vec<PathBuf> {
    let folder = store.bundle(id);
    let inside: BTreeSet<&str> = files.entries().iter().flat_map(|file| file.path.parents()).collect();
    let mut dirs: Vec<PathBuf> = inside.into_iter().map(|dir| folder.join(dir)).collect();
    dirs.extend([folder, store.path(names::BUNDLES), store.root().to_path_buf()]);
    dirs
}

#[cfg(test)]
pub(super) mod tests;
