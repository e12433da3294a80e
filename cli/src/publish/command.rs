//! `aloft publish DIR`.
//!
//! In: arguments. Out: a release on the site. May touch: reads the folder; the site.

use super::options::{self, Encryption, Expiry, PlatformRange, PublishOptions, Share};
use super::terms::Terms;
use super::{Published, promote, publish};
use crate::bundle::selection::SelectionArgs;
use crate::consent::{Consent, ConsentArgs, outcome_json};
use crate::failure::{Failure, Result};
use crate::output::{BOLD, DIM, Output, PLAIN, YELLOW, bytes};
use crate::settings::{Settings, place::Place};
use crate::site::{Outcome, Publisher};
use crate::stops::{Permit, Permits};
use aloft_core::model::Version;
use aloft_core::model::document::{Priority, Requires};
use aloft_core::model::range::Range;
use serde_json::json;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Pack, sign and write a release.
#[derive(Debug, clap::Args)]
pub(crate) struct PublishArgs {
    /// The folder that the build writes, with index.html
    dir: PathBuf,
    /// Name of the release; one name never gets two contents
    #[arg(long, short = 'v')]
    version: Version,
    #[command(flatten)]
    place: Place,
    /// Share of devices that take it, such as 25% [default: all of them]
    #[arg(long)]
    rollout: Option<Share>,
    /// Salt of that share: the one of an earlier release reaches the same devices first [default: drawn from the content]
    #[arg(long, value_parser = options::salt)]
    rollout_salt: Option<String>,
    /// Platforms it is for
    #[arg(long, value_delimiter = ',', value_name = "ios,android")]
    platform: Vec<String>,
    /// Native builds it is for, by platform
    #[arg(long, value_name = "'ios >=210 <300'", value_parser = options::native)]
    native: Vec<PlatformRange>,
    /// Systems it is for, by platform
    #[arg(long, value_name = "'ios >=15'")]
    os: Vec<PlatformRange>,
    /// Web views it is for; counts as met on iOS
    #[arg(long, value_name = "'>=90'")]
    webview: Option<Range>,
    /// Custom ids it is for; @FILE has one a line
    #[arg(long, value_delimiter = ',', value_name = "ID,…|@FILE")]
    audience: Vec<String>,
    /// When devices stop installing from the channel unless it is signed again: 90d, 12h, 2w, never [default: as it did]
    #[arg(long)]
    expires: Option<Expiry>,
    /// Encrypt the artifacts: hides them from CDNs, proxies and backups, not from someone who takes the app apart
    #[arg(long)]
    encrypt: bool,
    /// Make packs for devices that run one of this many last releases of the channel; 0: a zip alone [default: 3]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(..=16))]
    packs: Option<u8>,
    /// Make a pack for devices that run the builtin assets in this folder, too
    #[arg(long, value_name = "DIR")]
    base: Vec<PathBuf>,
    /// Let it replace builtin assets that are as new or newer
    #[arg(long)]
    over_builtin: bool,
    /// How soon devices activate it [default: background]
    #[arg(long, value_enum)]
    priority: Option<PriorityArg>,
    #[command(flatten)]
    selection: SelectionArgs,
    #[command(flatten)]
    permits: PermitArgs,
    #[command(flatten)]
    consent: ConsentArgs,
    /// With --dry-run: make the artifacts, too, to see their sizes
    #[arg(long, requires = "dry_run")]
    sizes: bool,
}

/// What is not done unless it is asked for by name.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
struct PermitArgs {
    /// Change who gets a release that is offered already, as far as this command line says
    #[arg(long)]
    retarget: bool,
    /// Publish a release again that a newer one replaced, or that was rolled back
    #[arg(long)]
    again: bool,
    /// Give a content that the channel had another version
    #[arg(long)]
    same_content: bool,
    /// End the staged release that stands first; its devices take this one first
    #[arg(long, requires = "rollout")]
    replace_staged: bool,
    /// Do not stop for this: the code of a stop, such as `older_version`
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    allow: Vec<Permit>,
}

impl PermitArgs {
    /// With what the settings permit.
    fn within(self, settings: Permits) -> Permits {
        let flags = [
            (self.retarget, Permit::Retarget),
            (self.again, Permit::Again),
            (self.same_content, Permit::SameContent),
            (self.replace_staged, Permit::ReplaceStaged),
        ];
        let given = flags.into_iter().filter_map(|(given, permit)| given.then_some(permit));
        settings.into_iter().chain(self.allow).chain(given).collect()
    }
}

/// How soon devices activate a release.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum PriorityArg {
    /// As the app's update mode says
    Background,
    /// At once
    Immediate,
}

