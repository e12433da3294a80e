//! Who says yes to a change before it is signed.
//!
//! In: a plan, what the command line says. Out: an answer, or why nobody could give one; the change as text and as JSON.
//! May touch: the terminal. Keeps: nobody signs what was not shown; a script allows each stop by name.

use crate::failure::{Failure, Result};
use crate::output::{Answer, BOLD, DIM, GREEN, Output, PLAIN, YELLOW};
use crate::site::{Outcome, Plan};
use crate::stops;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Whether to ask before a change is written.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct ConsentArgs {
    /// Write the change without asking
    #[arg(long, short = 'y', conflicts_with = "dry_run")]
    yes: bool,
    /// Show the change and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// How a change is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// A person is asked.
    Ask,
    /// The command line said yes.
    Given,
    /// It is only shown.
    DryRun,
}

impl From<ConsentArgs> for Consent {
    fn from(args: ConsentArgs) -> Self {
        match args {
            ConsentArgs { dry_run: true, .. } => Self::DryRun,
            ConsentArgs { yes: true, .. } => Self::Given,
            ConsentArgs { .. } => Self::Ask,
        }
    }
}

impl Consent {
    /// Shows the change where somebody has to decide, and asks.
    ///
    /// # Errors
    /// The code of a stop that nobody allowed, `needs_confirmation` (exit 3).
    pub fn approve(self, plan: &Plan, output: Output) -> Result<Answer> {
        self.check(plan, output)?;
        match self {
            Self::DryRun => Ok(Answer::No),
            Self::Given => Ok(Answer::Yes),
            Self::Ask => {
                output.note(&plan_text(plan));
                output.ask("Sign and write this?")
            }
        }
    }

    /// Finds out before any work whether the change can be confirmed at all.
    ///
    /// # Errors
    /// As [`Self::approve`].
    pub(crate) fn check(self, plan: &Plan, output: Output) -> Result<()> {
        if self == Self::Ask && output.can_ask() {
            return Ok(());
        }
        let refused = match self {
            Self::Ask => stops::refuse(&plan.stops).and_then(|()| Err(Output::nobody())),
            Self::Given | Self::DryRun => stops::refuse(&plan.stops),
        };
        refused.map_err(|mut failure| {
            output.note(&plan_text(plan));
            failure.more.insert("changes".to_owned(), json!(plan.changes));
            failure
        })
    }

    /// Prints how a change of a channel ended.
    ///
    /// # Errors
    /// `declined` (exit 3).
    pub(crate) fn finish(self, outcome: &Outcome, output: Output) -> Result<()> {
        self.declined(outcome)?;
        let human = match outcome {
            Outcome::Unchanged(document) => format!("{} says that already; nothing was written", document.channel),
            changed => self.ended_text(changed),
        };
        output.result(&outcome_json(outcome), &human);
        Ok(())
    }

    /// # Errors
    /// `declined` (exit 3), when the person who was asked said no.
    pub(crate) fn declined(self, outcome: &Outcome) -> Result<()> {
        match outcome {
            Outcome::Declined(_) if self != Self::DryRun => Err(Failure::refused("declined", "nothing was written")),
            _ => Ok(()),
        }
    }

    /// What became of a change; nothing of one that changes nothing.
    pub(crate) fn ended_text(self, outcome: &Outcome) -> String {
        match outcome {
            Outcome::Written(plan) if self == Self::Given => format!("{}\n{}", plan_text(plan), signed_text(plan)),
            Outcome::Written(plan) => signed_text(plan),
            Outcome::Declined(plan) => format!("{}\n{DIM}dry run: nothing was written{PLAIN}", plan_text(plan)),
            Outcome::Unchanged(_) => String::new(),
        }
    }
}

/// A change as JSON (docs/cli.md).
pub(crate) fn outcome_json(outcome: &Outcome) -> Value {
    let (written, document, plan) = match outcome {
        Outcome::Written(plan) => (true, &plan.document, Some(plan)),
        Outcome::Declined(plan) => (false, &plan.document, Some(plan)),
        Outcome::Unchanged(document) => (false, document, None),
    };
    json!({
        "written": written,
        "channel": document.channel,
        "counter": document.counter,
        "changes": plan.map_or(&[][..], |plan| &plan.changes),
        "warnings": plan.map_or(&[][..], |plan| &plan.warnings),
        "stops": plan.map_or(&[][..], |plan| &plan.stops),
        "document": document,
    })
}

/// A change in a few lines.
fn plan_text(plan: &Plan) -> String {
    let mut text = format!("{BOLD}{}{PLAIN}", plan.document.channel);
    for change in &plan.changes {
        let _ = write!(text, "\n  {change}");
    }
    for warning in &plan.warnings {
        let _ = write!(text, "\n{YELLOW}warning{PLAIN} {warning}");
    }
    for stop in &plan.stops {
        let allowed = if stop.allowed { " (allowed)" } else { "" };
        let _ = write!(text, "\n{YELLOW}stop{PLAIN} {}: {}{DIM}{allowed}{PLAIN}", stop.code, stop.message);
    }
    text
}

/// That it was written.
fn signed_text(plan: &Plan) -> String {
    format!("{GREEN}signed{PLAIN} {} with counter {}", plan.document.channel, plan.document.counter)
}
