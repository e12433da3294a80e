//! What steps of the boot machine mean for the pages that are shown.
//!
//! In: steps, tokens of pages. Out: pages and events for the host, moments for the update cycle. May touch: what the core touches.
//! Keeps: I4 (what is shown last is what the core shows).

use super::Engine;
use crate::event::{Event, Named};
use crate::host::{Load, Page};
use crate::mode::Moment;
use crate::script::document_start;
use aloft_core::model::Token;
use aloft_core::model::config::ReloadAt;
use aloft_core::model::event::Outcome;
use aloft_core::updater::{Proof, Serve, Step};
use std::sync::atomic::Ordering;

impl Engine {
    /// Confirms the serve that the proof belongs to, because its page says that it is ready (I4).
    pub(crate) fn confirm(&self, proof: &Proof) -> Outcome {
        let step = self.updater.confirm(proof);
        let outcome = step.outcome.clone();
        self.apply(step);
        if let Proof::Token(token) = proof {
            self.page_is_there(token);
        }
        if matches!(outcome, Outcome::Confirmed | Outcome::AlreadyConfirmed) {
            self.moment(Moment::Confirmed);
        }
        outcome
    }

    /// Does what a step of the boot machine says, and sets the timer.
    pub(crate) fn apply(&self, step: Step) {
        self.apply_keeping_timer(step);
        self.set_timer();
    }

    /// Does the same as [`Engine::apply`] and leaves the timer as it is, for a caller that sets it afterwards.
    pub(crate) fn apply_keeping_timer(&self, step: Step) {
        let before = self.runtime.serve();
        if let Some(serve) = step.serve {
            let load = if serve.load == ReloadAt::SamePath { Load::SameUrl } else { Load::Start };
            let page = self.page(&serve, load);
            self.runtime.outbox.show(serve, page, |token| self.updater.shows(token));
            self.deliver();
        }
        // A page in the background is left at once; the next one is shown when the app is in the foreground.
        let left = before.filter(|before| !self.updater.shows(&before.token));
        if let (Outcome::RolledBack(_), Some(left)) = (step.outcome, left) {
            self.runtime.page_gone(&left.token);
            if !left.bundle.is_builtin() {
                self.moment(Moment::RolledBack(left.bundle));
            }
        }
    }

    /// Gives the page that the host shows by itself. Where the core has nothing to say, that is the builtin web assets without
    /// the plugin (I1).
    pub(crate) fn first_page(&self, step: Step) -> Page {
        let Some(serve) = step.serve else { return Page { load: Load::Start, ..Page::none() } };
        let page = self.page(&serve, Load::Start);
        self.runtime.outbox.attach(serve, |token| self.updater.shows(token));
        self.set_timer();
        page
    }

    /// Takes the announcement of a page, which names its token (I4). Does nothing while updates stand down.
    pub(crate) fn page_began(&self, token: &str) {
        let Ok(token) = token.parse::<Token>() else { return };
        if self.settings.stand_down.is_none() {
            self.apply(self.updater.page_began(&token));
            self.page_is_there(&token);
        }
    }

    /// Sends events to the page with this token, if it is the one that is shown.
    pub(crate) fn page_is_there(&self, token: &Token) {
        self.runtime.outbox.page_began(|| self.updater.shows(token));
        self.deliver();
    }

    /// Tells the app of a rollback that the launch decided, before anything else that its page hears. `since` is a time before
    /// the launch, in unix seconds.
    pub(crate) fn tell_of_launch(&self, outcome: &Outcome, since: u64) {
        if *outcome != Outcome::Serving || self.runtime.told.swap(true, Ordering::SeqCst) {
            return;
        }
        let described = self.described();
        let reports = described.state().reports.entries();
        let left = reports.iter().rev().find(|report| report.at >= since && report.reason.is_rollback());
        if let Some(bundle) = left.map(|report| described.left(report)) {
            self.emit(Event::UpdateFailed(Named { bundle }));
        }
    }

    fn page(&self, serve: &Serve, load: Load) -> Page {
        Page {
            bundle: serve.path.clone(),
            script: Some(document_start(serve, self.settings.service_workers)),
            token: Some(serve.token.as_str().to_owned()),
            load,
        }
    }
}
