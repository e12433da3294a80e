//! The cheapest steps that make a file: shortest paths from its beginning to its end.
//!
//! In: a file, the base, the matcher, prices. Out: [`Step`]s. May touch: nothing.
//!
//! Places of the file are nodes, steps are edges, prices are lengths. Every node is visited once, in order, and offers its
//! neighbours a path through itself; a stretch of [`CHUNK`] nodes at a time, and a match of [`LONG`] units ends the stretch:
//! nobody looks for anything better than that.

use super::goal::{From, Goal, Step};
use super::history::History;
use super::masked::Masked;
use super::matcher::Matcher;
use super::prices::{NEAR, Prices, Way};
use super::renames::Foresight;

/// Nodes of one stretch.
const CHUNK: usize = 1 << 13;
/// Units of a match that is taken without asking whether parts of it come cheaper.
const LONG: usize = 160;
/// A match elsewhere in the base is worth a look from so many units on.
const FAR_UNITS: usize = 8;
/// A match close to where the last copy ended: how close, and how many units.
const AROUND: usize = 32;
const AROUND_UNITS: usize = 3;

/// What the coder will remember at a node.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    /// The unit of the base where the last copy ended.
    cursor: usize,
    /// Bytes made since.
    since: usize,
    /// How far back the last repetition was.
    distance: usize,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    /// Of the cheapest path to here that is known.
    price: u32,
    /// Its last step.
    step: Step,
    place: Place,
}

const UNREACHED: Node = Node {
    price: u32::MAX,
    step: Step { from: From::Nowhere, units: 0 },
    place: Place { cursor: 0, since: 0, distance: 0 },
};

/// What can be copied at a node, all of it or less.
#[derive(Debug, Clone, Copy)]
struct Copy {
    from: From,
    units: usize,
    /// Of everything but the length and the names.
    price: u32,
    way: Way,
    to_end: bool,
}

pub(super) struct Search<'a> {
    pub(super) base: &'a Masked<'a>,
    pub(super) matcher: &'a Matcher,
    pub(super) prices: &'a Prices,
    nodes: Vec<Node>,
    /// Nodes from here on are unreached.
    touched: usize,
    copies: Vec<Copy>,
}

impl<'a> Search<'a> {
    pub(super) fn new(base: &'a Masked<'a>, matcher: &'a Matcher, prices: &'a Prices) -> Self {
        Self { base, matcher, prices, nodes: vec![UNREACHED; CHUNK + 1], touched: 0, copies: Vec::new() }
    }

