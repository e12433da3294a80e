//! The list of a target's files, and where the content of each comes from (formats 9.3).
//!
//! In: the base's list, coded records. Out: [`File`]s. May touch: nothing.

/// A file of the base. A base's files are sorted by path, bytewise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseFile {
    /// Relative path.
    pub path: String,
    /// Bytes.
    pub size: u64,
}

/// A file of the target. A target's files are sorted by path, bytewise; a path is UTF-8 and has no control characters, anything
/// else about it is for the caller to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Relative path.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Where its content comes from.
    pub source: Source,
}

/// Where the content of a target's file comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// It is that of a file of the base, by its place in the base's list.
    Base(usize),
    /// It is that of an earlier file of the target, by its place in the list; that one is [`Source::New`].
    Target(usize),
    /// The pack brings it.
    New,
}
