//! What the coder will take for a step: guessed at first, then by how steps were taken (formats 9.4).
//!
//! In: a way to make some bytes, and what was before. Out: a price, in [`BIT`]ths of a bit. May touch: nothing. Integers only, so
//! that a pack is the same wherever it is made.

use crate::token::Name;

/// A bit of the pack.
pub(super) const BIT: u32 = 16;

/// A surprise that was one before in the same copy.
pub(super) const SURPRISE_AGAIN: u32 = BIT;
/// A character of a name that is not as foreseen: the coder guesses well.
const CHARACTER: u32 = 2 * BIT;

/// How the next bytes are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Literal,
    /// From the base, where it goes on if bytes were replaced.
    Continue,
    /// From the base, where it goes on if bytes were inserted.
    Insert,
    /// From the base, less than [`NEAR`](crate::model::NEAR) away from where it would continue.
    Near,
    Far,
    /// From the target, as far back as the last time.
    Again,
    /// From the target.
    Back,
}

pub(super) const WAYS: usize = 7;
/// Classes of numbers: by how many bits they have.
pub(super) const SIZES: usize = 40;
/// Values of a byte.
pub(super) const BYTES: usize = 256;

/// What was before, as the coder looks at it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Before {
    /// How the last copy was made.
    pub(super) way: Option<Way>,
    /// Bytes made since the last copy from the base.
    pub(super) since: usize,
}

impl Before {
    /// How many there are to tell apart.
    pub(super) const CONTEXTS: usize = 40;

    #[inline]
    pub(super) fn context(self) -> usize {
        let way = match self.way {
            None | Some(Way::Literal) => 0,
            Some(Way::Continue) => 1,
            Some(Way::Insert) => 2,
            Some(Way::Near | Way::Far) => 3,
            Some(Way::Again | Way::Back) => 4,
        };
        way * 8 + self.since.min(7)
    }
}

/// What steps cost.
#[derive(Debug, Clone)]
pub(super) struct Prices {
    /// By context.
    pub(super) ways: Vec<[u32; WAYS]>,
    /// How far, and how long: by way and size of the number.
    pub(super) distances: [[u32; SIZES]; WAYS],
    pub(super) lengths: [[u32; SIZES]; WAYS],
    /// A copy that goes on to the end of the file it is from: its length.
    pub(super) to_end: u32,
    /// A name that is not as foreseen: that it is not.
    pub(super) surprise: u32,
    /// A byte told alone, its way not counted: by the byte before it, and which it is.
    pub(super) literals: Vec<[u32; BYTES]>,
}

impl Prices {
    /// Before anything is known of the target: the chances of a middling release of a middling app.
    pub(super) fn guess() -> Self {
        let after_copy = [3, 2, 5, 6, 7, 6, 4].map(|bits| bits * BIT);
        let later = [1, 2, 3, 4, 5, 5, 3].map(|bits| bits * BIT);
        let mut prices = Self {
            ways: (0..Before::CONTEXTS).map(|context| if context % 8 == 0 { after_copy } else { later }).collect(),
            distances: [[0; SIZES]; WAYS],
            lengths: [std::array::from_fn(|size| BIT + size as u32 * BIT); WAYS],
            to_end: BIT / 4,
            surprise: 4 * BIT,
            literals: vec![[3 * BIT + BIT / 2; BYTES]; BYTES],
        };
        for way in [Way::Near, Way::Far, Way::Back] {
            prices.distances[way as usize] = std::array::from_fn(|size| 3 * BIT + below(size));
        }
        prices
    }

    /// A byte told alone, behind another one.
    #[inline]
    pub(super) fn literal(&self, before: Before, last: u8, byte: u8) -> u32 {
        self.way(Way::Literal, before) + self.literals[usize::from(last)][usize::from(byte)]
    }

    /// A copy but for its length and its names: `distance` is from where it would continue, or back.
    #[inline]
    pub(super) fn begin(&self, way: Way, before: Before, distance: u64) -> u32 {
        self.way(way, before) + self.distances[way as usize][size(distance)]
    }

    #[inline]
    pub(super) fn length(&self, way: Way, length: u64) -> u32 {
        self.lengths[way as usize][size(length)]
    }

    /// A name that is not as foreseen: that it is not, and its characters.
    pub(super) fn surprise(&self, new: Name) -> u32 {
        self.surprise + CHARACTER * new.len() as u32
    }

    fn way(&self, way: Way, before: Before) -> u32 {
        self.ways[before.context()][way as usize]
    }
}

/// Bits that a number has: its class.
#[inline]
pub(super) fn size(number: u64) -> usize {
    (u64::BITS - number.leading_zeros()) as usize
}

/// The price of a number's bits below the highest one, if its size is known.
pub(super) fn below(size: usize) -> u32 {
    (size as u32).saturating_sub(1) * BIT
}

/// The logarithm to the base 2 of a number above 0, in [`BIT`]ths, rounded down.
pub(super) fn log2(number: u64) -> u32 {
    let whole = number.ilog2();
    // Squared, a number from 1 to 2 (here: 2^31 to 2^32) shows the next digit of its logarithm.
    let mut rest = if whole > 31 { number >> (whole - 31) } else { number << (31 - whole) };
    let mut log = whole;
    for _ in 0..BIT.ilog2() {
        rest = (rest * rest) >> 31;
        let two = rest >> 32;
        log = log * 2 + two as u32;
        rest = if two == 1 { rest / 2 } else { rest };
    }
    log
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_right_to_a_sixteenth() {
        for number in [1, 2, 3, 5, 100, 65_535, u32::MAX] {
            let exact = f64::from(number).log2() * f64::from(BIT);
            assert!((exact - f64::from(log2(number.into()))).abs() < 1.01, "{number}: {exact}");
        }
        assert_eq!((log2(1 << 40), log2(u64::MAX)), (40 * BIT, 64 * BIT - 1));
    }
}
