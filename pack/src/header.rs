//! The head of a pack (formats 9.2).
//!
//! In: 14 bytes. Out: [`Header`]. May touch: nothing.

/// How the content of a pack is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Without a base: brotli (RFC 7932).
    Whole,
    /// Against a base: operations, range coded.
    Delta,
}
