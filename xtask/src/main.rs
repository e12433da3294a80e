//! The task runner: `cargo xtask verify` is the gate, and the workflows call nothing else.
//!
//! In: a task's name. Out: one line a step with its time, then the counts. May touch: this checkout, `target/`, and the
//! package clients that fetch the tools the steps need.

mod bench;
mod bindings;
mod count;
mod gate;
mod mobile;
mod steps;
mod tools;

use gate::{Gate, Verdict, cargo};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(crate) const USAGE: &str = "\
cargo xtask verify [STEP…]    all that must pass before a change lands, or only the steps named
cargo xtask test ROOM…        while you work: the tests of pack, core, plugin, cli or xtask, then of what stands on it
cargo xtask tools [FAMILY…]   only install what `verify` needs, or only the families named
cargo xtask bindings          the plugin's library for this machine, and its Kotlin and Swift sides, in target/bindings
cargo xtask measure           the figures that are reported, not asserted: times beside their peers
cargo xtask bench [--fetch] [--corpus DIR] [--only APP] [--rounds N] [--json FILE] [--docs]
                              packs beside their peers, on releases of real apps that --fetch gets; --docs writes the figures there
cargo xtask advisories        known holes in what `Cargo.lock` names; fetches their database

To ship:
cargo xtask android-libs      the library for each ABI, into target/native; needs ANDROID_NDK_HOME
cargo xtask ios-framework     the library for devices and simulators, into target/native; needs macOS with Xcode
cargo xtask package           the npm package, into target/dist; needs both
cargo xtask package --partial the same with the native libraries that are there, to try things out
cargo xtask phone android|ios build|ready|run   the example app of that package: built, what its flows need, then its flows on what runs";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["verify", names @ ..] => run(steps::ALL, names),
        ["test", names @ ..] if !names.is_empty() => run(steps::NEAR, names),
        ["tools", names @ ..] => install(names),
        ["bindings"] => run(steps::ALL, &["bindings"]),
        ["measure"] => measure(),
        ["bench", words @ ..] => bench::bench(&root(), words),
        ["advisories"] => alone("advisories", steps::advisories),
        ["android-libs"] => alone("android-libs", mobile::android::ship),
        ["ios-framework"] => alone("ios-framework", mobile::ios::ship),
        ["phone", words @ ..] => alone("phone", |gate| mobile::phone(gate, words)),
        ["package"] => alone("package", mobile::package::whole),
        ["package", "--partial"] => alone("package", mobile::package::partial),
        _ => refuse(USAGE),
    }
}

/// Run these steps, or only the named ones.
fn run(steps: &[gate::Step], names: &[&str]) -> ExitCode {
    let known = || steps.iter().map(|step| step.name);
    if let Some(wrong) = names.iter().find(|name| !known().any(|step| step == **name)) {
        return refuse(&format!("no step {wrong:?}; there are: {}", known().collect::<Vec<_>>().join(", ")));
    }
    let mut gate = Gate::new(&root());
    for step in steps.iter().filter(|step| names.is_empty() || names.contains(&step.name)) {
        gate.run(step);
    }
    gate.close()
}

/// Run what is no part of the gate as if it were; here a lack is a failure.
fn alone(name: &'static str, run: impl FnOnce(&mut Gate) -> Verdict) -> ExitCode {
    match run(&mut Gate::new(&root())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            eprintln!("{name}: {stop}");
            ExitCode::FAILURE
        }
    }
}

/// Install the tools of all families, or of the named ones.
fn install(names: &[&str]) -> ExitCode {
    let known = || tools::FAMILIES.iter().map(|family| family.name);
    if let Some(wrong) = names.iter().find(|name| !known().any(|family| family == **name)) {
        return refuse(&format!("no tools {wrong:?}; there are: {}", known().collect::<Vec<_>>().join(", ")));
    }
    let chosen = tools::FAMILIES.iter().filter(|family| names.is_empty() || names.contains(&family.name));
    let lacks: Vec<_> = chosen.filter_map(|family| (family.ensure)(&root()).err()).collect();
    for lack in &lacks {
        eprintln!("{lack}");
    }
    if lacks.iter().any(tools::Lack::can_be_had) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Print the figures that are reported, never asserted.
fn measure() -> ExitCode {
    let words = "test --release -p aloft-tests --locked -- --ignored --nocapture --test-threads=1 measure_";
    let status = cargo(&root(), words).status();
    if status.is_ok_and(|status| status.success()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn refuse(text: &str) -> ExitCode {
    eprintln!("{text}");
    ExitCode::from(2)
}

/// The checkout that this was called in. The path is asked for when it runs: checkouts that share a target folder share this program.
fn root() -> PathBuf {
    let package =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.parent().map(Path::to_owned).unwrap_or_default()
}
