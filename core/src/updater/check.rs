//! Check: ask the feed, prove what came, raise the floor, let the boot machine hear of withdrawals, then decide.
//!
//! In: who asks. Out: [`Checked`], and for `update` the signed release to install. May touch: network, `feed/`, `lasting`.
//! Keeps: I3 (nothing is read before its signature), I9 (the floor is durable before anything is done), I10 (intervals).

use super::Updater;
use super::install::{Offer, refused};
use super::types::{CheckStatus, Checked, Skipped, Step, UpdateStatus, Updated, Wanted};
use super::worker::Run;
use super::{Asked, Then};
use crate::decide::block::{Content, blocked};
use crate::decide::policy::{self, Builtin, Choice as Pick, Current, Situation};
use crate::decide::skip::SkipReason;
use crate::fetch::{Fetched, fetch_document};
use crate::keep::feed::{self, Cached};
use crate::keep::lasting;
use crate::model::document::ReleaseEntry;
use crate::model::event::{Choice, Event, Outcome, Refusal, Staging};
use crate::model::floors::INDEX;
use crate::model::ledger::Tag;
use crate::model::{Code, Error, Result, RootDigest};
use crate::open::{Channel, Index, Release};

impl Updater {
    /// Ask the feed what there is. Blocks on the network; the worker's call.
    ///
    /// # Errors
    /// Network, server, protocol and trust errors, `bad_config` and kin while the gate is closed (I3), storage errors,
    /// `poisoned` in a process that only shows. The device goes on as it is.
    pub fn check(&self, asked: Asked) -> Result<Checked> {
        if let Some(until) = self.too_soon(asked)? {
            return Ok(Checked::without(CheckStatus::TooSoon { until }));
        }
        let checked = self.run(|run| match self.ask(run, asked)? {
            Answer::Nothing(checked) => Ok(checked),
            Answer::Channel(channel, step) => {
                self.decide(run, &channel, &[]).map(|Decided { status, skipped, .. }| Checked { status, skipped, step })
            }
        })?;
        Ok(checked.unwrap_or_else(|| Checked::without(CheckStatus::AlreadyRunning)))
    }

    /// Check, download, verify, unpack and stage. Blocks on network and disk; the worker's call.
    ///
    /// # Errors
    /// As [`Updater::check`]; and for what is installed, corrupt content, unsafe archives and missing space. Nothing is staged
    /// then, and the device goes on as it is.
    pub fn update(&self, asked: Asked) -> Result<Updated> {
        self.update_then(asked, Then::Stage)
    }

    /// As [`Updater::update`]; with [`Then::Keep`] what is brought is kept, and no slot changes but for a withdrawal.
    ///
    /// # Errors
    /// As [`Updater::update`].
    pub fn update_then(&self, asked: Asked, then: Then) -> Result<Updated> {
        if let Some(until) = self.too_soon(asked)? {
            return Ok(Updated::without(CheckStatus::TooSoon { until }));
        }
        let updated = self.run(|run| match self.ask(run, asked)? {
            Answer::Nothing(Checked { status, skipped, step }) => {
                Ok(Updated { status: UpdateStatus::Nothing { check: status }, skipped, step })
            }
            Answer::Channel(channel, step) => self.take_first(run, &channel, step, (asked, then)),
        })?;
        Ok(updated.unwrap_or_else(|| Updated::without(CheckStatus::AlreadyRunning)))
    }

    /// Take the first release that this device can take. One that the boot machine refuses is skipped with its reason, like every
    /// other that is not for this device, so that those below it are still reached.
    fn take_first(
        &self,
        run: &mut Run<'_>,
        channel: &Channel,
        step: Step,
        (asked, then): (Asked, Then),
    ) -> Result<Updated> {
        let mut refused = Vec::new();
        loop {
            let Decided { status: check, skipped, matched } = self.decide(run, channel, &refused)?;
            let (status, step) = match matched {
                Matched::Offer(offer) => {
                    let root = offer.release.entry().root;
                    if let Some(until) = self.held_back(run, root, asked) {
                        let check = CheckStatus::TooSoon { until };
                        (UpdateStatus::Nothing { check }, Step::of(Outcome::Noted))
                    } else {
                        let brought = self.bring(run, &Offer { then, ..*offer });
                        if let Some(reason) = brought.as_ref().err().and_then(skipped_for) {
                            refused.push((root, reason));
                            continue;
                        }
                        brought?
                    }
                }
                Matched::Running(release) => {
                    self.rename_running(&release)?;
                    self.unstage(then)?;
                    (UpdateStatus::Nothing { check }, step)
                }
                Matched::Nothing if check == CheckStatus::Builtin && then == Then::Stage => {
                    let (step, unwritten) = self.boot_event(&Event::Staged(Staging::Builtin, Choice::Automatic));
                    unwritten.map_or(Ok((UpdateStatus::StagedBuiltin, step)), Err)?
                }
                Matched::Nothing => {
                    if check == CheckStatus::UpToDate {
                        self.unstage(then)?;
                    }
                    (UpdateStatus::Nothing { check }, step)
                }
            };
            return Ok(Updated { status, skipped, step });
        }
    }

