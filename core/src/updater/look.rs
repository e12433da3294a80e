//! What an app asks beside the update itself: the state as a whole, the signed index, its last rollback, a verdict of its own.
//!
//! In: calls of the host. Out: the same as data. May touch: the state; `index` the network and `lasting`.
//! Keeps: I3, I9 (the index raises its floor before it is used), I11 (a verdict leaves a report).

use super::Updater;
use crate::keep::lasting;
use crate::model::document::IndexDocument;
use crate::model::event::{Event, Outcome};
use crate::model::report::Report;
use crate::model::state::State;
use crate::model::{BundleId, Error, Result};

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
        let step = self.asked(&Event::Condemned(id.clone()))?;
        // A process that only shows has changed nothing, and the caller has to know.
        if step.outcome == Outcome::Passive { Err(Error::Poisoned) } else { Ok(()) }
    }
}
