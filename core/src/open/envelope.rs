//! Signed documents.
//!
//! In: bytes. Out: what a trusted key signed. May touch: nothing. Keeps: I3.

use crate::model::document::ReleaseEntry;

/// A release that a trusted key signed.
#[derive(Debug, Clone)]
pub struct Release {
    app: String,
    entry: ReleaseEntry,
}

impl Release {
    /// A release of `app`.
    pub fn new(app: impl Into<String>, entry: ReleaseEntry) -> Self {
        Self { app: app.into(), entry }
    }

    /// The app it is of.
    pub fn app(&self) -> &str {
        &self.app
    }

    /// What was signed of it.
    pub fn entry(&self) -> &ReleaseEntry {
        &self.entry
    }
}