    /// Install a release of the channel by hand: targeting, rollout and a block do not hold, signature and withdrawal do.
    ///
    /// # Errors
    /// As [`Updater::update`]; `unknown_bundle` when the channel has no such release, `withdrawn`, `expired`.
    pub fn install(&self, wanted: &Wanted) -> Result<Updated> {
        self.install_then(wanted, Then::Stage)
    }

    /// As [`Updater::install`]; with [`Then::Keep`] the release is kept, and no slot changes but for a withdrawal.
    ///
    /// # Errors
    /// As [`Updater::install`].
    pub fn install_then(&self, wanted: &Wanted, then: Then) -> Result<Updated> {
        let updated = self.run(|run| {
            let cached = self.cached(run);
            let (channel, step) = self.accept(run, cached)?;
            if self.leaves(&step) {
                return Ok(Updated { step, ..Updated::without(CheckStatus::Withdrawn) });
            }
            let now = self.now(run, &channel);
            channel.document().check_fresh(now)?;
            let is_wanted = |entry: &ReleaseEntry| match wanted {
                Wanted::Version(version) => entry.version == *version,
                Wanted::Root(root) => entry.root == *root,
                Wanted::Url(url) => entry.artifacts.iter().any(|artifact| run.artifact_url(artifact) == *url),
            };
            let n = channel.document().releases.iter().position(is_wanted).unwrap_or(usize::MAX);
            let offer = Offer { then, ..offer(run, &channel, n, Choice::ByHand)? };
            if channel.document().withdrawn.contains(&offer.release.entry().root) {
                return Err(refused(Refusal::Withdrawn));
            }
            let (status, step) = self.bring(run, &offer)?;
            Ok(Updated { status, skipped: Vec::new(), step })
        })?;
        Ok(updated.unwrap_or_else(|| Updated::without(CheckStatus::AlreadyRunning)))
    }

    fn ask(&self, run: &mut Run<'_>, asked: Asked) -> Result<Answer> {
        let cached = self.cached(run);
        let until = cached.as_ref().map_or(0, |cached| cached.not_before);
        if asked == Asked::BySchedule && !self.is_due(until) {
            return Ok(Answer::Nothing(Checked::without(CheckStatus::TooSoon { until }))); // another process has just checked
        }
        let (channel, step) = self.accept(run, cached)?;
        if self.leaves(&step) {
            // Shown at once, or when somebody looks: neither a download nor a failure of one may come between (architecture 6).
            return Ok(Answer::Nothing(Checked { step, ..Checked::without(CheckStatus::Withdrawn) }));
        }
        Ok(Answer::Channel(Box::new(channel), step))
    }

    /// Fetch the channel, prove it, raise its floor, keep it, and let the boot machine hear what it withdraws.
    fn accept(&self, run: &mut Run<'_>, cached: Option<Cached>) -> Result<(Channel, Step)> {
        let channel = self.prove(run, cached).inspect_err(|error| self.note_check(run, error))?;
        let document = channel.document();
        let withdrawn = Event::Withdrawn { channel: document.channel.clone(), roots: document.withdrawn.clone() };
        let (step, unwritten) = self.boot_event(&withdrawn);
        unwritten.map_or(Ok((channel, step)), Err)
    }

    /// Is what this process shows left, now or at the next foreground?
    fn leaves(&self, step: &Step) -> bool {
        matches!(step.outcome, Outcome::RolledBack(_)) && self.boot().machine.session.is_launched()
    }

    fn prove(&self, run: &mut Run<'_>, cached: Option<Cached>) -> Result<Channel> {
        let name = run.channel();
        let url = run.channel_url();
        let floors = run.lasting.floors.clone();
        self.bound_by_known(run, &name)?;
        let (channel, bytes, etag) = self.fetch_channel(run, &name, &url, cached.as_ref())?;
        run.lasting.floors.accept(&channel.claim())?;
        if run.lasting.floors != floors {
            lasting::save(&self.store, &run.lasting)?; // I9: before anything is done with it
        }
        let failed = cached.and_then(|cached| cached.failed);
        let cached = Cached { etag, envelope: Some(bytes), failed, ..self.checked_now(run) };
        self.remember(run, &cached);
        Ok(channel)
    }

