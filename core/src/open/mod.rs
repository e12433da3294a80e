//! From downloaded bytes to trusted files: envelope, digest, decryption, unpacking.
//!
//! In: what `fetch` brought. Out: documents and files that are what a trusted key signed. May touch: files through
//! [`crate::edge::ports::Fs`], threads of its own that end before a call returns. Keeps: I3, I10.

mod archive;
mod base;
pub mod cipher;
mod copier;
pub mod document;
pub mod envelope;
mod extract;
pub mod patch;
mod progress;
mod tree;
pub mod unpack;
pub mod verify;

pub use base::Base;
pub use document::{Channel, Index, Release};
pub use patch::patch;
pub use progress::Watch;
pub use unpack::{Unpacked, unpack};
pub use verify::{Verified, verify};

use crate::edge::ports::ReadAt;
use crate::model::Error;
use std::io;
use std::path::Path;

/// What an I/O error means: the [`Error`] inside it, else a storage error at `path`.
fn failure(action: &'static str, path: &Path, error: io::Error) -> Error {
    error.downcast().unwrap_or_else(|source| Error::storage(action, path, source))
}

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
