//! What pages and web views say: that they begin, are ready, are broken, are gone, or want to begin again.
//!
//! In: tokens and calls. Out: a trial that is over, a retreat, or a status. May touch: nothing. Keeps: I4, I5.

use super::{Gate, PageSeen, Standing, Turn, Work};
use crate::model::bundle::Token;
use crate::model::event::{Asker, FirstPage, Outcome, RenderExit};
use crate::model::ledger::Cause;
use crate::model::report::Reason;

/// Page begins beyond the allowed ones that make a loop.
const LOOP: u32 = 3;

impl Work<'_> {
    /// A new web view shows what was decided; its page may begin.
    pub(super) fn attached(&mut self) -> Outcome {
        self.machine.session.allowed = self.machine.session.allowed.saturating_add(1);
        self.serve_shown();
        Outcome::Serving
    }

    pub(super) fn page_began(&mut self, token: &Token) -> Outcome {
        self.machine.session.page = PageSeen::Yes;
        self.machine.session.gate = Gate::Shut;
        if !self.shows(token) {
            return Outcome::Stale;
        }
        self.page_is_own();
        if self.standing() != Standing::Trial {
            return Outcome::Noted;
        }
        self.machine.session.gate = Gate::Open;
        match self.machine.session.allowed.checked_sub(1) {
            Some(allowed) => self.machine.session.allowed = allowed,
            None if self.begins_again() => return self.roll_back(Cause::PageLoop, ""),
            None => {}
        }
        Outcome::Noted
    }

    /// A page of this bundle runs: the ones after it need not clear service workers.
    fn page_is_own(&mut self) {
        if let Some(showing) = &mut self.machine.session.showing {
            showing.page = FirstPage::Again;
        }
        if let Some(serve) = self.machine.marks.serve.as_mut().filter(|serve| serve.fresh) {
            serve.fresh = false;
        }
    }

    /// Count a begin that nobody but the page wanted. Is it a loop?
    fn begins_again(&mut self) -> bool {
        self.machine.marks.serve.as_mut().is_some_and(|serve| {
            serve.begins = serve.begins.saturating_add(1);
            serve.begins >= LOOP
        })
    }

    pub(super) fn reload(&mut self, asker: Asker) -> Outcome {
        match self.standing() {
            Standing::Elsewhere => {
                self.show(Turn::Now);
                return Outcome::Reloading;
            }
            Standing::Trial if asker == Asker::Page && self.begins_again() => {
                return self.roll_back(Cause::PageLoop, "");
            }
            _ => {}
        }
        let token = &self.at.token;
        if let Some(serve) = &mut self.machine.marks.serve {
            serve.token = token.clone();
        }
        let session = &mut self.machine.session;
        if let Some(showing) = &mut session.showing {
            showing.token = token.clone();
        }
        session.gate = Gate::Shut;
        session.allowed = session.allowed.saturating_add(1);
        self.serve_shown();
        Outcome::Reloading
    }

    pub(super) fn render_gone(&mut self, exit: RenderExit) -> Outcome {
        if self.standing() == Standing::Trial && exit == RenderExit::Crashed {
            return self.roll_back(Cause::RenderGone, "");
        }
        self.machine.session.gate = Gate::Shut;
        self.machine.session.allowed = self.machine.session.allowed.saturating_add(1);
        Outcome::Noted
    }

    /// The trial's own page proved that the bundle boots.
    pub(super) fn confirmed(&mut self) -> Outcome {
        self.elapse();
        let (from, to) = (self.machine.state.slots.fallback().clone(), self.machine.state.slots.current());
        self.note(&from, &to, Reason::Confirmed);
        if let Some((root, artifact)) = self.machine.state.record(&to).map(|kept| (kept.root, kept.artifact)) {
            self.machine.state.ledger.clear(root, artifact);
        }
        self.machine.state.slots.confirm();
        self.machine.marks.trial = None;
        self.machine.marks.deaths = 0;
        if let Some(serve) = &mut self.machine.marks.serve {
            (serve.trial, serve.counted, serve.begins) = (None, false, 0);
        }
        Outcome::Confirmed
    }

    /// The page says that it is broken, on trial or not.
    pub(super) fn failed(&mut self, detail: &str) -> Outcome {
        self.elapse();
        let current = self.machine.state.slots.current();
        if !current.is_builtin() {
            return self.roll_back(Cause::Reported, detail);
        }
        let builtin = self.machine.state.named(&current);
        let report = self.report(builtin.clone(), builtin, Reason::Reported, detail);
        self.machine.state.reports.add(report);
        Outcome::Reported
    }
}
