//! Lists the files of `examples/hello`, so that `aloft demo` needs nothing but itself.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let hello = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/hello");
    println!("cargo::rerun-if-changed={}", hello.display());
    let mut list = String::from("[\n");
    for version in sorted(&hello)?.into_iter().filter(|path| path.is_dir()) {
        let _ = writeln!(list, "({:?}, &[", version.file_name().unwrap_or_default().to_string_lossy());
        let mut folders = vec![version.clone()];
        while let Some(folder) = folders.pop() {
            for path in sorted(&folder)? {
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let below = path.strip_prefix(&version).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                let _ = writeln!(list, "({below:?}, include_bytes!({:?}).as_slice()),", path.display().to_string());
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
