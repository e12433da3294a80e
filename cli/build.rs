//! Lists the files of `examples/hello`, so that `aloft demo` needs nothing but itself.
//!
//! The list holds no absolute path: checkouts that share a target folder share the list.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// From this package's folder, which is also the folder that Cargo runs this in.
const HELLO: &str = "../examples/hello";

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed={HELLO}");
    let hello = Path::new(HELLO);
    let mut list = String::from("[\n");
    for version in sorted(hello)?.into_iter().filter(|path| path.is_dir()) {
        let _ = writeln!(list, "({:?}, &[", version.file_name().unwrap_or_default().to_string_lossy());
        let mut folders = vec![version.clone()];
        while let Some(folder) = folders.pop() {
            for path in sorted(&folder)? {
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let slashes = |path: &Path| path.to_string_lossy().replace('\\', "/");
                let below = slashes(path.strip_prefix(&version).unwrap_or(&path));
                let from_package = format!("/{}", slashes(&path));
                let content = format!("include_bytes!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {from_package:?}))");
                let _ = writeln!(list, "({below:?}, {content}.as_slice()),");
            }
        }
        list.push_str("]),\n");
    }
    list.push(']');
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    std::fs::write(out.join("hello.rs"), list)
}

fn sorted(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}
