//! A folder of web assets, checked and described before anything is made of it (formats 5).
//!
//! In: a folder. Out: [`Bundle`]: its files with digests, and warnings; or why it cannot be a bundle.
//! May touch: reads the folder. Keeps: I3 (the same names and digests that a device will check), I10.

pub mod builtin;
pub(crate) mod command;
mod content;
mod diff;
mod guard;
mod moment;
mod names;
mod page;
mod private;
mod ready;
pub(crate) mod selection;
mod warning;

pub use selection::Selection;
pub use warning::Warning;

use crate::failure::{Failure, Result};
use aloft_core::model::bundle::{FileEntry, FileList};
use aloft_core::model::limits::{MAX_BUNDLE, MAX_FILE_LIST, MAX_FILES};
use aloft_core::model::path::BundlePath;
use content::{Content, Kind};
use indicatif::ProgressBar;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// Findings that a message names.
const NAMED: usize = 10;

/// A folder that can be published.
#[derive(Debug, Clone, Default)]
pub struct Bundle {
    /// The folder.
    pub folder: PathBuf,
    /// Its files, without the builtin's description.
    pub files: FileList,
    /// What is allowed and most likely not meant.
    pub warnings: Vec<Warning>,
    /// Files of the folder that are no part of it.
    pub left_out: LeftOutFiles,
}

/// Files that are left out of a bundle.
#[derive(Debug, Clone, Default, Serialize)]
pub struct LeftOutFiles {
    /// Sum of their sizes.
    pub bytes: u64,
    /// Their names.
    pub paths: Vec<String>,
}

impl LeftOutFiles {
    /// A line about them, if there are any.
    pub(crate) fn line(&self) -> Option<String> {
        let count = self.paths.len();
        let size = crate::output::bytes(self.bytes);
        let first = self.paths.first()?;
        Some(format!(
            "left out: {count} files that no web view asks for, {size}, such as {first}; --include brings them back"
        ))
    }
}

/// Check and describe what is selected of `folder`. Reads every such file.
///
/// # Errors
/// `index_missing`, `bundle_symlink`, `bundle_special_file`, `bundle_path`, `bundle_name_clash`, `bundle_executable`,
/// `bundle_too_large`, `bundle_secret`, `server_build`, and those of the system.
pub fn describe(folder: &Path, selection: &Selection, bar: &ProgressBar) -> Result<Bundle> {
    guard::check_place(folder, selection)?;
    let (found, left_out) = find(folder, selection)?;
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
    let mut warnings = content::warnings(kinds, &files)?;
    warnings.extend(missing_script(folder, &files)?);
    Ok(Bundle { folder: folder.to_owned(), files, warnings, left_out })
}

/// Scripts and styles that the page names and no device finds.
fn missing_script(folder: &Path, files: &FileList) -> Result<Option<Warning>> {
    let index = folder.join("index.html");
    let page = std::fs::read(&index).map_err(|error| Failure::io("read", &index, &error))?;
    let missing = page::missing(&page, &|path| content::find(path, files).is_some());
    let message = "index.html names scripts or styles that are not in the bundle";
    let warning = Warning { code: "missing_script", message, bytes: 0, paths: missing };
    Ok(Some(warning).filter(|warning| !warning.paths.is_empty()))
}

type Found = BTreeMap<BundlePath, (PathBuf, u64)>;

fn find(folder: &Path, selection: &Selection) -> Result<(Found, LeftOutFiles)> {
    let (mut found, mut left_out, mut refused) = (Found::new(), LeftOutFiles::default(), Vec::new());
    if !folder.is_dir() {
        return Err(Failure::new("not_found", format!("{} is no folder", folder.display()))
            .hint("name the folder that the build writes, the one with index.html"));
    }
    for entry in WalkDir::new(folder).min_depth(1).sort_by_file_name() {
        let entry = entry.map_err(|error| Failure::new("io", error.to_string()))?;
        let name = names::shown(folder, entry.path());
        guard::check_name(&name)?;
        if entry.file_type().is_dir() {
            continue;
        }
        if !selection.keeps(&name) {
            left_out.add(name, size(&entry)?);
            continue;
        }
        match checked(folder, &entry) {
            Ok(path) if builtin::describes(&path) => {}
            Ok(path) => {
                let size = size(&entry)?;
                found.insert(path, (entry.into_path(), size));
            }
            Err(failure) => refused.push(failure),
        }
        if found.len() as u64 > MAX_FILES {
            return Err(too_large(&format!("more than {MAX_FILES} files")));
        }
    }
    leave_out_copies(&mut found, selection, &mut left_out);
    refused.extend(names::clashes(found.keys()));
    all_refused(refused)?;
    Ok((found, left_out))
}

