//! A folder of web assets becomes a release: described, judged, packed, put on the site, named by a signed document (formats 12).
//!
//! In: a publisher, options, the time. Out: [`Published`]. May touch: reads the folder; the site, artifacts first.
//! Keeps: one version never gets two roots; what fails leaves the old channel in force.

mod artifacts;
mod bases;
pub(crate) mod command;
mod entry;
pub mod options;
mod order;
mod presence;
mod promote;
mod stops_of;
mod taken;
mod terms;

pub use artifacts::{LeftOut, Sent};
pub use options::{Encryption, PublishOptions};
pub use promote::promote;
pub use terms::Terms;

use crate::bundle::{self, Bundle, LeftOutFiles, Warning};
use crate::consent::Consent;
use crate::failure::Result;
use crate::output::Output;
use crate::site::{Draft, Outcome, Publisher, names};
use aloft_core::model::document::Artifact;
use aloft_core::model::{RootDigest, Version};
use artifacts::{Ask, Prepared};
use entry::Entering;
use presence::{Presence, presence};
use serde::Serialize;
use std::cell::RefCell;
use std::fs::File;

/// A release that was published, or could be.
#[derive(Debug, Clone, Serialize)]
pub struct Published {
    /// Its name.
    pub version: Version,
    /// Its content.
    pub root: RootDigest,
    /// Number of files.
    pub files: u64,
    /// Sum of their sizes in bytes.
    pub size: u64,
    /// How it is sent: a zip first, then packs.
    pub artifacts: Vec<Sent>,
    /// Packs that are not offered, and why.
    pub left_out: Vec<LeftOut>,
    /// The channel's counter.
    pub counter: u64,
    /// Files of the folder that are no part of it.
    pub left_out_files: LeftOutFiles,
    /// What about the bundle is allowed and most likely not meant.
    pub bundle_warnings: Vec<Warning>,
    /// Were artifacts written again that the channel offered already and the site had lost?
    pub restored: bool,
    /// Why nothing changed, where the command line asked for more than nothing.
    pub note: Option<String>,
    /// What became of the channel document.
    #[serde(skip)]
    pub outcome: Outcome,
}

/// Publish a folder. Does I/O, for as long as packing takes.
///
/// What can be known without artifacts is judged first. They are made and written in a step of their own before anybody is asked,
/// so that what is asked about, and signed, is on the site.
///
/// # Errors
/// Those of [`bundle::describe`] and of packing; `version_taken`, `withdrawn`, `already_published`, `superseded`, `rolled_back`; the
/// code of a stop; those of [`Publisher::change`].
pub fn publish(publisher: &Publisher, options: &PublishOptions, now: u64, output: Output) -> Result<Published> {
    let bundle = bundle::describe(&options.folder, &options.selection, &output.bar("reading"))?;
    enter(publisher, bundle, options, now, output)
}

/// Publish a bundle. Does I/O.
fn enter(
    publisher: &Publisher,
    bundle: Bundle,
    options: &PublishOptions,
    now: u64,
    output: Output,
) -> Result<Published> {
    let builtins: Result<Vec<_>> = options.bases.iter().map(|base| bundle::builtin::created(base)).collect();
    let builtins = builtins?.into_iter().flatten().collect();
    let entering = Entering { publisher, options, bundle: &bundle, now, builtins, note: RefCell::default() };
    let found = RefCell::new(Presence::New);
    let judge = |draft: &mut Draft| {
        found.replace(presence(draft, &options.version, entering.root()));
        entering.edit(draft, None)
    };
    let judged = publisher.plan(&options.channel, now, &judge).map_err(|failure| match failure.code {
        "version_taken" => taken::explained(failure, publisher, &bundle, options),
        _ => failure,
    })?;
    if let Ok(plan) = &judged {
        options.consent.check(plan, output)?;
    }
    let is_dry = options.consent == Consent::DryRun;
    let prepared = if is_dry && !options.sizes {
        Prepared::default()
    } else {
        let presence = &*found.borrow();
        let ask = Ask { encryption: entering.encryption(presence), presence };
        artifacts::prepare(publisher, &bundle, options, &ask, output)?
    };
    let Prepared { sent, left_out, fresh } = prepared;
    let lost = !fresh.is_empty() && !is_dry;
    if !is_dry {
        put(publisher, fresh)?;
    }
    let artifacts: Vec<_> = sent.iter().map(|sent| sent.artifact.clone()).collect();
    let made = (!is_dry || options.sizes).then_some(artifacts.as_slice());
    let approve = &mut |plan: &_| options.consent.approve(plan, output);
    let outcome = publisher.change(&options.channel, now, &|draft| entering.edit(draft, made), approve)?;
    let counter = match &outcome {
        Outcome::Written(plan) | Outcome::Declined(plan) => plan.document.counter,
        Outcome::Unchanged(document) => document.counter,
    };
    let note = entering.note.take();
    Ok(Published {
        version: options.version.clone(),
        root: bundle.files.root(),
        files: bundle.files.entries().len() as u64,
        size: bundle.files.size(),
        artifacts: sent,
        left_out,
        counter,
        restored: lost && matches!(outcome, Outcome::Unchanged(_)),
        left_out_files: bundle.left_out,
        bundle_warnings: bundle.warnings,
        note,
        outcome,
    })
}

/// Writes what the site does not have.
fn put(publisher: &Publisher, fresh: Vec<(Artifact, File)>) -> Result<()> {
    for (artifact, mut file) in fresh {
        publisher.site().store().put_new(&names::artifact(&artifact), &mut file)?;
        publisher.site().check_artifact(&artifact)?; // what was there already may be damaged
    }
    Ok(())
}
