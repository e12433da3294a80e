//! The library for phones, and the code they share on other machines.
//!
//! In: the gate. Out: a verdict each. May touch: `target/`.

use crate::gate::{Gate, Stop, Verdict, in_memory};
use crate::mobile::{android, ios};
use crate::tools::{
    self,
    qemu::{self, Machine},
};

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

/// The own tests of core and packs where a pointer has 32 bits, as on older Android devices.
pub(super) fn small_machine(gate: &mut Gate) -> Verdict {
    tests_on(gate, &qemu::SMALL, "-p aloft-core -p aloft-pack")
}

/// Packs give the same bytes on other machines too: on the processors of most phones, and where the big end of a number comes first.
pub(super) fn packs(gate: &mut Gate) -> Verdict {
    for machine in qemu::LARGE {
        match tests_on(gate, machine, "-p aloft-pack") {
            Err(Stop::Lacks(lack)) => gate.lacks(lack.of(&format!("packs on {}", machine.about)))?,
            verdict => verdict?,
        }
    }
    Ok(())
}

/// Run the own tests of these packages on an emulated machine. The longest loops run on this machine alone.
fn tests_on(gate: &mut Gate, machine: &Machine, packages: &str) -> Verdict {
    machine.ensure(gate.root())?;
    let mut tests = gate.cargo(&format!(
        "test {packages} --features aloft-pack/make --lib --tests --locked --target {} -- --skip every_byte_flipped \
         --skip twenty_thousand",
        machine.target
    ));
    gate.test(in_memory(machine.on(&mut tests)))
}
