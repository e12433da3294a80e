//! `aloft channel show|log|promote|rollout|rollback|withdraw|renew`.
//!
//! In: arguments. Out: the channel, its history, or a change: shown, confirmed, signed, written. May touch: the site.

use super::OverBuiltin;
use crate::consent::{Consent, ConsentArgs};
use crate::failure::Result;
use crate::output::{BOLD, DIM, Output, PLAIN, YELLOW, bytes};
use crate::publish::command::{PromoteArgs, run_promote};
use crate::publish::options::{Expiry, Share};
use crate::settings::{Settings, place::Place};
use crate::site::difference::{Change, describe, difference, otherwise};
use crate::site::{Publisher, Site};
use aloft_core::model::Version;
use aloft_core::model::document::{ChannelDocument, Otherwise};
use serde_json::json;
use std::fmt::Write as _;

/// See or change what a channel says.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ChannelCommand {
    /// Show what the channel says
    Show {
        #[command(flatten)]
        place: Place,
    },
    /// Show what the channel said, newest first
    Log {
        #[command(flatten)]
        place: Place,
        /// At most so many documents
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    Promote(Box<PromoteArgs>),
    /// Change the share of devices that take a release
    Rollout {
        /// The release
        version: Version,
        /// Share of devices, such as 25% or 0.5%
        share: Share,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        consent: ConsentArgs,
    },
    /// Prefer an older release again
    Rollback {
        /// The release to go back to [default: the one that was first before]
        #[arg(long)]
        to: Option<Version>,
        /// Let it replace builtin assets that are newer, too
        #[arg(long)]
        over_builtin: bool,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        consent: ConsentArgs,
    },
    /// Make devices leave a release in the session they are in
    Withdraw {
        /// The release
        version: Version,
        /// Take the withdrawal back instead
        #[arg(long, conflicts_with = "otherwise")]
        lift: bool,
        /// What devices do that no release matches
        #[arg(long)]
        otherwise: Option<OtherwiseArg>,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        consent: ConsentArgs,
    },
    /// Sign the channel again, with its period before expiry started again
    Renew {
        /// Another period, such as 90d, or never [default: the one it has]
        #[arg(long)]
        expires: Option<Expiry>,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        consent: ConsentArgs,
    },
}

/// What devices do that no release matches.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum OtherwiseArg {
    /// Stay where they are
    Keep,
    /// Go to the assets inside the app
    Builtin,
}

impl From<OtherwiseArg> for Otherwise {
    fn from(argument: OtherwiseArg) -> Self {
        match argument {
            OtherwiseArg::Keep => Self::Keep,
            OtherwiseArg::Builtin => Self::Builtin,
        }
    }
}

/// Run the command.
///
/// # Errors
/// Those of the change; `needs_confirmation` (exit 3).
pub(crate) fn run(command: ChannelCommand, settings: Settings, now: u64, output: Output) -> Result<()> {
    let (consent, outcome) = match command {
        ChannelCommand::Show { place } => return show(&place.within(settings), output),
        ChannelCommand::Log { place, limit } => return log(&place.within(settings), limit, output),
        ChannelCommand::Promote(args) => return run_promote(*args, settings, now, output),
        ChannelCommand::Rollout { version, share, place, consent } => {
            let (consent, (publisher, channel)) = (Consent::from(consent), open(place, settings)?);
            let approve = &mut |plan: &_| consent.approve(plan, output);
            (consent, super::rollout(&publisher, &channel, &version, share.bps(), now, approve)?)
        }
        ChannelCommand::Rollback { to, over_builtin, place, consent } => {
            let (consent, (publisher, channel)) = (Consent::from(consent), open(place, settings)?);
            let over_builtin = if over_builtin { OverBuiltin::Yes } else { OverBuiltin::AsItSays };
            let approve = &mut |plan: &_| consent.approve(plan, output);
            (consent, super::rollback(&publisher, &channel, to.as_ref(), over_builtin, now, approve)?)
        }
        ChannelCommand::Withdraw { version, lift, otherwise, place, consent } => {
            let (consent, (publisher, channel)) = (Consent::from(consent), open(place, settings)?);
            let approve = &mut |plan: &_| consent.approve(plan, output);
            let outcome = if lift {
                super::lift(&publisher, &channel, &version, now, approve)
            } else {
                super::withdraw(&publisher, &channel, &version, otherwise.map(Into::into), now, approve)
            };
            (consent, outcome?)
        }
        ChannelCommand::Renew { expires, place, consent } => {
            let (consent, (publisher, channel)) = (Consent::from(consent), open(place, settings)?);
            let approve = &mut |plan: &_| consent.approve(plan, output);
            (consent, super::renew(&publisher, &channel, expires, now, approve)?)
        }
    };
    consent.finish(&outcome, output)
}

fn open(place: Place, settings: Settings) -> Result<(Publisher, String)> {
    let settings = place.within(settings);
    Ok((Publisher::open(&settings)?, settings.channel))
}

fn show(settings: &Settings, output: Output) -> Result<()> {
    let site = Site::open(settings)?;
    let Some(found) = site.channel(&settings.channel)? else { return Err(super::unknown_channel(&settings.channel)) };
    let index = site.index()?;
    let listed = index.iter().flat_map(|index| &index.document.channels).find(|entry| entry.name == settings.channel);
    let document = found.document;
    let mut human = document_text(&document);
    if listed.is_none_or(|entry| entry.counter != document.counter) {
        let _ = write!(human, "\n{YELLOW}warning{PLAIN} the index was not written; any change of the channel mends it");
    }
    output.result(&json!({ "document": document, "index": listed }), &human);
    Ok(())
}

fn document_text(document: &ChannelDocument) -> String {
    let ChannelDocument { app, channel, counter, issued, expires, .. } = document;
    let expires = expires.map_or_else(|| "never expires".to_owned(), |date| format!("expires {date}"));
    let mut text = format!("{BOLD}{channel}{PLAIN} of {app}, counter {counter}, signed {issued}, {expires}");
    for entry in &document.releases {
        let least = entry.artifacts.iter().map(|artifact| artifact.size).min().unwrap_or(0);
        let _ = write!(
            text,
            "\n  {BOLD}{}{PLAIN}  {}  {DIM}{} files, {}, download {}{PLAIN}",
            entry.version,
            describe(entry),
            entry.files,
            bytes(entry.size),
            bytes(least)
        );
    }
    let _ = write!(text, "\n  otherwise {}", otherwise(document.otherwise));
    for root in &document.withdrawn {
        let _ = write!(text, "\n  withdrawn {DIM}{root}{PLAIN}");
    }
    text
}

fn log(settings: &Settings, limit: usize, output: Output) -> Result<()> {
    let history = Site::open(settings)?.history(&settings.channel)?;
    if history.is_empty() {
        return Err(super::unknown_channel(&settings.channel));
    }
    let mut human = String::new();
    let mut documents = Vec::new();
    for (at, document) in history.iter().enumerate().take(limit) {
        let changes: Vec<Change> = difference(history.get(at + 1), document);
        let _ = writeln!(human, "{BOLD}{}{PLAIN}  {}", document.counter, document.issued);
        for change in &changes {
            let _ = writeln!(human, "  {change}");
        }
        documents.push(json!({ "counter": document.counter, "issued": document.issued, "changes": changes }));
    }
    output.result(&json!({ "channel": settings.channel, "documents": documents }), &human);
    Ok(())
}
