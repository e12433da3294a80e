//! Tools that the steps call and that a fresh machine may lack, each pinned and fetched with the ordinary client.
//!
//! In: nothing. Out: a folder of tools under `target/tools`, or the word why one cannot be had. May touch: `target/`, and the
//! system's packages where this runs as root on Debian. Keeps: what can be had on a system is never skipped in CI; what cannot
//! be had there is only said.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Checks licences, sources and duplicate crates (`deny.toml`).
pub(crate) const CARGO_DENY: &str = "0.20.2";

/// Programs that the tests call, with their Debian packages.
const PROGRAMS: &[(&str, &str)] = &[
    ("zip", "zip"),
    ("unzip", "unzip"),
    ("bsdtar", "libarchive-tools"),
    ("openssl", "openssl"),
    (PYTHON, "python3"),
    ("node", "nodejs"),
    (NPM, "npm"),
];

/// Programs that exist on Linux only.
const LINUX_PROGRAMS: &[(&str, &str)] = &[("strace", "strace")];

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Why a tool is not there.
pub(crate) enum Lack {
    /// It can be had on this system.
    Missing(String),
    /// This system may not have it, or nothing here can install it.
    NotForThisSystem(String),
}

/// Where fetched tools lie.
pub(crate) fn folder(root: &Path) -> PathBuf {
    root.join("target/tools")
}

/// Fetch everything that is missing; the list of what could not be had, with the reason.
pub(crate) fn install(root: &Path) -> Vec<Lack> {
    let problems = [system_packages(), python(root), javascript(root)].into_iter().flatten();
    let elsewhere = if cfg!(target_os = "linux") { Lack::Missing } else { Lack::NotForThisSystem };
    problems.map(elsewhere).chain(cargo_deny(root).map(Lack::Missing)).collect()
}

/// `cargo-deny` of the pinned version, from `target/tools` or the path.
pub(crate) fn cargo_deny_command(root: &Path) -> Option<Command> {
    let ours = folder(root).join(format!("bin/cargo-deny{}", std::env::consts::EXE_SUFFIX));
    [ours, PathBuf::from("cargo-deny")].into_iter().find(|path| is_pinned_deny(path)).map(|path| {
        let mut command = Command::new(path);
        command.current_dir(root);
        command
    })
}

fn is_pinned_deny(path: &Path) -> bool {
    let output = Command::new(path).arg("--version").stderr(Stdio::null()).output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == format!("cargo-deny {CARGO_DENY}"))
}

fn cargo_deny(root: &Path) -> Option<String> {
    if cargo_deny_command(root).is_some() {
        return None;
    }
    let mut install = Command::new("cargo");
    install.args(["install", "--locked", "--version", CARGO_DENY, "cargo-deny", "--root"]).arg(folder(root));
    run(&mut install, "cargo-deny")
}

fn system_packages() -> Option<String> {
    let here = if cfg!(target_os = "linux") { LINUX_PROGRAMS } else { &[] };
    let lacking: Vec<_> = PROGRAMS.iter().chain(here).filter(|(program, _)| !on_path(program)).collect();
    if lacking.is_empty() {
        return None;
    }
    let names: Vec<_> = lacking.iter().map(|(program, _)| *program).collect();
    if !is_root() || !on_path("apt-get") {
        return Some(format!("{}: not installed, and only root on Debian can install it here", names.join(", ")));
    }
    let packages: Vec<_> = lacking.iter().map(|(_, package)| *package).collect();
    apt(&packages)
}

/// Python packages of `tests/tools/requirements.txt` in an environment of their own, where the tests look for it.
fn python(root: &Path) -> Option<String> {
    let wanted = root.join("tests/tools/requirements.txt");
    let venv = root.join("target/interop/venv");
    if stamp_is_current(&venv, &wanted) {
        return None;
    }
    let mut make = Command::new(PYTHON);
    make.args(["-m", "venv", "--clear"]).arg(&venv);
    let mut problem = run(&mut make, "python venv");
    if problem.is_some() && is_root() && on_path("apt-get") {
        problem = apt(&["python3-venv"]).or_else(|| run(&mut make, "python venv")); // Debian ships it apart from Python
    }
    let mut install = Command::new(venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" }));
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&wanted);
    problem.or_else(|| run(&mut install, "python packages")).or_else(|| write_stamp(&venv, &wanted))
}

/// JavaScript packages of `tests/tools/package-lock.json`, where the tests look for them.
fn javascript(root: &Path) -> Option<String> {
    let wanted = root.join("tests/tools/package-lock.json");
    let modules = root.join("target/interop");
    if stamp_is_current(&modules, &wanted) {
        return None;
    }
    let copied = std::fs::create_dir_all(&modules)
        .and_then(|()| std::fs::copy(&wanted, modules.join("package-lock.json")))
        .and_then(|_| std::fs::copy(root.join("tests/tools/package.json"), modules.join("package.json")));
    if let Err(error) = copied {
        return Some(format!("javascript packages: {error}"));
    }
    let mut install = Command::new(NPM);
    install.args(["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&modules);
    run(&mut install, "javascript packages").or_else(|| write_stamp(&modules, &wanted))
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n")
}

fn apt(packages: &[&str]) -> Option<String> {
    let mut update = Command::new("apt-get");
    update.args(["update", "-qq"]);
    let mut install = Command::new("apt-get");
    install
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(packages);
    run(&mut update, "apt-get update").or_else(|| run(&mut install, &packages.join(", ")))
}

fn stamp_is_current(folder: &Path, wanted: &Path) -> bool {
    let stamp = std::fs::read(folder.join(".installed")).ok();
    stamp.is_some() && stamp == std::fs::read(wanted).ok()
}

fn write_stamp(folder: &Path, wanted: &Path) -> Option<String> {
    std::fs::copy(wanted, folder.join(".installed")).err().map(|error| format!("{}: {error}", folder.display()))
}

fn on_path(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let names = [program.to_owned(), format!("{program}{}", std::env::consts::EXE_SUFFIX)];
    std::env::split_paths(&paths).any(|folder| names.iter().any(|name| folder.join(name).is_file()))
}

/// Run quietly; on failure the last line it said.
fn run(command: &mut Command, what: &str) -> Option<String> {
    match command.output() {
        Ok(output) if output.status.success() => None,
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stderr);
            Some(format!("{what}: {}", text.trim().lines().last().unwrap_or("failed without a word")))
        }
        Err(error) => Some(format!("{what}: {error}")),
    }
}
