//! What devices may still run: the bundles that packs are made against.
//!
//! In: a site, a channel, folders. Out: [`Base`]s, unpacked; those that cannot be had any more, by name. May touch: reads the site
//! and the folders; temporary folders. Keeps: I3 (an earlier release is opened as a device opens it: size, digest, root).

use crate::artifact::zip;
use crate::bundle::{self, Bundle, builtin};
use crate::failure::{Failure, Result};
use crate::site::{Publisher, names};
use aloft_core::edge::fs::DiskFs;
use aloft_core::edge::ports::{Request, Response, Silent, Transport, TransportError, TransportFault};
use aloft_core::edge::system::Os;
use aloft_core::fetch::{Network, Partial, Wanted, download};
use aloft_core::model::RootDigest;
use aloft_core::model::config::Timing;
use aloft_core::model::document::Artifact;
use aloft_core::model::limits::Limits;
use aloft_core::open::{Release, Watch, unpack, verify};
use indicatif::ProgressBar;
use std::collections::HashSet;
use std::fs::File;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;

/// A bundle that a device may have when it takes the release.
pub(super) struct Base {
    /// How people know it: a version, or a folder.
    pub(super) name: String,
    /// Its files.
    pub(super) bundle: Bundle,
    /// Holds the files of an earlier release until the packs are made.
    _scratch: Option<TempDir>,
}

/// The newest `count` different contents that the channel offers or has offered, but for `target` and what is withdrawn.
///
/// # Errors
/// Those of the site.
pub(super) fn recent(publisher: &Publisher, channel: &str, target: RootDigest, count: usize) -> Result<Vec<Release>> {
    let current = publisher.site().channel(channel)?;
    let withdrawn = current.map(|current| current.document.withdrawn).unwrap_or_default();
    let mut seen: HashSet<_> = withdrawn.into_iter().chain([target]).collect();
    let mut releases = publisher.site().releases(channel)?;
    releases.retain(|release| seen.insert(release.entry().root));
    releases.truncate(count);
    Ok(releases)
}

/// The content of an earlier release, out of what the site has of it.
///
/// # Errors
/// Why none of its artifacts serves.
pub(super) fn restore(publisher: &Publisher, release: &Release) -> Result<Base> {
    let entry = release.entry();
    let mut failed = Failure::new("base_gone", "it has no artifact that needs no base");
    for artifact in entry.artifacts.iter().filter(|artifact| artifact.kind == zip::KIND && artifact.base.is_none()) {
        match open(publisher, release, artifact) {
            Ok(base) => return Ok(base),
            Err(failure) => failed = failure,
        }
    }
    Err(failed)
}

/// A folder of web assets. With a builtin's description it is what that says: it is what devices know their assets by.
///
/// # Errors
/// Those of [`bundle::describe`]; `base_changed` when the folder is not what its description says.
pub(super) fn folder(folder: &Path, bar: &ProgressBar) -> Result<Base> {
    let mut bundle = bundle::describe(folder, bar)?;
    if let Some(described) = builtin::read(folder)? {
        let there = bundle.files.entries();
        if let Some(other) = described.files.entries().iter().find(|entry| there.binary_search(entry).is_err()) {
            let message = format!("{} in {} is not what {} says", other.path, folder.display(), builtin::DESCRIPTION);
            return Err(Failure::new("base_changed", message)
                .hint("name the folder as it was built into the app; devices have those files and no others"));
        }
        bundle.files = described.files;
    }
    Ok(Base { name: folder.display().to_string(), bundle, _scratch: None })
}

/// The arrow of the device, from a file that lies where a finished download lies.
fn open(publisher: &Publisher, release: &Release, artifact: &Artifact) -> Result<Base> {
    let scratch = tempfile::tempdir().map_err(|error| Failure::io("make", &std::env::temp_dir(), &error))?;
    let partial = scratch.path().join(artifact.sha256.to_string());
    publisher.site().check_artifact(artifact)?;
    let name = names::artifact(artifact);
    let mut stored = publisher.site().store().open(&name)?.unwrap_or_else(|| Box::new(std::io::empty()));
    let copy = File::create(&partial).and_then(|mut file| std::io::copy(&mut stored, &mut file));
    copy.map_err(|error| Failure::io("copy to", &partial, &error))?;

    let (system, cancel) = (Os::default(), AtomicBool::new(false));
    let network = Network { transport: &Nobody, system: &system, timing: &Timing::default() };
    let wanted = Wanted { url: "https://localhost/", size: artifact.size };
    let partial = Partial::new(scratch.path(), artifact.sha256);
    let downloaded = download(network, &DiskFs, &Silent, wanted, &partial)?;
    let keys: Vec<_> = publisher.encryption().ok().cloned().into_iter().collect();
    let verified = verify(&DiskFs, downloaded, release.clone(), artifact, &keys)?;
    let watch = Watch { system: &system, observer: &Silent, cancel: &cancel };
    let unpacked = unpack(&DiskFs, verified, &scratch.path().join("bundle"), &Limits::default(), watch)?;
    Ok(Base {
        name: release.entry().version.to_string(),
        bundle: Bundle { folder: unpacked.dir().to_owned(), files: unpacked.files().clone(), warnings: Vec::new() },
        _scratch: Some(scratch),
    })
}

/// The file is complete, so nobody is asked; one that is cut ends here.
struct Nobody;

impl Transport for Nobody {
    fn get(&self, _: &Request<'_>) -> std::result::Result<Box<dyn Response>, TransportError> {
        let detail = "the file on the site is cut".to_owned();
        Err(TransportError { kind: TransportFault::Lost, phase: "reading", detail })
    }

    fn cancel(&self) {}
}
