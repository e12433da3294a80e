//! What must never be shipped: the wrong folder was named.
//!
//! In: the folder, names in it, what the settings guard. Out: nothing, or `bundle_secret`. May touch: asks the system about paths.
//! Keeps: it is looked for before any file is left out, for leaving it out would hide the mistake.

use super::Selection;
use crate::failure::{Failure, Result};
use std::path::Path;

/// # Errors
/// `bundle_secret`: a key of the settings or the site lies in the folder, the folder lies in the site, or it is the project itself.
pub(super) fn check_place(folder: &Path, selection: &Selection) -> Result<()> {
    if folder.join("package.json").is_file() && folder.join("node_modules").is_dir() {
        return Err(secret(&format!("{} is a project, with package.json and node_modules", folder.display())));
    }
    let Ok(place) = folder.canonicalize() else { return Ok(()) };
    for guarded in selection.guarded() {
        let Ok(real) = guarded.canonicalize() else { continue };
        if real.starts_with(&place) {
            return Err(secret(&format!("{} lies in {}", guarded.display(), folder.display())));
        }
        if real.is_dir() && place.starts_with(&real) {
            return Err(secret(&format!("{} lies in the site {}", folder.display(), guarded.display())));
        }
    }
    Ok(())
}

/// # Errors
/// `bundle_secret`: settings, passwords, keys, a repository.
pub(super) fn check_name(path: &str) -> Result<()> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_settings = name.starts_with(".env") || matches!(name, ".npmrc" | ".netrc" | "aloft.toml");
    if is_settings || matches!(name, ".git" | ".ssh" | ".aloft") {
        return Err(secret(&format!("{path} is in the folder")));
    }
    Ok(())
}

fn secret(what: &str) -> Failure {
    Failure::refused("bundle_secret", format!("{what}; everybody who has the app could read it")).hint(
        "name the folder that the build writes, the one with the built index.html, or take the file out of the build",
    )
}
