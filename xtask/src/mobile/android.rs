//! Android: linked against an NDK to ship, against empty libraries to check.
//!
//! In: the checkout; `ANDROID_NDK_HOME` to ship. Out: `libaloft_ffi.so` for each ABI, checked. May touch: `target/`.

use super::{build, built, elf};
use crate::gate::{Gate, Stop, Verdict};
use crate::tools::{Lack, llvm};
use std::path::{Path, PathBuf};
use std::process::Command;

/// One kind of device.
pub(crate) struct Abi {
    /// Rust's name for it.
    pub(crate) target: &'static str,
    /// Android's name for it, which is that of the folder.
    pub(crate) folder: &'static str,
    /// Clang's name for it, with the oldest API: Capacitor 6 runs on 22.
    clang: &'static str,
    /// Folders of C headers: the C library's, the kernel's.
    headers: [&'static str; 2],
    /// In bytes, stripped: what an app's download grows by, with compression aside. The goal for arm64 is 1.7 MB.
    most: u64,
}

/// All that are shipped.
pub(crate) const ABIS: &[Abi] = &[
    Abi {
        target: "aarch64-linux-android",
        folder: "arm64-v8a",
        clang: "aarch64-linux-android22",
        headers: ["aarch64", "aarch64"],
        most: 2_900_000,
    },
    Abi {
        target: "armv7-linux-androideabi",
        folder: "armeabi-v7a",
        clang: "armv7a-linux-androideabi22",
        headers: ["arm", "arm"],
        most: 2_010_000,
    },
    Abi {
        target: "x86_64-linux-android",
        folder: "x86_64",
        clang: "x86_64-linux-android22",
        headers: ["x86_64", "x86"],
        most: 3_440_000,
    },
];

/// The library's file name, which JNA looks for.
pub(crate) const LIBRARY: &str = "libaloft_ffi.so";

/// Where [`ship`] leaves the libraries, a folder for each ABI.
pub(crate) const SHIPPED: &str = "target/native/android";

/// Build for all ABIs with the NDK at `ANDROID_NDK_HOME`, and check.
pub(crate) fn ship(gate: &mut Gate) -> Verdict {
    let ndk = std::env::var_os("ANDROID_NDK_HOME").map(PathBuf::from).unwrap_or_default();
    let programs = programs(&ndk).ok_or_else(|| {
        let problem =
            "set ANDROID_NDK_HOME to an NDK (r26 or later); without one only `cargo xtask verify android` is possible";
        Lack::NotForThisSystem(problem.to_owned())
    })?;
    for abi in ABIS {
        let mut command = build(gate.root(), abi.target, "cdylib")?;
        abi.compile_with(&mut command, &programs.join(format!("{}-clang", abi.clang)), &programs.join("llvm-ar"), "");
        gate.check(&mut command)?;
        let library = built(gate.root(), abi.target, LIBRARY);
        check(gate, abi, &library, &programs.join("llvm-readelf"))?;
        let folder = gate.root().join(SHIPPED).join(abi.folder);
        std::fs::create_dir_all(&folder)
            .and_then(|()| std::fs::copy(&library, folder.join(LIBRARY)))
            .map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    Ok(())
}

/// Build for one ABI without an NDK and check what can be: the libraries of the system are empty stand-ins.
pub(crate) fn try_out(gate: &mut Gate, abi: &Abi) -> Verdict {
    let headers = llvm::headers(gate.root())?;
    let stubs = abi.stubs(gate.root())?;
    let mut command = build(gate.root(), abi.target, "cdylib")?;
    abi.compile_with(&mut command, Path::new("clang-19"), Path::new("llvm-ar-19"), &abi.flags(&headers));
    let flags = format!(
        "-Clink-arg=--target={} -Clink-arg=-fuse-ld=lld-19 -Clink-arg=-nostdlib -Clink-arg=-L{} \
         -Clink-arg=-Wl,--unresolved-symbols=ignore-all",
        abi.clang,
        stubs.display()
    );
    command.env(abi.cargo("RUSTFLAGS"), flags);
    gate.check(&mut command)?;
    check(gate, abi, &built(gate.root(), abi.target, LIBRARY), Path::new("llvm-readelf-19"))
}

fn check(gate: &mut Gate, abi: &Abi, library: &Path, readelf: &Path) -> Verdict {
    let read = Command::new(readelf).args(elf::ARGUMENTS).arg(library).output();
    let read = read.map_err(|error| format!("{}: {error}", readelf.display()))?;
    let mut problems = elf::problems(&String::from_utf8_lossy(&read.stdout));
    let bytes = std::fs::metadata(library).map_err(|error| format!("{}: {error}", library.display()))?.len();
    gate.tell(&format!("{} of {}: {bytes} bytes", LIBRARY, abi.folder));
    if bytes > abi.most {
        problems.push(format!("it has {bytes} bytes, its budget is {}", abi.most));
    }
    if problems.is_empty() { Ok(()) } else { Err(Stop::Failed(format!("{}: {}", abi.folder, problems.join("; ")))) }
}

/// The NDK's compilers, for whatever machine it is made for.
fn programs(ndk: &Path) -> Option<PathBuf> {
    let mut hosts = std::fs::read_dir(ndk.join("toolchains/llvm/prebuilt")).ok()?;
    hosts.find_map(|host| Some(host.ok()?.path().join("bin"))).filter(|programs| programs.is_dir())
}

impl Abi {
    /// Tell `cargo` and C build scripts which programs to use.
    fn compile_with(&self, command: &mut Command, clang: &Path, archiver: &Path, flags: &str) {
        let target = self.target.replace('-', "_");
        command.env(format!("CC_{target}"), clang).env(format!("AR_{target}"), archiver);
        command.env(format!("CFLAGS_{target}"), flags).env(self.cargo("LINKER"), clang);
    }

    fn cargo(&self, what: &str) -> String {
        format!("CARGO_TARGET_{}_{what}", self.target.replace('-', "_").to_uppercase())
    }

    /// Bionic's headers are in no package here; those of another C library say the same of what ring asks.
    fn flags(&self, headers: &Path) -> String {
        let [library, kernel] = self.headers;
        let folders =
            [&format!("{library}-linux-musl"), "generic-musl", &format!("{kernel}-linux-any"), "any-linux-any"];
        let folders = folders.map(|folder| format!("-isystem {}", headers.join(folder).display())).join(" ");
        format!("--target={} -nostdlibinc {folders}", self.clang)
    }

    /// A folder of empty libraries by the names that the linker asks for.
    fn stubs(&self, root: &Path) -> Result<PathBuf, String> {
        let folder = root.join("target/tools/stubs").join(self.target);
        let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
        std::fs::create_dir_all(&folder).map_err(failed)?;
        for name in ["gcc", "unwind"] {
            std::fs::write(folder.join(format!("lib{name}.a")), "!<arch>\n").map_err(failed)?;
        }
        for name in ["c", "dl", "m", "log"] {
            let mut link = Command::new("clang-19");
            link.args(["-shared", "-nostdlib", "-fuse-ld=lld-19", "-x", "c", "/dev/null", "-o"]);
            link.arg(folder.join(format!("lib{name}.so"))).arg(format!("--target={}", self.clang));
            let linked = link.arg(format!("-Wl,-soname,lib{name}.so")).output().map_err(failed)?;
            if !linked.status.success() {
                return Err(String::from_utf8_lossy(&linked.stderr).into_owned());
            }
        }
        Ok(folder)
    }
}
