//! Little-endian fields of zip records.
//!
//! In: the bytes of a record. Out: its fields, `None` beyond the end. May touch: nothing. Keeps: I10.

/// The bytes of a record that are not read yet.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn chunk<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.chunk().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.chunk().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.chunk().map(u64::from_le_bytes)
    }
}

/// The fields that a local header and a directory record share, in their order (APPNOTE 4.3.7, 4.3.12).
pub(super) struct Shared {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) size: u64,
    pub(super) name: u16,
    pub(super) extra: u16,
}

impl Shared {
    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let _version_needed = fields.u16()?;
        let (flags, method) = (fields.u16()?, fields.u16()?);
        let _modified = fields.u32()?;
        Some(Self {
            flags,
            method,
            crc: fields.u32()?,
            packed: fields.u32()?.into(),
            size: fields.u32()?.into(),
            name: fields.u16()?,
            extra: fields.u16()?,
        })
    }
}

/// A value that stands in the zip64 extra field instead.
const ELSEWHERE: u64 = 0xffff_ffff;

/// Replace each of `values` that stands elsewhere by what the zip64 extra field says, in the field's order (APPNOTE 4.5.3).
/// Nothing within the limits needs it, but tools that stream write it.
pub(super) fn widen<const N: usize>(extra: &[u8], values: [&mut u64; N]) -> Option<()> {
    let mut wide: Option<Fields<'_>> = None;
    for value in values.into_iter().filter(|value| **value == ELSEWHERE) {
        let field = match &mut wide {
            Some(field) => field,
            none => none.insert(zip64(extra)?),
        };
        *value = field.u64()?;
    }
    Some(())
}

fn zip64(extra: &[u8]) -> Option<Fields<'_>> {
    let mut fields = Fields(extra);
    loop {
        let (id, len) = (fields.u16()?, fields.u16()?);
        let body = fields.bytes(len.into())?;
        if id == 1 {
            return Some(Fields(body));
        }
    }
}
