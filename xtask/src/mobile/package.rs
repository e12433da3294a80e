//! The npm package: one archive with the web part, sources for both platforms and the native libraries.
//!
//! In: `capacitor-plugin`, the shims of `bindings`, the libraries in `target/native`. Out: an archive in `target/dist`. May
//! touch: `target/`. Keeps: libraries and their Kotlin and Swift sides are of one checkout; nothing is fetched by an app that
//! installs it.

use super::{android, ios};
use crate::bindings::{self, Flavour};
use crate::gate::{Gate, Stop, Verdict};
use crate::tools::node;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the package is put together.
const STAGE: &str = "target/package";

/// What of `capacitor-plugin` is for its developers only; what is published of the rest is in its `package.json`.
const KEPT_BACK: &[&str] = &["example-app/", "android/robolectric/", "tests/", "type-tests/"];

/// All Swift is one module, for `CocoaPods` knows no other.
const SWIFT: &str = "ios/Sources/AloftCapacitorUpdater";

/// Native folders of the package: where they lie in the package, and where they are built.
const NATIVE: &[(&str, &str)] =
    &[("android/src/main/jniLibs", android::SHIPPED), ("ios/Frameworks/AloftFFI.xcframework", ios::FRAMEWORK)];

/// Make the package, or say which native library is not there.
pub(crate) fn whole(gate: &mut Gate) -> Verdict {
    let missing = missing(gate.root());
    if !missing.is_empty() {
        return Err(Stop::Failed(format!("not there: {}", missing.join(", "))));
    }
    put_together(gate)?;
    let mut check = Command::new("node");
    gate.check(check.args(["scripts/check-pack.mjs", "--release"]).current_dir(gate.root().join(STAGE)))?;
    pack(gate).map(|_| ())
}

/// Make the package with the native libraries that are there.
pub(crate) fn partial(gate: &mut Gate) -> Verdict {
    for missing in missing(gate.root()) {
        gate.skip(&format!("{missing}, not built"));
    }
    put_together(gate)?;
    pack(gate).map(|_| ())
}

fn missing(root: &Path) -> Vec<String> {
    let libraries = android::ABIS.iter().map(|abi| format!("{}/{}/{}", android::SHIPPED, abi.folder, android::LIBRARY));
    let framework = format!("{}/Info.plist", ios::FRAMEWORK);
    libraries.chain([framework]).filter(|file| !root.join(file).is_file()).collect()
}

/// The package's folder, with what is there of it.
pub(crate) fn put_together(gate: &mut Gate) -> Result<PathBuf, Stop> {
    let (root, stage) = (gate.root().to_owned(), gate.root().join(STAGE));
    bindings::build(gate, Flavour::Shipped)?;
    let generated = bindings::folder(&root, Flavour::Shipped);
    lay_out(&root, &stage)
        .and_then(|()| copy_all(&generated.join("kotlin"), &stage.join("android/src/main/kotlin")))
        .and_then(|()| copy(&generated.join("swift/Aloft.swift"), &stage.join(SWIFT).join("Generated/Aloft.swift")))
        .and_then(|()| NATIVE.iter().try_for_each(|(into, from)| copy_all(&root.join(from), &stage.join(into))))
        .map_err(|error| format!("{STAGE}: {error}"))?;

    node::packages(&stage, &stage)?;
    if let Some(repository) = std::env::var("GITHUB_REPOSITORY").ok().filter(|name| !name.is_empty()) {
        gate.check(Command::new(node::NPM).args(["pkg", "set"]).args(origin(&repository)).current_dir(&stage))?;
    }
    gate.check(Command::new(node::NPM).args(["run", "build"]).current_dir(&stage))?;
    let manifest = stage.join("dist/native-manifest.json");
    let text = manifest_of(&stage).map_err(|error| format!("{}: {error}", manifest.display()))?;
    std::fs::write(&manifest, text).map_err(|error| format!("{}: {error}", manifest.display()))?;
    Ok(stage)
}

/// Where a package comes from, as `npm pkg set` takes it. npm accepts a provenance only if the package names the repository whose
/// workflow built it; so the workflow's own name is written, which is also right in a fork.
fn origin(repository: &str) -> [String; 4] {
    let page = format!("https://github.com/{repository}");
    [
        "repository.type=git".to_owned(),
        format!("repository.url=git+{page}.git"),
        "repository.directory=capacitor-plugin".to_owned(),
        format!("bugs.url={page}/issues"),
    ]
}

/// Everything that is written by hand.
fn lay_out(root: &Path, stage: &Path) -> io::Result<()> {
    let _ = std::fs::remove_dir_all(stage);
    let plugin = root.join("capacitor-plugin");
    let mut git = Command::new("git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(&plugin);
    let list = git.output()?.stdout;
    let list = String::from_utf8_lossy(&list);
    for file in list.lines().filter(|file| !KEPT_BACK.iter().any(|folder| file.starts_with(folder))) {
        copy(&plugin.join(file), &stage.join(file))?;
    }
    copy_all(&root.join("bindings/android/src/main"), &stage.join("android/src/main"))?;
    copy_all(&root.join("bindings/ios/Sources/Aloft"), &stage.join(SWIFT).join("Aloft"))
}

/// The digest of each native file, so that a published package can be compared with a build.
fn manifest_of(stage: &Path) -> io::Result<String> {
    let mut digests = serde_json::Map::new();
    for (folder, _) in NATIVE {
        for file in files(&stage.join(folder)) {
            let digest = Sha256::digest(std::fs::read(&file)?);
            let mut hex = String::new();
            digest.iter().for_each(|byte| _ = write!(hex, "{byte:02x}"));
            let name = file.strip_prefix(stage).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            digests.insert(name, hex.into());
        }
    }
    let manifest = serde_json::json!({ "version": env!("CARGO_PKG_VERSION"), "sha256": digests });
    Ok(format!("{manifest:#}\n"))
}

/// Pack [`STAGE`] into `target/dist`; the archive.
pub(crate) fn pack(gate: &mut Gate) -> Result<PathBuf, Stop> {
    let dist = gate.root().join("target/dist");
    let failed = |error: io::Error| format!("{}: {error}", dist.display());
    std::fs::create_dir_all(&dist).map_err(failed)?;
    let mut pack = Command::new(node::NPM);
    pack.args(["pack", "--ignore-scripts", "--pack-destination"]).arg(&dist).current_dir(gate.root().join(STAGE));
    gate.check(&mut pack)?;
    gate.tell(&format!("the package is in {}", dist.display()));
    let packed = files(&dist).into_iter().filter(|file| file.extension().is_some_and(|ending| ending == "tgz"));
    let age = |file: &PathBuf| file.metadata().and_then(|about| about.modified()).ok();
    packed.max_by_key(age).ok_or_else(|| Stop::Failed(format!("{}: npm packed nothing", dist.display())))
}

/// Copy what is there; a folder that is absent has nothing to copy.
fn copy_all(from: &Path, into: &Path) -> io::Result<()> {
    files(from).iter().try_for_each(|file| copy(file, &into.join(file.strip_prefix(from).unwrap_or(file))))
}

fn copy(from: &Path, into: &Path) -> io::Result<()> {
    into.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    std::fs::copy(from, into).map(|_| ())
}

/// All files below a folder, in an order that is the same everywhere.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    entries.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
