//! The library behind its Kotlin bindings on a JVM: as compiled, and shrunk as a release build of an app is.
//!
//! In: `bindings/jvm-tests`. Out: a verdict each. May touch: `target/`, and Maven's own store of packages.

use crate::bindings::{self, Flavour};
use crate::gate::{Gate, Stop, Verdict};
use crate::tools::maven;
use std::process::Command;

/// Shrinkers, by the Maven profiles that run them.
const SHRINKERS: &[&str] = &["r8", "proguard"];

/// What JNA says when the names it looks for are gone.
const NOT_KEPT: &[&str] = &[
    "has unknown or zero size",
    "java.lang.UnsatisfiedLinkError",
    "java.lang.NoSuchMethodError",
    "java.lang.NoSuchFieldError",
];

/// A whole update, failures and leaks, against the library of this build.
pub(super) fn verify(gate: &mut Gate) -> Verdict {
    maven::ensure(gate.root())?;
    bindings::build(gate, Flavour::Provoking)?;
    gate.check(&mut gate.cargo("build -p aloft-cli --locked"))?;
    gate.test(&mut tests(gate, &[]))
}

/// With the rules of our package the tests pass; without them they do not, and say why. After `jvm`.
pub(super) fn shrunk(gate: &mut Gate) -> Verdict {
    maven::ensure(gate.root())?;
    for shrinker in SHRINKERS {
        let profile = format!("-P{shrinker}");
        gate.test(&mut tests(gate, &[&profile]))?;
        let said = gate.fails(&mut tests(gate, &[&profile, "-Drules=none.pro"]))?;
        if !NOT_KEPT.iter().any(|reason| said.contains(reason)) {
            println!("{said}");
            return Err(Stop::Failed(format!(
                "{shrinker} without our rules: the tests fail, but not for want of names"
            )));
        }
    }
    Ok(())
}

fn tests(gate: &Gate, more: &[&str]) -> Command {
    let mut command = Command::new("mvn");
    command.args(["-B", "-ntp", "test"]).args(more).current_dir(gate.root().join("bindings/jvm-tests"));
    command
}
