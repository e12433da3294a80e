//! Where in the base could this come from?
//!
//! In: the base and the target. Out: places of the base to look at. May touch: nothing. Chooses by size: up to [`LIMIT`] bytes every
//! match is found, in about 13 bytes of memory for each; above that long ones are, in 256 MiB at most. The units of the base take
//! 1.2 bytes for each of its bytes beside that.

use super::masked::Masked;
use super::sampled::Sampled;
use super::suffixes::Suffixes;

/// Bytes of base and target together up to which all suffixes are sorted.
pub(super) const LIMIT: usize = 112 << 20;

#[derive(Debug)]
pub(super) enum Matcher {
    Exact(Suffixes),
    Sampled(Sampled),
}

impl Matcher {
    /// `limit`: usually [`LIMIT`].
    pub(super) fn new(base: &Masked<'_>, target: &[&[u8]], limit: usize) -> Self {
        let bytes = base.len() + target.iter().map(|file| file.len()).sum::<usize>();
        let exact = if bytes <= limit { Suffixes::new(base, target) } else { None };
        exact.map_or_else(|| Self::Sampled(Sampled::new(base.units())), Self::Exact)
    }

    /// Places of the base for a unit of a file of the target, which is followed by `rest`. They match or not.
    #[inline]
    pub(super) fn candidates(&self, file: usize, unit: usize, rest: &[u8]) -> [Option<usize>; 2] {
        match self {
            Self::Exact(suffixes) => suffixes.candidates(file, unit),
            Self::Sampled(sampled) => sampled.candidates(rest),
        }
    }
}
