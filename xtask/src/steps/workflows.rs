//! The workflows, which only run elsewhere.
//!
//! In: `.github/workflows`. Out: a verdict. May touch: Go's cache.

use crate::gate::{Gate, Verdict};
use crate::tools::actionlint;

/// Nothing that actionlint finds wrong.
pub(super) fn lint(gate: &mut Gate) -> Verdict {
    actionlint::ensure(gate.root())?;
    gate.check(&mut actionlint::command(gate.root()))
}
