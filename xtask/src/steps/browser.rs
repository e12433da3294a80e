//! Apps in a browser: the shell, the example app, two real apps, the demo one watches.
//!
//! In: the gate. Out: a verdict; screenshots in `target/browser/pictures`. May touch: `target/`, npm's registry, folders that
//! npm and builds fill (`node_modules`, `dist`).

use crate::gate::{Gate, Verdict};
use crate::tools::{chromium, node};
use std::process::Command;

/// Every `*.test.mjs` of `tests/browser`, one after the other: each has a browser and servers of its own.
pub(super) fn verify(gate: &mut Gate) -> Verdict {
    chromium::ensure(gate.root())?;
    let (tests, plugin) = (gate.root().join("tests/browser"), gate.root().join("capacitor-plugin"));
    let example = plugin.join("example-app");
    node::packages(&tests, &gate.root().join("target/browser"))?;
    for folder in [&plugin, &example] {
        node::packages(folder, folder)?;
    }
    gate.check(Command::new(node::NPM).args(["run", "--silent", "build"]).current_dir(&plugin))?;
    gate.build("aloft")?;
    let listed = std::fs::read_dir(&tests).map_err(|error| error.to_string())?;
    let names = listed.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut files: Vec<_> = names.filter(|path| path.to_string_lossy().ends_with(".test.mjs")).collect();
    files.sort();
    gate.test(Command::new("node").args(["--test", "--test-concurrency=1"]).args(files).current_dir(gate.root()))
}
