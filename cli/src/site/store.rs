//! Where a site lies: few operations, so that a folder and any bucket can do them (formats 12).
//!
//! In: names relative to the site. Out: bytes, or which way a write went. May touch: what the implementation says.
//! Keeps: I2 for readers of a site: a name's bytes are the old ones or the new ones, never half.

use crate::failure::Result;
use std::io::Read;

/// A place that holds a site. Calls block.
pub trait SiteStore: Send + Sync {
    /// Read a document; `None` if there is none.
    ///
    /// # Errors
    /// `too_large` over 1 MiB, and those of the place.
    fn read(&self, name: &str) -> Result<Option<Stored>>;

    /// Open an object of any size, to be read once; `None` if there is none.
    ///
    /// # Errors
    /// Those of the place.
    fn open(&self, name: &str) -> Result<Option<Box<dyn Read>>>;

    /// Write an object that never changes, unless one of this name is there.
    ///
    /// # Errors
    /// Those of the place and of `content`.
    fn put_new(&self, name: &str, content: &mut dyn Read) -> Result<Put>;

    /// Replace a document whole and durably, if it still is what was read: `seen`, or absent.
    ///
    /// # Errors
    /// Those of the place.
    fn replace_if(&self, name: &str, seen: Option<&Tag>, content: &[u8]) -> Result<Replaced>;

    /// Names of what lies directly in a folder, without the folder; none if it does not exist.
    ///
    /// # Errors
    /// Those of the place.
    fn list(&self, folder: &str) -> Result<Vec<String>>;

    /// Keep other writers away until the guard is dropped. A place that only has conditional writes returns an empty guard:
    /// [`Self::replace_if`] then finds conflicts, and the writer starts again.
    ///
    /// # Errors
    /// `site_busy`, and those of the place.
    fn lock(&self) -> Result<Box<dyn Guard>>;
}

/// Ends a lock when dropped.
pub trait Guard {}

/// Which bytes of a document were read: an `ETag` or the like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag(pub String);

/// A document as it was read.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Which they are.
    pub tag: Tag,
}

/// How writing something immutable went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It was written.
    Written,
    /// It was there already.
    Present,
}

/// How a conditional write went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// It was written.
    Written,
    /// Somebody else wrote in between; nothing was written.
    Conflict,
}
