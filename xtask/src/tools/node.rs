//! Node, and the JavaScript packages that a folder's `package-lock.json` names.
//!
//! In: lock files. Out: `node_modules` where they are looked for. May touch: `target/`, the system's packages.

use super::{Lack, debian, run, stamp_is_current, write_stamp};
use std::path::Path;
use std::process::Command;

/// npm's program, for steps that call it.
pub(crate) const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// What the tests of the workspace call: `tests/tools/package-lock.json` in `target/interop`.
pub(crate) fn ensure(root: &Path) -> Result<(), Lack> {
    packages(&root.join("tests/tools"), &root.join("target/interop"))
}

/// Install what the lock file in `from` names into `into`, without running any package's scripts.
pub(crate) fn packages(from: &Path, into: &Path) -> Result<(), Lack> {
    debian::programs(&[("node", "nodejs"), (NPM, "npm")])?;
    let wanted = from.join("package-lock.json");
    let modules = into.join("node_modules");
    if stamp_is_current(&modules, &wanted) {
        return Ok(());
    }
    if from != into {
        std::fs::create_dir_all(into)
            .and_then(|()| std::fs::copy(&wanted, into.join("package-lock.json")))
            .and_then(|_| std::fs::copy(from.join("package.json"), into.join("package.json")))
            .map_err(|error| Lack::of_linux(format!("javascript packages: {error}")))?;
    }
    let mut install = Command::new(NPM);
    install.args(["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(into);
    run(&mut install, "javascript packages").and_then(|()| write_stamp(&modules, &wanted)).map_err(Lack::of_linux)
}
