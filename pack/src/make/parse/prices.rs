//! What the coder will take for a step: guessed at first, then by how often each kind of step was taken (formats 9.5).
//!
//! In: a way to make some bytes. Out: a price, in [`BIT`]ths of a bit. May touch: nothing. Integers only, so that a pack is the
//! same wherever it is made.

use super::masked::{Kind, Masked};
use crate::operation::Operation;

/// A bit of the pack.
pub(super) const BIT: u32 = 16;

/// How the next bytes are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Literal,
    /// From the base, where it goes on if bytes were replaced.
    Continue,
    /// From the base, where it goes on if bytes were inserted.
    Insert,
    /// From the base, less than [`NEAR`] away from where it would continue.
    Near,
    Far,
    /// From the target, as far back as the last time.
    Again,
    /// From the target.
    Back,
}

/// How far is near.
pub(super) const NEAR: u64 = 4096;
const WAYS: usize = 7;
/// Classes of numbers: by how many bits they have.
const SIZES: usize = 40;

/// What steps cost.
#[derive(Debug, Clone)]
pub(super) struct Prices {
    /// By what was before (a copy, or anything else), and by way.
    ways: [[u32; WAYS]; 2],
    /// A byte told alone, its way not counted: in text, in other files.
    literal: [u32; 2],
    /// How far, and how long: by way and size of the number.
    distances: [[u32; SIZES]; WAYS],
    lengths: [[u32; SIZES]; WAYS],
    /// A copy that goes on to the end of the file it is from: its length.
    to_end: u32,
    /// A name that is not what was foreseen.
    pub(super) surprise: u32,
    /// The same surprise once more in the same copy.
    pub(super) known_surprise: u32,
}

impl Prices {
    /// Before anything is known of the target.
    pub(super) fn guess() -> Self {
        let mut prices = Self {
            ways: [[3, 2, 5, 6, 7, 6, 4].map(|bits| bits * BIT), [1, 2, 3, 4, 5, 5, 3].map(|bits| bits * BIT)],
            literal: [3 * BIT + BIT / 2, 7 * BIT],
            distances: [[0; SIZES]; WAYS],
            lengths: [[0; SIZES]; WAYS],
            to_end: BIT / 4,
            surprise: 12 * BIT,
            known_surprise: 2 * BIT,
        };
        for way in [Way::Near, Way::Far, Way::Back] {
            // The size itself takes about three bits, and then each bit but the highest one.
            prices.distances[way as usize] =
                std::array::from_fn(|size| 3 * BIT + (size as u32).saturating_sub(1) * BIT);
        }
        for lengths in &mut prices.lengths {
            *lengths = std::array::from_fn(|size| BIT + size as u32 * BIT);
        }
        prices
    }

    #[inline]
    pub(super) fn literals(&self, since: usize, kind: Kind, bytes: usize) -> u32 {
        (self.way(Way::Literal, since) + self.literal[kind as usize]) * bytes as u32
    }

    /// A copy but for its length and its names: `distance` is from where it would continue, or back.
    #[inline]
    pub(super) fn begin(&self, way: Way, since: usize, distance: u64) -> u32 {
        self.way(way, since) + self.distances[way as usize][size(distance)]
    }

    #[inline]
    pub(super) fn length(&self, way: Way, length: u64) -> u32 {
        self.lengths[way as usize][size(length)]
    }

    pub(super) fn to_end(&self) -> u32 {
        self.to_end
    }

    fn way(&self, way: Way, since: usize) -> u32 {
        self.ways[usize::from(since > 0)][way as usize]
    }
}

/// How steps were taken: makes prices.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    ways: [[u32; WAYS]; 2],
    distances: [[u32; SIZES]; WAYS],
    lengths: [[u32; SIZES]; WAYS],
    to_end: u32,
    copies: u32,
}

impl Tally {
    pub(super) fn new() -> Self {
        let sizes = [[0; SIZES]; WAYS];
        Self { ways: [[0; WAYS]; 2], distances: sizes, lengths: sizes, to_end: 0, copies: 0 }
    }

    /// Count the operations of a file. `cursor`: the address in the base at which copies begin, unless something else is said.
    pub(super) fn file(&mut self, base: &Masked<'_>, mut cursor: usize, operations: &[Operation]) {
        let (mut since, mut last) = (0, 0);
        for operation in operations {
            match *operation {
                Operation::Stored { length } => since += length as usize,
                Operation::Literal { length } => {
                    self.ways[usize::from(since > 0)][Way::Literal as usize] += 1;
                    self.ways[1][Way::Literal as usize] += length as u32 - 1;
                    since += length as usize;
                }
                Operation::History { distance, length } => {
                    let way = if distance == last { Way::Again } else { Way::Back };
                    self.copy(way, since, distance, Some(length));
                    since += length as usize;
                    last = distance;
                }
                Operation::Base { from, length, .. } => {
                    let (from, end) = (from as usize, (from + length) as usize);
                    let away = from.abs_diff(cursor + since) as u64;
                    let way = match away {
                        0 => Way::Continue,
                        _ if since > 0 && from == cursor => Way::Insert,
                        1..NEAR => Way::Near,
                        _ => Way::Far,
                    };
                    self.copy(way, since, 2 * away, (!base.is_end(end)).then_some(length));
                    (cursor, since) = (end, 0);
                }
            }
        }
    }

