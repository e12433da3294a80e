//! What the boot machine remembers: [`State`], always synced, and [`Marks`], the record of the running serve, which is not.
//!
//! In: transitions of `decide::boot`. Out: plain data that `keep` writes (formats 13). May touch: nothing. Keeps: I2, I7, I10.

use super::bundle::{Build, BundleId, BundleRef, Token, Version};
use super::delay::Delay;
use super::digest::{Digest, RootDigest};
use super::document::{Requires, Strict};
use super::facts::{BuiltinRoot, Facts};
use super::json::stated;
use super::ledger::{Cause, Ledger, LedgerEntry, Tag};
use super::report::{Named, Reason, Report, Reports, plain};
use super::slots::Slots;
use serde::{Deserialize, Serialize};

/// The form of the state that this code reads and writes.
pub const STATE_SCHEMA: u32 = 1;
/// A state slot file, its frame included, in bytes (formats 13).
pub const MAX_STATE: usize = 64 << 10;
/// The marks file, its frame included, in bytes: one sector.
pub const MAX_MARKS: usize = 512;

/// Slots, trial, kept bundles, ledger and reports: one document with one writer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Form of the document.
    pub schema: u32,
    /// Names this installation; its second copy lies in the secret store.
    pub install_nonce: Token,
    /// Was the second copy stored? Only then does its absence mean anything.
    pub nonce_stored: bool,
    /// The native build that last launched.
    pub build: Build,
    /// Content of that build's builtin assets, if it told.
    #[serde(default)]
    pub builtin_root: Option<RootDigest>,
    /// Could the launch that took this build over not read what its builtin assets are? The next one that can takes them over.
    #[serde(default, skip_serializing_if = "is_false")]
    pub builtin_unread: bool,
    /// What is served, where to go when that is bad, and what the next launch takes. On the disk the slots are members of
    /// the state itself.
    #[serde(flatten)]
    pub slots: Slots,
    /// Conditions that hold `next` back, at most 8.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delays: Vec<Delay>,
    /// Bundles whose files are complete and verified, at most 8 (I2).
    #[serde(default)]
    pub bundles: Vec<Kept>,
    /// Failures.
    #[serde(default)]
    pub ledger: Ledger,
    /// Reports not yet read.
    #[serde(default)]
    pub reports: Reports,
    /// The rollback that the app was told of last, by the id of its report.
    #[serde(default)]
    pub told: u64,
}

impl State {
    /// The state of a fresh installation: everything builtin.
    pub fn fresh(install_nonce: Token, facts: &Facts) -> Self {
        Self {
            schema: STATE_SCHEMA,
            install_nonce,
            nonce_stored: false,
            build: bounded(&facts.build),
            builtin_root: facts.builtin_root.known(),
            builtin_unread: facts.builtin_root == BuiltinRoot::Unreadable,
            slots: Slots::default(),
            delays: Vec::new(),
            bundles: Vec::new(),
            ledger: Ledger::default(),
            reports: Reports::default(),
            told: 0,
        }
    }

    /// The record of a kept bundle.
    pub fn kept(&self, id: &BundleId) -> Option<&Kept> {
        self.bundles.iter().find(|kept| kept.id == *id)
    }

    /// The record of what a slot names; none for builtin.
    pub fn record(&self, bundle: &BundleRef) -> Option<&Kept> {
        bundle.id().and_then(|id| self.kept(id))
    }

    /// The kept bundle with this content.
    pub fn with_root(&self, root: RootDigest) -> Option<&Kept> {
        self.bundles.iter().find(|kept| kept.root == root)
    }

    /// Does a slot name this bundle? Then nobody may remove it (I7).
    pub fn names(&self, id: &BundleId) -> bool {
        self.slots.ids().any(|named| named == id)
    }

    /// Forget the unwanted among the bundles that no slot names (I7).
    pub fn forget(&mut self, unwanted: impl Fn(&Kept) -> bool) {
        let Self { slots, bundles, .. } = self;
        bundles.retain(|kept| slots.ids().any(|named| *named == kept.id) || !unwanted(kept));
    }

    /// Is it there to be served, as far as the state knows? Builtin always is (I7).
    pub fn usable(&self, bundle: &BundleRef) -> bool {
        bundle.is_builtin() || self.record(bundle).is_some_and(|kept| !kept.withdrawn && !kept.damaged)
    }

    /// A bundle as reports name it.
    pub fn named(&self, bundle: &BundleRef) -> Named {
        let kept = self.record(bundle);
        let root = kept.map(|kept| kept.root).or(self.builtin_root.filter(|_| bundle.is_builtin()));
        Named { bundle: bundle.clone(), version: kept.map(|kept| kept.version.clone()), root }
    }

