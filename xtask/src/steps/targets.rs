//! The library for phones, and the core on a 32-bit machine.
//!
//! In: the gate. Out: a verdict each. May touch: `target/`.

use crate::gate::{Gate, Verdict};
use crate::mobile::{android, ios};
use crate::tools::{self, qemu};

/// Pages of 16 KB, nothing foreign exported, no symbol that the oldest Android lacks, the size within its budget.
pub(super) fn android(gate: &mut Gate) -> Verdict {
    tools::rust::phones(gate.root())?;
    tools::llvm::ensure(gate.root())?;
    let faults: Vec<_> = android::ABIS
        .iter()
        .filter_map(|abi| android::try_out(gate, abi).err())
        .map(|fault| fault.to_string())
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// The library for devices and simulators compiles. Linking it needs Xcode.
pub(super) fn ios(gate: &mut Gate) -> Verdict {
    ios::try_out(gate)
}

/// The core's own tests where a pointer has 32 bits, as on older Android devices.
pub(super) fn small_machine(gate: &mut Gate) -> Verdict {
    qemu::ensure(gate.root())?;
    let mut tests = gate.cargo(&format!("test -p aloft-core --lib --tests --locked --target {}", qemu::TARGET));
    let name = qemu::TARGET.replace('-', "_").to_uppercase();
    tests.env(format!("CARGO_TARGET_{name}_LINKER"), "arm-linux-gnueabihf-gcc");
    tests.env(format!("CARGO_TARGET_{name}_RUNNER"), "qemu-arm -L /usr/arm-linux-gnueabihf");
    gate.test(&mut tests)
}
