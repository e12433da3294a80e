//! `aloft device shell`: a phone in the browser. It runs an app, unmodified, in the developer's own browser, with the plugin
//! behind it that runs on phones.
//!
//! ```text
//!  app's window ──pages, calls──▶ server ──▶ Phone ──orders──▶ the app's process: aloft_plugin::Plugin
//!       ▲  ▲                        ▲          │  ◀──words───        (killed by SIGKILL, frozen by SIGSTOP)
//!       │  └──────answers, events───┼──────────┘
//!  control window ──commands────────┘
//! ```
//!
//! In: arguments. Out: two windows, and lines for programs. May touch: one port on loopback, the profile, a process it
//! starts, the browser. Keeps: I4 (calls and pages in one order); a stranger's page reaches nothing (`guard`).

pub(crate) mod app;
mod document;
mod guard;
mod listeners;
mod phone;
mod process;
mod publisher;
mod server;
mod settings;
mod windows;
mod wire;

pub(crate) use server::Shell;

use crate::failure::Result;
use crate::output::{self, BOLD, Output, PLAIN};
use crate::settings::{Secrets, Settings};
use aloft_plugin::Platform;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Try over-the-air updates of your app in a browser, without a phone.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ShellArgs {
    /// URL of the site [default: `feed` of the config, else the folder `site` of aloft.toml is served]
    #[arg(long)]
    pub(crate) feed: Option<String>,
    /// Public keys, `ed25519:…` [default: `signingKeys` of the config, else those of aloft.toml]
    #[arg(long = "key")]
    pub(crate) keys: Vec<String>,
    /// Keys that artifacts are encrypted with, `aes256:…` [default: as for --key]
    #[arg(long = "encryption-key")]
    pub(crate) encryption_keys: Vec<String>,
    /// Folder of the builtin web assets, copied at start [default: `webDir` of the config, else a page that says there are none]
    #[arg(long, value_name = "DIR")]
    pub(crate) builtin: Option<PathBuf>,
    /// The phone it plays: `android` or `ios`
    #[arg(long, default_value = "android", value_parser = parse_platform)]
    pub(crate) platform: Platform,
    /// The app's id [default: that of the config, else of aloft.toml]
    #[arg(long, value_name = "ID")]
    pub(crate) app: Option<String>,
    /// The channel [default: `defaultChannel` of the config]
    #[arg(long)]
    pub(crate) channel: Option<String>,
    /// A plugin whose methods answer nothing, for one that has no web code; may be repeated
    #[arg(long = "stub", value_name = "PLUGIN")]
    pub(crate) stubs: Vec<String>,
    /// Native build number; another one is a native update
    #[arg(long, default_value = "1")]
    pub(crate) build: String,
    /// Native version
    #[arg(long, default_value = "1.0")]
    pub(crate) build_name: String,
    /// Keep the device in this folder [default: one for each app among your data]
    #[arg(long, value_name = "DIR")]
    pub(crate) profile: Option<PathBuf>,
    /// Port on 127.0.0.1 [default: one for each app]
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// Only say where the windows are
    #[arg(long)]
    pub(crate) no_open: bool,
    /// The app's Capacitor config [default: capacitor.config.json, else the copy that `npx cap sync` wrote]
    #[arg(long, value_name = "FILE")]
    pub(crate) capacitor_config: Option<PathBuf>,
}

impl ShellArgs {
    /// A phone for a config, on any free port; its keeper does not mind that storage belongs to a port.
    pub(crate) fn of(capacitor_config: PathBuf, builtin: PathBuf, profile: PathBuf) -> Self {
        Self {
            feed: None,
            keys: Vec::new(),
            encryption_keys: Vec::new(),
            builtin: Some(builtin),
            platform: Platform::Android,
            app: None,
            channel: None,
            stubs: Vec::new(),
            build: "1".to_owned(),
            build_name: "1.0".to_owned(),
            profile: Some(profile),
            port: Some(0),
            no_open: true,
            capacitor_config: Some(capacitor_config),
        }
    }
}

/// Run until the process ends. Blocks. `config` is the publisher's; there need be none.
///
/// # Errors
/// A config that cannot be read; a port that somebody else has.
pub(crate) fn run(args: &ShellArgs, config: &Path, secrets: Secrets, output: Output) -> Result<()> {
    let mut args = args.clone();
    let site = match Settings::load(config, secrets) {
        Err(failure) if failure.code == "settings_missing" => None,
        publisher => publisher::complete(&mut args, &publisher?)?,
    };
    let shell = Shell::start(&args)?;
    shell.announce(output);
    if let Some(site) = &site {
        output.note(&format!("the app has no `feed` yet: the site's folder is served at {}", site.url()));
    }
    if !args.no_open {
        shell.open(output);
    }
    loop {
        std::thread::park();
    }
}

impl Shell {
    /// Say where the windows are.
    pub(crate) fn announce(&self, output: Output) {
        let human = format!(
            "{BOLD}app{PLAIN}      {}\n{BOLD}control{PLAIN}  {}\n(Ctrl-C closes the app)",
            self.app_url(),
            self.control_url()
        );
        let value = json!({
            "event": "listening",
            "app": self.app_url(),
            "control": self.control_url(),
            "secret": self.secret(),
            "profile": output::path(self.profile()),
        });
        output.result(&value, &human);
    }

    /// Open both windows in the user's browser.
    pub(crate) fn open(&self, output: Output) {
        for url in [self.control_url(), self.app_url()] {
            if let Err(error) = open::that_detached(&url) {
                output.note(&format!("no browser was found ({error}); open {url}"));
            }
        }
    }
}

fn parse_platform(text: &str) -> std::result::Result<Platform, String> {
    match text {
        "android" => Ok(Platform::Android),
        "ios" => Ok(Platform::Ios),
        _ => Err("android or ios".to_owned()),
    }
}

/// 128 bits that nobody guesses, in hex.
fn random() -> String {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        return String::new(); // `guard` lets nobody in with an empty secret
    }
    format!("{:032x}", u128::from_be_bytes(bytes))
}
