//! Who this device is, which channel it follows, and what the updater knows of itself.
//!
//! In: calls of the host. Out: an id, a status. May touch: `lasting`, the secret store. Keeps: I11, I12.

use super::Updater;
use super::types::{Change, Problem, Status};
use crate::keep::device_id::Identity;
use crate::keep::{feed, lasting};
use crate::model::config::is_channel_name;
use crate::model::{Code, Error, Result};
use crate::open::Channel;

impl Updater {
    /// The device's id, made once (I12); `None` if the config wants none. While it cannot be kept, it is one that ends with
    /// the process. Blocks on the secret store; the worker's call.
    ///
    /// # Errors
    /// Storage errors, when what lasts cannot be read.
    pub fn device_id(&self) -> Result<Option<String>> {
        self.store.create()?;
        let facts = self.boot().facts().cloned();
        if let Some(facts) = facts {
            self.settle(&facts)?;
        }
        let lock = self.store.lock_install()?;
        let mut lasting = self.lasting()?;
        let identity = match lock {
            Some(_) => self.identity(&mut lasting)?,
            None => self.sources().known(self.config.device_id, &lasting), // what lasts is the running worker's to write
        };
        Ok(match identity {
            Identity::Kept(id) => Some(id.to_string()),
            Identity::Provisional(id) => Some(self.provisional.get_or_init(|| id).to_string()), // I12
            Identity::None => None,
        })
    }

    /// Follow another channel; `None`: the config's again. The next check asks its signed index first. File I/O.
    ///
    /// # Errors
    /// `bad_config` for a name that is none; storage errors.
    pub fn set_channel(&self, channel: Option<&str>) -> Result<Change> {
        if channel.is_some_and(|name| !is_channel_name(name)) {
            return Err(Error::config(Code::BadConfig, "channel", "a channel name is [a-z0-9][a-z0-9._-]{0,63}"));
        }
        self.keep(|lasting| lasting.channel = channel.map(str::to_owned))
    }

    /// The id the app knows this device by, for releases with an audience. File I/O.
    ///
    /// # Errors
    /// Storage errors.
    pub fn set_custom_id(&self, id: Option<&str>) -> Result<Change> {
        self.keep(|lasting| lasting.custom_id = id.map(str::to_owned))
    }

    /// What the updater knows of itself. Small file I/O, no network.
    pub fn status(&self) -> Status {
        let mut problems: Vec<Problem> = Vec::new();
        if self.config.feed.is_some() || self.config.signing_keys.is_some() {
            problems.extend(self.config.trust().err().as_ref().map(Problem::of));
        }
        problems.extend(self.config.encryption().err().as_ref().map(Problem::of));
        let known = self.lasting();
        problems.extend(known.as_ref().err().map(Problem::of));
        let chosen = known.ok().and_then(|lasting| lasting.channel);
        let channel = chosen.unwrap_or_else(|| self.config.channel.clone());
        let feed_age = self.feed_age(&channel);
        let boot = self.fresh();
        problems.extend(boot.problem().cloned());
        if boot.facts().is_some_and(|facts| facts.builtin_root.is_none()) {
            let detail = "without `aloft-builtin.root` the channel alone decides over a store update".to_owned();
            problems.push(Problem { code: "builtin_undescribed".to_owned(), detail });
        }
        let state = boot.state();
        Status {
            current: state.current.clone(),
            fallback: state.fallback.clone(),
            next: state.next.clone(),
            on_trial: state.trial.is_some(),
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

    fn keep(&self, change: impl FnOnce(&mut lasting::Lasting)) -> Result<Change> {
        self.store.create()?;
        let Some(_lock) = self.store.lock_install()? else { return Ok(Change::AlreadyRunning) };
        let mut lasting = self.lasting()?;
        change(&mut lasting);
        lasting::save(&self.store, &lasting).map(|()| Change::Done)
    }
}
