//! The library for phones, and the core on a 32-bit machine.
//!
//! In: the gate. Out: a verdict each. May touch: `target/`.

use crate::gate::{Gate, Verdict};
use crate::mobile::android;
use crate::tools;

/// Pages of 16 KB, nothing foreign exported, no symbol that the oldest Android lacks, the size within its budget.
pub(super) fn android(gate: &mut Gate) -> Verdict {
    tools::rust::phones(gate.root())?;
    android::ABIS.iter().try_for_each(|abi| android::try_out(gate, abi))
}
