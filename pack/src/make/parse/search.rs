//! The cheapest steps that make a file: shortest paths from its beginning to its end.
//!
//! In: a file, the base, the matcher, prices. Out: [`Step`]s. May touch: nothing.
//!
//! Units of the file are nodes, steps are edges, prices are lengths. Every node is visited once, in order, and offers those behind
//! it a path through itself. That is done for a stretch of [`STRETCH`] nodes at a time. A long match ends the stretch:
//! it is taken whole, since nothing much better can be found.

use super::find::{Copy, Finder, Place};
use super::goal::{From, Goal, Step};
use super::history::History;
use super::prices::{Before, Way};
use super::renames::Foresight;

/// Nodes of one stretch.
const STRETCH: usize = 1 << 13;
/// A copy may end after any of so many units; after more only where something happens.
const ANY_END: usize = 64;

/// The cheapest path to a node that is known.
#[derive(Debug, Clone, Copy)]
struct Node {
    price: u32,
    /// Its last step, and how that is told.
    step: Step,
    way: Way,
}

pub(super) struct Search<'a> {
    finder: Finder<'a>,
    nodes: Vec<Node>,
    /// What is remembered at each node that was visited.
    places: Vec<Place>,
    /// Where its unit begins in the file.
    offsets: Vec<usize>,
    unreached: Node,
    /// Nodes from here on are unreached.
    touched: usize,
    copies: Vec<Copy>,
}

impl<'a> Search<'a> {
    pub(super) fn new(finder: Finder<'a>) -> Self {
        let step = Step { from: From::Nowhere, units: 0 };
        let unreached = Node { price: u32::MAX, step, way: Way::Literal };
        let nodes = vec![unreached; STRETCH + 1];
        let places = vec![Place::default(); STRETCH + 1];
        let offsets = vec![0; STRETCH + 1];
        Self { finder, nodes, places, offsets, unreached, touched: 0, copies: Vec::new() }
    }

    /// The steps that make a file.
    pub(super) fn steps(
        &mut self,
        goal: &Goal<'_>,
        history: &mut History<'_>,
        foresight: &mut Foresight<'_>,
    ) -> Vec<Step> {
        let mut steps = Vec::new();
        let address = self.finder.base.address(goal.counterpart);
        let mut place = Place { cursor: goal.counterpart, address, ..Place::default() };
        let mut at = 0;
        while at < goal.units().len() {
            let (end, long) = self.stretch(goal, at, place, history, foresight);
            let mut path = self.trace_back(end);
            place = self.places[end];
            at += end;
            if let Some(Copy { from, units, way, .. }) = long {
                let step = Step { from, units };
                let from = goal.masked.address(at);
                at += units;
                place = self.after(place, step, way, goal.masked.address(at) - from);
                path.push(step);
            }
            foresight.note(goal, self.finder.base, &path);
            for step in path {
                step.append_to(&mut steps, self.finder.base);
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
        self.offer(0, Node { price: 0, ..self.unreached });
        self.places[0] = place;
        let reach = STRETCH.min(goal.units().len() - at);
        let mut offset = goal.masked.address(at);
        for node in 0..reach {
            let unit = at + node;
            self.visit(node, offset);
            let next = goal.masked.next(offset);
            history.learn(goal.file, offset);
            foresight.advance(goal, self.finder.base, unit);
            self.offer_literals(goal, node, offset..next);
            let mut copies = std::mem::take(&mut self.copies);
            copies.clear();
            let place = self.places[node];
            self.finder.in_base(goal, unit, offset, place, &mut copies);
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
        self.visit(reach, offset);
        (reach, None)
    }

    /// The path to a node is settled: note what is remembered there.
    fn visit(&mut self, node: usize, offset: usize) {
        self.offsets[node] = offset;
        let Node { step, way, .. } = self.nodes[node];
        if step.units > 0 {
            let from = node - step.units;
            self.places[node] = self.after(self.places[from], step, way, offset - self.offsets[from]);
        }
    }

    /// What is remembered when a step has made some bytes.
    fn after(&self, place: Place, step: Step, way: Way, bytes: usize) -> Place {
        let since = place.before.since + bytes;
        match step.from {
            From::Base(from) => {
                let cursor = from + step.units;
                Place {
                    cursor,
                    address: self.finder.base.address(cursor),
                    before: Before { way: Some(way), since: 0 },
                    ..place
                }
            }
            From::Target(distance) => Place { distance, before: Before { way: Some(way), since }, ..place },
            From::Nowhere => Place { before: Before { since, ..place.before }, ..place },
        }
    }

    /// Of the copies that are long, the one whose first units are the cheapest; of equals, the longest.
    fn long(&self, goal: &Goal<'_>, unit: usize, copies: &[Copy], foresight: &Foresight<'_>) -> Option<Copy> {
        let least = self.finder.effort.long;
        let names =
            |from| self.finder.surprises(goal, unit, from, least, foresight).map(|(_, price)| price).sum::<u32>();
        let long = copies.iter().filter(|copy| copy.units >= least);
        long.min_by_key(|copy| (copy.price + names(copy.from), usize::MAX - copy.units)).copied()
    }

    /// Offer the next node a path that tells the bytes of a unit one by one.
    fn offer_literals(&mut self, goal: &Goal<'_>, node: usize, bytes: std::ops::Range<usize>) {
        let (mut price, mut before) = (self.nodes[node].price, self.places[node].before);
        for at in bytes {
            price += self.finder.prices.literal(before, goal.byte_before(at), goal.bytes[at]);
            before.since += 1;
        }
        self.offer(node + 1, Node { price, step: Step { from: From::Nowhere, units: 1 }, way: Way::Literal });
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
        let mut price = self.nodes[node].price + copy.price;
        let units = copy.units.min(reach - node);
        let finder = self.finder;
        let mut surprises = finder.surprises(goal, unit, copy.from, units, foresight).peekable();
        for end in 1..=units {
            price += surprises.next_if(|(at, _)| *at < end).map_or(0, |(_, surprise)| surprise);
            if end > ANY_END && end + 1 < units && surprises.peek().is_none_or(|(at, _)| *at > end) {
                continue;
            }
            let step = Step { from: copy.from, units: end };
            self.offer(node + end, Node { price: price + finder.length(copy, end), step, way: copy.way });
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
