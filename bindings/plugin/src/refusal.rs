//! Why a call was not done, as JavaScript sees it.
//!
//! In: errors of the core, and what is wrong with a call. Out: [`Refusal`]. May touch: nothing. Keeps: I11.

use aloft_core::model::Error;
use serde::Serialize;
use serde_json::Value;

/// Why a call was not done: what `catch` gets in JavaScript.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Refusal {
    /// Stable code (`docs/errors.md`, or one of the plugin's own).
    pub code: String,
    /// What is wrong, and where.
    pub message: String,
    /// What goes with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

impl Refusal {
    /// A refusal without data.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), data: None }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::new(error.code().as_str(), error.to_string())
    }
}
