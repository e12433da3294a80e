//! Programs of Rust's own registry, and the standard library for other targets.
//!
//! In: versions and targets. Out: a program in the user's cache, or the toolchain with the targets. May touch: that cache, the
//! toolchain.

use super::{Lack, cache, run};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Checks licences, sources and duplicate crates (`deny.toml`).
const CARGO_DENY: &str = "0.20.2";

/// What the libraries inside apps are built for, where the standard library can be had ready made everywhere.
const PHONES: &[&str] =
    &["aarch64-linux-android", "armv7-linux-androideabi", "x86_64-linux-android", "aarch64-apple-ios"];

/// Have all programs.
pub(crate) fn ensure(root: &Path) -> Result<(), Lack> {
    cargo_deny(root).map(|_| ())
}

/// `cargo-deny` of the pinned version, from the user's cache or the path. It is built for a short life: optimising it takes minutes.
pub(crate) fn cargo_deny(root: &Path) -> Result<Command, Lack> {
    let home = cache(root).join(format!("cargo-deny-{CARGO_DENY}"));
    let find = || {
        let ours = home.join(format!("bin/cargo-deny{}", std::env::consts::EXE_SUFFIX));
        [ours, PathBuf::from("cargo-deny")].into_iter().find(|path| is_pinned_deny(path))
    };
    if find().is_none() {
        let mut install = Command::new("cargo");
        install.args(["install", "--locked", "--version", CARGO_DENY, "cargo-deny", "--root"]).arg(&home);
        for (setting, value) in [("LTO", "off"), ("OPT_LEVEL", "1"), ("CODEGEN_UNITS", "16"), ("DEBUG", "0")] {
            install.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
        }
        run(&mut install, "cargo-deny").map_err(Lack::Missing)?;
    }
    let path =
        find().ok_or_else(|| Lack::Missing("cargo-deny: installed, but not the version asked for".to_owned()))?;
    let mut command = Command::new(path);
    command.current_dir(root);
    Ok(command)
}

/// Have the standard library for [`PHONES`].
pub(crate) fn phones(root: &Path) -> Result<(), Lack> {
    targets(root, PHONES)
}

/// Have the standard library for these targets.
pub(crate) fn targets(root: &Path, targets: &[&str]) -> Result<(), Lack> {
    let mut list = Command::new("rustup");
    let installed = list.args(["target", "list", "--installed"]).current_dir(root).output();
    let installed = installed.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let lacking: Vec<_> = targets.iter().filter(|target| !installed.lines().any(|line| line == **target)).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let mut add = Command::new("rustup");
    add.args(["target", "add"]).args(lacking).current_dir(root);
    run(&mut add, "rust targets").map_err(Lack::Missing)
}

/// Have the standard library's source, to build it for a target that has none ready made.
pub(crate) fn source(root: &Path) -> Result<(), Lack> {
    let mut add = Command::new("rustup");
    add.args(["component", "add", "rust-src"]).current_dir(root);
    run(&mut add, "rust-src").map_err(Lack::Missing)
}

fn is_pinned_deny(path: &Path) -> bool {
    let output = Command::new(path).arg("--version").stderr(Stdio::null()).output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == format!("cargo-deny {CARGO_DENY}"))
}
