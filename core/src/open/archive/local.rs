//! An entry's own part of a zip: local header, data, data descriptor (APPNOTE 4.3.7 to 4.3.9).
//!
//! In: an [`Entry`] and a window on the content. Out: the window at the entry's data. May touch: the content, to read.
//! Keeps: I3 (header and directory agree, and no byte of the entry's span is left over).

use super::fields::{Fields, Shared, widen};
use super::{Entry, Method, Window, whole};
use crate::edge::ports::ReadAt;
use crate::model::Code;
use crate::open::read_exact_at;
use crate::open::tree::Kind;
use std::io::{self, Read as _};
use std::ops::Range;

const SIGNATURE: u32 = 0x0403_4b50;
const LEN: usize = 30;
const DESCRIPTOR_SIGNATURE: u32 = 0x0807_4b50;

/// Bit 3: CRC and sizes stand in a descriptor after the data.
const DESCRIPTOR: u16 = 1 << 3;
/// Flag bits in which both headers must agree: 0 (encrypted), 3 and 11 (UTF-8); formats 8.
const AGREED: u16 = 1 | DESCRIPTOR | 1 << 11;

impl Entry {
    /// Check the local header, and put `window` at the data: [`Entry::packed`] bytes, then [`Entry::close`].
    pub(in crate::open) fn open(&self, window: &mut Window<'_>) -> io::Result<()> {
        window.show(self.span.clone());
        let mut head = [0; LEN];
        whole(window.read_exact(&mut head), self.path.as_str())?;
        let mut fields = Fields(&head);
        let signature = fields.u32();
        let header = Shared::read(&mut fields).filter(|_| signature == Some(SIGNATURE));
        let header = header.ok_or_else(|| self.refused(Code::ArchiveMalformed, "no header lies where it should"))?;
        let mut rest = vec![0; usize::from(header.name) + usize::from(header.extra)];
        whole(window.read_exact(&mut rest), self.path.as_str())?;
        let (name, extra) = rest.split_at_checked(header.name.into()).unwrap_or_default();
        self.compare(header, name, extra)?;
        let after = window.left().checked_sub(self.packed);
        let after = after.ok_or_else(|| self.refused(Code::ArchiveUnaccounted, "it lies over what comes next"))?;
        if self.descriptor_lens().contains(&after) {
            return Ok(());
        }
        Err(self.refused(Code::ArchiveUnaccounted, &format!("{after} bytes lie after its data")))
    }

    /// Check the data descriptor that `window` is at.
    pub(in crate::open) fn close(&self, window: &mut Window<'_>) -> io::Result<()> {
        let mut bytes = Vec::new();
        window.read_to_end(&mut bytes)?; // as `open` measured it
        if bytes.is_empty() || described(&bytes) == Some([self.crc.into(), self.packed, self.size]) {
            return Ok(());
        }
        Err(self.refused(Code::ArchiveHeadersDiffer, "the descriptor after its data differs from the directory"))
    }

    /// Where the data lies, checked no further: for whoever proves it by its digest.
    pub(in crate::open) fn data(&self, content: &dyn ReadAt) -> io::Result<Range<u64>> {
        let mut head = [0; LEN];
        whole(read_exact_at(content, self.span.start, &mut head), self.path.as_str())?;
        let mut fields = Fields(&head);
        let signature = fields.u32();
        let header = Shared::read(&mut fields).filter(|_| signature == Some(SIGNATURE));
        let header = header.ok_or_else(|| self.refused(Code::ArchiveMalformed, "no header lies where it should"))?;
        let start = self.span.start + LEN as u64 + u64::from(header.name) + u64::from(header.extra);
        Ok(start..start.saturating_add(self.packed))
    }

    fn compare(&self, mut header: Shared, name: &[u8], extra: &[u8]) -> io::Result<()> {
        let differ = |what: &str| {
            let why = format!("its {what} differs between its header and the directory");
            Err(self.refused(Code::ArchiveHeadersDiffer, &why))
        };
        let slash: &[u8] = if self.kind == Kind::Folder { b"/" } else { b"" };
        let method = if self.method == Method::Stored { 0 } else { 8 };
        if name.strip_suffix(slash) != Some(self.path.as_str().as_bytes()) {
            return differ("name");
        }
        if header.method != method {
            return differ("method");
        }
        if (header.flags ^ self.flags) & AGREED != 0 {
            return differ("flags");
        }
        if self.flags & DESCRIPTOR != 0 {
            return Ok(()); // written before they were known
        }
        let read = widen(extra, [&mut header.size, &mut header.packed]);
        if read.is_none() || (header.crc, header.packed, header.size) != (self.crc, self.packed, self.size) {
            return differ("CRC or size");
        }
        Ok(())
    }

    /// With or without signature, with sizes of 4 or 8 bytes.
    fn descriptor_lens(&self) -> &'static [u64] {
        if self.flags & DESCRIPTOR == 0 { &[0] } else { &[12, 16, 20, 24] }
    }
}

/// CRC, size packed and size of a descriptor.
fn described(bytes: &[u8]) -> Option<[u64; 3]> {
    let mut fields = Fields(bytes);
    if matches!(bytes.len(), 16 | 24) {
        fields.u32().filter(|signature| *signature == DESCRIPTOR_SIGNATURE)?;
    }
    let crc = fields.u32()?.into();
    match fields.0.len() {
        8 => Some([crc, fields.u32()?.into(), fields.u32()?.into()]),
        _ => Some([crc, fields.u64()?, fields.u64()?]),
    }
}
