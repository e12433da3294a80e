//! Bundles on the device: what there are, which is next, which goes.
//!
//! In: ids. Out: [`BundleInfo`]s. May touch: the state, through the core. Keeps: I7 (no slot's bundle is deleted).

use super::{Id, Nothing};
use crate::bundle_info::BundleInfo;
use crate::engine::Engine;
use crate::event::{Event, Named};
use crate::refusal::Refusal;
use aloft_core::model::{BundleId, BundleRef, Code};
use serde::{Deserialize, Serialize};

pub(crate) fn next(engine: &Engine, options: &Id) -> Result<BundleInfo, Refusal> {
    engine.works()?;
    let missing = || Refusal::unknown_bundle(format!("Set next id failed. Bundle {} does not exist.", options.id));
    let bundle: BundleRef = options.id.parse().map_err(|_| missing())?;
    engine.updater.stage(&bundle).map_err(|error| match error.code() {
        Code::UnknownBundle | Code::BundleMissing => missing(),
        _ => error.into(),
    })?;
    let info = engine.described().bundle(&bundle);
    engine.emit(Event::SetNext(Named { bundle: info.clone() }));
    Ok(info)
}

pub(crate) fn delete(engine: &Engine, options: &Id) -> Result<(), Refusal> {
    engine.works()?;
    let Id { id } = options;
    let text =
        format!("Delete failed, id {id} does not exist or it cannot be deleted (perhaps it is the 'next' bundle)");
    let missing = || Refusal::unknown_bundle(text.clone());
    if id == "builtin" {
        return Err(Refusal::new(Code::Protected.as_str(), text)); // I7
    }
    let bundle: BundleId = id.parse().map_err(|_| missing())?;
    let step = engine.updater.remove(&bundle).map_err(|error| match error.code() {
        Code::UnknownBundle => missing(),
        Code::Protected => Refusal::new(Code::Protected.as_str(), text.clone()),
        _ => error.into(),
    })?;
    engine.apply(step);
    Ok(())
}

pub(crate) fn set_error(engine: &Engine, options: &Id) -> Result<BundleInfo, Refusal> {
    if !engine.settings.allow.bundle_error {
        let text = "setBundleError not allowed: set allowManualBundleError to true in your config";
        return Err(Refusal::not_allowed(text));
    }
    engine.works()?;
    let missing = || Refusal::unknown_bundle(format!("setBundleError failed, id {} does not exist.", options.id));
    if options.id == "builtin" {
        return Err(Refusal::new(Code::Protected.as_str(), "setBundleError failed, builtin cannot be marked.")); // I7
    }
    let id: BundleId = options.id.parse().map_err(|_| missing())?;
    engine.updater.condemn(&id).map_err(|error| match error.code() {
        Code::UnknownBundle => missing(),
        _ => error.into(),
    })?;
    Ok(engine.described().bundle(&BundleRef::Kept(id)))
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

pub(crate) fn list(engine: &Engine, options: &List) -> Result<Bundles, Refusal> {
    let described = engine.described();
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

pub(crate) fn current(engine: &Engine, _: &Nothing) -> Result<Current, Refusal> {
    Ok(Current { bundle: engine.current(), native: engine.native() })
}

pub(crate) fn next_bundle(engine: &Engine, _: &Nothing) -> Result<Option<BundleInfo>, Refusal> {
    Ok(engine.described().next())
}

pub(crate) fn failed_update(engine: &Engine, _: &Nothing) -> Result<Option<Named>, Refusal> {
    let report = engine.updater.tell_rollback()?;
    Ok(report.map(|report| Named { bundle: engine.described().left(&report) }))
}
