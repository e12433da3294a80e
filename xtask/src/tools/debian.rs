//! Programs of the system: on Debian root installs them, elsewhere the user must.
//!
//! In: programs and the packages that hold them. Out: all of them on the path, or the lack. May touch: the system's packages.

use super::{Lack, on_path, run};
use std::path::Path;
use std::process::Command;

/// Programs that the tests of the workspace call, with their Debian packages.
const PROGRAMS: &[(&str, &str)] =
    &[("zip", "zip"), ("unzip", "unzip"), ("bsdtar", "libarchive-tools"), ("openssl", "openssl")];

/// Programs that exist on Linux only.
const LINUX_PROGRAMS: &[(&str, &str)] = &[("strace", "strace")];

/// What the tests of the workspace call.
pub(crate) fn ensure(_root: &Path) -> Result<(), Lack> {
    let here = if cfg!(target_os = "linux") { LINUX_PROGRAMS } else { &[] };
    programs(&[PROGRAMS, here].concat())
}

/// Have these `(program, Debian packages)` on the path.
pub(crate) fn programs(wanted: &[(&str, &str)]) -> Result<(), Lack> {
    let lacking: Vec<_> = wanted.iter().filter(|(program, _)| !on_path(program)).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let packages: Vec<_> = lacking.iter().flat_map(|(_, packages)| packages.split_whitespace()).collect();
    install(&packages)
        .unwrap_or_else(|| {
            let names: Vec<_> = lacking.iter().map(|(program, _)| *program).collect();
            Err(format!("{}: not installed, and only root on Debian can install it here", names.join(", ")))
        })
        .map_err(Lack::of_linux)
}

/// Install packages; nothing if this process may not. The lists are fetched only when those at hand are absent or stale.
pub(super) fn install(packages: &[&str]) -> Option<Result<(), String>> {
    let mut update = apt()?;
    update.args(["update", "-qq"]);
    let mut install = apt()?;
    install.args(["install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"]).args(packages);
    let names = packages.join(", ");
    let first = run(&mut install, &names);
    let again = |_| run(&mut update, "apt-get update").and_then(|()| run(&mut install, &names));
    Some(first.or_else(again))
}

/// `apt-get` as root; by `sudo` only in CI, where nobody minds.
fn apt() -> Option<Command> {
    let says = |program: &str, argument: &str| Command::new(program).args(argument.split(' ')).output().ok();
    let environment = "DEBIAN_FRONTEND=noninteractive";
    if !on_path("apt-get") {
        None
    } else if says("id", "-u").is_some_and(|id| id.stdout == b"0\n") {
        let mut command = Command::new("env");
        command.args([environment, "apt-get"]);
        Some(command)
    } else if std::env::var_os("CI").is_some() && says("sudo", "-n true").is_some_and(|sudo| sudo.status.success()) {
        let mut command = Command::new("sudo");
        command.args(["-n", environment, "apt-get"]);
        Some(command)
    } else {
        None
    }
}
