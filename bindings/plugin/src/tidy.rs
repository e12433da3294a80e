//! Removes bundles that are not needed any more, and forgets what one process must not leave to the next.
//!
//! In: the state, the config. Out: ids to remove. May touch: the state and what lasts, on the worker.
//! Keeps: I7 (what a slot names stays, so the fallback does too).

use crate::config::{PluginSettings, Tidy};
use aloft_core::model::ledger::{Cause, Tag};
use aloft_core::model::state::{Kept, State};
use aloft_core::model::{BundleId, Error};
use aloft_core::updater::{Native, Updater};
use std::sync::atomic::{AtomicBool, Ordering};

/// Finds bundles that failed (`autoDeleteFailed`) and those that were current once (`autoDeletePrevious`).
pub(crate) fn unneeded(state: &State, tidy: Tidy) -> Vec<BundleId> {
    let build = Tag::of_build(&state.build);
    let is_unneeded = |kept: &&Kept| {
        let failure = state.ledger.find(kept.root, kept.artifact, build);
        match failure {
            Some(entry) => tidy.failed && entry.cause != Cause::NotProven, // that one is tried again
            None => tidy.previous && kept.used > 0,
        }
    };
    let free = state.bundles.iter().filter(|kept| !state.names(&kept.id));
    free.filter(is_unneeded).map(|kept| kept.id.clone()).collect()
}

/// Removes these bundles and returns the errors. A bundle that is needed again by now stays.
pub(crate) fn remove(updater: &Updater, unneeded: &[BundleId]) -> Vec<Error> {
    unneeded.iter().filter_map(|id| updater.remove(id).err()).collect()
}

/// Forgets what the config does not let outlive a process, and returns the errors. This runs before the first job of a process.
/// `named` tells whether the app named this device in this process.
pub(crate) fn prepare(updater: &Updater, settings: &PluginSettings, named: &AtomicBool) -> Vec<Error> {
    if settings.stand_down.is_some() {
        return Vec::new();
    }
    let forgets_custom_id = !settings.allow.keep_custom_id && !named.load(Ordering::SeqCst);
    let forgets_channel = !settings.allow.keep_channel && updater.native() == Native::New;
    let custom_id = forgets_custom_id.then(|| updater.set_custom_id(None));
    let channel = forgets_channel.then(|| updater.set_channel(None));
    custom_id.into_iter().chain(channel).filter_map(Result::err).collect()
}
