//! A byte told by several guesses at once (formats 9.9).
//!
//! In: a byte and `N` contexts, each a hash of something that stands near it. Out: its bits, coded. May touch: nothing.
//!
//! The chances of four bits lie side by side, 64 bytes in all, so that a guess costs two reads of memory for a byte and not eight.
//! Literals and names share one table: a release has much of the one or of the other.

use crate::chance::{Bits, Chance, Mixer, Table};
use crate::range::Coder;

/// Chances of the table that is shared, 4 MiB of them.
const SHARED: usize = 1 << 20;

/// The table, for all contexts of all kinds of bytes, by hash.
pub(crate) fn shared() -> Table {
    Table::new(SHARED, Chance::EVEN)
}

/// How bytes of one kind are guessed from `N` contexts.
#[derive(Debug)]
pub(crate) struct Bytes<const N: usize> {
    mixer: Mixer<N>,
    /// How slowly the chances learn in the end.
    limit: u32,
}

impl<const N: usize> Bytes<N> {
    pub(crate) fn new(mixer: Mixer<N>, limit: u32) -> Self {
        Self { mixer, limit }
    }

    /// Code `byte`.
    pub(crate) fn code<C: Coder>(
        &mut self,
        (bits, shared): (&mut Bits<C>, &mut Table),
        contexts: [u32; N],
        set: usize,
        byte: u8,
    ) -> u8 {
        let high = self.half((bits, shared), contexts, set, byte >> 4);
        let contexts = contexts.map(|context| hash(context, u32::from(high) + 16));
        high << 4 | self.half((bits, shared), contexts, set, byte & 15)
    }

    fn half<C: Coder>(
        &mut self,
        (bits, shared): (&mut Bits<C>, &mut Table),
        contexts: [u32; N],
        set: usize,
        half: u8,
    ) -> u8 {
        let mut node = 1;
        for place in (0..4).rev() {
            let indexes = contexts.map(|context| (context as usize) << 4 | node);
            let bit = u32::from(half) >> place & 1;
            node = node << 1 | bits.mixed((shared, indexes), (&mut self.mixer, set), self.limit, bit) as usize;
        }
        node as u8 & 15
    }
}

/// Spread two numbers over 32 bits.
#[inline]
pub(crate) fn hash(a: u32, b: u32) -> u32 {
    let mixed = (a.wrapping_mul(0x2545_f491) ^ b.wrapping_mul(0x9e37_79b1)).wrapping_mul(0x85eb_ca6b);
    mixed ^ mixed >> 15
}
