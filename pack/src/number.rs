//! Numbers of any size: how many bits they have, then the bits (formats 9.8).
//!
//! In: a number and what kind it is. Out: its bits, coded. May touch: nothing.
//! Keeps: I10 (at most 40 bits).

use crate::chance::{Bits, Chance, Table};
use crate::range::Coder;

/// Numbers lie below 2^40 − 1.
const WIDEST: u32 = 40;
/// Bits behind the first that have chances; those below are as good as random.
const MODELLED: u32 = 3;
/// Chances for one kind: a tree for the width, and for each width a tree for the modelled bits.
const EACH: usize = 64 * 8 + 64;
/// How slowly chances of numbers learn in the end.
const LIMIT: u32 = 250;

/// Which numbers there are.
pub(crate) mod which {
    pub(crate) const NEAR: usize = 0;
    pub(crate) const FAR: usize = 1;
    pub(crate) const DISTANCE: usize = 2;
    pub(crate) const REPEATED: usize = 3;
    pub(crate) const STORED: usize = 4;
    /// One for each place and treatment of names: eight.
    pub(crate) const COPIED: usize = 5;
    /// A file of the base, of the target; how much longer a file is than its counterpart; how long.
    pub(crate) const BASE_FILE: usize = 13;
    pub(crate) const TARGET_FILE: usize = 14;
    pub(crate) const LONGER: usize = 15;
    pub(crate) const SIZE: usize = 16;
    pub(crate) const COUNT: usize = 17;
}

/// The chances of all of them.
#[derive(Debug)]
pub(crate) struct Numbers(Table);

impl Numbers {
    pub(crate) fn new() -> Self {
        Self(Table::new(which::COUNT * EACH, Chance::EVEN))
    }

    /// Code `value`, which is less than 2^40 − 1.
    pub(crate) fn code<C: Coder>(&mut self, bits: &mut Bits<C>, kind: usize, value: u64) -> u64 {
        let from = kind * EACH;
        let value = value.wrapping_add(1);
        let width = bits.tree((&mut self.0, from), 6, LIMIT, value.checked_ilog2().unwrap_or(0)).min(WIDEST - 1);
        let mut read = 1_u64;
        for place in (0..width).rev() {
            let bit = (value >> place & 1) as u32;
            let done = width - 1 - place;
            let bit = if done < MODELLED {
                let node = (read & ((1 << done) - 1)) as usize + (1 << done);
                bits.bit(&mut self.0, from + 64 + width as usize * 8 + node, LIMIT, bit)
            } else {
                bits.even(bit)
            };
            read = read << 1 | u64::from(bit);
        }
        read - 1
    }

    /// Code a number with a sign: 0, −1, 1, −2, … are 0, 1, 2, 3, …
    pub(crate) fn signed<C: Coder>(&mut self, bits: &mut Bits<C>, kind: usize, value: i64) -> i64 {
        let folded = self.code(bits, kind, (value << 1 ^ value >> 63) as u64);
        (folded >> 1) as i64 ^ -((folded & 1) as i64)
    }
}

#[cfg(test)]
#[cfg(feature = "make")]
mod tests {
    use super::*;
    use crate::range::{Decoder, Encoder};

    #[test]
    fn numbers_come_back() {
        let values: Vec<i64> =
            (0..38).flat_map(|place| [1_i64 << place, (1 << place) - 1, -(1 << place)]).chain([0]).collect();
        let (mut bits, mut numbers) = (Bits::new(Encoder::new()), Numbers::new());
        for value in &values {
            numbers.signed(&mut bits, 1, *value);
        }
        let bytes = bits.coder.finish();
        let (mut bits, mut numbers) = (Bits::new(Decoder::new(&bytes[..])), Numbers::new());
        for value in &values {
            assert_eq!(numbers.signed(&mut bits, 1, 0), *value);
        }
        bits.coder.finish().unwrap();
    }
}
