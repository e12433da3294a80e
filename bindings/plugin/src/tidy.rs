//! Bundles that nobody goes back to, and what a process forgets of the one before.
//!
//! In: the state, the config. Out: ids to remove. May touch: the state and what lasts, on the worker.
//! Keeps: I7 (what a slot names stays, so the fallback does too).

use crate::config::Tidy;
use crate::host::Level;
use crate::plugin::Plugin;
use aloft_core::model::ledger::{Cause, Tag};
use aloft_core::model::state::State;
use aloft_core::model::{BundleId, Error};
use aloft_core::updater::Native;
use std::sync::atomic::Ordering;

/// Bundles that failed (`autoDeleteFailed`), and those that were current once (`autoDeletePrevious`).
pub(crate) fn unneeded(state: &State, tidy: Tidy) -> Vec<BundleId> {
    let build = Tag::of_build(&state.build);
    let is_unneeded = |kept: &&aloft_core::model::state::Kept| {
        let failure = state.ledger.find(kept.root, kept.artifact, build);
        match failure {
            Some(entry) => tidy.failed && entry.cause != Cause::NotProven, // that one is tried again
            None => tidy.previous && kept.used > 0,
        }
    };
    let free = state.bundles.iter().filter(|kept| !state.names(&kept.id));
    free.filter(is_unneeded).map(|kept| kept.id.clone()).collect()
}

/// Remove them; what has come to be needed since is passed by.
pub(crate) fn remove(plugin: &Plugin, unneeded: &[BundleId]) {
    for id in unneeded {
        note(plugin, plugin.updater.remove(id).map(|_| ()));
    }
}

/// Before the first job of a process: forget what the config does not let outlive one.
pub(crate) fn prepare(plugin: &Plugin) {
    if plugin.settings.stand_down.is_some() {
        return;
    }
    let allow = plugin.settings.allow;
    if !allow.keep_custom_id && !plugin.named.load(Ordering::SeqCst) {
        note(plugin, plugin.updater.set_custom_id(None).map(|_| ()));
    }
    if !allow.keep_channel && plugin.updater.native() == Native::New {
        note(plugin, plugin.updater.set_channel(None).map(|_| ()));
    }
}

fn note(plugin: &Plugin, result: Result<(), Error>) {
    if let Err(error) = result {
        plugin.log(Level::Info, &error.to_string());
    }
}
