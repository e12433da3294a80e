//! Archives of other tools unpack, written to a file or as a stream with data descriptors (formats 8).

use aloft_tests::install::{install_zip, on_disk};
use aloft_tests::tools;
use std::path::Path;
use std::process::Command;

const APT: &str = "apt-get install zip libarchive-tools python3";
const NPM: &str = "mkdir -p target/interop && cp tests/tools/package*.json target/interop/ && \
                   npm ci --ignore-scripts --prefix target/interop";

/// A small web bundle: folders, an empty file, text that deflates, bytes that do not, and names that are not ASCII.
fn bundle(folder: &Path) {
    let noise: Vec<u8> = (0..200_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let text = "const words = ['a', 'b', 'c'];\n".repeat(10_000);
    for (path, content) in [
        ("index.html", &b"<!doctype html>"[..]),
        ("assets/app.js", text.as_bytes()),
        ("assets/img/noise.png", &noise),
        ("assets/img/ünï 日本.svg", b"<svg/>"),
        ("empty.txt", b""),
        ("a/b/c/d.json", b"{}"),
    ] {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

/// Zip the bundle with `zip(bundle, target)`, and unpack what came of it.
fn unpacks(what: &str, zip: impl Fn(&Path, &Path)) {
    let folder = tempfile::tempdir().unwrap();
    let (source, target) = (folder.path().join("source"), folder.path().join("target.zip"));
    bundle(&source);
    zip(&source, &target);
    let unpacked = install_zip(folder.path(), &std::fs::read(&target).unwrap(), &on_disk(&source));
    let unpacked = unpacked.unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(on_disk(unpacked.dir()), on_disk(&source), "{what}");
}

fn shell(line: &'static str) -> impl Fn(&Path, &Path) {
    move |source, target| {
        let mut command = Command::new("sh");
        let command = command.current_dir(source).env("LC_ALL", "C.UTF-8").env("OUT", target);
        tools::run(command.args(["-c", line]));
    }
}

#[test]
fn archives_of_info_zip_unpack() {
    if !tools::there("zip", &["-v"], APT) {
        return;
    }
    unpacks("to a file", shell(r#"zip -q -r "$OUT" ."#));
    unpacks("without folders", shell(r#"zip -q -r -D -9 "$OUT" ."#));
    unpacks("stored", shell(r#"zip -q -r -0 "$OUT" ."#));
    unpacks("as a stream", shell(r#"zip -q -r - . | cat > "$OUT""#));
    unpacks("with a comment", shell(r#"zip -q -r "$OUT" . && echo comment | zip -q -z "$OUT""#));
}

/// It always writes descriptors. To a pipe it also fills the last block with zeros, which nobody accounts for.
#[test]
fn archives_of_bsdtar_unpack() {
    if !tools::there("bsdtar", &["--version"], APT) {
        return;
    }
    unpacks("deflated", shell(r#"bsdtar --format zip -cf "$OUT" *"#));
    unpacks("stored", shell(r#"bsdtar --format zip --options zip:compression=store -cf "$OUT" *"#));
}

#[test]
fn archives_of_python_unpack() {
    let python = tools::python();
    if !tools::there(python.to_str().unwrap(), &["--version"], APT) {
        return;
    }
    for mode in ["seek", "stream"] {
        unpacks(mode, |source, target| {
            let script = tools::folder().join("zip_folder.py");
            let zip = tools::run(Command::new(&python).arg(script).arg(mode).arg(source));
            std::fs::write(target, zip).unwrap();
        });
    }
}

#[test]
fn archives_of_javascript_libraries_unpack() {
    let modules = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../target/interop");
    let probe = format!(
        "require('{0}/fflate'); require('{0}/jszip'); require('{0}/yazl')",
        modules.join("node_modules").display()
    );
    if !tools::there("node", &["-e", &probe], NPM) {
        return;
    }
    for library in ["fflate", "fflate-stream", "jszip", "jszip-stream", "yazl", "yazl-stream"] {
        unpacks(library, |source, target| {
            let mut command = Command::new("node");
            let command = command.current_dir(&modules).arg(tools::folder().join("zip_folder.cjs"));
            tools::run(command.arg(library).arg(source).arg(target));
        });
    }
}
