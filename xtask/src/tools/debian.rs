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

/// Have these `(program, Debian package)` on the path.
pub(crate) fn programs(wanted: &[(&str, &str)]) -> Result<(), Lack> {
    let lacking: Vec<_> = wanted.iter().filter(|(program, _)| !on_path(program)).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let packages: Vec<_> = lacking.iter().map(|(_, package)| *package).collect();
    if !can_install() {
        let names: Vec<_> = lacking.iter().map(|(program, _)| *program).collect();
        let problem = format!("{}: not installed, and only root on Debian can install it here", names.join(", "));
        return Err(Lack::of_linux(problem));
    }
    install(&packages).map_err(Lack::of_linux)
}

/// Whether this process may install Debian packages.
pub(super) fn can_install() -> bool {
    on_path("apt-get") && Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n")
}

/// Install packages; the lists are fetched only when those at hand are absent or stale.
pub(super) fn install(packages: &[&str]) -> Result<(), String> {
    let mut update = Command::new("apt-get");
    update.args(["update", "-qq"]);
    let mut install = Command::new("apt-get");
    install
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(packages);
    let names = packages.join(", ");
    run(&mut install, &names).or_else(|_| run(&mut update, "apt-get update").and_then(|()| run(&mut install, &names)))
}
