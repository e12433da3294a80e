//! A folder of web assets becomes a release: described, packed, put on the site, named by a signed document (formats 12).
//!
//! In: a publisher, options, the time. Out: [`Published`]. May touch: reads the folder; the site, artifacts first.
//! Keeps: one version never gets two roots; what fails leaves the old channel in force.

mod artifacts;
mod bases;
pub(crate) mod command;
pub mod options;

pub use artifacts::{LeftOut, Sent};
pub use options::{Encryption, PublishOptions};

use crate::bundle::{self, Bundle, Warning};
use crate::channel::{Approve, highest_retry, salt, warn_of_gaps};
use crate::failure::{Failure, Result};
use crate::output::{Answer, Output};
use crate::site::{Draft, Known, Outcome, Plan, Publisher, names};
use aloft_core::decide::rollout::WHOLE;
use aloft_core::model::document::{Artifact, ReleaseEntry, Requires, Rollout, Strict};
use aloft_core::model::{RootDigest, Version};
use artifacts::Prepared;
use serde::Serialize;

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
    /// What about the bundle is allowed and most likely not meant.
    pub bundle_warnings: Vec<Warning>,
    /// Were artifacts written again that the channel offered already and the site had lost?
    pub restored: bool,
    /// What became of the channel document.
    #[serde(skip)]
    pub outcome: Outcome,
}

/// Publish a folder. Does I/O, for as long as packing takes.
///
/// # Errors
/// Those of [`bundle::describe`] and of packing; `version_taken`, `withdrawn`; those of [`Publisher::change`].
pub fn publish(
    publisher: &Publisher,
    options: &PublishOptions,
    now: u64,
    output: Output,
    approve: &mut Approve<'_>,
) -> Result<Published> {
    let bundle = bundle::describe(&options.folder, &output.bar("reading"))?;
    let root = bundle.files.root();
    check_version(&publisher.site().known()?, &options.version, root)?; // before the work; it is checked again below
    let Prepared { sent, left_out, mut fresh } = artifacts::prepare(publisher, &bundle, options, output)?;
    let artifacts: Vec<_> = sent.iter().map(|sent| sent.artifact.clone()).collect();
    let missing = !fresh.is_empty();
    let mut put = || -> Result<()> {
        for (artifact, mut file) in fresh.drain(..) {
            publisher.site().store().put_new(&names::artifact(&artifact), &mut file)?;
            publisher.site().check_artifact(&artifact)?; // what was there already may be damaged
        }
        Ok(())
    };
    let edit = |draft: &mut Draft| prefer(publisher, options, &bundle, &artifacts, now, draft);
    let mut write_first = |plan: &Plan| {
        let answer = approve(plan)?;
        if answer == Answer::Yes {
            put()?;
        }
        Ok(answer)
    };
    let outcome = publisher.change(&options.channel, now, &edit, &mut write_first)?;
    // The document names them already: what a host has lost comes back.
    let restored = missing && !options.dry_run && matches!(outcome, Outcome::Unchanged(_));
    if restored {
        put()?;
    }
    let counter = match &outcome {
        Outcome::Written(plan) | Outcome::Declined(plan) => plan.document.counter,
        Outcome::Unchanged(document) => document.counter,
    };
    Ok(Published {
        version: options.version.clone(),
        root,
        files: bundle.files.entries().len() as u64,
        size: bundle.files.size(),
        artifacts: sent,
        left_out,
        counter,
        bundle_warnings: bundle.warnings,
        restored,
        outcome,
    })
}

/// Put the release first in the draft.
fn prefer(
    publisher: &Publisher,
    options: &PublishOptions,
    bundle: &Bundle,
    artifacts: &[Artifact],
    now: u64,
    draft: &mut Draft,
) -> Result<()> {
    let root = bundle.files.root();
    let known = publisher.site().known()?;
    check_version(&known, &options.version, root)?;
    if draft.document.withdrawn.contains(&root) {
        return Err(Failure::refused(
            "withdrawn",
            format!("the content of {} is withdrawn from {}", options.version, options.channel),
        )
        .hint("publish a build that is another; or lift the withdrawal with `aloft channel withdraw VERSION --lift`"));
    }
    let entry = ReleaseEntry {
        version: options.version.clone(),
        created: created(&known, options, root, now),
        root,
        files: bundle.files.entries().len() as u64,
        size: bundle.files.size(),
        artifacts: artifacts.to_vec(),
        rollout: (options.share.bps() < WHOLE).then(|| {
            Strict::Known(Rollout {
                bps: options.share.bps(),
                salt: options.salt.clone().unwrap_or_else(|| salt(root)),
            })
        }),
        requires: (options.requires != Requires::default()).then(|| Strict::Known(options.requires.clone())),
        audience: options::audience(&options.audience, salt(root)).map(Strict::Known),
        over_builtin: options.over_builtin,
        retry: highest_retry(draft, root),
        priority: options.priority,
    };
    let releases = &mut draft.document.releases;
    releases.retain(|other| other.root != root && other.version != entry.version);
    releases.insert(0, entry);
    if let Some(expires) = options.expires {
        draft.document.expires = expires.from(now);
    }
    warn_of_gaps(draft);
    Ok(())
}

fn check_version(known: &[Known], version: &Version, root: RootDigest) -> Result<()> {
    match known.iter().find(|known| known.entry.version == *version && known.entry.root != root) {
        Some(other) => {
            Err(Failure::refused("version_taken", format!("{version} is another content in {}", other.channel))
                .hint("give this content a new version: one version never gets two contents"))
        }
        None => Ok(()),
    }
}

/// When the release was first published; later than every other of its channel, so that older and newer are always told apart.
fn created(known: &[Known], options: &PublishOptions, root: RootDigest, now: u64) -> u64 {
    let of_channel = || known.iter().filter(|known| known.channel == options.channel);
    let same = |known: &&Known| known.entry.version == options.version && known.entry.root == root;
    let first = of_channel().filter(same).map(|known| known.entry.created).min();
    first.unwrap_or_else(|| of_channel().map(|known| known.entry.created + 1).fold(now, u64::max))
}
