//! The library for phones, and the code they share on other machines.
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
    qemu::ARM.ensure(gate.root())?;
    let mut tests = gate.cargo(&format!("test -p aloft-core --lib --tests --locked --target {}", qemu::ARM.target));
    gate.test(qemu::ARM.on(&mut tests))
}

/// Packs give the same bytes everywhere: 32 and 64 bits, little and big endian. The longest loops run on this machine alone.
pub(super) fn packs(gate: &mut Gate) -> Verdict {
    for machine in qemu::MACHINES {
        if let Err(lack) = machine.ensure(gate.root()) {
            gate.lacks(lack.of(&format!("packs on {} ({})", machine.target, machine.about)))?;
            continue;
        }
        let mut tests = gate.cargo(&format!(
            "test -p aloft-pack --features make --lib --tests --locked --target {} -- --skip every_byte_flipped \
             --skip twenty_thousand --skip noise_behind --skip odd_trees --skip same_tree",
            machine.target
        ));
        gate.test(machine.on(&mut tests))?;
    }
    Ok(())
}
