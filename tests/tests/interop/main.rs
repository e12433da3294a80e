//! What other tools write we read, and what we write they read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod archives;
mod openssl;
mod packs;
mod tink;
