//! Tests near a change, for while one works on it: a room's own, then the stories of what stands on it.
//!
//! In: the gate. Out: a verdict each. May touch: `target/`, and what tests make for themselves.

use crate::gate::{Gate, Step, Verdict};
use std::time::Instant;

/// One for each room with tests of its own, in the order of how soon they answer. Stories are compiled with the features of the whole
/// workspace, as the gate compiles them.
pub(crate) const NEAR: &[Step] = &[
    Step { name: "pack", run: |gate| test(gate, &["-p aloft-pack --features make --lib --test packs"]) },
    Step { name: "core", run: |gate| test(gate, &["-p aloft-core --lib", "--workspace --test flow"]) },
    Step { name: "plugin", run: |gate| test(gate, &["-p aloft-plugin", "--workspace --test plugin_modes"]) },
    Step { name: "cli", run: |gate| test(gate, &["-p aloft-cli --lib", "-p aloft-cli --tests"]) },
    Step { name: "xtask", run: |gate| test(gate, &["-p xtask"]) },
];

/// Run tests by what `cargo test` is given, and tell how long each took.
fn test(gate: &mut Gate, runs: &[&str]) -> Verdict {
    for words in runs {
        let begun = Instant::now();
        gate.test(&mut gate.cargo(&format!("test {words} --locked")))?;
        gate.tell(&format!("cargo test {words}: {:.0} s", begun.elapsed().as_secs_f64()));
    }
    Ok(())
}
