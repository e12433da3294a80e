//! Plain data, parsed on the way in: nothing here does I/O or knows a clock.
//!
//! In: strings, JSON and numbers from configs, documents and hosts. Out: values that cannot be wrong in form.
//! May touch: nothing. Keeps: I10 (limits), and the types that make I3 and I4 expressible.

pub mod bundle;
pub mod config;
pub mod delay;
pub(crate) mod device_id;
pub mod digest;
pub mod document;
pub mod error;
pub mod event;
pub mod facts;
pub mod floors;
pub mod json;
pub mod ledger;
pub mod limits;
pub mod mode;
pub(crate) mod pace;
pub mod path;
pub mod range;
pub mod report;
pub mod site;
pub mod slots;
pub mod state;
pub(crate) mod text;
pub(crate) mod url;

pub use bundle::{Build, BundleId, BundleRef, Token, Version};
pub use device_id::DeviceId;
pub use digest::{Digest, RootDigest};
pub use error::{Code, Error, Result, Retry};
