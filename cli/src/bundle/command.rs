//! `aloft bundle DIR`, `aloft bundle diff OLD NEW`.
//!
//! In: a folder; for `--builtin` the site, if there is one. Out: what the bundle is, warnings. May touch: with `--builtin`
//! the description's two files.

use super::moment::moment;
use super::{Bundle, builtin, describe, diff};
use crate::failure::{Failure, Result};
use crate::output::{BOLD, Output, PLAIN, bytes};
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
    #[command(subcommand)]
    command: Option<BundleCommand>,
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
    if let Some(BundleCommand::Diff(args)) = &args.command {
        return diff::run(args, output);
    }
    let created = created(args.created, now)?;
    let bundle = describe(&args.dir.unwrap_or_default(), &output.bar("reading"))?;
    let mut human = summary(&bundle);
    let mut builtin = None;
    if args.builtin {
        let floors = floors(args.site, config, secrets)?;
        let description = builtin::write(&bundle, floors, created)?;
        let _ = write!(human, "\nwrote {} and {}, dated {}", builtin::DESCRIPTION, builtin::ROOT, Date(created));
        if description.floors.is_empty() {
            human.push_str("\nwithout floors: nothing was published to the site yet");
        }
        builtin = Some(json!({ "created": description.created, "floors": description.floors }));
    }
    let value = json!({
        "files": bundle.files.entries().len(),
        "size": bundle.files.size(),
        "root": bundle.files.root(),
        "warnings": bundle.warnings,
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

/// Lower bounds for a fresh device: what the site says today, if there is one.
fn floors(site: Option<PathBuf>, config: &Path, secrets: Secrets) -> Result<BTreeMap<String, u64>> {
    let mut settings = match Settings::load(config, secrets) {
        Err(failure) if failure.code == "settings_missing" && site.is_none() => return Ok(BTreeMap::new()),
        loaded => loaded?,
    };
    if let Some(site) = site {
        settings.site = site;
    }
    if !settings.site.is_dir() {
        return Ok(BTreeMap::new());
    }
    Site::open(&settings)?.floors()
}

/// A bundle in a few lines.
pub(crate) fn summary(bundle: &Bundle) -> String {
    let mut text = format!(
        "{BOLD}{}{PLAIN} files, {}, root {}",
        bundle.files.entries().len(),
        bytes(bundle.files.size()),
        bundle.files.root()
    );
    for warning in &bundle.warnings {
        text.push('\n');
        text.push_str(&warning.lines());
    }
    text
}
