//! `aloft device`: a device over a folder, for tests, for people who try their own site, and for comparing implementations.
//!
//! In: a folder and a command. Out: one answer a command, as JSON or as sentences; `run` answers a line of JSON to each line of input.
//! May touch: the device's folder and its feed. Each call is a process of its own, so a kill is a real one.

mod answer;
mod init;
mod progress;
mod run;
pub mod settings;
mod tell;

use crate::failure::Failure;
use crate::output::Output;
use crate::settings::Secrets;
use aloft_core::edge::{self, ports::System};
use aloft_core::model::facts::{Exit as ExitReason, ExitRecord};
use aloft_core::model::{BundleId, BundleRef, Digest, Version};
use aloft_core::updater::{Asked, Ports, ResetTo, Step, Updated, Updater, Wanted};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use settings::{DeviceSettings, data_folder};
use std::io;
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
    Init(Box<init::InitArgs>),
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
    /// Be one process of the app: read commands from standard input, answer a line of JSON each.
    #[command(after_help = run::EVENTS)]
    Run(run::RunArgs),
    Shell(Box<crate::shell::ShellArgs>),
    /// The app's process inside `shell`.
    #[command(hide = true)]
    ShellApp,
}

/// Run one command.
///
/// # Errors
/// What the core or the folder refused.
pub fn run(arguments: &DeviceArgs, config: &Path, secrets: Secrets, output: Output) -> Result<(), Failure> {
    let folder = &arguments.data;
    match &arguments.command {
        Command::Run(run) => run::run(folder, run),
        Command::Shell(shell) => crate::shell::run(shell, config, secrets, output),
        Command::ShellApp => {
            crate::shell::app::run();
            Ok(())
        }
        command => {
            let (value, human) = answer(folder, command, output)?;
            output.result(&value, &human);
            Ok(())
        }
    }
}

/// For programs, and for people.
type Answer = (Value, String);

fn answer(folder: &Path, command: &Command, output: Output) -> Result<Answer, Failure> {
    if let Command::Init(init) = command {
        return init::make(folder, init);
    }
    let settings = load(folder)?;
    let ports = ports(folder, Arc::new(edge::system::Os::default()), output);
    let updater = Updater::open(settings.config(), ports, data_folder(folder));
    updater.inform(&settings.facts(false, Vec::new()));
    let step = |step: Step| (answer::step(&step), tell::step(&step));
    let brought = |updated: Updated| (answer::updated(&updated), tell::updated(&updated));
    Ok(match command {
        Command::Check => {
            let checked = updater.check(Asked::ByHand)?;
            (answer::checked(&checked), tell::checked(&checked))
        }
        Command::Update => brought(updater.update(Asked::ByHand)?),
        Command::Install { version } => brought(updater.install(&Wanted::Version(version.clone()))?),
        Command::Stage { bundle } => step(updater.stage(bundle)?),
        Command::Reset { to } => {
            step(updater.reset(if to == "builtin" { ResetTo::Builtin } else { ResetTo::Fallback })?)
        }
        Command::Remove { id } => step(updater.remove(id)?),
        Command::Unblock { root } => step(updater.unblock(*root)?),
        Command::Reports { acknowledge } => {
            let reports = updater.reports();
            if *acknowledge {
                reports.last().map_or(Ok(()), |last| updater.acknowledge(last.id))?;
            }
            (json!(reports), tell::reports(&reports))
        }
        Command::Status | Command::Init(_) | Command::Run(_) | Command::Shell(_) | Command::ShellApp => {
            (answer::status(&updater), tell::status(&updater.status()))
        }
    })
}

fn load(folder: &Path) -> Result<DeviceSettings, Failure> {
    DeviceSettings::load(folder).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => init::none(folder),
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            Failure::new("bad_device", format!("{}: {error}", folder.join(settings::FILE).display()))
                .hint("mend the file, or write it anew with `aloft device init --replace`")
        }
        _ => Failure::io("read", &folder.join(settings::FILE), &error),
    })
}

/// Real files, network and secrets, with the clock of the caller.
fn ports(folder: &Path, system: Arc<dyn System>, output: Output) -> Ports {
    Ports {
        fs: Arc::new(edge::fs::DiskFs),
        connect: Arc::new(edge::http::UreqConnect),
        system,
        secrets: Arc::new(edge::secrets::FileSecrets::new(folder.join("secrets"))),
        observer: Arc::new(progress::Progress::new(output)),
    }
}

/// The exit record that ties `reason` to the process that ran last.
fn exit_record(folder: &Path, reason: Option<ExitReason>) -> Vec<ExitRecord> {
    let token = settings::summary(folder).and_then(|text| text.parse().ok());
    reason.zip(token).map(|(exit, token)| ExitRecord { token, exit }).into_iter().collect()
}
