//! `aloft channel show|log|rollout|rollback|withdraw|renew`.
//!
//! In: arguments. Out: the channel, its history, or a change: shown, confirmed, signed, written. May touch: the site.

use super::difference::{Change, describe, difference, otherwise};
use super::{Approve, OverBuiltin};
use crate::failure::{Failure, Result};
use crate::output::{Answer, BOLD, DIM, GREEN, Output, PLAIN, YELLOW, bytes};
use crate::publish::options::{Expiry, Share};
use crate::settings::Settings;
use crate::site::{Outcome, Plan, Publisher, Site};
use aloft_core::model::Version;
use aloft_core::model::document::{ChannelDocument, Otherwise};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Which channel of which site.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Place {
    /// The channel [default: as in aloft.toml]
    #[arg(long)]
    pub(crate) channel: Option<String>,
    /// Folder of the site [default: as in aloft.toml]
    #[arg(long)]
    pub(crate) site: Option<PathBuf>,
}

impl Place {
    /// The settings with this place in them.
    pub(crate) fn within(self, settings: Settings) -> Settings {
        let site = self.site.unwrap_or(settings.site);
        Settings { channel: self.channel.unwrap_or(settings.channel), site, ..settings }
    }
}

/// Whether to ask before a change is written.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Consent {
    /// Write the change without asking
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
    /// Show the change and write nothing
    #[arg(long)]
    dry_run: bool,
}

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
    /// Change the share of devices that take a release
    Rollout {
        /// The release
        version: Version,
        /// Share of devices, such as 25% or 0.5%
        share: Share,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        consent: Consent,
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
        consent: Consent,
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
        consent: Consent,
    },
    /// Sign the channel again, with its period before expiry started again
    Renew {
        /// Another period, such as 90d, or never [default: the one it has]
        #[arg(long)]
        expires: Option<Expiry>,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        consent: Consent,
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
        ChannelCommand::Rollout { version, share, place, consent } => {
            let (publisher, channel) = open(place, settings)?;
            let approve = &mut approval(consent, output);
            (consent, super::rollout(&publisher, &channel, &version, share.bps(), now, approve)?)
        }
        ChannelCommand::Rollback { to, over_builtin, place, consent } => {
            let (publisher, channel) = open(place, settings)?;
            let over_builtin = if over_builtin { OverBuiltin::Yes } else { OverBuiltin::AsItSays };
            let approve = &mut approval(consent, output);
            (consent, super::rollback(&publisher, &channel, to.as_ref(), over_builtin, now, approve)?)
        }
        ChannelCommand::Withdraw { version, lift, otherwise, place, consent } => {
            let (publisher, channel) = open(place, settings)?;
            let approve = &mut approval(consent, output);
            let outcome = if lift {
                super::lift(&publisher, &channel, &version, now, approve)
            } else {
                super::withdraw(&publisher, &channel, &version, otherwise.map(Into::into), now, approve)
            };
            (consent, outcome?)
        }
        ChannelCommand::Renew { expires, place, consent } => {
            let (publisher, channel) = open(place, settings)?;
            let approve = &mut approval(consent, output);
            (consent, super::renew(&publisher, &channel, expires, now, approve)?)
        }
    };
    finish(&outcome, consent, output)
}

fn open(place: Place, settings: Settings) -> Result<(Publisher, String)> {
    let settings = place.within(settings);
    Ok((Publisher::open(&settings)?, settings.channel))
}

/// Shows each change; asks unless the command line has answered.
fn approval(consent: Consent, output: Output) -> Box<Approve<'static>> {
    Box::new(move |plan| {
        if consent.dry_run {
            return Ok(Answer::No);
        }
        if consent.yes {
            return Ok(Answer::Yes);
        }
        output.note(&plan_text(plan));
        output.ask("Sign and write this?")
    })
}

fn finish(outcome: &Outcome, consent: Consent, output: Output) -> Result<()> {
    if matches!(outcome, Outcome::Declined(_)) && !consent.dry_run {
        return Err(Failure::refused("declined", "nothing was written"));
    }
    let human = match outcome {
        Outcome::Written(plan) if consent.yes => format!("{}\n{}", plan_text(plan), signed_text(plan)),
        Outcome::Written(plan) => signed_text(plan),
        Outcome::Declined(plan) => format!("{}\n{DIM}dry run: nothing was written{PLAIN}", plan_text(plan)),
        Outcome::Unchanged(document) => format!("{} says that already; nothing was written", document.channel),
    };
    output.result(&outcome_json(outcome), &human);
    Ok(())
}

/// A change as JSON (docs/cli.md).
pub(crate) fn outcome_json(outcome: &Outcome) -> Value {
    let (written, document, changes, warnings) = match outcome {
        Outcome::Written(plan) => (true, &plan.document, plan.changes.as_slice(), plan.warnings.as_slice()),
        Outcome::Declined(plan) => (false, &plan.document, plan.changes.as_slice(), plan.warnings.as_slice()),
        Outcome::Unchanged(document) => (false, document, &[][..], &[][..]),
    };
    json!({
        "written": written,
        "channel": document.channel,
        "counter": document.counter,
        "changes": changes,
        "warnings": warnings,
        "document": document,
    })
}

/// A change in a few lines.
pub(crate) fn plan_text(plan: &Plan) -> String {
    let mut text = format!("{BOLD}{}{PLAIN}", plan.document.channel);
    for change in &plan.changes {
        let _ = write!(text, "\n  {change}");
    }
    for warning in &plan.warnings {
        let _ = write!(text, "\n{YELLOW}warning{PLAIN} {warning}");
    }
    text
}

/// That it was written.
pub(crate) fn signed_text(plan: &Plan) -> String {
    format!("{GREEN}signed{PLAIN} {} with counter {}", plan.document.channel, plan.document.counter)
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
