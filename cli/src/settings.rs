//! `aloft.toml`: the app, its channel, where its keys and its site are.
//!
//! In: the file, and secrets that the environment holds instead of files. Out: [`Settings`], paths made relative to the
//! file's folder. May touch: that file. Keeps: an unknown option is an error, never ignored.

pub(crate) mod init;
pub(crate) mod place;

use crate::bundle::Selection;
use crate::capacitor;
use crate::failure::{Failure, Result};
use crate::keys::{self, SigningKeyFile};
use crate::output::Output;
use crate::stops::{Permit, Permits};
use crate::text_input;
use aloft_core::model::config::{Config, EncryptionKey, Trust, is_channel_name};
use aloft_core::model::site::Site as Address;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Name of the file.
pub const FILE: &str = "aloft.toml";
/// Where `keys new` puts the signing key.
pub const SIGNING_KEY: &str = ".aloft/signing.pem";
/// Where `keys new --encryption` puts the encryption key.
pub const ENCRYPTION_KEY: &str = ".aloft/encryption.key";

/// What a publisher configures.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The app's id in every signed document.
    pub app: String,
    /// Folder of the site.
    pub site: PathBuf,
    /// The address that devices ask: publishing compares it with the site.
    #[serde(default)]
    pub feed: Option<String>,
    /// The channel of commands that name none.
    #[serde(default = "production")]
    pub channel: String,
    /// What `publish` need not stop for, by name.
    #[serde(default)]
    pub allow: Vec<String>,
    /// Files of a bundle's folder that are left out of it.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Files that are left out by default, or by `exclude`, and are brought back.
    #[serde(default)]
    pub include: Vec<String>,
    /// Where the keys are.
    #[serde(default)]
    pub keys: Keys,
    /// What the index says of channels.
    #[serde(default)]
    pub channels: BTreeMap<String, Access>,
    /// The folder that the file is in.
    #[serde(skip)]
    pub folder: PathBuf,
    /// Keys that the environment holds; they come before files.
    #[serde(skip)]
    pub secrets: Secrets,
}

/// Where the keys are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// The private signing key.
    pub signing: PathBuf,
    /// The encryption key.
    pub encryption: PathBuf,
    /// Public keys, beside one's own, whose signatures under earlier documents are believed.
    pub trusted: Vec<String>,
}

impl Default for Keys {
    fn default() -> Self {
        Self { signing: SIGNING_KEY.into(), encryption: ENCRYPTION_KEY.into(), trusted: Vec::new() }
    }
}

/// Who may see and choose a channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Access {
    /// Is it shown to users?
    pub public: bool,
    /// May a device choose it by itself?
    pub allow_device_to_set: bool,
}

/// Keys in the environment, for CI.
#[derive(Clone, Default)]
pub struct Secrets {
    /// `ALOFT_SIGNING_KEY`: PKCS#8 PEM.
    pub signing: Option<String>,
    /// `ALOFT_ENCRYPTION_KEY`: `aes256:<base64>`.
    pub encryption: Option<String>,
    /// `ALOFT_SEEN`: the file that says what was seen last of the site.
    pub seen: Option<PathBuf>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    /// Those of this process's environment.
    pub fn from_environment() -> Self {
        let read = |name| std::env::var(name).ok().filter(|text| !text.trim().is_empty());
        Self {
            signing: read("ALOFT_SIGNING_KEY"),
            encryption: read("ALOFT_ENCRYPTION_KEY"),
            seen: read("ALOFT_SEEN").map(Into::into),
        }
    }
}

fn production() -> String {
    "production".to_owned()
}

impl Settings {
    /// Settings for `app` with a site and every default; paths are relative to the working directory.
    pub fn new(app: impl Into<String>, site: impl Into<PathBuf>) -> Self {
        Self {
            app: app.into(),
            site: site.into(),
            feed: None,
            channel: production(),
            allow: Vec::new(),
            exclude: Vec::new(),
            include: Vec::new(),
            keys: Keys::default(),
            channels: BTreeMap::new(),
            folder: PathBuf::new(),
            secrets: Secrets::default(),
        }
    }

    /// Read `path`. Does I/O.
    ///
    /// # Errors
    /// `settings_missing`, `bad_settings`.
    pub fn load(path: &Path, secrets: Secrets) -> Result<Self> {
        let text = text_input::read(path).map_err(|failure| match failure.code {
            "not_found" => Failure::new("settings_missing", format!("there is no {}", path.display()))
                .hint("make it with `aloft init`, or name another place with --config"),
            _ => failure,
        })?;
        let mut settings: Self = toml::from_str(&text).map_err(|error| bad(path, error.message()))?;
        settings.check().map_err(|message| bad(path, &message))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for place in [&mut settings.site, &mut settings.keys.signing, &mut settings.keys.encryption] {
            *place = folder.join(&*place);
        }
        Ok(Self { secrets, folder: folder.to_owned(), ..settings })
    }

