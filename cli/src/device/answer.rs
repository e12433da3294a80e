//! What the device answers, as JSON: the shapes of docs/cli.md.
//!
//! In: results of the core. Out: JSON values. May touch: nothing.

use aloft_core::model::event::Outcome;
use aloft_core::updater::{Checked, Step, Updated, Updater};
use serde_json::{Value, json};

/// The answer to a boot call.
pub(super) fn step(step: &Step) -> Value {
    let (outcome, detail) = (outcome(&step.outcome), detail(&step.outcome));
    json!({ "outcome": outcome, "detail": detail, "serve": step.serve, "wake_after": step.wake_after })
}

/// The answer to a check.
pub(super) fn checked(checked: &Checked) -> Value {
    with(json!(checked.status), [("skipped", json!(checked.skipped)), ("step", step(&checked.step))])
}

/// The answer to an update or an install.
pub(super) fn updated(updated: &Updated) -> Value {
    with(json!(updated.status), [("skipped", json!(updated.skipped)), ("step", step(&updated.step))])
}

/// What the updater knows of itself, and who this device is.
pub(super) fn status(updater: &Updater) -> Value {
    let id = updater.device_id().map_err(|error| error.to_string());
    with(
        json!(updater.status()),
        [("device_id", json!(id.as_ref().ok().and_then(Option::as_deref))), ("device_id_problem", json!(id.err()))],
    )
}

fn with<const N: usize>(mut value: Value, members: [(&str, Value); N]) -> Value {
    if let Value::Object(object) = &mut value {
        object.extend(members.map(|(name, member)| (name.to_owned(), member)));
    }
    value
}

/// The stable name of an outcome.
pub(super) fn outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Serving => "serving",
        Outcome::Passive => "passive",
        Outcome::NotLaunched => "not_launched",
        Outcome::Noted => "noted",
        Outcome::Confirmed => "confirmed",
        Outcome::AlreadyConfirmed => "already_confirmed",
        Outcome::Stale => "stale",
        Outcome::RolledBack(_) => "rolled_back",
        Outcome::Reported => "reported",
        Outcome::Reloading => "reloading",
        Outcome::Staged(_) => "staged",
        Outcome::Kept(_) => "kept",
        Outcome::AlreadyCurrent => "already_current",
        Outcome::Activated => "activated",
        Outcome::Reset => "reset",
        Outcome::Removed => "removed",
        Outcome::Unblocked => "unblocked",
        Outcome::NotFound => "not_found",
        Outcome::Refused(_) => "refused",
    }
}

fn detail(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::RolledBack(reason) => Some(reason.to_string()),
        Outcome::Staged(bundle) => Some(bundle.to_string()),
        Outcome::Kept(id) => Some(id.to_string()),
        Outcome::Refused(refusal) => Some(refusal.to_string()),
        _ => None,
    }
}
