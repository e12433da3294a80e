//! A folder of web assets, checked and described before anything is made of it (formats 5).
//!
//! In: a folder. Out: [`Bundle`]: its files with digests, and warnings; or why it cannot be a bundle.
//! May touch: reads the folder. Keeps: I3 (the same names and digests that a device will check), I10.

pub mod builtin;
pub(crate) mod command;
mod content;
mod diff;
mod moment;
mod names;
mod warning;

pub use warning::Warning;

use crate::failure::{Failure, Result};
use aloft_core::model::bundle::{FileEntry, FileList};
use aloft_core::model::limits::{MAX_BUNDLE, MAX_FILE_LIST, MAX_FILES};
use aloft_core::model::path::BundlePath;
use content::{Content, Kind};
use indicatif::ProgressBar;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// A folder that can be published.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// The folder.
    pub folder: PathBuf,
    /// Its files, without the builtin's description.
    pub files: FileList,
    /// What is allowed and most likely not meant.
    pub warnings: Vec<Warning>,
}

/// Check and describe `folder`. Reads every file.
///
/// # Errors
/// `index_missing`, `bundle_symlink`, `bundle_special_file`, `bundle_path`, `bundle_name_clash`, `bundle_executable`,
/// `bundle_too_large`, and those of the system.
pub fn describe(folder: &Path, bar: &ProgressBar) -> Result<Bundle> {
    let found = find(folder)?;
    names::check_clashes(found.keys())?;
    match found.iter().find(|(path, _)| path.as_str() == "index.html") {
        None => return Err(index_missing(folder, &found)),
        Some((_, (_, 0))) => return Err(index_empty(folder)),
        Some(_) => {}
    }
    bar.set_length(found.values().map(|(_, size)| size).sum());
    let mut files = Vec::with_capacity(found.len());
    let mut kinds = BTreeMap::<Kind, Vec<BundlePath>>::new();
    for (path, (place, _)) in found {
        let Content { sha256, size, kinds: of_this } = content::read(&place, &path, bar)?;
        for kind in of_this {
            kinds.entry(kind).or_default().push(path.clone());
        }
        files.push(FileEntry { path, size, sha256 });
    }
    bar.finish_and_clear();
    let files = FileList::from(files);
    check_limits(&files)?;
    let warnings = content::warnings(kinds, &files)?;
    Ok(Bundle { folder: folder.to_owned(), files, warnings })
}

type Found = BTreeMap<BundlePath, (PathBuf, u64)>;

fn find(folder: &Path) -> Result<Found> {
    let mut found = Found::new();
    if !folder.is_dir() {
        return Err(Failure::new("not_found", format!("{} is no folder", folder.display()))
            .hint("name the folder that the build writes, the one with index.html"));
    }
    for entry in WalkDir::new(folder).min_depth(1) {
        let entry = entry.map_err(|error| Failure::new("io", error.to_string()))?;
        let kind = entry.file_type();
        if kind.is_dir() {
            continue;
        }
        if kind.is_symlink() {
            return Err(Failure::new("bundle_symlink", format!("{} is a symlink", entry.path().display()))
                .hint("replace it by the file it points to: devices take no links"));
        }
        if !kind.is_file() {
            return Err(Failure::new("bundle_special_file", format!("{} is not a file", entry.path().display())));
        }
        let path = names::bundle_path(folder, entry.path())?;
        if !builtin::describes(&path) {
            let size = size(&entry)?;
            found.insert(path, (entry.into_path(), size));
        }
        if found.len() as u64 > MAX_FILES {
            return Err(too_large(&format!("more than {MAX_FILES} files")));
        }
    }
    Ok(found)
}

fn size(entry: &DirEntry) -> Result<u64> {
    entry.metadata().map(|metadata| metadata.len()).map_err(|error| Failure::new("io", error.to_string()))
}

/// The folder one level too high or too low is the commonest mistake, so it is named (field problem F4).
fn index_missing(folder: &Path, found: &Found) -> Failure {
    let failure = Failure::new("index_missing", format!("there is no index.html at the top of {}", folder.display()));
    match found.keys().find_map(|path| path.as_str().strip_suffix("/index.html")) {
        Some(inner) => failure.hint(format!("there is one in {inner}/: name that folder")),
        None => failure.hint("name the folder that the build writes"),
    }
}

/// A page without a byte shows nothing, and a device takes the bundle for one that is not there.
fn index_empty(folder: &Path) -> Failure {
    Failure::new("index_missing", format!("index.html at the top of {} is empty", folder.display()))
        .hint("build again: the web view shows this file first")
}

fn check_limits(files: &FileList) -> Result<()> {
    let size = files.size();
    if size > MAX_BUNDLE {
        return Err(too_large(&format!("{size} bytes, {MAX_BUNDLE} are allowed")));
    }
    let list = serde_json::to_vec(files).map_or(u64::MAX, |json| json.len() as u64);
    if list > MAX_FILE_LIST {
        return Err(too_large(&format!("its list of files has {list} bytes, {MAX_FILE_LIST} are allowed")));
    }
    Ok(())
}

fn too_large(what: &str) -> Failure {
    Failure::new("bundle_too_large", format!("the bundle has {what}"))
        .hint("serve large media from a web host instead of shipping it in the bundle")
}

#[cfg(test)]
mod tests;
