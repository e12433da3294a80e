//! The releases of the story, made out of two folders or of the app that is built in.
//!
//! In: folders. Out: copies in the demo's folder, changed where the story needs another content. May touch: that folder.

use crate::failure::{Failure, Result};
use crate::files::{copy_folder, write};
use std::path::{Path, PathBuf};

/// Folders of the story's contents.
pub(super) struct Releases {
    /// What the native app ships with.
    pub(super) builtin: PathBuf,
    /// The first release over the air: good.
    pub(super) first: PathBuf,
    /// The second: good.
    pub(super) second: PathBuf,
    /// The third: its page never confirms.
    pub(super) broken: PathBuf,
    /// The fourth: good, but tampered with on its way.
    pub(super) fourth: PathBuf,
}

/// Paths and contents.
type Files = &'static [(&'static str, &'static [u8])];

/// The small app that ships with the command, by version.
const HELLO: &[(&str, Files)] = &include!(concat!(env!("OUT_DIR"), "/hello.rs"));

/// Releases of the app that is built in.
pub(super) fn built_in(folder: &Path) -> Result<Releases> {
    for (version, files) in HELLO {
        for (path, content) in *files {
            write(&folder.join("apps").join(version).join(path), content)?;
        }
    }
    let version = |name: &str| folder.join("apps").join(name);
    make(folder, &version("1.0.0"), &version("1.1.0"), Some(&version("1.2.0")))
}

/// Releases out of two folders: the old one is builtin, and with a note in it the first release; the new one the second.
pub(super) fn from_folders(folder: &Path, old: &Path, new: &Path) -> Result<Releases> {
    make(folder, old, new, None)
}

fn make(folder: &Path, old: &Path, new: &Path, broken: Option<&Path>) -> Result<Releases> {
    let contents = folder.join("contents");
    let copy = |name: &str, from: &Path, note: Option<&str>| {
        let to = contents.join(name);
        copy_folder(from, &to)?;
        note.map_or(Ok(()), |note| write(&to.join("release-note.txt"), note.as_bytes()))?;
        Ok::<_, Failure>(to)
    };
    let broken_release = copy("3", broken.unwrap_or(new), Some("this page never says that it is ready\n"))?;
    if broken.is_none() {
        write(&broken_release.join("index.html"), WHITE)?;
    }
    Ok(Releases {
        builtin: copy("builtin", old, None)?,
        first: copy("1", old, Some("the first release over the air\n"))?,
        second: copy("2", new, None)?,
        broken: broken_release,
        fourth: copy("4", new, Some("changed on its way to the device\n"))?,
    })
}

/// What is left of a page when its script is not there.
const WHITE: &[u8] = b"<!doctype html><title>A white page</title>";
