//! What names a bundle, a release, a native build and a serve; the list of a bundle's files and its root digest.
//!
//! In: text from documents, hosts and the state. Out: typed names. May touch: nothing. Keeps: I3, I4.

use super::digest::{Digest, RootDigest};
use super::path::BundlePath;
use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use std::fmt;
use std::str::FromStr;

/// Text that does not have the form of the name it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadName(pub &'static str);

/// The local name of a kept bundle: 10 random ASCII alphanumerics.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BundleId(String);

impl BundleId {
    /// Length of an id in characters.
    pub const LEN: usize = 10;

    /// Make an id out of random bytes.
    pub fn from_random(random: [u8; Self::LEN]) -> Self {
        const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        Self(random.iter().map(|byte| ALPHABET.get(usize::from(*byte) % 62).map_or('0', |c| char::from(*c))).collect())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BundleId {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        if text.len() == Self::LEN && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(Self(text.to_owned()));
        }
        Err(BadName("a bundle id is 10 ASCII letters or digits"))
    }
}

impl TryFrom<String> for BundleId {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, BadName> {
        text.parse()
    }
}

impl From<BundleId> for String {
    fn from(id: BundleId) -> Self {
        id.0
    }
}

impl fmt::Display for BundleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A bundle that can be served: the builtin web assets, or one that is kept on the device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum BundleRef {
    /// The web assets inside the app's binary; always there (I7).
    Builtin,
    /// A bundle under `bundles/<id>/`.
    Kept(BundleId),
}

impl BundleRef {
    /// The id, unless this is the builtin bundle.
    pub fn id(&self) -> Option<&BundleId> {
        match self {
            Self::Builtin => None,
            Self::Kept(id) => Some(id),
        }
    }

    /// Is this the builtin bundle?
    pub fn is_builtin(&self) -> bool {
        matches!(self, Self::Builtin)
    }
}

impl FromStr for BundleRef {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        match text {
            "builtin" => Ok(Self::Builtin),
            id => id.parse().map(Self::Kept),
        }
    }
}

impl TryFrom<String> for BundleRef {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, BadName> {
        text.parse()
    }
}

impl From<BundleRef> for String {
    fn from(bundle: BundleRef) -> Self {
        bundle.to_string()
    }
}

impl fmt::Display for BundleRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Builtin => f.write_str("builtin"),
            Self::Kept(id) => id.fmt(f),
        }
    }
}

/// The name a publisher gave a release; opaque, never compared for order. 1 to 128 printable characters without spaces.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version(String);

impl Version {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Version {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let fits = (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadName("a version is 1 to 128 printable ASCII characters without spaces"))
        }
    }
}

impl TryFrom<String> for Version {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, BadName> {
        text.parse()
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The native build of the app: Android's `versionCode` and `versionName`, iOS's `CFBundleVersion` and short version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Build {
    /// The build number; what `native_build` ranges compare.
    pub code: String,
    /// The version a user sees.
    pub name: String,
}

/// Names one showing of a bundle; only a page that carries it can confirm (I4). 16 lower-case hex characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Token(String);

impl Token {
    /// Make a token out of random bytes.
    pub fn from_random(random: [u8; 8]) -> Self {
        Self(format!("{:016x}", u64::from_be_bytes(random)))
    }

    /// The token as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Token {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let fits = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if fits { Ok(Self(text.to_owned())) } else { Err(BadName("a token is 16 lower-case hex characters")) }
    }
}

impl TryFrom<String> for Token {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, BadName> {
        text.parse()
    }
}

impl From<Token> for String {
    fn from(token: Token) -> Self {
        token.0
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileEntry {
    /// Relative path; entries sort by it bytewise.
    pub path: BundlePath,
    /// Bytes.
    pub size: u64,
    /// Digest of the content.
    pub sha256: Digest,
}

/// Every file of a bundle, sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<FileEntry>", into = "Vec<FileEntry>")]
pub struct FileList(Vec<FileEntry>);

impl FileList {
    /// The entries in order of path.
    pub fn entries(&self) -> &[FileEntry] {
        &self.0
    }

    /// Sum of all sizes in bytes.
    pub fn size(&self) -> u64 {
        self.0.iter().map(|file| file.size).sum()
    }

    /// The root digest: SHA-256 over `path ‖ 0x00 ‖ size as u64 big endian ‖ sha256` of each file in order (formats 5).
    pub fn root(&self) -> RootDigest {
        let mut hash = sha2::Sha256::new();
        for file in &self.0 {
            hash.update(file.path.as_str().as_bytes());
            hash.update([0]);
            hash.update(file.size.to_be_bytes());
            hash.update(file.sha256.bytes());
        }
        RootDigest(Digest::new(hash.finalize().into()))
    }
}

impl From<Vec<FileEntry>> for FileList {
    fn from(mut files: Vec<FileEntry>) -> Self {
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Self(files)
    }
}

impl From<FileList> for Vec<FileEntry> {
    fn from(list: FileList) -> Self {
        list.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_not_names_are_refused() {
        assert!("builtin".parse::<BundleId>().is_err());
        assert!("0123456789".parse::<BundleId>().is_ok());
        assert!("../3456789".parse::<BundleRef>().is_err());
        assert_eq!("builtin".parse(), Ok(BundleRef::Builtin));
        assert!("1.0 beta".parse::<Version>().is_err());
        assert!("0123456789abcdeF".parse::<Token>().is_err());
        assert_eq!(Token::from_random([0, 0, 0, 0, 0, 0, 1, 255]).as_str(), "00000000000001ff");
    }

    #[test]
    fn the_root_does_not_depend_on_the_order_files_were_found_in() {
        let file = |path: &str, content: &[u8]| FileEntry {
            path: path.parse().unwrap(),
            size: content.len() as u64,
            sha256: Digest::of(content),
        };
        let (a, b) = (file("a/b.js", b"1"), file("a.js", b"22"));
        let list = FileList::from(vec![a.clone(), b.clone()]);
        assert_eq!(list.root(), FileList::from(vec![b.clone(), a.clone()]).root());
        assert_eq!(list.size(), 3);
        // '.' sorts before '/': bytewise, not by component.
        let mut bytes = b"a.js\0\0\0\0\0\0\0\0\x02".to_vec();
        bytes.extend(b.sha256.bytes());
        bytes.extend(b"a/b.js\0\0\0\0\0\0\0\0\x01");
        bytes.extend(a.sha256.bytes());
        assert_eq!(list.root(), RootDigest(Digest::of(&bytes)));
    }
}
