//! Moves whole files: shared where the file system can, copied elsewhere, and digested either way.
//!
//! In: content, a place where nothing is. Out: what is there now, by size and digest. May touch: the files it makes.
//! Keeps: I3 (digests are of what was read to the end), I10 (one buffer).

use super::progress::Pace;
use crate::edge::ports::{Fs, Shared};
use crate::model::{Digest, Error, Result};
use sha2::Digest as _;
use std::path::Path;

/// Bytes read and written at once.
const BUFFER: usize = 256 << 10;

/// One thread's tools.
pub(super) struct Copier<'a> {
    pub(super) fs: &'a dyn Fs,
    pub(super) pace: &'a Pace<'a>,
    buffer: Vec<u8>,
    /// Were links and clones to be had so far? They are asked for once in vain.
    links: Shared,
    clones: Shared,
}

/// Whose file is shared?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// Ours: it never changes, so that one file may have two names.
    Us,
    /// Somebody else's, who may write to it.
    Other,
}

/// What a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) size: u64,
    pub(super) sha256: Digest,
}

/// Gives the next bytes of some content; 0 at its end.
pub(super) type Source<'a> = &'a mut dyn FnMut(&mut [u8]) -> Result<usize>;

impl<'a> Copier<'a> {
    pub(super) fn new(fs: &'a dyn Fs, pace: &'a Pace<'a>) -> Self {
        Self { fs, pace, buffer: vec![0; BUFFER], links: Shared::Yes, clones: Shared::Yes }
    }

    /// Give `from` a second name or a clone.
    pub(super) fn share(&mut self, from: &Path, to: &Path, owner: Owner) -> Result<Shared> {
        let failed = |source| Error::storage("create", to, source);
        if owner == Owner::Us && self.links == Shared::Yes {
            self.links = self.fs.link(from, to).map_err(failed)?;
            if self.links == Shared::Yes {
                return Ok(Shared::Yes);
            }
        }
        if self.clones == Shared::Yes {
            self.clones = self.fs.clone_file(from, to).map_err(failed)?;
        }
        Ok(self.clones)
    }

    /// Read to the end, into a file at `to` if there is one.
    pub(super) fn read(&mut self, from: Source<'_>, to: Option<&Path>) -> Result<Content> {
        let create = |to| self.fs.create(to).map_err(|source| Error::storage("create", to, source));
        let mut file = to.map(create).transpose()?;
        let (mut size, mut sha256) = (0, sha2::Sha256::new());
        loop {
            self.pace.moved(0)?;
            let read = from(&mut self.buffer)?;
            let Some(bytes) = self.buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            sha256.update(bytes);
            size += bytes.len() as u64;
            if let (Some(file), Some(to)) = (&mut file, to) {
                file.write_all(bytes).map_err(|source| Error::storage("write", to, source))?;
            }
        }
        Ok(Content { size, sha256: Digest::new(sha256.finalize().into()) })
    }
}
