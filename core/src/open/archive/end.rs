//! The end record of a zip: where its directory lies (APPNOTE 4.3.16).
//!
//! In: the content. Out: [`End`]. May touch: the content, to read. Keeps: I10 (at most 64 KiB are read).
//!
//! A zip64 end record counts as bytes that nobody accounts for: nothing within the limits of formats 10 needs one.

use super::fields::Fields;
use super::{refused, whole};
use crate::edge::ports::ReadAt;
use crate::model::Code;
use crate::open::read_exact_at;
use std::io;
use std::ops::Range;

const SIGNATURE: u32 = 0x0605_4b50;
const LEN: usize = 22;

/// What the end record says.
pub(super) struct End {
    /// Entries in the directory.
    pub(super) count: u64,
    /// Where the directory lies; it ends where the end record begins.
    pub(super) directory: Range<u64>,
}

/// The last record whose comment ends with the content. Were an earlier one meant, this one would lie unaccounted for.
pub(super) fn find(content: &dyn ReadAt) -> io::Result<End> {
    let len = content.len()?;
    let tail = len.min(LEN as u64 + u64::from(u16::MAX));
    let mut bytes = vec![0; tail as usize];
    whole(read_exact_at(content, len - tail, &mut bytes), "the archive")?;
    for at in (0..bytes.len().saturating_sub(LEN - 1)).rev() {
        if let Some(found) = bytes.get(at..).and_then(parse) {
            return found.directory(len - tail + at as u64);
        }
    }
    Err(refused(Code::ArchiveMalformed, "there is no end record: this is not a zip, or it is cut"))
}

struct Found {
    disks: [u16; 2],
    counts: [u16; 2],
    size: u32,
    offset: u32,
}

fn parse(record: &[u8]) -> Option<Found> {
    let mut fields = Fields(record);
    fields.u32().filter(|signature| *signature == SIGNATURE)?;
    let found = Found {
        disks: [fields.u16()?, fields.u16()?],
        counts: [fields.u16()?, fields.u16()?],
        size: fields.u32()?,
        offset: fields.u32()?,
    };
    let comment = fields.u16()?;
    (fields.0.len() == usize::from(comment)).then_some(found)
}

impl Found {
    /// The directory, which must lie right before the record at `end`.
    fn directory(self, end: u64) -> io::Result<End> {
        let [count, all] = self.counts;
        if self.disks != [0, 0] || count != all {
            return Err(refused(Code::ArchiveMalformed, "the archive is one of several parts"));
        }
        let start = u64::from(self.offset);
        let directory = start..start + u64::from(self.size);
        if directory.end > end {
            return Err(refused(Code::ArchiveMalformed, "the directory does not lie where the end record says"));
        }
        if directory.end < end {
            return Err(refused(Code::ArchiveUnaccounted, "bytes lie between the directory and the end record"));
        }
        Ok(End { count: count.into(), directory })
    }
}
