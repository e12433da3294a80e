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

/// Compile Capacitor, the plugin and its tests against each major, and run them.
pub(super) fn verify(gate: &mut Gate) -> Verdict {
    maven::ensure(gate.root())?;
    debian::programs(&[("python3", "python3")])?;
    let tests = gate.root().join("capacitor-plugin/android/robolectric");
    sources(&tests, &gate.root().join("target/robolectric/npm"))?;
    bindings::build(gate, Flavour::Shipped)?;
    gate.check(&mut gate.cargo("build -p aloft-cli --locked"))?;
    for major in MAJORS {
        let begun = Instant::now();
        gate.test(&mut maven(&tests, major))?;
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

fn maven(tests: &Path, major: &str) -> Command {
    let mut command = Command::new("mvn");
    command.args(["-B", "-ntp", "test", &format!("-Dcapacitor={major}")]).current_dir(tests);
    command.env_remove("LD_LIBRARY_PATH"); // cargo's: a test that goes without the library would find it there
    command
}
