//! What is remembered of checks and of releases that failed: for the back-off, and for whoever asks why.
//!
//! In: how a check or an install ended. Out: `feed/<channel>`, reports. May touch: those. Keeps: I10 (a failure is not
//! repeated at once), I11 (a refusal leaves a durable record).

use super::Asked;
use super::Updater;
use super::worker::{Gate, Run, channel_url};
use crate::decide::backoff;
use crate::keep::feed::{self, Cached, Failed};
use crate::model::document::ReleaseEntry;
use crate::model::report::{Named, Reason};
use crate::model::state::State;
use crate::model::{Code, Digest, Error, Result, RootDigest};

impl Updater {
    /// Until when is this content not fetched by schedule? It failed, and each attempt may cost the whole download.
    pub(super) fn held_back(&self, run: &Run<'_>, root: RootDigest, asked: Asked) -> Option<u64> {
        let failed = self.cached(run)?.failed.filter(|failed| failed.root == root && asked == Asked::BySchedule)?;
        (!self.is_due(failed.not_before)).then_some(failed.not_before)
    }

    /// Until when is it too soon to check by schedule? Asked before anything is locked, written or made, so that a check that is
    /// too soon costs no more than reading when the last one was.
    ///
    /// # Errors
    /// While the gate is closed (I3).
    pub(super) fn too_soon(&self, asked: Asked) -> Result<Option<u64>> {
        let Gate { trust, site, .. } = self.gate()?;
        if asked != Asked::BySchedule {
            return Ok(None);
        }
        let (lasting, problem) = self.peek();
        if problem.is_some() {
            return Ok(None); // the run says what is wrong
        }
        let channel = self.channel_of(&lasting);
        let cached = self.cached_from(&channel, &channel_url(&site, &channel), trust.chain());
        Ok(cached.map(|cached| cached.not_before).filter(|until| !self.is_due(*until)))
    }

    /// Is a deadline of the back-off over?
    pub(super) fn is_due(&self, until: u64) -> bool {
        backoff::due(self.ports.system.unix_seconds(), until, &self.config.timing)
    }

    /// Keep how the check failed, for the back-off to outlive the process (field problem D5).
    pub(super) fn note_check(&self, run: &Run<'_>, error: &Error) {
        if error.code() == Code::Cancelled {
            return;
        }
        let before = self.cached(run).unwrap_or_else(|| self.checked_now(run));
        let failures = before.failures.saturating_add(1);
        let checked = self.ports.system.unix_seconds();
        let not_before = self.not_before(failures, error);
        self.remember(run, &Cached { checked, failures, not_before, ..before });
        self.explain(error, None);
    }

    /// Keep how bringing a release here went.
    pub(super) fn note_release(&self, run: &Run<'_>, entry: &ReleaseEntry, error: Option<&Error>) {
        let Some(cached) = self.cached(run) else { return };
        let before = cached.failed.filter(|failed| failed.root == entry.root);
        let failed = match error {
            Some(error) if matches!(error.code(), Code::Blocked | Code::Withdrawn) => return, // nothing was to be brought
            Some(Error::Network { .. }) => return, // what came is kept: the next attempt costs only the rest
            Some(error) => {
                self.explain(error, Some(entry));
                let failures = before.map_or(0, |failed| failed.failures).saturating_add(1);
                Some(Failed { root: entry.root, failures, not_before: self.not_before(failures, error) })
            }
            None => None,
        };
        if cached.failed != failed {
            self.remember(run, &Cached { failed, ..cached });
        }
    }

    /// What was refused for what it is leaves a record, whoever asked (I11); what may pass by itself does not.
    pub(super) fn explain(&self, error: &Error, entry: Option<&ReleaseEntry>) {
        use Error as E;
        let refused = matches!(
            error,
            E::Protocol { .. } | E::Untrusted { .. } | E::Corrupt { .. } | E::UnsafeArchive { .. } | E::TooLarge { .. }
        );
        let (detail, now) = (error.to_string(), self.ports.system.unix_seconds());
        let report = |state: &mut State| {
            let named = state.named(&state.slots.current());
            let from =
                entry.map(|entry| Named { version: Some(entry.version.clone()), root: Some(entry.root), ..named });
            state.note(from, Reason::Refused, &detail, now);
        };
        if let Some(Err(error)) = refused.then(|| self.amend(report)) {
            self.log(&format!("the report: {error}"));
        }
    }

    fn not_before(&self, failures: u32, error: &Error) -> u64 {
        let asked = match error {
            Error::Server { retry_after, .. } => *retry_after,
            _ => None,
        };
        let mut random = [0; 8];
        self.ports.system.random(&mut random);
        let random = u64::from_be_bytes(random);
        backoff::not_before(self.ports.system.unix_seconds(), failures, asked, random, &self.config.timing)
    }

    /// What is kept of the channel, as far as it is of this site and trust.
    pub(super) fn cached(&self, run: &Run<'_>) -> Option<Cached> {
        self.cached_from(&run.channel(), &run.channel_url(), run.trust.chain())
    }

    fn cached_from(&self, channel: &str, url: &str, chain: Digest) -> Option<Cached> {
        feed::load(&self.store, channel).filter(|cached| cached.url == url && cached.chain == chain)
    }

    /// Without it the next check asks for all of it, and does not know how this one went.
    pub(super) fn remember(&self, run: &Run<'_>, cached: &Cached) {
        if let Err(error) = feed::save(&self.store, &run.channel(), cached) {
            self.log(&format!("the feed's copy: {error}"));
        }
    }

    /// A successful check of this moment, nothing known of the document yet.
    pub(super) fn checked_now(&self, run: &Run<'_>) -> Cached {
        let checked = self.ports.system.unix_seconds();
        let not_before = backoff::not_before(checked, 0, None, 0, &self.config.timing);
        Cached {
            url: run.channel_url(),
            chain: run.trust.chain(),
            etag: None,
            envelope: None,
            checked,
            failures: 0,
            not_before,
            failed: None,
        }
    }
}