    /// `length`: none if it goes on to the end of the file it is from.
    fn copy(&mut self, way: Way, since: usize, distance: u64, length: Option<u64>) {
        self.ways[usize::from(since > 0)][way as usize] += 1;
        self.distances[way as usize][size(distance)] += 1;
        let Some(length) = length else {
            self.to_end += 1;
            return;
        };
        self.copies += 1;
        self.lengths[way as usize][size(length)] += 1;
    }

    pub(super) fn add(&mut self, other: &Self) {
        let both =
            |ours: &mut [u32], theirs: &[u32]| ours.iter_mut().zip(theirs).for_each(|(our, their)| *our += their);
        both(self.ways.as_flattened_mut(), other.ways.as_flattened());
        both(self.distances.as_flattened_mut(), other.distances.as_flattened());
        both(self.lengths.as_flattened_mut(), other.lengths.as_flattened());
        self.to_end += other.to_end;
        self.copies += other.copies;
    }

    /// Prices if the same is done once more.
    pub(super) fn prices(&self) -> Prices {
        let mut prices = Prices::guess();
        for (prices, counts) in prices.ways.iter_mut().zip(&self.ways) {
            let chances = chances(counts);
            prices.iter_mut().zip(chances).for_each(|(price, chance)| *price = chance.min(16 * BIT));
        }
        for (prices, counts) in prices.lengths.iter_mut().zip(&self.lengths) {
            numbers(prices, counts);
        }
        for way in [Way::Near, Way::Far, Way::Back] {
            numbers(&mut prices.distances[way as usize], &self.distances[way as usize]);
        }
        let [to_end, other] = chances(&[self.to_end, self.copies])[..] else { return prices };
        prices.to_end = to_end;
        prices.lengths.as_flattened_mut().iter_mut().for_each(|price| *price += other);
        prices
    }
}

/// A number is its size and then its bits but the highest, of which the first three have some habits.
fn numbers(prices: &mut [u32], counts: &[u32]) {
    for (size, (price, chance)) in prices.iter_mut().zip(chances(counts)).enumerate() {
        *price = chance + (size as u32).saturating_sub(1) * BIT;
    }
}

/// The price of each of some choices, from how often it was made; none is taken for impossible.
fn chances(counts: &[u32]) -> Vec<u32> {
    let total: u64 = counts.iter().map(|count| u64::from(*count) * 4 + 1).sum();
    counts.iter().map(|count| log2(total) - log2(u64::from(*count) * 4 + 1)).collect()
}

/// Bits that a number has.
#[inline]
fn size(number: u64) -> usize {
    (u64::BITS - number.leading_zeros()) as usize
}

/// The logarithm to the base 2 of a number above 0, in [`BIT`]ths, rounded down.
pub(super) fn log2(number: u64) -> u32 {
    let whole = number.ilog2();
    // Squared, a number from 1 to 2 (here: 2^31 to 2^32) shows the next digit of its logarithm.
    let mut rest = if whole > 31 { number >> (whole - 31) } else { number << (31 - whole) };
    let mut log = whole;
    for _ in 0..BIT.ilog2() {
        rest = rest * rest >> 31;
        log = log * 2 + u32::from(rest >> 32 != 0);
        rest >>= rest >> 32;
    }
    log
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_right_to_a_sixteenth() {
        for number in [1_u64, 2, 3, 5, 100, 65_535, 1 << 40, u64::MAX] {
            let exact = (number as f64).log2() * f64::from(BIT);
            assert!((exact - f64::from(log2(number))).abs() < 1.01, "{number}: {exact} {}", log2(number));
        }
    }

    #[test]
    fn what_is_done_often_becomes_cheap() {
        let mut tally = Tally::new();
        (0..100).for_each(|_| tally.copy(Way::Continue, 1, 0, Some(9)));
        tally.copy(Way::Far, 1, 1 << 20, Some(9));
        let prices = tally.prices();
        assert!(prices.begin(Way::Continue, 1, 0) < BIT / 2);
        assert!(prices.begin(Way::Far, 1, 1 << 20) > 20 * BIT);
    }
}
