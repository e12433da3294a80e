//! The range coder: bits with their chances become bytes, and back (formats 9.5).
//!
//! In: a bit and the chance that it is 1. Out: bytes; or bytes in, the bits out. May touch: the stream.
//! Keeps: I10 (reading on past the end gives zeros for a few bytes and is then an error).
//!
//! Carries are propagated as in G. Martin, "Range encoding" (1979): one byte is held back, and a run of 0xff behind it is counted.

use crate::error::{Error, Result};
use std::io::{self, Read};

/// One: chances are 16-bit fractions of it, 1 to 65,535.
pub(crate) const ONE: u32 = 1 << 16;
/// Below this the range is made wider by a byte.
const NARROW: u32 = 1 << 24;
/// Bytes the encoder writes at the end, whatever is in them.
#[cfg(feature = "make")]
const TAIL: usize = 4;

/// Codes bits, in one of the two directions: an encoder takes the bit it is given, a decoder gives the one it found.
pub(crate) trait Coder {
    /// Code `bit`, which is 1 with the chance `one` of 65,536.
    fn bit(&mut self, one: u32, bit: u32) -> u32;
    /// Code a byte all of whose values are equally likely.
    fn byte(&mut self, byte: u8) -> u8;
}

/// Writes into memory.
#[cfg(feature = "make")]
#[derive(Debug)]
pub(crate) struct Encoder {
    low: u64,
    range: u32,
    held: u8,
    /// The held byte and the 0xff bytes behind it.
    waiting: u64,
    out: Vec<u8>,
}

#[cfg(feature = "make")]
impl Encoder {
    pub(crate) fn new() -> Self {
        // The first byte held is one before the stream, for a carry that cannot come.
        Self { low: 0, range: u32::MAX, held: 0, waiting: 1, out: Vec::new() }
    }

    /// Bytes written so far; a few more are still held.
    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        for _ in 0..=TAIL {
            self.shift();
        }
        self.out.split_off(1)
    }

    /// Move the top byte of `low` out, unless a carry may still reach it.
    fn shift(&mut self) {
        let carry = (self.low >> 32) as u8;
        let top = (self.low >> 24) as u8;
        if top != 0xff || carry != 0 {
            self.out.push(self.held.wrapping_add(carry));
            self.out.extend(std::iter::repeat_n(0xff_u8.wrapping_add(carry), self.waiting as usize - 1));
            self.held = top;
            self.waiting = 0;
        }
        self.waiting += 1;
        self.low = (self.low & 0x00ff_ffff) << 8;
    }

    fn widen(&mut self) {
        while self.range < NARROW {
            self.range <<= 8;
            self.shift();
        }
    }
}

#[cfg(feature = "make")]
impl Coder for Encoder {
    fn bit(&mut self, one: u32, bit: u32) -> u32 {
        let bound = (self.range >> 16) * one;
        if bit == 0 {
            self.low += u64::from(bound);
            self.range -= bound;
        } else {
            self.range = bound;
        }
        self.widen();
        bit
    }

    fn byte(&mut self, byte: u8) -> u8 {
        self.range >>= 8;
        self.low += u64::from(self.range) * u64::from(byte);
        self.widen();
        byte
    }
}

/// Reads from a stream.
#[derive(Debug)]
pub(crate) struct Decoder<R> {
    input: R,
    code: u32,
    range: u32,
    buffer: Box<[u8]>,
    at: usize,
    filled: usize,
    /// Bytes that came so far, those in the buffer included.
    came: u64,
    /// Bytes asked for behind the end.
    missing: usize,
    failed: Option<io::Error>,
}

impl<R: Read> Decoder<R> {
    /// Bytes read at once.
    const BUFFER: usize = 32 << 10;

    pub(crate) fn new(input: R) -> Self {
        let buffer = vec![0; Self::BUFFER].into_boxed_slice();
        let mut decoder =
            Self { input, code: 0, range: u32::MAX, buffer, at: 0, filled: 0, came: 0, missing: 0, failed: None };
        for _ in 0..4 {
            decoder.code = decoder.code << 8 | decoder.next();
        }
        decoder
    }

    /// Is what was decoded so far out of bytes that were there?
    ///
    /// # Errors
    /// [`Error::Input`], [`Error::Cut`].
    pub(crate) fn check(&mut self) -> Result<()> {
        match self.failed.take() {
            Some(error) => Err(Error::of_input(error)),
            None if self.missing > 0 => Err(Error::Cut),
            None => Ok(()),
        }
    }

