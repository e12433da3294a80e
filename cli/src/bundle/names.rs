//! Names of files that mean one file on every system.
//!
//! In: paths as the disk names them. Out: [`BundlePath`]s, or which name is wrong and why. May touch: nothing.

use crate::failure::{Failure, Result};
use aloft_core::model::path::BundlePath;
use caseless::Caseless as _;
use std::collections::HashMap;
use std::path::{Component, Path};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// The name of `place` inside `folder` as it is shown, also where no bundle can have it.
pub(super) fn shown(folder: &Path, place: &Path) -> String {
    let relative = place.strip_prefix(folder).unwrap_or(place);
    let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// The path of `place` inside `folder`.
///
/// # Errors
/// `bundle_path`.
pub(super) fn bundle_path(folder: &Path, place: &Path) -> Result<BundlePath> {
    let wrong = |why: &str| {
        Failure::new("bundle_path", format!("{}: {why}", escaped(&shown(folder, place))))
            .hint("rename the file: devices of every system must be able to store it")
    };
    let relative = place.strip_prefix(folder).map_err(|_| wrong("it is outside the folder"))?;
    let parts: Option<Vec<&str>> = relative
        .components()
        .map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect();
    let text = parts.ok_or_else(|| wrong("the name is not Unicode"))?.join("/");
    if !is_nfc(&text) {
        return Err(wrong("the name is not in Unicode's normal form NFC, as some systems write it"));
    }
    text.parse().map_err(|error: aloft_core::model::path::BadPath| wrong(&error.to_string()))
}

/// A name in which letters that look alike are told apart.
fn escaped(name: &str) -> String {
    if name.is_ascii() { name.to_owned() } else { format!("{name} ({})", name.escape_default()) }
}

/// Files and folders that are one where case does not count.
pub(super) fn clashes<'a>(paths: impl Iterator<Item = &'a BundlePath>) -> Vec<Failure> {
    let mut seen = HashMap::<String, (&str, Is)>::new();
    let mut clashes = Vec::new();
    for path in paths {
        let above = path.parents().map(|folder| (folder, Is::Folder));
        for (name, is) in above.chain([(path.as_str(), Is::File)]) {
            match seen.insert(folded(name), (name, is)) {
                Some(before) if before != (name, is) => {
                    let (one, other) = (escaped(before.0), escaped(name));
                    let message = format!("{one} and {other} are one name where case does not count");
                    clashes.push(Failure::new("bundle_name_clash", message).hint("rename one of them"));
                }
                _ => {}
            }
        }
    }
    clashes
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Is {
    File,
    Folder,
}

/// Unicode 3.13, canonical caseless matching.
fn folded(name: &str) -> String {
    name.nfd().default_case_fold().nfd().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clash(paths: &[&str]) -> bool {
        let paths: Vec<BundlePath> = paths.iter().map(|path| path.parse().unwrap()).collect();
        !clashes(paths.iter()).is_empty()
    }

    #[test]
    fn names_clash_after_full_case_folding() {
        assert!(clash(&["a.js", "A.js"]));
        assert!(clash(&["straße.js", "STRASSE.js"]));
        assert!(clash(&["Σ", "ς"]));
        assert!(clash(&["Assets/a.js", "assets/b.js"]), "folders too");
        assert!(clash(&["a", "A/b"]), "a file and a folder");
        assert!(!clash(&["a/b.js", "a/c.js", "b/b.js", "i", "ı"]));
    }

    #[test]
    fn names_are_one_form_of_unicode() {
        let name = |name: &str| bundle_path(Path::new("/x"), &Path::new("/x").join(name));
        assert_eq!(name("u\u{308}.js").unwrap_err().code, "bundle_path");
        assert_eq!(name("ü/%20 .js").unwrap().as_str(), "ü/%20 .js");
        assert_eq!(name("a:b").unwrap_err().code, "bundle_path");
    }
}
