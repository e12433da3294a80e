//! Clang, LLD and C headers, to compile and link for phones without their SDKs.
//!
//! In: nothing. Out: `clang-19` and its kin on the path, the C headers that ship in Zig's Python package. May touch:
//! `target/tools`, the system's packages. What is built with them is checked and thrown away, never shipped.

use super::{Lack, debian, folder, python};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Have all of it.
pub(crate) fn ensure(root: &Path) -> Result<(), Lack> {
    headers(root).map(|_| ())
}

/// The folder that holds C headers of other systems, once the compilers are there too.
pub(crate) fn headers(root: &Path) -> Result<PathBuf, Lack> {
    debian::programs(&[("clang-19", "clang-19"), ("ld.lld-19", "lld-19"), ("llvm-readelf-19", "llvm-19")])?;
    let python = python::environment(&root.join("xtask/scripts/requirements.txt"), &folder(root).join("venv"))?;
    let ask = "import ziglang, os; print(os.path.dirname(ziglang.__file__), end='')";
    let said = Command::new(python).args(["-c", ask]).output();
    let said = said.map_err(|error| Lack::of_linux(format!("C headers: {error}")))?;
    Ok(Path::new(&*String::from_utf8_lossy(&said.stdout)).join("lib/libc/include"))
}
