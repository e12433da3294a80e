//! What an unpacking needs from its caller, and what the caller knows of the target.
//!
//! In: calls of an unpacking. Out: bytes of the base, and places for new bytes. Keeps: I10 (sizes are expected, not believed).

use std::io;

/// The content of the base's files.
pub trait Base {
    /// Fill `buffer` from `offset` of a file, by its place in the list. Asked only for bytes that the list says are there.
    ///
    /// # Errors
    /// Whatever keeps the bytes from being read; it ends the unpacking and comes back as [`crate::Error::Base`].
    fn read(&mut self, file: usize, offset: u64, buffer: &mut [u8]) -> io::Result<()>;
}

/// Takes the new files: `begin`, any number of `write`, `end` for each of them, one after the other.
pub trait Sink {
    /// The bytes that follow are those of this file, by its place in the target's list.
    ///
    /// # Errors
    /// Ends the unpacking and comes back as [`crate::Error::Sink`]; so with the other two.
    fn begin(&mut self, file: usize) -> io::Result<()>;
    /// Its next bytes.
    ///
    /// # Errors
    /// As [`Sink::begin`].
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// All its bytes came, exactly as many as the list says.
    ///
    /// # Errors
    /// As [`Sink::begin`].
    fn end(&mut self) -> io::Result<()>;
}

/// What the caller knows of the target already, from a signed release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// Number of files.
    pub files: u64,
    /// Sum of their sizes in bytes.
    pub size: u64,
}
