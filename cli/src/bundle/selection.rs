//! Which files of a folder are part of the bundle (formats 12.13).
//!
//! In: names, globs of the publisher. Out: whether a file is part of it. May touch: nothing. Keeps: every command that walks a folder
//! uses the same selection, else a build and its own release would have two roots.

use crate::settings::Settings;
use glob::{MatchOptions, Pattern};
use std::path::PathBuf;

/// `*` ends at a slash, and the case of letters counts.
const MATCHING: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: false };

/// What is left out of a folder, and what is brought back.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    exclude: Vec<Pattern>,
    include: Vec<Pattern>,
    build: Build,
    /// What must not lie in the folder: keys, the site.
    guarded: Vec<PathBuf>,
}

/// What the native build does with the folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Build {
    /// It takes all of it, or there is none.
    #[default]
    TakesAll,
    /// Android's drops files by their names.
    Android,
}

/// Globs beside those of the settings.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct SelectionArgs {
    /// Leave these files out, such as '**/*.txt'; relative to the folder
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Bring these files back that are left out by default, or by `exclude`
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
}

impl Selection {
    /// # Errors
    /// Which glob is wrong, and why.
    pub fn new(exclude: &[String], include: &[String]) -> Result<Self, String> {
        let parse = |globs: &[String]| globs.iter().map(|glob| pattern(glob)).collect::<Result<Vec<_>, _>>();
        let selection = Self { exclude: parse(exclude)?, include: parse(include)?, ..Self::default() };
        if selection.keeps("index.html") { Ok(selection) } else { Err("`exclude` leaves index.html out".to_owned()) }
    }

    /// Everything, as a description that was written by an earlier version may list it.
    pub(super) fn everything() -> Self {
        let all = Pattern::new("**").into_iter().collect();
        Self { include: all, ..Self::default() }
    }

    /// The same for assets that this native build takes.
    #[must_use]
    pub(crate) fn for_build(self, build: Build) -> Self {
        Self { build, ..self }
    }

    /// The same for a folder in which none of these may lie.
    #[must_use]
    pub(crate) fn guarding(self, guarded: Vec<PathBuf>) -> Self {
        Self { guarded, ..self }
    }

    /// What must not lie in the folder.
    pub(super) fn guarded(&self) -> &[PathBuf] {
        &self.guarded
    }

    /// Is a file with this name part of the bundle? The last word is the publisher's.
    pub(super) fn keeps(&self, path: &str) -> bool {
        let dropped = self.build == Build::Android && android_drops(path);
        !dropped && (self.includes(path) || !(is_never_asked_for(path) || matches(&self.exclude, path)))
    }

    /// Would a release have this file, although the native build drops it?
    pub(super) fn ships_later(&self, path: &str) -> bool {
        !self.keeps(path) && self.clone().for_build(Build::TakesAll).keeps(path)
    }

    /// Does the publisher ask for it by name?
    pub(super) fn includes(&self, path: &str) -> bool {
        matches(&self.include, path)
    }
}

impl SelectionArgs {
    /// These globs, and those of the settings.
    ///
    /// # Errors
    /// Which glob is wrong, and why.
    pub(crate) fn within(self, settings: Option<&Settings>) -> Result<Selection, String> {
        let (mut exclude, mut include, mut guarded) = (self.exclude, self.include, Vec::new());
        if let Some(settings) = settings {
            exclude.extend_from_slice(&settings.exclude);
            include.extend_from_slice(&settings.include);
            guarded = vec![settings.site.clone(), settings.keys.signing.clone(), settings.keys.encryption.clone()];
        }
        Ok(Selection::new(&exclude, &include)?.guarding(guarded))
    }
}

fn pattern(glob: &str) -> Result<Pattern, String> {
    Pattern::new(glob).map_err(|error| format!("the glob {glob:?}: {}", error.msg))
}

fn matches(patterns: &[Pattern], path: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches_with(path, MATCHING))
}

/// What no web view asks for: source maps, what desktop systems and editors leave behind, hidden files. Android's build drops hidden
/// files from assets, so a bundle with them never equals the builtin one.
fn is_never_asked_for(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let junk = ["Thumbs.db", "desktop.ini"].iter().any(|junk| name.eq_ignore_ascii_case(junk));
    let hidden = |part: &str| (part.starts_with('.') && part != ".well-known") || part == "__MACOSX";
    junk || is_kind(name, &["map"]) || name.ends_with('~') || path.split('/').any(hidden)
}

/// What Capacitor's Android template names in `ignoreAssetsPattern`.
fn android_drops(path: &str) -> bool {
    let dropped = |part: &str| {
        let named = ["cvs", "thumbs.db", "picasa.ini"].iter().any(|name| part.eq_ignore_ascii_case(name));
        named || part.starts_with('.') || part.ends_with('~') || is_kind(part, &["scc"])
    };
    path.split('/').any(dropped)
}

/// Is it a compressed copy of another file, as web servers send it? No device asks for one.
pub(super) fn original(path: &str) -> Option<&str> {
    path.rsplit_once('.').filter(|_| is_kind(path, &["br", "gz", "zst"])).map(|(original, _)| original)
}

fn is_kind(name: &str, extensions: &[&str]) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|extension| extensions.iter().any(|known| known.eq_ignore_ascii_case(extension)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(exclude: &[&str], include: &[&str]) -> Result<Selection, String> {
        let owned = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect::<Vec<_>>();
        Selection::new(&owned(exclude), &owned(include))
    }

    #[test]
    fn what_a_web_view_never_asks_for_is_left_out() {
        let selection = Selection::default();
        for path in
            ["a.map", "a/app.js.MAP", ".DS_Store", "a/thumbs.DB", "__MACOSX/a.js", "a.js~", ".cache/a.js", "a/.b"]
        {
            assert!(!selection.keeps(path), "{path}");
        }
        for path in ["index.html", ".well-known/apple-app-site-association", "map/a.js", "a~b.js", "env.js", "a.gz"] {
            assert!(selection.keeps(path), "{path}");
        }
    }

    #[test]
    fn globs_leave_out_and_bring_back() {
        let chosen = selection(&["**/*.txt", "docs/**"], &["**/keep.txt", "maps/*.map"]).unwrap();
        for path in ["a.txt", "a/b.txt", "docs/a/b.js", "maps/deep/a.map", "b.map"] {
            assert!(!chosen.keeps(path), "{path}");
        }
        for path in ["a.TXT", "keep.txt", "a/keep.txt", "maps/a.map", "a/docs/b.js"] {
            assert!(chosen.keeps(path), "{path}");
        }
        assert!(selection(&["**"], &[]).unwrap_err().contains("index.html"));
        assert!(selection(&["a[.js"], &[]).unwrap_err().contains("a[.js"));
        assert!(selection(&["**"], &["index.html"]).is_ok());
    }

    #[test]
    fn android_drops_more_than_is_left_out() {
        let android = selection(&[], &["**"]).unwrap().for_build(Build::Android);
        for path in [".well-known/a", "a/CVS/b", "a.scc", "b~", ".env"] {
            assert!(!android.keeps(path), "{path}");
        }
        assert!(android.keeps("_next/a.js"), "the template keeps folders with an underscore");
    }

    #[test]
    fn compressed_copies_name_their_original() {
        assert_eq!(original("a/b.js.br"), Some("a/b.js"));
        assert_eq!(original("a/b.js"), None);
    }
}
