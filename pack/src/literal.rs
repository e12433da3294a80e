//! Bytes told one by one, each guessed from its neighbours (formats 9.9).
//!
//! In: a byte and what stands before it, in the target and at the same place in the base. Out: its bits, coded. May touch: nothing.

use crate::byte::{Bytes, Shared, hash};
use crate::chance::{Bits, Mixer};
use crate::range::Coder;

/// How many guesses are mixed.
const GUESSES: usize = 6;
/// How slowly chances of literals learn in the end: text changes its manner.
const LIMIT: u32 = 60;

/// What is known where a literal stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The 8 bytes before it in the target, the last one lowest.
    pub(crate) recent: u64,
    /// The byte of the base where a copy would go on, and the one before that.
    pub(crate) base: [u8; 2],
    /// Bytes made since the last copy from the base.
    pub(crate) since: u64,
}

/// The chances of literals.
#[derive(Debug)]
pub(crate) struct Literals(Bytes<GUESSES>);

impl Literals {
    pub(crate) fn new() -> Self {
        Self(Bytes::new(Mixer::new(4, 10), LIMIT))
    }

    /// Code one byte.
    pub(crate) fn code<C: Coder>(&mut self, told: (&mut Bits<C>, &mut Shared), place: Place, byte: u8) -> u8 {
        let Place { recent, base: [next, last], since } = place;
        let since = since.min(3) as u32;
        let recent_32 = recent as u32;
        let agrees = u32::from(last == recent as u8);
        let beside = u32::from(next) | u32::from(last) << 8 | agrees << 16 | since << 17;
        let contexts = [
            hash(recent_32 & 0xff, 1),
            hash(recent_32 & 0xffff, 2),
            hash(recent_32 & 0x00ff_ffff, 3),
            hash(recent_32, 4),
            hash(beside, 5),
            hash(hash((recent >> 32) as u32 & 0xffff, recent_32), 6),
        ];
        self.0.code(told, contexts, since as usize, byte)
    }
}