/// One failure for everything that was found, so that nobody mends a folder file by file.
fn all_refused(refused: Vec<Failure>) -> Result<()> {
    let messages: Vec<_> = refused.iter().take(NAMED).map(|failure| failure.message.as_str()).collect();
    let mut message = messages.join("; ");
    if refused.len() > NAMED {
        let _ = write!(message, "; and {} more", refused.len() - NAMED);
    }
    refused.into_iter().next().map_or(Ok(()), |first| Err(Failure { message, ..first }))
}

/// The name of a file that a bundle can have.
fn checked(folder: &Path, entry: &DirEntry) -> Result<BundlePath> {
    if entry.file_type().is_symlink() {
        return Err(Failure::new("bundle_symlink", format!("{} is a symlink", entry.path().display()))
            .hint("replace it by the file it points to: devices take no links"));
    }
    if !entry.file_type().is_file() {
        return Err(Failure::new("bundle_special_file", format!("{} is not a file", entry.path().display())));
    }
    names::bundle_path(folder, entry.path())
}

/// A compressed file beside what it was made of, which may itself be left out, is for web servers.
fn leave_out_copies(found: &mut Found, selection: &Selection, left_out: &mut LeftOutFiles) {
    let names: HashSet<String> = found.keys().map(ToString::to_string).chain(left_out.paths.iter().cloned()).collect();
    found.retain(|path, (_, size)| {
        let copy = selection::original(path.as_str()).is_some_and(|original| names.contains(original));
        let keeps = !copy || selection.includes(path.as_str());
        if !keeps {
            left_out.add(path.to_string(), *size);
        }
        keeps
    });
}

impl LeftOutFiles {
    fn add(&mut self, path: String, size: u64) {
        self.paths.push(path);
        self.bytes += size;
    }
}

fn size(entry: &DirEntry) -> Result<u64> {
    entry.metadata().map(|metadata| metadata.len()).map_err(|error| Failure::new("io", error.to_string()))
}

/// The folder one level too high or too low is the commonest mistake, so it is named.
fn index_missing(folder: &Path, found: &Found) -> Failure {
    let failure = Failure::new("index_missing", format!("there is no index.html at the top of {}", folder.display()));
    if let Some(hint) = server_build(folder, found) {
        let message = format!("{} is built for a server: it has no index.html", folder.display());
        return Failure::new("server_build", message).hint(hint);
    }
    match found.keys().find_map(|path| path.as_str().strip_suffix("/index.html")) {
        Some(inner) => failure.hint(format!("there is one in {inner}/: name that folder")),
        None => failure.hint("name the folder that the build writes"),
    }
}

/// What makes the framework write web assets that need no server.
fn server_build(folder: &Path, found: &Found) -> Option<&'static str> {
    let has = |name: &str| found.keys().any(|path| path.as_str() == name) || folder.join(name).exists();
    if has("index.csr.html") || has("browser/index.csr.html") {
        return Some(
            "Angular: set `outputMode` to `static`, or take server rendering out, and name the folder `browser`",
        );
    }
    if has("BUILD_ID") || has(".next") {
        return Some("Next: set `output: 'export'`, and name the folder `out`");
    }
    (has("nitro.json") || has(".output"))
        .then_some("Nuxt: build with `nuxt generate`, and name the folder `.output/public`")
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
    let folders: BTreeSet<&str> = files.entries().iter().flat_map(|entry| entry.path.parents()).collect();
    if folders.len() as u64 > MAX_FILES {
        return Err(too_large(&format!("{} folders, {MAX_FILES} are allowed", folders.len())));
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
