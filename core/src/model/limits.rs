//! Hard caps (formats 10). A config can lower those in [`Limits`], never raise them.
//!
//! In: what a release says of itself. Out: constants, and whether it is within. May touch: nothing. Keeps: I10.

pub use super::text::MAX_MESSAGE;

use super::error::{Error, Result};

/// A signed document, its envelope included, in bytes.
pub const MAX_DOCUMENT: u64 = 1 << 20;
/// Files in a bundle.
pub const MAX_FILES: u64 = 20_000;
/// The list of a bundle's files in the seal, in bytes.
pub const MAX_FILE_LIST: u64 = 8 << 20;
/// An artifact as sent, in bytes.
pub const MAX_ARTIFACT: u64 = 1 << 30;
/// A bundle unpacked, in bytes.
pub const MAX_BUNDLE: u64 = 2 << 30;
/// A path inside a bundle, in bytes.
pub const MAX_PATH: usize = 1024;
/// One part of such a path, in bytes.
pub const MAX_PATH_PART: usize = 255;
/// Parts of such a path. 64: apps have about ten, and each folder may cost whoever walks through them a descriptor, of which a process on
/// iOS has 256.
pub const MAX_PATH_PARTS: usize = 64;
/// A URL, in bytes. 8 KiB: what servers take; a longer one could be sent for as long as its receiver reads slowly.
pub const MAX_URL: usize = 8 << 10;
/// Redirects followed for one request.
pub const MAX_REDIRECTS: u32 = 5;
/// Signatures read in an envelope, and keys configured.
pub const MAX_SIGNATURES: usize = 16;
/// Bundles kept on a device.
pub const MAX_KEPT: usize = 8;
/// Ledger entries.
pub const MAX_LEDGER: usize = 64;
/// Reports waiting to be read.
pub const MAX_REPORTS: usize = 16;
/// Delay conditions kept.
pub const MAX_DELAYS: usize = 8;
/// Floors remembered.
pub const MAX_FLOORS: usize = 64;
/// Places that keys have reached, remembered over all floors: four keys for each.
pub const MAX_REACHED: usize = 4 * MAX_FLOORS;
/// The largest integer in any document: 2^53 − 1, exact in JavaScript.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// The limits a config may lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Files in a bundle.
    pub files: u64,
    /// An artifact as sent, in bytes.
    pub artifact: u64,
    /// A bundle unpacked, in bytes.
    pub bundle: u64,
}

impl Limits {
    /// Is an artifact of so many bytes within them?
    ///
    /// # Errors
    /// `too_large`.
    pub fn admit_artifact(&self, size: u64) -> Result<()> {
        within("the artifact, in bytes,", self.artifact, size)
    }
}

/// # Errors
/// `too_large` when `what` has more than its limit.
pub(crate) fn within(what: &'static str, limit: u64, actual: u64) -> Result<()> {
    if actual > limit { Err(Error::TooLarge { what, limit, actual }) } else { Ok(()) }
}

impl Default for Limits {
    fn default() -> Self {
        Self { files: MAX_FILES, artifact: MAX_ARTIFACT, bundle: MAX_BUNDLE }
    }
}
