//! The library of the plugin for this machine, and its Kotlin and Swift sides: always from one build.
//!
//! In: the checkout. Out: `target/bindings/{lib,kotlin,swift}`, and the same in `target/provoking` with a method more.
//! May touch: `target/`.

use crate::gate::{Gate, Verdict};
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which library.
#[derive(Clone, Copy)]
pub(crate) enum Flavour {
    /// As it ships.
    Shipped,
    /// With `Plugin.provoke`, which panics (feature `provoke`).
    Provoking,
}

/// Where a flavour lies: `lib/`, `kotlin/` and `swift/`.
pub(crate) fn folder(root: &Path, flavour: Flavour) -> PathBuf {
    root.join(match flavour {
        Flavour::Shipped => "target/bindings",
        Flavour::Provoking => "target/provoking",
    })
}

/// Build the library, and have it write its bindings beside itself. Unoptimised, for tests.
pub(crate) fn build(gate: &mut Gate, flavour: Flavour) -> Verdict {
    let features = match flavour {
        Flavour::Shipped => "",
        Flavour::Provoking => "--features aloft-ffi/provoke",
    };
    gate.build("uniffi-bindgen")?;
    gate.check(&mut gate.cargo(&format!("build --workspace --lib --locked {features}")))?;
    let (built, folder) = (gate.root().join("target/debug"), folder(gate.root(), flavour));
    let library = folder.join("lib").join(library());
    renew(&folder).and_then(|()| copy(&built.join(self::library()), &library))?;
    let roots = gate.root().join("bindings/ffi/bindgen/roots.toml");
    gate.check(Command::new(built.join("uniffi-bindgen")).args([&library, &roots, &folder]))
}

fn library() -> String {
    format!("{DLL_PREFIX}aloft_ffi{DLL_SUFFIX}")
}

fn renew(folder: &Path) -> Result<(), String> {
    let _ = fs::remove_dir_all(folder);
    ["lib", "kotlin", "swift"].iter().try_for_each(|name| {
        let path = folder.join(name);
        fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))
    })
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    fs::copy(from, to).map(|_| ()).map_err(|error| format!("{}: {error}", from.display()))
}
