//! What this project does with a pair of releases.
//!
//! In: a pair, a scratch folder. Out: packs, unpacked folders, the heap that took. May touch: the scratch folder, processes.

use crate::tree::{Folder, Pair};
use aloft_pack::make;
use aloft_pack::{Pack, Sink, Source};
use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Counts what is held, so that peaks are known.
pub(crate) struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator unchanged.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        PEAK.fetch_max(HELD.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        PEAK.fetch_max(HELD.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// The most that `call` held at once beyond what was held before, in bytes.
pub(crate) fn peak(call: impl FnOnce()) -> usize {
    let before = HELD.load(Relaxed);
    PEAK.store(before, Relaxed);
    call();
    PEAK.load(Relaxed) - before
}

/// What a process of its own makes: arguments are `delta BASE TARGET PACK` or `whole TARGET PACK`.
pub(crate) fn make(words: &[String]) {
    let folder = |place: usize| Folder::new(Path::new(&words[place]));
    let mut pack = BufWriter::new(File::create(words.last().unwrap()).unwrap());
    let report = match words[0].as_str() {
        "delta" => make::delta(&folder(1), &folder(2), &mut pack, &|_, _| {}),
        _ => make::whole(&folder(1), &mut pack, &|_, _| {}),
    };
    report.unwrap();
    pack.flush().unwrap();
}

/// Apply `pack` as a device does, into an empty folder: files that the base has are linked, the others written. Out: bytes of those
/// that the pack made.
pub(crate) fn apply(pack: &Path, base: Option<&Folder>, target: &Folder, into: &Path) -> u64 {
    let list = base.map(Folder::as_base).unwrap_or_default();
    let pack = Pack::open(BufReader::new(File::open(pack).unwrap()), &list, target.expected()).unwrap();
    let files = pack.files().to_vec();
    let paths: Vec<_> = files.iter().map(|file| into.join(&file.path)).collect();
    let mut folders = HashSet::new();
    for folder in paths.iter().map(|path| path.parent().unwrap()) {
        if folders.insert(folder) {
            fs::create_dir_all(folder).unwrap();
        }
    }
    let mut sink = Files { paths: &paths, open: None, written: 0 };
    match base {
        Some(mut base) => pack.unpack(&mut base, &mut sink).unwrap(),
        None => pack.unpack(&mut target_alone(), &mut sink).unwrap(),
    }
    let written = sink.written;
    for (file, path) in files.iter().zip(&paths) {
        match (file.source, base) {
            (Source::Base(place), Some(base)) => fs::hard_link(base.path(place), path).unwrap(),
            (Source::Target(place), _) => drop(fs::copy(&paths[place], path).unwrap()),
            _ => {}
        }
    }
    written
}

/// A whole pack has no base; asking for it would be a fault.
fn target_alone() -> impl aloft_pack::Base {
    struct None;
    impl aloft_pack::Base for None {
        fn read(&mut self, _: usize, _: u64, _: &mut [u8]) -> io::Result<()> {
            Err(io::ErrorKind::Unsupported.into())
        }
    }
    None
}

struct Files<'a> {
    paths: &'a [PathBuf],
    open: Option<File>,
    written: u64,
}

impl Sink for Files<'_> {
    fn begin(&mut self, file: usize) -> io::Result<()> {
        self.open = Some(File::create(&self.paths[file])?);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.written += bytes.len() as u64;
        self.open.as_mut().unwrap().write_all(bytes)
    }

    fn end(&mut self) -> io::Result<()> {
        self.open = None;
        Ok(())
    }
}

/// Is `folder` the target of the pair, byte for byte?
pub(crate) fn prove(pair: &Pair, folder: &Path) {
    assert!(Folder::new(folder).files == pair.target.files, "{} {}: other files came out", pair.app, pair.to);
}
