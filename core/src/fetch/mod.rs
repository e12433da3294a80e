//! Network in: signed documents and artifacts, as bytes that nothing has looked into yet.
//!
//! In: URLs, a `Transport`, and what an earlier run left in `partial/`. Out: [`Fetched`] documents and [`Downloaded`] files.
//! May touch: the network through `Transport`, `partial/` through `Fs`.
//! Keeps: I2 (a partial file is scratch), I10 (sizes, redirects, idle time and least rate), I11 (typed errors by phase).

mod check;
mod download;
mod request;
mod resume;

pub use check::{Fetched, fetch_document};
pub use download::{Downloaded, Partial, Wanted, download};
pub use request::Network;
