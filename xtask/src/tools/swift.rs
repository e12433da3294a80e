//! Swift 6: the system's own, or Debian's in a root of its own (`xtask/scripts/swift-root.sh`).
//!
//! In: nothing. Out: a command that runs Swift's programs in a folder of the checkout. May touch: the user's cache, the
//! system's packages. The root is 2.6 GB and takes two minutes to make, so it is kept outside the checkout.

use super::{Lack, cache, on_path, run};
use std::path::Path;
use std::process::Command;

/// Have a Swift that runs.
pub(crate) fn ensure(root: &Path) -> Result<(), Lack> {
    run(command(root, root, "swift")?.arg("--version"), "swift").map_err(Lack::of_linux)
}

/// A command that runs `program` (`swift`, or what finds it on its path) in `folder`; of the environment only `CI` and `SWIFT_*` surely pass.
pub(crate) fn command(root: &Path, folder: &Path, program: &str) -> Result<Command, Lack> {
    if on_path("swift") {
        let mut command = Command::new(program);
        command.current_dir(folder);
        return Ok(command);
    }
    if !cfg!(target_os = "linux") {
        return Err(Lack::NotForThisSystem("swift: not installed".to_owned()));
    }
    let scripts = root.join("xtask/scripts");
    let made = Command::new("bash").arg(scripts.join("swift-root.sh")).arg(cache(root).join("swift-trixie")).output();
    let made = made.map_err(|error| Lack::Missing(format!("swift: {error}")))?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().lines().last().unwrap_or_default().to_owned();
    if !made.status.success() {
        return Err(Lack::Missing(format!("swift: {}", said(&made.stderr))));
    }
    let mut command = Command::new("bash");
    command.arg(scripts.join("swift-run.sh")).arg(said(&made.stdout)).arg(root).arg(folder).arg(program);
    Ok(command)
}
