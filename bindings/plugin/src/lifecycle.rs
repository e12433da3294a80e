//! What the host tells of its process: launch, pages, foreground and background, the timer, renderers that are gone.
//!
//! In: calls of the host, with facts and tokens. Out: the first page, and what the runtime makes of the rest. May touch: small
//! files, through the core; every call is safe on a main thread. Keeps: I1 (there is a page, whatever is wrong), I4.

use crate::host::{Leaving, Level, Page};
use crate::mode::Moment;
use crate::plugin::Plugin;
use aloft_core::model::Token;
use aloft_core::model::facts::{Exit, Facts};
use aloft_core::updater::Problem;

impl Plugin {
    /// What the first page of this process shows; the host loads it. Small file I/O, safe on the main thread (I1).
    pub fn launch(&self, facts: &Facts) -> Page {
        let facts = self.told(facts);
        if let Some(why) = self.settings.stand_down {
            self.updater.inform(&facts);
            self.log(Level::Info, &format!("updates leave this app alone: {why}"));
            return Page::none();
        }
        let since = self.system.unix_seconds();
        let step = self.updater.launch(&facts);
        let outcome = step.outcome.clone();
        let page = self.first(step);
        self.tell_of_launch(&outcome, since);
        self.launched(&facts);
        page
    }

    /// A new web view or Activity in this process: what it shows. Safe on the main thread.
    pub fn attached(&self) -> Page {
        if self.settings.stand_down.is_some() {
            return Page::none();
        }
        self.first(self.updater.attached())
    }

    /// The host could not wait for the core: this process shows the builtin web assets and only works. Its updates are shown by
    /// the next one. Safe on the main thread.
    pub fn missed(&self, facts: &Facts) {
        let facts = self.told(facts);
        self.updater.inform(&facts);
        if self.settings.stand_down.is_some() {
            return;
        }
        let detail = "the core was not ready in time, so this process shows the builtin web assets".to_owned();
        self.log(Level::Warning, &detail);
        self.runtime.miss(Problem { code: "start_timed_out".to_owned(), detail });
        self.launched(&facts);
    }

    /// A page announced itself with its token (I4). Safe on the main thread.
    pub fn page_began(&self, token: &str) {
        let Ok(token) = token.parse::<Token>() else { return };
        if self.settings.stand_down.is_none() {
            self.apply(self.updater.page_began(&token));
            self.page_is_there(&token);
        }
    }

    /// The app is active. Safe on the main thread.
    pub fn foreground(&self) {
        if self.settings.stand_down.is_none() {
            let since = self.system.unix_seconds();
            let step = self.updater.foreground();
            let outcome = step.outcome.clone();
            self.take(step);
            self.tell_of_launch(&outcome, since); // a state that could not be read at the launch is decided here
            self.moment(Moment::Foreground { at: self.now(), elapsed: self.elapsed() });
        }
    }

    /// The app leaves the foreground. Safe on the main thread.
    pub fn background(&self, leaving: Leaving) {
        if self.settings.stand_down.is_none() {
            self.take(self.updater.background());
            let next = self.updater.readiness();
            self.moment(Moment::Left { leaving, next, elapsed: self.elapsed() });
        }
    }

    /// The system says that the process ends. Safe on the main thread.
    pub fn terminating(&self) {
        if self.settings.stand_down.is_none() {
            self.apply(self.updater.terminating());
        }
    }

    /// The timer of [`Host::wake`](crate::Host::wake) fired. Safe on the main thread.
    pub fn tick(&self) {
        if self.settings.stand_down.is_none() {
            self.take(self.updater.tick());
            self.timer_fired();
            self.moment(Moment::Passed { at: self.now() });
        }
    }

    /// The renderer of the page that is shown is gone. Safe on the main thread.
    pub fn render_gone(&self, exit: Exit) {
        if let Some(shown) = self.runtime.serve() {
            self.runtime.page_gone(&shown.token);
            self.apply(self.updater.render_gone(&shown.token, exit));
        }
    }

    fn launched(&self, facts: &Facts) {
        let native = self.updater.native();
        let (at, elapsed) = (self.now(), self.elapsed());
        self.moment(Moment::Launched { foreground: facts.foreground, native, at, elapsed });
    }
}
