//! How commands speak: to people on a terminal, or as one JSON object to programs.
//!
//! In: results, warnings, progress, questions. Out: stdout for the result, stderr for all else; colour and bars only on a
//! terminal. May touch: the standard streams.

use crate::failure::{Failure, Result};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

/// Strong text; removed where the stream is no terminal.
pub const BOLD: &str = "\x1b[1m";
/// Quiet text.
pub const DIM: &str = "\x1b[2m";
/// Warnings.
pub const YELLOW: &str = "\x1b[33m";
/// Errors.
pub const RED: &str = "\x1b[31m";
/// What went well.
pub const GREEN: &str = "\x1b[32m";
/// Back to plain text.
pub const PLAIN: &str = "\x1b[0m";

/// Who reads the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// People.
    Human,
    /// Programs: one JSON object on stdout, nothing else there.
    Json,
}

/// What the asked person answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Do it.
    Yes,
    /// Leave it.
    No,
}

impl Output {
    /// Print the result of a command: `value` for programs, `human` for people. A reader that went away is no error.
    pub fn result(self, value: &impl Serialize, human: &str) {
        let mut out = anstream::stdout().lock();
        let _ = match self {
            Self::Human => writeln!(out, "{}", human.trim_end()),
            Self::Json => serde_json::to_writer(&mut out, value).map_err(Into::into).and_then(|()| writeln!(out)),
        };
    }

    /// Print why a command failed.
    pub fn failure(self, failure: &Failure) {
        if self == Self::Json {
            return self.result(&failure.to_json(), "");
        }
        let mut err = anstream::stderr().lock();
        let _ = writeln!(err, "{RED}{BOLD}error{PLAIN} {DIM}{}{PLAIN}: {}", failure.code, failure.message);
        let _ = writeln!(err, "{BOLD}hint{PLAIN}: {}", failure.hint);
    }

    /// Tell people something on the way; programs find it in the result.
    pub fn note(self, text: &str) {
        if self == Self::Human {
            let _ = writeln!(anstream::stderr().lock(), "{text}");
        }
    }

    /// A bar for long work over `total` bytes; it draws only for people on a terminal and vanishes when done.
    pub fn bar(self, what: &'static str) -> ProgressBar {
        if self == Self::Json {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("{msg:10} [{bar:32}] {bytes}/{total_bytes} {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ");
        ProgressBar::new(0).with_style(style).with_message(what)
    }

    /// Reports whether somebody at a terminal can answer a question.
    pub(crate) fn can_ask(self) -> bool {
        self == Self::Human && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// The failure of a question that nobody can answer.
    pub(crate) fn nobody() -> Failure {
        Failure::refused("needs_confirmation", "nobody is there to confirm the change")
            .hint("add --yes to write it, or --dry-run to only see it")
    }

    /// Ask a yes-or-no question on the terminal.
    ///
    /// # Errors
    /// `needs_confirmation` (exit 3) where nobody can answer.
    pub fn ask(self, question: &str) -> Result<Answer> {
        if !self.can_ask() {
            return Err(Self::nobody());
        }
        let mut err = anstream::stderr().lock();
        let _ = write!(err, "{BOLD}{question}{PLAIN} [y/N] ");
        let _ = err.flush();
        Ok(match prompt_line().trim() {
            "y" | "Y" | "yes" => Answer::Yes,
            _ => Answer::No,
        })
    }
}

/// A line from the terminal; empty at its end.
pub(crate) fn prompt_line() -> String {
    let mut line = String::new();
    let _ = std::io::stdin().read_line(&mut line);
    line
}

/// A path as text. JSON has no other, so what is not Unicode in it is replaced by `\u{fffd}`, as in messages.
pub fn path(path: &Path) -> String {
    path.display().to_string()
}

/// Bytes for people: `12.3 MB`.
pub fn bytes(count: u64) -> String {
    indicatif::DecimalBytes(count).to_string()
}
