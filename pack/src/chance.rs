//! Chances that learn: how likely the next bit is, from what came before in the same place (formats 9.7).
//!
//! In: bits. Out: their chances, in integers alone, so that every platform codes the same bytes. May touch: nothing.
//! Keeps: I10 (tables have fixed sizes; an index outside of one is taken modulo its length).
//!
//! The ways of context mixing are those of M. Mahoney's PAQ and lpaq: chances are brought to the logistic scale, weighed, summed
//! and brought back; the weights learn from the error.

use crate::range::{Coder, ONE};
use crate::work;

/// A chance in the upper 22 bits, and in the lower 10 how many bits it has seen, at most the limit it is used with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chance(u32);

impl Chance {
    /// Nothing is known.
    pub(crate) const EVEN: Self = Self::of(ONE / 2);

    /// A first guess: `one` of 65,536.
    pub(crate) const fn of(one: u32) -> Self {
        Self(one << 16)
    }

    /// As the range coder takes it; never certain.
    #[inline]
    fn one(self) -> u32 {
        (self.0 >> 16).clamp(24, ONE - 24)
    }

    /// The upper 12 bits.
    #[inline]
    fn coarse(self) -> u32 {
        self.0 >> 20
    }

    /// Learn from `bit`: the first ones count most, in the end each counts about 1 in `limit`.
    #[inline]
    fn learn(&mut self, bit: u32, limit: u32) {
        let (chance, seen) = (self.0 >> 10, self.0 & 1023);
        let target = if bit == 0 { 0 } else { (1 << 22) - 1 };
        let step = ((i64::from(target) - i64::from(chance)) * rate(seen)) >> 16;
        let chance = i64::from(chance) + step;
        self.0 = (chance as u32) << 10 | if seen < limit { seen + 1 } else { seen };
    }
}

/// 65,536 ÷ (seen + 1.6), so that the second bit does not outweigh all before it.
#[inline]
fn rate(seen: u32) -> i64 {
    const RATES: [u16; 1024] = {
        let (mut rates, mut seen) = ([0; 1024], 0);
        while seen < rates.len() {
            #[allow(clippy::indexing_slicing)] // a table made at compile time
            {
                rates[seen] = (655_360 / (10 * seen + 16)) as u16;
            }
            seen += 1;
        }
        rates
    };
    RATES.get(seen as usize).map_or(0, |rate| i64::from(*rate))
}

/// Chances by context. Its length is a power of two.
#[derive(Debug)]
pub(crate) struct Table {
    chances: Box<[Chance]>,
}

impl Table {
    pub(crate) fn new(length: usize, first: Chance) -> Self {
        Self { chances: vec![first; length.next_power_of_two()].into_boxed_slice() }
    }

    #[inline]
    #[allow(clippy::indexing_slicing)] // the mask keeps it inside; there is always one
    pub(crate) fn at(&mut self, index: usize) -> &mut Chance {
        let mask = self.chances.len() - 1;
        &mut self.chances[index & mask]
    }
}

/// Weights of a mix of `N` chances, by a small context. Its number of sets is a power of two.
#[derive(Debug)]
pub(crate) struct Mixer<const N: usize> {
    sets: Box<[[i32; N]]>,
    /// How fast the weights learn.
    rate: i32,
}

impl<const N: usize> Mixer<N> {
    /// `rate`: 6 to 14; more learns faster and forgets faster.
    pub(crate) fn new(sets: usize, rate: i32) -> Self {
        let even = 65_536 * 13 / 10 / N as i32;
        Self { sets: vec![[even; N]; sets.next_power_of_two()].into_boxed_slice(), rate }
    }

    #[inline]
    #[allow(clippy::indexing_slicing)] // as above
    fn set(&mut self, set: usize) -> &mut [i32; N] {
        let mask = self.sets.len() - 1;
        &mut self.sets[set & mask]
    }
}

/// A coder, and what turns chances into its bits.
#[derive(Debug)]
pub(crate) struct Bits<C> {
    pub(crate) coder: C,
    /// Work that was done, in units of [`work`].
    pub(crate) work: u64,
    stretched: Box<[i16; 4096]>,
}

impl<C: Coder> Bits<C> {
    pub(crate) fn new(coder: C) -> Self {
        Self { coder, work: 0, stretched: stretched() }
    }

    /// Code `bit` with the chance at `index`, which learns from it.
    #[inline]
    pub(crate) fn bit(&mut self, table: &mut Table, index: usize, limit: u32, bit: u32) -> u32 {
        self.work += work::BIT;
        let chance = table.at(index);
        let bit = self.coder.bit(chance.one(), bit);
        chance.learn(bit, limit);
        bit
    }

    /// Code a bit both of whose values are equally likely.
    #[inline]
    pub(crate) fn even(&mut self, bit: u32) -> u32 {
        self.work += work::BIT;
        self.coder.bit(ONE / 2, bit)
    }