    /// The envelope that holds: what the server has, or the accepted copy when that has not changed.
    fn fetch_channel(
        &self,
        run: &mut Run<'_>,
        name: &str,
        url: &str,
        cached: Option<&Cached>,
    ) -> Result<(Channel, String, Option<String>)> {
        let copy = cached.and_then(|cached| cached.envelope.as_deref());
        // Floors may be lost where the copy is not.
        if copy.is_none() || !run.lasting.floors.knows(run.trust.chain(), &self.config.app, name) {
            self.bound_by_index(run, name)?;
        }
        let trust = run.trust.clone();
        let open = |bytes: &[u8]| Channel::open(bytes, &self.config.app, name, &trust);
        // A copy that does not verify any more is asked for whole.
        let copy = copy.and_then(|copy| Some((open(copy.as_bytes()).ok()?, copy)));
        let known = copy.as_ref().and(cached).and_then(|cached| cached.etag.as_deref());
        match (fetch_document(run.network(), url, known)?, copy) {
            (Fetched::Document { bytes, etag }, _) => {
                let channel = open(&bytes)?;
                let text = String::from_utf8(bytes)
                    .map_err(|_| Error::protocol(Code::BadEnvelope, "the envelope is not UTF-8"))?;
                Ok((channel, text, etag))
            }
            (Fetched::NotModified, Some((channel, copy))) => Ok((channel, copy.to_owned(), known.map(str::to_owned))),
            (Fetched::NotModified, None) => Err(Error::protocol(Code::BadEnvelope, "nothing was asked to be compared")),
        }
    }

    /// Unix seconds, never behind what was accepted of this channel (formats 4.11).
    fn now(&self, run: &Run<'_>, channel: &Channel) -> u64 {
        let wall = self.ports.system.unix_seconds();
        run.lasting.floors.now(run.trust.chain(), &self.config.app, &channel.document().channel, wall)
    }

    /// Lower bounds that are known before anybody is asked: what the build knew, also when a native update brought it to a
    /// device that has a copy (formats 4.4), and what was accepted while the config had other keys (formats 4.14).
    pub(super) fn bound_by_known(&self, run: &mut Run<'_>, name: &str) -> Result<()> {
        let (chain, app) = (run.trust.chain(), &self.config.app);
        let floors = &mut run.lasting.floors;
        floors.hold_on(&run.trust, app);
        for name in [name, INDEX] {
            if let Some(counter) = run.builtin.as_ref().and_then(|description| description.floors.get(name)) {
                floors.at_least(chain, app, name, run.trust.version, *counter)?;
            }
        }
        if floors.knows(chain, app, name) {
            return Ok(());
        }
        // The copy was accepted under other keys. If enough of today's signed it as well, nothing older is taken.
        let copy =
            feed::load(&self.store, name).filter(|cached| cached.chain != chain).and_then(|cached| cached.envelope);
        match copy.and_then(|copy| Channel::open(copy.as_bytes(), app, name, &run.trust).ok()) {
            Some(copy) => floors.at_least(chain, app, name, copy.document().trust, copy.document().counter),
            None => Ok(()),
        }
    }

    /// A device that knows nothing of the channel cannot be given an old document: the index says how old one may be.
    fn bound_by_index(&self, run: &mut Run<'_>, name: &str) -> Result<()> {
        let chain = run.trust.chain();
        let index = self.fetch_index(run)?;
        let counter = index.entry(name)?.counter;
        run.lasting.floors.at_least(chain, &self.config.app, name, index.document().trust, counter)?;
        lasting::save(&self.store, &run.lasting)
    }

    /// The index that holds; its floor is raised, and not yet durable.
    pub(super) fn fetch_index(&self, run: &mut Run<'_>) -> Result<Index> {
        let Fetched::Document { bytes, .. } = fetch_document(run.network(), &run.url("channels/index.json"), None)?
        else {
            return Err(Error::protocol(Code::BadEnvelope, "nothing was asked to be compared"));
        };
        let index = Index::open(&bytes, &self.config.app, &run.trust)?;
        run.lasting.floors.accept(&index.claim())?;
        Ok(index)
    }

    /// What matches this device, beside what it `refused` in this run.
    fn decide(&self, run: &mut Run<'_>, channel: &Channel, refused: &[(RootDigest, SkipReason)]) -> Result<Decided> {
        self.evaluate(run, channel, refused).inspect_err(|error| self.explain(error, None))
    }

