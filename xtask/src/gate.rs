//! The gate: runs steps, says how each went, and sums what they counted.
//!
//! In: steps. Out: one line a step; `SKIPPED: what, why` for what this machine cannot run; the counts. May touch: nothing
//! itself. Keeps: in CI nothing that a machine can run is skipped: a tool that can be had on this system and is missing
//! fails its step. A step that runs tests and counts none fails.

use crate::count::Tests;
use crate::tools::Lack;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};
use std::time::Instant;

/// One thing that must hold before a change lands.
pub(crate) struct Step {
    /// One word, as `cargo xtask verify NAME` takes it.
    pub(crate) name: &'static str,
    /// Install what it needs, run it, say how it went.
    pub(crate) run: fn(&mut Gate) -> Verdict,
}

/// How a step went.
pub(crate) type Verdict = Result<(), Stop>;

/// Why a step ended early.
pub(crate) enum Stop {
    /// What it checks does not hold; the text says more.
    Failed(String),
    /// It needs a tool that is not there.
    Lacks(Lack),
}

impl fmt::Display for Stop {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(text) => out.write_str(text),
            Self::Lacks(lack) => lack.fmt(out),
        }
    }
}

impl From<Lack> for Stop {
    fn from(lack: Lack) -> Self {
        Self::Lacks(lack)
    }
}

impl From<String> for Stop {
    fn from(text: String) -> Self {
        Self::Failed(text)
    }
}

/// The run of the gate.
pub(crate) struct Gate {
    root: PathBuf,
    started: Instant,
    passed: u32,
    failed: Vec<&'static str>,
    skipped: u32,
    tests: Tests,
    took: Vec<(&'static str, u64)>,
}

impl Gate {
    pub(crate) fn new(root: &Path) -> Self {
        let (root, started) = (root.to_owned(), Instant::now());
        Self { root, started, passed: 0, failed: Vec::new(), skipped: 0, tests: Tests::default(), took: Vec::new() }
    }

    /// The checkout.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Run one step and print its line.
    pub(crate) fn run(&mut self, step: &Step) {
        let (begun, before) = (Instant::now(), self.tests.run());
        let verdict = (step.run)(self);
        let counted = match self.tests.run() - before {
            0 => String::new(),
            tests => format!(", {tests} tests"),
        };
        let took = format!("({:.1} s{counted})", begun.elapsed().as_secs_f64());
        self.took.push((step.name, begun.elapsed().as_secs()));
        match verdict {
            Ok(()) => {
                self.passed += 1;
                println!("ok       {} {took}", step.name);
            }
            Err(Stop::Lacks(lack)) if !is_failure(&lack) => self.skip(&format!("{}, {lack}", step.name)),
            Err(why) => self.fail(step.name, &format!("{took}: {why}")),
        }
    }

    /// Run a command that must succeed. What it said is shown if it does not.
    pub(crate) fn check(&mut self, command: &mut Command) -> Verdict {
        let output = self.output(command)?;
        self.tests += Tests::read(&text(&output));
        judge(command, &output)
    }

    /// Run a command that runs tests: it must succeed and have counted some.
    pub(crate) fn test(&mut self, command: &mut Command) -> Verdict {
        let output = self.output(command)?;
        let counted = Tests::read(&text(&output));
        self.tests += counted;
        judge(command, &output)?;
        if counted.run() == 0 { Err(Stop::Failed(format!("{command:?} ran no test"))) } else { Ok(()) }
    }

    /// Run a command that must fail; all that it said. Its tests are not counted.
    pub(crate) fn fails(&mut self, command: &mut Command) -> Result<String, Stop> {
        let output = self.output(command)?;
        if output.status.success() { Err(Stop::Failed(format!("{command:?} did not fail"))) } else { Ok(text(&output)) }
    }

    /// A `cargo` command in the checkout; its arguments in words.
    pub(crate) fn cargo(&self, words: &str) -> Command {
        cargo(&self.root, words)
    }

    /// Build a program of the workspace for this machine, unoptimised. Features are those of the whole workspace: with `-p`
    /// they would be others, and most dependencies would be compiled once more.
    pub(crate) fn build(&mut self, program: &str) -> Verdict {
        self.check(&mut self.cargo(&format!("build --workspace --bin {program} --locked")))
    }

