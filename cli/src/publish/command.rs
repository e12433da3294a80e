//! `aloft publish DIR`.
//!
//! In: arguments. Out: a release on the site. May touch: reads the folder; the site.

use super::options::{self, Encryption, Expiry, PlatformRange, PublishOptions, Share};
use super::{Published, publish};
use crate::channel::command::{Place, outcome_json, plan_text, signed_text};
use crate::failure::{Failure, Result};
use crate::output::{Answer, BOLD, DIM, Output, PLAIN, YELLOW, bytes};
use crate::settings::Settings;
use crate::site::{Outcome, Publisher};
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
    #[arg(long)]
    version: Version,
    #[command(flatten)]
    place: Place,
    /// Share of devices that take it, such as 25%
    #[arg(long, default_value = "100%")]
    rollout: Share,
    /// Salt of that share: the one of an earlier release reaches the same devices first [default: drawn from the content]
    #[arg(long, value_parser = options::salt)]
    rollout_salt: Option<String>,
    /// Platforms it is for
    #[arg(long, value_delimiter = ',', value_name = "ios,android")]
    platform: Vec<String>,
    /// Native builds it is for, by platform
    #[arg(long, value_name = "'ios >=210 <300'")]
    native: Vec<PlatformRange>,
    /// Systems it is for, by platform
    #[arg(long, value_name = "'ios >=15'")]
    os: Vec<PlatformRange>,
    /// Web views it is for; counts as met on iOS
    #[arg(long, value_name = "'>=90'")]
    webview: Option<Range>,
    /// The native surface it is for, as the app's config names it
    #[arg(long)]
    fingerprint: Option<String>,
    /// Custom ids it is for; @FILE has one a line
    #[arg(long, value_delimiter = ',', value_name = "ID,…|@FILE")]
    audience: Vec<String>,
    /// When devices stop installing from the channel unless it is signed again: 90d, 12h, 2w, never [default: as it did]
    #[arg(long)]
    expires: Option<Expiry>,
    /// Encrypt the artifacts: hides them from CDNs, proxies and backups, not from someone who takes the app apart
    #[arg(long)]
    encrypt: bool,
    /// Make packs for devices that run one of this many last releases of the channel; 0: a zip alone
    #[arg(long, value_name = "N", default_value_t = options::PACKS as u8, value_parser = clap::value_parser!(u8).range(..=16))]
    packs: u8,
    /// Make a pack for devices that run the builtin assets in this folder, too
    #[arg(long, value_name = "DIR")]
    base: Vec<PathBuf>,
    /// Let it replace builtin assets that are as new or newer
    #[arg(long)]
    over_builtin: bool,
    /// How soon devices activate it
    #[arg(long, value_enum, default_value_t = PriorityArg::Background)]
    priority: PriorityArg,
    /// Show what would change and write nothing
    #[arg(long)]
    dry_run: bool,
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
    fn options(self, channel: String) -> Result<PublishOptions> {
        let platforms: std::result::Result<Vec<_>, String> =
            self.platform.iter().map(|name| options::platform(name)).collect();
        let platforms = platforms.map_err(Failure::usage)?;
        Ok(PublishOptions {
            folder: self.dir,
            version: self.version,
            channel,
            share: self.rollout,
            salt: self.rollout_salt,
            requires: Requires {
                platform: (!platforms.is_empty()).then_some(platforms),
                native_build: options::by_platform(self.native)?,
                os: options::by_platform(self.os)?,
                webview: self.webview,
                fingerprint: self.fingerprint,
            },
            audience: options::custom_ids(self.audience)?,
            expires: self.expires,
            encryption: if self.encrypt { Encryption::Encrypted } else { Encryption::None },
            packs: self.packs.into(),
            bases: self.base,
            over_builtin: self.over_builtin,
            priority: match self.priority {
                PriorityArg::Background => Priority::Background,
                PriorityArg::Immediate => Priority::Immediate,
            },
            dry_run: self.dry_run,
        })
    }
}

/// Run the command.
///
/// # Errors
/// Those of [`publish`].
pub(crate) fn run(mut args: PublishArgs, settings: Settings, now: u64, output: Output) -> Result<()> {
    let settings = std::mem::take(&mut args.place).within(settings);
    let options = args.options(settings.channel.clone())?;
    let publisher = Publisher::open(&settings)?;
    let answer = if options.dry_run { Answer::No } else { Answer::Yes };
    let release = publish(&publisher, &options, now, output, &mut |_| Ok(answer))?;
    let result = json!({ "release": release, "channel": outcome_json(&release.outcome) });
    output.result(&result, &human(&release));
    Ok(())
}

fn human(published: &Published) -> String {
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
    for warning in &published.bundle_warnings {
        let _ = write!(text, "\n{}", warning.lines());
    }
    let _ = match &published.outcome {
        Outcome::Written(plan) => write!(text, "\n{}\n{}", plan_text(plan), signed_text(plan)),
        Outcome::Declined(plan) => write!(text, "\n{}\n{DIM}dry run: nothing was written{PLAIN}", plan_text(plan)),
        Outcome::Unchanged(document) => {
            let written = if published.restored {
                "what was missing on the site was written again"
            } else {
                "nothing was written"
            };
            write!(text, "\n{} offers it like that already; {written}", document.channel)
        }
    };
    text
}
