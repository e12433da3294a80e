//! What devices may still run: the bundles that packs are made against.
//!
//! In: a site, a channel, folders. Out: [`Base`]s, unpacked; those that cannot be had any more, by name. May touch: reads the site
//! and the folders; temporary folders. Keeps: I3 (an earlier release is opened as a device opens it: size, digest, root).

use crate::artifact::open;
use crate::bundle::{Bundle, Selection, builtin};
use crate::failure::{Failure, Result};
use crate::scratch::Scratch;
use crate::site::{Publisher, names};
use aloft_core::model::RootDigest;
use aloft_core::model::document::{Artifact, ReleaseEntry};
use aloft_core::open::Release;
use indicatif::ProgressBar;
use std::collections::HashSet;
use std::path::Path;

/// A bundle that a device may have when it takes the release.
pub(super) struct Base {
    /// How people know it: a version, or a folder.
    pub(super) name: String,
    /// Its files.
    pub(super) bundle: Bundle,
    /// Holds the files of an earlier release until the packs are made.
    _scratch: Option<Scratch>,
}

/// The different contents that the channel offers or has offered, the newest first, but for `target` and what is withdrawn; of a
/// release that is `offered` already, those that were there before it.
///
/// # Errors
/// Those of the site.
pub(super) fn past(
    publisher: &Publisher,
    channel: &str,
    target: RootDigest,
    offered: Option<&ReleaseEntry>,
) -> Result<Vec<Release>> {
    let current = publisher.site().channel(channel)?;
    let withdrawn = current.map(|current| current.document.withdrawn).unwrap_or_default();
    let mut seen: HashSet<_> = withdrawn.into_iter().chain([target]).collect();
    let mut releases = publisher.site().releases(channel)?;
    releases.retain(|release| {
        let before = offered.is_none_or(|offered| release.entry().created < offered.created);
        before && seen.insert(release.entry().root)
    });
    Ok(releases)
}

/// The content of an earlier release, out of what the site has of it.
///
/// # Errors
/// Why none of its artifacts serves.
pub(super) fn restore(publisher: &Publisher, release: &Release) -> Result<Base> {
    let entry = release.entry();
    let mut failed = Failure::new("base_gone", "it has no artifact that needs no base");
    for artifact in entry.artifacts.iter().filter(|artifact| artifact.base.is_none()) {
        match open(publisher, release, artifact) {
            Ok(base) => return Ok(base),
            Err(failure) => failed = failure,
        }
    }
    Err(failed)
}

/// A folder of web assets, as devices know it.
///
/// # Errors
/// Those of [`builtin::as_devices_know`].
pub(super) fn folder(folder: &Path, selection: &Selection, bar: &ProgressBar) -> Result<Base> {
    let bundle = builtin::as_devices_know(folder, selection, bar)?;
    Ok(Base { name: folder.display().to_string(), bundle, _scratch: None })
}

fn open(publisher: &Publisher, release: &Release, artifact: &Artifact) -> Result<Base> {
    publisher.site().check_artifact(artifact)?;
    let stored = publisher.site().store().open(&names::artifact(artifact))?;
    let keys: Vec<_> = publisher.encryption().ok().cloned().into_iter().collect();
    let (scratch, bundle) =
        open::open(&mut stored.unwrap_or_else(|| Box::new(std::io::empty())), release.clone(), artifact, &keys)?;
    Ok(Base { name: release.entry().version.to_string(), bundle, _scratch: Some(scratch) })
}
