//! Who this device is, which channel it follows, and what the updater knows of itself.
//!
//! In: calls of the host. Out: an id, a status. May touch: `lasting`, the secret store. Keeps: I11, I12.

use super::Updater;
use super::types::{Change, Problem, Status};
use crate::keep::device_id::Identity;
use crate::keep::frame::Found;
use crate::keep::lasting::Lasting;
use crate::keep::{feed, lasting};
use crate::model::config::is_channel_name;
use crate::model::facts::{BuiltinRoot, Facts};
use crate::model::{Code, Error, Result};
use crate::open::Channel;

impl Updater {
    /// The device's id, made once (I12); `None` if the config wants none. While none can be kept, it is one that ends with the
    /// process. File I/O, and blocks on the secret store: the worker's call.
    ///
    /// # Errors
    /// `bad_config` before `launch` or `inform`; `poisoned` and storage errors, when what lasts cannot be read.
    pub fn device_id(&self) -> Result<Option<String>> {
        let ours = if self.boot().is_passive() { None } else { self.exclusive()? };
        let identity = if ours.is_some() {
            self.settled()?;
            self.identity(&mut self.lasting()?)?
        } else {
            // Beside a run, and in a process that only shows, nothing is written: what is known is the answer.
            self.sources().known(self.config.device_id, &self.peek().0)
        };
        Ok(match identity {
            Identity::Kept(id) => Some(id.to_string()),
            Identity::Provisional(id) => Some(self.provisional.get_or_init(|| id).to_string()),
            Identity::None => None,
        })
    }

    /// Follow another channel; `None`: the config's again. The next check asks its signed index first. File I/O;
    /// the worker's call.
    ///
    /// # Errors
    /// `bad_config` for a name that is none; storage errors.
    pub fn set_channel(&self, channel: Option<&str>) -> Result<Change> {
        if channel.is_some_and(|name| !is_channel_name(name)) {
            return Err(Error::config(Code::BadConfig, "channel", "a channel name is [a-z0-9][a-z0-9._-]{0,63}"));
        }
        self.keep(|lasting| {
            if lasting.channel.as_deref() != channel {
                // Without a copy the next check asks the index how old the channel may be (formats 4).
                feed::forget(&self.store, channel.unwrap_or(&self.config.channel))?;
            }
            lasting.channel = channel.map(str::to_owned);
            Ok(())
        })
    }

    /// The id the app knows this device by, for releases with an audience. File I/O; the worker's call.
    ///
    /// # Errors
    /// Storage errors.
    pub fn set_custom_id(&self, id: Option<&str>) -> Result<Change> {
        self.keep(|lasting| {
            lasting.custom_id = id.map(str::to_owned);
            Ok(())
        })
    }

    /// What the updater knows of itself. Small file I/O, no network.
    pub fn status(&self) -> Status {
        let mut problems: Vec<Problem> = Vec::new();
        if self.config.feed.is_some() || self.config.signing_keys.is_some() {
            problems.extend(self.config.trust().err().as_ref().map(Problem::of));
        }
        problems.extend(self.config.site().err().as_ref().map(Problem::of));
        problems.extend(self.config.encryption().err().as_ref().map(Problem::of));
        let (known, problem) = self.peek();
        problems.extend(problem);
        let channel = self.channel_of(&known);
        let feed_age = self.feed_age(&channel);
        let boot = self.fresh();
        problems.extend(boot.problems().cloned());
        let undescribed =
            |facts: &Facts| facts.builtin_root == BuiltinRoot::Absent || self.config.builtin_description.is_none();
        if boot.facts().is_some_and(undescribed) {
            let detail =
                "without `aloft-builtin.root` and `aloft-builtin.json` the channel alone decides over a store update"
                    .to_owned();
            problems.push(Problem { code: "builtin_undescribed".to_owned(), detail });
        }
        let state = boot.state();
        Status {
            current: state.slots.current(),
            fallback: state.slots.fallback().clone(),
            next: state.slots.next().cloned(),
            on_trial: state.slots.trial().is_some(),
            bundles: state.bundles.clone(),
            channel,
            feed_age,
            problems,
        }
    }

    fn feed_age(&self, channel: &str) -> Option<u64> {
        let cached = feed::load(&self.store, channel)?;
        let document =
            Channel::open(cached.envelope?.as_bytes(), &self.config.app, channel, &self.config.trust().ok()?).ok()?;
        Some(self.ports.system.unix_seconds().saturating_sub(document.document().issued.0))
    }

    /// What lasts, as far as it can be read, and what is wrong with it. Changes nothing, so it needs no lock.
    pub(super) fn peek(&self) -> (Lasting, Option<Problem>) {
        match lasting::load(&self.store) {
            Found::Value(lasting) => (lasting, None),
            Found::Absent => (Lasting::default(), None),
            Found::Unreadable(error) => (Lasting::default(), Some(Problem::of(&error))),
            Found::Lost(lost) => {
                let detail = "what lasts did not parse; the next check keeps it aside".to_owned();
                (Lasting::default(), Some(Problem { code: lost.code().to_string(), detail }))
            }
        }
    }

    fn keep(&self, change: impl FnOnce(&mut Lasting) -> Result<()>) -> Result<Change> {
        let Some(_ours) = self.exclusive()? else { return Ok(Change::AlreadyRunning) };
        let mut lasting = self.lasting()?;
        let before = lasting.clone();
        change(&mut lasting)?;
        if lasting != before {
            lasting::save(&self.store, &lasting)?;
        }
        Ok(Change::Done)
    }
}