    fn evaluate(&self, run: &mut Run<'_>, channel: &Channel, refused: &[(RootDigest, SkipReason)]) -> Result<Decided> {
        let state = self.boot().state().clone();
        let now = self.now(run, channel);
        let build = Tag::of_build(&run.facts.build);
        let identity = self.sources().rollout_identity(&run.identity, &state.install_nonce, &mut run.lasting)?;
        let current = match state.record(&state.slots.current()) {
            Some(kept) => Current::Kept { root: kept.root, channel: kept.channel.as_deref() },
            None => Current::Builtin,
        };
        let held = |entry: &ReleaseEntry| {
            let known = state.with_root(entry.root);
            let artifacts = entry.artifacts.iter().map(|artifact| Some(artifact.sha256));
            let mut artifacts = artifacts.chain([None, known.and_then(|kept| kept.artifact)]);
            let is_held = |artifact| {
                let content = Content { root: entry.root, artifact, retry: entry.retry };
                blocked(&state.ledger, content, build, now).is_some()
            };
            let passed = refused.iter().find(|(root, _)| *root == entry.root).map(|(_, reason)| *reason);
            let withdrawn = known.is_some_and(|kept| kept.is_withdrawn_for(Some(&channel.document().channel)));
            let withdrawn = withdrawn.then_some(SkipReason::Withdrawn);
            passed.or(withdrawn).or_else(|| artifacts.any(is_held).then_some(SkipReason::Blocked))
        };
        let situation = Situation {
            facts: &run.facts,
            now,
            current,
            builtin: run.builtin.as_ref().map(|builtin| Builtin { created: builtin.created, root: builtin.root }),
            rollout_id: Some(&identity),
            custom_id: run.lasting.custom_id.as_deref(),
            held: &held,
        };
        let document = channel.document();
        let evaluation = policy::evaluate(document, &situation);
        let skipped = evaluation.skipped.iter().filter_map(|(n, reason)| {
            Some(Skipped { version: document.releases.get(*n)?.version.clone(), reason: reason.to_string() })
        });
        let skipped = skipped.collect();
        let (status, matched) = match evaluation.choice {
            Pick::UpToDate => {
                let release = evaluation.matched(document).and_then(|n| channel.release(n));
                (CheckStatus::UpToDate, release.map_or(Matched::Nothing, |release| Matched::Running(Box::new(release))))
            }
            Pick::Nothing => (CheckStatus::NothingMatches { expired: evaluation.expired }, Matched::Nothing),
            Pick::Builtin => (CheckStatus::Builtin, Matched::Nothing),
            Pick::Take(n) => {
                let offer = offer(run, channel, n, Choice::Automatic)?;
                let entry = offer.release.entry();
                let smallest = offer.artifacts.first();
                let download = smallest.map_or(0, |artifact| artifact.size);
                let url = smallest.map(|artifact| run.artifact_url(artifact)).unwrap_or_default();
                let (version, root, priority) = (entry.version.clone(), entry.root, entry.priority);
                (CheckStatus::Available { version, root, download, priority, url }, Matched::Offer(Box::new(offer)))
            }
        };
        Ok(Decided { status, skipped, matched })
    }

    /// The channel wants what runs: what was staged before is not wanted any more.
    fn unstage(&self, then: Then) -> Result<()> {
        let running = {
            let boot = self.boot();
            let state = boot.state();
            let staged = state.slots.next().filter(|_| then == Then::Stage);
            staged.map(|_| state.record(&state.slots.current()).cloned())
        };
        let Some(current) = running else { return Ok(()) };
        let staging = current.map_or(Staging::Builtin, |kept| Staging::Bundle(Box::new(kept)));
        self.boot_event(&Event::Staged(staging, Choice::Automatic)).1.map_or(Ok(()), Err)
    }
}

/// What asking the feed came to.
enum Answer {
    /// This ends the run.
    Nothing(Checked),
    /// The channel that holds, and what it withdrew here.
    Channel(Box<Channel>, Step),
}

/// What the channel means for this device.
struct Decided {
    status: CheckStatus,
    skipped: Vec<Skipped>,
    matched: Matched,
}

/// The release that matched.
enum Matched {
    Offer(Box<Offer>),
    /// It is what runs.
    Running(Box<Release>),
    Nothing,
}

/// Why the release of this error is passed by; none if the error is no refusal of what it is.
fn skipped_for(error: &Error) -> Option<SkipReason> {
    match error.code() {
        Code::Blocked => Some(SkipReason::Blocked),
        Code::Withdrawn => Some(SkipReason::Withdrawn),
        _ => None,
    }
}

/// Entry `n` of the channel, with the ways to get it.
fn offer(run: &Run<'_>, channel: &Channel, n: usize, choice: Choice) -> Result<Offer> {
    let unknown = || Error::refused(Code::UnknownBundle, "the channel has no such release");
    let release = channel.release(n).ok_or_else(unknown)?;
    let keys: Vec<_> = run.keys.iter().map(|key| key.id).collect();
    let artifacts =
        policy::choose_artifacts(release.entry(), &run.updater.bases(run), &keys)?.into_iter().cloned().collect();
    Ok(Offer { release, artifacts, choice, then: Then::Stage })
}
