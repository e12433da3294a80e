//! Is a downloaded file what was signed? Only then is anything in it read (formats 5, 7).
//!
//! In: a [`Downloaded`] file, the signed [`Release`] and which of its artifacts this is. Out: [`Verified`], which gives the
//! artifact's content, decrypted as it is read. May touch: the file. Keeps: I3, I10 (a few segments of memory).

use super::Release;
use super::cipher::{Plain, associated_data};
use crate::edge::ports::{Fs, ReadAt};
use crate::fetch::Downloaded;
use crate::model::config::EncryptionKey;
use crate::model::document::Artifact;
use crate::model::{Code, Digest, Error, Result};
use sha2::Digest as _;
use std::io;
use std::path::PathBuf;

/// An artifact whose bytes are the signed ones.
pub struct Verified {
    pub(super) content: Box<dyn ReadAt>,
    pub(super) path: PathBuf,
    pub(super) release: Release,
}

/// Check size and SHA-256 of the complete file, then open it. Reads the whole file and blocks. A file with the wrong size or
/// digest is removed: it would never become right.
///
/// # Errors
/// `size_mismatch`, `digest_mismatch` (also for an artifact that the release does not name), `key_unknown`,
/// `decrypt_failed`, storage errors.
pub fn verify(
    fs: &dyn Fs,
    downloaded: Downloaded,
    release: Release,
    artifact: &Artifact,
    keys: &[EncryptionKey],
) -> Result<Verified> {
    if !release.entry().artifacts.contains(artifact) {
        return Err(Error::corrupt(Code::DigestMismatch, "the artifact is not one of the release"));
    }
    let key = artifact.cipher.as_ref().map(|cipher| find(keys, cipher.key)).transpose()?;
    let path = downloaded.path().to_owned();
    let content = fs.open(&path).map_err(|source| Error::storage("open", &path, source))?;
    if let Err(error) = check(&*content, artifact).map_err(|error| super::failure("read", &path, error)) {
        if matches!(error, Error::Corrupt { .. }) {
            drop(content);
            downloaded.discard(fs)?;
        }
        return Err(error);
    }
    let Some(key) = key else { return Ok(Verified { content, path, release }) };
    let plain = Plain::open(content, key, &associated_data(release.app(), &artifact.kind))
        .map_err(|error| super::failure("read", &path, error))?;
    Ok(Verified { content: Box::new(plain), path, release })
}

fn find(keys: &[EncryptionKey], id: crate::model::config::KeyId) -> Result<&EncryptionKey> {
    let unknown = || Error::corrupt(Code::KeyUnknown, "the artifact is encrypted with a key that is not configured");
    keys.iter().find(|key| key.id == id).ok_or_else(unknown)
}

fn check(content: &dyn ReadAt, artifact: &Artifact) -> io::Result<()> {
    let len = content.len()?;
    if len != artifact.size {
        let detail = format!("an artifact of {} bytes is signed, this has {len}", artifact.size);
        return Err(io::Error::other(Error::corrupt(Code::SizeMismatch, detail)));
    }
    let mut hash = sha2::Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    let mut at = 0;
    while at < len {
        let want = (len - at).min(buffer.len() as u64) as usize;
        let piece = buffer.get_mut(..want).unwrap_or_default();
        super::read_exact_at(content, at, piece)?;
        hash.update(piece);
        at += want as u64;
    }
    if Digest::new(hash.finalize().into()) == artifact.sha256 {
        return Ok(());
    }
    Err(io::Error::other(Error::corrupt(Code::DigestMismatch, "the artifact has another digest than the signed one")))
}
