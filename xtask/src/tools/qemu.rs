//! A 32-bit machine: ARM code compiled and run here.
//!
//! In: nothing. Out: `qemu-arm` and a cross compiler on the path. May touch: the toolchain, the system's packages.

use super::{Lack, debian, rust};
use std::path::Path;

/// What Rust calls it.
pub(crate) const TARGET: &str = "armv7-unknown-linux-gnueabihf";

/// Have the emulator, the C compiler with its library, and Rust's standard library.
pub(crate) fn ensure(root: &Path) -> Result<(), Lack> {
    debian::programs(&[
        ("qemu-arm", "qemu-user"),
        ("arm-linux-gnueabihf-gcc", "gcc-arm-linux-gnueabihf libc6-dev-armhf-cross"),
    ])?;
    rust::targets(root, &[TARGET])
}
