//! What lasts: the data folder, its state, its bundles, and who this device is.
//!
//! In: unpacked bundles, states, and the ports. Out: what was kept, or that it is absent, lost or unreadable: three
//! different things. May touch: the data folder through `Fs`, and the secret store. Keeps: I2, I7, I9, I10, I12.

pub mod device_id;
pub mod feed;
pub mod frame;
pub mod lasting;
mod listed;
pub mod marks;
pub mod names;
mod partial;
pub mod seal;
pub mod state;
pub mod store;
pub mod sweep;

pub use frame::{Found, Lost};
pub use store::Store;
