//! The Swift side: its tests against the real library, and the plugin's sources as apps compile them, in both language modes.
//!
//! In: `bindings/ios`, `capacitor-plugin/ios`. Out: a verdict each. May touch: `target/`.

use crate::bindings::{self, Flavour};
use crate::gate::{Gate, Verdict};
use crate::tools::{node, swift};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Apps choose theirs.
const LANGUAGE_MODES: &[&str] = &["5", "6"];

/// A whole update, failures and leaks, against the library of this build.
pub(super) fn verify(gate: &mut Gate) -> Verdict {
    swift::ensure(gate.root())?;
    bindings::build(gate, Flavour::Provoking)?;
    gate.build("aloft")?;
    let package = gate.root().join("target/swift");
    let built = bindings::folder(gate.root(), Flavour::Provoking);
    lay_out(gate.root(), &built.join("swift"), &package).map_err(|error| format!("{}: {error}", package.display()))?;
    for mode in LANGUAGE_MODES {
        let mut tests = swift::command(gate.root(), &package, "swift")?;
        tests.args(["test", "--quiet"]).env("SWIFT_ALOFT_MODE", mode).env("SWIFT_ALOFT_LIB", built.join("lib"));
        tests.env("SWIFT_ALOFT", gate.root().join("target/debug/aloft"));
        gate.test(&mut tests)?;
    }
    Ok(())
}

/// The sources that apps compile, against stand-ins for Apple's and Capacitor's modules that are compared with Capacitor 6, 7 and 8.
pub(super) fn type_check(gate: &mut Gate) -> Verdict {
    swift::ensure(gate.root())?;
    let (folder, packages) = (gate.root().join("bindings/ios/typecheck"), gate.root().join("target/capacitor-ios"));
    node::packages(&folder, &packages)?;
    gate.check(Command::new("node").arg(folder.join("compare.mjs")).arg(&packages))?;
    bindings::build(gate, Flavour::Shipped)?;
    let generated = bindings::folder(gate.root(), Flavour::Shipped).join("swift");
    let mut check = swift::command(gate.root(), gate.root(), "bash")?;
    gate.check(check.arg(folder.join("typecheck.sh")).arg(generated).arg(gate.root().join("target/typecheck")))
}

/// The package with what uniffi wrote inside.
fn lay_out(root: &Path, generated: &Path, package: &Path) -> std::io::Result<()> {
    let ours = root.join("bindings/ios");
    for folder in ["Sources", "Tests"].map(|name| package.join(name)) {
        let _ = fs::remove_dir_all(folder);
    }
    for folder in ["Sources/Aloft", "Sources/AloftFFI/include", "Tests/AloftTests"] {
        fs::create_dir_all(package.join(folder))?;
    }
    for folder in ["", "Sources/Aloft", "Sources/AloftFFI", "Tests/AloftTests"] {
        for entry in fs::read_dir(ours.join(folder))? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                fs::copy(entry.path(), package.join(folder).join(entry.file_name()))?;
            }
        }
    }
    fs::copy(generated.join("Aloft.swift"), package.join("Sources/Aloft/Generated.swift"))?;
    fs::copy(generated.join("AloftFFI.h"), package.join("Sources/AloftFFI/include/AloftFFI.h")).map(|_| ())
}
