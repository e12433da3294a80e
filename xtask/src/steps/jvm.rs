//! The library behind its Kotlin bindings on a JVM: as compiled, and shrunk as a release build of an app is.
//!
//! In: `bindings/jvm-tests`. Out: a verdict each. May touch: `target/`, and Maven's own store of packages.

use crate::bindings::{self, Flavour};
use crate::gate::{Gate, Stop, Verdict};
use crate::tools::maven;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Targets of `shrink.xml`.
const SHRINKERS: &[&str] = &["r8", "proguard"];

/// Less than our rules, and what the JVM or JNA then say: no native method under the name it has now; a structure whose fields are
/// gone (R8), or renamed (`ProGuard`). A library that is not found reads otherwise.
const WITHOUT: &[(&str, &[&str])] = &[
    ("all", &["java.lang.UnsatisfiedLinkError: '"]),
    ("bindings", &["has unknown or zero size (ensure all fields are public)", "provides too many names"]),
];

/// A whole update, failures and leaks, against the library of this build.
pub(super) fn verify(gate: &mut Gate) -> Verdict {
    maven::ensure(gate.root())?;
    bindings::build(gate, Flavour::Provoking)?;
    gate.build("aloft")?;
    let figures = gate.root().join("target/jvm-tests/figures.txt");
    let _ = fs::remove_file(&figures);
    gate.test(&mut tests(gate, &[]))?;
    for figure in fs::read_to_string(&figures).unwrap_or_default().lines() {
        gate.tell(figure);
    }
    Ok(())
}

/// With the rules of our package the tests pass; with less they do not, and say why. After `jvm`, which builds.
pub(super) fn shrunk(gate: &mut Gate) -> Verdict {
    maven::ensure(gate.root())?;
    for shrinker in SHRINKERS {
        let shrink = format!("-Dshrinker={shrinker}");
        gate.test(&mut tests(gate, &["-Pshrunk", &shrink]))?;
        for (without, reasons) in WITHOUT {
            let rules = format!("-Drules={}/without/{without}.pro", project(gate).display());
            let said = gate.fails(&mut tests(gate, &["-Pshrunk", &shrink, &rules, "-Dtest=LifecycleTest"]))?;
            if !reasons.iter().any(|reason| said.contains(reason)) {
                println!("{said}");
                return Err(Stop::Failed(format!(
                    "{shrinker}, without {without}: fails, but with none of {reasons:?}"
                )));
            }
        }
    }
    Ok(())
}

fn tests(gate: &Gate, more: &[&str]) -> Command {
    let mut command = Command::new("mvn");
    command.args(["-B", "-ntp", "test"]).args(more).current_dir(project(gate));
    command
}

fn project(gate: &Gate) -> PathBuf {
    gate.root().join("bindings/jvm-tests")
}
