//! The command line as a whole.
//!
//! In: the process's arguments, environment and clock. Out: an exit code. May touch: what each command says.

use crate::failure::{Exit, Failure, Result};
use crate::output::Output;
use crate::settings::{self, Secrets, Settings};
use crate::{bundle, channel, demo, device, inspect, keys, publish, serve};
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;

/// Over-the-air updates for Capacitor apps: publish web bundles as signed static files.
#[derive(Debug, Parser)]
#[command(name = "aloft", version, propagate_version = false, arg_required_else_help = true)]
struct Cli {
    /// The publisher's settings [default: aloft.toml here or above, within the project]
    #[arg(long, global = true, env = "ALOFT_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Answer in JSON on stdout: one value, or a line for each event
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make and show keys
    #[command(subcommand)]
    Keys(keys::command::KeysCommand),
    Init(settings::init::InitArgs),
    Bundle(bundle::command::BundleArgs),
    Publish(Box<publish::command::PublishArgs>),
    /// See or change what a channel says
    #[command(subcommand)]
    Channel(channel::command::ChannelCommand),
    Inspect(inspect::InspectArgs),
    Serve(serve::command::ServeArgs),
    Device(Box<device::DeviceArgs>),
    Demo(demo::DemoArgs),
}

/// Run the command line and say how the process ends.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let json = arguments.iter().any(|argument| argument == "--json");
    let output = if json { Output::Json } else { Output::Human };
    let ended = match Cli::try_parse_from(arguments) {
        Ok(cli) => dispatch(cli, output),
        Err(error) if !error.use_stderr() || !json => {
            let _ = error.print(); // help and version go to stdout and are no failure
            return ExitCode::from(if error.use_stderr() { Exit::Usage as u8 } else { 0 });
        }
        Err(error) => {
            let text = error.to_string();
            let first: Vec<_> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
            Err(Failure::usage(first.join(" ").trim_start_matches("error: ")))
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            ExitCode::from(failure.exit as u8)
        }
    }
}

fn dispatch(cli: Cli, output: Output) -> Result<()> {
    let secrets = Secrets::from_environment();
    if let Command::Init(args) = cli.command {
        return settings::init::run(args, &cli.config.unwrap_or_else(|| settings::FILE.into()), output);
    }
    let config = cli.config.unwrap_or_else(|| settings::find(output));
    match cli.command {
        Command::Keys(command) => keys::command::run(command, &config, secrets, output),
        Command::Init(_) => Ok(()), // was run above: it makes the file that the others look for
        Command::Bundle(args) => bundle::command::run(args, &config, secrets, now()?, output),
        Command::Publish(args) => publish::command::run(*args, Settings::load(&config, secrets)?, now()?, output),
        Command::Channel(command) => channel::command::run(command, Settings::load(&config, secrets)?, now()?, output),
        Command::Inspect(args) => inspect::run(&args, &config, secrets, output),
        Command::Serve(args) => serve::command::run(&args, output, &mut std::io::stdout()),
        Command::Device(args) => device::run(&args, &config, secrets, output),
        Command::Demo(args) => demo::run(&args, output),
    }
}

/// Unix seconds. A clock before 1970 would sign documents that no device takes.
fn now() -> Result<u64> {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map(|since| since.as_secs())
        .map_err(|_| Failure::new("clock", "the clock is before 1970").hint("set this machine's clock"))
}
