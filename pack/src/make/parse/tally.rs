//! How steps were taken, which makes prices for the next time.
//!
//! In: the operations of files. Out: [`Prices`]. May touch: nothing.

use super::goal::Goal;
use super::masked::Masked;
use super::prices::{BYTES, Before, Prices, SIZES, WAYS, Way, below, log2, size};
use crate::model::NEAR;
use crate::operation::Operation;

/// Chances are fractions of this.
const ONE: u64 = 1 << 20;
/// So many times more than seen a choice is taken to be made as it is made elsewhere.
const ELSEWHERE: u64 = 8;

#[derive(Debug, Clone)]
pub(super) struct Tally {
    /// By context.
    ways: Vec<[u32; WAYS]>,
    distances: [[u32; SIZES]; WAYS],
    lengths: [[u32; SIZES]; WAYS],
    /// Copies from the base: those with a length, and those to the end of the file they are from.
    ends: [u32; 2],
    /// Names that were as foreseen, and others.
    names: [u32; 2],
    /// By the byte before.
    literals: Vec<[u32; BYTES]>,
}

impl Tally {
    pub(super) fn new() -> Self {
        let sizes = [[0; SIZES]; WAYS];
        let literals = vec![[0; BYTES]; BYTES];
        Self {
            ways: vec![[0; WAYS]; Before::CONTEXTS],
            distances: sizes,
            lengths: sizes,
            ends: [0; 2],
            names: [0; 2],
            literals,
        }
    }

    /// Count the operations of a file.
    pub(super) fn file(&mut self, goal: &Goal<'_>, base: &Masked<'_>, operations: &[Operation]) {
        let (mut before, mut cursor, mut last) = (Before::default(), base.address(goal.counterpart), 0);
        let mut at = 0;
        for operation in operations {
            let makes = operation.makes() as usize;
            match *operation {
                Operation::Stored { .. } => {
                    before = Before { way: Some(Way::Back), since: before.since + makes };
                }
                Operation::Literal { .. } => {
                    for byte in at..at + makes {
                        self.ways[before.context()][Way::Literal as usize] += 1;
                        self.literals[usize::from(goal.byte_before(byte))][usize::from(goal.bytes[byte])] += 1;
                        before.since += 1;
                    }
                }
                Operation::Repeat { distance, length } => {
                    let way = if distance == last { Way::Again } else { Way::Back };
                    self.copy(way, before, distance);
                    self.lengths[way as usize][size(length)] += 1;
                    before = Before { way: Some(way), since: before.since + makes };
                    last = distance;
                }
                Operation::Base { from, length, .. } => {
                    let (from, end) = (from as usize, (from + length) as usize);
                    let away = from.abs_diff(cursor + before.since) as u64;
                    let way = match away {
                        0 => Way::Continue,
                        _ if from == cursor => Way::Insert,
                        1..NEAR => Way::Near,
                        _ => Way::Far,
                    };
                    self.copy(way, before, 2 * away);
                    let to_end = base.is_end(end);
                    self.ends[usize::from(to_end)] += 1;
                    if !to_end {
                        self.lengths[way as usize][size(length)] += 1;
                    }
                    (cursor, before) = (end, Before { way: Some(way), since: 0 });
                }
            }
            at += makes;
        }
    }

    /// Count names: those as foreseen, and others.
    pub(super) fn names(&mut self, names: [u32; 2]) {
        self.names = names;
    }

    fn copy(&mut self, way: Way, before: Before, distance: u64) {
        self.ways[before.context()][way as usize] += 1;
        self.distances[way as usize][size(distance)] += 1;
    }

    pub(super) fn add(&mut self, other: &Self) {
        let both =
            |ours: &mut [u32], theirs: &[u32]| ours.iter_mut().zip(theirs).for_each(|(our, their)| *our += their);
        both(self.ways.as_flattened_mut(), other.ways.as_flattened());
        both(self.distances.as_flattened_mut(), other.distances.as_flattened());
        both(self.lengths.as_flattened_mut(), other.lengths.as_flattened());
        both(&mut self.ends, &other.ends);
        both(&mut self.names, &other.names);
        both(self.literals.as_flattened_mut(), other.literals.as_flattened());
    }

    /// Prices if the same is done once more.
    pub(super) fn prices(&self) -> Prices {
        let mut prices = Prices::guess();
        prices.ways = contexts(&self.ways);
        prices.literals = contexts(&self.literals);
        for way in [Way::Near, Way::Far, Way::Back] {
            prices.distances[way as usize] = numbers(&self.distances[way as usize]);
        }
        let [_, surprise] = choices(&self.names, &even());
        prices.surprise = surprise;
        prices.lengths = self.lengths.each_ref().map(numbers);
        let [other, to_end] = choices(&self.ends, &even());
        prices.to_end = to_end;
        for way in [Way::Continue, Way::Insert, Way::Near, Way::Far] {
            prices.lengths[way as usize].iter_mut().for_each(|price| *price += other);
        }
        prices
    }
}

/// A number is its size, and then its bits but the highest.
fn numbers(counts: &[u32; SIZES]) -> [u32; SIZES] {
    let sizes = choices(counts, &even());
    std::array::from_fn(|size| sizes[size] + below(size))
}

/// The prices of the same choices in several contexts.
fn contexts<const N: usize>(contexts: &[[u32; N]]) -> Vec<[u32; N]> {
    let mut all = [0; N];
    contexts.iter().flat_map(|counts| counts.iter().enumerate()).for_each(|(choice, count)| all[choice] += count);
    let elsewhere = chances(&all, &even());
    contexts.iter().map(|counts| choices(counts, &elsewhere)).collect()
}

/// The price of each choice, by how often it was made here and `elsewhere`.
fn choices<const N: usize>(counts: &[u32; N], elsewhere: &[u64; N]) -> [u32; N] {
    chances(counts, elsewhere).map(|chance| log2(ONE) - log2(chance))
}

/// Of [`ONE`]; none is taken for impossible.
fn chances<const N: usize>(counts: &[u32; N], elsewhere: &[u64; N]) -> [u64; N] {
    let all = counts.iter().copied().map(u64::from).sum::<u64>() + ELSEWHERE;
    std::array::from_fn(|choice| ((u64::from(counts[choice]) * ONE + ELSEWHERE * elsewhere[choice]) / all).max(1))
}

fn even<const N: usize>() -> [u64; N] {
    [ONE / N as u64; N]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::make::parse::prices::BIT;

    #[test]
    fn what_is_done_often_becomes_cheap() {
        let mut tally = Tally::new();
        let before = Before { way: Some(Way::Continue), since: 1 };
        (0..1000).for_each(|_| tally.copy(Way::Continue, before, 0));
        tally.copy(Way::Far, before, 1 << 20);
        let prices = tally.prices();
        assert!(prices.begin(Way::Continue, before, 0) < BIT / 2);
        assert!(prices.begin(Way::Far, before, 1 << 20) > 20 * BIT);
    }
}
