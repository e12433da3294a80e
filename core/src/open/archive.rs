//! Which files a zip holds and where, with every byte of it accounted for (formats 8, APPNOTE 6.3.10).
//!
//! In: verified content, and how many files and bytes were signed. Out: [`Archive`], whose entries divide all bytes before the
//! directory among themselves; each proves its own part when it is [opened](Entry::open). May touch: the content, to read.
//! Keeps: I3 (one reading of the archive, no place to hide), I10 (memory for the names that the limits allow).
//!
//! ```text
//! │ header ‖ data ‖ descriptor? │ header ‖ data ‖ … │ directory │ end record ‖ comment │
//! └──────── span of 1 ──────────┴─── span of 2 ─────┴─ central ─┴──── end ─────────────┘
//! ```

mod central;
mod end;
mod fields;
mod local;
mod window;

pub(super) use window::Window;

use super::tree::{self, Kind, Node};
use crate::edge::ports::ReadAt;
use crate::model::limits::MAX_FILES;
use crate::model::path::BundlePath;
use crate::model::{Code, Error};
use std::io;
use std::ops::Range;

/// The entries of an archive in order of path; folders of a file stand before it.
#[derive(Debug)]
pub(super) struct Archive {
    pub(super) entries: Vec<Entry>,
}

/// One entry, as the directory describes it.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its path; a folder's without the slash at its end.
    pub(super) path: BundlePath,
    pub(super) kind: Kind,
    pub(super) method: Method,
    pub(super) crc: u32,
    /// Bytes in the archive.
    pub(super) packed: u64,
    /// Bytes unpacked.
    pub(super) size: u64,
    flags: u16,
    /// Everything that belongs to it: local header, data, descriptor.
    pub(super) span: Range<u64>,
}

impl Node for Entry {
    fn path(&self) -> &BundlePath {
        &self.path
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn size(&self) -> u64 {
        self.size
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflated,
}

/// What was signed of the files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected {
    pub(super) files: u64,
    pub(super) size: u64,
}

impl Archive {
    /// Read the directory and refuse whatever formats 8 does not allow.
    pub(super) fn read(content: &dyn ReadAt, expected: Expected) -> io::Result<Self> {
        let end = end::find(content)?;
        // Before the directory is read: its entries cost memory. Folders are bounded like files.
        if end.count < expected.files || end.count > expected.files.saturating_add(MAX_FILES) {
            return Err(other_count(expected.files, end.count, "entries"));
        }
        let mut entries = central::read(content, &end, "")?;
        divide(&mut entries, end.directory.start)?;
        let files = || entries.iter().filter(|entry| entry.kind == Kind::File);
        if files().count() as u64 != expected.files {
            return Err(other_count(expected.files, files().count() as u64, "files"));
        }
        let size = files().fold(0, |sum: u64, file| sum.saturating_add(file.size));
        if size != expected.size {
            let detail = format!("{} bytes are signed, the archive's files have {size}", expected.size);
            return Err(refused(Code::ArchiveSize, detail));
        }
        tree::check(&mut entries).map_err(io::Error::other)?;
        Ok(Self { entries })
    }
}

/// The files below `folder` of a zip that somebody else answers for, such as an APK, in order of path. Not every byte of it is
/// accounted for, so whoever reads an entry proves its content.
pub(super) fn inside(content: &dyn ReadAt, folder: &str) -> io::Result<Vec<Entry>> {
    let mut entries = central::read(content, &end::find(content)?, folder)?;
    entries.retain(|entry| entry.kind == Kind::File);
    entries.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(entries)
}

/// Give each entry the bytes from its header to the next one's.
fn divide(entries: &mut [Entry], end: u64) -> io::Result<()> {
    entries.sort_unstable_by_key(|entry| entry.span.start);
    let first = entries.first().map_or(end, |entry| entry.span.start);
    if first != 0 {
        return Err(refused(Code::ArchiveUnaccounted, format!("{first} bytes lie before the first entry")));
    }
    let mut next = end;
    for entry in entries.iter_mut().rev() {
        if entry.span.start >= next {
            return Err(entry.refused(Code::ArchiveUnaccounted, "it lies over the next entry or the directory"));
        }
        entry.span.end = next;
        next = entry.span.start;
    }
    Ok(())
}

impl Entry {
    pub(super) fn refused(&self, code: Code, why: &str) -> io::Error {
        refused(code, format!("{}: {why}", self.path))
    }
}

fn refused(code: Code, detail: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, Error::unsafe_archive(code, detail))
}

fn other_count(expected: u64, found: u64, what: &str) -> io::Error {
    refused(Code::ArchiveFiles, format!("{expected} files are signed, the archive has {found} {what}"))
}

/// An end before its time is a fault of the archive's own lengths.
fn whole(read: io::Result<()>, what: &str) -> io::Result<()> {
    read.map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => refused(Code::ArchiveMalformed, format!("{what} is cut")),
        _ => error,
    })
}
