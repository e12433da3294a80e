//! What can be copied to a place, and what telling it takes.
//!
//! In: a unit of a file, and what the coder will remember there. Out: copies. May touch: nothing.

use super::dense::Content;
use super::goal::{From, Goal};
use super::history::History;
use super::masked::Masked;
use super::matcher::Matcher;
use super::prices::{Before, Prices, SURPRISE_AGAIN, Way};
use super::renames::Foresight;
use crate::model::NEAR;
use crate::token::Name;

/// A match far off in the base is worth a look from so many units on.
const FAR_UNITS: usize = 8;
/// A match close to where the last copy ended: how close, and how many units it must have.
const AROUND: usize = 32;
const AROUND_UNITS: usize = 3;
/// With a match of so many units at hand nobody looks around.
const ENOUGH: usize = 128;
/// What is compressed already is alike by chance; then a copy must have so many units.
const DENSE_UNITS: usize = 6;
/// Surprises of one copy that are remembered.
const SURPRISES: usize = 8;

/// What the coder will remember at a node.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// The unit of the base where the last copy ended.
    pub(super) cursor: usize,
    /// Its address.
    pub(super) address: usize,
    /// How far back the last repetition was.
    pub(super) distance: usize,
    pub(super) before: Before,
}

/// What can be copied, all of it or less.
#[derive(Debug, Clone, Copy)]
pub(super) struct Copy {
    pub(super) from: From,
    pub(super) units: usize,
    pub(super) way: Way,
    /// Of everything but the length and the names.
    pub(super) price: u32,
    /// Does all of it go on to the end of a file of the base?
    to_end: bool,
}

/// How hard is looked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    /// Places of the target with the same beginning that are looked at.
    pub(super) depth: usize,
    /// Units of a match that is taken without asking whether parts of it come cheaper.
    pub(super) long: usize,
}

impl Effort {
    /// Enough to learn prices by.
    pub(super) const LITTLE: Self = Self { depth: 8, long: 128 };
    pub(super) const MUCH: Self = Self { depth: 32, long: 384 };
}

#[derive(Clone, Copy)]
pub(super) struct Finder<'a> {
    pub(super) effort: Effort,
    pub(super) base: &'a Masked<'a>,
    pub(super) matcher: &'a Matcher,
    pub(super) prices: &'a Prices,
}

impl Finder<'_> {
    /// Append what can be copied from the base.
    pub(super) fn in_base(&self, goal: &Goal<'_>, unit: usize, offset: usize, place: Place, copies: &mut Vec<Copy>) {
        let rest = &goal.units()[unit..];
        let dense = goal.content(offset) == Content::Dense;
        let expected = self.expected(place);
        let mut longest = 0;
        let mut consider = |from, way, least| {
            let copy = self.copy(goal, unit, from, way, place).filter(|copy| copy.units >= least);
            copies.extend(copy);
            copy.map_or(0, |copy| copy.units)
        };
        let least = if dense { DENSE_UNITS } else { 1 };
        if let Some(from) = expected {
            longest = consider(from, Way::Continue, least);
        }
        if place.before.since > 0 {
            longest = longest.max(consider(place.cursor, Way::Insert, least));
        }
        let around = expected.filter(|_| longest < ENOUGH && !dense);
        if let (Some(expected), Some(beginning)) = (around, rest.get(..AROUND_UNITS)) {
            let first = expected.saturating_sub(AROUND);
            let around = self.base.units().get(first..).unwrap_or_default();
            for (at, units) in around.windows(AROUND_UNITS).take(expected - first + AROUND).enumerate() {
                if units == beginning && first + at != expected {
                    consider(first + at, Way::Near, AROUND_UNITS);
                }
            }
        }
        for from in self.matcher.candidates(goal.file, unit, rest).into_iter().flatten() {
            let way = if away(from, place) < NEAR { Way::Near } else { Way::Far };
            consider(from, way, FAR_UNITS.max(longest + 1));
        }
    }

    /// Append what can be repeated.
    pub(super) fn in_history(
        &self,
        goal: &Goal<'_>,
        unit: usize,
        offset: usize,
        place: Place,
        history: &History<'_>,
        copies: &mut Vec<Copy>,
    ) {
        let mut consider = |distance: usize, bytes: usize, way| {
            let units = goal.masked.whole_units(unit, offset + bytes);
            if units > 0 {
                let price = self.prices.begin(way, place.before, if way == Way::Again { 0 } else { distance as u64 });
                copies.push(Copy { from: From::Target(distance), units, way, price, to_end: false });
            }
        };
        if place.distance > 0 {
            consider(place.distance, history.repeated(goal.file, offset, place.distance), Way::Again);
        }
        let depth = if goal.content(offset) == Content::Dense { 0 } else { self.effort.depth };
        history.each(goal.file, offset, depth, |found| consider(found.distance, found.bytes, Way::Back));
    }

    /// The price of a copy's length, if it ends after some of its units.
    #[inline]
    pub(super) fn length(&self, copy: &Copy, units: usize) -> u32 {
        if copy.to_end && units == copy.units {
            self.prices.to_end
        } else {
            // About as many bytes.
            self.prices.length(copy.way, units as u64)
        }
    }

    /// The names in the first `units` units from there that are not as foreseen: which unit, and the price.
    pub(super) fn surprises(
        &self,
        goal: &Goal<'_>,
        unit: usize,
        from: From,
        units: usize,
        foresight: &Foresight<'_>,
    ) -> impl Iterator<Item = (usize, u32)> {
        let (from, units) = if let From::Base(from) = from { (from, units) } else { (0, 0) };
        let (mut seen, mut count) = ([(Name::default(), Name::default()); SURPRISES], 0);
        let surprising = goal.names(self.base, from, unit, units);
        surprising.filter(|(_, old, new)| foresight.foresee(*old) != *new).map(move |(at, old, new)| {
            if seen[..count].contains(&(old, new)) {
                return (at, SURPRISE_AGAIN);
            }
            if count < SURPRISES {
                seen[count] = (old, new);
                count += 1;
            }
            (at, self.prices.surprise(new))
        })
    }

    fn copy(&self, goal: &Goal<'_>, unit: usize, from: usize, way: Way, place: Place) -> Option<Copy> {
        if from >= self.base.units().len() {
            return None;
        }
        let (units, to_end) = goal.matches(self.base, from, unit);
        let distance = if matches!(way, Way::Near | Way::Far) { 2 * away(from, place) } else { 0 };
        let price = self.prices.begin(way, place.before, distance);
        Some(Copy { from: From::Base(from), units, way, price, to_end })
    }

    /// The unit of the base where a copy continues if what was made since replaces as many bytes.
    fn expected(&self, place: Place) -> Option<usize> {
        match place.before.since {
            0 => Some(place.cursor),
            since => self.base.unit_at(place.address + since),
        }
    }
}

/// How far a unit is from where a copy would continue, about.
fn away(from: usize, place: Place) -> u64 {
    from.abs_diff(place.cursor + place.before.since) as u64
}
