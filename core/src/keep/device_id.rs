//! Who this device is: one id, made once; and whether the data folder is still on the device that wrote it (formats 13.9).
//!
//! In: the secret store's three answers, the mirror in `lasting`. Out: [`Identity`], [`Origin`]. May touch: the secret
//! store, `lasting`. Only the worker calls this, under the install lock, never a launch.
//! Keeps: I12 (field problems I1 to I4: only Absent makes an id, a session's id is never kept, nothing is read from hardware;
//! an id that the host says is stable is hashed with the app's, so that no two apps share one).

use super::lasting::{self, Lasting};
use super::{Store, names};
use crate::edge::ports::{Secret, SecretStore, System};
use crate::model::config::DeviceIdKind;
use crate::model::{DeviceId, Result, Token};

/// Who this device is for the length of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// This id, from now on.
    Kept(DeviceId),
    /// This id until the process ends: what is kept cannot be read, or nothing can be kept.
    Provisional(DeviceId),
    /// The app wants none.
    None,
}

/// Was the second copy of the installation's nonce stored? Only then does its absence mean anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// The state says so.
    Yes,
    /// Not yet.
    No,
}

/// Where the data folder comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// This device: both copies of the nonce agree. Note it in the state.
    Here,
    /// Restored from another installation or device. After acting on it, make a new nonce and note it as not stored.
    Elsewhere,
    /// The secret store did not answer: no conclusion.
    Unknown,
}

/// Compare the nonce in the state with its second copy, or store that.
pub fn origin(secrets: &dyn SecretStore, nonce: &Token, noted: Noted) -> Origin {
    match (secrets.get(names::SECRET_NONCE), noted) {
        (Secret::Found(copy), _) if copy == nonce.as_str() => Origin::Here,
        (Secret::Unavailable, _) => Origin::Unknown,
        (Secret::Found(_) | Secret::Absent, Noted::Yes) => Origin::Elsewhere,
        // A store that outlived an earlier installation still has that one's nonce.
        (Secret::Found(_) | Secret::Absent, Noted::No) => {
            secrets.put(names::SECRET_NONCE, nonce.as_str()).map_or(Origin::Unknown, |()| Origin::Here)
        }
    }
}

/// The ports that an identity is made with.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// Keeps `lasting`.
    pub store: &'a Store,
    /// Keeps the id.
    pub secrets: &'a dyn SecretStore,
    /// Randomness.
    pub system: &'a dyn System,
    /// The app's id.
    pub app: &'a str,
    /// What the host knows this device by, whatever is installed.
    pub stable_id: Option<&'a str>,
}

impl Sources<'_> {
    /// Find this device's id, or make it. `lasting` is what was read, or nothing if it is unreadable; if it changes here,
    /// it is saved here.
    pub fn identity(&self, kind: DeviceIdKind, origin: Origin, mut lasting: Option<&mut Lasting>) -> Identity {
        if let (Origin::Elsewhere, Some(lasting)) = (origin, lasting.as_deref_mut()) {
            // What another device drew its buckets from is not this one's. Unsaved, it is only the same share twice.
            let _ = self.change(lasting, |lasting| lasting.rollout_identity = None);
        }
        match (kind, lasting) {
            (DeviceIdKind::None, _) => Identity::None,
            (DeviceIdKind::Persistent, lasting) => self.persistent(origin, lasting),
            (DeviceIdKind::Install, None) => Identity::Provisional(self.fresh()),
            (DeviceIdKind::Install, Some(lasting)) => {
                let known = lasting.install_id.clone().filter(|_| origin != Origin::Elsewhere);
                let id = known.unwrap_or_else(|| self.fresh());
                let kept = self.change(lasting, |lasting| lasting.install_id = Some(id.clone()));
                if kept.is_ok() { Identity::Kept(id) } else { Identity::Provisional(id) }
            }
        }
    }

    /// The id that is kept already, without writing anything: for whoever does not have the install lock.
    pub fn known(&self, kind: DeviceIdKind, lasting: &Lasting) -> Identity {
        let known = match kind {
            DeviceIdKind::None => return Identity::None,
            DeviceIdKind::Install => lasting.install_id.clone(),
            DeviceIdKind::Persistent => match self.secrets.get(names::SECRET_DEVICE_ID) {
                Secret::Found(text) => text.parse().ok().or_else(|| lasting.device_id.clone()),
                Secret::Absent | Secret::Unavailable => lasting.device_id.clone(),
            },
        };
        known.map_or_else(|| Identity::Provisional(self.fresh()), Identity::Kept)
    }

    fn persistent(&self, origin: Origin, lasting: Option<&mut Lasting>) -> Identity {
        let secret = match self.secrets.get(names::SECRET_DEVICE_ID) {
            // What is no id was one once, and cannot be decrypted: the mirror knows (field problem I2).
            Secret::Found(text) => text.parse().map_err(|_| Origin::Unknown),
            Secret::Absent => Err(origin),
            Secret::Unavailable => {
                let mirror = lasting.and_then(|lasting| lasting.device_id.clone());
                return mirror.map_or_else(|| Identity::Provisional(self.fresh()), Identity::Kept);
            }
        };
        let Some(lasting) = lasting else {
            return secret.map_or_else(|_| Identity::Provisional(self.fresh()), Identity::Kept);
        };
        let (id, stored) = match secret {
            Ok(id) => (id, true),
            Err(origin) => {
                // A restored mirror is another device's; two must not share an id (field problem I3).
                let mirror = lasting.device_id.clone().filter(|_| origin != Origin::Elsewhere);
                let id = mirror.or_else(|| self.derived()).unwrap_or_else(|| self.fresh());
                let stored = self.secrets.put(names::SECRET_DEVICE_ID, id.as_str()).is_ok();
                (id, stored)
            }
        };
        let mirrored = self.change(lasting, |lasting| lasting.device_id = Some(id.clone())).is_ok();
        if stored || mirrored { Identity::Kept(id) } else { Identity::Provisional(id) }
    }

    /// What rollout buckets are drawn from: chosen at first use and kept, so that buckets never move (formats 4). A
    /// provisional id is never chosen; the nonce of the installation serves then.
    ///
    /// # Errors
    /// The choice could not be kept: then nothing may be drawn from it.
    pub fn rollout_identity(&self, identity: &Identity, nonce: &Token, lasting: &mut Lasting) -> Result<String> {
        if let Some(chosen) = &lasting.rollout_identity {
            return Ok(chosen.clone());
        }
        let chosen = match identity {
            Identity::Kept(id) => id.to_string(),
            Identity::Provisional(_) | Identity::None => nonce.to_string(),
        };
        self.change(lasting, |lasting| lasting.rollout_identity = Some(chosen.clone()))?;
        Ok(chosen)
    }

    /// Change `lasting`, in memory only if also on the disk.
    fn change(&self, lasting: &mut Lasting, change: impl FnOnce(&mut Lasting)) -> Result<()> {
        let mut changed = lasting.clone();
        change(&mut changed);
        if changed != *lasting {
            lasting::save(self.store, &changed)?;
            *lasting = changed;
        }
        Ok(())
    }

    fn derived(&self) -> Option<DeviceId> {
        DeviceId::derived(self.app, self.stable_id?)
    }

    fn fresh(&self) -> DeviceId {
        let mut random = [0; 16];
        self.system.random(&mut random);
        DeviceId::from_random(random)
    }
}

#[cfg(test)]
mod tests;
