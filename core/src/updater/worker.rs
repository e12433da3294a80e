//! One run of the worker: the install lock, what lasts, a transport of its own; and the sweep.
//!
//! In: a piece of work. Out: its result, or that another run is going on. May touch: locks, `lasting`, what sweep removes.
//! Keeps: I9 (without `lasting` there is no check), I10 (one run at a time), I13 (the state lock is not held meanwhile).

use super::boot::CALL_WAIT;
use super::memory::Copies;
use super::types::Problem;
use super::{Updater, lock};
use crate::edge::ports::{Lock, Transport};
use crate::fetch::Network;
use crate::keep::device_id::{Identity, Noted, Origin, Sources, origin};
use crate::keep::frame::Found;
use crate::keep::lasting::Lasting;
use crate::keep::{lasting, sweep};
use crate::model::config::{EncryptionKey, Trust};
use crate::model::document::{Artifact, BuiltinDescription};
use crate::model::facts::Facts;
use crate::model::limits::MAX_FILE_LIST;
use crate::model::report::Reason;
use crate::model::site::Site;
use crate::model::state::State;
use crate::model::{BundleId, Code, Error, Result, json};
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, MutexGuard, TryLockError};

/// What a run works with.
pub(super) struct Run<'a> {
    pub(super) updater: &'a Updater,
    pub(super) trust: Trust,
    pub(super) keys: Vec<EncryptionKey>,
    pub(super) facts: Facts,
    pub(super) lasting: Lasting,
    pub(super) identity: Identity,
    /// What the build wrote about its own assets; without it the channel alone decides (formats 5).
    pub(super) builtin: Option<BuiltinDescription>,
    pub(super) cancelled: &'a AtomicBool,
    transport: Arc<dyn Transport>,
    site: Site,
}

impl Run<'_> {
    /// The URL of a file of the site.
    pub(super) fn url(&self, path: &str) -> String {
        self.site.url(path)
    }

    /// Where an artifact lies (formats 5).
    pub(super) fn artifact_url(&self, artifact: &Artifact) -> String {
        self.url(&format!("artifacts/{}.{}", artifact.sha256, artifact.kind))
    }

    pub(super) fn network(&self) -> Network<'_> {
        let Updater { ports, config, .. } = self.updater;
        Network { transport: &*self.transport, system: &*ports.system, timing: &config.timing }
    }

    pub(super) fn channel_url(&self) -> String {
        channel_url(&self.site, &self.channel())
    }

    /// The channel of this device.
    pub(super) fn channel(&self) -> String {
        self.updater.channel_of(&self.lasting)
    }
}

/// What the config lets through: whom to trust, which site to ask, what to decrypt with.
pub(super) struct Gate {
    pub(super) trust: Trust,
    pub(super) site: Site,
    pub(super) keys: Vec<EncryptionKey>,
}

/// Where a channel's document lies (formats 12.1).
pub(super) fn channel_url(site: &Site, channel: &str) -> String {
    site.url(&format!("channels/{channel}.json"))
}

impl Updater {
    /// Do `work` as the only run on this data folder; `None`: another one is going on.
    pub(super) fn run<T>(&self, work: impl FnOnce(&mut Run<'_>) -> Result<T>) -> Result<Option<T>> {
        let Gate { trust, site, keys } = self.gate()?;
        let Some(_ours) = self.exclusive()? else { return Ok(None) };
        self.cancelled.store(false, Ordering::SeqCst);

        let facts = self.settled()?;
        let mut lasting = self.lasting()?;
        let identity = self.identity(&mut lasting)?;
        self.copy_ledger(&mut lasting)?;
        self.sweep();

        let builtin = self.builtin_description()?;
        let transport = self.ports.connect.connect(&self.config)?;
        *lock(&self.running) = Some(transport.clone());
        if self.cancelled.load(Ordering::SeqCst) {
            transport.cancel(); // it was called before there was a transport
        }
        let cancelled = &self.cancelled;
        let mut run = Run { updater: self, trust, keys, facts, lasting, identity, builtin, cancelled, transport, site };
        let result = work(&mut run);
        let Run { mut lasting, .. } = run;
        *lock(&self.running) = None;
        if let Err(error) = self.copy_ledger(&mut lasting) {
            self.log(&format!("the copy of the ledger: {error}"));
        }
        result.map(Some)
    }

    /// What the config lets through. No I/O.
    ///
    /// # Errors
    /// Whatever closes the gate (I3).
    pub(super) fn gate(&self) -> Result<Gate> {
        let trust = self.config.trust()?;
        let site = self.config.site()?;
        let site = site.ok_or_else(|| Error::config(Code::FeedMissing, "feed", "set the URL of the site"))?;
        Ok(Gate { trust, site, keys: self.config.encryption()? })
    }

    /// The channel of this device: the one it was given, else the config's.
    pub(super) fn channel_of(&self, lasting: &Lasting) -> String {
        lasting.channel.clone().unwrap_or_else(|| self.config.channel.clone())
    }

    /// The only one who changes what lasts, among the threads of this process and among processes; `None`: somebody else is.
    pub(super) fn exclusive(&self) -> Result<Option<(MutexGuard<'_, ()>, Lock)>> {
        let mine = match self.install.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(None),
        };
        self.store.create()?;
        Ok(self.store.lock_install()?.map(|ours| (mine, ours)))
    }

