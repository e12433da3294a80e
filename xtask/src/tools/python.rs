//! Python packages, in environments of their own.
//!
//! In: a `requirements.txt` with pinned versions. Out: an environment under `target/`. May touch: `target/`, the system's packages.

use super::{Lack, debian, run, stamp_is_current, write_stamp};
use std::path::{Path, PathBuf};
use std::process::Command;

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

/// What the tests of the workspace call: `tests/tools/requirements.txt` in `target/interop/venv`.
pub(crate) fn ensure(root: &Path) -> Result<(), Lack> {
    environment(&root.join("tests/tools/requirements.txt"), &root.join("target/interop/venv")).map(|_| ())
}

/// Have an environment with the pinned packages of `wanted`; its own Python.
pub(crate) fn environment(wanted: &Path, venv: &Path) -> Result<PathBuf, Lack> {
    let python = venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if stamp_is_current(venv, wanted) {
        return Ok(python);
    }
    debian::programs(&[(PYTHON, "python3")])?;
    make(venv).map_err(Lack::of_linux)?;
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(wanted);
    run(&mut install, "python packages").and_then(|()| write_stamp(venv, wanted)).map_err(Lack::of_linux)?;
    Ok(python)
}

fn make(venv: &Path) -> Result<(), String> {
    let mut make = Command::new(PYTHON);
    make.args(["-m", "venv", "--clear"]).arg(venv);
    run(&mut make, "python venv").or_else(|problem| {
        debian::install(&["python3-venv"]).unwrap_or(Err(problem))?; // Debian ships it apart from Python
        run(&mut make, "python venv")
    })
}
