//! May a launch take what is staged?
//!
//! In: the state, `next`, the time. Out: [`Eligibility`], and the state without the conditions that are met. May touch: nothing.
//! Keeps: I2, I7, I11.

use super::block::{Content, blocked};
use crate::model::bundle::BundleRef;
use crate::model::delay::Delay;
use crate::model::ledger::Tag;
use crate::model::report::Reason;
use crate::model::state::{Kept, State};

/// May a launch take what is staged?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eligibility {
    /// At this launch.
    Now,
    /// Not yet: a condition of the app holds it, and it stays next.
    Later,
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
        _ if holds(state, now) => Eligibility::Later,
        _ => Eligibility::Now,
    }
}

fn holds(state: &State, now: u64) -> bool {
    state.delays.iter().any(|delay| delay.holds(&state.build.name, now))
}

/// Drop the conditions that are met: `away` milliseconds in the background were, or with `None` the process before this
/// one, with all that was counted in it. `now` is unix seconds.
pub fn lapse(state: &mut State, away: Option<u64>, now: u64) {
    let State { delays, build, .. } = state;
    delays.retain(|delay| match (delay, away) {
        (Delay::Background(_) | Delay::Kill, None) => false,
        (Delay::Background(least), Some(away)) => away <= *least,
        (delay, _) => delay.holds(&build.name, now),
    });
}

/// Is this kept bundle blocked on the state's native build?
pub fn kept_blocked(state: &State, kept: &Kept, now: u64) -> bool {
    let content = Content { root: kept.root, artifact: kept.artifact, retry: kept.retry };
    blocked(&state.ledger, content, Tag::of_build(&state.build), now).is_some()
}
