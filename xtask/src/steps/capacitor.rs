//! The Android plugin in Capacitor's own runtime, on a JVM: Robolectric, the real library, every major of Capacitor.
//!
//! In: `capacitor-plugin/android/robolectric`. Out: a verdict. May touch: `target/`, and Maven's own store of packages.

use crate::bindings::{self, Flavour};
use crate::gate::{Gate, Verdict};
use crate::tools::{debian, maven, node};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Majors of Capacitor; `package.json` beside the tests says which version of each.
const MAJORS: &[&str] = &["6", "7", "8"];

/// Compilers that apps come with, each with a major of Capacitor whose apps have it and with coroutines that it can read. The
/// newest, in the `pom.xml`, compiles for the tests.
const COMPILERS: &[(&str, &str, &str)] = &[("1.9.25", "7", "1.8.0"), ("2.2.20", "8", "1.10.2")];

/// Compile Capacitor, the plugin and its tests against each major, and run them.
pub(super) fn verify(gate: &mut Gate) -> Verdict {
    maven::ensure(gate.root())?;
    debian::programs(&[("python3", "python3")])?;
    let tests = gate.root().join("capacitor-plugin/android/robolectric");
    sources(&tests, &gate.root().join("target/robolectric/npm"))?;
    bindings::build(gate, Flavour::Shipped)?;
    gate.build("aloft")?;
    for (kotlin, major, coroutines) in COMPILERS {
        let begun = Instant::now();
        let versions = [format!("-Dkotlin={kotlin}"), format!("-Dcoroutines={coroutines}")];
        gate.check(maven(&tests, "compile", major).args(versions))?;
        gate.tell(&format!("Kotlin {kotlin} compiles it: {:.0} s", begun.elapsed().as_secs_f64()));
    }
    for major in MAJORS {
        let begun = Instant::now();
        gate.test(&mut maven(&tests, "test", major))?;
        gate.tell(&format!("Capacitor {major}: {:.0} s", begun.elapsed().as_secs_f64()));
    }
    Ok(())
}

/// Capacitor's Java is in its npm packages. Their peers, which would exclude each other, are not wanted.
fn sources(tests: &Path, into: &Path) -> Verdict {
    let told =
        std::fs::create_dir_all(into).and_then(|()| std::fs::write(into.join(".npmrc"), "legacy-peer-deps=true\n"));
    told.map_err(|error| format!("{}: {error}", into.display()))?;
    Ok(node::packages(tests, into)?)
}

fn maven(tests: &Path, goal: &str, major: &str) -> Command {
    let mut command = Command::new("mvn");
    command.args(["-B", "-ntp", goal, &format!("-Dcapacitor={major}")]).current_dir(tests);
    command.env_remove("LD_LIBRARY_PATH"); // cargo's: a test that goes without the library would find it there
    command
}
