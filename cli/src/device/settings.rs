//! What a device on the command line is: the app it runs, the phone it pretends to be, and whom it trusts.
//!
//! In: `device.json` in its folder, written by `aloft device init`. Out: the core's [`Config`] and [`Facts`].
//! May touch: the device's folder, `/proc` for this process's start.

use aloft_core::edge::system::{boot_session, process_started};
use aloft_core::model::config::Config;
use aloft_core::model::facts::{BuiltinRoot, ExitRecord, Facts, Platform};
use aloft_core::model::{Build, Error};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};

/// Name of the settings inside a device's folder.
pub(super) const FILE: &str = "device.json";
/// Where the core keeps its data inside a device's folder.
const DATA: &str = "data";
/// The last token this device's processes had set; what Android keeps as the process state summary.
const SUMMARY: &str = "summary";

/// The content of `device.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceSettings {
    /// The app's id in signed documents.
    pub app: String,
    /// URL of the site.
    pub feed: String,
    /// The channel it starts on.
    pub channel: String,
    /// `ed25519:…`.
    pub signing_keys: Vec<String>,
    /// How many keys must have signed.
    pub signing_threshold: usize,
    /// `aes256:…`.
    #[serde(default)]
    pub encryption_keys: Vec<String>,
    /// Folder of the builtin web assets.
    pub builtin: PathBuf,
    /// Platform it says it is.
    pub platform: Platform,
    /// Native build.
    pub build: Build,
    /// System version.
    #[serde(default)]
    pub os: String,
    /// Web view version.
    #[serde(default)]
    pub webview: Option<String>,
    /// Native surface.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// Foreground milliseconds an attempt has; the core's default if absent.
    #[serde(default)]
    pub app_ready: Option<u64>,
}

impl DeviceSettings {
    /// Write the settings into a new device folder.
    ///
    /// # Errors
    /// When the folder holds a device already, or cannot be written.
    pub fn create(&self, folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let json = serde_json::to_vec_pretty(self)?; // before there is a file
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(folder.join(FILE))?;
        io::Write::write_all(&mut file, &json)
    }

    /// Replace the settings of a device: another native build was installed over it, another trust configured.
    ///
    /// # Errors
    /// When there is no device in the folder, or it cannot be written.
    pub fn replace(&self, folder: &Path) -> io::Result<()> {
        let json = serde_json::to_vec_pretty(self)?; // before the old ones are gone
        let mut file = std::fs::OpenOptions::new().write(true).truncate(true).open(folder.join(FILE))?;
        io::Write::write_all(&mut file, &json)
    }

    /// Read the settings of a device.
    ///
    /// # Errors
    /// When there is no device in the folder, or its settings do not parse.
    pub fn load(folder: &Path) -> io::Result<Self> {
        Ok(serde_json::from_slice(&std::fs::read(folder.join(FILE))?)?)
    }

    /// The core's config.
    pub fn config(&self) -> Config {
        let mut config = Config::new(&self.app);
        config.feed = Some(self.feed.clone());
        config.channel.clone_from(&self.channel);
        config.signing_keys = Some(self.signing_keys.clone());
        config.signing_threshold = self.signing_threshold;
        config.encryption_keys.clone_from(&self.encryption_keys);
        config.builtin_description = Some(self.builtin.join("aloft-builtin.json"));
        config.builtin_assets = vec![self.builtin.clone()];
        config.timing.app_ready = self.app_ready.unwrap_or(config.timing.app_ready);
        config
    }

    /// The facts of this process.
    pub fn facts(&self, foreground: bool, exits: Vec<ExitRecord>) -> Facts {
        let pid = std::process::id();
        Facts {
            build: self.build.clone(),
            builtin_root: self.builtin_root(),
            platform: self.platform,
            os: self.os.clone(),
            os_build: String::new(),
            webview: self.webview.clone(),
            fingerprint: self.fingerprint.clone(),
            boot_session: boot_session(),
            pid,
            started: process_started(pid),
            foreground,
            exits,
            low_memory_kills_reported: self.platform == Platform::Android,
        }
    }

    fn builtin_root(&self) -> BuiltinRoot {
        BuiltinRoot::read(std::fs::read_to_string(self.builtin.join("aloft-builtin.root")))
    }
}

/// Where the core's data lies; absolute, so that whoever reads a path in an answer finds it.
pub fn data_folder(folder: &Path) -> PathBuf {
    let data = folder.join(DATA);
    std::path::absolute(&data).unwrap_or(data)
}

/// Remember the token of what this process shows, as Android does with the process state summary.
///
/// # Errors
/// When the folder cannot be written.
pub fn set_summary(folder: &Path, token: &str) -> Result<(), Error> {
    std::fs::write(folder.join(SUMMARY), token).map_err(|error| Error::storage("write", SUMMARY, error))
}

/// The summary of the process that ran last.
pub fn summary(folder: &Path) -> Option<String> {
    std::fs::read_to_string(folder.join(SUMMARY)).ok()
}
