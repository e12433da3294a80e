//! The address space of a base: its path text, then its files in order (formats 9.4); file n of the base is n + 1 here.
//!
//! In: lengths. Out: which file an address lies in. May touch: nothing.
//! Keeps: I10 (an address outside lies in no file).

use std::ops::Range;

/// Where each file of a base begins. File 0 is the path text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Space {
    /// Where each file ends, and the next one begins.
    ends: Vec<u64>,
}

impl Space {
    pub(crate) fn new(lengths: impl IntoIterator<Item = u64>) -> Self {
        let mut end = 0_u64;
        Self {
            ends: lengths
                .into_iter()
                .map(|length| {
                    end = end.saturating_add(length);
                    end
                })
                .collect(),
        }
    }

    /// The addresses of a file.
    pub(crate) fn file(&self, file: usize) -> Range<u64> {
        let end = |file: usize| self.ends.get(file).copied().unwrap_or_default();
        file.checked_sub(1).map_or(0, end)..end(file)
    }

    /// The file at an address, which is not empty.
    pub(crate) fn at(&self, address: u64) -> Option<usize> {
        let file = self.ends.partition_point(|end| *end <= address);
        (file < self.ends.len()).then_some(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_to_files_and_empty_files_have_none() {
        let space = Space::new([2, 0, 3]);
        assert_eq!(
            [0, 1, 2, 4, 5, u64::MAX].map(|address| space.at(address)),
            [Some(0), Some(0), Some(2), Some(2), None, None]
        );
        assert_eq!((space.file(0), space.file(1), space.file(2)), (0..2, 2..2, 2..5));
    }
}
