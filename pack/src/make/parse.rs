//! The parse: which operations make the target from the base.
//!
//! In: the files of base and target. Out: [`Operation`]s for each file of the target, as few and as foreseeable as can be found.
//! May touch: threads of its own that end before the call returns. Keeps: the rules of formats 9.4; the same files give the same
//! operations on every machine, with any number of threads.
//!
//! ```text
//!  base, target ─▶ masked: names become ▒ ─▶ matcher: where in the base is this? ─┐
//!                                            history: where was this before?      ├─▶ search: the cheapest steps ─▶ finish
//!                                            renames: what will this name be?     │         ▲             │
//!                                            prices ──────────────────────────────┘         └── prices ◀──┘ a second time
//! ```
//!
//! Who reads the code for the first time: `masked`, `matcher`, `search`, then what they use.

#![allow(clippy::indexing_slicing)] // indices are made here, of the publisher's own files; a wrong one is a fault of ours

mod dense;
mod find;
mod finish;
mod goal;
mod history;
mod marks;
mod masked;
mod matcher;
mod prices;
mod renames;
mod sampled;
mod search;
mod suffixes;
mod tally;
#[cfg(test)]
mod tests;

use super::Progress;
use crate::operation::Operation;
use dense::Blocks;
use find::{Effort, Finder};
use goal::{Goal, Step};
use history::History;
use masked::Masked;
use matcher::{LIMIT, Matcher};
use prices::Prices;
use renames::{Foresight, Renames};
use search::Search;
use std::cmp::Reverse;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use tally::Tally;

/// Files are parsed at the same time in parts of so many bytes or more, not many more parts than so many: each part begins with a
/// look at what is in the window before it.
const PART: usize = 1 << 20;
const PARTS: usize = 16;
/// How often each is parsed.
const PASSES: u64 = 2;

/// A file of the target.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece<'a> {
    /// Its content.
    pub(crate) bytes: &'a [u8],
    /// The file of the base at whose start the base cursor is when it begins.
    pub(crate) counterpart: Option<usize>,
}

/// Find operations that make each file of the target. The first file of both is its path text. `progress` hears of bytes.
pub(crate) fn parse(base: &[&[u8]], target: &[Piece<'_>], progress: Progress<'_>) -> Vec<Vec<Operation>> {
    let all: usize = target.iter().map(|piece| piece.bytes.len()).sum();
    parse_by(Sizes { exact: LIMIT, part: PART.max(all / PARTS) }, base, target, progress)
}

/// How much is done in which way; tests do it on a smaller scale.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    /// Bytes of base and target up to which all matches are found.
    exact: usize,
    /// Files are parsed at the same time in parts of so many bytes.
    part: usize,
}

fn parse_by(sizes: Sizes, base: &[&[u8]], target: &[Piece<'_>], progress: Progress<'_>) -> Vec<Vec<Operation>> {
    let base = Masked::new(base);
    let files: Vec<&[u8]> = target.iter().map(|piece| piece.bytes).collect();
    let matcher = Matcher::new(&base, &files, sizes.exact);
    let parser = Parser {
        base: &base,
        matcher: &matcher,
        target,
        files: &files,
        part: sizes.part,
        progress: Told::new(&files, progress),
    };
    let first = parser.pass(Effort::LITTLE, &Prices::guess(), None);
    let second = parser.pass(Effort::MUCH, &first.tally.prices(), Some(&first.files));
    second.files.into_iter().map(|file| file.operations).collect()
}

struct Parser<'a> {
    base: &'a Masked<'a>,
    matcher: &'a Matcher,
    target: &'a [Piece<'a>],
    files: &'a [&'a [u8]],
    part: usize,
    progress: Told<'a>,
}

/// A file of the target, parsed.
struct Parsed {
    steps: Vec<Step>,
    operations: Vec<Operation>,
}

/// All of them, and how steps were taken.
struct Pass {
    files: Vec<Parsed>,
    tally: Tally,
}

