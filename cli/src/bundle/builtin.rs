//! The builtin's description, which the build puts into the app's own web assets (formats 5).
//!
//! In: a checked folder, floors, a date. Out: `aloft-builtin.json` and `aloft-builtin.root` in that folder.
//! May touch: those two files. Keeps: I8 (a device knows what its builtin assets are, and how new).

use super::{Bundle, Selection, describe};
use crate::failure::{Failure, Result};
use aloft_core::model::document::BuiltinDescription;
use aloft_core::model::path::BundlePath;
use aloft_core::model::{Code, json};
use indicatif::ProgressBar;
use std::collections::BTreeMap;
use std::path::Path;

/// The description.
pub const DESCRIPTION: &str = "aloft-builtin.json";
/// Its root digest alone, all that a launch compares.
pub const ROOT: &str = "aloft-builtin.root";

/// Is `path` a part of the description? It belongs to no bundle's root, whatever folder it was left in.
pub(super) fn describes(path: &BundlePath) -> bool {
    matches!(path.as_str(), DESCRIPTION | ROOT)
}

/// Describe `bundle` as the builtin assets of `created`, in unix seconds, in its own folder.
///
/// # Errors
/// Those of the system.
pub fn write(bundle: &Bundle, floors: BTreeMap<String, u64>, created: u64) -> Result<BuiltinDescription> {
    let description = BuiltinDescription { created, root: bundle.files.root(), files: bundle.files.clone(), floors };
    let text = serde_json::to_vec(&description).map_err(|error| Failure::new("io", error.to_string()))?;
    put(&bundle.folder.join(DESCRIPTION), &text)?;
    put(&bundle.folder.join(ROOT), description.root.to_string().as_bytes())?;
    Ok(description)
}

/// The bundle in `folder`; with a description, what that says: it is what devices know their assets by.
///
/// # Errors
/// Those of [`describe`]; `base_changed` when the folder is not what its description says; `bad_description`.
pub(crate) fn as_devices_know(folder: &Path, selection: &Selection, bar: &ProgressBar) -> Result<Bundle> {
    let described = read(folder)?;
    let all = Selection::everything();
    let mut bundle = describe(folder, if described.is_some() { &all } else { selection }, bar)?;
    if let Some(described) = described {
        let there = bundle.files.entries();
        if let Some(other) = described.files.entries().iter().find(|entry| there.binary_search(entry).is_err()) {
            let message = format!("{} in {} is not what {DESCRIPTION} says", other.path, folder.display());
            return Err(Failure::new("base_changed", message)
                .hint("name the folder as it was built into the app; devices have those files and no others"));
        }
        bundle.files = described.files;
    }
    Ok(bundle)
}

/// The date of described builtin assets; none of any other folder.
///
/// # Errors
/// `bad_description`; those of the system.
pub(crate) fn created(folder: &Path) -> Result<Option<u64>> {
    Ok(read(folder)?.map(|described| described.created))
}

fn read(folder: &Path) -> Result<Option<BuiltinDescription>> {
    let path = folder.join(DESCRIPTION);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::io("read", &path, &error)),
    };
    json::parse(&bytes, DESCRIPTION, Code::BadDocument).map(Some).map_err(|error| {
        Failure::new("bad_description", format!("{}: {error}", path.display()))
            .hint("write it again with `aloft bundle DIR --builtin`, or remove it")
    })
}

fn put(path: &Path, content: &[u8]) -> Result<()> {
    std::fs::write(path, content).map_err(|error| Failure::io("write", path, &error))
}
