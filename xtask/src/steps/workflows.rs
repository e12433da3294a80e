//! The workflows and the scripts they end in, which only run elsewhere.
//!
//! In: `.github/workflows`, scripts. Out: a verdict. May touch: Go's cache.

use crate::gate::{Gate, Verdict};
use crate::tools::actionlint;
use std::process::Command;

/// Nothing that actionlint finds wrong, and scripts that parse.
pub(super) fn lint(gate: &mut Gate) -> Verdict {
    actionlint::ensure(gate.root())?;
    gate.check(&mut actionlint::command(gate.root()))?;
    for script in
        ["capacitor-plugin/example-app/maestro/phone.sh", "xtask/scripts/swift-root.sh", "xtask/scripts/swift-run.sh"]
    {
        gate.check(Command::new("bash").args(["-n", script]).current_dir(gate.root()))?;
    }
    Ok(())
}
