//! Is it compressed already?
//!
//! In: bytes. Out: whether guessing them would save anything. May touch: nothing. Integers only.

use super::prices::{BIT, log2};

/// Fewer bytes show nothing.
const LEAST: usize = 96;
/// Of 100: how much of the most that so many bytes can carry they must carry.
const CARRIED: u64 = 93;
/// The most that is asked for, in [`BIT`]ths of a bit for a byte: 7.2 bits.
const MOST: u64 = 115;

/// What is around a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Whatever repeats there does so by chance, unless it is long.
    Dense,
    Other,
}

/// Bytes that are judged together.
const BLOCK: usize = 1024;

/// What each block of a file is.
#[derive(Debug)]
pub(super) struct Blocks(Vec<Content>);

impl Blocks {
    pub(super) fn new(file: &[u8]) -> Self {
        let content = |block| if is_dense(block) { Content::Dense } else { Content::Other };
        Self(file.chunks(BLOCK).map(content).collect())
    }

    #[inline]
    pub(super) fn content(&self, at: usize) -> Content {
        self.0.get(at / BLOCK).copied().unwrap_or(Content::Other)
    }
}

/// Are all values of a byte about equally frequent?
pub(super) fn is_dense(bytes: &[u8]) -> bool {
    if bytes.len() < LEAST {
        return false;
    }
    let mut counts = [0_u64; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let length = bytes.len() as u64;
    let most = u64::from(log2(length));
    let carried: u64 =
        counts.iter().filter(|count| **count > 0).map(|count| count * (most - u64::from(log2(*count)))).sum();
    carried >= length * MOST.min(most * CARRIED / 100)
}

const _: () = assert!(BIT == 16, "MOST is in sixteenths");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_dense_and_text_is_not() {
        let mut state = 1_u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(5000)
        .collect();
        assert!(is_dense(&noise) && is_dense(&noise[..100]));
        assert!(!is_dense(&noise[..50]));
        assert!(!is_dense(&include_bytes!("dense.rs")[..]));
        let digits: Vec<u8> = noise.iter().map(|byte| b"0123456789abcdef"[usize::from(byte % 16)]).collect();
        assert!(!is_dense(&digits));
    }
}
