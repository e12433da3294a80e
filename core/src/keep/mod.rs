//! What lasts: the data folder, its state, its bundles, and who this device is.
//!
//! In: unpacked bundles, states, and the ports. Out: what was kept, or that it is absent, lost or unreadable: three
//! different things. May touch: the data folder through `Fs`, and the secret store. Keeps: I2, I7, I9, I10, I12.
