//! `aloft keys new|show`.
//!
//! In: where keys are or shall be. Out: new key files; the public key, ids, and what belongs into the app's config.
//! May touch: the key files, and a `.gitignore` beside new ones.

use super::{SigningKeyFile, create_encryption_key};
use crate::failure::Result;
use crate::output::{self, BOLD, Output, PLAIN};
use crate::settings::{ENCRYPTION_KEY, SIGNING_KEY, Secrets, Settings};
use aloft_core::model::config::EncryptionKey;
use base64::Engine as _;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// What to do with keys.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key; one that exists is never overwritten
    New {
        /// Make an encryption key instead of a signing key. The app holds it: it hides bundles from CDNs, proxies and
        /// backups, not from someone who takes the app apart
        #[arg(long)]
        encryption: bool,
        /// Where to write it [default: as in aloft.toml, else .aloft/]
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Show the public key, the key ids, and what belongs into the app's config
    Show {
        /// Show the encryption key itself too, for the app's config
        #[arg(long)]
        secret: bool,
    },
}

/// Run the command. Without an aloft.toml keys are looked for in their default places.
///
/// # Errors
/// `key_exists`, `key_missing`, `bad_key`, `bad_settings`, and those of the system.
pub(crate) fn run(command: KeysCommand, config: &Path, secrets: Secrets, output: Output) -> Result<()> {
    let settings = match Settings::load(config, secrets.clone()) {
        Err(failure) if failure.code == "settings_missing" => {
            let folder = config.parent().unwrap_or(Path::new(""));
            let mut settings = Settings { secrets, ..Settings::new("", "") };
            settings.keys.signing = folder.join(SIGNING_KEY);
            settings.keys.encryption = folder.join(ENCRYPTION_KEY);
            settings
        }
        loaded => loaded?,
    };
    match command {
        KeysCommand::New { encryption: false, out } => {
            let path = out.unwrap_or(settings.keys.signing);
            let key = SigningKeyFile::generate()?;
            key.create(&path)?;
            ignore_in_git(&path);
            let human = format!(
                "wrote {}\npublic key {BOLD}{}{PLAIN}, id {}\nKeep the file: without it apps that trust it cannot be updated. `aloft keys show` prints what belongs into the app.",
                path.display(),
                key.public(),
                key.id()
            );
            output.result(&json!({ "path": output::path(&path), "signing": signing_json(&key) }), &human);
        }
        KeysCommand::New { encryption: true, out } => {
            let path = out.unwrap_or(settings.keys.encryption);
            let key = create_encryption_key(&path)?;
            ignore_in_git(&path);
            let human = format!(
                "wrote {}, id {}\nThe app holds this key: it hides bundles from CDNs, proxies and backups, not from someone who takes the app apart.",
                path.display(),
                key.id
            );
            output.result(&json!({ "path": output::path(&path), "encryption": { "key_id": key.id } }), &human);
        }
        KeysCommand::Show { secret } => show(&settings, if secret { Shown::Secret } else { Shown::Hidden }, output)?,
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Secret,
    Hidden,
}

fn show(settings: &Settings, shown: Shown, output: Output) -> Result<()> {
    let signing = settings.signing_key()?;
    let encryption = match settings.encryption_key() {
        Err(missing) if missing.code == "key_missing" => None,
        found => Some(found?),
    };
    let mut snippet = Map::from_iter([("signingKeys".to_owned(), Value::from(settings.public_keys()?))]);
    if !settings.app.is_empty() {
        snippet.insert("appId".to_owned(), Value::from(settings.app.as_str()));
    }
    if let Some(key) = &encryption {
        let text = match shown {
            Shown::Secret => format!("aes256:{}", base64::engine::general_purpose::STANDARD.encode(key.bytes)),
            Shown::Hidden => "aes256:… (aloft keys show --secret)".to_owned(),
        };
        snippet.insert("encryptionKeys".to_owned(), Value::from(vec![text]));
    }
    let snippet = json!({ "plugins": { "CapacitorUpdater": snippet } });
    let human = format!(
        "signing     {BOLD}{}{PLAIN}  id {}\nencryption  {}\n\nfor capacitor.config.json:\n{snippet:#}",
        signing.public(),
        signing.id(),
        encryption.as_ref().map_or_else(|| "none".to_owned(), |key| format!("id {}", key.id)),
    );
    let encryption = encryption.as_ref().map(|EncryptionKey { id, .. }| json!({ "key_id": id }));
    output.result(&json!({ "signing": signing_json(&signing), "encryption": encryption, "config": snippet }), &human);
    Ok(())
}

fn signing_json(key: &SigningKeyFile) -> Value {
    json!({ "public_key": key.public(), "key_id": key.id() })
}

/// A folder of ours keeps its secrets out of a repository by itself.
fn ignore_in_git(key: &Path) {
    if let Some(folder) = key.parent().filter(|folder| folder.ends_with(".aloft")) {
        let ignore = folder.join(".gitignore");
        if !ignore.exists() {
            let _ = std::fs::write(ignore, "*\n");
        }
    }
}
