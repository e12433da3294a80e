//! `aloft demo`: the whole life of an update, for real: commands and devices are processes of their own, the server speaks
//! HTTP on loopback, and what is killed is killed.
//!
//! In: two releases of a web app, or the small one that is built in. Out: the story step by step, and a table of it.
//! May touch: a temporary folder, processes and a server that it started. Fails unless every step goes as told.

mod actors;
mod apps;
mod browser;
mod look;
mod story;

use crate::failure::{Failure, Result};
use crate::output::{BOLD, DIM, GREEN, Output, PLAIN};
use crate::scratch::Scratch;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Instant;

/// Watch a device install, break and recover.
#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// Two releases of a web app, each a folder with index.html [default: a small app that is built in]
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"])]
    app: Option<Vec<PathBuf>>,
    /// Keep everything in this folder, which must not be there yet [default: a temporary one, removed at the end]
    #[arg(long)]
    keep: Option<PathBuf>,
    /// Watch an app in your browser instead: it is updated, and leaves a release that does not work
    #[arg(long)]
    shell: bool,
    /// With --shell: only say where the windows are
    #[arg(long, requires = "shell")]
    no_open: bool,
}

/// One step that went as told.
#[derive(Debug, Serialize)]
struct Row {
    step: &'static str,
    /// Bytes that the server sent meanwhile.
    bytes: u64,
    ms: u128,
    result: String,
}

/// Tells the story and keeps its rows.
struct Teller {
    output: Output,
    rows: Vec<Row>,
}

impl Teller {
    /// Do one step, tell it, and time it. `sent` is what the server has sent so far.
    fn step(&mut self, name: &'static str, sent: impl Fn() -> u64, act: impl FnOnce() -> Result<String>) -> Result<()> {
        let (begun, before) = (Instant::now(), sent());
        let result = act().map_err(|failure| Failure { message: format!("{name}: {}", failure.message), ..failure })?;
        let row = Row { step: name, bytes: sent().saturating_sub(before), ms: begun.elapsed().as_millis(), result };
        self.output.note(&format!("{GREEN}✓{PLAIN} {BOLD}{name}{PLAIN}\n  {DIM}{}{PLAIN}", row.result));
        self.rows.push(row);
        Ok(())
    }

    fn table(&self) -> String {
        let width = self.rows.iter().map(|row| row.step.chars().count()).max().unwrap_or(0);
        let head = format!("{BOLD}{:width$}  {:>10}  {:>6}  result{PLAIN}\n", "step", "bytes", "ms");
        let lines = self
            .rows
            .iter()
            .map(|row| format!("{:width$}  {:>10}  {:>6}  {}\n", row.step, row.bytes, row.ms, row.result));
        head + &lines.collect::<String>()
    }
}

/// Run the demo.
///
/// # Errors
/// The first step that does not go as told.
pub fn run(arguments: &DemoArgs, output: Output) -> Result<()> {
    let temporary = Scratch::new()?;
    let folder = arguments.keep.clone().unwrap_or_else(|| temporary.path().join("demo"));
    if folder.exists() {
        return Err(
            Failure::refused("folder_exists", format!("{} is there", folder.display())).hint("name another folder")
        );
    }
    std::fs::create_dir_all(&folder).map_err(|error| Failure::io("make", &folder, &error))?;
    let folder = folder.canonicalize().map_err(|error| Failure::io("find", &folder, &error))?;
    let releases = match arguments.app.as_deref() {
        Some([old, new]) => apps::from_folders(&folder, old, new)?,
        _ => apps::built_in(&folder)?,
    };
    let mut teller = Teller { output, rows: Vec::new() };
    let told = if arguments.shell {
        browser::tell(&folder, &releases, arguments, &mut teller)
    } else {
        story::tell(&folder, &releases, &mut teller)
    };
    if told.is_ok() || output == Output::Human {
        output.result(&teller.rows, &teller.table()); // for programs a failure is the one answer
    }
    told
}
