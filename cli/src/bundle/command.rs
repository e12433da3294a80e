//! `aloft bundle DIR`, `aloft bundle diff OLD NEW`.
//!
//! In: a folder; for `--builtin` the site, if there is one. Out: what the bundle is, warnings. May touch: with `--builtin`
//! the description's two files.

use super::moment::moment;
use super::selection::{Build, SelectionArgs};
use super::{Bundle, builtin, describe, diff};
use crate::failure::{Failure, Result};
use crate::output::{BOLD, DIM, Output, PLAIN, YELLOW, bytes};
use crate::settings::{Secrets, Settings};
use crate::site::Site;
use aloft_core::model::document::Date;
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Check and describe a folder of web assets.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct BundleArgs {
    /// The folder that the build writes, with index.html
    #[arg(required = true)]
    dir: Option<PathBuf>,
    /// Write the builtin's description into the folder; do this last, before the app is built
    #[arg(long)]
    builtin: bool,
    /// Take the floors for the description from this site [default: as in aloft.toml, if it was published to]
    #[arg(long, requires = "builtin")]
    site: Option<PathBuf>,
    /// Date the builtin assets by this moment, such as their commit's: RFC 3339 or unix seconds [default: now]
    #[arg(long, requires = "builtin", value_name = "TIME", value_parser = moment)]
    created: Option<u64>,
    /// Which native build takes the folder [default: as its place says]
    #[arg(long = "for", requires = "builtin", value_name = "PLATFORM")]
    build: Option<BuildArg>,
    #[command(flatten)]
    selection: SelectionArgs,
    #[command(subcommand)]
    command: Option<BundleCommand>,
}

/// The native build that takes the assets.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum BuildArg {
    /// Drops hidden files and others by their names
    Android,
    /// Takes all
    Ios,
}

#[derive(Debug, clap::Subcommand)]
enum BundleCommand {
    Diff(diff::DiffArgs),
}

/// Run the command.
///
/// # Errors
/// Those of [`describe`] and of `bundle diff`; with `--builtin` also those of reading the site, and of the system.
pub(crate) fn run(args: BundleArgs, config: &Path, secrets: Secrets, now: u64, output: Output) -> Result<()> {
    let settings = match Settings::load(config, secrets) {
        Err(failure) if failure.code == "settings_missing" => Err(failure),
        loaded => Ok(loaded?),
    };
    if let Some(BundleCommand::Diff(args)) = args.command {
        return diff::run(args, settings.as_ref().ok(), output);
    }
    let (created, dir) = (created(args.created, now)?, args.dir.unwrap_or_default());
    let mut selection = args.selection.within(settings.as_ref().ok()).map_err(Failure::usage)?;
    if args.builtin {
        selection = selection.for_build(build(args.build, &dir));
    }
    let bundle = describe(&dir, &selection, &output.bar("reading"))?;
    let mut human = summary(&bundle);
    let mut builtin = None;
    if args.builtin {
        let (floors, newest) = published(args.site, settings)?;
        let description = builtin::write(&bundle, floors, created)?;
        let _ = write!(human, "\nwrote {} and {}, dated {}", builtin::DESCRIPTION, builtin::ROOT, Date(created));
        if description.floors.is_empty() {
            human.push_str("\nwithout floors: nothing was published to the site yet");
        }
        if let Some(newest) = newest.filter(|newest| *newest <= created) {
            let newest = Date(newest);
            let _ = write!(
                human,
                "\nthe newest release is of {newest}, so devices on this build are offered what is published from now on; --created dates it by its source"
            );
        }
        let later: Vec<_> = bundle.left_out.paths.iter().filter(|path| selection.ships_later(path)).collect();
        if let Some(first) = later.first() {
            let _ = write!(
                human,
                "\n{YELLOW}the native build drops{PLAIN} {} files, such as {first}: devices take the same content once more, as an update with them",
                later.len()
            );
        }
        builtin = Some(json!({ "created": description.created, "floors": description.floors, "dropped": later }));
    }
    let value = json!({
        "files": bundle.files.entries().len(),
        "size": bundle.files.size(),
        "root": bundle.files.root(),
        "warnings": bundle.warnings,
        "left_out_files": bundle.left_out,
        "builtin": builtin,
    });
    if args.builtin {
        outlast(created);
    }
    output.result(&value, &human);
    Ok(())
}

/// The date of the builtin assets. One that lies ahead would shut out what is published until then.
fn created(asked: Option<u64>, now: u64) -> Result<u64> {
    match asked {
        Some(created) if created > now => Err(Failure::usage(format!("--created {} lies ahead of now", Date(created)))
            .hint("give the time of the source, such as its commit's; releases from before it are not taken")),
        asked => Ok(asked.unwrap_or(now)),
    }
}

/// Come back once this second is over: what is published from then on is newer than the builtin assets (I8).
fn outlast(second: u64) {
    let over = UNIX_EPOCH + Duration::from_secs(second + 1);
    if let Ok(rest) = over.duration_since(SystemTime::now()) {
        std::thread::sleep(rest.min(Duration::from_secs(1)));
    }
}

/// The native build that takes `folder`: what was said, else Android's where its assets lie.
fn build(said: Option<BuildArg>, folder: &Path) -> Build {
    let assets = Path::new("src/main/assets/public");
    match said {
        Some(BuildArg::Android) => Build::Android,
        None if folder.ends_with(assets) => Build::Android,
        Some(BuildArg::Ios) | None => Build::TakesAll,
    }
}

/// What the site says today, if there is one: lower bounds for a fresh device, and the date of the newest release.
fn published(site: Option<PathBuf>, settings: Result<Settings>) -> Result<(BTreeMap<String, u64>, Option<u64>)> {
    let mut settings = match settings {
        Err(_missing) if site.is_none() => return Ok((BTreeMap::new(), None)),
        settings => settings?,
    };
    if let Some(site) = site {
        settings.site = site;
    }
    if !settings.site.is_dir() {
        return Ok((BTreeMap::new(), None));
    }
    let site = Site::open(&settings)?;
    let newest = site.known()?.iter().map(|known| known.entry.created).max();
    Ok((site.floors()?, newest))
}

/// A bundle in a few lines.
pub(crate) fn summary(bundle: &Bundle) -> String {
    let mut text = format!(
        "{BOLD}{}{PLAIN} files, {}, root {}",
        bundle.files.entries().len(),
        bytes(bundle.files.size()),
        bundle.files.root()
    );
    if let Some(line) = bundle.left_out.line() {
        let _ = write!(text, "\n{DIM}{line}{PLAIN}");
    }
    for warning in &bundle.warnings {
        text.push('\n');
        text.push_str(&warning.lines());
    }
    text
}
