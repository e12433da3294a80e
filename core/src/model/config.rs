//! What the app configures, with defaults and why they are what they are.
//!
//! In: [`Config`] as the host wrote it. Out: keys and URLs that are right in form, or a problem that names the option.
//! May touch: nothing. Keeps: I3 (the gate is closed while keys are wrong), I10.

use super::digest::Digest;
use super::error::{Code, Error, Result};
use super::limits::{Limits, MAX_SIGNATURES};
use super::path::BundlePath;
use super::site::Site;
use base64::Engine as _;
use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Everything an app decides about updates.
#[derive(Debug, Clone)]
pub struct Config {
    /// The app's id in every signed document; the plugin's `appId`, never the native package id (formats 2).
    pub app: String,
    /// URL of the site that holds `channels/` and `artifacts/`; none: no checks.
    pub feed: Option<String>,
    /// The channel of devices that were not given another.
    pub channel: String,
    /// `signingKeys` as written; `None` only if the option is absent. Present but unusable closes the gate (I3).
    pub signing_keys: Option<Vec<String>>,
    /// How many different keys must have signed.
    pub signing_threshold: usize,
    /// `aes256:<base64>`, newest first.
    pub encryption_keys: Vec<String>,
    /// Does a native update serve the builtin assets first? (`resetWhenUpdate`)
    pub on_native_update: OnNativeUpdate,
    /// What a page that is shown in session loads. (`keepUrlPathAfterReload`)
    pub reload: ReloadAt,
    /// `persistent` survives what the platform lets survive; `install` is new with every installation; `none` has none.
    pub device_id: DeviceIdKind,
    /// What the host knows this device by, whatever is installed; set by the host, hashed with `app`, never sent. A persistent
    /// id that is not there is derived from it (I12).
    pub stable_id: Option<String>,
    /// Absolute path of `aloft-builtin.json`, which the worker reads; none: the channel alone decides over the builtin assets.
    pub builtin_description: Option<std::path::PathBuf>,
    /// Where the builtin web assets lie, absolute: a folder, or packages (APKs) that have them in `assets/public/`; the first that
    /// has an `index.html` counts. Empty: no pack can be built on them.
    pub builtin_assets: Vec<std::path::PathBuf>,
    /// The file that the app loads first, where that is not `index.html` (`server.appStartPath`). A bundle without it is refused
    /// and never shown: Capacitor ends the app on iOS when the file is missing.
    pub start_file: Option<BundlePath>,
    /// Proxy for every request, e.g. `http://10.0.0.1:8080`; set by the host, never read from the environment.
    pub proxy: Option<String>,
    /// Hosts that are reached without it: names or addresses, with `*` at one end for any beginning or end.
    pub proxy_except: Vec<String>,
    /// Trusted roots for TLS as PEM; none: the ones compiled in (or the platform's, with that feature).
    pub tls_roots_pem: Option<Vec<u8>>,
    /// Where waiting times and measures can be changed.
    pub timing: Timing,
    /// Lowered limits.
    pub limits: Limits,
    /// Free bytes that must remain after an install. 32 MiB: room for the app's own data and for the system's logs.
    pub space_margin: u64,
    /// Foreground attempts a new bundle has to confirm itself. 2: one bad start may be chance.
    pub boot_attempts: u32,
    /// Crash-like deaths in a row after which a confirmed bundle is left. 3: as systems count crash loops.
    pub crash_loop_limit: u32,
}

/// What happens to the bundle when the native build changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnNativeUpdate {
    /// Builtin first (I8).
    Reset,
    /// Keep bundles that the new build still meets, on trial again.
    Keep,
}

/// What a page loads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReloadAt {
    /// The app's start URL.
    Start,
    /// The path that the page before it had.
    SamePath,
}

/// How long the device id lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceIdKind {
    /// As long as the secret store keeps it, or the host's `stable_id` stays the same.
    Persistent,
    /// As long as this installation.
    Install,
    /// No id at all.
    None,
}

