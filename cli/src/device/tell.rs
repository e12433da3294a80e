//! What the device answers, in sentences for people.
//!
//! In: results of the core. Out: text. May touch: nothing.

use crate::output::{BOLD, DIM, PLAIN, YELLOW, bytes};
use aloft_core::model::BundleRef;
use aloft_core::model::event::Outcome;
use aloft_core::model::report::{Named, Report};
use aloft_core::updater::{CheckStatus, Checked, Skipped, Status, Step, UpdateStatus, Updated};
use std::fmt::Write as _;

pub(super) fn checked(checked: &Checked) -> String {
    sentences(check(&checked.status), &checked.skipped, &checked.step)
}

pub(super) fn updated(updated: &Updated) -> String {
    let first = match &updated.status {
        UpdateStatus::Staged { version, downloaded: 0, .. } => {
            format!("{BOLD}{version}{PLAIN} is next; it was on the device already")
        }
        UpdateStatus::Staged { version, downloaded, resumed, .. } => {
            let resumed = if *resumed { ", the rest of an earlier download" } else { "" };
            format!("{BOLD}{version}{PLAIN} is next: {} downloaded{resumed}, verified and unpacked", bytes(*downloaded))
        }
        UpdateStatus::StagedBuiltin => "the builtin assets are next".to_owned(),
        UpdateStatus::Nothing { check: status } => check(status),
        other => format!("{other:?}"),
    };
    sentences(first, &updated.skipped, &updated.step)
}

fn check(status: &CheckStatus) -> String {
    match status {
        CheckStatus::UpToDate => "up to date".to_owned(),
        CheckStatus::Available { version, download, .. } => {
            format!("{BOLD}{version}{PLAIN} is there: {} to download", bytes(*download))
        }
        CheckStatus::Builtin => "the channel sends this device to the builtin assets".to_owned(),
        CheckStatus::NothingMatches { expired: true } => "nothing is installed: the channel has expired".to_owned(),
        CheckStatus::NothingMatches { expired: false } => "no release of the channel matches this device".to_owned(),
        CheckStatus::Withdrawn => "what was shown is withdrawn; ask again for what there is instead".to_owned(),
        CheckStatus::TooSoon { until } => format!("too soon; ask again at {until} (unix seconds)"),
        CheckStatus::AlreadyRunning => "another check or update runs; this one did nothing".to_owned(),
        other => format!("{other:?}"),
    }
}

fn sentences(mut text: String, skipped: &[Skipped], taken: &Step) -> String {
    for Skipped { version, reason } in skipped {
        let _ = write!(text, "\n{DIM}not {version}: {}{PLAIN}", words(reason));
    }
    if let Outcome::RolledBack(reason) = taken.outcome {
        let _ = write!(text, "\n{YELLOW}left what was shown{PLAIN}: {}", words(&reason.to_string()));
    }
    text
}

pub(super) fn step(step: &Step) -> String {
    match &step.outcome {
        Outcome::Staged(bundle) => format!("the next launch shows {bundle}"),
        Outcome::AlreadyCurrent => "it is what runs; nothing is staged".to_owned(),
        Outcome::Reset => "done; the next launch shows it".to_owned(),
        Outcome::Removed => "removed; its files go with the next update".to_owned(),
        Outcome::Unblocked => "it may be installed again".to_owned(),
        Outcome::Passive => "nothing was done: another process has the device".to_owned(),
        other => words(super::answer::outcome(other)),
    }
}

pub(super) fn status(status: &Status) -> String {
    let name = |bundle: &BundleRef| {
        let kept = status.bundles.iter().find(|kept| bundle.id() == Some(&kept.id));
        kept.map_or_else(|| bundle.to_string(), |kept| format!("{} ({bundle})", kept.version))
    };
    let trial = if status.on_trial { ", on trial" } else { "" };
    let mut text = format!("{BOLD}{}{PLAIN}{trial} on channel {}", name(&status.current), status.channel);
    let _ = write!(text, "\nfallback  {}", name(&status.fallback));
    if let Some(next) = &status.next {
        let _ = write!(text, "\nnext      {}", name(next));
    }
    for kept in &status.bundles {
        let _ = write!(text, "\n{DIM}kept      {} ({}){PLAIN}", kept.version, kept.id);
    }
    for problem in &status.problems {
        let _ = write!(text, "\n{YELLOW}{}{PLAIN}: {}", problem.code, problem.detail);
    }
    text
}

pub(super) fn reports(reports: &[Report]) -> String {
    if reports.is_empty() {
        return "nothing to report".to_owned();
    }
    let lines = reports.iter().map(|report| {
        let (from, to, why) = (named(&report.from), named(&report.to), words(&report.reason.to_string()));
        let times = if report.count > 1 { format!(", {} times", report.count) } else { String::new() };
        let detail = if report.detail.is_empty() { String::new() } else { format!(": {}", report.detail) };
        format!("{from} → {to}  {BOLD}{why}{PLAIN}{times}{detail}\n")
    });
    lines.collect()
}

fn named(named: &Named) -> String {
    named.version.as_ref().map_or_else(|| named.bundle.to_string(), ToString::to_string)
}

/// A code in words.
fn words(code: &str) -> String {
    code.replace('_', " ")
}
