//! The renaming map: which new name stands for which old one. Both sides learn it from what was copied (formats 9.10).
//!
//! In: the names in a copy from the base, one after the other. Out: the names of the target; only what the map did not foresee
//! costs bits. May touch: nothing. Keeps: I10 (65,536 pairs, whatever the bundle).

use crate::byte::{Shared, hash};
use crate::chance::{Bits, Chance, Mixer, Table};
use crate::name::NewNames;
use crate::range::Coder;
use crate::token::Name;

/// Pairs that are remembered; each old name has one place, which it may lose to another one.
const PAIRS: usize = 1 << 16;
/// Hits in a row from which on a pair is certain: one chance of its own then says whether it holds.
const CERTAIN: u8 = 14;
/// How slowly the chances learn in the end.
const LIMIT: u32 = 250;
/// Chances of one of the three guesses.
const REGION: usize = 1 << 14;

#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    old: Name,
    new: Name,
    /// How often it held in a row, 0 before the pair was seen.
    hits: u8,
    /// The file it was learnt in.
    file: u32,
}

/// The map.
#[derive(Debug)]
pub(crate) struct Renames {
    pairs: Box<[Pair]>,
    file: u32,
    /// Whether the last names were foreseen: ones are those that were not, the latest lowest.
    missed: u32,
    chances: Table,
    mixer: Mixer<3>,
    new_names: NewNames,
}

impl Renames {
    pub(crate) fn new() -> Self {
        Self {
            pairs: vec![Pair::default(); PAIRS].into_boxed_slice(),
            file: 0,
            missed: 0,
            chances: Table::new(3 * REGION, Chance::of(1024)),
            mixer: Mixer::new(16, 6),
            new_names: NewNames::new(),
        }
    }

    /// Another file of the target begins: short names mean other things there, hashes do not.
    pub(crate) fn begin_file(&mut self) {
        self.file += 1;
    }

    /// Code what `old` becomes. `before`: the three bytes before it in the base, the last one lowest.
    #[inline]
    pub(crate) fn code<C: Coder>(
        &mut self,
        (bits, shared): (&mut Bits<C>, &mut Shared),
        old: Name,
        before: u32,
        new: Name,
    ) -> Name {
        let pair = self.pair(old);
        let missed = u32::from(pair.new != new);
        let from = REGION + (hash(old.0 as u32, pair.new.0 as u32 ^ 0x55) as usize & (REGION - 1));
        let missed = if pair.hits > CERTAIN {
            bits.bit(&mut self.chances, from, LIMIT, missed)
        } else {
            self.doubted(bits, pair, before, from, missed)
        };
        self.missed = self.missed << 1 | missed;
        if missed == 0 {
            if pair.hits <= CERTAIN {
                self.learn(Pair { hits: pair.hits + 1, ..pair });
            }
            return pair.new;
        }
        let new = self.new_names.code((bits, shared), old, pair.new, new);
        self.learn(Pair { new, hits: 1, ..pair });
        new
    }

    fn doubted<C: Coder>(&mut self, bits: &mut Bits<C>, pair: Pair, before: u32, by_pair: usize, missed: u32) -> u32 {
        let hits = usize::from(pair.hits.min(CERTAIN + 1));
        let same = usize::from(pair.old == pair.new);
        let lately = usize::from(self.missed & 1 != 0)
            | usize::from(self.missed >> 1 & 7 != 0) << 1
            | usize::from(self.missed >> 4 & 0xfff != 0) << 2;
        let length = pair.old.len().clamp(1, 4) - 1;
        let by_place = hash(before, hits.min(3) as u32 | (same as u32) << 2) as usize & (REGION - 1);
        let indexes = [hits | same << 4 | length << 5 | lately << 7, by_pair, 2 * REGION + by_place];
        let set = hits.min(7) | same << 3;
        let mut chances = indexes.map(|index| *self.chances.at(index));
        let missed = bits.mixed(&mut chances, (&mut self.mixer, set), LIMIT, missed);
        for (index, chance) in indexes.into_iter().zip(chances) {
            *self.chances.at(index) = chance;
        }
        missed
    }

    /// What is known of `old`: that it stays, if nothing.
    #[inline]
    fn pair(&self, old: Name) -> Pair {
        let found =
            self.pairs.get(place(old)).filter(|pair| pair.old == old && (pair.file == self.file || old.is_hash()));
        found.copied().unwrap_or(Pair { old, new: old, hits: 0, file: self.file })
    }

    #[inline]
    fn learn(&mut self, pair: Pair) {
        if let Some(slot) = self.pairs.get_mut(place(pair.old)) {
            *slot = pair;
        }
    }
}

#[inline]
fn place(old: Name) -> usize {
    (old.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as usize
}