impl Parser<'_> {
    /// Parse all files, several at a time. `earlier`: what an earlier pass found.
    fn pass(&self, effort: Effort, prices: &Prices, earlier: Option<&[Parsed]>) -> Pass {
        // The path text shows which hashes became which, for all other files.
        let mut renames = Renames::new();
        let mut pass = self.part(0..self.files.len().min(1), effort, prices, earlier, &mut renames);
        let parts = self.parts();
        let next = AtomicUsize::new(0);
        let work = || {
            let claim = || parts.get(next.fetch_add(1, Ordering::Relaxed));
            std::iter::from_fn(claim)
                .map(|part| (part.start, self.part(part.clone(), effort, prices, earlier, &mut renames.clone())))
                .collect::<Vec<_>>()
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(parts.len());
        let mut done: Vec<(usize, Pass)> = std::thread::scope(|scope| {
            // A thread that the system refuses leaves its share to the others.
            let start = |_| std::thread::Builder::new().spawn_scoped(scope, work).ok();
            let others: Vec<_> = (1..threads).filter_map(start).collect();
            let mut done = work();
            for other in others {
                done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
            done
        });
        done.sort_by_key(|(start, _)| *start);
        for (_, part) in done {
            pass.files.extend(part.files);
            pass.tally.add(&part.tally);
        }
        pass
    }

    /// The files behind the path text, in stretches that are worth a thread's while; the largest first, so that no thread is left
    /// alone with it in the end.
    fn parts(&self) -> Vec<Range<usize>> {
        let (mut parts, mut start, mut bytes) = (Vec::new(), 1, 0);
        for (file, content) in self.files.iter().enumerate().skip(1) {
            bytes += content.len();
            if bytes >= self.part || file + 1 == self.files.len() {
                parts.push(start..file + 1);
                (start, bytes) = (file + 1, 0);
            }
        }
        parts.sort_by_key(|part| Reverse(self.files[part.clone()].iter().map(|file| file.len()).sum::<usize>()));
        parts
    }

    /// Parse some files.
    fn part(
        &self,
        files: Range<usize>,
        effort: Effort,
        prices: &Prices,
        earlier: Option<&[Parsed]>,
        renames: &mut Renames,
    ) -> Pass {
        let mut history = History::new(self.files, files.start);
        let mut search = Search::new(Finder { effort, base: self.base, matcher: self.matcher, prices });
        let mut pass = Pass { files: Vec::with_capacity(files.len()), tally: Tally::new() };
        for file in files {
            let Piece { bytes, counterpart } = self.target[file];
            // Without one the coder goes on where the file before ended, which is not known while that is parsed elsewhere.
            let counterpart = counterpart.map_or(0, |file| self.base.start_of(file));
            let goal = Goal { file, bytes, masked: Masked::new(&[bytes]), blocks: Blocks::new(bytes), counterpart };
            let mut foresight = Foresight::new(renames, earlier.map(|files| &files[file].steps[..]));
            let steps = search.steps(&goal, &mut history, &mut foresight);
            let operations = finish::operations(&goal, self.base, steps.clone());
            pass.tally.file(&goal, self.base, &operations);
            pass.files.push(Parsed { steps, operations });
            self.progress.tell(bytes.len());
        }
        pass.tally.names(renames.take_seen());
        pass
    }
}

/// Tells how far the passes are.
struct Told<'a> {
    done: AtomicU64,
    all: u64,
    progress: Progress<'a>,
}

impl<'a> Told<'a> {
    fn new(files: &[&[u8]], progress: Progress<'a>) -> Self {
        let all = files.iter().map(|file| file.len() as u64).sum::<u64>() * PASSES;
        Self { done: AtomicU64::new(0), all, progress }
    }

    fn tell(&self, bytes: usize) {
        let done = self.done.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64;
        (self.progress)(done, self.all);
    }
}
