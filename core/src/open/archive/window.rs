//! Reads a range of a file forward through one buffer.
//!
//! In: a file and the range to read. Out: its bytes as [`io::BufRead`]. May touch: the file, to read.
//! Keeps: I10 (one buffer, whatever the range).

use crate::edge::ports::ReadAt;
use std::io;
use std::ops::Range;

/// Most entries of a web bundle fit, so that they take one read; and a segment of the cipher is as long.
const BUFFER: usize = 64 << 10;

/// A range of `content` that is read forward.
pub(in crate::open) struct Window<'a> {
    content: &'a dyn ReadAt,
    buffer: Vec<u8>,
    /// What of the buffer is not consumed.
    ready: Range<usize>,
    /// What of the range is not in the buffer.
    ahead: Range<u64>,
}

impl<'a> Window<'a> {
    pub(in crate::open) fn new(content: &'a dyn ReadAt) -> Self {
        Self { content, buffer: vec![0; BUFFER], ready: 0..0, ahead: 0..0 }
    }

    /// Go to another range.
    pub(in crate::open) fn show(&mut self, range: Range<u64>) {
        self.ready = 0..0;
        self.ahead = range;
    }

    /// Bytes of the range that are not consumed.
    pub(in crate::open) fn left(&self) -> u64 {
        self.ready.len() as u64 + self.ahead.end.saturating_sub(self.ahead.start)
    }
}

impl io::BufRead for Window<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.ready.is_empty() && !self.ahead.is_empty() {
            let want = (self.ahead.end - self.ahead.start).min(BUFFER as u64) as usize;
            let read = self.content.read_at(self.ahead.start, self.buffer.get_mut(..want).unwrap_or_default())?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.ahead.start += read as u64;
            self.ready = 0..read;
        }
        Ok(self.buffer.get(self.ready.clone()).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.ready.start = self.ready.end.min(self.ready.start + amount);
    }
}

impl io::Read for Window<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = io::Read::read(&mut io::BufRead::fill_buf(self)?, buffer)?;
        io::BufRead::consume(self, read);
        Ok(read)
    }
}
