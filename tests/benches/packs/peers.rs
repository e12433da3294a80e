//! What others do with a pair of releases.
//!
//! In: a pair, a scratch folder. Out: what their files weigh. May touch: the scratch folder, processes.

use crate::tree::{Folder, Pair};
use aloft_tests::tools::run;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// A command and its arguments, in which `OLD`, `NEW`, `PATCH` and `OUT` stand for files.
type Words = &'static str;

/// A tool that makes a patch of one file against another, and applies it.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) make: Words,
    pub(crate) apply: Words,
}

pub(crate) const ZSTD: Tool = Tool {
    name: "zstd",
    make: "zstd -q -f -19 --long=31 --patch-from=OLD NEW -o PATCH",
    apply: "zstd -q -f -d --long=31 --patch-from=OLD PATCH -o OUT",
};
pub(crate) const BSDIFF: Tool = Tool { name: "bsdiff", make: "bsdiff OLD NEW PATCH", apply: "bspatch OLD OUT PATCH" };
pub(crate) const XDELTA: Tool = Tool {
    name: "xdelta3",
    make: "xdelta3 -q -f -e -9 -S lzma -s OLD NEW PATCH",
    apply: "xdelta3 -q -f -d -s OLD PATCH OUT",
};

/// Both releases as archives, in the order of their paths.
pub(crate) struct Tars {
    pub(crate) old: PathBuf,
    pub(crate) new: PathBuf,
    pub(crate) out: PathBuf,
}

impl Tars {
    pub(crate) fn of(pair: &Pair, scratch: &Path) -> Self {
        Self {
            old: tar(&pair.base, &scratch.join("old.tar")),
            new: tar(&pair.target, &scratch.join("new.tar")),
            out: scratch.join("out.tar"),
        }
    }

    /// The command of `words`.
    pub(crate) fn command(&self, words: Words, patch: &Path) -> Command {
        let mut words = words.split(' ').map(|word| match word {
            "NEW" => self.new.display().to_string(),
            "OUT" => self.out.display().to_string(),
            "PATCH" => patch.display().to_string(),
            word => word.replace("OLD", &self.old.display().to_string()),
        });
        let mut command = Command::new(words.next().unwrap());
        command.args(words);
        command
    }

    /// zstd without a process: the base's archive is read and lent, the new one streamed to a file.
    pub(crate) fn zstd_in_process(&self, patch: &Path) {
        let old = fs::read(&self.old).unwrap();
        let file = std::io::BufReader::new(File::open(patch).unwrap());
        let mut decoder = zstd::stream::read::Decoder::with_ref_prefix(file, &old).unwrap();
        decoder.window_log_max(31).unwrap();
        std::io::copy(&mut decoder, &mut File::create(&self.out).unwrap()).unwrap();
    }

    /// Is what came out the new archive?
    pub(crate) fn prove(&self) {
        assert!(fs::read(&self.out).unwrap() == fs::read(&self.new).unwrap(), "another archive came out");
    }
}

fn tar(folder: &Folder, into: &Path) -> PathBuf {
    let list = into.with_extension("list");
    let paths: Vec<_> = folder.files.iter().map(|file| format!("{}\n", file.path)).collect();
    fs::write(&list, paths.concat()).unwrap();
    let mut tar = Command::new("bsdtar");
    tar.args(["--format", "ustar", "--uid", "0", "--gid", "0", "-n", "-cf"]).arg(into).arg("-C").arg(&folder.root);
    run(tar.arg("-T").arg(&list));
    into.to_owned()
}

/// `zip -9` of a release.
pub(crate) fn zip(folder: &Folder, into: &Path) {
    let named = into.with_extension("zip"); // it would be called so anyway
    run(Command::new("zip").args(["-q", "-9", "-r", "-X"]).arg(&named).arg(".").current_dir(&folder.root));
    fs::rename(named, into).unwrap();
}

/// Bytes that deltas by file send: brotli of each file that is not there as it is, or the file.
pub(crate) fn per_file(pair: &Pair) -> u64 {
    let brotli = |place: usize| {
        let packed = run(Command::new("brotli").args(["-q", "11", "-w", "24", "-c"]).arg(pair.target.path(place)));
        pair.target.files[place].size.min(packed.len() as u64)
    };
    pair.changed().into_iter().map(brotli).sum()
}

/// What running a command took.
pub(crate) struct Cost {
    pub(crate) time: Duration,
    /// Of memory, at its most.
    pub(crate) kib: u64,
}

/// Run it to its end, with its peak memory.
pub(crate) fn cost(command: &Command, scratch: &Path) -> Cost {
    let said = scratch.join("time");
    let mut timed = Command::new("time");
    timed.args(["-f", "%M", "-o"]).arg(&said).arg(command.get_program()).args(command.get_args());
    let begin = Instant::now();
    run(&mut timed);
    let time = begin.elapsed();
    Cost { time, kib: fs::read_to_string(said).unwrap().trim().parse().unwrap() }
}
