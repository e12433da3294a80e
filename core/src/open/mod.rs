//! From downloaded bytes to trusted files: envelope, digest, decryption, unpacking.
//!
//! In: what `fetch` brought. Out: documents and files that are what a trusted key signed. May touch: files through
//! [`crate::edge::ports::Fs`], threads of its own that end before a call returns. Keeps: I3, I10.

pub mod cipher;
pub mod document;
pub mod envelope;

pub use document::{Channel, Index, Release};

use crate::edge::ports::ReadAt;
use std::io;

/// Fill `buffer` from `offset` on.
///
/// # Errors
/// `UnexpectedEof` when the source ends before, and those of the source.
fn read_exact_at(source: &dyn ReadAt, mut offset: u64, mut buffer: &mut [u8]) -> io::Result<()> {
    while !buffer.is_empty() {
        match source.read_at(offset, buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                offset += read as u64;
                buffer = buffer.get_mut(read..).unwrap_or_default();
            }
        }
    }
    Ok(())
}
