//! Packs beside what others make of the same releases: bytes, making, applying.
//!
//! In: a corpus (`cargo xtask bench --fetch`). Out: tables; JSON; a chart and tables in the docs. May touch: the corpus to read, a
//! scratch folder, processes, `docs/`. Keeps: a figure is taken only of what gives the target byte for byte; times of ours and of
//! a peer are medians of the same rounds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss
)]

mod chart;
mod ours;
mod peers;
mod table;
mod tree;

use aloft_tests::tools::run;
use peers::{BSDIFF, Tars, Tool, XDELTA, ZSTD, cost};
use std::collections::BTreeMap;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};
use table::{Figures, Row};
use tree::{BIG, Pair, pairs};

#[global_allocator]
static HEAP: ours::Counting = ours::Counting;

const MIB: f64 = 1_048_576.0;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let Some(("--make", words)) = words.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return ours::make(words);
    }
    let after = |name: &str| words.iter().skip_while(|word| *word != name).nth(1).map(String::as_str);
    let Some(corpus) = after("--corpus") else { return println!("no --corpus: nothing to measure") };
    let unseen: Vec<_> = after("--unseen").into_iter().flat_map(|names| names.split(',')).collect();
    let rounds = after("--rounds").map_or(5, |rounds| rounds.parse().expect("--rounds takes a number"));
    let scratch = tempfile::tempdir().unwrap();
    let date = httpdate::fmt_http_date(SystemTime::now())[5..16].to_owned();
    let (mut rows, mut failed) = (Vec::new(), Vec::new());
    for pair in pairs(Path::new(corpus), after("--only"), &scratch.path().join(BIG)) {
        let folder = scratch.path().join("pair");
        fs::create_dir(&folder).unwrap();
        let name = format!("{} {} → {}", pair.app, pair.from, pair.to);
        eprintln!("{name}");
        let unseen = unseen.contains(&pair.app.as_str());
        match catch_unwind(|| measure(&pair, unseen, rounds, &folder)) {
            Ok(row) => rows.push(row),
            Err(_) => failed.push(name),
        }
        fs::remove_dir_all(&folder).unwrap();
        if let Some(file) = after("--json") {
            let figures = serde_json::json!({"date": date, "rounds": rounds, "pairs": rows, "failed": failed});
            fs::write(file, serde_json::to_vec_pretty(&figures).unwrap()).unwrap();
        }
    }
    assert!(rows.len() + failed.len() > 0, "there is nothing to measure in {corpus}");
    let tables = table::tables(&rows, &failed, rounds, &date);
    println!("{tables}");
    if words.iter().any(|word| word == "--docs") {
        let docs = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../docs");
        fs::write(docs.join("packs.svg"), chart::chart(&rows, &date)).unwrap();
        let page = docs.join("performance.md");
        let text = table::between_markers(&fs::read_to_string(&page).unwrap(), &tables);
        fs::write(page, text).unwrap();
    }
    assert!(failed.is_empty(), "not measured, because something failed: {failed:?}");
}

