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
    describe(folder(files).path(), &Selection::default(), &ProgressBar::hidden())
}

#[test]
fn what_no_web_view_asks_for_is_left_out_and_counted() {
    let files: &[(&str, &[u8])] = &[
        ("index.html", b"notifyAppReady()"),
        ("a.js", b"1"),
        ("a.js.map", b"{}"),
        ("a.js.map.gz", b"x"),
        ("a.js.gz", b"x"),
        ("data.bin.gz", b"the app unpacks it itself"),
        ("img/.DS_Store", b""),
        (".well-known/a.json", b"y"),
    ];
    let bundle = described(files).unwrap();
    let names: Vec<_> = bundle.files.entries().iter().map(|entry| entry.path.as_str()).collect();
    assert_eq!(names, [".well-known/a.json", "a.js", "data.bin.gz", "index.html"]);
    assert_eq!(bundle.left_out.paths, ["a.js.map", "img/.DS_Store", "a.js.gz", "a.js.map.gz"]);
    assert_eq!((bundle.left_out.bytes, bundle.warnings), (4, Vec::new()));
    let selection = Selection::new(&[], &["**/*.gz".to_owned(), "**/*.map".to_owned()]).unwrap();
    let all = describe(folder(files).path(), &selection, &ProgressBar::hidden()).unwrap();
    assert_eq!(all.files.entries().len(), 7, "the publisher brings them back");
}

#[test]
fn what_must_not_be_shipped_refuses_the_folder() {
    let code = |path: &str| described(&[("index.html", b"<p>"), (path, b"x")]).map_err(|failure| failure.code);
    for path in
        [".env", "a/.env.local", ".npmrc", "b/.netrc", ".git/config", ".ssh/id", "aloft.toml", "a/.aloft/signing.pem"]
    {
        assert_eq!(code(path).unwrap_err(), "bundle_secret", "{path}");
    }
    assert!(code("assets/env.js").is_ok());
    let project: &[(&str, &[u8])] = &[("index.html", b"<p>"), ("package.json", b"{}"), ("node_modules/a/a.js", b"1")];
    assert_eq!(described(project).unwrap_err().code, "bundle_secret");
    let deeper = described(&[("index.html", b"notifyAppReady()"), ("_app/node_modules/a.js", b"1")]).unwrap();
    assert_eq!(deeper.warnings.first().unwrap().code, "node_modules", "some bundlers name a folder so");
}

#[test]
fn keys_and_the_site_are_guarded_wherever_they_lie() {
    let project = folder(&[("index.html", b"<p>"), ("site/channels/a.json", b"{}"), ("site/www/index.html", b"<p>")]);
    let guarded = |place: &str| Selection::default().guarding(vec![project.path().join(place)]);
    let code =
        |folder: &Path, selection: &Selection| describe(folder, selection, &ProgressBar::hidden()).map_err(|f| f.code);
    assert_eq!(code(project.path(), &guarded("site")).unwrap_err(), "bundle_secret", "the site is in it");
    assert_eq!(
        code(&project.path().join("site/www"), &guarded("site")).unwrap_err(),
        "bundle_secret",
        "it is in the site"
    );
    assert!(code(project.path(), &guarded("elsewhere")).is_ok());
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
    std::os::unix::fs::symlink("index.html", folder.path().join(".left-out")).unwrap();
    assert!(
        describe(folder.path(), &Selection::default(), &ProgressBar::hidden())
            .is_err_and(|failure| failure.code == "index_missing")
    );
    std::os::unix::fs::symlink("index.html", folder.path().join("start.html")).unwrap();
    assert_eq!(
        describe(folder.path(), &Selection::default(), &ProgressBar::hidden()).unwrap_err().code,
        "bundle_symlink"
    );
}

#[test]
fn the_builtin_description_is_no_part_of_the_root() {
    let folder = folder(&[("index.html", b"notifyAppReady()"), ("a.js", b"1")]);
    let before = describe(folder.path(), &Selection::default(), &ProgressBar::hidden()).unwrap();
    let description = builtin::write(&before, BTreeMap::from([("production".to_owned(), 7)]), 1_795_132_800).unwrap();
    let after = describe(folder.path(), &Selection::default(), &ProgressBar::hidden()).unwrap();
    assert_eq!(after.files.root(), before.files.root());
    assert_eq!(description.root, before.files.root());
    let root = fs::read_to_string(folder.path().join(builtin::ROOT)).unwrap();
    assert_eq!(root.parse(), Ok(description.root), "64 characters, nothing else");
}

#[test]
fn everything_that_is_refused_is_named_at_once() {
    let failure = described(&[
        ("index.html", b"<p>"),
        ("u\u{308}.js", b""),
        ("\u{fc}.js", b""),
        ("a?.js", b""),
        ("A.js", b""),
        ("a.js", b""),
    ]);
    let message = failure.unwrap_err().message;
    for part in ["u\\u{308}.js", "a?.js", "A.js and a.js"] {
        assert!(message.contains(part), "{part}: {message}");
    }
}

#[test]
fn more_folders_than_a_device_makes_are_refused() {
    let entry = |n: u32| FileEntry {
        path: format!("{}/{}/{}/a.js", n / 100, n % 100, n).parse().unwrap(),
        size: 0,
        sha256: aloft_core::model::Digest::of(b""),
    };
    let files = |count| FileList::from((0..count).map(entry).collect::<Vec<_>>());
    assert_eq!(check_limits(&files(9_900)), Ok(()), "9,900 files in 19,899 folders and 100 above them");
    assert_eq!(check_limits(&files(10_000)).unwrap_err().code, "bundle_too_large");
}

#[test]
fn a_build_for_a_server_says_what_to_set() {
    for (file, framework) in
        [("index.csr.html", "Angular"), ("BUILD_ID", "Next"), ("nitro.json", "Nuxt"), (".output/a.html", "Nuxt")]
    {
        let failure = described(&[(file, b"<p>")]).unwrap_err();
        assert_eq!(failure.code, "server_build");
        assert!(failure.hint.contains(framework), "{}", failure.hint);
    }
}

#[test]
fn what_a_page_asks_for_in_vain_is_a_warning() {
    let page = b"<script src=app.js></script><script src=http://localhost:5173/a.js></script>notifyAppReady()";
    let warnings = described(&[("index.html", page), ("LICENSE", b"MIT")]).unwrap().warnings;
    let told: Vec<_> = warnings.iter().map(|warning| (warning.code, warning.paths.len())).collect();
    assert_eq!(told, [("no_extension", 1), ("missing_script", 2)]);
}
