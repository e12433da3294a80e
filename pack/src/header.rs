//! The head of a pack (formats 9.2).
//!
//! In: 14 bytes, what the caller expects. Out: [`Header`]. May touch: the stream. Keeps: I10 (nothing is allocated by what it says
//! before that was checked).

use crate::caller::Expected;
use crate::error::{Error, Result};
use crate::list::check_text;
use std::io::Read;

const MAGIC: [u8; 4] = *b"ALPK";
const VERSION: u8 = 1;
const SIZE: usize = 14;

/// How the content of a pack is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Without a base: brotli (RFC 7932).
    Whole,
    /// Against a base: operations, range coded.
    Delta,
}

/// What a pack begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) form: Form,
    /// Number of files.
    pub(crate) files: u32,
    /// Bytes of the path text.
    pub(crate) text: u32,
}

impl Header {
    /// Read it, and hold it against what is known of the target.
    ///
    /// # Errors
    /// [`Error::Input`], [`Error::Cut`], [`Error::Malformed`], [`Error::Version`], [`Error::Unexpected`].
    pub(crate) fn read(input: &mut impl Read, expected: Expected) -> Result<Self> {
        let mut bytes = [0; SIZE];
        input.read_exact(&mut bytes).map_err(Error::of_input)?;
        let [m, a, g, i, version, form, f0, f1, f2, f3, t0, t1, t2, t3] = bytes;
        if [m, a, g, i] != MAGIC {
            return Err(Error::Malformed("it does not begin as a pack"));
        }
        if version != VERSION {
            return Err(Error::Version(version));
        }
        let form = match form {
            0 => Form::Whole,
            1 => Form::Delta,
            _ => return Err(Error::Malformed("its form is unknown")),
        };
        let header =
            Self { form, files: u32::from_be_bytes([f0, f1, f2, f3]), text: u32::from_be_bytes([t0, t1, t2, t3]) };
        let files = u64::from(header.files);
        if files != expected.files {
            return Err(Error::Unexpected { what: "files", said: files, expected: expected.files });
        }
        check_text(header.text.into(), files)?;
        Ok(header)
    }

    #[cfg(feature = "make")]
    pub(crate) fn bytes(self) -> [u8; SIZE] {
        let mut bytes = [0; SIZE];
        let form = match self.form {
            Form::Whole => 0,
            Form::Delta => 1,
        };
        let all =
            MAGIC.into_iter().chain([VERSION, form]).chain(self.files.to_be_bytes()).chain(self.text.to_be_bytes());
        bytes.iter_mut().zip(all).for_each(|(place, byte)| *place = byte);
        bytes
    }
}

#[cfg(test)]
#[cfg(feature = "make")]
mod tests {
    use super::*;

    const EXPECTED: Expected = Expected { files: 3, size: 9 };
    const HEADER: Header = Header { form: Form::Delta, files: 3, text: 0x0203 };

    fn with(place: usize, byte: u8) -> Result<Header> {
        let mut bytes = HEADER.bytes();
        bytes[place] = byte;
        Header::read(&mut &bytes[..], EXPECTED)
    }

    #[test]
    fn what_was_written_is_read() {
        assert_eq!(&HEADER.bytes(), b"ALPK\x01\x01\0\0\0\x03\0\0\x02\x03");
        assert_eq!(with(5, 1).unwrap(), HEADER);
    }

    #[test]
    fn i10_what_is_no_head_is_refused() {
        assert!(matches!(with(0, b'a'), Err(Error::Malformed(_))));
        assert!(matches!(with(4, 2), Err(Error::Version(2))));
        assert!(matches!(with(5, 2), Err(Error::Malformed(_))));
        assert!(matches!(with(6, 1), Err(Error::Unexpected { what: "files", said: 0x0100_0003, expected: 3 })));
        assert!(matches!(with(10, 1), Err(Error::Malformed(_))));
        assert!(with(12, 0x0c).is_ok(), "3 × 1,025");
        assert!(matches!(with(12, 0x0d), Err(Error::Malformed(_))));
        assert!(matches!(Header::read(&mut &HEADER.bytes()[..13], EXPECTED), Err(Error::Cut)));
    }
}
