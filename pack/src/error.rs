//! What can be wrong with a pack, and whose fault it was.
//!
//! In: a fault. Out: [`Error`]. May touch: nothing. Keeps: I10 (bad input is an error, never a panic).

use std::io;

/// The result of everything in this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a pack could not be applied or made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are no pack, or say something that cannot be.
    #[error("the pack is malformed: {0}")]
    Malformed(&'static str),
    /// It was made for a newer reader.
    #[error("the pack has version {0} of the format")]
    Version(u8),
    /// It ends too early.
    #[error("the pack is cut")]
    Cut,
    /// It takes more work than its bytes and those it makes are worth.
    #[error("the pack takes more work than its size allows")]
    Costly,
    /// What it says of itself is not what was expected of it.
    #[error("the pack says {said} {what}, {expected} were expected")]
    Unexpected {
        /// `files` or `bytes`.
        what: &'static str,
        /// In the pack.
        said: u64,
        /// By the caller.
        expected: u64,
    },
    /// The pack could not be read.
    #[error("the pack could not be read: {0}")]
    Input(#[source] io::Error),
    /// A file of the base could not be read.
    #[error("file {file} of the base could not be read: {source}")]
    Base {
        /// Its place in the list of the base.
        file: usize,
        /// Why.
        source: io::Error,
    },
    /// What came out could not be written.
    #[error("what the pack gives could not be written: {0}")]
    Sink(#[source] io::Error),
}

impl Error {
    /// Of a pack that could not be read to where it should go on.
    pub(crate) fn of_input(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Cut } else { Self::Input(error) }
    }
}

/// An empty vector with room for so many items, whose number came from outside.
///
/// # Errors
/// [`Error::Input`] when the system has no memory for them. A process that only asked for it in vain would be ended instead.
pub(crate) fn room<T>(items: usize) -> Result<Vec<T>> {
    let mut made = Vec::new();
    made.try_reserve_exact(items).map_err(|_| Error::Input(io::ErrorKind::OutOfMemory.into()))?;
    Ok(made)
}
