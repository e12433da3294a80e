//! Tools that the steps call and that a fresh machine may lack, each pinned and fetched with the ordinary client.
//!
//! In: the checkout. Out: the tool, or the word why it cannot be had. May touch: `target/`, the user's cache, and the
//! system's packages where this runs as root on Debian. Keeps: what can be had on a system is never skipped in CI; what cannot
//! be had there is only said. Every `ensure` may be called again at no cost.

pub(crate) mod actionlint;
pub(crate) mod chromium;
pub(crate) mod debian;
pub(crate) mod faketime;
pub(crate) mod llvm;
pub(crate) mod maven;
pub(crate) mod node;
pub(crate) mod python;
pub(crate) mod qemu;
pub(crate) mod rust;
pub(crate) mod swift;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Tools that are installed together.
pub(crate) struct Family {
    /// As `cargo xtask tools NAME` takes it.
    pub(crate) name: &'static str,
    /// Install what is missing.
    pub(crate) ensure: fn(&Path) -> Result<(), Lack>,
}

/// All tools that `verify` may ask for.
pub(crate) const FAMILIES: &[Family] = &[
    Family { name: "debian", ensure: debian::ensure },
    Family { name: "python", ensure: python::ensure },
    Family { name: "node", ensure: node::ensure },
    Family { name: "rust", ensure: rust::ensure },
    Family { name: "phones", ensure: rust::phones },
    Family { name: "maven", ensure: maven::ensure },
    Family { name: "chromium", ensure: chromium::ensure },
    Family { name: "swift", ensure: swift::ensure },
    Family { name: "llvm", ensure: llvm::ensure },
    Family { name: "qemu", ensure: qemu::ensure },
    Family { name: "actionlint", ensure: actionlint::ensure },
    Family { name: "faketime", ensure: faketime::ensure },
];

/// Why a tool is not there.
pub(crate) enum Lack {
    /// It can be had on this system.
    Missing(String),
    /// This system may not have it, or nothing here can install it.
    NotForThisSystem(String),
}

impl Lack {
    /// Of a tool that this project can install on Linux only.
    pub(crate) fn of_linux(problem: String) -> Self {
        if cfg!(target_os = "linux") { Self::Missing(problem) } else { Self::NotForThisSystem(problem) }
    }

    /// With what it keeps from being run.
    pub(crate) fn of(self, what: &str) -> Self {
        match self {
            Self::Missing(problem) => Self::Missing(format!("{what}: {problem}")),
            Self::NotForThisSystem(problem) => Self::NotForThisSystem(format!("{what}: {problem}")),
        }
    }

    /// Whether its absence is a fault in CI.
    pub(crate) fn can_be_had(&self) -> bool {
        matches!(self, Self::Missing(_))
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Missing(problem) | Self::NotForThisSystem(problem)) = self;
        out.write_str(problem)
    }
}

/// Where fetched tools lie.
pub(crate) fn folder(root: &Path) -> PathBuf {
    root.join("target/tools")
}

/// Where tools lie that take long to make, for every checkout of this user.
pub(crate) fn cache(root: &Path) -> PathBuf {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = folder("XDG_CACHE_HOME").or_else(|| folder("HOME").map(|home| home.join(".cache")));
    caches.unwrap_or_else(|| self::folder(root)).join("aloft")
}

/// Whether a program of this name is on the path.
pub(crate) fn on_path(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let names = [program.to_owned(), format!("{program}{}", std::env::consts::EXE_SUFFIX)];
    std::env::split_paths(&paths).any(|folder| names.iter().any(|name| folder.join(name).is_file()))
}

/// Run quietly; the error is the last line it said.
pub(crate) fn run(command: &mut Command, what: &str) -> Result<(), String> {
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stderr);
            Err(format!("{what}: {}", text.trim().lines().last().unwrap_or("failed without a word")))
        }
        Err(error) => Err(format!("{what}: {error}")),
    }
}

/// Whether `folder` was installed from `wanted` as that file is today.
fn stamp_is_current(folder: &Path, wanted: &Path) -> bool {
    let stamp = std::fs::read(folder.join(".installed")).ok();
    stamp.is_some() && stamp == std::fs::read(wanted).ok()
}

fn write_stamp(folder: &Path, wanted: &Path) -> Result<(), String> {
    let copied = std::fs::copy(wanted, folder.join(".installed"));
    copied.map(|_| ()).map_err(|error| format!("{}: {error}", folder.display()))
}