    /// Report something that the boot machine did not decide: `refused` (none: nothing that has a name) was not taken, and
    /// `current` goes on. `at` is unix seconds.
    pub fn note(&mut self, refused: Option<Named>, reason: Reason, detail: &str, at: u64) {
        let to = self.named(&self.slots.current());
        self.reports.add(Report {
            id: 0,
            at,
            count: 1,
            from: refused.unwrap_or_else(|| to.clone()),
            to,
            reason,
            began: None,
            attempts: 0,
            foreground: 0,
            build: self.build.code.clone(),
            detail: detail.to_owned(),
        });
    }

    /// Hold a failure against the content of a kept bundle. Builtin has no record, so it is never blamed (I7). `now` is unix
    /// seconds.
    pub fn blame(&mut self, id: &BundleId, cause: Cause, attempts: u32, now: u64) {
        let Some(kept) = self.kept(id) else { return };
        let build = Tag::of_build(&self.build);
        let before = self.ledger.find(kept.root, None, build);
        let entry = LedgerEntry {
            root: kept.root,
            artifact: kept.artifact,
            build,
            cause,
            failures: before.map_or(0, |entry| entry.failures).saturating_add(u32::from(cause != Cause::NotProven)),
            attempts,
            first: before.map_or(now, |entry| entry.first),
            last: now,
            retry: kept.retry,
        };
        self.ledger.put(entry);
    }

    /// Does this process run on another native build or other builtin assets than the state's?
    pub fn native_changed(&self, facts: &Facts) -> bool {
        let comparable = !self.builtin_unread && facts.builtin_root != BuiltinRoot::Unreadable;
        self.build != bounded(&facts.build) || comparable && self.builtin_root != facts.builtin_root.known()
    }

    /// Take over what the builtin assets are, if the launch that took this build over could not read that.
    pub fn learn_builtin(&mut self, facts: &Facts) {
        if self.builtin_unread && facts.builtin_root != BuiltinRoot::Unreadable {
            (self.builtin_root, self.builtin_unread) = (facts.builtin_root.known(), false);
        }
    }

    /// Take over the native build of this process.
    pub fn set_native(&mut self, facts: &Facts) {
        self.build = bounded(&facts.build);
        self.builtin_root = facts.builtin_root.known();
        self.builtin_unread = facts.builtin_root == BuiltinRoot::Unreadable;
    }
}

/// A build's names in at most 64 bytes each: hosts hand over what app authors wrote (I10).
fn bounded(build: &Build) -> Build {
    Build { code: plain(&build.code, 64), name: plain(&build.name, 64) }
}

/// A bundle on the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Names its folder.
    pub id: BundleId,
    /// Its content.
    pub root: RootDigest,
    /// Its release.
    pub version: Version,
    /// The channel it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// When the release was created, unix seconds.
    #[serde(default)]
    pub created: u64,
    /// When it came to this device, unix seconds.
    #[serde(default)]
    pub installed: u64,
    /// The artifact it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<Digest>,
    /// What the native build must meet.
    #[serde(default, deserialize_with = "stated", skip_serializing_if = "Option::is_none")]
    pub requires: Option<Strict<Requires>>,
    /// The release's `retry`.
    #[serde(default)]
    pub retry: u64,
    /// Does the last accepted document of any channel withdraw it?
    #[serde(default, skip_serializing_if = "is_false")]
    pub withdrawn: bool,
    /// The channels whose document does, by tag, the latest last. Empty beside `withdrawn`: an earlier version wrote it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawn_by: Vec<Tag>,
    /// Was a file found damaged that could not be healed?
    #[serde(default, skip_serializing_if = "is_false")]
    pub damaged: bool,
    /// Grows with every bundle that becomes current; the lowest is evicted first.
    #[serde(default)]
    pub used: u64,
}

impl Kept {
    /// Longest `requires` that the state keeps, in bytes of JSON. A longer one meets no other native build.
    pub const REQUIRES: usize = 1024;
    /// Channels that are remembered for having withdrawn it; of more, the latest.
    pub const WITHDRAWN_BY: usize = 4;

    /// Mark it as the accepted document of `channel` says, which withdraws these contents. Marks of other channels stay.
    pub fn mark(&mut self, channel: &str, withdrawn: &[RootDigest]) {
        if self.withdrawn && self.withdrawn_by.is_empty() {
            // Nobody noted which channel it was. The one that it came from is the most likely one.
            self.withdrawn_by.push(Tag::of(&[self.channel.as_deref().unwrap_or(channel)]));
        }
        let tag = Tag::of(&[channel]);
        self.withdrawn_by.retain(|by| *by != tag);
        if withdrawn.contains(&self.root) {
            self.withdrawn_by.push(tag);
        }
        let spare = self.withdrawn_by.len().saturating_sub(Self::WITHDRAWN_BY);
        self.withdrawn_by.drain(..spare);
        self.withdrawn = !self.withdrawn_by.is_empty();
    }

