//! Other machines: their code compiled and run here.
//!
//! In: a machine. Out: an emulator and a cross compiler on the path. May touch: the toolchain, the system's packages.

use super::{Lack, debian, rust};
use std::path::Path;
use std::process::Command;

/// A machine that is emulated.
pub(crate) struct Machine {
    /// What Rust calls it.
    pub(crate) target: &'static str,
    /// What it is here for.
    pub(crate) about: &'static str,
    emulator: &'static str,
    /// What the C compiler calls it.
    gnu: &'static str,
    /// Debian's package of the C library.
    libc: &'static str,
}

/// 32 bits, as older Android devices have.
pub(crate) const SMALL: Machine = Machine {
    target: "armv7-unknown-linux-gnueabihf",
    about: "ARM, 32 bits",
    emulator: "qemu-arm",
    gnu: "arm-linux-gnueabihf",
    libc: "libc6-dev-armhf-cross",
};

/// 64 bits, as this machine has, in other orders and with other instructions.
pub(crate) const LARGE: &[Machine] = &[
    Machine {
        target: "aarch64-unknown-linux-gnu",
        about: "ARM, 64 bits",
        emulator: "qemu-aarch64",
        gnu: "aarch64-linux-gnu",
        libc: "libc6-dev-arm64-cross",
    },
    Machine {
        target: "s390x-unknown-linux-gnu",
        about: "big endian, 64 bits",
        emulator: "qemu-s390x",
        gnu: "s390x-linux-gnu",
        libc: "libc6-dev-s390x-cross",
    },
];

/// Have all of them.
pub(crate) fn ensure(root: &Path) -> Result<(), Lack> {
    [SMALL].iter().chain(LARGE).try_for_each(|machine| machine.ensure(root))
}

impl Machine {
    /// Have the emulator, the C compiler with its library, and Rust's standard library.
    pub(crate) fn ensure(&self, root: &Path) -> Result<(), Lack> {
        let Self { emulator, gnu, libc, .. } = self;
        debian::programs(&[(emulator, "qemu-user"), (&format!("{gnu}-gcc"), &format!("gcc-{gnu} {libc}"))])?;
        rust::targets(root, &[self.target])
    }

    /// Let `cargo` compile and run for this machine.
    pub(crate) fn on<'a>(&self, cargo: &'a mut Command) -> &'a mut Command {
        let Self { target, emulator, gnu, .. } = self;
        let (lower, compiler) = (target.replace('-', "_"), format!("{gnu}-gcc"));
        let upper = lower.to_uppercase();
        cargo
            .env(format!("CARGO_TARGET_{upper}_LINKER"), &compiler)
            .env(format!("CARGO_TARGET_{upper}_RUNNER"), format!("{emulator} -L /usr/{gnu}"))
            .env(format!("CC_{lower}"), &compiler)
    }
}
