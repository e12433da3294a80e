//! The Rust workspace: format, lints, docs, licences, tests, budgets, the demo.
//!
//! In: the gate. Out: a verdict each. May touch: `target/`.

use crate::gate::{Gate, Verdict};
use crate::tools::rust;
use std::process::Command;

/// Fetch what `Cargo.lock` names, so that later steps need no network for it.
pub(super) fn fetch(gate: &mut Gate) -> Verdict {
    gate.check(&mut gate.cargo("fetch --locked"))
}

pub(super) fn format(gate: &mut Gate) -> Verdict {
    gate.check(&mut gate.cargo("fmt --all --check"))
}

/// Of the whole workspace, and of the core as an app without HTTP has it.
pub(super) fn lints(gate: &mut Gate) -> Verdict {
    gate.check(&mut gate.cargo("clippy --workspace --all-targets --locked -- -D warnings"))?;
    gate.check(&mut gate.cargo("clippy -p aloft-core --no-default-features --locked -- -D warnings"))
}

pub(super) fn docs(gate: &mut Gate) -> Verdict {
    let mut docs = gate.cargo("doc --workspace --no-deps --document-private-items --locked");
    gate.check(docs.env("RUSTDOCFLAGS", "-D warnings"))
}

/// Licences, sources and duplicates.
pub(super) fn deny(gate: &mut Gate) -> Verdict {
    gate.skip("advisories, the advisory database is fetched in the workflows only");
    let mut deny = rust::cargo_deny(gate.root())?;
    let words = "--offline check --hide-inclusion-graph bans licenses sources";
    gate.check(deny.args(words.split_whitespace()))
}

/// Known holes; their database is fetched anew, so this is for the workflows and by hand.
pub(crate) fn advisories(gate: &mut Gate) -> Verdict {
    let mut deny = rust::cargo_deny(gate.root())?;
    gate.check(deny.args(["check", "advisories"]))
}

pub(super) fn tests(gate: &mut Gate) -> Verdict {
    gate.test(&mut gate.cargo("test --workspace --locked --no-fail-fast -- --show-output"))
}

/// Heap and system calls, optimised as they ship.
pub(super) fn budgets(gate: &mut Gate) -> Verdict {
    gate.test(&mut gate.cargo(
        "test --release --workspace --locked --test budget_heap --test budget_launch -- --include-ignored \
         --skip launch_between_two_marks --skip measure_ --test-threads=1 --show-output",
    ))
}

pub(super) fn demo(gate: &mut Gate) -> Verdict {
    gate.check(&mut gate.cargo("build --release --workspace --bin aloft --locked"))?;
    gate.check(Command::new(gate.root().join("target/release/aloft")).arg("demo").current_dir(gate.root()))
}
