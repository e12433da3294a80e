//! The npm package: its JavaScript, what it says of itself, and how fresh apps of three Capacitor versions take it.
//!
//! In: the gate. Out: a verdict each. May touch: `target/`, npm's registry, folders that npm and builds fill.

use super::workflows;
use crate::gate::{Gate, Verdict};
use crate::mobile::package;
use crate::tools::node;
use std::path::PathBuf;
use std::process::Command;

/// Types, tests over the real `@capacitor/core` of each version, the API in the README, names; the files that would be
/// published, but for native libraries.
pub(super) fn verify(gate: &mut Gate) -> Verdict {
    let plugin = ready(gate)?;
    gate.test(npm(&plugin, "test").env("NODE_OPTIONS", "--test-reporter=spec"))?;
    for check in ["check:types", "check:contract", "docgen:check", "check:wiring"] {
        gate.check(&mut npm(&plugin, check))?;
    }
    let whole = package::put_together(gate)?;
    gate.check(&mut npm(&whole, "check:pack"))?;
    if cfg!(unix) {
        let packed = package::pack(gate)?;
        workflows::publish(gate, &packed)?;
    }
    let example = plugin.join("example-app");
    node::packages(&example, &example)?;
    gate.check(&mut npm(&example, "build:variants"))
}

/// `cap add` and `cap sync` in fresh apps find the plugin, and change nothing of it.
pub(super) fn fresh_apps(gate: &mut Gate) -> Verdict {
    let plugin = ready(gate)?;
    gate.check(&mut npm(&plugin, "check:cap"))
}

/// The package's folder, with what it is built with, built.
fn ready(gate: &mut Gate) -> Result<PathBuf, crate::gate::Stop> {
    let plugin = gate.root().join("capacitor-plugin");
    node::packages(&plugin, &plugin)?;
    gate.check(&mut npm(&plugin, "build"))?;
    Ok(plugin)
}

fn npm(folder: &std::path::Path, script: &str) -> Command {
    let mut command = Command::new(node::NPM);
    command.args(["run", "--silent", script]).current_dir(folder);
    command
}
