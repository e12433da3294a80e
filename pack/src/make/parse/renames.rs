//! What the map will know at a place: the parse goes along with what the coder will do (formats 9.10).
//!
//! In: pairs of names as they are copied. Out: is a name foreseen? May touch: nothing. This is a forecast: the coder's own map
//! is what counts.

use super::goal::{From, Goal, Step};
use super::masked::Masked;
use crate::token::Name;

/// As many as the coder's map has.
const SLOTS: usize = 1 << 16;

#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    old: Name,
    new: Name,
    /// The file it was learnt in.
    file: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Renames {
    pairs: Vec<Pair>,
    /// The file that is parsed.
    file: u32,
    /// Of the names seen: those that were as foreseen, and those that were not.
    seen: [u32; 2],
}

impl Renames {
    pub(super) fn new() -> Self {
        Self { pairs: vec![Pair::default(); SLOTS], file: 0, seen: [0; 2] }
    }

    /// Of the names seen since this was asked: how many were as foreseen, and how many were not.
    pub(super) fn take_seen(&mut self) -> [u32; 2] {
        std::mem::take(&mut self.seen)
    }

    /// Short names mean others in the next file; hashes do not.
    pub(super) fn begin_file(&mut self) {
        self.file += 1;
    }

    fn learn(&mut self, old: Name, new: Name) {
        self.seen[usize::from(self.foresee(old) != new)] += 1;
        self.pairs[slot(old)] = Pair { old, new, file: self.file };
    }

    /// What a name is expected to become.
    #[inline]
    pub(super) fn foresee(&self, old: Name) -> Name {
        let pair = self.pairs[slot(old)];
        if pair.old == old && (pair.file == self.file || old.is_hash()) { pair.new } else { old }
    }
}

#[inline]
fn slot(name: Name) -> usize {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15; // 2^64 by the golden ratio (Knuth, 6.4)
    (name.0.wrapping_mul(ODD) >> 48) as usize
}

/// [`Renames`] as they will be at the place that is being parsed: those of the steps before it. With the steps of an earlier parse of
/// the same file they are known to the unit, else only up to where steps are settled.
#[derive(Debug)]
pub(super) struct Foresight<'a> {
    renames: &'a mut Renames,
    earlier: Option<&'a [Step]>,
    /// Units whose names were learned.
    at: usize,
    /// Of the first of `earlier`: units gone by.
    gone: usize,
}

impl<'a> Foresight<'a> {
    pub(super) fn new(renames: &'a mut Renames, earlier: Option<&'a [Step]>) -> Self {
        renames.begin_file();
        Self { renames, earlier, at: 0, gone: 0 }
    }

    #[inline]
    pub(super) fn foresee(&self, old: Name) -> Name {
        self.renames.foresee(old)
    }

    /// The parse is at a unit.
    #[inline]
    pub(super) fn advance(&mut self, goal: &Goal<'_>, base: &Masked<'_>, unit: usize) {
        while self.at < unit {
            let Some((step, rest)) = self.earlier.and_then(|steps| steps.split_first()) else { return };
            let units = (step.units - self.gone).min(unit - self.at);
            let part = Step { from: step.from.later(self.gone), units };
            self.learn(goal, base, part);
            self.gone += units;
            if self.gone == step.units {
                (self.earlier, self.gone) = (Some(rest), 0);
            }
        }
    }

    /// These steps are settled.
    pub(super) fn note(&mut self, goal: &Goal<'_>, base: &Masked<'_>, steps: &[Step]) {
        if self.earlier.is_none() {
            for step in steps {
                self.learn(goal, base, *step);
            }
        }
    }

    fn learn(&mut self, goal: &Goal<'_>, base: &Masked<'_>, step: Step) {
        if let From::Base(from) = step.from {
            goal.names(base, from, self.at, step.units).for_each(|(_, old, new)| self.renames.learn(old, new));
        }
        self.at += step.units;
    }
}
