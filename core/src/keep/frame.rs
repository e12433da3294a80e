//! The frame around everything that is read back and believed (formats 13.2).
//!
//! In: a value, or bytes of a file. Out: bytes, or what the file is: valid, blank, corrupt or newer. May touch: nothing.
//! Keeps: I2 (a torn write is never taken for a value), I10 (each form has a cap).

use crate::model::{Code, Digest, Error, Result, json};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Bytes before the JSON: magic 8, schema 4, generation 8, length 4, digest 32.
pub const HEADER: usize = 56;
const DIGESTED: usize = 24;

/// One kind of framed file.
#[derive(Debug)]
pub struct Form {
    /// Its first 8 bytes.
    pub magic: &'static [u8; 8],
    /// The schema that is written.
    pub schema: u32,
    /// The highest schema that can be read.
    pub reads: u32,
    /// Most bytes, header included.
    pub cap: usize,
    /// What it is, for messages.
    pub what: &'static str,
}

/// What was found of a value. Unreadable is not corrupt, and neither is absent (architecture 5).
#[derive(Debug)]
pub enum Found<T> {
    /// It is there.
    Value(T),
    /// It was never written.
    Absent,
    /// It was written, but cannot be used: keep it aside, report it, go on as if it were absent.
    Lost(Lost),
    /// The system did not let it be read: write nothing, try again later.
    Unreadable(Error),
}

/// Why a value cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Not what was written.
    Corrupt,
    /// Written by a later version of this code.
    Newer,
}

impl Lost {
    /// The stable code.
    pub fn code(self) -> Code {
        match self {
            Self::Corrupt => Code::StorageCorrupt,
            Self::Newer => Code::StorageNewer,
        }
    }
}

/// What some bytes are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame<'a> {
    /// Nothing but zeros: reserved, never written.
    Blank,
    Corrupt,
    Newer(u64),
    Valid(u64, &'a [u8]),
}

/// Frame `value` as JSON.
///
/// # Errors
/// `too_large` beyond the form's cap.
pub fn encode(form: &Form, generation: u64, value: &impl Serialize) -> Result<Vec<u8>> {
    let json = serde_json::to_vec(value).map_err(|e| Error::storage("write", form.what, e.into()))?;
    if HEADER + json.len() > form.cap {
        let (limit, actual) = (form.cap as u64, (HEADER + json.len()) as u64);
        return Err(Error::TooLarge { what: form.what, limit, actual });
    }
    let length = u32::try_from(json.len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(HEADER + json.len());
    bytes.extend(form.magic);
    bytes.extend(form.schema.to_be_bytes());
    bytes.extend(generation.to_be_bytes());
    bytes.extend(length.to_be_bytes());
    let digest = digest(&bytes, &json);
    bytes.extend(digest.bytes());
    bytes.extend(json);
    Ok(bytes)
}

/// Read a value back; what follows the frame is ignored.
pub(super) fn decode<T: DeserializeOwned>(form: &Form, bytes: &[u8]) -> Found<T> {
    match inspect(form, bytes) {
        Frame::Blank => Found::Absent,
        Frame::Corrupt => Found::Lost(Lost::Corrupt),
        Frame::Newer(_) => Found::Lost(Lost::Newer),
        Frame::Valid(_, json) => parse(json),
    }
}

/// Read the JSON of a valid frame.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Found<T> {
    json::read(bytes).map_or(Found::Lost(Lost::Corrupt), Found::Value)
}

/// Find out what `bytes` are.
pub(super) fn inspect<'a>(form: &Form, bytes: &'a [u8]) -> Frame<'a> {
    if bytes.iter().all(|byte| *byte == 0) {
        return Frame::Blank;
    }
    match split(form, bytes) {
        None => Frame::Corrupt,
        Some((schema, generation, _)) if schema > form.reads => Frame::Newer(generation),
        Some((_, generation, json)) => Frame::Valid(generation, json),
    }
}

fn split<'a>(form: &Form, bytes: &'a [u8]) -> Option<(u32, u64, &'a [u8])> {
    let head = bytes.get(..DIGESTED)?;
    let (magic, rest) = bytes.split_first_chunk::<8>()?;
    let (schema, rest) = rest.split_first_chunk()?;
    let (generation, rest) = rest.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (sum, rest) = rest.split_first_chunk()?;
    let json = rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    let whole = magic == form.magic && digest(head, json).bytes() == sum;
    whole.then(|| (u32::from_be_bytes(*schema), u64::from_be_bytes(*generation), json))
}

fn digest(head: &[u8], json: &[u8]) -> Digest {
    use sha2::Digest as _;
    Digest::new(sha2::Sha256::new().chain_update(head).chain_update(json).finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: Form = Form { magic: b"ALOFTtst", schema: 2, reads: 2, cap: 100, what: "test" };

    #[test]
    fn what_is_framed_is_read_back_whatever_follows() {
        let mut bytes = encode(&FORM, 7, &"value").unwrap();
        bytes.extend([0xff; 9]);
        assert_eq!(inspect(&FORM, &bytes), Frame::Valid(7, b"\"value\""));
        assert!(matches!(decode::<String>(&FORM, &bytes), Found::Value(value) if value == "value"));
        assert!(matches!(decode::<u32>(&FORM, &bytes), Found::Lost(Lost::Corrupt)));
    }

    #[test]
    fn i2_a_changed_bit_or_a_missing_byte_is_corrupt() {
        let whole = encode(&FORM, 7, &"value").unwrap();
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(inspect(&FORM, &bytes), Frame::Corrupt, "bit {bit}");
        }
        for len in 1..whole.len() {
            assert_eq!(inspect(&FORM, &whole[..len]), Frame::Corrupt, "length {len}");
        }
        assert_eq!(inspect(&FORM, &[]), Frame::Blank);
        assert_eq!(inspect(&FORM, &[0; 600]), Frame::Blank);
    }

    #[test]
    fn another_kind_is_corrupt_and_a_later_schema_is_newer() {
        let bytes = encode(&FORM, 7, &1).unwrap();
        assert_eq!(inspect(&Form { magic: b"ALOFTxxx", ..FORM }, &bytes), Frame::Corrupt);
        assert_eq!(inspect(&Form { reads: 1, ..FORM }, &bytes), Frame::Newer(7));
        assert_eq!(inspect(&Form { schema: 3, reads: 3, ..FORM }, &bytes), Frame::Valid(7, b"1"));
    }

    #[test]
    fn i10_what_is_over_its_cap_is_not_written() {
        assert_eq!(encode(&FORM, 7, &"x".repeat(42)).unwrap().len(), 100);
        assert_eq!(encode(&FORM, 7, &"x".repeat(43)).unwrap_err().code(), Code::TooLarge);
    }

    #[test]
    fn the_bytes_are_those_of_the_formats() {
        // formats 13.2, written out by hand; the digest by `sha256sum` over the first 24 bytes and the JSON.
        let bytes = encode(&FORM, 1, &1).unwrap();
        assert_eq!(bytes[..24], *b"ALOFTtst\0\0\0\x02\0\0\0\0\0\0\0\x01\0\0\0\x01");
        assert_eq!(bytes[24..56], *Digest::of(b"ALOFTtst\0\0\0\x02\0\0\0\0\0\0\0\x01\0\0\0\x011").bytes());
        assert_eq!(bytes[56..], *b"1");
    }
}
