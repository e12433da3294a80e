//! Install a zip (digest, decryption, unpacking, every file's digest, root) against `bsdtar -x` and `unzip` alone.
//!
//! `cargo bench -p aloft-tests --bench install -- FOLDER [ROUNDS]`: zips FOLDER, then times each in turn; prints medians.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use aloft_core::edge::fs::DiskFs;
use aloft_core::edge::ports::Fs as _;
use aloft_core::model::Digest;
use aloft_core::model::document::ReleaseEntry;
use aloft_tests::install::{artifact, encrypt, install, key, on_disk, release};
use aloft_tests::tools;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    let source = args.next().expect("a folder to zip");
    let rounds = args.next().map_or(15, |rounds| rounds.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let zip = folder.path().join("bundle.zip");
    tools::run(Command::new("zip").args(["-q", "-r"]).arg(&zip).arg(".").current_dir(&source));
    let content = std::fs::read(&zip).unwrap();
    let files = on_disk(Path::new(&source));
    let plain = lay(folder.path(), &content, |artifact| release(&files, artifact), None);
    let sealed = lay(folder.path(), &encrypt(&content, &key(1)), |artifact| release(&files, artifact), Some(1));

    let out = folder.path().join("bundle");
    let peer = |program: &str, args: &[&str]| {
        DiskFs.create_dir(&out).unwrap();
        timed(|| drop(tools::run(Command::new(program).args(args).arg(&zip).current_dir(&out))))
    };
    let ours = |entry: &ReleaseEntry| timed(|| drop(install(folder.path(), entry, &[key(1)]).unwrap()));
    let mut times = [const { Vec::new() }; 4];
    for _ in 0..rounds {
        let round: [&dyn Fn() -> Duration; 4] =
            [&|| ours(&plain), &|| ours(&sealed), &|| peer("bsdtar", &["-xf"]), &|| peer("unzip", &["-q"])];
        for (run, times) in round.iter().zip(&mut times) {
            DiskFs.remove_dir(&out).unwrap();
            times.push(run());
        }
    }
    println!(
        "{} files, {} bytes, zip {} bytes; medians of {rounds}",
        files.entries().len(),
        files.size(),
        content.len()
    );
    let [ours, sealed, bsdtar, unzip] = times.map(median);
    for (what, time) in [("ours", ours), ("ours, encrypted", sealed), ("bsdtar -x", bsdtar), ("unzip", unzip)] {
        println!("{what:16} {:7.1} ms  {:4.2} x bsdtar", time * 1e3, time / bsdtar);
    }
}

fn lay(
    folder: &Path,
    bytes: &[u8],
    release: impl Fn(aloft_core::model::document::Artifact) -> ReleaseEntry,
    sealed: Option<u8>,
) -> ReleaseEntry {
    let artifact = artifact(bytes.len() as u64, Digest::of(bytes), sealed.map(key).as_ref());
    std::fs::write(folder.join(artifact.sha256.to_string()), bytes).unwrap();
    release(artifact)
}

fn timed(run: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    run();
    begin.elapsed()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}
