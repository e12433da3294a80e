//! May a launch take what is staged?
//!
//! In: the state, `next`, the time. Out: [`Eligibility`]. May touch: nothing. Keeps: I2, I7, I11.
//! Delay conditions belong here: they add an answer between the two.

use super::block::{Content, blocked};
use crate::model::bundle::BundleRef;
use crate::model::ledger::Tag;
use crate::model::report::Reason;
use crate::model::state::{Kept, State};

/// May a launch take what is staged?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eligibility {
    /// At this launch.
    Now,
    /// At none: it is dropped, for this reason.
    Never(Reason),
}

/// May a launch take `next`, whose files are there? `now` is unix seconds.
pub fn eligible(state: &State, next: &BundleRef, now: u64) -> Eligibility {
    match state.record(next) {
        Some(kept) if kept.withdrawn => Eligibility::Never(Reason::Withdrawn),
        Some(kept) if kept.damaged => Eligibility::Never(Reason::BundleMissing),
        Some(kept) if kept_blocked(state, kept, now) => Eligibility::Never(Reason::Blocked),
        None if !next.is_builtin() => Eligibility::Never(Reason::BundleMissing),
        _ => Eligibility::Now,
    }
}

/// Is this kept bundle blocked on the state's native build?
pub(super) fn kept_blocked(state: &State, kept: &Kept, now: u64) -> bool {
    let content = Content { root: kept.root, artifact: kept.artifact, retry: kept.retry };
    blocked(&state.ledger, content, Tag::of_build(&state.build), now).is_some()
}