    /// Reports whether a mark forbids to take the same content from this channel. It is asked alone: what another channel withdrew
    /// may be good for this one. Content of no channel is forbidden by every mark.
    pub fn is_withdrawn_for(&self, channel: Option<&str>) -> bool {
        match channel {
            Some(channel) if !self.withdrawn_by.is_empty() => self.withdrawn_by.contains(&Tag::of(&[channel])),
            _ => self.withdrawn,
        }
    }

    /// The record within its bounds: channel and `requires` come from documents much larger than the state (I10).
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.channel = self.channel.map(|channel| plain(&channel, 64));
        let fits = serde_json::to_string(&self.requires).is_ok_and(|text| text.len() <= Self::REQUIRES);
        if !fits {
            self.requires = Some(Strict::Unknown(serde_json::Value::Bool(false)));
        }
        self
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde hands over references
fn is_false(value: &bool) -> bool {
    !value
}

/// The running serve, the trial's counts, and deaths in a row. Lost in a power cut; void for any other bundle or trial.
/// Its JSON fits in 456 bytes, so its members have short names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// The running serve, or how the last one ended.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub serve: Option<ServeRecord>,
    /// Counts of the trial.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub trial: Option<TrialMarks>,
    /// Crash-like deaths in a row of the serve's bundle, confirmed.
    #[serde(rename = "d", default)]
    pub deaths: u32,
}

impl Marks {
    /// The process of the last serve, as pid and start, if it may still live beside the one with these facts: another
    /// pid, in the same boot session. Whether it does, the system knows.
    pub fn other_process(&self, facts: &Facts) -> Option<(u32, u64)> {
        let serve = self.serve.as_ref()?;
        (serve.pid != facts.pid && serve.session == session(facts)).then_some((serve.pid, serve.started))
    }
}

/// One showing of a bundle, as far as its process told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServeRecord {
    /// Names it.
    #[serde(rename = "k")]
    pub token: Token,
    /// What is shown.
    #[serde(rename = "b")]
    pub bundle: BundleRef,
    /// The trial it is an attempt of.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub trial: Option<Token>,
    /// Process id.
    #[serde(rename = "p")]
    pub pid: u32,
    /// Start of the process.
    #[serde(rename = "a")]
    pub started: u64,
    /// Does an attempt of the trial, or a death of the confirmed bundle, stand in the counts for this serve?
    #[serde(rename = "c")]
    pub counted: bool,
    /// Foreground time in milliseconds.
    #[serde(rename = "f")]
    pub foreground: u64,
    /// Page begins beyond the allowed ones.
    #[serde(rename = "n")]
    pub begins: u32,
    /// Has no page of this bundle begun since another bundle was shown?
    #[serde(rename = "x")]
    pub fresh: bool,
    /// Where the process was last seen.
    #[serde(rename = "l")]
    pub last: LastMark,
    /// Boot session, system build and native build; [`session`].
    #[serde(rename = "s")]
    pub session: Tag,
}

/// Where a process was when it last said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum LastMark {
    /// In the foreground.
    #[serde(rename = "f")]
    Foreground,
    /// In the background, or started there.
    #[serde(rename = "b")]
    Background,
    /// Told that it ends.
    #[serde(rename = "t")]
    Terminating,
}

/// What a trial used up so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialMarks {
    /// The trial.
    #[serde(rename = "i")]
    pub id: Token,
    /// Attempts that reached the foreground and were not given back.
    #[serde(rename = "a")]
    pub attempts: u32,
    /// Attempts given back.
    #[serde(rename = "g")]
    pub given_back: u32,
    /// Of those, given back for a user's request after 2 s or more.
    #[serde(rename = "u")]
    pub given_to_user: u32,
    /// Foreground time of all attempts in milliseconds; never given back.
    #[serde(rename = "f")]
    pub foreground: u64,
    /// Is there hard evidence against the bundle?
    #[serde(rename = "e")]
    pub evidence: bool,
}

impl TrialMarks {
    /// A trial that used up nothing.
    pub fn new(id: Token) -> Self {
        Self { id, attempts: 0, given_back: 0, given_to_user: 0, foreground: 0, evidence: false }
    }
}

/// What must be the same for a death in the foreground to be held against a bundle: boot session, system and native build.
pub fn session(facts: &Facts) -> Tag {
    Tag::of(&[&facts.boot_session, &facts.os_build, &facts.build.code, &facts.build.name])
}

#[cfg(test)]
mod tests;