    /// The steps that make a file. `history` must know what lies before it.
    pub(super) fn steps(
        &mut self,
        goal: &Goal<'_>,
        history: &mut History<'_>,
        foresight: &mut Foresight<'_>,
    ) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut place = Place { cursor: goal.counterpart, ..Place::default() };
        let mut at = 0;
        while at < goal.units().len() {
            let (end, long) = self.stretch(goal, at, place, history, foresight);
            let first = steps.len();
            self.trace_back(end, &mut steps);
            place = self.nodes[end].place;
            at += end;
            if let Some(step) = long {
                place = self.after(goal, place, step, at);
                steps.push(step);
                at += step.units;
            }
            foresight.note(goal, self.base, &steps[first..]);
        }
        steps
    }

    /// Visit nodes from unit `at` on; gives the last one, and the long copy that begins there.
    fn stretch(
        &mut self,
        goal: &Goal<'_>,
        at: usize,
        place: Place,
        history: &mut History<'_>,
        foresight: &mut Foresight<'_>,
    ) -> (usize, Option<Step>) {
        self.nodes[..self.touched].fill(UNREACHED);
        self.nodes[0] = Node { price: 0, place, ..UNREACHED };
        self.touched = 1;
        let reach = CHUNK.min(goal.units().len() - at);
        let mut offset = goal.masked.address(at);
        for node in 0..reach {
            let next = goal.masked.address(at + node + 1);
            history.learn(history.start(goal.file) + offset);
            foresight.advance(goal, self.base, at + node);
            let Node { price, place, .. } = self.nodes[node];
            let literal = price + self.prices.literals(place.since, goal.kind(), next - offset);
            self.offer(
                node + 1,
                literal,
                Step { from: From::Nowhere, units: 1 },
                Place { since: place.since + next - offset, ..place },
            );
            self.find(goal, at + node, place);
            self.find_repeated(goal, at + node, offset, place, history);
            if let Some(long) = self.long(goal, at + node, foresight) {
                return (node, Some(long));
            }
            self.offer_copies(goal, at, node, reach, foresight);
            offset = next;
        }
        (reach, None)
    }

    /// Collect what can be copied from the base.
    fn find(&mut self, goal: &Goal<'_>, unit: usize, place: Place) {
        self.copies.clear();
        let rest = &goal.units()[unit..];
        let expected = self.expected(place);
        let mut longest = 0;
        if let Some(from) = expected.filter(|from| *from < self.base.units().len()) {
            longest = self.consider(goal, unit, from, Way::Continue, place, 1);
        }
        if place.since > 0 && place.cursor < self.base.units().len() {
            longest = longest.max(self.consider(goal, unit, place.cursor, Way::Insert, place, 1));
        }
        if longest < LONG {
            if let (Some(expected), Some(beginning)) = (expected, rest.get(..AROUND_UNITS)) {
                let window =
                    expected.saturating_sub(AROUND)..(expected + AROUND + AROUND_UNITS).min(self.base.units().len());
                let from = window.start;
                for (at, units) in self.base.units().get(window).unwrap_or_default().windows(AROUND_UNITS).enumerate() {
                    if units == beginning && from + at != expected {
                        self.consider(goal, unit, from + at, Way::Near, place, AROUND_UNITS);
                    }
                }
            }
        }
        for from in self.matcher.candidates(goal.file, unit, rest).into_iter().flatten() {
            let far = self.away(from, place) >= NEAR;
            self.consider(goal, unit, from, if far { Way::Far } else { Way::Near }, place, FAR_UNITS.max(longest + 1));
        }
    }

    /// Collect a copy from a unit of the base if it has `least` units; gives how many.
    fn consider(&mut self, goal: &Goal<'_>, unit: usize, from: usize, way: Way, place: Place, least: usize) -> usize {
        let (units, to_end) = goal.matches(self.base, from, unit);
        if units >= least {
            let distance = if matches!(way, Way::Near | Way::Far) { 2 * self.away(from, place) } else { 0 };
            let price = self.prices.begin(way, place.since, distance);
            self.copies.push(Copy { from: From::Base(from), units, price, way, to_end });
        }
        units
    }

    /// Collect what can be repeated.
    fn find_repeated(&mut self, goal: &Goal<'_>, unit: usize, offset: usize, place: Place, history: &History<'_>) {
        let (prices, copies) = (self.prices, &mut self.copies);
        let mut collect = |distance: usize, bytes: usize, way| {
            let units = goal.masked.whole_units(unit, offset + bytes);
            if units > 0 {
                let price = prices.begin(way, place.since, if way == Way::Again { 0 } else { distance as u64 });
                copies.push(Copy { from: From::History(distance), units, price, way, to_end: false });
            }
        };
        if place.distance > 0 {
            collect(place.distance, history.repeated(goal.file, offset, place.distance), Way::Again);
        }
        history.each(goal.file, offset, |found| collect(found.distance, found.bytes, Way::Back));
    }

    /// Of the copies that are long, the one whose first [`LONG`] units are the cheapest; of equals, the longest.
    fn long(&self, goal: &Goal<'_>, unit: usize, foresight: &Foresight<'_>) -> Option<Step> {
        let price = |copy: &Copy| copy.price + self.surprises(goal, unit, copy.from, LONG, foresight, |_, _| ());
        let long = self.copies.iter().filter(|copy| copy.units >= LONG);
        let best = long.min_by_key(|copy| (price(copy), usize::MAX - copy.units))?;
        Some(Step { from: best.from, units: best.units })
    }

    /// Offer the places where the copies at a node end.
    fn offer_copies(&mut self, goal: &Goal<'_>, start: usize, node: usize, reach: usize, foresight: &Foresight<'_>) {
        let Node { price, place, .. } = self.nodes[node];
        for copy in std::mem::take(&mut self.copies) {
            let units = copy.units.min(reach - node);
            let mut ends = [(0, 0); 6];
            let mut filled = 0;
            let names = self.surprises(goal, start + node, copy.from, units, foresight, |end, so_far| {
                if end > 0 && filled < 4 {
                    ends[filled] = (end, so_far);
                    filled += 1;
                }
            });
            ends[4] = (units, names);
            ends[5] = (units - 1, names);
            for (end, names) in ends.into_iter().filter(|(end, _)| *end > 0) {
                let length = if copy.to_end && end == copy.units {
                    self.prices.to_end()
                } else {
                    self.prices.length(copy.way, end as u64)
                };
                let step = Step { from: copy.from, units: end };
                let place = self.after(goal, place, step, start + node);
                self.offer(node + end, price + copy.price + length + names, step, place);
            }
        }
    }

    /// The price of the names in a copy's first `units` units that are not as foreseen. `tell` hears where each is, and what those before it take.
    fn surprises(
        &self,
        goal: &Goal<'_>,
        unit: usize,
        from: From,
        units: usize,
        foresight: &Foresight<'_>,
        mut tell: impl FnMut(usize, u32),
    ) -> u32 {
        let From::Base(from) = from else { return 0 };
        let mut seen = [(Default::default(), Default::default()); 8];
        let (mut count, mut price) = (0, 0);
        for (at, old, new) in goal.names(self.base, from, unit, units) {
            if foresight.foresee(old) == new {
                continue;
            }
            tell(at, price);
            if seen[..count].contains(&(old, new)) {
                price += self.prices.known_surprise;
                continue;
            }
            price += self.prices.surprise;
            if count < seen.len() {
                seen[count] = (old, new);
                count += 1;
            }
        }
        price
    }

    fn offer(&mut self, node: usize, price: u32, step: Step, place: Place) {
        if price < self.nodes[node].price {
            self.nodes[node] = Node { price, step, place };
            self.touched = self.touched.max(node + 1);
        }
    }

    /// The unit of the base where a copy continues if what was made since replaces as many bytes.
    fn expected(&self, place: Place) -> Option<usize> {
        if place.since == 0 {
            Some(place.cursor)
        } else {
            self.base.unit_at(self.base.address(place.cursor) + place.since)
        }
    }

    /// How far a unit is from where it would continue, about.
    fn away(&self, from: usize, place: Place) -> u64 {
        from.abs_diff(place.cursor + place.since) as u64
    }

    fn after(&self, goal: &Goal<'_>, place: Place, step: Step, unit: usize) -> Place {
        match step.from {
            From::Base(from) => Place { cursor: from + step.units, since: 0, ..place },
            From::Nowhere | From::History(_) => {
                let made = goal.masked.address(unit + step.units) - goal.masked.address(unit);
                let distance = if let From::History(distance) = step.from { distance } else { place.distance };
                Place { since: place.since + made, distance, ..place }
            }
        }
    }

    /// Append the steps of the cheapest path to a node.
    fn trace_back(&self, mut node: usize, steps: &mut Vec<Step>) {
        let first = steps.len();
        while node > 0 {
            let step = self.nodes[node].step;
            steps.push(step);
            node -= step.units;
        }
        steps[first..].reverse();
    }
}