    /// The facts of this process, once there is a state to work on.
    pub(super) fn settled(&self) -> Result<Facts> {
        let facts = self.boot().facts().cloned();
        let facts = facts.ok_or_else(|| Error::config(Code::BadConfig, "facts", "call `launch` or `inform` first"))?;
        self.settle(&facts).map(|()| facts)
    }

    /// What the build wrote of its own assets, if it did. A description that is there and cannot be read ends the run: without it an
    /// older release would come back over the builtin assets (I8).
    fn builtin_description(&self) -> Result<Option<BuiltinDescription>> {
        let Some(path) = self.config.builtin_description.as_deref() else { return Ok(None) };
        let bytes = match self.ports.fs.read(path, MAX_FILE_LIST) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::storage("read", "aloft-builtin.json", error)),
        };
        let described = json::parse(&bytes, "aloft-builtin.json", Code::BadDocument);
        Ok(described.inspect_err(|error| self.log(&error.to_string())).ok())
    }

    /// Read `lasting`, or begin one. Lost: kept aside and reported; floors are then those of the builtin and the index.
    /// Under the install lock.
    pub(super) fn lasting(&self) -> Result<Lasting> {
        match lasting::load(&self.store) {
            Found::Value(lasting) => Ok(lasting),
            Found::Absent => Ok(Lasting::default()),
            Found::Unreadable(error) => Err(error),
            Found::Lost(lost) => {
                let detail = "what lasts did not parse and is kept in aside/".to_owned();
                self.log(&format!("{}: {detail}", lost.code()));
                self.boot().lost_lasting(Problem { code: lost.code().to_string(), detail });
                lasting::keep_aside(&self.store)?;
                let (detail, now) = (format!("lasting: {}", lost.code()), self.ports.system.unix_seconds());
                self.amend(|state| state.note(None, Reason::StorageLost, &detail, now))?; // I11
                let lasting = Lasting::default();
                lasting::save(&self.store, &lasting).map(|()| lasting)
            }
        }
    }

    /// Who this device is, and whether its state was written here (never at launch).
    pub(super) fn identity(&self, lasting: &mut Lasting) -> Result<Identity> {
        let (nonce, noted) = {
            let boot = self.boot();
            let state = boot.state();
            (state.install_nonce.clone(), if state.nonce_stored { Noted::Yes } else { Noted::No })
        };
        let found = origin(&*self.ports.secrets, &nonce, noted);
        let identity = self.sources().identity(self.config.device_id, found, Some(lasting));
        match (found, noted) {
            (Origin::Here, Noted::No) => self.amend(|state| state.nonce_stored = true)?,
            (Origin::Elsewhere, _) => {
                self.log("the data folder was restored from another installation");
                let nonce = super::boot::draw(&self.ports);
                self.amend(|state| (state.install_nonce, state.nonce_stored) = (nonce, false))?;
            }
            _ => {}
        }
        Ok(identity)
    }

    pub(super) fn sources(&self) -> Sources<'_> {
        Sources {
            store: &self.store,
            secrets: &*self.ports.secrets,
            system: &*self.ports.system,
            app: &self.config.app,
            stable_id: self.config.stable_id.as_deref(),
        }
    }

    /// The ledger has a copy that outlives the state: one that was made anew takes it over, once, so that what is cleared
    /// later stays cleared.
    fn copy_ledger(&self, lasting: &mut Lasting) -> Result<()> {
        let is_other = |state: &State| lasting.ledger_of.as_ref() != Some(&state.install_nonce);
        if is_other(self.boot().state()) {
            self.amend(|state| {
                if is_other(state) {
                    state.ledger.merge(&lasting.ledger);
                }
            })?;
        }
        let before = lasting.clone();
        {
            let boot = self.boot();
            lasting.ledger.clone_from(&boot.state().ledger);
            lasting.ledger_of = Some(boot.state().install_nonce.clone());
        }
        if *lasting == before { Ok(()) } else { lasting::save(&self.store, lasting) }
    }

    /// Remove what no slot names and no process serves. A process that shows pages does so after its first one: the start
    /// is not the time (architecture 6). Without anything to remove this costs a few listings: no lock, no write and no sync.
    pub(super) fn sweep(&self) {
        let now = self.ports.system.unix_seconds();
        let named = {
            let boot = self.boot();
            if !boot.may_sweep() {
                return;
            }
            ids(boot.state())
        };
        if matches!(sweep::is_needed(&self.store, &named, now), Ok(false)) {
            return;
        }
        let named = {
            let (mut boot, locked) = self.both(CALL_WAIT, |wait| self.store.lock_state(wait));
            let Ok(Some(_lock)) = locked else { return };
            boot.refresh(&self.store);
            if boot.save(&self.store, Copies::Both).is_err() {
                return; // nothing is deleted that either slot names (I2)
            }
            ids(boot.state())
        };
        if let Err(error) = sweep::sweep(&self.store, &named, now) {
            self.log(&format!("sweep: {error}"));
        }
    }
}

fn ids(state: &State) -> BTreeSet<BundleId> {
    state.bundles.iter().map(|kept| kept.id.clone()).collect()
}
