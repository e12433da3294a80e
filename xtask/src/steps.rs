//! The steps of the gate, in order of how soon they say no.
//!
//! In: this checkout. Out: one line a step; `SKIPPED: what, why` for what this machine cannot run; the counts.
//! May touch: `target/`. In CI nothing that a machine can run is skipped: a tool that can be had on this system and is
//! missing fails its step.

use crate::tools::{self, Lack};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

/// Run the whole gate.
pub(crate) fn verify() -> ExitCode {
    let root = root();
    let mut gate = Gate::new(&root);
    gate.tools();
    gate.step("fetch", cargo(&root, &["fetch", "--locked"]));
    gate.step("format", cargo(&root, &["fmt", "--all", "--check"]));
    gate.step("lints", cargo(&root, &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]));
    gate.step(
        "lints, core without http",
        cargo(&root, &["clippy", "-p", "aloft-core", "--no-default-features", "--locked", "--", "-D", "warnings"]),
    );
    let mut docs = cargo(&root, &["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"]);
    docs.env("RUSTDOCFLAGS", "-D warnings");
    gate.step("docs", docs);
    gate.deny();
    gate.step("tests", cargo(&root, &["test", "--workspace", "--locked", "--no-fail-fast", "--", "--show-output"]));
    let budgets =
        ["test", "--release", "-p", "aloft-tests", "--locked", "--test", "budget_heap", "--test", "budget_launch"];
    gate.step(
        "budgets",
        cargo(
            &root,
            &[
                &budgets[..],
                &[
                    "--",
                    "--include-ignored",
                    "--skip",
                    "launch_between_two_marks",
                    "--skip",
                    "measure_",
                    "--test-threads=1",
                    "--show-output",
                ],
            ]
            .concat(),
        ),
    );
    gate.step("demo", cargo(&root, &["run", "--release", "--locked", "-p", "aloft-cli", "--", "demo"]));
    gate.close()
}

/// Install what `verify` needs.
pub(crate) fn install_tools() -> ExitCode {
    let mut missing = tools::install(&root());
    for Lack::Missing(problem) | Lack::NotForThisSystem(problem) in &missing {
        eprintln!("{problem}");
    }
    missing.retain(|lack| matches!(lack, Lack::Missing(_)));
    if missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Print the figures that are reported, never asserted.
pub(crate) fn measure() -> ExitCode {
    let mut command = cargo(
        &root(),
        &[
            "test",
            "--release",
            "-p",
            "aloft-tests",
            "--locked",
            "--",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
            "measure_",
        ],
    );
    if command.status().is_ok_and(|status| status.success()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Gate {
    root: PathBuf,
    started: Instant,
    passed: u32,
    failed: Vec<String>,
    skipped: u32,
    tests: Tests,
}

/// What the test runners counted, summed.
#[derive(Default)]
struct Tests {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Gate {
    fn new(root: &Path) -> Self {
        let (root, started) = (root.to_owned(), Instant::now());
        Self { root, started, passed: 0, failed: Vec::new(), skipped: 0, tests: Tests::default() }
    }

    fn tools(&mut self) {
        let begun = Instant::now();
        let missing = tools::install(&self.root);
        for lack in &missing {
            match lack {
                Lack::Missing(problem) => self.lack(problem),
                Lack::NotForThisSystem(problem) => self.skip(problem),
            }
        }
        if missing.is_empty() {
            self.pass("tools", begun);
        }
    }

    /// A check that cannot run here: skipped on a developer's machine, a failure in CI.
    fn lack(&mut self, problem: &str) {
        if std::env::var_os("CI").is_some() {
            println!("FAILED   tools: {problem}");
            self.failed.push("tools".to_owned());
        } else {
            self.skip(problem);
        }
    }

    fn skip(&mut self, what: &str) {
        println!("SKIPPED: {what}");
        self.skipped += 1;
    }

    fn deny(&mut self) {
        match tools::cargo_deny_command(&self.root) {
            Some(mut command) => {
                command.args(["--offline", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]);
                self.step("licences, sources, duplicates", command);
            }
            None => self.lack("licences, sources, duplicates: cargo-deny is not there"),
        }
        self.skip("advisories, the advisory database is fetched in the workflows only");
    }

    fn step(&mut self, name: &str, mut command: Command) {
        let begun = Instant::now();
        match command.output() {
            Ok(output) => {
                let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
                self.count(&said);
                if output.status.success() {
                    self.pass(name, begun);
                } else {
                    println!("{said}{told}");
                    self.fail(name, begun);
                }
            }
            Err(error) => {
                println!("{name}: {error}");
                self.fail(name, begun);
            }
        }
    }

    /// Sum the closing lines of test binaries and print what a test said it could not run.
    fn count(&mut self, said: &str) {
        for line in said.lines() {
            if let Some(at) = line.find("SKIPPED: ") {
                println!("{}", line.get(at..).unwrap_or(line));
                self.skipped += 1;
            }
            let Some(counts) = line.strip_prefix("test result: ") else { continue };
            let number = |what: &str| {
                let before = counts.split(what).next().unwrap_or_default();
                before.split_whitespace().last().and_then(|word| word.parse::<u64>().ok()).unwrap_or(0)
            };
            self.tests.passed += number(" passed");
            self.tests.failed += number(" failed");
            self.tests.ignored += number(" ignored");
        }
    }

    fn pass(&mut self, name: &str, begun: Instant) {
        self.passed += 1;
        println!("ok       {name} ({:.1} s)", begun.elapsed().as_secs_f64());
    }

    fn fail(&mut self, name: &str, begun: Instant) {
        self.failed.push(name.to_owned());
        println!("FAILED   {name} ({:.1} s)", begun.elapsed().as_secs_f64());
    }

    fn close(self) -> ExitCode {
        let seconds = self.started.elapsed().as_secs();
        let Tests { passed, failed, ignored } = self.tests;
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
        println!("{passed} passed, {failed} failed, {ignored} skipped");
        if self.failed.is_empty() && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}

fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(root);
    command
}
