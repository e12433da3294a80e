//! iOS: compiled anywhere, made into a framework on macOS only.
//!
//! In: the checkout; Xcode to ship. Out: the static library for devices and simulators. May touch: `target/`.

use super::{build, built};
use crate::bindings::{self, Flavour};
use crate::gate::{Gate, Verdict, cargo};
use crate::tools::{Lack, llvm, rust};
use std::path::Path;
use std::process::Command;

const DEVICE: &str = "aarch64-apple-ios";
const SIMULATOR: &str = "aarch64-apple-ios-sim";
/// Simulators on Macs with an Intel processor.
const INTEL_SIMULATOR: &str = "x86_64-apple-ios";

/// The oldest iOS; Capacitor 6 runs on 13, 8 on 15.
const OLDEST: &str = "15.0";

/// Where [`ship`] leaves the framework.
pub(crate) const FRAMEWORK: &str = "target/native/ios/AloftFFI.xcframework";

/// Build for devices and simulators and make one framework of both. The module map travels inside it, so that a second
/// library of the kind in an app does not clash.
pub(crate) fn ship(gate: &mut Gate) -> Verdict {
    if !cfg!(target_os = "macos") {
        let problem = "the framework needs Xcode; without it only `cargo xtask verify ios` is possible";
        return Err(Lack::NotForThisSystem(problem.to_owned()).into());
    }
    let made = gate.root().join("target/native/ios");
    let _ = std::fs::remove_dir_all(&made);
    bindings::build(gate, Flavour::Shipped)?;
    let header = bindings::folder(gate.root(), Flavour::Shipped).join("swift/AloftFFI.h");
    for target in [DEVICE, SIMULATOR, INTEL_SIMULATOR] {
        gate.check(build(gate.root(), target, "staticlib")?.env("IPHONEOS_DEPLOYMENT_TARGET", OLDEST))?;
    }
    let root = gate.root().to_owned();
    let library = |target| built(&root, target, "libaloft_ffi.a");
    // A framework holds one slice a platform, so both kinds of simulator share a file.
    std::fs::create_dir_all(&made).map_err(|error| format!("{}: {error}", made.display()))?;
    let simulators = made.join("libaloft_ffi_simulators.a");
    let mut join = Command::new("lipo");
    join.arg("-create").args([library(SIMULATOR), library(INTEL_SIMULATOR)]).arg("-output").arg(&simulators);
    gate.check(&mut join)?;
    let mut create = Command::new("xcodebuild");
    create.arg("-create-xcframework");
    for (platform, library) in [("device", library(DEVICE)), ("simulator", simulators)] {
        let slice = made.join(platform).join("AloftFFI.framework");
        frame(&library, &header, &slice).map_err(|error| format!("{}: {error}", slice.display()))?;
        create.arg("-framework").arg(slice);
    }
    let framework = gate.root().join(FRAMEWORK);
    gate.check(create.arg("-output").arg(framework))
}

/// Lay out a static framework.
fn frame(library: &Path, header: &Path, slice: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(slice.join("Headers"))?;
    std::fs::create_dir_all(slice.join("Modules"))?;
    std::fs::copy(library, slice.join("AloftFFI"))?;
    std::fs::copy(header, slice.join("Headers/AloftFFI.h"))?;
    let map =
        "framework module AloftFFI {\n  umbrella header \"AloftFFI.h\"\n  export *\n  link framework \"Security\"\n}\n";
    std::fs::write(slice.join("Modules/module.modulemap"), map)?;
    let pair = |(key, value): (&str, &str)| format!("  <key>{key}</key><string>{value}</string>\n");
    let about = [
        ("CFBundleExecutable", "AloftFFI"),
        ("CFBundleIdentifier", "app.aloft.ffi"),
        ("CFBundleName", "AloftFFI"),
        ("CFBundlePackageType", "FMWK"),
        ("CFBundleShortVersionString", env!("CARGO_PKG_VERSION")),
        ("CFBundleVersion", "1"),
        ("MinimumOSVersion", OLDEST),
    ];
    let about: String = about.into_iter().map(pair).collect();
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\">\n<dict>\n";
    std::fs::write(slice.join("Info.plist"), format!("{head}{about}</dict>\n</plist>\n"))
}

/// Compile for both without Xcode; nothing is linked.
pub(crate) fn try_out(gate: &mut Gate) -> Verdict {
    let headers = llvm::headers(gate.root())?;
    let sdk = gate.root().join("target/tools/stubs/sdk");
    std::fs::create_dir_all(&sdk).map_err(|error| format!("{}: {error}", sdk.display()))?;
    let mut device = build(gate.root(), DEVICE, "staticlib")?;
    compile_with(&mut device, DEVICE, &format!("arm64-apple-ios{OLDEST}"), [&headers, &sdk]);
    gate.check(&mut device)?;

    let mut simulator = cargo(gate.root(), &format!("check -p aloft-ffi --lib --locked --target {SIMULATOR}"));
    if rust::targets(gate.root(), &[SIMULATOR]).is_err() {
        rust::source(gate.root())?; // its standard library cannot be had ready made everywhere
        simulator.arg("-Zbuild-std=std,panic_unwind").env("RUSTC_BOOTSTRAP", "1");
    }
    compile_with(&mut simulator, SIMULATOR, &format!("arm64-apple-ios{OLDEST}-simulator"), [&headers, &sdk]);
    gate.check(&mut simulator)
}

/// Tell C build scripts which programs to use; an empty SDK keeps them from asking Xcode for one.
fn compile_with(command: &mut Command, target: &str, clang: &str, [headers, sdk]: [&Path; 2]) {
    let name = target.replace('-', "_");
    let flags = format!("--target={clang} -nostdlibinc -isystem {}", headers.join("any-darwin-any").display());
    command.env(format!("CC_{name}"), "clang-19").env(format!("AR_{name}"), "llvm-ar-19");
    command.env(format!("CFLAGS_{name}"), flags).env("SDKROOT", sdk).env("IPHONEOS_DEPLOYMENT_TARGET", OLDEST);
}
