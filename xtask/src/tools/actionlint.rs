//! Checks workflows before they run.
//!
//! In: nothing. Out: `go`, and the pinned `actionlint` built by it. May touch: Go's cache, the system's packages.

use super::{Lack, debian, run};
use std::path::Path;
use std::process::Command;

/// Debian 12's Go still builds this one.
const ACTIONLINT: &str = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.7";

/// Have it, built.
pub(crate) fn ensure(root: &Path) -> Result<(), Lack> {
    debian::programs(&[("go", "golang-go")])?;
    run(command(root).arg("-version"), "actionlint").map_err(Lack::of_linux)
}

/// `actionlint` in the checkout; call [`ensure`] first.
pub(crate) fn command(root: &Path) -> Command {
    let mut command = Command::new("go");
    command.args(["run", ACTIONLINT]).current_dir(root);
    command
}
