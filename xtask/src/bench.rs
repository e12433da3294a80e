//! Packs on real releases of real web apps, beside their peers: `cargo xtask bench`.
//!
//! In: a folder of releases, `APP/VERSION/` each. Out: one table; with options JSON, and the chart and table of the docs. May
//! touch: that folder, `target/`, `docs/`, the system's packages, npm's client. Keeps: nothing that was fetched is run.

use crate::gate::cargo;
use crate::tools::{self, debian, node};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// What the bench compares with, and their Debian packages.
const PEERS: &[(&str, &str)] = &[
    ("zstd", "zstd"),
    ("bsdiff", "bsdiff"),
    ("xdelta3", "xdelta3"),
    ("brotli", "brotli"),
    ("bsdtar", "libarchive-tools"),
    ("zip", "zip"),
    ("unzip", "unzip"),
    ("time", "time"),
];

/// Releases of one app, as npm has them.
struct App {
    name: &'static str,
    package: &'static str,
    /// Consecutive.
    versions: &'static [&'static str],
    /// Where in the package `index.html` is.
    folder: &'static str,
}

/// The codec's parameters were chosen by these.
const KNOWN: &[App] = &[
    App { name: "actual", package: "@actual-app/web", versions: &["26.8.0", "26.8.1", "26.9.0"], folder: "build" },
    App { name: "directus", package: "@directus/app", versions: &["17.1.0", "17.1.1"], folder: "dist" },
    App { name: "homebridge", package: "homebridge-config-ui-x", versions: &["5.9.0", "5.10.0"], folder: "public" },
    App { name: "flowise", package: "flowise-ui", versions: &["3.1.3", "3.1.4"], folder: "build" },
    App { name: "n8n", package: "n8n-editor-ui", versions: &["2.40.2", "2.40.3"], folder: "dist" },
    App { name: "freeboard", package: "@signalk/freeboard-sk", versions: &["3.1.0", "3.1.1"], folder: "public" },
    App { name: "zigbee2mqtt", package: "zigbee2mqtt-frontend", versions: &["0.9.19", "0.9.21"], folder: "dist" },
];

/// Nothing was ever chosen by these, nor may it be: they tell what to expect of an app that nobody has seen.
const UNSEEN: &[App] = &[
    App { name: "altair", package: "altair-static", versions: &["8.5.7", "8.5.9"], folder: "build/dist" },
    App { name: "iobroker", package: "iobroker.admin", versions: &["8.0.16", "8.0.17"], folder: "adminWww" },
    App { name: "kip", package: "@mxtommy/kip", versions: &["4.8.0", "4.8.5"], folder: "public" },
    App { name: "nocodb", package: "nc-lib-gui", versions: &["0.263.4", "0.263.8"], folder: "lib/dist" },
];

/// Install what is compared with, fetch if asked, then measure.
pub(crate) fn bench(root: &Path, words: &[&str]) -> ExitCode {
    let absolute = |path: &str| std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
    let (mut corpus, mut fetching, mut rest) = (root.join("target/corpus"), false, Vec::<OsString>::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let value = if matches!(*word, "--fetch" | "--docs") { None } else { words.next() };
        match (*word, value) {
            ("--fetch", _) => fetching = true,
            ("--docs", _) => rest.push(word.into()),
            ("--corpus", Some(folder)) => corpus = absolute(folder),
            ("--json", Some(file)) => rest.extend([word.into(), absolute(file).into()]),
            ("--only" | "--rounds", Some(value)) => rest.extend([word.into(), value.into()]),
            (word, _) => {
                eprintln!("bench: not understood: {word}; `cargo xtask` says what there is");
                return ExitCode::from(2);
            }
        }
    }
    let ran = debian::programs(PEERS)
        .map_err(|lack| lack.to_string())
        .and_then(|()| if fetching { fetch(&corpus) } else { Ok(()) })
        .and_then(|()| measure(root, &corpus, &rest));
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("bench: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn measure(root: &Path, corpus: &Path, words: &[OsString]) -> Result<(), String> {
    let unseen: Vec<_> = UNSEEN.iter().map(|app| app.name).collect();
    let mut bench = cargo(root, "bench -p aloft-tests --bench packs --locked --");
    bench.arg("--corpus").arg(corpus).args(["--unseen", &unseen.join(",")]).args(words);
    match bench.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(status.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// Have every release in `corpus`.
fn fetch(corpus: &Path) -> Result<(), String> {
    for app in KNOWN.iter().chain(UNSEEN) {
        for version in app.versions {
            let into = corpus.join(app.name).join(version);
            if !into.join("index.html").is_file() {
                fetch_release(app, version, corpus, &into)
                    .map_err(|problem| format!("{} {version}: {problem}", app.name))?;
                println!("fetched {} {version}", app.name);
            }
        }
    }
    Ok(())
}

fn fetch_release(app: &App, version: &str, corpus: &Path, into: &Path) -> Result<(), String> {
    let scratch = corpus.join(".fetching");
    let text = |error: std::io::Error| error.to_string();
    if scratch.exists() {
        fs::remove_dir_all(&scratch).map_err(text)?;
    }
    fs::create_dir_all(&scratch).map_err(text)?;
    let mut pack = Command::new(node::NPM);
    pack.args(["pack", "--silent", &format!("{}@{version}", app.package)]).current_dir(&scratch);
    tools::run(&mut pack, "npm pack")?;
    let packed = fs::read_dir(&scratch).map_err(text)?.flatten().next().ok_or("nothing came")?;
    tools::run(Command::new("bsdtar").arg("-xf").arg(packed.path()).current_dir(&scratch), "bsdtar")?;
    let folder = scratch.join("package").join(app.folder);
    remove_source_maps(&folder).map_err(text)?;
    fs::create_dir_all(corpus.join(app.name)).map_err(text)?;
    fs::rename(&folder, into).map_err(text)?;
    fs::remove_dir_all(&scratch).map_err(text)
}

/// They do not belong in an app.
fn remove_source_maps(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_source_maps(&path)?;
        } else if path.extension().is_some_and(|extension| extension == "map") {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}
