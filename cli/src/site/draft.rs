//! A channel's next document: while it is edited, as it is shown, and how that ended.
//!
//! In: the document in force, its history. Out: [`Draft`], [`Plan`], [`Outcome`]. May touch: nothing.

use super::difference::Change;
use super::{Verified, reach};
use crate::failure::Result;
use crate::output::Answer;
use crate::stops::{Permit, Permits, PublishStop};
use aloft_core::model::RootDigest;
use aloft_core::model::document::{ChannelDocument, Otherwise};
use serde::Serialize;

/// Asked with every change before it is signed and written.
pub type Approve<'a> = dyn FnMut(&Plan) -> Result<Answer> + 'a;

/// A channel's next document while it is edited.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What the edit changes; counter, issue and places in the list that cannot be reached are seen to afterwards.
    pub document: ChannelDocument,
    /// Every earlier document, newest first; the one in force is among them.
    pub history: Vec<ChannelDocument>,
    /// What the publisher should know before it is written.
    pub warnings: Vec<String>,
    /// What is not written unless somebody says so.
    pub stops: Vec<PublishStop>,
    /// What was found about the site and the clock: `publish` stops for it, other commands only say it.
    pub(super) findings: Vec<(Permit, String)>,
    /// The time it is signed for, unix seconds: now, or the latest time that a document was signed for.
    pub issued: u64,
    /// May it be built on a document whose counter another one had?
    pub(crate) mends_fork: bool,
}

impl Draft {
    /// A draft that says what `document` says.
    pub(crate) fn new(document: ChannelDocument, history: Vec<ChannelDocument>) -> Self {
        Self {
            issued: document.issued.0,
            document,
            history,
            warnings: Vec::new(),
            stops: Vec::new(),
            findings: Vec::new(),
            mends_fork: false,
        }
    }
}

impl Draft {
    /// Stops for what was found about the site and the clock.
    pub(crate) fn stop_for_findings(&mut self, permits: &Permits) {
        let stops = self.findings.drain(..).map(|(permit, message)| PublishStop::new(permit, message, permits));
        self.stops.extend(stops);
    }
}

/// A change that could be written.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// The next document.
    pub document: ChannelDocument,
    /// How it differs from the one in force.
    pub changes: Vec<Change>,
    /// What the publisher should know before it is written.
    pub warnings: Vec<String>,
    /// What is not written unless somebody says so.
    pub stops: Vec<PublishStop>,
    #[serde(skip)]
    pub(super) before: Option<Verified<ChannelDocument>>,
}

impl Plan {
    /// Would somebody who said yes to `other` say yes to this?
    pub(super) fn asks_the_same(&self, other: &Self) -> bool {
        (&self.changes, &self.stops) == (&other.changes, &other.stops)
    }
}

/// How a change ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Signed and written.
    Written(Plan),
    /// Nobody wanted it written.
    Declined(Plan),
    /// There was nothing to change; the document in force stays as it is.
    Unchanged(ChannelDocument),
}

/// The salt of a release's rollout and audience: each content draws anew, and publishing it again draws the same.
pub(crate) fn salt(root: RootDigest) -> String {
    root.to_string().chars().take(16).collect()
}

/// The highest retry that any document gave this content.
pub(crate) fn highest_retry(draft: &Draft, root: RootDigest) -> u64 {
    let entries = draft.history.iter().flat_map(|document| &document.releases);
    entries.filter(|entry| entry.root == root).map(|entry| entry.retry).max().unwrap_or(0)
}

/// Say what devices do that no release matches, if there are any.
pub(crate) fn warn_of_gaps(draft: &mut Draft) {
    if !draft.document.releases.iter().any(reach::is_full) {
        draft.warnings.push(match draft.document.otherwise {
            Otherwise::Keep => "devices that match no release stay where they are (otherwise: keep)".to_owned(),
            Otherwise::Builtin => "devices that match no release go to the assets inside the app".to_owned(),
        });
    }
}
