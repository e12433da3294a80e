use super::*;
use std::fs;

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let place = folder.path().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, content).unwrap();
    }
    folder
}

fn described(files: &[(&str, &[u8])]) -> Result<Bundle> {
    describe(folder(files).path(), &ProgressBar::hidden())
}

#[test]
fn warnings_name_what_is_most_likely_not_meant() {
    let bundle = described(&[
        ("index.html", b"<p>"),
        ("a.js", b"1"),
        ("a.js.map", b"{}"),
        ("a.js.gz", b"x"),
        ("img/.DS_Store", b""),
        (".env", b"PASSWORD=1"),
    ])
    .unwrap();
    let codes: Vec<_> = bundle.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, ["not_ready", "secret", "source_map", "junk", "precompressed"]);
    let bytes: Vec<_> = bundle.warnings.iter().map(|warning| warning.bytes).collect();
    assert_eq!(bytes, [0, 10, 2, 0, 1], "how much of each update it is");
    assert_eq!(bundle.files.entries().len(), 6, "a warning leaves nothing out");
    assert_eq!(described(&[("index.html", b"notifyAppReady()")]).unwrap().warnings, []);
}

#[test]
fn a_compressed_file_is_a_copy_only_beside_its_original() {
    let bundle =
        described(&[("index.html", b"notifyAppReady()"), ("data.bin.gz", b"x"), ("b.css.br", b"y"), ("b.css", b"z")]);
    let warnings = bundle.unwrap().warnings;
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].paths, ["b.css.br".parse().unwrap()]);
}

#[test]
fn what_cannot_be_a_bundle_is_refused() {
    let code = |files: &[(&str, &[u8])]| described(files).unwrap_err().code;
    assert_eq!(code(&[("a.js", b"")]), "index_missing");
    assert_eq!(code(&[("index.html", b"<p>"), ("lib/a.so", b"\x7fELF\x01")]), "bundle_executable");
    assert_eq!(code(&[("index.html", b"<p>"), ("u\u{308}.js", b"")]), "bundle_path");
    assert_eq!(code(&[("index.html", b"<p>"), ("a?.js", b"")]), "bundle_path");
    assert_eq!(code(&[("index.html", b"<p>"), (&vec!["a"; 65].join("/"), b"")]), "bundle_path");
    assert_eq!(code(&[("index.html", b"<p>"), (&vec!["a"; 600].join("/"), b"")]), "bundle_path", "not left out");
    assert_eq!(code(&[("index.html", b""), ("a.js", b"1")]), "index_missing");
    let failure = described(&[("dist/index.html", b"")]).unwrap_err();
    assert_eq!(failure.hint, "there is one in dist/: name that folder");
}

#[cfg(unix)]
#[test]
fn a_symlink_is_refused_even_inside_the_folder() {
    let folder = folder(&[("index.html", b"")]);
    std::os::unix::fs::symlink("index.html", folder.path().join("start.html")).unwrap();
    assert_eq!(describe(folder.path(), &ProgressBar::hidden()).unwrap_err().code, "bundle_symlink");
}

#[test]
fn the_builtin_description_is_no_part_of_the_root() {
    let folder = folder(&[("index.html", b"notifyAppReady()"), ("a.js", b"1")]);
    let before = describe(folder.path(), &ProgressBar::hidden()).unwrap();
    let description = builtin::write(&before, BTreeMap::from([("production".to_owned(), 7)]), 1_795_132_800).unwrap();
    let after = describe(folder.path(), &ProgressBar::hidden()).unwrap();
    assert_eq!(after.files.root(), before.files.root());
    assert_eq!(description.root, before.files.root());
    let root = fs::read_to_string(folder.path().join(builtin::ROOT)).unwrap();
    assert_eq!(root.parse(), Ok(description.root), "64 characters, nothing else");
}