impl PublishArgs {
    fn options(self, settings: &Settings) -> Result<PublishOptions> {
        let permits = settings.permits().map_err(Failure::usage)?;
        let platforms: std::result::Result<Vec<_>, String> =
            self.platform.iter().map(|name| options::platform(name)).collect();
        let platforms = platforms.map_err(Failure::usage)?;
        let terms = Terms {
            share: self.rollout,
            salt: self.rollout_salt,
            requires: Requires {
                platform: (!platforms.is_empty()).then_some(platforms),
                native_build: options::by_platform(self.native)?,
                os: options::by_platform(self.os)?,
                webview: self.webview,
                fingerprint: None,
            },
            audience: options::custom_ids(self.audience)?,
            over_builtin: self.over_builtin,
            priority: self.priority.map(|priority| match priority {
                PriorityArg::Background => Priority::Background,
                PriorityArg::Immediate => Priority::Immediate,
            }),
            expires: self.expires,
            encryption: if self.encrypt { Encryption::Encrypted } else { Encryption::None },
        };
        Ok(PublishOptions {
            folder: self.dir,
            selection: self.selection.within(Some(settings)).map_err(Failure::usage)?,
            version: self.version,
            channel: settings.channel.clone(),
            terms,
            packs: self.packs.map(Into::into),
            bases: self.base,
            permits: self.permits.within(permits),
            consent: Consent::from(self.consent),
            sizes: self.sizes,
        })
    }
}

/// Run the command.
///
/// # Errors
/// Those of [`publish`].
pub(crate) fn run(mut args: PublishArgs, settings: Settings, now: u64, output: Output) -> Result<()> {
    let settings = std::mem::take(&mut args.place).within(settings);
    let options = args.options(&settings)?;
    let publisher = Publisher::open(&settings)?;
    finish(&publish(&publisher, &options, now, output)?, options.consent, output)
}

/// Prints how publishing ended.
///
/// # Errors
/// `declined` (exit 3).
fn finish(release: &Published, consent: Consent, output: Output) -> Result<()> {
    consent.declined(&release.outcome)?;
    let result = json!({ "release": release, "channel": outcome_json(&release.outcome) });
    output.result(&result, &human(release, consent));
    Ok(())
}

/// Send a release of another channel to this one: the same bytes, without a build.
#[derive(Debug, clap::Args)]
pub(crate) struct PromoteArgs {
    /// The release
    version: Version,
    /// The channel that has it
    #[arg(long)]
    from: String,
    #[command(flatten)]
    place: Place,
    /// Share of devices that take it, such as 25% [default: all of them]
    #[arg(long)]
    rollout: Option<Share>,
    #[command(flatten)]
    permits: PermitArgs,
    #[command(flatten)]
    consent: ConsentArgs,
}

/// Run `aloft channel promote`.
///
/// # Errors
/// Those of [`promote()`].
pub(crate) fn run_promote(args: PromoteArgs, settings: Settings, now: u64, output: Output) -> Result<()> {
    let settings = args.place.within(settings);
    let mut options = PublishOptions::new(PathBuf::new(), args.version, settings.channel.clone());
    options.terms.share = args.rollout;
    options.permits = args.permits.within(settings.permits().map_err(Failure::usage)?);
    options.consent = Consent::from(args.consent);
    let (publisher, consent) = (Publisher::open(&settings)?, options.consent);
    finish(&promote(&publisher, &args.from, options, now, output)?, consent, output)
}

fn human(published: &Published, consent: Consent) -> String {
    let mut text = format!("{BOLD}{}{PLAIN}  {} files, {}", published.version, published.files, bytes(published.size));
    for sent in &published.artifacts {
        let from = sent.from.as_ref().map(|from| format!(" from {from}")).unwrap_or_default();
        let reused = if sent.reused { ", on the site already" } else { "" };
        let _ =
            write!(text, "\n  {:4}  {:>10}{from}{DIM}{reused}{PLAIN}", sent.artifact.kind, bytes(sent.artifact.size));
    }
    for left in &published.left_out {
        let what = left.from.as_ref().map_or("no whole pack".to_owned(), |from| format!("no pack from {from}"));
        let _ = match left.code {
            "not_smaller" => write!(text, "\n  {DIM}{what}: {}{PLAIN}", left.message),
            code => write!(text, "\n{YELLOW}warning{PLAIN} {code}: {what}: {}", left.message),
        };
    }
    if let Some(line) = published.left_out_files.line() {
        let _ = write!(text, "\n  {DIM}{line}{PLAIN}");
    }
    for warning in &published.bundle_warnings {
        let _ = write!(text, "\n{}", warning.lines());
    }
    let _ = match &published.outcome {
        Outcome::Unchanged(document) => {
            let why = published.note.clone();
            let why = why.unwrap_or_else(|| format!("{} offers it like that already", document.channel));
            let written = if published.restored {
                "what was missing on the site was written again"
            } else {
                "nothing was written"
            };
            write!(text, "\n{why}; {written}")
        }
        changed => write!(text, "\n{}", consent.ended_text(changed)),
    };
    text
}
