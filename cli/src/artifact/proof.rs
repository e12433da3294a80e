//! Does a pack give the bundle it was made of? It is applied as a device would, to nowhere, before anybody signs it.
//!
//! In: a pack, its base. Out: the root digest of what it gives. May touch: reads both. Keeps: I3 on the publisher's side: what is
//! signed can be installed, also if a file changed while the pack was made.

use super::FolderTree;
use aloft_core::model::bundle::{FileEntry, FileList};
use aloft_core::model::{Digest, RootDigest};
use aloft_pack::make::Tree as _;
use aloft_pack::{Error, Expected, Pack, Result, Sink, Source};
use sha2::Digest as _;
use std::fs::File;
use std::io::{self, BufReader, Seek as _};

/// The root digest of what `pack` gives. Reads all of it.
///
/// # Errors
/// Those of the pack.
pub(crate) fn root(pack: &mut File, base: &FolderTree, expected: Expected) -> Result<RootDigest> {
    pack.rewind().map_err(Error::Input)?;
    let pack = Pack::open(BufReader::new(pack), &base.list(), expected)?;
    let files = pack.files().to_vec();
    let mut digests = Digests { of: vec![None; files.len()], file: 0, hash: sha2::Sha256::new() };
    let mut reader = base;
    pack.unpack(&mut reader, &mut digests)?;
    let wrong = || Error::Malformed("a file of the list has no content, or no path");
    let digest = |n: usize| match files.get(n)?.source {
        Source::Base(n) => base.files().get(n).map(|file| Digest::new(file.sha256)),
        Source::Target(n) => *digests.of.get(n)?,
        Source::New => *digests.of.get(n)?,
    };
    let entry = |(n, file): (usize, &aloft_pack::File)| {
        Some(FileEntry { path: file.path.parse().ok()?, size: file.size, sha256: digest(n)? })
    };
    let entries: Option<Vec<_>> = files.iter().enumerate().map(entry).collect();
    Ok(FileList::from(entries.ok_or_else(wrong)?).root())
}

/// Digests what comes, file by file.
struct Digests {
    of: Vec<Option<Digest>>,
    file: usize,
    hash: sha2::Sha256,
}

impl Sink for Digests {
    fn begin(&mut self, file: usize) -> io::Result<()> {
        (self.file, self.hash) = (file, sha2::Sha256::new());
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        let digest = Digest::new(std::mem::take(&mut self.hash).finalize().into());
        *self.of.get_mut(self.file).ok_or(io::ErrorKind::InvalidData)? = Some(digest);
        Ok(())
    }
}
