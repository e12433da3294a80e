//! What a command answers when it cannot do what it was asked.
//!
//! In: an error of the core, of the system or of a command's own. Out: [`Failure`]: a stable code, a message, what to do
//! next, and the exit code. May touch: nothing.

use aloft_core::model::Code;
use std::fmt;
use std::io;
use std::path::Path;

/// The result of everything on the command line that can fail.
pub type Result<T> = std::result::Result<T, Failure>;

/// Exit codes (docs/cli.md); they never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// What was asked for did not succeed.
    Failed = 1,
    /// The command line itself is wrong.
    Usage = 2,
    /// It could be done, and is not: it needs a confirmation or would break a promise.
    Refused = 3,
    /// Somebody else writes to the same place; the same command may succeed a moment later.
    Busy = 4,
}

/// Why a command failed, and what helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Stable, snake case.
    pub code: &'static str,
    /// What happened.
    pub message: String,
    /// What to do next.
    pub hint: String,
    /// How the process ends.
    pub exit: Exit,
    /// Members of the JSON object beside `error`.
    pub more: serde_json::Map<String, serde_json::Value>,
}

impl Failure {
    /// Something asked for that did not succeed.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        let hint = format!("docs/cli.md explains {code}");
        Self { code, message: message.into(), hint, exit: Exit::Failed, more: serde_json::Map::new() }
    }

    /// Is it about the disk here, and not about what was read?
    pub(crate) fn is_of_this_machine(&self) -> bool {
        matches!(self.code, "no_space" | "denied" | "io")
    }

    /// A wrong command line, or a wrong value in it.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, ..Self::new("usage", message) }.hint("see `aloft --help`")
    }

    /// Something that is not done without being told so in another way.
    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self { exit: Exit::Refused, ..Self::new(code, message) }
    }

    /// An error of the system: never without what was done and where.
    pub fn io(action: &str, path: &Path, source: &io::Error) -> Self {
        let (code, hint) = match source.kind() {
            io::ErrorKind::NotFound => ("not_found", "look at the path; paths in aloft.toml are relative to it"),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                ("denied", "make it accessible to this user, or choose another place")
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ("no_space", "make room, then try again"),
            _ => ("io", "look at the disk, then try again"),
        };
        Self::new(code, format!("could not {action} {}: {source}", path.display())).hint(hint)
    }

    /// The same, with what to do next.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// The one JSON object of a command that failed.
    pub fn to_json(&self) -> serde_json::Value {
        let mut json = self.more.clone();
        let error = serde_json::json!({ "code": self.code, "message": self.message, "hint": self.hint });
        json.insert("error".to_owned(), error);
        json.into()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// The page that explains the core's codes; its last column says what helps.
const ERRORS: &str = include_str!("../../docs/errors.md");

impl From<aloft_core::model::Error> for Failure {
    fn from(error: aloft_core::model::Error) -> Self {
        let code = error.code();
        let exit = match code {
            Code::Protected | Code::Blocked | Code::Withdrawn => Exit::Refused,
            _ => Exit::Failed,
        };
        let failure = Self { exit, ..Self::new(code.as_str(), error.to_string()) };
        match what_helps(code.as_str()) {
            Some(hint) => failure.hint(hint),
            None => failure.hint(format!("docs/errors.md explains {code}")),
        }
    }
}

fn what_helps(code: &str) -> Option<&'static str> {
    let mut rows = ERRORS.lines().map(|line| line.split('|').map(str::trim));
    rows.find_map(|mut row| (row.nth(1)?.trim_matches('`') == code).then(|| row.nth(1)).flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_of_the_core_says_what_helps() {
        let codes: Vec<_> = ERRORS.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        assert!(codes.len() > 50, "{codes:?}");
        for code in codes {
            assert!(what_helps(code).is_some_and(|hint| hint.len() > 5), "{code}");
        }
        assert_eq!(what_helps("protected"), Some("`reset` first"));
        assert_eq!(what_helps("what"), None);
    }
}