/// Waiting times, in milliseconds unless named otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Least time between automatic checks. 10 min: an app opened often does not ask more often than a CDN caches.
    pub check_interval: u64,
    /// First back-off after a failed check. 30 s, doubling, with jitter: a fleet does not return at once (field problem D5).
    pub backoff_first: u64,
    /// Longest back-off. 6 h: an outage over night is over by morning.
    pub backoff_last: u64,
    /// Connecting, TLS included. 10 s: beyond that, phones have lost the network.
    pub connect: u64,
    /// No byte for this long ends a transfer. 30 s: longer than a lift, shorter than patience. There is no total limit.
    pub idle: u64,
    /// Slower than this many bytes a second, over `rate_window`, ends a transfer: a drip must not hold a slot for hours.
    pub least_rate: u64,
    /// Window for `least_rate`.
    pub rate_window: u64,
    /// Foreground time an attempt has to confirm (`appReadyTimeout`). 30 s: slow phones start web apps in under 15.
    pub app_ready: u64,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            check_interval: 600_000,
            backoff_first: 30_000,
            backoff_last: 6 * 3_600_000,
            connect: 10_000,
            idle: 30_000,
            least_rate: 1024,
            rate_window: 60_000,
            app_ready: 30_000,
        }
    }
}

impl Config {
    /// A config for `app` with every default and no feed.
    pub fn new(app: impl Into<String>) -> Self {
        Self {
            app: app.into(),
            feed: None,
            channel: "production".to_owned(),
            signing_keys: None,
            signing_threshold: 1,
            encryption_keys: Vec::new(),
            on_native_update: OnNativeUpdate::Reset,
            reload: ReloadAt::Start,
            device_id: DeviceIdKind::Persistent,
            stable_id: None,
            builtin_description: None,
            builtin_assets: Vec::new(),
            start_file: None,
            proxy: None,
            proxy_except: Vec::new(),
            tls_roots_pem: None,
            timing: Timing::default(),
            limits: Limits::default(),
            space_margin: 32 << 20,
            boot_attempts: 2,
            crash_loop_limit: 3,
        }
    }

    /// The trusted signing keys.
    ///
    /// # Errors
    /// `bad_config` when there are none, too many, or the threshold cannot be met; `bad_key` and `weak_key` for the first
    /// key that cannot be used. Any error closes the gate (I3).
    pub fn trust(&self) -> Result<Trust> {
        let option = "signingKeys";
        let texts = self.signing_keys.as_deref().unwrap_or_default();
        if texts.is_empty() {
            return Err(Error::config(
                Code::BadConfig,
                option,
                "a feed needs at least one key, as `ed25519:<base64 of 32 bytes>`",
            ));
        }
        if texts.len() > MAX_SIGNATURES {
            return Err(Error::config(Code::BadConfig, option, format!("at most {MAX_SIGNATURES} keys")));
        }
        let mut keys = texts.iter().map(|text| text.parse()).collect::<Result<Vec<SigningKey>>>()?;
        keys.sort_unstable_by_key(|key| key.id);
        keys.dedup_by_key(|key| key.id);
        if self.signing_threshold == 0 || self.signing_threshold > keys.len() {
            let detail = format!(
                "{} of {} different keys cannot sign; write 1 to {}",
                self.signing_threshold,
                keys.len(),
                keys.len()
            );
            return Err(Error::config(Code::BadConfig, "signingThreshold", detail));
        }
        Ok(Trust { version: 1, keys, threshold: self.signing_threshold })
    }

    /// The site to ask, if there is one.
    ///
    /// # Errors
    /// `bad_config` and `insecure_url` for a `feed` that cannot be asked.
    pub fn site(&self) -> Result<Option<Site>> {
        self.feed.as_deref().map(Site::parse).transpose()
    }

