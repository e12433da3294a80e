//! The library inside apps: built for Android and iOS, checked, laid where the packages take it from.
//!
//! In: the checkout, and an NDK or Xcode to ship. Out: libraries. May touch: `target/`, and the native folders of the npm package.

pub(crate) mod android;
pub(crate) mod elf;
pub(crate) mod ios;

use crate::gate::cargo;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A `cargo` command that builds the library of one kind for one target, small.
pub(crate) fn build(root: &Path, target: &str, kind: &str) -> Command {
    let words = "rustc -p aloft-ffi --lib --locked --profile small";
    let mut command = cargo(root, &format!("{words} --target {target} --crate-type {kind}"));
    command.env_remove("RUSTFLAGS"); // it would replace those of .cargo/config.toml
    command
}

/// Where [`build`] leaves it.
pub(crate) fn built(root: &Path, target: &str, file: &str) -> PathBuf {
    root.join("target").join(target).join("small").join(file)
}
