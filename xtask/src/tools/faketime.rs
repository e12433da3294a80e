//! Another day for the processes of tests: clocks and the times of files, moved by as much.
//!
//! In: nothing. Out: the libraries that a process loads first. May touch: `target/tools`, the system's packages.

use super::{Lack, debian, folder, run};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Have both libraries.
pub(crate) fn ensure(root: &Path) -> Result<(), Lack> {
    libraries(root).map(|_| ())
}

/// libfaketime, which moves clocks, and ours, which moves what a disk says of times.
pub(crate) fn libraries(root: &Path) -> Result<[PathBuf; 2], Lack> {
    if !cfg!(target_os = "linux") {
        return Err(Lack::NotForThisSystem("libfaketime: the tests load it on Linux only".to_owned()));
    }
    if clocks().is_none() {
        let lack = || "libfaketime: not installed, and only root on Debian can install it here".to_owned();
        debian::install(&["libfaketime"]).unwrap_or_else(|| Err(lack())).map_err(Lack::Missing)?;
    }
    let clocks =
        clocks().ok_or_else(|| Lack::Missing("libfaketime: installed, but not where it is looked for".to_owned()))?;
    Ok([clocks, file_times(root).map_err(Lack::Missing)?])
}

/// Debian puts it into a folder that is named after the machine.
fn clocks() -> Option<PathBuf> {
    let machines = std::fs::read_dir("/usr/lib").ok()?.flatten();
    let found = machines.map(|machine| machine.path().join("faketime/libfaketimeMT.so.1"));
    found.into_iter().find(|library| library.is_file())
}

/// Compile `xtask/scripts/file-times.c`, with the compiler that Rust links with.
fn file_times(root: &Path) -> Result<PathBuf, String> {
    let library = folder(root).join("file-times.so");
    std::fs::create_dir_all(folder(root)).map_err(|error| format!("{}: {error}", folder(root).display()))?;
    let mut compile = Command::new("cc");
    compile.args(["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o"]).arg(&library);
    compile.arg(root.join("xtask/scripts/file-times.c")).arg("-ldl");
    run(&mut compile, "file-times.c").map(|()| library)
}
