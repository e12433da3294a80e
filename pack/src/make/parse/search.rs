//! The cheapest steps that make a file: shortest paths from its beginning to its end.
//!
//! In: a file, the base, the matcher, prices. Out: [`Step`]s. May touch: nothing.
//!
//! Units of the file are nodes, steps are edges, prices are lengths. Every node is visited once, in order, and offers those behind
//! it a path through itself. That is done for a stretch of [`STRETCH`] nodes at a time. A match of [`LONG`] units ends the stretch:
//! it is taken whole, since nothing much better can be found.

use super::find::{Copy, Finder};
use super::goal::{From, Goal, Step};
use super::history::History;
use super::prices::{Before, Way};
use super::renames::Foresight;

/// Nodes of one stretch.
const STRETCH: usize = 1 << 13;
/// Units of a match that is taken without asking whether parts of it come cheaper.
const LONG: usize = 384;
/// A copy may end after any of so many units; after more only where something happens.
const ANY_END: usize = 64;

/// What the coder will remember at a node.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// The unit of the base where the last copy ended.
    pub(super) cursor: usize,
    /// How far back the last repetition was.
    pub(super) distance: usize,
    pub(super) before: Before,
}

/// The cheapest path to a node that is known.
#[derive(Debug, Clone, Copy)]
struct Node {
    price: u32,
    /// Its last step, how that is told, and what is remembered then.
    step: Step,
    place: Place,
}

pub(super) struct Search<'a> {
    finder: Finder<'a>,
    nodes: Vec<Node>,
    unreached: Node,
    /// Nodes from here on are unreached.
    touched: usize,
    copies: Vec<Copy>,
}

impl<'a> Search<'a> {
    pub(super) fn new(finder: Finder<'a>) -> Self {
        let step = Step { from: From::Nowhere, units: 0 };
        let unreached = Node { price: u32::MAX, step, place: Place::default() };
        Self { finder, nodes: vec![unreached; STRETCH + 1], unreached, touched: 0, copies: Vec::new() }
    }

    /// The steps that make a file.
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
            let mut path = self.trace_back(end);
            place = self.nodes[end].place;
            at += end;
            if let Some(Copy { from, units, way, .. }) = long {
                let step = Step { from, units };
                place = after(goal, place, step, way, at);
                path.push(step);
                at += units;
            }
            foresight.note(goal, self.finder.base, &path);
            for step in path {
                step.append_to(&mut steps);
            }
        }
        steps
    }

    /// Visit nodes from unit `at` on. Gives the last one, and the long copy that begins there.
    fn stretch(
        &mut self,
        goal: &Goal<'_>,
        at: usize,
        place: Place,
        history: &mut History<'_>,
        foresight: &mut Foresight<'_>,
    ) -> (usize, Option<Copy>) {
        self.nodes[..self.touched].fill(self.unreached);
        self.touched = 0;
        self.offer(0, Node { price: 0, place, ..self.unreached });
        let reach = STRETCH.min(goal.units().len() - at);
        let mut offset = goal.masked.address(at);
        for node in 0..reach {
            let (unit, next) = (at + node, goal.masked.address(at + node + 1));
            history.learn(goal.file, offset);
            foresight.advance(goal, self.finder.base, unit);
            self.offer_literals(goal, node, offset..next);
            let mut copies = std::mem::take(&mut self.copies);
            copies.clear();
            let place = self.nodes[node].place;
            self.finder.in_base(goal, unit, place, &mut copies);
            self.finder.in_history(goal, unit, offset, place, history, &mut copies);
            let long = self.long(goal, unit, &copies, foresight);
            if long.is_none() {
                for copy in &copies {
                    self.offer_copy(goal, unit, node, reach, copy, foresight);
                }
            }
            self.copies = copies;
            if long.is_some() {
                return (node, long);
            }
            offset = next;
        }
        (reach, None)
    }

    /// Of the copies that are long, the one whose first [`LONG`] units are the cheapest; of equals, the longest.
    fn long(&self, goal: &Goal<'_>, unit: usize, copies: &[Copy], foresight: &Foresight<'_>) -> Option<Copy> {
        let names =
            |from| self.finder.surprises(goal, unit, from, LONG, foresight).map(|(_, price)| price).sum::<u32>();
        let long = copies.iter().filter(|copy| copy.units >= LONG);
        long.min_by_key(|copy| (copy.price + names(copy.from), usize::MAX - copy.units)).copied()
    }

    /// Offer the next node a path that tells the bytes of a unit one by one.
    fn offer_literals(&mut self, goal: &Goal<'_>, node: usize, bytes: std::ops::Range<usize>) {
        let Node { mut price, mut place, .. } = self.nodes[node];
        for at in bytes {
            price += self.finder.prices.literal(place.before, goal.byte_before(at), goal.bytes[at]);
            place.before.since += 1;
        }
        self.offer(node + 1, Node { price, step: Step { from: From::Nowhere, units: 1 }, place });
    }

    /// Offer a copy to the nodes where it may end.
    fn offer_copy(
        &mut self,
        goal: &Goal<'_>,
        unit: usize,
        node: usize,
        reach: usize,
        copy: &Copy,
        foresight: &Foresight<'_>,
    ) {
        let Node { price, place, .. } = self.nodes[node];
        let mut price = price + copy.price;
        let units = copy.units.min(reach - node);
        let finder = self.finder;
        let mut surprises = finder.surprises(goal, unit, copy.from, units, foresight).peekable();
        for end in 1..=units {
            price += surprises.next_if(|(at, _)| *at < end).map_or(0, |(_, surprise)| surprise);
            if end > ANY_END && end + 1 < units && surprises.peek().is_none_or(|(at, _)| *at > end) {
                continue;
            }
            let step = Step { from: copy.from, units: end };
            let price = price + finder.length(copy, end);
            if price < self.nodes[node + end].price {
                self.offer(node + end, Node { price, step, place: after(goal, place, step, copy.way, unit) });
            }
        }
    }

    fn offer(&mut self, node: usize, offer: Node) {
        if offer.price < self.nodes[node].price {
            self.nodes[node] = offer;
            self.touched = self.touched.max(node + 1);
        }
    }

    /// The steps of the cheapest path to a node.
    fn trace_back(&self, mut node: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        while node > 0 {
            let step = self.nodes[node].step;
            steps.push(step);
            node -= step.units;
        }
        steps.reverse();
        steps
    }
}

/// What is remembered when a copy was made.
fn after(goal: &Goal<'_>, place: Place, step: Step, way: Way, unit: usize) -> Place {
    match step.from {
        From::Base(from) => Place { cursor: from + step.units, before: Before { way: Some(way), since: 0 }, ..place },
        From::Nowhere | From::History(_) => {
            let made = goal.masked.address(unit + step.units) - goal.masked.address(unit);
            let distance = if let From::History(distance) = step.from { distance } else { place.distance };
            let before = Before { way: Some(way), since: place.before.since + made };
            Place { distance, before, ..place }
        }
    }
}
