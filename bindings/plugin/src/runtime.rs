//! Lifecycle in, the core's steps out to the host.
//!
//! In: calls of the host. Out: pages, events, the timer. May touch: what the core touches, through its ports.
//! Keeps: I1, I4, I13.

use crate::event::{Event, Nothing};
use crate::host::{Leaving, Level, Load, Page};
use crate::plugin::{Plugin, lock};
use crate::script::document_start;
use aloft_core::model::Token;
use aloft_core::model::event::Outcome;
use aloft_core::model::facts::{Exit, Facts};
use aloft_core::updater::{Asked, Proof, Serve, Step};
use serde::Serialize;
use std::sync::atomic::Ordering;

/// What became of the wish for a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum Triggered {
    /// It begins.
    Queued,
    /// One is going on.
    AlreadyRunning,
    /// There is nobody to ask, or updates stand down.
    Unavailable,
}

impl Plugin {
    /// What the first page of this process shows; the host loads it. Small file I/O, safe on the main thread (I1).
    pub fn launch(&self, facts: &Facts) -> Page {
        let facts = self.told(facts);
        if let Some(why) = self.settings.stand_down {
            self.updater.inform(&facts);
            self.log(Level::Info, &format!("updates leave this app alone: {why}"));
            return Page { bundle: None, script: None, token: None, load: Load::Nothing };
        }
        self.first(self.updater.launch(&facts))
    }

    /// A new web view or Activity in this process: what it shows. Safe on the main thread.
    pub fn attached(&self) -> Page {
        if self.settings.stand_down.is_some() {
            return Page { bundle: None, script: None, token: None, load: Load::Nothing };
        }
        self.first(self.updater.attached())
    }

    /// The host could not wait for the core: this process shows the builtin web assets and only works. No I/O.
    pub fn missed(&self, facts: &Facts) {
        self.updater.inform(&self.told(facts));
        self.log(Level::Warning, "the core was not ready in time; this process shows the builtin web assets");
    }

    /// A page announced itself with its token (I4). Safe on the main thread.
    pub fn page_began(&self, token: &str) {
        if let Ok(token) = token.parse::<Token>() {
            self.apply(self.updater.page_began(&token));
        }
    }

    /// The app is active. Safe on the main thread.
    pub fn foreground(&self) {
        self.apply(self.updater.foreground());
    }

    /// The app leaves the foreground. Safe on the main thread.
    pub fn background(&self, _leaving: Leaving) {
        self.apply(self.updater.background());
    }

    /// The system says that the process ends. Safe on the main thread.
    pub fn terminating(&self) {
        self.apply(self.updater.terminating());
    }

    /// The timer of [`Host::wake`] fired. Safe on the main thread.
    pub fn tick(&self) {
        self.apply(self.updater.tick());
    }

    /// The renderer of the page that is shown is gone. Safe on the main thread.
    pub fn render_gone(&self, exit: Exit) {
        let token = lock(&self.shown).as_ref().map(|serve| serve.token.clone());
        if let Some(token) = token {
            self.apply(self.updater.render_gone(&token, exit));
        }
    }

    /// The page says that it is ready (I4).
    pub(crate) fn confirm(&self, proof: &Proof) -> Outcome {
        let step = self.updater.confirm(proof);
        let outcome = step.outcome.clone();
        self.apply(step);
        outcome
    }

    /// Show what a step shows, and wake when it says so.
    pub(crate) fn apply(&self, step: Step) {
        if let Some(serve) = step.serve {
            let page = self.page(&serve, self.settings.reload);
            *lock(&self.shown) = Some(serve);
            self.host.show(page);
            self.emit(Event::AppReloaded(Nothing {}));
        }
        if let Some(after) = step.wake_after {
            self.host.wake(after);
        }
    }

    /// Tell the app's listeners.
    pub(crate) fn emit(&self, event: Event) {
        let name = event.name();
        self.host.emit(name.name(), event.into_payload(), name.keep(self.settings.plan.mode));
    }

    /// Begin a check as the app's own wish.
    pub(crate) fn trigger_check(&self) -> Triggered {
        if self.settings.stand_down.is_some() || self.settings.core.feed.is_none() {
            return Triggered::Unavailable;
        }
        if self.checking.swap(true, Ordering::SeqCst) {
            return Triggered::AlreadyRunning;
        }
        self.work(|plugin| {
            let updated = plugin.updater.update(Asked::ByHand);
            plugin.checking.store(false, Ordering::SeqCst);
            match updated {
                Ok(updated) => plugin.apply(updated.step),
                Err(error) => plugin.log(Level::Warning, &error.to_string()),
            }
        });
        Triggered::Queued
    }

    fn first(&self, step: Step) -> Page {
        let page = step.serve.as_ref().map(|serve| self.page(serve, Load::Start));
        *lock(&self.shown) = step.serve;
        if let Some(after) = step.wake_after {
            self.host.wake(after);
        }
        page.unwrap_or(Page { bundle: None, script: None, token: None, load: Load::Start })
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
