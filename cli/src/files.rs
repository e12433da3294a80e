//! Folders of web assets on this machine's disk.
//!
//! In: paths. Out: copies, files in folders that are made for them. May touch: what it is told to.

use crate::failure::{Failure, Result};
use std::path::Path;

/// A path that is written down as text. One that is not Unicode would be another path when it is read.
///
/// # Errors
/// `usage` (exit 2).
pub(crate) fn storable(path: &Path) -> Result<&str> {
    path.to_str().ok_or_else(|| {
        Failure::usage(format!("{} is not Unicode, and has to be written down as text", path.display()))
            .hint("name another folder, or rename it")
    })
}

/// Copy the files of a folder, and those below; empty folders and links are left out.
///
/// # Errors
/// Those of the system.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for entry in walkdir::WalkDir::new(from).sort_by_file_name() {
        let entry = entry.map_err(|error| Failure::new("io", error.to_string()))?;
        let below = entry.path().strip_prefix(from).unwrap_or(entry.path());
        if entry.file_type().is_file() {
            let content = std::fs::read(entry.path()).map_err(|error| Failure::io("read", entry.path(), &error))?;
            write(&to.join(below), &content)?;
        }
    }
    Ok(())
}

/// Write a file, and make its folder.
///
/// # Errors
/// Those of the system.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<()> {
    let parent = path.parent().unwrap_or(Path::new(""));
    std::fs::create_dir_all(parent)
        .and_then(|()| std::fs::write(path, content))
        .map_err(|error| Failure::io("write", path, &error))
}