/// All figures of a pair.
fn measure(pair: &Pair, unseen: bool, rounds: usize, scratch: &Path) -> Row {
    let tars = Tars::of(pair, scratch);
    let file = |name: &str| scratch.join(name);
    let zip = file("zip");
    peers::zip(&pair.target, &zip);
    let mut times = Times::default();
    let mut memory = Figures::new();
    let mut made = |name: &'static str, command: &Command, times: &mut Times| {
        let cost = cost(command, scratch);
        times.add(name, cost.time);
        memory.entry(name).or_insert(cost.kib as f64 / 1024.0);
    };
    let [base, target] = [&pair.base, &pair.target].map(|folder| folder.root.as_os_str());
    let ours = |words: &[&std::ffi::OsStr]| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("--make").args(words);
        command
    };
    made("whole", &ours(&["whole".as_ref(), target, file("whole").as_ref()]), &mut times);
    let rest = pair.target.compressible(&file("rest"));
    peers::zip(&rest, &file("zip of the rest"));
    run(&mut ours(&["whole".as_ref(), rest.root.as_os_str(), file("whole of the rest").as_ref()]));
    for tool in [BSDIFF, XDELTA] {
        made(tool.name, &tars.command(tool.make, &file(tool.name)), &mut times);
    }
    for _ in 0..rounds {
        made("pack", &ours(&["delta".as_ref(), base, target, file("pack").as_ref()]), &mut times);
        made(ZSTD.name, &tars.command(ZSTD.make, &file(ZSTD.name)), &mut times);
    }

    let weight = |name: &'static str| (name, fs::metadata(file(name)).unwrap().len() as f64);
    let mut bytes: Figures =
        ["pack", "zstd", "bsdiff", "xdelta3", "whole", "zip", "whole of the rest", "zip of the rest"]
            .map(weight)
            .into();
    bytes.insert("per-file brotli", peers::per_file(pair) as f64);
    let (apply, heap, new_size) = apply(pair, &tars, rounds, scratch);
    Row {
        app: pair.app.clone(),
        from: pair.from.clone(),
        to: pair.to.clone(),
        unseen,
        files: pair.target.files.len(),
        changed: pair.changed().len(),
        size: pair.target.size(),
        new_size,
        compressed: pair.target.compressed(),
        bytes,
        make_seconds: times.medians(1.0),
        make_mib: memory,
        apply_ms: apply.medians(1e3),
        heap_mib: heap,
    }
}

/// Apply everything that was made, and see that it was right the first time.
fn apply(pair: &Pair, tars: &Tars, rounds: usize, scratch: &Path) -> (Times, Figures, u64) {
    let (pack, whole, out) = (scratch.join("pack"), scratch.join("whole"), scratch.join("out"));
    let mut times = Times::default();
    let mut heap = Figures::new();
    let mut new_size = 0;
    for round in 0..rounds {
        for (name, pack, base) in [("pack", &pack, Some(&pair.base)), ("whole", &whole, None)] {
            empty(&out);
            let peak = ours::peak(|| {
                let written = times.time(name, || ours::apply(pack, base, &pair.target, &out));
                new_size = if base.is_some() { written } else { new_size };
            });
            heap.insert(name, peak as f64 / MIB);
            if round == 0 {
                ours::prove(pair, &out);
            }
        }
        times.time("zstd in process", || tars.zstd_in_process(&scratch.join(ZSTD.name)));
        for Tool { name, apply, .. } in [ZSTD, BSDIFF, XDELTA] {
            let mut command = tars.command(apply, &scratch.join(name));
            times.time(name, || run(&mut command));
            tars.prove();
        }
        for (name, words) in [("bsdtar", ["bsdtar", "-xf"]), ("unzip", ["unzip", "-q"])] {
            empty(&out);
            let mut command = Command::new(words[0]);
            command.arg(words[1]).arg(scratch.join("zip")).current_dir(&out);
            times.time(name, || run(&mut command));
        }
    }
    (times, heap, new_size)
}

fn empty(folder: &PathBuf) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir(folder).unwrap();
}

/// What was timed, by name.
#[derive(Default)]
struct Times(BTreeMap<&'static str, Vec<Duration>>);

impl Times {
    fn add(&mut self, name: &'static str, time: Duration) {
        self.0.entry(name).or_default().push(time);
    }

    fn time<T>(&mut self, name: &'static str, call: impl FnOnce() -> T) -> T {
        let begin = Instant::now();
        let result = call();
        self.add(name, begin.elapsed());
        result
    }

    fn medians(self, unit: f64) -> Figures {
        let median = |mut times: Vec<Duration>| {
            times.sort_unstable();
            times[times.len() / 2].as_secs_f64() * unit
        };
        self.0.into_iter().map(|(name, times)| (name, median(times))).collect()
    }
}
