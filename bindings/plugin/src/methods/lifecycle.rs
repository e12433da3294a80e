//! What pages say of themselves, and which bundle they want shown.
//!
//! In: tokens, ids. Out: a bundle, or another page. May touch: the state, through the core; the web view, through the host.
//! Keeps: I4 (a page confirms the serve it belongs to).

use super::{Id, Nothing};
use crate::event::{Event, Named};
use crate::host::Level;
use crate::plugin::Plugin;
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

pub(crate) fn notify_app_ready(plugin: &Plugin, options: &Ready) -> Result<Named, Refusal> {
    if plugin.settings.stand_down.is_none() {
        // A token that is none is no token of this serve either: it confirms nothing (I4).
        let proof = match &options.token {
            None => Some(Proof::Queued),
            Some(token) => token.parse::<Token>().ok().map(Proof::Token),
        };
        if proof.is_some_and(|proof| plugin.confirm(&proof) == Outcome::Confirmed) {
            plugin.tidy();
        }
    }
    Ok(Named { bundle: plugin.current() })
}

pub(crate) fn set(plugin: &Plugin, options: &Id) -> Result<(), Refusal> {
    plugin.works()?;
    let missing = || Refusal::unknown_bundle(format!("Update failed, id {} does not exist.", options.id));
    let bundle: BundleRef = options.id.parse().map_err(|_| missing())?;
    activate(plugin, &bundle).map_err(|refusal| if refusal.is_unknown() { missing() } else { refusal })
}

pub(crate) fn reload(plugin: &Plugin, _: &Nothing) -> Result<(), Refusal> {
    plugin.works()?;
    match plugin.updater.state().slots.next().cloned() {
        Some(next) => activate(plugin, &next).map_err(|refusal| {
            let text = format!("Reload failed after applying pending bundle: {next}");
            Refusal::new(refusal.code, format!("{text} ({})", refusal.message))
        }),
        None => shown(plugin, plugin.updater.reload(Asker::Page), "Reload failed"),
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

pub(crate) fn reset(plugin: &Plugin, options: &Reset) -> Result<(), Refusal> {
    plugin.works()?;
    if options.use_pending_bundle == Some(true) {
        let none = || Refusal::unknown_bundle("Reset failed: there is no pending bundle".to_owned());
        let next = plugin.updater.state().slots.next().cloned().ok_or_else(none)?;
        return activate(plugin, &next);
    }
    let to = if options.to_last_successful == Some(true) { ResetTo::Fallback } else { ResetTo::Builtin };
    let step = plugin.updater.reset(to)?;
    shown(plugin, step, "Reset failed")?;
    plugin.emit(Event::Set(Named { bundle: plugin.current() }));
    Ok(())
}

/// What went wrong in a page; the rest of what it says is not looked at.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct PageError {
    r#type: Option<String>,
    message: Option<String>,
}

pub(crate) fn report_web_view_error(plugin: &Plugin, options: &PageError) -> Result<(), Refusal> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let line = format!("the page reports: {} {}", text(&options.r#type), text(&options.message));
    plugin.log(Level::Warning, &plain(&line, 500));
    Ok(())
}

/// Show a bundle at once, and say so.
fn activate(plugin: &Plugin, bundle: &BundleRef) -> Result<(), Refusal> {
    let before = plugin.updater.state().slots.current();
    let step = plugin.updater.activate(bundle)?;
    shown(plugin, step, "Update failed")?;
    if before != *bundle {
        plugin.emit(Event::Set(Named { bundle: plugin.current() }));
    }
    Ok(())
}

/// Show what the step shows; a process that may not show anything else says so.
fn shown(plugin: &Plugin, step: Step, text: &str) -> Result<(), Refusal> {
    let is_shown = step.serve.is_some();
    let passive = matches!(step.outcome, Outcome::Passive | Outcome::NotLaunched);
    plugin.apply(step);
    if passive && !is_shown {
        let why = format!("{text}: this process only shows; the state is another process's, or could not be read");
        return Err(Refusal::new(Code::Poisoned.as_str(), why));
    }
    Ok(())
}
