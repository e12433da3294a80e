//! A device on a real disk that runs a confirmed release, for whatever is thrown at it.
//!
//! In: a bad site, config or disk. Out: the code of what it refused, and whether anything was lost. May touch: a folder of
//! the test's own. Keeps: that nothing but the attack differs from a device in the field.

use crate::fault_fs::FaultFs;
use crate::story::{Device, Site, files};
use aloft_core::edge::secrets::FileSecrets;
use aloft_core::keep::names;
use aloft_core::model::config::Config;
use aloft_core::model::{BundleRef, Code};
use aloft_core::updater::{Asked, CheckStatus, UpdateStatus};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// Such a device; it shows release 1.0.0.
pub struct Settled {
    /// The device.
    pub device: Device,
    /// What it asks.
    pub site: Site,
    /// Its disk.
    pub disk: FaultFs,
    shows: BundleRef,
    config: Config,
    folder: TempDir,
}

impl Default for Settled {
    fn default() -> Self {
        let (folder, site, disk) = (tempfile::tempdir().unwrap(), Site::default(), FaultFs::default());
        site.publish("1.0.0");
        let mut device = Device::new(disk.clone(), folder.path().join("data"), &site);
        device.secrets = Arc::new(FileSecrets::new(folder.path().join("secrets")));
        device.page().0.update(Asked::ByHand).unwrap();
        let shows = device.confirmed().1.bundle;
        assert_eq!(device.version(&shows), "1.0.0");
        let config = device.config.clone();
        Self { device, site, disk, shows, config, folder }
    }
}

impl Settled {
    /// A path beside its data folder.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A path in its data folder.
    pub fn path(&self, below: impl AsRef<Path>) -> PathBuf {
        self.device.root.join(below)
    }

    /// Change its files: each of those that are there.
    pub fn spoil(&self, names: &[&str], change: impl Fn(&mut Vec<u8>)) {
        for path in names.iter().map(|name| self.path(name)) {
            let mut bytes = std::fs::read(&path).unwrap();
            change(&mut bytes);
            std::fs::write(path, bytes).unwrap();
        }
    }

    /// Update in the next process: the code it was refused with. A channel that is only too old to install from is
    /// `expired`.
    pub fn update(&mut self) -> Option<Code> {
        match self.device.confirmed().0.update(Asked::ByHand) {
            Err(error) => Some(error.code()),
            Ok(updated) => match updated.status {
                UpdateStatus::Nothing { check: CheckStatus::NothingMatches { expired: true } } => Some(Code::Expired),
                _ => None,
            },
        }
    }

    /// Panics unless the next process boots what was booted before, every file of it whole, and nothing else is next.
    pub fn assert_unharmed(&mut self, when: &str) {
        let (_, serve) = self.device.confirmed();
        assert_eq!(serve.bundle, self.shows, "I1: {when}");
        let folder = serve.path.unwrap();
        for (path, content) in files("1.0.0") {
            assert_eq!(std::fs::read(folder.join(&path)).unwrap(), content, "I2: {path} {when}");
        }
        self.device.assert_whole(when);
        let state = self.device.state().unwrap();
        assert_eq!((state.slots.next(), state.slots.trial()), (None, None), "{when}");
    }

    /// Panics unless the device takes the next good release, once config and disk are as they were, and nothing is left lying about.
    pub fn assert_goes_on(&mut self, when: &str) {
        self.device.config = self.config.clone();
        self.disk.heal();
        self.site.sign(|document| document.expires = None);
        self.site.publish("9.0.0");
        assert_eq!(self.update(), None, "{when}");
        let (_, serve) = self.device.confirmed();
        assert_eq!(self.device.version(&serve.bundle), "9.0.0", "{when}");
        self.device.assert_whole(when);
        self.update(); // which sweeps
        let kept = self.device.state().unwrap().bundles.len();
        assert_eq!(self.device.list(names::BUNDLES).len(), 2 * kept, "I10: each with its seal, {when}");
        assert!(self.device.list(names::PARTIAL).len() <= 4, "I10: {when}");
    }
}
