//! A byte told by several guesses at once (formats 9.9).
//!
//! In: a byte and `N` contexts, each a hash of something that stands near it. Out: its bits, coded. May touch: nothing.
//!
//! The chances of four bits lie side by side, 64 bytes in all, so that a guess costs two reads of memory for a byte and not eight.
//! Literals and names share one table: a release has much of the one or of the other.

use crate::chance::{Bits, Chance, Mixer};
use crate::range::Coder;

/// Lines of the table that is shared: 4 MiB of them.
const LINES: usize = 1 << 16;

/// The chances of a half, by the bits of it before; the first is not used. As large as what a processor reads at once.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Line([Chance; 16]);

/// The table, for all contexts of all kinds of bytes, by hash.
#[derive(Debug)]
pub(crate) struct Shared(Box<[Line]>);

impl Shared {
    pub(crate) fn new() -> Self {
        Self(vec![Line([Chance::EVEN; 16]); LINES].into_boxed_slice())
    }

    /// The chance of a bit under a context, behind those of its half that `node` has after a one.
    #[inline]
    #[allow(clippy::indexing_slicing)] // there are as many
    fn at(&mut self, context: u32, node: usize) -> &mut Chance {
        &mut self.0[context as usize % LINES].0[node & 15]
    }
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
        (bits, shared): (&mut Bits<C>, &mut Shared),
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
        (bits, shared): (&mut Bits<C>, &mut Shared),
        contexts: [u32; N],
        set: usize,
        half: u8,
    ) -> u8 {
        let mut node = 1;
        for place in (0..4).rev() {
            let mut chances = contexts.map(|context| *shared.at(context, node));
            let bit = bits.mixed(&mut chances, (&mut self.mixer, set), self.limit, u32::from(half) >> place & 1);
            for (context, chance) in contexts.into_iter().zip(chances) {
                *shared.at(context, node) = chance;
            }
            node = node << 1 | bit as usize;
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
