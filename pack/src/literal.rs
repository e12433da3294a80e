//! Bytes told one by one, each guessed from its neighbours (formats 9.9).
//!
//! In: a byte and what stands before it, in the target and at the same place in the base. Out: its bits, coded. May touch: nothing.

use crate::chance::{Bits, Chance, Mixer, Table};
use crate::range::Coder;

/// Chances of all contexts together; they share them by hash.
const CHANCES: usize = 1 << 20;
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
pub(crate) struct Literals {
    chances: Table,
    mixer: Mixer<GUESSES>,
}

impl Literals {
    pub(crate) fn new() -> Self {
        Self { chances: Table::new(CHANCES, Chance::EVEN), mixer: Mixer::new(4, 10) }
    }

    /// Code one byte.
    pub(crate) fn code<C: Coder>(&mut self, bits: &mut Bits<C>, place: Place, byte: u8) -> u8 {
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
        let mut node = 1;
        for place in (0..8).rev() {
            let indexes = contexts.map(|context| slot(context, node));
            let bit = u32::from(byte) >> place & 1;
            let guesses = (&mut self.chances, indexes);
            node = node << 1 | bits.mixed(guesses, (&mut self.mixer, since as usize), LIMIT, bit);
        }
        node as u8
    }
}

/// Spread two numbers over 32 bits.
#[inline]
pub(crate) fn hash(a: u32, b: u32) -> u32 {
    let mixed = (a.wrapping_mul(0x2545_f491) ^ b.wrapping_mul(0x9e37_79b1)).wrapping_mul(0x85eb_ca6b);
    mixed ^ mixed >> 15
}

/// Where the chance of a bit lies: `node` is a one and the bits of the byte before it.
#[inline]
pub(crate) fn slot(context: u32, node: u32) -> usize {
    (context.wrapping_add(node.wrapping_mul(0x9e37_79b1).rotate_left(9)) ^ node << 1) as usize
}
