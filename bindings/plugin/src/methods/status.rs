//! What the updater knows of itself, and what it did.
//!
//! In: nothing, or the report that was read. Out: [`Status`], [`Reports`]. May touch: the state, through the core.
//! Keeps: I11 (a report stays until it is acknowledged).

use super::Nothing;
use crate::engine::Engine;
use crate::refusal::Refusal;
use aloft_core::model::report;
use aloft_core::updater;
use serde::{Deserialize, Serialize};

/// What the updater knows of itself.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct Status {
    current: String,
    fallback: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    on_trial: bool,
    channel: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed_age: Option<u64>,
    problems: Vec<Problem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stand_down: Option<String>,
}

/// Something wrong that the app survives.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Problem {
    code: String,
    detail: String,
}

impl From<updater::Problem> for Problem {
    fn from(problem: updater::Problem) -> Self {
        Self { code: problem.code, detail: problem.detail }
    }
}

pub(crate) fn status(engine: &Engine, _: &Nothing) -> Result<Status, Refusal> {
    let known = engine.updater.status();
    // The core reads the same config, and says the same of it.
    let ours = engine.settings.problems.iter().chain(engine.runtime.missed()).cloned();
    let theirs = known.problems.into_iter().filter(|one| !engine.settings.covers(one));
    Ok(Status {
        current: engine.current().id,
        fallback: known.fallback.to_string(),
        next: known.next.map(|next| next.to_string()),
        on_trial: known.on_trial,
        channel: known.channel,
        feed_age: known.feed_age,
        problems: ours.chain(theirs).map(Problem::from).collect(),
        stand_down: engine.settings.stand_down.map(|why| why.name().to_owned()),
    })
}

/// What happened, oldest first.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Reports {
    reports: Vec<Report>,
}

/// What happened, from which bundle to which, and why.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct Report {
    id: u64,
    at: u64,
    count: u32,
    from: Reported,
    to: Reported,
    #[cfg_attr(test, ts(as = "crate::shapes::Reasons"))]
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    began: Option<u64>,
    attempts: u32,
    foreground: u64,
    build: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// A bundle as it was then.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct Reported {
    bundle: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<String>,
}

impl From<report::Named> for Reported {
    fn from(named: report::Named) -> Self {
        Self {
            bundle: named.bundle.to_string(),
            version: named.version.map(|version| version.to_string()),
            root: named.root.map(|root| root.to_string()),
        }
    }
}

impl From<report::Report> for Report {
    fn from(report: report::Report) -> Self {
        Self {
            id: report.id,
            at: report.at,
            count: report.count,
            from: report.from.into(),
            to: report.to.into(),
            reason: report.reason.to_string(),
            began: report.began,
            attempts: report.attempts,
            foreground: report.foreground,
            build: report.build,
            detail: Some(report.detail).filter(|detail| !detail.is_empty()),
        }
    }
}

pub(crate) fn reports(engine: &Engine, _: &Nothing) -> Result<Reports, Refusal> {
    Ok(Reports { reports: engine.updater.reports().into_iter().map(Report::from).collect() })
}

/// The newest report that was read.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Acknowledged {
    id: u64,
}

pub(crate) fn acknowledge(engine: &Engine, options: &Acknowledged) -> Result<(), Refusal> {
    Ok(engine.updater.acknowledge(options.id)?)
}
