//! From steps to operations.
//!
//! In: the steps of a file. Out: its [`Operation`]s. May touch: nothing. Keeps: none crosses the end of a file, none is empty,
//! [`Names::Kept`] copies are equal byte for byte.

use super::dense::is_dense;
use super::goal::{From, Goal, Step};
use super::masked::{Kind, Masked};
use crate::operation::{Names, Operation};

/// Bytes without a changed name from which on they become a copy of their own, as it is: it takes about three bytes more and is
/// unpacked several times as fast.
const KEPT: usize = 8192;

pub(super) fn operations(goal: &Goal<'_>, base: &Masked<'_>, steps: Vec<Step>) -> Vec<Operation> {
    let mut operations = Vec::new();
    let mut unit = 0;
    for step in grown(goal, base, steps) {
        let (from, to) = (goal.masked.address(unit), goal.masked.address(unit + step.units));
        match step.from {
            From::Nowhere if is_dense(&goal.bytes[from..to]) => {
                operations.push(Operation::Stored { length: (to - from) as u64 });
            }
            From::Nowhere => operations.push(Operation::Literal { length: (to - from) as u64 }),
            From::Target(distance) => {
                operations.push(Operation::Repeat { distance: distance as u64, length: (to - from) as u64 });
            }
            From::Base(source) => copies(goal, base, source, unit, step.units, &mut operations),
        }
        unit += step.units;
    }
    operations
}

/// Copies from the base take over what was told alone before them, as far as it is equal.
fn grown(goal: &Goal<'_>, base: &Masked<'_>, mut steps: Vec<Step>) -> Vec<Step> {
    let mut end = goal.units().len();
    for at in (1..steps.len()).rev() {
        end -= steps[at].units;
        let From::Base(mut from) = steps[at].from else { continue };
        let first = base.start_of(base.file_of(from));
        while steps[at - 1].from == From::Nowhere && steps[at - 1].units > 0 {
            // The same letter may be a name there and the end of a longer word here.
            let alike = from > first && base.units()[from - 1] == goal.units()[end - 1];
            if !alike || base.unit(from - 1) != goal.masked.unit(end - 1) {
                break;
            }
            (from, end) = (from - 1, end - 1);
            steps[at].units += 1;
            steps[at - 1].units -= 1;
        }
        steps[at].from = From::Base(from);
    }
    let mut grown = Vec::with_capacity(steps.len());
    steps.into_iter().filter(|step| step.units > 0).for_each(|step| step.append_to(&mut grown, base));
    grown
}

/// A copy, with the long stretches in which all names stay the same as copies of their own.
fn copies(goal: &Goal<'_>, base: &Masked<'_>, from: usize, unit: usize, units: usize, operations: &mut Vec<Operation>) {
    let mut push = |start: usize, end: usize, names| {
        let (source, source_end) = (base.address(from + start), base.address(from + end));
        let makes = goal.masked.address(unit + end) - goal.masked.address(unit + start);
        if source < source_end {
            let (from, length) = (source as u64, (source_end - source) as u64);
            operations.push(Operation::Base { from, length, makes: makes as u64, names });
        }
    };
    if goal.kind() == Kind::Binary {
        return push(0, units, Names::Kept);
    }
    // Up to here it is pushed; up to there names are the same since the last that changed.
    let (mut pushed, mut same) = (0, 0);
    let changed = goal.names(base, from, unit, units).filter(|(_, old, new)| old != new).map(|(at, ..)| Some(at));
    for change in changed.chain([None]) {
        let end = change.unwrap_or(units);
        let bytes = base.address(from + end) - base.address(from + same);
        if bytes >= KEPT || (change.is_none() && same == 0) {
            push(pushed, same, Names::Renamed);
            push(same, end, Names::Kept);
            pushed = end;
        }
        same = end + 1;
    }
    push(pushed, units, Names::Renamed);
}
