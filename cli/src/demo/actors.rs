//! Who acts in the demo: commands of this very program, and a process that is the app on a device.
//!
//! In: arguments, lines. Out: JSON answers. May touch: processes that it starts, and ends.

use crate::failure::{Failure, Result};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Runs commands of this program in one folder.
pub(super) struct Commands {
    program: PathBuf,
    folder: PathBuf,
}

impl Commands {
    pub(super) fn new(folder: &Path) -> Result<Self> {
        let program = std::env::current_exe().map_err(|error| Failure::io("find", Path::new("aloft"), &error))?;
        Ok(Self { program, folder: folder.to_owned() })
    }

    /// Run a command to its end; its JSON, also when it failed.
    pub(super) fn ask(&self, arguments: &[&str]) -> Result<Value> {
        let output = self.command(arguments).stdin(Stdio::null()).output();
        let output = output.map_err(|error| Failure::io("start", &self.program, &error))?;
        let told = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout)
            .map_err(|error| Failure::new("no_answer", format!("aloft {}: {error}; {told}", arguments.join(" "))))
    }

    /// Run a command that must succeed.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<Value> {
        let value = self.ask(arguments)?;
        match value.pointer("/error/message").and_then(Value::as_str) {
            Some(message) => Err(Failure::new("step_failed", format!("aloft {}: {message}", arguments.join(" ")))),
            None => Ok(value),
        }
    }

    /// Start a command that goes on by itself.
    pub(super) fn start(&self, arguments: &[&str]) -> Result<Child> {
        let mut command = self.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().map_err(|error| Failure::io("start", &self.program, &error))
    }

    /// Start the app on a device; the answer is that of its launch.
    pub(super) fn launch(&self, data: &str) -> Result<(App, Value)> {
        let mut command = self.command(&["device", "--data", data, "run", "--clock", "manual"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| Failure::io("start", &self.program, &error))?;
        let gone = || Failure::new("no_answer", "the app has no standard streams");
        let (lines, answers) = (child.stdin.take().ok_or_else(gone)?, child.stdout.take().ok_or_else(gone)?);
        let mut app = App { child, lines, answers: BufReader::new(answers) };
        let launched = app.answer()?;
        Ok((app, launched))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(&self.folder).arg("--json").args(arguments);
        command
    }
}

/// One process of the app. Dropped, it dies by SIGKILL, as on a phone.
pub(super) struct App {
    child: Child,
    lines: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl App {
    /// Tell it an event; its answer.
    pub(super) fn tell(&mut self, event: &str) -> Result<Value> {
        writeln!(self.lines, "{event}").map_err(|error| Failure::io("write to", Path::new("the app"), &error))?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Value> {
        let mut line = String::new();
        let read = self.answers.read_line(&mut line);
        read.map_err(|error| Failure::io("read from", Path::new("the app"), &error))?;
        serde_json::from_str(&line)
            .map_err(|error| Failure::new("no_answer", format!("the app said {line:?}: {error}")))
    }
}

impl Drop for App {
    fn drop(&mut self) {
        kill(&mut self.child);
    }
}

/// End a process that this one started, without asking it.
pub(super) fn kill(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
