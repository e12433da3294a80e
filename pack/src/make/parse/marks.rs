//! A set of places, which counts fast.
//!
//! In: places, in order. Out: how many lie before a place, and where the n-th is. May touch: nothing. Takes a fifth of a byte for
//! every place that could be marked, where a list of numbers would take four or eight for every one that is.

/// Places between two counts that are kept.
const GROUP: usize = 512;
const WORD: usize = 64;

#[derive(Debug)]
pub(super) struct Marks {
    words: Vec<u64>,
    /// For every group: marks before it; and one more, of all.
    before: Vec<usize>,
    /// For every `GROUP`-th mark: the group it is in.
    groups: Vec<u32>,
}

impl Marks {
    /// Of the places below `places`, those that `mark` is called with.
    pub(super) fn new(places: usize, fill: impl FnOnce(&mut dyn FnMut(usize))) -> Self {
        let mut words = vec![0_u64; places.div_ceil(GROUP) * (GROUP / WORD)];
        fill(&mut |place| words[place / WORD] |= 1 << (place % WORD));
        let (mut before, mut groups, mut count) = (Vec::with_capacity(places / GROUP + 2), Vec::new(), 0);
        for (group, words) in words.chunks(GROUP / WORD).enumerate() {
            before.push(count);
            count += words.iter().map(|word| word.count_ones() as usize).sum::<usize>();
            while groups.len() * GROUP < count {
                groups.push(group as u32);
            }
        }
        before.push(count);
        Self { words, before, groups }
    }

    /// Number of marks.
    pub(super) fn len(&self) -> usize {
        self.before[self.before.len() - 1]
    }

    #[inline]
    pub(super) fn contains(&self, place: usize) -> bool {
        self.words.get(place / WORD).is_some_and(|word| word >> (place % WORD) & 1 != 0)
    }

    /// The first mark behind a place.
    #[inline]
    pub(super) fn next(&self, place: usize) -> Option<usize> {
        let (mut word, place) = ((place + 1) / WORD, (place + 1) % WORD);
        let mut left = self.words.get(word)? & (u64::MAX << place);
        while left == 0 {
            word += 1;
            left = *self.words.get(word)?;
        }
        Some(word * WORD + left.trailing_zeros() as usize)
    }

    /// Marks before a place.
    #[inline]
    pub(super) fn before(&self, place: usize) -> usize {
        let (group, word) = (place / GROUP, place / WORD);
        let Some(last) = self.words.get(word) else { return self.len() };
        let whole =
            self.words[group * (GROUP / WORD)..word].iter().map(|word| word.count_ones() as usize).sum::<usize>();
        self.before[group] + whole + (last & ((1 << (place % WORD)) - 1)).count_ones() as usize
    }

    /// The place of the mark that has `nth` before it; it must be there.
    #[inline]
    pub(super) fn place(&self, nth: usize) -> usize {
        let mut group = self.groups[nth / GROUP] as usize;
        while self.before[group + 1] <= nth {
            group += 1;
        }
        let (mut left, mut word) = (nth - self.before[group], group * (GROUP / WORD));
        loop {
            let here = self.words[word].count_ones() as usize;
            if left < here {
                break;
            }
            left -= here;
            word += 1;
        }
        let bits = (0..left).fold(self.words[word], |bits, _| bits & (bits - 1));
        word * WORD + bits.trailing_zeros() as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_counted_and_found() {
        for step in [1, 3, 8, 100, 600] {
            let places: Vec<usize> = (0..5000).step_by(step).collect();
            let marks = Marks::new(5000, |mark| places.iter().for_each(|place| mark(*place)));
            assert_eq!(marks.len(), places.len());
            for (nth, place) in places.iter().enumerate() {
                assert_eq!((marks.place(nth), marks.before(*place)), (*place, nth));
                assert!(marks.contains(*place) && (step == 1 || !marks.contains(place + 1)));
                assert_eq!(marks.next(*place), places.get(nth + 1).copied());
            }
            assert_eq!(marks.before(6000), places.len());
        }
        assert_eq!(Marks::new(0, |_| ()).before(0), 0);
    }
}
