//! `aloft device init`: make a device, or change what one is.
//!
//! In: arguments. Out: `device.json`. May touch: the device's folder, never its data.

use super::Answer;
use super::settings::DeviceSettings;
use crate::failure::Failure;
use crate::{files, output};
use aloft_core::model::Build;
use aloft_core::model::facts::Platform;
use clap::Args;
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The app's id.
    #[arg(long)]
    app: String,
    /// URL of the site.
    #[arg(long)]
    feed: String,
    /// Public keys, `ed25519:…`.
    #[arg(long = "key", required = true)]
    keys: Vec<String>,
    /// How many keys must have signed.
    #[arg(long, default_value_t = 1)]
    threshold: usize,
    /// Keys that artifacts are encrypted with, `aes256:…`.
    #[arg(long = "encryption-key")]
    encryption_keys: Vec<String>,
    /// The channel.
    #[arg(long, default_value = "production")]
    channel: String,
    /// Folder of the builtin web assets.
    #[arg(long)]
    builtin: PathBuf,
    /// `ios`, `android` or `desktop`.
    #[arg(long, default_value = "desktop", value_parser = parse_platform)]
    platform: Platform,
    /// Native build number; again with another to install a native update over the device.
    #[arg(long, default_value = "1")]
    build: String,
    /// Native version.
    #[arg(long, default_value = "1.0")]
    build_name: String,
    /// System version.
    #[arg(long, default_value = "")]
    os: String,
    /// Web view version.
    #[arg(long)]
    webview: Option<String>,
    /// Native surface.
    #[arg(long)]
    fingerprint: Option<String>,
    /// Foreground milliseconds a new bundle has to confirm itself.
    #[arg(long)]
    app_ready: Option<u64>,
    /// Change the settings of a device that is there: its data stays.
    #[arg(long)]
    replace: bool,
}

/// Write the settings of a device.
pub(super) fn make(folder: &Path, init: &InitArgs) -> Result<Answer, Failure> {
    let builtin = std::path::absolute(&init.builtin).unwrap_or_else(|_| init.builtin.clone());
    files::storable(&builtin)?;
    let settings = DeviceSettings {
        app: init.app.clone(),
        feed: init.feed.clone(),
        channel: init.channel.clone(),
        signing_keys: init.keys.clone(),
        signing_threshold: init.threshold,
        encryption_keys: init.encryption_keys.clone(),
        builtin,
        platform: init.platform,
        build: Build { code: init.build.clone(), name: init.build_name.clone() },
        os: init.os.clone(),
        webview: init.webview.clone(),
        fingerprint: init.fingerprint.clone(),
        app_ready: init.app_ready,
    };
    let written = if init.replace { settings.replace(folder) } else { settings.create(folder) };
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::refused("device_exists", format!("{} is a device", folder.display()))
            .hint("--replace changes its settings and keeps its data; --data names another folder"),
        io::ErrorKind::NotFound if init.replace => none(folder),
        _ => Failure::io("write", folder, &error),
    })?;
    let human = format!("{} is a device of {} on {}", folder.display(), settings.app, settings.channel);
    Ok((json!({ "device": output::path(folder), "app": settings.app, "channel": settings.channel }), human))
}

/// There is no device here.
pub(super) fn none(folder: &Path) -> Failure {
    Failure::new("no_device", format!("{} is no device", folder.display()))
        .hint("make one with `aloft device init`, or name its folder with --data")
}

fn parse_platform(text: &str) -> Result<Platform, String> {
    serde_json::from_value(Value::from(text)).map_err(|_| "ios, android or desktop".to_owned())
}
