//! What an app asks beside the update itself: the state as a whole, the signed index, its last rollback, a verdict of its own.
//!
//! In: calls of the host. Out: the same as data. May touch: the state; `index` the network and `lasting`.
//! Keeps: I3, I9 (the index raises its floor before it is used), I11 (a verdict leaves a report).

use super::Updater;
use crate::keep::lasting;
use crate::model::document::IndexDocument;
use crate::model::ledger::Cause;
use crate::model::report::{Reason, Report};
use crate::model::state::State;
use crate::model::{BundleId, BundleRef, Code, Error, Result};

impl Updater {
    /// The whole state as it stands. Small file I/O. Safe on a main thread.
    pub fn state(&self) -> State {
        self.fresh().state().clone()
    }

    /// The signed list of channels; `None`: another check or update runs. Blocks on the network; the worker's call.
    ///
    /// # Errors
    /// As [`Updater::check`].
    pub fn index(&self) -> Result<Option<IndexDocument>> {
        self.run(|run| {
            let floors = run.lasting.floors.clone();
            let channel = run.channel();
            self.bound_by_known(run, &channel)?;
            let index = self.fetch_index(run)?;
            if run.lasting.floors != floors {
                lasting::save(&self.store, &run.lasting)?; // I9
            }
            Ok(index.document().clone())
        })
    }

    /// The newest rollback that was not told yet; told once. Its report stays until it is acknowledged. Small file I/O, a
    /// synced write if there is one.
    ///
    /// # Errors
    /// Storage errors: then it is told again.
    pub fn tell_rollback(&self) -> Result<Option<Report>> {
        let mut rollback = None;
        self.amend(|state| {
            let untold = |report: &&Report| report.id > state.told && report.reason.is_rollback();
            rollback = state.reports.entries().iter().rev().find(untold).cloned();
            state.told = rollback.as_ref().map_or(state.told, |report| report.id);
        })?;
        Ok(rollback)
    }

    /// The app says that a kept bundle is bad: its content is not taken again by itself. What is shown stays. Small file I/O.
    ///
    /// # Errors
    /// `unknown_bundle`; storage errors: then nothing has changed.
    pub fn condemn(&self, id: &BundleId) -> Result<()> {
        let now = self.ports.system.unix_seconds();
        let mut found = false;
        self.amend(|state| found = condemn(state, id, now))?;
        if found { Ok(()) } else { Err(Error::refused(Code::UnknownBundle, format!("no bundle {id}"))) }
    }
}

fn condemn(state: &mut State, id: &BundleId, now: u64) -> bool {
    if state.kept(id).is_none() {
        return false;
    }
    state.blame(id, Cause::Reported, 0, now);
    let bundle = BundleRef::Kept(id.clone());
    if state.slots.next() == Some(&bundle) {
        state.slots.drop_next();
    }
    state.note(Some(state.named(&bundle)), Reason::Blocked, "the app said so", now);
    true
}
