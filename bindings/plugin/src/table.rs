//! Compares methods, events and keys with those of Capgo's plugin. The page `docs/compatibility.md` is made from this.
//!
//! Out: [`Comparison`].

/// How a method, an event or a key compares with the one of Capgo's plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// The same.
    Same,
    /// It does the same, and this better.
    Better(&'static str),
    /// It is not there yet.
    Later(&'static str),
    /// It will not be there, for this reason.
    Never(&'static str),
    /// Only this plugin has it.
    Ours(&'static str),
}

pub(crate) const PREVIEW: &str = "previews";
pub(crate) const MENU: &str = "the shake menu and its channels";
pub(crate) const STORE: &str = "the stores' own updates";
pub(crate) const LISTS: &str = "bundles as lists of files";
pub(crate) const SERVERS: &str = "servers that speak Capgo's protocol";
