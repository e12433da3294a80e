//! `aloft device`: a device over a folder, for tests, for people who try their own site, and for comparing implementations.
//!
//! In: a folder and a command. Out: one JSON value a command; `run` answers a line of JSON to each line of input.
//! May touch: the device's folder and its feed. Each call is a process of its own, so a kill is a real one.

mod answer;
mod run;
pub mod settings;

use crate::failure::Failure;
use crate::output::Output;
use aloft_core::edge::{self, ports::Observer, ports::System};
use aloft_core::model::facts::{Exit as ExitReason, ExitRecord, Platform};
use aloft_core::model::{Build, BundleId, BundleRef, Digest, Version};
use aloft_core::updater::{Asked, Ports, ResetTo, Updater, Wanted};
use clap::{Args, Subcommand};
use serde_json::Value;
use settings::{DeviceSettings, data_folder};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Play a device in a folder; each command is a process of its own.
#[derive(Debug, Args)]
pub struct DeviceArgs {
    /// The device's folder.
    #[arg(long, default_value = "device", global = true)]
    pub data: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a device: which app it runs, which feed it asks, whom it trusts.
    Init(Box<InitArgs>),
    /// Ask the feed what there is.
    Check,
    /// Check, download, verify, unpack and stage.
    Update,
    /// Install a release of the feed by hand, also one that is blocked.
    Install {
        /// Its version.
        version: Version,
    },
    /// Make a kept bundle, or `builtin`, what the next launch takes.
    Stage {
        /// Its id, or `builtin`.
        bundle: BundleRef,
    },
    /// Show what the device would serve, what it keeps, and what is wrong.
    Status,
    /// Go back to the builtin assets or to the last good bundle.
    Reset {
        /// Which of them.
        #[arg(long, default_value = "builtin", value_parser = ["builtin", "fallback"])]
        to: String,
    },
    /// Remove a kept bundle that no slot names.
    Remove {
        /// Its id.
        id: BundleId,
    },
    /// Let content be installed again that had failed on this device.
    Unblock {
        /// Its root digest, as `status` and `reports` show it.
        root: Digest,
    },
    /// Show the reports; `--acknowledge` drops them.
    Reports {
        /// Drop them once they are shown.
        #[arg(long)]
        acknowledge: bool,
    },
    /// Be one process of the app: launch, then read an event a line and answer each with a line of JSON.
    Run(run::RunArgs),
}

#[derive(Debug, Args)]
struct InitArgs {
    /// The app's id.
    #[arg(long)]
    app: String,
    /// URL of the site; plain http from this machine only.
    #[arg(long)]
    feed: String,
    /// A public key that may sign, `ed25519:…`; may be repeated.
    #[arg(long = "key", required = true, value_name = "KEY")]
    keys: Vec<String>,
    /// How many keys must have signed.
    #[arg(long, default_value_t = 1)]
    threshold: usize,
    /// A key that artifacts are encrypted with, `aes256:…`; may be repeated.
    #[arg(long = "encryption-key", value_name = "KEY")]
    encryption_keys: Vec<String>,
    /// The channel.
    #[arg(long, default_value = "production")]
    channel: String,
    /// Folder of the builtin web assets, described by `aloft bundle --builtin`.
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
    /// System version, such as 17.4.
    #[arg(long, default_value = "")]
    os: String,
    /// Web view version.
    #[arg(long)]
    webview: Option<String>,
    /// The native surface it has, for releases published with `--fingerprint`.
    #[arg(long)]
    fingerprint: Option<String>,
    /// Foreground milliseconds that a new bundle has to confirm itself [default: 30000].
    #[arg(long)]
    app_ready: Option<u64>,
    /// Change the settings of a device that is there: its data stays.
    #[arg(long)]
    replace: bool,
}

/// Run one command.
///
/// # Errors
/// What the core or the folder refused.
pub fn run(arguments: &DeviceArgs, output: Output) -> Result<(), Failure> {
    let folder = &arguments.data;
    if let Command::Run(run) = &arguments.command {
        return run::run(folder, run);
    }
    let value = answer(folder, &arguments.command)?;
    output.result(&value, &serde_json::to_string_pretty(&value).unwrap_or_default());
    Ok(())
}