    /// Bytes that were read so far.
    pub(crate) fn read(&self) -> u64 {
        self.came - (self.filled - self.at) as u64
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// As [`Decoder::check`], and [`Error::Malformed`].
    pub(crate) fn finish(mut self) -> Result<()> {
        self.check()?;
        let left = self.at < self.filled || self.fill();
        self.check()?;
        if left { Err(Error::Malformed("bytes lie behind its end")) } else { Ok(()) }
    }

    #[inline]
    fn next(&mut self) -> u32 {
        if self.at == self.filled && !self.fill() {
            self.missing += 1;
            return 0;
        }
        let byte = self.buffer.get(self.at).copied().unwrap_or_default();
        self.at += 1;
        u32::from(byte)
    }

    #[cold]
    fn fill(&mut self) -> bool {
        self.at = 0;
        self.filled = loop {
            match self.input.read(&mut self.buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed.get_or_insert(error);
                    break 0;
                }
                Ok(read) => break read,
            }
        };
        self.came += self.filled as u64;
        self.filled > 0
    }

    #[inline]
    fn widen(&mut self) {
        while self.range < NARROW {
            self.range <<= 8;
            self.code = self.code << 8 | self.next();
        }
    }
}

impl<R: Read> Coder for Decoder<R> {
    #[inline]
    fn bit(&mut self, one: u32, _: u32) -> u32 {
        let bound = (self.range >> 16) * one;
        let bit = if self.code < bound {
            self.range = bound;
            1
        } else {
            self.code -= bound;
            self.range -= bound;
            0
        };
        self.widen();
        bit
    }

    #[inline]
    fn byte(&mut self, _: u8) -> u8 {
        self.range >>= 8;
        let byte = (self.code / self.range).min(255);
        self.code -= byte * self.range;
        self.widen();
        byte as u8
    }
}

#[cfg(test)]
#[cfg(feature = "make")]
mod tests {
    use super::*;

    /// Bits of a small generator (Knuth's MMIX constants), with chances that fit them badly and well.
    fn story() -> Vec<(u32, u32)> {
        let mut state = 1_u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as u32
        };
        let chances = [1, 24, 5000, ONE / 2, 65_000, ONE - 1];
        (0..100_000)
            .map(|n| {
                let one = chances[n / 7 % chances.len()];
                (one, u32::from(draw() % ONE < one))
            })
            .collect()
    }

    fn encode(story: &[(u32, u32)]) -> Vec<u8> {
        let mut encoder = Encoder::new();
        for (n, (one, bit)) in story.iter().enumerate() {
            encoder.bit(*one, *bit);
            if n % 100 == 0 {
                encoder.byte(n as u8);
            }
        }
        encoder.finish()
    }

    fn decode(bytes: &[u8], story: &[(u32, u32)]) -> Result<()> {
        let mut decoder = Decoder::new(bytes);
        for (n, (one, bit)) in story.iter().enumerate() {
            assert_eq!(decoder.bit(*one, 0), *bit, "bit {n}");
            if n % 100 == 0 {
                assert_eq!(decoder.byte(0), n as u8);
            }
        }
        decoder.finish()
    }

    #[test]
    fn what_was_encoded_is_decoded_and_nothing_is_left() {
        let story = story();
        let bytes = encode(&story);
        decode(&bytes, &story).unwrap();
        assert!(matches!(decode(&[&bytes[..], &[0]].concat(), &story), Err(Error::Malformed(_))));
        assert!(matches!(decode(&bytes[..bytes.len() - 1], &story), Err(Error::Cut)));
    }

    #[test]
    fn carries_run_through_any_number_of_full_bytes() {
        let mut encoder = Encoder::new();
        // 0 with almost no room: `low` comes to lie just below a carry, again and again.
        let story: Vec<_> = (0..4000).map(|n| (if n % 3 == 0 { ONE - 1 } else { 1 }, u32::from(n % 5 == 0))).collect();
        for (one, bit) in &story {
            encoder.bit(*one, *bit);
        }
        let bytes = encoder.finish();
        let mut decoder = Decoder::new(&bytes[..]);
        assert!(story.iter().all(|(one, bit)| decoder.bit(*one, 0) == *bit));
    }
}
