//! Bytes of the base at any address, through one buffer.
//!
//! In: addresses. Out: bytes. May touch: the base. Keeps: I10 (64 KiB, whatever the base; nothing outside of a file is asked for).

use crate::caller::Base;
use crate::error::{Error, Result};
use crate::space::Space;
use crate::work;
use std::ops::Range;

/// Bytes of the buffer.
const BUFFER: u64 = 64 << 10;
/// Bytes read around an address that is looked at by itself.
const AROUND: u64 = 2 << 10;

/// Reads a base.
pub(crate) struct Reader<'a> {
    text: &'a [u8],
    space: &'a Space,
    base: &'a mut dyn Base,
    buffer: Box<[u8]>,
    /// The addresses that are in the buffer, all of one file.
    held: Range<u64>,
    /// That file.
    file: Range<u64>,
    /// Which file was read last.
    last: Option<usize>,
    /// Work that reading took, in units of [`work`].
    work: u64,
}

impl<'a> Reader<'a> {
    /// `text`: the base's path text, which lies before its files.
    pub(crate) fn new(text: &'a [u8], space: &'a Space, base: &'a mut dyn Base) -> Self {
        let buffer = vec![0; BUFFER as usize].into_boxed_slice();
        Self { text, space, base, buffer, held: 0..0, file: 0..0, last: None, work: 0 }
    }

    pub(crate) fn space(&self) -> &'a Space {
        self.space
    }

    /// The byte at an address and the one before it in its file; 0 for what is not there.
    #[inline]
    pub(crate) fn beside(&mut self, address: u64) -> Result<[u8; 2]> {
        if !self.held.contains(&address) || (address == self.held.start && address != self.file.start) {
            let Some(file) = self.space.at(address) else { return Ok([0; 2]) };
            let from = address.saturating_sub(AROUND / 8).max(self.space.file(file).start);
            self.load(file, from..from.saturating_add(AROUND))?;
        }
        let at = (address - self.held.start) as usize;
        let byte = |at: usize| self.buffer.get(at).copied().unwrap_or_default();
        Ok([byte(at), if address == self.file.start { 0 } else { byte(at.wrapping_sub(1)) }])
    }

    /// The bytes of `wanted` and, as far as they are in its file, `before` in front of it and `after` behind it; and at which of
    /// them `wanted` begins. `wanted` lies in one file; all of it is at most a few KiB less than the buffer.
    pub(crate) fn view(&mut self, wanted: Range<u64>, before: u64, after: u64) -> Result<(&[u8], usize)> {
        let file = self.space.at(wanted.start).unwrap_or_default();
        let place = self.space.file(file);
        let from = wanted.start.saturating_sub(before).max(place.start);
        let to = wanted.end.saturating_add(after).min(place.end);
        if from < self.held.start || to > self.held.end || self.file != place {
            self.load(file, from..to.max(from.saturating_add(AROUND)))?;
        }
        let bytes = self.buffer.get((from - self.held.start) as usize..(to - self.held.start) as usize);
        Ok((bytes.unwrap_or_default(), (wanted.start - from) as usize))
    }

    /// Fill `buffer` from an address on; all of it lies in one file.
    pub(crate) fn read(&mut self, address: u64, buffer: &mut [u8]) -> Result<()> {
        let end = address + buffer.len() as u64;
        let Some(file) = self.space.at(address) else { return Ok(()) };
        if address < self.held.start || end > self.held.end {
            if buffer.len() as u64 > AROUND {
                let offset = address - self.space.file(file).start;
                self.count(file);
                return fetch(self.text, self.base, file, offset, buffer);
            }
            self.load(file, address..address + AROUND)?;
        }
        let at = (address - self.held.start) as usize;
        buffer.copy_from_slice(self.buffer.get(at..at + buffer.len()).unwrap_or_default());
        Ok(())
    }

    /// Work that reading took so far.
    pub(crate) fn work(&self) -> u64 {
        self.work
    }

    fn count(&mut self, file: usize) {
        let other = self.last.replace(file) != Some(file);
        self.work += if other { work::OTHER_FILE } else { work::READ };
    }

    fn load(&mut self, file: usize, wanted: Range<u64>) -> Result<()> {
        self.count(file);
        self.held = 0..0; // if reading fails, nothing is
        self.file = self.space.file(file);
        let held = wanted.start..wanted.end.min(self.file.end).min(wanted.start + BUFFER);
        let buffer = self.buffer.get_mut(..(held.end - held.start) as usize).unwrap_or_default();
        fetch(self.text, self.base, file, held.start - self.file.start, buffer)?;
        self.held = held;
        Ok(())
    }
}

fn fetch(text: &[u8], base: &mut dyn Base, file: usize, offset: u64, buffer: &mut [u8]) -> Result<()> {
    let Some(file) = file.checked_sub(1) else {
        let bytes = text.get(offset as usize..).and_then(|text| text.get(..buffer.len())).unwrap_or_default();
        buffer.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
        return Ok(());
    };
    base.read(file, offset, buffer).map_err(|source| Error::Base { file, source })
}
