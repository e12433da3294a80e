//! A bundle as it is sent: a zip that every tool reads, or a pack; plain or encrypted (formats 7, 8 and 9).
//!
//! In: described bundles, a key. Out: [`Made`], temporary files with size and digest. May touch: reads the bundles; the system's
//! temporary folder. Keeps: the same bundles give the same plain bytes; salt and nonces are fresh for each encryption.

pub(crate) mod alone;
pub(crate) mod make;
pub(crate) mod open;
pub(crate) mod pack;
pub(crate) mod proof;
mod tree;
pub(crate) mod zip;

pub(crate) use tree::FolderTree;

use crate::failure::{Failure, Result};
use crate::hashed;
use crate::keys;
use aloft_core::model::RootDigest;
use aloft_core::model::config::EncryptionKey;
use aloft_core::model::document::{Artifact, Cipher};
use aloft_core::model::limits::MAX_ARTIFACT;
use aloft_core::open::cipher::{Encryptor, associated_data};
use std::fs::File;
use std::io::{self, BufWriter, Seek as _};
use std::path::Path;

/// An artifact that is not on the site yet.
#[derive(Debug)]
pub(crate) struct Made {
    /// Its bytes, from the start.
    pub(crate) file: File,
    /// What a release says of it.
    pub(crate) artifact: Artifact,
}

/// Less than how many bytes an artifact must have to be offered beside the others. One that needs a base must save a tenth of what
/// needs none: the document and the site would be larger for nothing.
pub(crate) fn worth<'a>(artifact: &Artifact, offered: impl Iterator<Item = &'a Artifact>) -> u64 {
    let smallest = offered.filter(|other| other.base.is_none()).map(|other| other.size).min();
    smallest.map_or(u64::MAX, |size| if artifact.base.is_some() { size - size.div_ceil(10) } else { size })
}

/// What `plain` is sent as: encrypted with `key` for `app`, if there is one.
///
/// # Errors
/// `artifact_too_large`; those of the system.
pub(crate) fn seal(
    plain: File,
    kind: &str,
    base: Option<RootDigest>,
    app: &str,
    key: Option<&EncryptionKey>,
) -> Result<Made> {
    let made = || {
        let mut file = match key {
            Some(key) => encrypted(plain, key, &associated_data(app, kind))?,
            None => plain,
        };
        file.rewind()?;
        let (size, sha256) = hashed::measure(&mut file)?;
        file.rewind()?;
        let cipher = key.map(|key| Cipher { key: key.id });
        Ok(Made { file, artifact: Artifact { kind: kind.to_owned(), size, sha256, cipher, base } })
    };
    let made = made().map_err(|error| temporary(&error))?;
    if made.artifact.size > MAX_ARTIFACT {
        let message = format!("the {kind} has {} bytes, {MAX_ARTIFACT} are allowed", made.artifact.size);
        return Err(Failure::new("artifact_too_large", message)
            .hint("serve large media from a web host instead of shipping it in the bundle"));
    }
    Ok(made)
}

fn encrypted(mut plain: File, key: &EncryptionKey, associated: &str) -> io::Result<File> {
    let random = |failure: Failure| io::Error::other(failure);
    let (salt, prefix) = (keys::random().map_err(random)?, keys::random().map_err(random)?);
    plain.rewind()?;
    let sink = BufWriter::new(tempfile::tempfile()?);
    let mut encryptor = Encryptor::new(sink, key, associated, salt, prefix)?;
    io::copy(&mut plain, &mut encryptor)?;
    encryptor.finish()?.into_inner().map_err(io::IntoInnerError::into_error)
}

fn temporary(error: &io::Error) -> Failure {
    Failure::io("write", Path::new("a temporary file"), error)
}

#[cfg(test)]
mod tests;
