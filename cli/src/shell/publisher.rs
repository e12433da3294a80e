//! What the publisher's `aloft.toml` adds where neither the command line nor the app's config says it: the app's id, its
//! keys, and the site's folder as the feed of an app that has none yet.
//!
//! In: settings, arguments. Out: the arguments, completed. May touch: reads keys and the app's config; the site's folder;
//! a port on loopback.

use super::{ShellArgs, settings};
use crate::capacitor;
use crate::failure::{Failure, Result};
use crate::serve::Server;
use crate::settings::Settings;
use base64::Engine as _;
use serde_json::Value;

/// Complete `args`. The server, if one is needed, serves until it is dropped.
///
/// # Errors
/// `bad_key`, `bad_config`; what the system says to the site.
pub(super) fn complete(args: &mut ShellArgs, publisher: &Settings) -> Result<Option<Server>> {
    let config = settings::config(args)?;
    let says = |name| capacitor::option(&config, name).is_some_and(|value| *value != Value::Null);
    if args.app.is_none() && capacitor::app_id(&config).is_none() {
        args.app = Some(publisher.app.clone());
    }
    if args.keys.is_empty() && !says("signingKeys") {
        args.keys = publisher.public_keys()?;
    }
    if args.encryption_keys.is_empty() && !says("encryptionKeys") {
        let key = if_any(publisher.encryption_key())?;
        let text = key.map(|key| format!("aes256:{}", base64::engine::general_purpose::STANDARD.encode(key.bytes)));
        args.encryption_keys.extend(text);
    }
    if args.feed.is_some() || says("feed") {
        return Ok(None);
    }
    let site = &publisher.site;
    let server = std::fs::create_dir_all(site).and_then(|()| Server::local(site));
    let server = server.map_err(|error| Failure::io("serve", site, &error))?;
    args.feed = Some(server.url().to_owned());
    Ok(Some(server))
}

/// A key that was not made yet is none.
fn if_any<T>(key: Result<T>) -> Result<Option<T>> {
    match key {
        Err(missing) if missing.code == "key_missing" => Ok(None),
        key => key.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SigningKeyFile;
    use crate::settings::Secrets;
    use std::path::Path;

    fn publisher(folder: &Path) -> Settings {
        let key = SigningKeyFile::from_seed([7; 32]);
        key.create(&folder.join("key.pem")).unwrap();
        let text = "app = \"com.example.app\"\nsite = \"site\"\n[keys]\nsigning = \"key.pem\"\n";
        std::fs::write(folder.join("aloft.toml"), text).unwrap();
        Settings::load(&folder.join("aloft.toml"), Secrets::default()).unwrap()
    }

    fn args(folder: &Path, config: &str) -> ShellArgs {
        let file = folder.join("capacitor.config.json");
        std::fs::write(&file, config).unwrap();
        ShellArgs::of(file, folder.to_owned(), folder.to_owned())
    }

    #[test]
    fn an_app_without_a_feed_gets_the_publishers_folder_and_key() {
        let folder = tempfile::tempdir().unwrap();
        let publisher = publisher(folder.path());
        let mut args = args(folder.path(), "{}");
        let server = complete(&mut args, &publisher).unwrap().expect("somebody serves the site");
        assert_eq!(args.feed.as_deref(), Some(server.url()));
        assert_eq!(args.app.as_deref(), Some("com.example.app"));
        assert_eq!(args.keys, [SigningKeyFile::from_seed([7; 32]).public()]);
        assert!(folder.path().join("site").is_dir());
    }

    #[test]
    fn what_the_app_says_goes_before_the_publisher() {
        let folder = tempfile::tempdir().unwrap();
        let publisher = publisher(folder.path());
        let config = r#"{ "appId": "a.b", "plugins": { "CapacitorUpdater": { "feed": "https://e.x", "signingKeys": ["ed25519:k"] } } }"#;
        let mut args = args(folder.path(), config);
        assert!(complete(&mut args, &publisher).unwrap().is_none());
        assert_eq!((args.app, args.feed, args.keys), (None, None, Vec::new()));
    }
}
