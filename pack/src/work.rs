//! How much work a pack may cause: counted and not timed, so that every machine ends the same pack at the same place (formats 9.14).
//!
//! In: what was done, what came in and what came out. Out: whether to go on. May touch: nothing. Keeps: I10 (a pack that
//! takes long is at least long itself, or makes much).
//!
//! A unit is what a bit with one chance takes, about 5 ns on the machine that these numbers were measured on. A literal takes 97, which is
//! far more than a byte that is copied; so a few bytes that tell millions of foreseen literals would hold a device up for minutes. Packs of
//! real pages and scripts use less than a tenth of what they may.

use crate::error::{Error, Result};

/// A bit with one chance, or with none.
pub(crate) const BIT: u64 = 1;
/// A mix, for each chance in it.
pub(crate) const MIXED: u64 = 2;
/// Bytes of the base that are read from where nothing was read before.
pub(crate) const READ: u64 = 200;
/// The same, of another file than the last one.
pub(crate) const OTHER_FILE: u64 = 1000;

/// What any pack may cause: 50 ms.
const FREE: u64 = 10_000_000;
/// What a byte of the target may cost. A copy takes a small part of it.
const EACH_MADE: u64 = 50;
/// What a byte of the pack may cost besides. Literals of text take two to three bits of it each, so four times what they need.
const EACH_READ: u64 = 800;

/// May so much be done for so many bytes of the pack that were read, and of the target that were made?
///
/// # Errors
/// [`Error::Costly`].
pub(crate) fn check(done: u64, read: u64, made: u64) -> Result<()> {
    let paid = read.saturating_mul(EACH_READ).saturating_add(made.saturating_mul(EACH_MADE));
    if done > paid.saturating_add(FREE) { Err(Error::Costly) } else { Ok(()) }
}