    /// Code `bit` with a mix of `chances`. All of them learn, and so do the weights of `set`.
    #[inline]
    pub(crate) fn mixed<const N: usize>(
        &mut self,
        chances: &mut [Chance; N],
        (mixer, set): (&mut Mixer<N>, usize),
        limit: u32,
        bit: u32,
    ) -> u32 {
        self.work += work::MIXED * N as u64;
        let rate = mixer.rate;
        let weights = mixer.set(set);
        let inputs = chances.map(|chance| i32::from(self.stretch(chance.coarse())));
        let sum: i64 = inputs.iter().zip(&*weights).map(|(input, weight)| i64::from(*input) * i64::from(*weight)).sum();
        let one = squash((sum >> 16).clamp(-2047, 2047) as i32).clamp(16, ONE - 16);
        let bit = self.coder.bit(one, bit);
        let error = ((bit << 16) as i32 - one as i32) * rate;
        for (weight, input) in weights.iter_mut().zip(inputs) {
            *weight = weight.wrapping_add(((i64::from(input) * i64::from(error) + 0x8000) >> 18) as i32);
        }
        for chance in chances {
            chance.learn(bit, limit);
        }
        bit
    }

    /// Code the lowest `width` bits of `value`, the highest first, each with the bits before it as context; `table` holds
    /// 2^`width` chances from `from` on.
    #[inline]
    pub(crate) fn tree(&mut self, (table, from): (&mut Table, usize), width: u32, limit: u32, value: u32) -> u32 {
        let mut node = 1;
        for place in (0..width).rev() {
            node = node << 1 | self.bit(table, from + node as usize, limit, value >> place & 1);
        }
        node - (1 << width)
    }

    #[inline]
    fn stretch(&self, coarse: u32) -> i16 {
        self.stretched.get(coarse as usize).copied().unwrap_or_default()
    }
}

/// 65,536 ÷ (1 + e^−x) at x = −8, −7.75, … 8.
const SQUASHED: [u16; 65] = [
    22, 28, 36, 47, 60, 77, 98, 126, 162, 208, 267, 342, 439, 562, 720, 922, 1179, 1506, 1921, 2446, 3108, 3938, 4971,
    6249, 7812, 9702, 11_955, 14_595, 17_625, 21_025, 24_743, 28_693, 32_768, 36_843, 40_793, 44_511, 47_911, 50_941,
    53_581, 55_834, 57_724, 59_287, 60_565, 61_598, 62_428, 63_090, 63_615, 64_030, 64_357, 64_614, 64_816, 64_974,
    65_097, 65_194, 65_269, 65_328, 65_374, 65_410, 65_438, 65_459, 65_476, 65_489, 65_500, 65_508, 65_514,
];

/// From the logistic scale, in 1/256, to a chance of 65,536: straight lines between the constants.
#[inline]
fn squash(x: i32) -> u32 {
    let place = (x + 2048) as usize;
    let knot = |at: usize| SQUASHED.get(at).map_or(0, |value| u32::from(*value));
    let (at, part) = (place >> 6, (place & 63) as u32);
    (knot(at) * (64 - part) + knot(at + 1) * part) >> 6
}

/// The inverse, for chances of 12 bits: the first place on the scale that is squashed to the middle of each, or above.
fn stretched() -> Box<[i16; 4096]> {
    let mut table = Box::new([0; 4096]);
    let mut x = -2047;
    for (coarse, entry) in (0_u32..).zip(table.iter_mut()) {
        while x < 2047 && squash(x) < coarse * 16 + 8 {
            x += 1;
        }
        *entry = x as i16;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_those_of_the_formula() {
        for (n, value) in (0_i32..).zip(SQUASHED) {
            let x = -8.0 + f64::from(n) * 0.25;
            assert_eq!(i64::from(value), (65_536.0 / (1.0 + (-x).exp())).round() as i64, "at {x}");
        }
    }

    #[test]
    fn stretching_undoes_squashing() {
        let table = stretched();
        assert!(table.is_sorted());
        assert_eq!((table[0], table[2047] + table[2048] < 3), (-2047, true));
        for x in (-1900..1900).step_by(7) {
            let back = i32::from(table[(squash(x) >> 4) as usize]);
            assert!(
                (back - x).abs() <= 2 + 4 * 4096 / (squash(x).min(ONE - squash(x)) as i32).max(1),
                "{x} came back as {back}"
            );
        }
    }

    #[test]
    fn a_chance_follows_what_it_sees_and_is_never_certain() {
        let mut chance = Chance::EVEN;
        for _ in 0..2000 {
            chance.learn(1, 250);
        }
        assert_eq!(chance.one(), ONE - 24);
        for _ in 0..2000 {
            chance.learn(0, 250);
        }
        assert_eq!(chance.one(), 24);
    }
}
