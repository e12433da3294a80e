//! The task runner: `cargo xtask verify` is the gate, and the workflows call nothing else.
//!
//! In: a task's name. Out: one line a step with its time, then the counts. May touch: this checkout, `target/`, and the
//! package clients that fetch the tools the steps need.

mod steps;
mod tools;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask verify   format, lints, docs, licences, all tests, the demo: what must pass before a change lands
cargo xtask tools    only install what `verify` needs
cargo xtask measure  the figures that are reported, not asserted: times beside their peers";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let tasks: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match tasks.as_slice() {
        ["verify"] => steps::verify(),
        ["tools"] => steps::install_tools(),
        ["measure"] => steps::measure(),
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}