fn answer(folder: &Path, command: &Command) -> Result<Value, Failure> {
    if let Command::Init(init) = command {
        return make(folder, init);
    }
    let settings = load(folder)?;
    let updater =
        Updater::open(settings.config(), ports(folder, Arc::new(edge::system::Os::default())), data_folder(folder));
    updater.inform(&settings.facts(false, Vec::new()));
    Ok(match command {
        Command::Check => answer::checked(&updater.check(Asked::ByHand)?),
        Command::Update => answer::updated(&updater.update(Asked::ByHand)?),
        Command::Install { version } => answer::updated(&updater.install(&Wanted::Version(version.clone()))?),
        Command::Stage { bundle } => answer::step(&updater.stage(bundle)?),
        Command::Reset { to } => {
            answer::step(&updater.reset(if to == "builtin" { ResetTo::Builtin } else { ResetTo::Fallback })?)
        }
        Command::Remove { id } => answer::step(&updater.remove(id)?),
        Command::Unblock { root } => answer::step(&updater.unblock(*root)?),
        Command::Reports { acknowledge } => {
            let reports = updater.reports();
            if *acknowledge {
                reports.last().map_or(Ok(()), |last| updater.acknowledge(last.id))?;
            }
            serde_json::to_value(reports).unwrap_or_default()
        }
        _ => answer::status(&updater),
    })
}

fn make(folder: &Path, init: &InitArgs) -> Result<Value, Failure> {
    let settings = DeviceSettings {
        app: init.app.clone(),
        feed: init.feed.clone(),
        channel: init.channel.clone(),
        signing_keys: init.keys.clone(),
        signing_threshold: init.threshold,
        encryption_keys: init.encryption_keys.clone(),
        builtin: std::path::absolute(&init.builtin).unwrap_or_else(|_| init.builtin.clone()),
        platform: init.platform,
        build: Build { code: init.build.clone(), name: init.build_name.clone() },
        os: init.os.clone(),
        webview: init.webview.clone(),
        fingerprint: init.fingerprint.clone(),
        app_ready: init.app_ready,
    };
    let written = if init.replace { settings.replace(folder) } else { settings.create(folder) };
    written.map_err(|error| {
        Failure::new("device_exists", format!("{}: {error}", folder.display()))
            .hint("--replace changes a device that is there; --data names another folder")
    })?;
    Ok(serde_json::json!({ "device": folder, "app": settings.app, "channel": settings.channel }))
}

fn load(folder: &Path) -> Result<DeviceSettings, Failure> {
    DeviceSettings::load(folder).map_err(|error| {
        Failure::new("no_device", format!("{}: {error}", folder.display()))
            .hint("make one with `aloft device init`, or name its folder with --data")
    })
}

/// Real files, network and secrets, with the clock of the caller.
fn ports(folder: &Path, system: Arc<dyn System>) -> Ports {
    Ports {
        fs: Arc::new(edge::fs::DiskFs),
        connect: Arc::new(edge::http::UreqConnect),
        system,
        secrets: Arc::new(edge::secrets::FileSecrets::new(folder.join("secrets"))),
        observer: Arc::new(Progress) as Arc<dyn Observer>,
    }
}

/// Shows nothing: the answer is JSON on standard output, log lines go to standard error.
struct Progress;

impl Observer for Progress {
    fn notice(&self, notice: &edge::ports::Notice) {
        if let edge::ports::Notice::Log { line } = notice {
            eprintln!("{line}");
        }
    }
}

fn parse_platform(text: &str) -> Result<Platform, String> {
    serde_json::from_value(Value::from(text)).map_err(|_| "ios, android or desktop".to_owned())
}

/// The exit record that ties `reason` to the process that ran last.
fn exit_record(folder: &Path, reason: Option<ExitReason>) -> Vec<ExitRecord> {
    let token = settings::summary(folder).and_then(|text| text.parse().ok());
    reason.zip(token).map(|(exit, token)| ExitRecord { token, exit }).into_iter().collect()
}
