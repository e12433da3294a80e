//! `aloft init`: the first `aloft.toml`.
//!
//! In: the app's id, from the command line, from Capacitor's config or asked for. Out: a commented file.
//! May touch: `aloft.toml`, never one that is there already; reads `capacitor.config.json`.

use super::{ENCRYPTION_KEY, SIGNING_KEY};
use crate::capacitor;
use crate::failure::{Failure, Result};
use crate::files;
use crate::output::{self, Output};
use aloft_core::model::config::is_channel_name;
use serde_json::json;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

/// Write aloft.toml: the app's id, where its keys and its site are.
#[derive(Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// The app's id in every signed document [default: `appId` of capacitor.config.json]
    #[arg(long)]
    app: Option<String>,
    /// Folder that the site is published to
    #[arg(long, default_value = "site")]
    site: PathBuf,
    /// Channel of commands that name none
    #[arg(long, default_value = "production")]
    channel: String,
}

/// Run the command: write `path`.
///
/// # Errors
/// `settings_exist`; usage when no app id is known; those of the system.
pub(crate) fn run(args: InitArgs, path: &Path, output: Output) -> Result<()> {
    if !is_channel_name(&args.channel) {
        return Err(Failure::usage(format!("{:?} cannot name a channel", args.channel)));
    }
    let site = files::storable(&args.site)?;
    if path.exists() {
        return Err(exists(path)); // before asking for anything
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let app = args.app.or_else(|| capacitor_app(folder)).or_else(|| asked(output)).ok_or_else(|| {
        Failure::usage("the app's id is not known")
            .hint("add --app com.example.app, the `appId` of the app's configuration")
    })?;
    write_new(path, &template(&app, site, &args.channel))?;
    let settings = path.display().to_string();
    let human = format!(
        "wrote {settings} for {app}\nnext: `aloft keys new`, then `aloft publish DIR --version 1.0.0`\nkeep .aloft/ out of the repository and in a safe place"
    );
    output.result(&json!({ "settings": settings, "app": app, "site": site, "channel": args.channel }), &human);
    Ok(())
}

fn capacitor_app(folder: &Path) -> Option<String> {
    let config = capacitor::read(&capacitor::find(folder)?).ok()?;
    capacitor::app_id(&config).map(str::to_owned)
}

fn asked(output: Output) -> Option<String> {
    if output == Output::Json || !std::io::stdin().is_terminal() {
        return None;
    }
    let mut err = anstream::stderr();
    let _ = write!(err, "App id (as in the app's configuration): ");
    let _ = err.flush();
    Some(output::prompt_line().trim().to_owned()).filter(|id| !id.is_empty())
}

fn template(app: &str, site: &str, channel: &str) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let (app, site, channel) = (quoted(app), quoted(site), quoted(channel));
    format!(
        r#"# How `aloft` publishes this app. Paths are relative to this file.

# The app's id in every signed document: the plugin's `appId`, else Capacitor's.
app = {app}

# The folder that holds channels/ and artifacts/. Serve it with any static web server.
site = {site}

# The channel of commands that name none.
channel = {channel}

# What `publish` need not stop for, by name: "not_ready" for an app whose call it cannot find.
# allow = ["not_ready"]

# Files of a bundle's folder that are left out, and those that are left out by default and come back: source maps, hidden
# files, compressed copies. Globs relative to the folder.
# exclude = ["**/*.txt"]
# include = ["**/*.map"]

[keys]
# PKCS#8 PEM, from `aloft keys new`. CI sets ALOFT_SIGNING_KEY to its content instead.
signing = "{SIGNING_KEY}"
# From `aloft keys new --encryption`, for `publish --encrypt`. CI sets ALOFT_ENCRYPTION_KEY.
encryption = "{ENCRYPTION_KEY}"
# Public keys, beside your own, that have signed this site: colleagues', or the one before a change of keys.
trusted = []

# What the index says of a channel; without such a section both are false.
# [channels.beta]
# public = true
# allow_device_to_set = true
"#
    )
}

fn write_new(path: &Path, text: &str) -> Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(path).map_err(|error| {
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            exists(path)
        } else {
            Failure::io("create", path, &error)
        }
    })?;
    file.write_all(text.as_bytes()).map_err(|error| Failure::io("write", path, &error))
}

fn exists(path: &Path) -> Failure {
    Failure::refused("settings_exist", format!("there is a {} already", path.display()))
        .hint("edit it, or name another place with --config")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Secrets, Settings};

    #[test]
    fn what_init_writes_is_what_settings_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("aloft.toml");
        std::fs::write(&path, template("com.example.\"app\"", "out/site", "beta")).unwrap();
        let settings = Settings::load(&path, Secrets::default()).unwrap();
        assert_eq!(settings.app, "com.example.\"app\"");
        assert_eq!(settings.site, folder.path().join("out/site"));
        assert_eq!(settings.channel, "beta");
        assert_eq!(settings.keys.signing, folder.path().join(SIGNING_KEY));
    }

    #[test]
    fn an_unknown_option_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("aloft.toml");
        std::fs::write(&path, "app = \"a\"\nsite = \"s\"\nchanel = \"beta\"\n").unwrap();
        let failure = Settings::load(&path, Secrets::default()).unwrap_err();
        assert_eq!(failure.code, "bad_settings");
        assert!(failure.message.contains("chanel"), "{failure}");
    }
}
