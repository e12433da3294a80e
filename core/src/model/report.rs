//! Durable records of what the boot machine did and refused, kept until the app has read them.
//!
//! In: a change of the slots or a refusal. Out: [`Report`]s, at most [`MAX_REPORTS`]. May touch: nothing. Keeps: I10, I11.

use super::bundle::{BundleRef, Version};
use super::digest::RootDigest;
use super::ledger::Cause;
use super::limits::MAX_REPORTS;
use serde::{Deserialize, Serialize};

/// Why the slots changed, or why something was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Reason {
    /// A page of the bundle proved that it boots.
    Confirmed,
    /// [`Cause::NotConfirmed`].
    NotConfirmed,
    /// [`Cause::NotProven`].
    NotProven,
    /// [`Cause::PageLoop`].
    PageLoop,
    /// [`Cause::RenderGone`].
    RenderGone,
    /// [`Cause::CrashLoop`].
    CrashLoop,
    /// [`Cause::Reported`].
    Reported,
    /// Its files are gone, damaged, or not to be used any more.
    BundleMissing,
    /// The publisher withdrew it.
    Withdrawn,
    /// Another bundle took its place before it was confirmed.
    Superseded,
    /// The native build or its builtin assets changed.
    NativeUpdate,
    /// The app or the channel asked for it.
    Reset,
    /// It was not taken because it had failed before.
    Blocked,
    /// A document or an artifact was not taken because it is not what a trusted key signed, or not safe; `detail` begins
    /// with the error's code.
    Refused,
    /// State or floors did not parse: kept aside and made anew; `detail` says how.
    StorageLost,
}

impl Reason {
    /// Was a bundle left because it failed?
    pub fn is_rollback(self) -> bool {
        use Reason as R;
        matches!(self, R::NotConfirmed | R::NotProven | R::PageLoop | R::RenderGone | R::CrashLoop | R::Reported)
    }
}

impl From<Cause> for Reason {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::NotConfirmed => Self::NotConfirmed,
            Cause::NotProven => Self::NotProven,
            Cause::PageLoop => Self::PageLoop,
            Cause::RenderGone => Self::RenderGone,
            Cause::CrashLoop => Self::CrashLoop,
            Cause::Reported => Self::Reported,
        }
    }
}

/// A bundle as it was when the report was written; it may be gone when the report is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its name on the device.
    pub bundle: BundleRef,
    /// Its release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// Its content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<RootDigest>,
}

/// What happened, from which bundle to which, and why (field problem A8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Names the report when it is acknowledged; grows, and is not used again once the reports were read.
    pub id: u64,
    /// When it was written last, unix seconds.
    pub at: u64,
    /// How often in a row the same happened.
    pub count: u32,
    /// What was left or refused.
    pub from: Named,
    /// What is served instead, or goes on.
    pub to: Named,
    /// Why.
    pub reason: Reason,
    /// When the trial began, unix seconds; none if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began: Option<u64>,
    /// Attempts of the trial that reached the foreground, those given back not counted.
    #[serde(default)]
    pub attempts: u32,
    /// Foreground time of the trial, or of the last serve of a confirmed bundle, in milliseconds.
    #[serde(default)]
    pub foreground: u64,
    /// The native build's code.
    pub build: String,
    /// What the app said, or which file is missing; at most [`Report::DETAIL`] bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl Report {
    /// Longest detail in bytes.
    pub const DETAIL: usize = 200;

    fn repeats(&self, other: &Self) -> bool {
        (&self.from, &self.to, self.reason, &self.detail) == (&other.from, &other.to, other.reason, &other.detail)
    }
}

/// Reports that wait to be read, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reports(Vec<Report>);

impl Reports {
    /// The reports, oldest first.
    pub fn entries(&self) -> &[Report] {
        &self.0
    }

    /// Add a report under the next id. One that repeats the newest takes its place and counts on, so that an app that
    /// fails at every launch does not push out what was not read; beyond [`MAX_REPORTS`] the oldest is dropped (I10).
    pub fn add(&mut self, mut report: Report) {
        report.id = self.0.last().map_or(report.at, |last| report.at.max(last.id.saturating_add(1)));
        report.count = 1;
        report.detail = plain(&report.detail, Report::DETAIL);
        if let Some(last) = self.0.pop_if(|last| last.repeats(&report)) {
            report.count = last.count.saturating_add(1);
        }
        self.0.push(report);
        self.0.drain(..self.0.len().saturating_sub(MAX_REPORTS));
    }

    /// Drop the reports up to and with this one: they were read.
    pub fn acknowledge(&mut self, id: u64) {
        self.0.retain(|report| report.id > id);
    }
}

/// Text from outside in at most `cap` bytes, without control characters (which JSON writes six times as long).
pub fn plain(text: &str, cap: usize) -> String {
    let end = text.floor_char_boundary(cap);
    text.get(..end).unwrap_or_default().chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(detail: &str) -> Report {
        let builtin = Named { bundle: BundleRef::Builtin, version: None, root: None };
        Report {
            id: 0,
            at: 0,
            count: 0,
            from: builtin.clone(),
            to: builtin,
            reason: Reason::Reported,
            began: None,
            attempts: 0,
            foreground: 0,
            build: "1".to_owned(),
            detail: detail.to_owned(),
        }
    }

    #[test]
    fn i11_a_repeated_report_does_not_push_out_one_that_was_not_read() {
        let mut reports = Reports::default();
        reports.add(report("first"));
        (0..100).for_each(|_| reports.add(report("again")));
        let kept: Vec<_> = reports.entries().iter().map(|report| (report.detail.as_str(), report.count)).collect();
        assert_eq!(kept, [("first", 1), ("again", 100)]);
        reports.acknowledge(0);
        assert_eq!(reports.entries().len(), 1);
    }

    #[test]
    fn i10_the_oldest_report_makes_room() {
        let mut reports = Reports::default();
        (0..40).for_each(|n| reports.add(report(&n.to_string())));
        assert_eq!(reports.entries().len(), MAX_REPORTS);
        assert_eq!(reports.entries().last().map(|report| report.id), Some(39));
    }

    #[test]
    fn i10_text_from_outside_is_cut_at_a_character() {
        assert_eq!(plain("a\u{1}é", 3), "a ");
        assert_eq!(plain("short", 200), "short");
    }
}
