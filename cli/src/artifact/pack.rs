//! A bundle as a pack, whole or against another bundle, proved before it is used (formats 9).
//!
//! In: described bundles. Out: a temporary file, and what its bytes are spent on. May touch: reads the bundles, the system's
//! temporary folder. Keeps: the same bundles give the same pack.

use super::{FolderTree, proof, temporary};
use crate::bundle::Bundle;
use crate::failure::{Failure, Result};
use aloft_pack::Expected;
use aloft_pack::make::{self, Progress, Report};
use std::fs::File;
use std::io::{BufWriter, Write as _};

/// The kind of artifact that this module makes.
pub(crate) const KIND: &str = "pack";

/// Pack `target` against `base`, or whole without one. Takes all cores for seconds, and up to 1.5 GiB of memory with a base.
///
/// # Errors
/// `pack_failed` also when the pack does not give `target` back: a file may have changed meanwhile; those of the system.
pub(crate) fn pack(base: Option<&Bundle>, target: &Bundle, progress: Progress<'_>) -> Result<(File, Report)> {
    let nothing = Bundle::default();
    let (from, to) = (FolderTree::new(base.unwrap_or(&nothing)), FolderTree::new(target));
    let mut sink = BufWriter::new(tempfile::tempfile().map_err(|error| temporary(&error))?);
    let report = match base {
        Some(_) => make::delta(&from, &to, &mut sink, progress),
        None => make::whole(&to, &mut sink, progress),
    };
    let report = report.map_err(|error| failed(&error))?;
    sink.flush().map_err(|error| temporary(&error))?;
    let mut file = sink.into_inner().map_err(|error| temporary(error.error()))?;
    let expected = Expected { files: target.files.entries().len() as u64, size: target.files.size() };
    match proof::root(&mut file, &from, expected) {
        Ok(root) if root == target.files.root() => Ok((file, report)),
        Ok(_) => Err(Failure::new("pack_failed", "it does not give the bundle back").hint(CHANGED)),
        Err(error) => Err(failed(&error)),
    }
}

const CHANGED: &str = "publish again when the build is done: a file may have changed while it was packed";

fn failed(error: &aloft_pack::Error) -> Failure {
    Failure::new("pack_failed", error.to_string()).hint(CHANGED)
}
