//! Bytes from anywhere become trusted documents and trusted files here, and nowhere else.
//!
//! In: bytes as they were fetched, the configured trust. Out: types that only this room can make.
//! May touch: nothing by itself; files through the ports. Keeps: I3, I9, I10.

pub mod document;
pub mod envelope;

pub use document::{Channel, Index, Release};
