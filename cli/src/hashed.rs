//! Bytes on their way, counted into a digest.
//!
//! In: bytes. Out: the same bytes, their number and SHA-256. May touch: the sink it is given.

use aloft_core::model::Digest;
use sha2::Digest as _;
use std::io::{self, Read, Write};

/// Digests what goes through it.
pub(crate) struct Hashed<W> {
    sink: W,
    hash: sha2::Sha256,
}

impl<W> Hashed<W> {
    pub(crate) fn new(sink: W) -> Self {
        Self { sink, hash: sha2::Sha256::new() }
    }

    pub(crate) fn finish(self) -> Digest {
        Digest::new(self.hash.finalize().into())
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.sink.write(bytes)?;
        self.hash.update(bytes.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// Size and digest of everything `source` has.
pub(crate) fn measure(source: &mut dyn Read) -> io::Result<(u64, Digest)> {
    let mut hashed = Hashed::new(io::sink());
    let size = io::copy(source, &mut hashed)?;
    Ok((size, hashed.finish()))
}
