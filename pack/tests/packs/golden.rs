//! Packs that were made once come out as they did then, on every machine (formats 9).
//!
//! `tests/vectors/packs` has two trees, the second one's pack against the first, and its whole pack. `ALOFT_UPDATE_VECTORS=1 cargo
//! test -p aloft-pack --features make golden` writes both packs anew: for another version of the format, and for nothing else.

use crate::trees::{Content, Memory, apply, expected, folder};
use aloft_pack::{Pack, Source, make};
use std::path::PathBuf;
use std::{env, fs};

fn vectors() -> PathBuf {
    PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap()).join("../tests/vectors/packs")
}

#[test]
fn the_golden_delta_gives_its_target() {
    let (base, target) = (Memory::new(&folder(&vectors().join("base"))), folder(&vectors().join("target")));
    let bytes = fs::read(vectors().join("delta.pack")).unwrap();
    assert_eq!(apply(&bytes[..], &base, expected(&target)).unwrap(), target);

    let pack = Pack::open(&bytes[..], &base.as_base(), expected(&target)).unwrap();
    let new = Source::New;
    let (kept, copied, twin) = (Source::Base(1), Source::Base(4), Source::Target(8));
    let sources: Vec<_> = pack.files().iter().map(|file| file.source).collect();
    assert_eq!(sources, [new, kept, new, copied, Source::Base(3), new, new, new, new, twin]);
}

#[test]
fn the_golden_whole_pack_gives_its_target() {
    let (target, golden) = (folder(&vectors().join("target")), vectors().join("whole.pack"));
    if env::var_os("ALOFT_UPDATE_VECTORS").is_some() {
        let mut bytes = Vec::new();
        make::whole(&Memory::new(&target), &mut bytes, &|_, _| ()).unwrap();
        fs::write(&golden, bytes).unwrap();
    }
    let bytes = fs::read(golden).unwrap();
    assert_eq!(apply(&bytes[..], &Memory::new(&Content::new()), expected(&target)).unwrap(), target);
}
