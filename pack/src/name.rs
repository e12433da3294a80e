//! A name that the renaming map did not foresee, told character by character (formats 9.11).
//!
//! In: the old name, what was foreseen, the new name. Out: its characters, coded. May touch: nothing.
//!
//! Minifiers count their names through (`e`, `t`, `n`, … in terser's order), so a name is often as far from its old one as the
//! name before it was, or the next one after it.

use crate::byte::{Bytes, Shared, hash};
use crate::chance::{Bits, Mixer};
use crate::range::Coder;
use crate::token::{HASH, Name, SHORT};

/// The order in which terser counts: the first character is one of the first 54, the others any.
const ORDER: &[u8; 64] = b"etnriaoscludfpmhg_vybxSCwTEDOkAjMNPFILRzBVHUWGKqJYXZQ$0123456789";
const FIRST: u32 = 54;

/// How many guesses are mixed.
const GUESSES: usize = 6;
/// How slowly chances of characters learn in the end.
const LIMIT: u32 = 40;

/// The chances of characters, and the last pair of each length.
#[derive(Debug)]
pub(crate) struct NewNames {
    characters: Bytes<GUESSES>,
    last: [(Name, Name); HASH + 1],
}

impl NewNames {
    pub(crate) fn new() -> Self {
        Self { characters: Bytes::new(Mixer::new(16, 14), LIMIT), last: [(Name::default(), Name::default()); HASH + 1] }
    }

    /// Code `new`, which stands for `old` and not for `foreseen`. A decoded name may be empty, or too short for a hash.
    pub(crate) fn code<C: Coder>(
        &mut self,
        (bits, shared): (&mut Bits<C>, &mut Shared),
        old: Name,
        foreseen: Name,
        new: Name,
    ) -> Name {
        let length = old.len();
        let (last_old, last_new) = self.last.get(length).copied().unwrap_or_default();
        let shifted = shifted(old, last_old, last_new).unwrap_or_default();
        let next = next(last_new).unwrap_or_default();
        let most = if old.is_hash() { HASH } else { SHORT };
        let (mut name, mut as_shifted, mut as_next) = (Name::default(), true, true);
        for n in 0..most {
            let place = ((n.min(3) as u32) << 2) | (length.clamp(1, 4) as u32 - 1);
            let before = n.checked_sub(1).map_or(0, |n| u32::from(name.character(n)));
            let [by_shift, by_count, was, at_last] =
                [shifted, next, old, last_new].map(|name| u32::from(name.character(n)));
            let contexts = [
                hash(place | by_shift << 8 | u32::from(as_shifted) << 16, 11),
                hash(place | by_count << 8 | u32::from(as_next) << 16 | at_last << 17, 12),
                hash(place | was << 8 | before << 16, 13),
                hash(hash(old.0 as u32, name.0 as u32), 14),
                hash(place | before << 8 | at_last << 16, 15),
                hash(hash(foreseen.0 as u32, name.0 as u32), 16 ^ place << 8),
            ];
            let set = n.min(2) * 4 + usize::from(as_shifted) * 2 + usize::from(as_next);
            let character = self.characters.code((bits, shared), contexts, set, new.character(n));
            if character == 0 {
                break;
            }
            name.0 |= u64::from(character) << (8 * n);
            as_shifted &= character == shifted.character(n);
            as_next &= character == next.character(n);
        }
        if let Some(last) = self.last.get_mut(length) {
            *last = (old, name);
        }
        name
    }
}

/// As far from `old` as `last_new` is from `last_old`.
fn shifted(old: Name, last_old: Name, last_new: Name) -> Option<Name> {
    if old.len() != last_old.len() {
        return None;
    }
    let number = |name| number(name).map(i64::from);
    let shifted = number(old)? + number(last_new)? - number(last_old)?;
    let among = i64::from(count(last_new.len()));
    Some(nth(shifted.rem_euclid(among) as u32, last_new.len()))
}

/// The name that minifiers give after `name`.
fn next(name: Name) -> Option<Name> {
    Some(nth((number(name)? + 1) % count(name.len()), name.len()))
}

/// How many names of a length there are.
fn count(length: usize) -> u32 {
    FIRST << (6 * length.clamp(1, SHORT) - 6)
}

/// Which of the names of its length it is; none of them if it is a hash, or has a character that minifiers do not give there.
fn number(name: Name) -> Option<u32> {
    let length = name.len();
    if !(1..=SHORT).contains(&length) {
        return None;
    }
    let rank = |n| ORDER.iter().position(|character| *character == name.character(n)).map(|rank| rank as u32);
    let first = rank(0).filter(|rank| *rank < FIRST)?;
    (1..length).rev().try_fold(0, |number, n| Some(number << 6 | rank(n)?)).map(|rest| rest * FIRST + first)
}

/// The inverse of [`number`].
fn nth(number: u32, length: usize) -> Name {
    let character = |rank: u32| ORDER.get(rank as usize % 64).copied().unwrap_or_default();
    let mut name = [0; SHORT];
    let mut rest = number / FIRST;
    for (n, place) in name.iter_mut().take(length).enumerate() {
        *place = character(if n == 0 { number % FIRST } else { rest });
        if n > 0 {
            rest >>= 6;
        }
    }
    Name::new(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_counted_as_minifiers_do() {
        for name in ["e", "$", "et", "x_e", "a0$"] {
            let name = Name::new(name.as_bytes());
            assert_eq!(number(name).map(|number| nth(number, name.len())), Some(name));
            assert!(number(name) < Some(count(name.len())));
        }
        assert_eq!(next(Name::new(b"e")), Some(Name::new(b"t")));
        assert_eq!(next(Name::new(b"$e")), Some(Name::new(b"et")));
        assert_eq!(next(Name::new(b"BgnklDnS")), None);
        assert_eq!(number(Name::new(b"0a")), None);
    }

    #[test]
    fn a_shift_of_the_last_pair_is_a_shift_of_this_one() {
        let [t, n, r, i] = [b"t", b"n", b"r", b"i"].map(|name| Name::new(name));
        assert_eq!(shifted(r, t, n), Some(i));
        assert_eq!(shifted(r, Name::new(b"te"), n), None);
    }
}