    /// The encryption keys that can be used.
    ///
    /// # Errors
    /// `bad_key` for the first that cannot.
    pub fn encryption(&self) -> Result<Vec<EncryptionKey>> {
        self.encryption_keys.iter().map(|text| text.parse()).collect()
    }
}

/// First 8 bytes of the SHA-256 of a key's 32 bytes; 16 lower-case hex characters (formats 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// The id of a key.
    pub fn of(key: &[u8; 32]) -> Self {
        let mut id = [0; 8];
        id.iter_mut().zip(Digest::of(key).bytes()).for_each(|(to, from)| *to = *from);
        Self(id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

impl FromStr for KeyId {
    type Err = super::bundle::BadName;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        let token: super::bundle::Token =
            text.parse().map_err(|_| super::bundle::BadName("a key id is 16 lower-case hex characters"))?;
        let number =
            u64::from_str_radix(token.as_str(), 16).map_err(|_| super::bundle::BadName("a key id is hexadecimal"))?;
        Ok(Self(number.to_be_bytes()))
    }
}

impl TryFrom<String> for KeyId {
    type Error = super::bundle::BadName;

    fn try_from(text: String) -> std::result::Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.to_string()
    }
}

/// A public Ed25519 key that is not weak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its id.
    pub id: KeyId,
    /// The key.
    pub key: VerifyingKey,
}

impl FromStr for SigningKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bytes = key_bytes(text, "ed25519:", "signingKeys")?;
        let key = VerifyingKey::from_bytes(&bytes)
            .map_err(|_| Error::config(Code::BadKey, "signingKeys", "the 32 bytes are not an Ed25519 public key"))?;
        if key.is_weak() {
            return Err(Error::config(
                Code::WeakKey,
                "signingKeys",
                "the key is weak: anybody could sign for it; make one with `aloft keys new`",
            ));
        }
        Ok(Self { id: KeyId::of(&bytes), key })
    }
}

/// An AES-256 key that artifacts' keys are derived from. Its debug form shows the id only.
#[derive(Clone, PartialEq, Eq)]
pub struct EncryptionKey {
    /// Its id.
    pub id: KeyId,
    /// The 32 bytes.
    pub bytes: [u8; 32],
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncryptionKey({})", self.id)
    }
}

impl FromStr for EncryptionKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bytes = key_bytes(text, "aes256:", "encryptionKeys")?;
        Ok(Self { id: KeyId::of(&bytes), bytes })
    }
}

/// Whitespace is tolerated: keys pass through web forms and other systems (field problem E2).
fn key_bytes(text: &str, prefix: &str, option: &'static str) -> Result<[u8; 32]> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let wrong = || Error::config(Code::BadKey, option, format!("a key is `{prefix}<base64 of 32 bytes>`"));
    let encoded = text.strip_prefix(prefix).ok_or_else(wrong)?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(encoded).map_err(|_| wrong())?;
    bytes.try_into().map_err(|_| wrong())
}

/// Who may sign, and how many of them must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// Version of the trust document; a config's own keys are version 1 (formats 6).
    pub version: u64,
    /// Different keys, sorted by id.
    pub keys: Vec<SigningKey>,
    /// How many of them must have signed.
    pub threshold: usize,
}

impl Trust {
    /// Names the chain of trust: floors and `ETag`s belong to it (formats 4).
    pub fn chain(&self) -> Digest {
        let mut bytes = self.threshold.to_be_bytes().to_vec();
        self.keys.iter().for_each(|key| bytes.extend(key.key.as_bytes()));
        Digest::of(&bytes)
    }
}

/// Is `name` a channel name: `[a-z0-9][a-z0-9._-]{0,63}`, and neither `index` nor `index.json`, which name the index?
pub fn is_channel_name(name: &str) -> bool {
    let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let rest = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-'));
    first && rest && name.len() <= 64 && !matches!(name, "index" | "index.json")
}
