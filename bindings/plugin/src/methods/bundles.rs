//! Bundles on the device: what there are, which is next, which goes.
//!
//! In: ids. Out: [`BundleInfo`]s. May touch: the state, through the core. Keeps: I7 (no slot's bundle is deleted).

use super::{Id, Nothing};
use crate::bundle_info::BundleInfo;
use crate::event::{Event, Named};
use crate::plugin::Plugin;
use crate::refusal::Refusal;
use aloft_core::model::{BundleId, BundleRef, Code};
use serde::{Deserialize, Serialize};

pub(crate) fn next(plugin: &Plugin, options: &Id) -> Result<BundleInfo, Refusal> {
    plugin.works()?;
    let missing = || Refusal::unknown_bundle(format!("Set next id failed. Bundle {} does not exist.", options.id));
    let bundle: BundleRef = options.id.parse().map_err(|_| missing())?;
    plugin.updater.stage(&bundle).map_err(|error| match error.code() {
        Code::UnknownBundle | Code::BundleMissing => missing(),
        _ => error.into(),
    })?;
    let info = plugin.described().bundle(&bundle);
    plugin.emit(Event::SetNext(Named { bundle: info.clone() }));
    Ok(info)
}

pub(crate) fn delete(plugin: &Plugin, options: &Id) -> Result<(), Refusal> {
    plugin.works()?;
    let Id { id } = options;
    let text =
        format!("Delete failed, id {id} does not exist or it cannot be deleted (perhaps it is the 'next' bundle)");
    let missing = || Refusal::unknown_bundle(text.clone());
    if id == "builtin" {
        return Err(Refusal::new(Code::Protected.as_str(), text)); // I7
    }
    let bundle: BundleId = id.parse().map_err(|_| missing())?;
    let step = plugin.updater.remove(&bundle).map_err(|error| match error.code() {
        Code::UnknownBundle => missing(),
        Code::Protected => Refusal::new(Code::Protected.as_str(), text.clone()),
        _ => error.into(),
    })?;
    plugin.apply(step);
    Ok(())
}

pub(crate) fn set_error(plugin: &Plugin, options: &Id) -> Result<BundleInfo, Refusal> {
    if !plugin.settings.allow.bundle_error {
        let text = "setBundleError not allowed: set allowManualBundleError to true in your config";
        return Err(Refusal::not_allowed(text));
    }
    plugin.works()?;
    let missing = || Refusal::unknown_bundle(format!("setBundleError failed, id {} does not exist.", options.id));
    if options.id == "builtin" {
        return Err(Refusal::new(Code::Protected.as_str(), "setBundleError failed, builtin cannot be marked.")); // I7
    }
    let id: BundleId = options.id.parse().map_err(|_| missing())?;
    plugin.updater.condemn(&id).map_err(|error| match error.code() {
        Code::UnknownBundle => missing(),
        _ => error.into(),
    })?;
    Ok(plugin.described().bundle(&BundleRef::Kept(id)))
}

/// Which bundles to list.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct List {
    raw: Option<bool>,
}

/// Bundles.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Bundles {
    bundles: Vec<BundleInfo>,
}

pub(crate) fn list(plugin: &Plugin, options: &List) -> Result<Bundles, Refusal> {
    let described = plugin.described();
    let kept = described.state().bundles.iter();
    let wanted = kept.filter(|kept| options.raw == Some(true) || !kept.damaged);
    Ok(Bundles { bundles: wanted.map(|kept| described.kept(kept)).collect() })
}

/// What is shown, in which native version.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Current {
    bundle: BundleInfo,
    native: String,
}

pub(crate) fn current(plugin: &Plugin, _: &Nothing) -> Result<Current, Refusal> {
    Ok(Current { bundle: plugin.current(), native: plugin.native() })
}

pub(crate) fn next_bundle(plugin: &Plugin, _: &Nothing) -> Result<Option<BundleInfo>, Refusal> {
    Ok(plugin.described().next())
}

pub(crate) fn failed_update(plugin: &Plugin, _: &Nothing) -> Result<Option<Named>, Refusal> {
    let report = plugin.updater.tell_rollback()?;
    Ok(report.map(|report| Named { bundle: plugin.described().left(&report) }))
}
