//! Is a content held back or blocked on this device?
//!
//! In: the ledger, a content, a native build, the release's `retry`, the time. Out: [`Block`] or none. May touch: nothing.
//! Keeps: I7 (builtin has no content digest here and cannot be asked for).

use crate::model::digest::{Digest, RootDigest};
use crate::model::ledger::{Cause, Ledger, Tag};

/// How long a failed content is held back, in seconds: long enough that a second failure is not the same bad moment.
pub const COOL_DOWN: u64 = 24 * 60 * 60;

/// A content that does not match; evaluation of the channel goes on without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// How it failed.
    pub cause: Cause,
    /// When it may be tried again, unix seconds; none: not on this native build.
    pub until: Option<u64>,
}

/// What a content is asked for by.
#[derive(Debug, Clone, Copy)]
pub struct Content {
    /// Its root digest.
    pub root: RootDigest,
    /// The artifact it would come from.
    pub artifact: Option<Digest>,
    /// The release's `retry`: one above the entry's lets devices try again.
    pub retry: u64,
}

/// Is this content blocked on this build at this time? `now` is unix seconds (formats 4).
pub fn blocked(ledger: &Ledger, content: Content, build: Tag, now: u64) -> Option<Block> {
    let entry = ledger.find(content.root, content.artifact, build)?;
    if content.retry > entry.retry {
        return None;
    }
    let retries = match entry.cause {
        Cause::Reported => false,
        Cause::NotProven => true,
        Cause::NotConfirmed | Cause::PageLoop | Cause::RenderGone | Cause::CrashLoop => entry.failures < 2,
    };
    if !retries {
        return Some(Block { cause: entry.cause, until: None });
    }
    // A clock set back must not hold a bundle for longer than the cool-down itself (formats 10).
    let held = now >= entry.last && now - entry.last < COOL_DOWN;
    held.then(|| Block { cause: entry.cause, until: Some(entry.last.saturating_add(COOL_DOWN)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ledger::LedgerEntry;

    fn ledger(cause: Cause, failures: u32) -> Ledger {
        let mut ledger = Ledger::default();
        ledger.put(LedgerEntry {
            root: RootDigest(Digest::of(b"bad")),
            artifact: Some(Digest::of(b"zip")),
            build: Tag::of(&["1", "1.0"]),
            cause,
            failures,
            attempts: 2,
            first: 1000,
            last: 1000,
            retry: 3,
        });
        ledger
    }

    fn at(ledger: &Ledger, retry: u64, now: u64) -> Option<Block> {
        let content = Content { root: RootDigest(Digest::of(b"bad")), artifact: None, retry };
        blocked(ledger, content, Tag::of(&["1", "1.0"]), now)
    }

    #[test]
    fn each_cause_has_its_own_retries() {
        let day = Some(1000 + COOL_DOWN);
        for (cause, failures, today, tomorrow) in [
            (Cause::NotConfirmed, 1, Some(day), None),
            (Cause::NotConfirmed, 2, Some(None), Some(None)),
            (Cause::PageLoop, 1, Some(day), None),
            (Cause::RenderGone, 1, Some(day), None),
            (Cause::CrashLoop, 1, Some(day), None),
            (Cause::CrashLoop, 2, Some(None), Some(None)),
            (Cause::NotProven, 0, Some(day), None),
            (Cause::NotProven, 5, Some(day), None),
            (Cause::Reported, 1, Some(None), Some(None)),
        ] {
            let ledger = ledger(cause, failures);
            let until = |now| at(&ledger, 3, now).map(|block| block.until);
            assert_eq!((until(1001), until(1000 + COOL_DOWN)), (today, tomorrow), "{cause} {failures}");
        }
    }

    #[test]
    fn a_higher_signed_retry_and_another_build_are_free() {
        let ledger = ledger(Cause::Reported, 1);
        assert_eq!(at(&ledger, 4, 1001), None);
        let content = Content { root: RootDigest(Digest::of(b"bad")), artifact: None, retry: 0 };
        assert_eq!(blocked(&ledger, content, Tag::of(&["2", "1.0"]), 1001), None);
    }

    #[test]
    fn the_same_artifact_is_not_downloaded_again() {
        let other = RootDigest(Digest::of(b"unknown before it is unpacked"));
        let content = Content { root: other, artifact: Some(Digest::of(b"zip")), retry: 0 };
        assert!(blocked(&ledger(Cause::Reported, 1), content, Tag::of(&["1", "1.0"]), 1001).is_some());
    }

    #[test]
    fn a_clock_set_back_does_not_hold_a_bundle() {
        assert_eq!(at(&ledger(Cause::NotConfirmed, 1), 3, 10), None);
    }
}
