//! Packs that lie: whatever the bytes, an error, or exactly what was expected.
//!
//! In: bytes. Out: a verdict; a panic is a fault of the codec. May touch: memory. The fuzzer (`fuzz/`) calls it as the tests do.
#![allow(clippy::expect_used, clippy::indexing_slicing, dead_code)]

use aloft_pack::{Base, BaseFile, Error, Expected, File, Form, Pack, Sink, Source};
use std::io::{self, Read};

/// Paths and contents, sorted.
type Files<'a> = [(&'a str, &'a [u8])];

/// The base that the golden delta was made for.
const BASE: &Files<'static> = &[
    ("assets/index-B1gnklDS.js", include_bytes!("../../../tests/vectors/packs/base/assets/index-B1gnklDS.js")),
    ("assets/style-D4e5F6g7.css", include_bytes!("../../../tests/vectors/packs/base/assets/style-D4e5F6g7.css")),
    ("assets/vendor-Cq0Xw9Zk.js", include_bytes!("../../../tests/vectors/packs/base/assets/vendor-Cq0Xw9Zk.js")),
    ("empty.txt", b""),
    ("icon.png", include_bytes!("../../../tests/vectors/packs/base/icon.png")),
    ("index.html", include_bytes!("../../../tests/vectors/packs/base/index.html")),
    ("old.txt", include_bytes!("../../../tests/vectors/packs/base/old.txt")),
];

/// Most bytes that are expected of a target.
const MOST: u64 = 1 << 20;

/// Apply any input: number of files, u16, and sum of their sizes, u32, both big endian; then a pack of this form from byte 6 on.
pub(crate) fn any(form: Form, input: &[u8]) -> Result<(), Error> {
    let (head, pack) = input.split_at_checked(6).ok_or(Error::Cut)?;
    let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    let expected = Expected { files: number(&head[..2]), size: number(&head[2..]) % (MOST + 1) };
    let (form, base) = match form {
        Form::Whole => (0, &[][..]),
        Form::Delta => (1, BASE),
    };
    survives((&[b'A', b'L', b'P', b'K', 1, form][..]).chain(pack), base, expected)
}

/// Apply a pack. What comes out is as long as it should be, and the base is asked only for what is there.
pub(crate) fn survives(pack: impl Read, base: &Files<'_>, expected: Expected) -> Result<(), Error> {
    let list: Vec<_> =
        base.iter().map(|(path, bytes)| BaseFile { path: (*path).to_owned(), size: bytes.len() as u64 }).collect();
    let pack = Pack::open(pack, &list, expected)?;
    let mut counting = Counting::new(pack.files());
    assert_eq!((counting.sizes.len() as u64, counting.sizes.iter().sum()), (expected.files, expected.size));
    let new = pack.files().iter().filter(|file| file.source == Source::New).count();
    pack.unpack(&mut Strict(base), &mut counting)?;
    assert_eq!(counting.ended, new, "not all came");
    Ok(())
}

/// Counts what comes out: a file is never longer than it says.
pub(crate) struct Counting {
    sizes: Vec<u64>,
    left: u64,
    ended: usize,
}

impl Counting {
    pub(crate) fn new(files: &[File]) -> Self {
        Self { sizes: files.iter().map(|file| file.size).collect(), left: 0, ended: 0 }
    }
}

impl Sink for Counting {
    fn begin(&mut self, file: usize) -> io::Result<()> {
        self.left = self.sizes[file];
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.left = self.left.checked_sub(bytes.len() as u64).expect("longer than it says");
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        assert_eq!(self.left, 0, "shorter than it says");
        self.ended += 1;
        Ok(())
    }
}

/// A base that must not be asked for what is not there.
struct Strict<'a>(&'a Files<'a>);

impl Base for Strict<'_> {
    fn read(&mut self, file: usize, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        buffer.copy_from_slice(&self.0[file].1[offset as usize..][..buffer.len()]);
        Ok(())
    }
}
