//! Tools of others that the tests compare with.
//!
//! In: a tool's name. Out: whether to go on without it. May touch: processes, `target/interop`. Keeps: that a machine which
//! checks everything (`ALOFT_REQUIRE_TOOLS` is set, or `CI` on Linux, where all of them can be had) fails when a tool is missing.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Is `program` there? If not: panics where every tool is required, else prints what is skipped.
pub fn there(program: &str, probe: &[&str], install: &str) -> bool {
    let probed = Command::new(program).args(probe).stdin(Stdio::null()).output();
    let why = match probed {
        Ok(output) if output.status.success() => return true,
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    let set = |name| std::env::var_os(name).is_some();
    let required = set("ALOFT_REQUIRE_TOOLS") || cfg!(target_os = "linux") && set("CI");
    assert!(!required, "{program} is missing ({why}); install it: {install}");
    println!("SKIPPED: {program}, {why}; install it: {install}");
    false
}

/// Run a command to its end; panics with what it said if it fails.
pub fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Scripts and pinned versions of the tools.
pub fn folder() -> PathBuf {
    Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("tools")
}

/// Python with the packages of `tools/requirements.txt`: a virtual environment below `target/`, else the system's.
pub fn python() -> PathBuf {
    let venv = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../target/interop/venv");
    let python = venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if python.exists() { python } else { PathBuf::from("python3") }
}
