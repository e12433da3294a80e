//! Packs there and back, packs that lie, packs that were made before, and what a fuzzer found: one program, since an optimised one
//! takes long to compile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod corpus;
#[cfg(feature = "make")]
mod delta;
#[cfg(feature = "make")]
mod golden;
mod hostile;
#[cfg(feature = "make")]
mod trees;
#[cfg(feature = "make")]
mod whole;
