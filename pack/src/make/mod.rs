//! Make packs.
//!
//! In: two trees of files. Out: a pack, and a report of what its bytes are spent on. May touch: reads the trees; threads of its own
//! that end before a call returns.

#[cfg(test)]
mod costly;
mod delta;
mod encode;
#[cfg(test)]
mod golden;
mod parse;
mod whole;

pub use delta::delta;
pub use whole::whole;

use std::io;

/// A file of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeFile {
    /// Relative path, as a bundle may have it.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the content: equal digests are equal content.
    pub sha256: [u8; 32],
}

/// A bundle on the publisher's disk.
pub trait Tree: Sync {
    /// Its files, sorted by path, bytewise.
    fn files(&self) -> &[TreeFile];
    /// Fill `buffer` from `offset` of a file, by its place in the list.
    ///
    /// # Errors
    /// Whatever keeps the bytes from being read; it comes back as [`crate::Error::Base`] or [`crate::Error::Input`].
    fn read(&self, file: usize, offset: u64, buffer: &mut [u8]) -> io::Result<()>;
}

/// Told how far the making is: bytes done, bytes in all.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// What a pack's bytes are spent on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// Bytes of the pack.
    pub size: u64,
    /// Of these: header and list of files; of a whole pack the header alone.
    pub list: u64,
    /// The new files, in the order of the list; of a whole pack none, since what brotli codes has no borders between files.
    pub files: Vec<Spent>,
}

/// What one new file costs, and why.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spent {
    /// Its place in the target's list.
    pub file: usize,
    /// Bytes of the pack it takes, rounded; nothing finer is known of a range coded stream.
    pub cost: u64,
    /// Of its bytes: copied from the base, names in them renamed or not.
    pub copied: u64,
    /// Names that are others than at the place they were copied from.
    pub renamed: u64,
    /// Of its bytes: copied from earlier new content.
    pub repeated: u64,
    /// Of its bytes: told one by one, because they are in neither.
    pub literal: u64,
    /// Of its bytes: sent as they are, because they are compressed already.
    pub stored: u64,
}
