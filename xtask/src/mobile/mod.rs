//! The library inside apps: built for Android and iOS, checked, put into the npm package.
//!
//! In: the checkout, and an NDK or Xcode to ship. Out: libraries and their Kotlin and Swift sides. May touch: `target/`.

pub(crate) mod android;
pub(crate) mod elf;
pub(crate) mod ios;
pub(crate) mod package;

use crate::gate::{Gate, Verdict, cargo};
use crate::tools::{Lack, rust};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A `cargo` command that builds the library of one kind for one target, small. A fresh machine is given the target's standard
/// library first, or nothing would compile.
pub(crate) fn build(root: &Path, target: &str, kind: &str) -> Result<Command, Lack> {
    rust::targets(root, &[target])?;
    let words = "rustc -p aloft-ffi --lib --locked --profile small";
    let mut command = cargo(root, &format!("{words} --target {target} --crate-type {kind}"));
    command.env_remove("RUSTFLAGS"); // it would replace those of .cargo/config.toml
    Ok(command)
}

/// Where [`build`] leaves it.
pub(crate) fn built(root: &Path, target: &str, file: &str) -> PathBuf {
    root.join("target").join(target).join("small").join(file)
}

/// The example app on an emulator or simulator: `build`, then `ready` what its flows need, then `run` them.
pub(crate) fn phone(gate: &mut Gate, words: &[&str]) -> Verdict {
    let script = gate.root().join("capacitor-plugin/example-app/maestro/phone.sh");
    let ended = Command::new("bash").arg(script).args(words).status(); // seen as it goes: it takes long
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("phone.sh: {status}").into()),
        Err(error) => Err(format!("phone.sh: {error}").into()),
    }
}
