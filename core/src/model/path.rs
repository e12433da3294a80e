//! Paths of files inside a bundle, checked once, whatever carries them (formats 5).
//!
//! In: a path as an archive, a list or a packer names it. Out: [`BundlePath`], safe to join to a folder on any system.
//! May touch: nothing. Keeps: I3, I10.

use super::limits::{MAX_PATH, MAX_PATH_PART, MAX_PATH_PARTS};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A relative path with `/`, at most 1,024 bytes and 64 parts, that means the same file on every system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BundlePath(String);

/// Why a path is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPath {
    /// No characters at all.
    #[error("the path is empty")]
    Empty,
    /// Over 1,024 bytes, or a part over 255.
    #[error("the path is longer than 1,024 bytes, or a part of it longer than 255")]
    TooLong,
    /// More than 64 parts.
    #[error("the path has more than 64 parts")]
    TooDeep,
    /// Begins with `/`.
    #[error("the path is absolute")]
    Absolute,
    /// An empty, `.` or `..` part.
    #[error("the path has an empty, `.` or `..` part")]
    DotOrEmptyPart,
    /// A backslash is a separator on some systems.
    #[error("the path has a backslash")]
    Backslash,
    /// NUL, another control character, or one of `<>:"|?*`.
    #[error("the path has a control character or one of < > : \" | ? *")]
    Character,
    /// `CON`, `NUL`, `COM1` and others, or a part that ends in a dot or space.
    #[error("the path has a name that a system reserves")]
    Reserved,
}

impl BundlePath {
    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which two paths clash: ASCII case folded.
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The folders above the file, outermost first.
    pub fn parents(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').filter_map(|(at, _)| self.0.get(..at))
    }
}

impl FromStr for BundlePath {
    type Err = BadPath;

    fn from_str(text: &str) -> Result<Self, BadPath> {
        if text.is_empty() {
            return Err(BadPath::Empty);
        }
        if text.len() > MAX_PATH {
            return Err(BadPath::TooLong);
        }
        if text.starts_with('/') {
            return Err(BadPath::Absolute);
        }
        if text.contains('\\') {
            return Err(BadPath::Backslash);
        }
        if text.chars().any(|c| c.is_control() || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')) {
            return Err(BadPath::Character); // the colon covers drive letters and alternate streams
        }
        if text.split('/').count() > MAX_PATH_PARTS {
            return Err(BadPath::TooDeep);
        }
        text.split('/').try_for_each(check_part)?;
        Ok(Self(text.to_owned()))
    }
}

fn check_part(part: &str) -> Result<(), BadPath> {
    if matches!(part, "" | "." | "..") {
        return Err(BadPath::DotOrEmptyPart);
    }
    if part.len() > MAX_PATH_PART {
        return Err(BadPath::TooLong);
    }
    if part.ends_with(['.', ' ']) {
        return Err(BadPath::Reserved); // Windows drops them, so two names would be one file
    }
    let stem = part.split('.').next().unwrap_or(part).trim_end_matches(' ').to_ascii_uppercase();
    let reserved = match stem.as_str() {
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" => true,
        other => ["COM", "LPT"].iter().any(|port| {
            other.strip_prefix(port).is_some_and(|rest| {
                let mut digits = rest.chars();
                matches!((digits.next(), digits.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
            })
        }),
    };
    if reserved { Err(BadPath::Reserved) } else { Ok(()) }
}

impl TryFrom<String> for BundlePath {
    type Error = BadPath;

    fn try_from(text: String) -> Result<Self, BadPath> {
        text.parse()
    }
}

impl From<BundlePath> for String {
    fn from(path: BundlePath) -> Self {
        path.0
    }
}

impl fmt::Display for BundlePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i3_a_path_means_one_file_inside_the_bundle() {
        for (path, why) in [
            ("", BadPath::Empty),
            ("/etc/passwd", BadPath::Absolute),
            ("../a", BadPath::DotOrEmptyPart),
            ("a/../b", BadPath::DotOrEmptyPart),
            ("a/./b", BadPath::DotOrEmptyPart),
            ("a//b", BadPath::DotOrEmptyPart),
            ("a/", BadPath::DotOrEmptyPart),
            ("..", BadPath::DotOrEmptyPart),
            ("a\\b", BadPath::Backslash),
            ("a\0b", BadPath::Character),
            ("a\nb", BadPath::Character),
            ("C:/a", BadPath::Character),
            ("a:stream", BadPath::Character),
            ("what?.js", BadPath::Character),
            ("nul", BadPath::Reserved),
            ("a/Con.txt", BadPath::Reserved),
            ("com1.tar.gz", BadPath::Reserved),
            ("LPT9", BadPath::Reserved),
            ("a./b", BadPath::Reserved),
            ("a /b", BadPath::Reserved),
        ] {
            assert_eq!(path.parse::<BundlePath>(), Err(why), "{path:?}");
        }
        assert_eq!("x".repeat(256).parse::<BundlePath>(), Err(BadPath::TooLong));
        assert_eq!(vec!["x"; 600].join("/").parse::<BundlePath>(), Err(BadPath::TooLong));
        assert_eq!(vec!["x"; 65].join("/").parse::<BundlePath>(), Err(BadPath::TooDeep));
        assert!(vec!["x"; 64].join("/").parse::<BundlePath>().is_ok());
    }

    #[test]
    fn ordinary_names_pass() {
        for path in [
            "index.html",
            "assets/a b.js",
            "ünï/日本.png",
            "100%.css",
            ".well-known/x",
            "console.js",
            "com10/a",
            "a..b",
        ] {
            assert!(path.parse::<BundlePath>().is_ok(), "{path:?}");
        }
        let path: BundlePath = "a/b/c.js".parse().unwrap();
        assert_eq!(path.parents().collect::<Vec<_>>(), ["a", "a/b"]);
    }
}
