//! To whom a release goes and how, as far as the command line says so.
//!
//! In: what was asked. Out: an entry with that in it. May touch: nothing. Keeps: what was not asked stays as it is.

use super::options::{self, Encryption, Expiry, Share};
use crate::site::draft::salt;
use crate::site::reach;
use aloft_core::decide::rollout::WHOLE;
use aloft_core::model::document::{ChannelDocument, Priority, ReleaseEntry, Requires, Rollout, Strict};

/// What was asked for; what is empty was not.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Share of devices.
    pub share: Option<Share>,
    /// Salt of that share: the same one keeps the same devices first.
    pub salt: Option<String>,
    /// What a device must have; only the members that are present were asked for.
    pub requires: Requires,
    /// Custom ids it is for.
    pub audience: Vec<String>,
    /// May it replace builtin assets that are as new or newer?
    pub over_builtin: bool,
    /// How soon.
    pub priority: Option<Priority>,
    /// When the channel expires.
    pub expires: Option<Expiry>,
    /// Are the artifacts encrypted?
    pub encryption: Encryption,
}

impl Terms {
    /// Sets in `entry` what was asked. The artifacts are another matter.
    pub(super) fn apply(&self, entry: &mut ReleaseEntry) {
        if let Some(share) = self.share.filter(|share| reach::share(entry) != Some(share.bps())) {
            let salt = match entry.rollout.take() {
                Some(Strict::Known(rollout)) => rollout.salt, // the same devices stay first
                _ => salt(entry.root),
            };
            let staged = Strict::Known(Rollout { bps: share.bps(), salt });
            entry.rollout = (share.bps() < WHOLE).then_some(staged);
        }
        if let (Some(salt), Some(Strict::Known(rollout))) = (&self.salt, &mut entry.rollout) {
            rollout.salt.clone_from(salt);
        }
        if self.requires != Requires::default() {
            entry.requires = Some(Strict::Known(self.required(entry)));
        }
        if let Some(audience) = options::audience(&self.audience, salt(entry.root)) {
            entry.audience = Some(Strict::Known(audience));
        }
        entry.over_builtin |= self.over_builtin;
        entry.priority = self.priority.unwrap_or(entry.priority);
    }

    /// Does `entry`, in this document, have everything that was asked?
    pub(super) fn are_met(&self, entry: &ReleaseEntry, document: &ChannelDocument) -> bool {
        let mut wanted = entry.clone();
        self.apply(&mut wanted);
        let period = document.expires.map(|expires| expires.0.saturating_sub(document.issued.0));
        let expires = period.map_or(Expiry::Never, Expiry::After);
        wanted == *entry
            && self.expires.is_none_or(|asked| asked == expires)
            && (self.encryption == Encryption::None || is_encrypted(entry))
    }

    fn required(&self, entry: &ReleaseEntry) -> Requires {
        let mut requires = match &entry.requires {
            Some(Strict::Known(requires)) => requires.clone(),
            _ => Requires::default(),
        };
        let asked = self.requires.clone();
        requires.platform = asked.platform.or(requires.platform);
        requires.native_build.extend(asked.native_build);
        requires.os.extend(asked.os);
        requires.webview = asked.webview.or(requires.webview);
        requires.fingerprint = asked.fingerprint.or(requires.fingerprint);
        requires
    }
}

/// Is every way to get it encrypted?
pub(super) fn is_encrypted(entry: &ReleaseEntry) -> bool {
    !entry.artifacts.is_empty() && entry.artifacts.iter().all(|artifact| artifact.cipher.is_some())
}
