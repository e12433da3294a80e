//! Python packages, in an environment of their own where the tests look for it.
//!
//! In: `tests/tools/requirements.txt`. Out: `target/interop/venv`. May touch: `target/`, the system's packages.

use super::{Lack, debian, run, stamp_is_current, write_stamp};
use std::path::{Path, PathBuf};
use std::process::Command;

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

/// Have the environment with its pinned packages.
pub(crate) fn ensure(root: &Path) -> Result<(), Lack> {
    let wanted = root.join("tests/tools/requirements.txt");
    let venv = venv(root);
    if stamp_is_current(&venv, &wanted) {
        return Ok(());
    }
    debian::programs(&[(PYTHON, "python3")])?;
    make(&venv).map_err(Lack::of_linux)?;
    let mut install = Command::new(interpreter(root));
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&wanted);
    run(&mut install, "python packages").and_then(|()| write_stamp(&venv, &wanted)).map_err(Lack::of_linux)
}

/// The environment's own Python.
pub(crate) fn interpreter(root: &Path) -> PathBuf {
    venv(root).join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

fn venv(root: &Path) -> PathBuf {
    root.join("target/interop/venv")
}

fn make(venv: &Path) -> Result<(), String> {
    let mut make = Command::new(PYTHON);
    make.args(["-m", "venv", "--clear"]).arg(venv);
    run(&mut make, "python venv").or_else(|problem| {
        if !debian::can_install() {
            return Err(problem);
        }
        debian::install(&["python3-venv"])?; // Debian ships it apart from Python
        run(&mut make, "python venv")
    })
}
