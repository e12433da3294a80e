//! Long matches in little memory, by hashes of some places of the base.
//!
//! In: the units of the base, then blocks of the target's. Out: up to two places of the base where the same block is. May touch:
//! nothing. Takes at most [`SAMPLES`] × 8 bytes, whatever the base; finds every match of [`BLOCK`] + step units, a few units late.

use super::masked::word;

/// Units that are hashed.
const BLOCK: usize = 32;
/// Of so many places one is remembered, or of more if there would be too many.
const STEP: usize = 16;
const SAMPLES: usize = 1 << 25;
/// Places remembered of one hash: the first in the base and the last.
const SLOTS: usize = 2;
const FREE: u32 = u32::MAX;

#[derive(Debug)]
pub(super) struct Sampled {
    step: usize,
    /// By hash: places of the base, in steps.
    table: Vec<[u32; SLOTS]>,
}

impl Sampled {
    pub(super) fn new(base: &[u8]) -> Self {
        let step = STEP.max(base.len().div_ceil(SAMPLES));
        let buckets = (base.len() / step).max(1).next_power_of_two();
        let mut sampled = Self { step, table: vec![[FREE; SLOTS]; buckets] };
        for sample in 0..base.len().saturating_sub(BLOCK).div_ceil(step) {
            let Some(bucket) = sampled.bucket(&base[sample * step..]) else { break };
            let slots = &mut sampled.table[bucket];
            let free = slots.iter().position(|slot| *slot == FREE).unwrap_or(SLOTS - 1);
            slots[free] = sample as u32;
        }
        sampled
    }

    /// Places of the base that may match what `target` begins with.
    #[inline]
    pub(super) fn candidates(&self, target: &[u8]) -> [Option<usize>; SLOTS] {
        let Some(bucket) = self.bucket(target) else { return [None; SLOTS] };
        self.table[bucket].map(|sample| (sample != FREE).then_some(sample as usize * self.step))
    }

    #[inline]
    fn bucket(&self, units: &[u8]) -> Option<usize> {
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15; // 2^64 by the golden ratio (Knuth, 6.4)
        let block = units.get(..BLOCK)?;
        let hash =
            block.chunks_exact(8).fold(0_u64, |hash, eight| (hash.rotate_left(23) ^ word(eight)).wrapping_mul(ODD));
        Some((hash >> 20) as usize & (self.table.len() - 1))
    }
}
