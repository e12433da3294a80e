//! Unpack entries of an archive one after the other, each into a file that is not there yet.
//!
//! In: an [`Entry`]. Out: its file, and the digest of what was written. May touch: the archive to read, files it creates.
//! Keeps: I3, I10 (two buffers; no more is written than was declared).

use super::archive::{Entry, Method, Window};
use super::tree::Kind;
use crate::edge::ports::{Fs, ReadAt, Write};
use crate::model::{Code, Digest, Error, Result};
use flate2::{Decompress, FlushDecompress, Status};
use sha2::Digest as _;
use std::io::{self, BufRead as _};
use std::path::{Path, PathBuf};

/// Bytes that are written at once. Most files of a web bundle take one write.
const BUFFER: usize = 256 << 10;

/// One thread's tools.
pub(super) struct Extractor<'a> {
    fs: &'a dyn Fs,
    /// Of the archive, for errors.
    path: &'a Path,
    dir: &'a Path,
    window: Window<'a>,
    inflate: Decompress,
    buffer: Vec<u8>,
}

impl<'a> Extractor<'a> {
    pub(super) fn new(fs: &'a dyn Fs, content: &'a dyn ReadAt, path: &'a Path, dir: &'a Path) -> Self {
        let buffer = vec![0; BUFFER];
        Self { fs, path, dir, window: Window::new(content), inflate: Decompress::new(false), buffer }
    }

    /// Check the whole span of `entry`, and if it is a file, write it. `moved` is told of bytes written; its error ends it.
    pub(super) fn extract(&mut self, entry: &Entry, moved: &mut dyn FnMut(u64) -> Result<()>) -> Result<Digest> {
        entry.open(&mut self.window).map_err(|error| super::failure("read", self.path, error))?;
        let mut output = Output::new(self.fs, self.dir, entry, moved)?;
        match entry.method {
            Method::Stored => self.copy(entry, &mut output)?,
            Method::Deflated => self.inflate(entry, &mut output)?,
        }
        entry.close(&mut self.window).map_err(|error| super::failure("read", self.path, error))?;
        output.finish()
    }

    fn copy(&mut self, entry: &Entry, output: &mut Output<'_>) -> Result<()> {
        let mut left = entry.packed;
        while left > 0 {
            let piece = data(&mut self.window, left).map_err(|error| super::failure("read", self.path, error))?;
            let read = piece.len();
            output.write(piece)?;
            self.window.consume(read);
            left -= read as u64;
        }
        Ok(())
    }

    fn inflate(&mut self, entry: &Entry, output: &mut Output<'_>) -> Result<()> {
        self.inflate.reset(false);
        let mut filled = 0;
        loop {
            let before = (self.inflate.total_in(), self.inflate.total_out());
            let left = entry.packed - before.0;
            let piece = data(&mut self.window, left).map_err(|error| super::failure("read", self.path, error))?;
            let room = self.buffer.get_mut(filled..).unwrap_or_default();
            let status = self.inflate.decompress(piece, room, FlushDecompress::None);
            let status = status.map_err(|_| corrupt(entry, "it is not deflated data"))?;
            let read = self.inflate.total_in() - before.0;
            let written = self.inflate.total_out() - before.1;
            self.window.consume(read as usize);
            filled += written as usize;
            if filled == BUFFER || status == Status::StreamEnd {
                output.write(self.buffer.get(..filled).unwrap_or_default())?;
                filled = 0;
            }
            if status == Status::StreamEnd {
                let why = "bytes lie after the end of its deflated data";
                return if read == left { Ok(()) } else { Err(refused(Code::ArchiveUnaccounted, entry, why)) };
            }
            if (read, written) == (0, 0) {
                return Err(corrupt(entry, "its deflated data is cut"));
            }
        }
    }
}

/// The next bytes of an entry's data, of which `left` are not read.
fn data<'w>(window: &'w mut Window<'_>, left: u64) -> io::Result<&'w [u8]> {
    let ready = window.fill_buf()?;
    Ok(ready.get(..usize::try_from(left).unwrap_or(usize::MAX)).unwrap_or(ready))
}

fn refused(code: Code, entry: &Entry, why: &str) -> Error {
    Error::unsafe_archive(code, format!("{}: {why}", entry.path))
}

fn corrupt(entry: &Entry, why: &str) -> Error {
    refused(Code::ArchiveEntryCorrupt, entry, why)
}

/// The file that an entry becomes; a folder's entry has none.
struct Output<'a> {
    entry: &'a Entry,
    path: PathBuf,
    file: Option<Box<dyn Write>>,
    moved: &'a mut dyn FnMut(u64) -> Result<()>,
    sha256: sha2::Sha256,
    crc: crc32fast::Hasher,
    written: u64,
}

impl<'a> Output<'a> {
    fn new(fs: &dyn Fs, dir: &Path, entry: &'a Entry, moved: &'a mut dyn FnMut(u64) -> Result<()>) -> Result<Self> {
        let path = dir.join(entry.path.as_str());
        let file = match entry.kind {
            Kind::File => Some(fs.create(&path).map_err(|source| Error::storage("create", &path, source))?),
            Kind::Folder => None,
        };
        let crc = crc32fast::Hasher::new();
        Ok(Self { entry, path, file, moved, sha256: sha2::Sha256::new(), crc, written: 0 })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.written += bytes.len() as u64;
        if self.written > self.entry.size {
            return Err(refused(Code::ArchiveSize, self.entry, "it is larger than it says"));
        }
        self.crc.update(bytes);
        self.sha256.update(bytes);
        if let Some(file) = &mut self.file {
            file.write_all(bytes).map_err(|source| Error::storage("write", &self.path, source))?;
        }
        (self.moved)(bytes.len() as u64)
    }

    fn finish(self) -> Result<Digest> {
        if self.written < self.entry.size {
            return Err(corrupt(self.entry, "it is smaller than it says"));
        }
        if self.crc.finalize() != self.entry.crc {
            return Err(corrupt(self.entry, "its CRC is another"));
        }
        Ok(Digest::new(self.sha256.finalize().into()))
    }
}
