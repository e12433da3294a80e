//! What the table answers: an outcome, the changes to make, what to show, and what to do if that cannot be written.
//!
//! Out: plain data, made by the table and the launch, done by `apply.rs`.

use super::IfUnwritten;
use crate::model::bundle::{BundleId, BundleRef};
use crate::model::digest::{Digest, RootDigest};
use crate::model::event::{Outcome, Refusal};
use crate::model::ledger::Cause;
use crate::model::report::Reason;
use crate::model::slots::ResetTo;
use crate::model::state::Kept;

/// The answer of one row.
#[derive(Debug)]
pub(super) struct Decision {
    pub(super) outcome: Outcome,
    pub(super) changes: Vec<Change>,
    pub(super) show: Show,
    pub(super) if_unwritten: IfUnwritten,
}

/// One change of slots, kept bundles, ledger or reports.
#[derive(Debug)]
pub(super) enum Change {
    /// Serve a bundle on trial.
    Begin(BundleId),
    /// End the trial well.
    Confirm,
    /// Leave the current bundle for the fallback, or for builtin. With a cause, the failure is held against its content.
    Leave(Reason, Option<Cause>, String),
    /// Leave the current bundle because somebody asked for it, and drop `next`.
    GoBack(ResetTo),
    /// Report what the page of builtin says. Nothing is behind builtin, so nothing else follows.
    Complain(String),
    /// Name what the next launch takes.
    Stage(BundleRef),
    /// Drop `next`, and report why.
    DropNext(Reason),
    /// Replace the fallback by builtin, because it is not good any more.
    DropFallback,
    /// Take a record in, under the id it carries.
    Keep(Box<Kept>),
    /// Report why a record was not taken in.
    Refuse(Box<Kept>, Refusal),
    /// Forget a kept bundle.
    Remove(BundleId),
    /// Mark a kept bundle as damaged. As `current` it goes on until the next launch; any other slot that names it is cleared.
    Damage(BundleId),
    /// Hold the app's own verdict against a kept bundle, and drop it if it is `next`.
    Condemn(BundleId),
    /// Mark exactly these contents as withdrawn by a channel, and clear the slots beside `current` that name one of them.
    Withdraw(String, Vec<RootDigest>),
    /// Have the ledger forget a content or an artifact.
    Unblock(RootDigest, Option<Digest>),
}

/// What the web view is to load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    /// Nothing: it stays as it is.
    Nothing,
    /// What was decided before: in a new web view, or because somebody looks now.
    Same,
    /// The same serve under a new token.
    Reload,
    /// The same serve under a new token, at the app's start URL and with its whole time again.
    AgainAtStart,
    /// A new serve of `current`, at once.
    Now,
    /// A new serve of `current`: at once if the app is in the foreground, else when it comes there (field problem A3).
    WhenSeen,
}

/// Answer without a change. It stands if it cannot be written.
pub(super) fn answer(outcome: Outcome) -> Decision {
    Decision { outcome, changes: Vec::new(), show: Show::Nothing, if_unwritten: IfUnwritten::Keep }
}

/// Answer somebody who asked. If it cannot be written it is undone, and the caller is told.
pub(super) fn asked(outcome: Outcome) -> Decision {
    Decision { if_unwritten: IfUnwritten::Undo, ..answer(outcome) }
}

/// Leave `current` in this session and hold the failure against it. This stands whether or not it can be written (I1).
pub(super) fn leave(cause: Cause, detail: &str) -> Decision {
    answer(Outcome::RolledBack(cause.into()))
        .with(Change::Leave(cause.into(), Some(cause), detail.to_owned()))
        .showing(Show::WhenSeen)
}

impl Decision {
    /// Add a change; changes are made in the order in which they were added.
    pub(super) fn with(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    pub(super) fn showing(self, show: Show) -> Self {
        Self { show, ..self }
    }
}
