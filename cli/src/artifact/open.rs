//! Open an artifact as a device does, from a file that lies where a finished download lies.
//!
//! In: the bytes, what was signed of them, keys. Out: a bundle in a temporary folder; or why a device would refuse it. May touch: a
//! temporary folder. Keeps: I3 (size, digest, decryption, archive, root: the core's own checks in the core's own order).

use super::pack;
use crate::bundle::Bundle;
use crate::failure::{Failure, Result};
use crate::scratch::Scratch;
use aloft_core::edge::fs::DiskFs;
use aloft_core::edge::ports::{Request, Response, Silent, Transport, TransportError, TransportFault};
use aloft_core::edge::system::Os;
use aloft_core::fetch::{Network, Partial, Wanted, download};
use aloft_core::model::config::{EncryptionKey, Timing};
use aloft_core::model::document::Artifact;
use aloft_core::model::limits::Limits;
use aloft_core::open::{Release, Watch, patch, unpack, verify};
use std::fs::File;
use std::io::{self, Read};
use std::sync::atomic::AtomicBool;

/// The bundle in an artifact that needs no base, for as long as its folder is held.
///
/// # Errors
/// Those of verifying and unpacking; those of the system.
pub(crate) fn open(
    content: &mut dyn Read,
    release: Release,
    artifact: &Artifact,
    keys: &[EncryptionKey],
) -> Result<(Scratch, Bundle)> {
    let scratch = Scratch::new()?;
    let copy = scratch.path().join(artifact.sha256.to_string());
    File::create(&copy)
        .and_then(|mut file| io::copy(content, &mut file))
        .map_err(|error| Failure::io("copy to", &copy, &error))?;

    let (system, cancel) = (Os::default(), AtomicBool::new(false));
    let network = Network { transport: &Nobody, system: &system, timing: &Timing::default() };
    let wanted = Wanted { url: "https://localhost/", size: artifact.size };
    let downloaded = download(network, &DiskFs, &Silent, wanted, &Partial::new(scratch.path(), artifact.sha256))?;
    let verified = verify(&DiskFs, downloaded, release, artifact, keys)?;
    let watch = Watch { system: &system, observer: &Silent, cancel: &cancel };
    let (dir, limits) = (scratch.path().join("bundle"), Limits::default());
    let unpacked = match artifact.kind.as_str() {
        pack::KIND => patch(&DiskFs, verified, None, &dir, &limits, watch)?,
        _ => unpack(&DiskFs, verified, &dir, &limits, watch)?,
    };
    let bundle = Bundle { folder: unpacked.dir().to_owned(), files: unpacked.files().clone(), ..Bundle::default() };
    Ok((scratch, bundle))
}

/// A complete file asks nobody; one that is cut ends here.
struct Nobody;

impl Transport for Nobody {
    fn get(&self, _: &Request<'_>) -> std::result::Result<Box<dyn Response>, TransportError> {
        let detail = "the file is cut".to_owned();
        Err(TransportError { kind: TransportFault::Lost, phase: "reading", detail })
    }

    fn cancel(&self) {}
}
