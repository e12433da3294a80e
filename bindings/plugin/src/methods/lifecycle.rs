//! What pages say of themselves, and which bundle they want shown.
//!
//! In: tokens, ids. Out: a bundle, or another page. May touch: the state, through the core; the web view, through the host.
//! Keeps: I4 (a page confirms the serve it belongs to).

use super::{Id, Nothing};
use crate::engine::Engine;
use crate::event::{Event, Named};
use crate::host::Level;
use crate::refusal::Refusal;
use aloft_core::model::event::{Asker, Outcome};
use aloft_core::model::report::plain;
use aloft_core::model::{BundleRef, Code, Token};
use aloft_core::updater::{Proof, ResetTo, Step};
use serde::Deserialize;

/// Whose page is ready.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct Ready {
    token: Option<String>,
}

pub(crate) fn notify_app_ready(engine: &Engine, options: &Ready) -> Result<Named, Refusal> {
    if engine.settings.stand_down.is_none() {
        // A token that is none is no token of this serve either: it confirms nothing (I4).
        let proof = match &options.token {
            None => Some(Proof::Queued),
            Some(token) => token.parse::<Token>().ok().map(Proof::Token),
        };
        if proof.is_some_and(|proof| engine.confirm(&proof) == Outcome::Confirmed) {
            engine.tidy();
        }
    }
    Ok(Named { bundle: engine.current() })
}

pub(crate) fn set(engine: &Engine, options: &Id) -> Result<(), Refusal> {
    engine.works()?;
    let missing = || Refusal::unknown_bundle(format!("Update failed, id {} does not exist.", options.id));
    let bundle: BundleRef = options.id.parse().map_err(|_| missing())?;
    activate(engine, &bundle).map_err(|refusal| if refusal.is_unknown() { missing() } else { refusal })
}

pub(crate) fn reload(engine: &Engine, _: &Nothing) -> Result<(), Refusal> {
    engine.works()?;
    match engine.updater.state().slots.next().cloned() {
        Some(next) => activate(engine, &next).map_err(|refusal| {
            let text = format!("Reload failed after applying pending bundle: {next}");
            Refusal::new(refusal.code, format!("{text} ({})", refusal.message))
        }),
        None => shown(engine, engine.updater.reload(Asker::Page), "Reload failed"),
    }
}

/// Where to go back to.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct Reset {
    to_last_successful: Option<bool>,
    use_pending_bundle: Option<bool>,
}

pub(crate) fn reset(engine: &Engine, options: &Reset) -> Result<(), Refusal> {
    engine.works()?;
    if options.use_pending_bundle == Some(true) {
        let none = || Refusal::unknown_bundle("Reset failed: there is no pending bundle".to_owned());
        let next = engine.updater.state().slots.next().cloned().ok_or_else(none)?;
        return activate(engine, &next);
    }
    let to = if options.to_last_successful == Some(true) { ResetTo::Fallback } else { ResetTo::Builtin };
    let step = engine.updater.reset(to)?;
    shown(engine, step, "Reset failed")?;
    engine.emit(Event::Set(Named { bundle: engine.current() }));
    Ok(())
}

/// What went wrong in a page; the rest of what it says is not looked at.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct PageError {
    r#type: Option<String>,
    message: Option<String>,
}

pub(crate) fn report_web_view_error(engine: &Engine, options: &PageError) -> Result<(), Refusal> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let line = format!("the page reports: {} {}", text(&options.r#type), text(&options.message));
    engine.log(Level::Warning, &plain(&line, 500));
    Ok(())
}

/// Show a bundle at once, and say so.
fn activate(engine: &Engine, bundle: &BundleRef) -> Result<(), Refusal> {
    let before = engine.updater.state().slots.current();
    let step = engine.updater.activate(bundle)?;
    shown(engine, step, "Update failed")?;
    if before != *bundle {
        engine.emit(Event::Set(Named { bundle: engine.current() }));
    }
    Ok(())
}

/// Show what the step shows; a process that may not show anything else says so.
fn shown(engine: &Engine, step: Step, text: &str) -> Result<(), Refusal> {
    let is_shown = step.serve.is_some();
    let passive = matches!(step.outcome, Outcome::Passive | Outcome::NotLaunched);
    engine.apply(step);
    if passive && !is_shown {
        let why = format!("{text}: this process only shows; the state is another process's, or could not be read");
        return Err(Refusal::new(Code::Poisoned.as_str(), why));
    }
    Ok(())
}
