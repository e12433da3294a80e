//! Where in the target itself did this stand before?
//!
//! In: the files of the target. Out: earlier places that begin with the same bytes, at most a window back. May touch: nothing.
//! Takes 40 MiB. What it finds depends on the target alone, so that files can be parsed at the same time.

use super::masked::{common, word};
use crate::operation::WINDOW;

/// The shortest repetition that is looked for, and the longer one that is looked for first.
const SHORT: usize = 4;
const LONG: usize = 8;
const HASH_BITS: u32 = 20;
const NONE: u32 = u32::MAX;

#[derive(Debug)]
pub(super) struct History<'a> {
    files: &'a [&'a [u8]],
    /// Where each file begins, in the bytes of all.
    starts: Vec<usize>,
    /// By hash: the last place that begins so.
    short: Vec<u32>,
    long: Vec<u32>,
    /// For the places in the window: the one before with the same hash.
    chain: Vec<u32>,
    /// Places before this one are known.
    known: usize,
    /// The file that place is in.
    file: usize,
}

/// An earlier place, and how many bytes are the same from there on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Repetition {
    pub(super) distance: usize,
    pub(super) bytes: usize,
}

impl<'a> History<'a> {
    /// Knows what the window of a file has when it begins.
    pub(super) fn new(files: &'a [&'a [u8]], file: usize) -> Self {
        let starts: Vec<usize> = files
            .iter()
            .scan(0, |end, file| {
                let start = *end;
                *end += file.len();
                Some(start)
            })
            .collect();
        let start = starts.get(file).copied().unwrap_or_default();
        let table = || vec![NONE; 1 << HASH_BITS];
        let mut history =
            Self { files, starts, short: table(), long: table(), chain: vec![NONE; WINDOW], known: 0, file: 0 };
        history.known = start.saturating_sub(WINDOW);
        history.file = history.file_of(history.known);
        history.learn_until(start);
        history
    }

    /// Know what lies before an offset of a file.
    #[inline]
    pub(super) fn learn(&mut self, file: usize, offset: usize) {
        self.learn_until(self.starts[file] + offset);
    }

    fn learn_until(&mut self, until: usize) {
        while self.known < until {
            let (bytes, start) = (self.files[self.file], self.starts[self.file]);
            if self.known - start >= bytes.len() {
                self.file += 1;
                continue;
            }
            let (at, rest) = (self.known as u32, &bytes[self.known - start..]);
            if rest.len() >= LONG {
                let head = &mut self.short[hash(rest, SHORT)];
                self.chain[self.known % WINDOW] = *head;
                *head = at;
                self.long[hash(rest, LONG)] = at;
            }
            self.known += 1;
        }
    }

    /// Earlier places for offset `at` of a file, each longer than those told before; at most `depth` are looked at. All before it
    /// must be known.
    #[inline]
    pub(super) fn each(&self, file: usize, at: usize, depth: usize, mut tell: impl FnMut(Repetition)) {
        let (place, rest) = (self.starts[file] + at, &self.files[file][at..]);
        if rest.len() < LONG {
            return;
        }
        let within = |earlier: u32| place.checked_sub(earlier as usize).filter(|distance| *distance < WINDOW);
        let mut longest = SHORT - 1;
        // A chain leads back, file by file.
        let mut source = file;
        let (mut next, mut left) = (self.short[hash(rest, SHORT)], depth);
        while let Some(distance) = within(next).filter(|_| left > 0) {
            while self.starts[source] > next as usize {
                source -= 1;
            }
            let earlier = &self.files[source][next as usize - self.starts[source]..];
            if earlier.get(longest) == rest.get(longest) {
                let bytes = common(earlier, rest);
                if bytes > longest {
                    longest = bytes;
                    tell(Repetition { distance, bytes });
                }
            }
            next = self.chain[next as usize % WINDOW];
            left -= 1;
        }
        if let Some(distance) = within(self.long[hash(rest, LONG)]) {
            let bytes = self.repeated(file, at, distance);
            if bytes > longest {
                tell(Repetition { distance, bytes });
            }
        }
    }

    /// How many bytes from offset `at` of a file on are the same as so far back.
    #[inline]
    pub(super) fn repeated(&self, file: usize, at: usize, distance: usize) -> usize {
        let Some(place) = (self.starts[file] + at).checked_sub(distance) else { return 0 };
        let source = if place >= self.starts[file] { file } else { self.file_of(place) };
        common(&self.files[source][place - self.starts[source]..], &self.files[file][at..])
    }

    fn file_of(&self, place: usize) -> usize {
        self.starts.partition_point(|start| *start <= place).saturating_sub(1)
    }
}

#[inline]
fn hash(bytes: &[u8], length: usize) -> usize {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15; // 2^64 by the golden ratio (Knuth, 6.4)
    let kept = word(bytes) << (64 - 8 * length);
    (kept.wrapping_mul(ODD) >> (64 - HASH_BITS)) as usize
}
