//! Packs: the bytes of a bundle, told through the bytes of another one that is on the device already (formats 9).
//!
//! In: a pack as a stream, the base it was made for. Out: the target's list of files, and the bytes of those that the base does
//! not have. May touch: nothing; the base is read and files are written through what the caller hands in. Keeps: I10 (heap
//! bounded whatever the sizes; work bounded by the bytes that come in and out, see `work`; bad input is an error).
//!
//! ```text
//!  pack ─▶ header ─▶ list of files ─┬─▶ has the base ──────────────▶ the caller links or copies
//!                                   └─▶ new ─▶ operations ─▶ bytes ─▶ Sink
//!                                                  ▲
//!                                   Base ──────────┘   read by seeking, never loaded
//! ```
//!
//! Who reads the code for the first time: `operation` (what is told); `token`, `rename` and `name` (names); `model`, `record`, `number`,
//! `literal` and `byte` (how it is told); `chance` and `range` (how that becomes bytes); `delta` (how a device does it); then, for
//! makers, `make/encode` and `make/parse`.

// Sums of the format are in two's complement, and say so where it matters.
#![allow(clippy::cast_possible_wrap, clippy::cast_sign_loss)]

mod byte;
mod caller;
mod chance;
mod counterpart;
mod delta;
mod error;
mod header;
mod list;
mod literal;
#[cfg(feature = "make")]
pub mod make;
mod model;
mod name;
mod number;
mod operation;
mod range;
mod reader;
mod record;
mod rename;
mod space;
mod token;
mod unpack;
mod whole;
mod window;
mod work;

pub use caller::{Base, Expected, Sink};
pub use error::{Error, Result};
pub use header::Form;
pub use list::{BaseFile, File, Source};
pub use unpack::Pack;
