//! What was made, the last 8 MiB of it: copied from again, and handed on in large pieces.
//!
//! In: bytes as they are made. Out: the same bytes to the sink, file by file. May touch: the sink.
//! Keeps: I10 (no file gets more bytes than its size; the window does not grow).

use crate::caller::Sink;
use crate::error::{Error, Result, room};
use crate::operation::WINDOW;

/// Bytes that are handed on at once.
const PIECE: u64 = 64 << 10;

/// The window. Its length is a power of two.
pub(crate) struct Window {
    bytes: Box<[u8]>,
    /// Bytes made in all.
    made: u64,
    /// Bytes handed on in all.
    given: u64,
    /// Where the file that is being made ends.
    end: u64,
}

impl Window {
    /// For a target of at most `most` bytes.
    ///
    /// # Errors
    /// [`Error::Input`].
    pub(crate) fn new(most: u64) -> Result<Self> {
        let length = most.clamp(1, WINDOW as u64).next_power_of_two() as usize;
        let mut bytes = room(length)?;
        bytes.resize(length, 0);
        Ok(Self { bytes: bytes.into_boxed_slice(), made: 0, given: 0, end: 0 })
    }

    /// A file of `size` bytes begins; the one before is complete.
    pub(crate) fn begin(&mut self, size: u64) {
        self.end = self.made.saturating_add(size);
    }

    /// Bytes made in all.
    pub(crate) fn made(&self) -> u64 {
        self.made
    }

    /// Bytes that the file still lacks.
    pub(crate) fn left(&self) -> u64 {
        self.end - self.made
    }

    #[inline]
    pub(crate) fn push(&mut self, byte: u8, sink: &mut dyn Sink) -> Result<()> {
        self.put(&[byte], sink)
    }

    /// Add bytes.
    #[inline]
    pub(crate) fn put(&mut self, mut bytes: &[u8], sink: &mut dyn Sink) -> Result<()> {
        if bytes.len() as u64 > self.left() {
            return Err(Error::Malformed("a file is longer than it should be"));
        }
        while !bytes.is_empty() {
            let room = self.room(bytes.len());
            let (first, rest) = bytes.split_at_checked(room.len()).unwrap_or((bytes, &[]));
            room.copy_from_slice(first);
            self.made += first.len() as u64;
            bytes = rest;
            self.give_pieces(sink)?;
        }
        Ok(())
    }

    /// Add `length` bytes, at most as many as the file lacks, that `read` fills in.
    pub(crate) fn fill(
        &mut self,
        length: u64,
        sink: &mut dyn Sink,
        mut read: impl FnMut(u64, &mut [u8]) -> Result<()>,
    ) -> Result<()> {
        if length > self.left() {
            return Err(Error::Malformed("a file is longer than it should be"));
        }
        let mut done = 0;
        while done < length {
            let room = self.room((length - done).min(PIECE) as usize);
            read(done, room)?;
            done += room.len() as u64;
            self.made += room.len() as u64;
            self.give_pieces(sink)?;
        }
        Ok(())
    }

    /// Add `length` bytes again that were made `distance` bytes ago.
    pub(crate) fn repeat(&mut self, distance: u64, length: u64, sink: &mut dyn Sink) -> Result<()> {
        if distance == 0 || distance > self.made.min(self.bytes.len() as u64) {
            return Err(Error::Malformed("a copy reaches back too far"));
        }
        if length > self.left() {
            return Err(Error::Malformed("a file is longer than it should be"));
        }
        for _ in 0..length {
            let byte = self.at(self.made - distance);
            self.room(1).fill(byte);
            self.made += 1;
            self.give_pieces(sink)?;
        }
        Ok(())
    }

    /// The last 8 bytes, the latest lowest.
    pub(crate) fn recent(&self) -> u64 {
        (0..8).fold(0, |recent, n| {
            recent | self.made.checked_sub(n + 1).map_or(0, |at| u64::from(self.at(at))) << (8 * n)
        })
    }

    /// Hand on all that is left of the file.
    pub(crate) fn give(&mut self, sink: &mut dyn Sink) -> Result<()> {
        while self.given < self.made {
            let from = self.place(self.given);
            let length = (self.made - self.given).min((self.bytes.len() - from) as u64) as usize;
            sink.write(self.bytes.get(from..from + length).unwrap_or_default()).map_err(Error::Sink)?;
            self.given += length as u64;
        }
        Ok(())
    }

    #[inline]
    fn give_pieces(&mut self, sink: &mut dyn Sink) -> Result<()> {
        // A window that is smaller than a piece is large enough for all that is made.
        if self.made - self.given >= PIECE { self.give(sink) } else { Ok(()) }
    }

    /// Where the next bytes go: at least one, at most `most`.
    #[inline]
    fn room(&mut self, most: usize) -> &mut [u8] {
        let from = self.place(self.made);
        let to = self.bytes.len().min(from + most);
        self.bytes.get_mut(from..to).unwrap_or_default()
    }

    #[inline]
    fn at(&self, position: u64) -> u8 {
        self.bytes.get(self.place(position)).copied().unwrap_or_default()
    }

    #[inline]
    fn place(&self, position: u64) -> usize {
        position as usize & (self.bytes.len() - 1)
    }
}
