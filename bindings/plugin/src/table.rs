//! How methods, events and keys stand beside those of Capgo's plugin; the page in the documentation is made of this.
//!
//! In: nothing. Out: [`Comparison`]. May touch: nothing.

/// How something stands beside what apps are used to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// The same.
    Same,
    /// It does what it did, and this better.
    Better(&'static str),
    /// It comes later.
    Later(&'static str),
    /// It does not come, for this reason.
    Never(&'static str),
    /// It is ours alone.
    Ours(&'static str),
}

pub(crate) const PREVIEW: &str = "previews";
pub(crate) const MENU: &str = "the shake menu and its channels";
pub(crate) const STORE: &str = "the stores' own updates";
pub(crate) const LISTS: &str = "bundles as lists of files";
pub(crate) const SERVERS: &str = "servers that speak Capgo's protocol";