    fn check(&self) -> std::result::Result<(), String> {
        if self.app.is_empty() {
            return Err("`app` is empty".to_owned());
        }
        self.permits()?;
        if let Some(feed) = &self.feed {
            Address::parse(feed).map_err(|error| format!("`feed`: {error}"))?;
        }
        Selection::new(&self.exclude, &self.include)?;
        match self.channels.keys().chain([&self.channel]).find(|name| !is_channel_name(name)) {
            Some(name) => Err(format!("{name:?} cannot name a channel: a-z, 0-9, `.`, `_`, `-`, and not `index`")),
            None => Ok(()),
        }
    }

    /// What `allow` permits.
    ///
    /// # Errors
    /// The names that may stand there.
    pub(crate) fn permits(&self) -> std::result::Result<Permits, String> {
        self.allow.iter().map(|name| Permit::lasting(name).map_err(|error| format!("`allow`: {error}"))).collect()
    }

    /// The private signing key: from the environment, else its file. Does I/O.
    ///
    /// # Errors
    /// `key_missing`, `bad_key`.
    pub fn signing_key(&self) -> Result<SigningKeyFile> {
        match self.secrets.signing.as_deref() {
            Some(text) => SigningKeyFile::parse(text, "ALOFT_SIGNING_KEY"),
            None => SigningKeyFile::read(&self.keys.signing),
        }
    }

    /// The encryption key: from the environment, else its file. Does I/O.
    ///
    /// # Errors
    /// `key_missing`, `bad_key`.
    pub fn encryption_key(&self) -> Result<EncryptionKey> {
        match self.secrets.encryption.as_deref() {
            Some(text) => keys::parse_encryption_key(text, "ALOFT_ENCRYPTION_KEY"),
            None => keys::read_encryption_key(&self.keys.encryption),
        }
    }

    /// Whose signatures under the site's documents are believed: the trusted keys and one's own.
    ///
    /// # Errors
    /// `key_missing` when there is no key at all, `bad_key`, `weak_key`.
    pub fn trust(&self) -> Result<Trust> {
        let keys = self.public_keys()?;
        if keys.is_empty() {
            self.signing_key()?; // says which is missing
        }
        Ok(Config { signing_keys: Some(keys), ..Config::new(self.app.as_str()) }.trust()?)
    }

    /// Whose signatures are believed by who only reads: no private key is asked for. The app's config names its keys as well.
    ///
    /// # Errors
    /// As [`Self::trust`], where no public key is known.
    pub fn reading_trust(&self) -> Result<Trust> {
        let mut keys = self.keys.trusted.clone();
        keys.extend(self.signing_key().ok().map(|own| own.public()));
        let config = capacitor::find(&self.folder).and_then(|file| capacitor::read(&file).ok());
        let named = config.as_ref().and_then(|config| capacitor::option(config, "signingKeys")?.as_array());
        keys.extend(named.into_iter().flatten().filter_map(|key| key.as_str().map(str::to_owned)));
        keys.sort_unstable();
        keys.dedup();
        if keys.is_empty() {
            return self.trust(); // says which is missing, or what is wrong with it
        }
        Ok(Config { signing_keys: Some(keys), ..Config::new(self.app.as_str()) }.trust()?)
    }

    /// One's own public key, if there is one, and the trusted ones. Does I/O.
    ///
    /// # Errors
    /// `bad_key`.
    pub fn public_keys(&self) -> Result<Vec<String>> {
        let mut keys = self.keys.trusted.clone();
        match self.signing_key() {
            Ok(own) if !keys.contains(&own.public()) => keys.insert(0, own.public()),
            Ok(_) => {}
            Err(missing) if missing.code == "key_missing" => {} // reading needs no private key
            Err(failure) => return Err(failure),
        }
        Ok(keys)
    }
}

/// The settings in this folder, or in the nearest above it. A folder with a Capacitor config or a repository is the project's, and nothing
/// above it is looked at: the settings there are another app's.
pub(crate) fn find(output: Output) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    for folder in here.ancestors() {
        let file = folder.join(FILE);
        if file.is_file() {
            if folder == here {
                break;
            }
            output.note(&format!("settings: {}", file.display()));
            return file;
        }
        let is_project =
            folder.join(".git").exists() || capacitor::CONFIGS.iter().any(|name| folder.join(name).exists());
        if is_project {
            break;
        }
    }
    FILE.into()
}

fn bad(path: &Path, message: &str) -> Failure {
    Failure::new("bad_settings", format!("{}: {}", path.display(), message.trim_end()))
        .hint("`aloft init` writes a file with every option explained; docs/cli.md lists them")
}
