//! What about a bundle is most likely not meant.
//!
//! In: a code, what it says, where. Out: lines for people, JSON. May touch: nothing.

use crate::output::{DIM, PLAIN, YELLOW, bytes};
use serde::Serialize;
use std::fmt::Write as _;

/// Something that is allowed and most likely not meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Stable, snake case.
    pub code: &'static str,
    /// What, and what to do about it.
    pub message: &'static str,
    /// How much of the bundle it is.
    pub bytes: u64,
    /// Where; addresses of what is missing.
    pub paths: Vec<String>,
}

impl Warning {
    /// It, and the first places where it is.
    pub(crate) fn lines(&self) -> String {
        const SHOWN: usize = 3;
        let mut text = format!("{YELLOW}warning{PLAIN} {}: {}", self.code, self.message);
        if self.bytes > 0 {
            let _ = write!(text, " ({} in {} files)", bytes(self.bytes), self.paths.len());
        }
        for path in self.paths.iter().take(SHOWN) {
            let _ = write!(text, "\n  {DIM}{path}{PLAIN}");
        }
        if self.paths.len() > SHOWN {
            let _ = write!(text, "\n  {DIM}and {} more{PLAIN}", self.paths.len() - SHOWN);
        }
        text
    }
}