    /// Print a figure that a step found.
    pub(crate) fn tell(&self, what: &str) {
        let _ = self;
        println!("         {what}");
    }

    /// Say what was not run, and why. For what no machine of this kind can run; a tool that is missing is a [`Lack`].
    pub(crate) fn skip(&mut self, what: &str) {
        println!("SKIPPED: {what}");
        self.skipped += 1;
    }

    /// Say that a tool is missing and go on; in CI the error of one that could be had.
    pub(crate) fn lacks(&mut self, lack: Lack) -> Verdict {
        if is_failure(&lack) {
            return Err(Stop::Lacks(lack));
        }
        self.skip(&lack.to_string());
        Ok(())
    }

    /// Print the steps that took longest, and the counts.
    pub(crate) fn close(mut self) -> ExitCode {
        self.took.sort_by_key(|(_, seconds)| std::cmp::Reverse(*seconds));
        let longest: Vec<_> = self.took.iter().take(12).map(|(name, seconds)| format!("{name} {seconds} s")).collect();
        println!("longest: {}", longest.join(", "));
        let seconds = self.started.elapsed().as_secs();
        println!(
            "steps: {} passed, {} failed, {} skipped, in {} min {} s",
            self.passed,
            self.failed.len(),
            self.skipped,
            seconds / 60,
            seconds % 60
        );
        if !self.failed.is_empty() {
            println!("failed: {}", self.failed.join(", "));
        }
        let Tests { passed, failed, skipped } = self.tests;
        println!("{passed} passed, {failed} failed, {skipped} skipped");
        if self.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    /// Run to the end and pass on what it said it could not run.
    fn output(&mut self, command: &mut Command) -> Result<Output, Stop> {
        let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            if let Some(at) = line.find("SKIPPED: ") {
                println!("{}", line.get(at..).unwrap_or(line));
                self.skipped += 1;
            }
        }
        Ok(output)
    }

    fn fail(&mut self, name: &'static str, text: &str) {
        println!("FAILED   {name} {text}");
        self.failed.push(name);
    }
}

/// A `cargo` command in the checkout; its arguments in words.
pub(crate) fn cargo(root: &Path, words: &str) -> Command {
    let mut command = Command::new("cargo");
    // Scripts and tests look for what was built in `target/`.
    command.args(words.split_whitespace()).current_dir(root).env("CARGO_TARGET_DIR", root.join("target"));
    command
}

/// Let tests that ran on the disk once run on a file system in memory, if there is one with room for 4 GiB. They wait for the
/// disk most of their time, since much is synced.
pub(crate) fn in_memory(tests: &mut Command) -> &mut Command {
    let free = || {
        let said = Command::new("df").args(["--output=avail", "-B1M", MEMORY]).output().ok()?;
        String::from_utf8_lossy(&said.stdout).lines().last()?.trim().parse::<u64>().ok()
    };
    if free().is_some_and(|megabytes| megabytes >= 4096) { tests.env("TMPDIR", MEMORY) } else { tests }
}

/// Where Linux has a file system in memory.
const MEMORY: &str = "/dev/shm";

/// A check that cannot run here: skipped on a developer's machine, a failure in CI.
fn is_failure(lack: &Lack) -> bool {
    std::env::var_os("CI").is_some() && lack.can_be_had()
}

fn judge(command: &Command, output: &Output) -> Verdict {
    if output.status.success() {
        return Ok(());
    }
    println!("{}", without_what_passed(&text(output)));
    Err(Stop::Failed(format!("{command:?}: {}", output.status)))
}

/// What a command said without the lines of Rust's tests that passed and of crates that were compiled: what is left names the fault.
fn without_what_passed(said: &str) -> String {
    let is_noise = |line: &&str| {
        let line = line.trim();
        (line.starts_with("test ") && line.ends_with("... ok")) || line.starts_with("Compiling ")
    };
    said.lines().filter(|line| !is_noise(line)).collect::<Vec<_>>().join("\n")
}

fn text(output: &Output) -> String {
    let [said, told] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    format!("{said}{told}")
}
