//! The encoder's bytes are those they always were, whatever operations a parse chooses.
//!
//! In: `tests/vectors/packs`, and operations fixed here. Out: verdicts. May touch: reads the vectors; writes `delta.pack` anew if
//! `ALOFT_UPDATE_VECTORS` is set. A change of these bytes is another version of the format.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::encode::Encode;
use super::parse::Piece;
use crate::caller::{Base, Expected, Sink};
use crate::counterpart::counterparts;
use crate::header::{Form, Header};
use crate::list::{BaseFile, Record, text};
use crate::operation::{Names, Operation};
use crate::token::{Name, SHORT, next_name};
use crate::unpack::Pack;
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;
use std::{env, fs, io};

/// A file of a target: its path, what is said of it, and how it is made if it is new.
pub(super) type Told = (&'static str, Record, Vec<u8>, Vec<Operation>);

pub(super) fn pack(base: &[(&str, Vec<u8>)], paths: &[Operation], target: &[Told]) -> Vec<u8> {
    let base_paths: Vec<_> = base.iter().map(|(path, _)| *path).collect();
    let target_paths: Vec<_> = target.iter().map(|(path, ..)| *path).collect();
    let text = [base_paths.clone(), target_paths.clone()].map(|paths| text(paths.into_iter()).unwrap());
    let bytes: Vec<&[u8]> =
        std::iter::once(&text[0]).chain(base.iter().map(|(_, bytes)| bytes)).map(|b| &b[..]).collect();
    let records: Vec<_> = target.iter().map(|(path, record, ..)| (*path, *record)).collect();
    let mut encode = Encode::new(&bytes);
    encode.list(&listed(base), &Piece { bytes: &text[1], counterpart: Some(0) }, paths, &records).unwrap();
    for (counterpart, (_, record, bytes, operations)) in counterparts(&base_paths, &target_paths).iter().zip(target) {
        if let Record::New(_) = record {
            encode.file(&Piece { bytes, counterpart: counterpart.map(|place| place + 1) }, operations).unwrap();
        }
    }
    let head = Header { form: Form::Delta, files: target.len() as u32, text: text[1].len() as u32 };
    [&head.bytes()[..], &encode.finish()].concat()
}

pub(super) fn listed(base: &[(&str, Vec<u8>)]) -> Vec<BaseFile> {
    base.iter().map(|(path, bytes)| BaseFile { path: (*path).to_owned(), size: bytes.len() as u64 }).collect()
}

pub(super) fn literal(length: u64) -> Operation {
    Operation::Literal { length }
}

fn stored(length: u64) -> Operation {
    Operation::Stored { length }
}

pub(super) fn kept(from: u64, length: u64) -> Operation {
    Operation::Base { from, length, makes: length, names: Names::Kept }
}

fn renamed(from: u64, length: u64, makes: u64) -> Operation {
    Operation::Base { from, length, makes, names: Names::Renamed }
}

fn repeat(distance: u64, length: u64) -> Operation {
    Operation::Repeat { distance, length }
}

pub(super) fn vectors() -> PathBuf {
    PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap()).join("../tests/vectors/packs")
}

#[test]
fn the_operations_of_the_golden_pack_give_its_bytes() {
    let base = [
        "assets/index-B1gnklDS.js",
        "assets/style-D4e5F6g7.css",
        "assets/vendor-Cq0Xw9Zk.js",
        "empty.txt",
        "icon.png",
        "index.html",
        "old.txt",
    ];
    let base = base.map(|path| (path, fs::read(vectors().join("base").join(path)).unwrap()));
    let paths = vec![
        renamed(0, 77, 77),
        literal(7),
        kept(87, 8),
        stored(3),
        kept(79, 8),
        literal(6),
        kept(77, 30),
        literal(9),
        kept(110, 5),
        repeat(14, 6),
        literal(1),
        kept(110, 5),
    ];
    let new = |path: &'static str, operations: Vec<Operation>| {
        let bytes = fs::read(vectors().join("target").join(path)).unwrap();
        (path, Record::New(bytes.len() as u64), bytes, operations)
    };
    let same = |path, record| (path, record, Vec::new(), Vec::new());
    let (index, vendor) = ("assets/index-Zz91_QpL.js", "assets/vendor-M3n4O5p6.js");
    let target = [
        new(
            index,
            vec![
                renamed(115, 197, 197),
                literal(3),
                repeat(55, 9),
                literal(28),
                repeat(37, 9),
                literal(3),
                renamed(312, 156, 156), // to the end of its file, behind what was put in
            ],
        ),
        same("assets/style-D4e5F6g7.css", Record::Base(1)),
        new(
            vendor,
            vec![
                renamed(516, 177, 178),
                literal(16),
                repeat(1, 53),
                literal(3),
                renamed(690, 10, 10),
                renamed(700, 16, 17),
            ],
        ),
        same("copied/icon.png", Record::Base(4)),
        same("empty.txt", Record::Base(3)),
        new("fresh-empty.txt", vec![]),
        new("icon.png", vec![kept(716, 8), stored(150), stored(50)]),
        new("index.html", vec![renamed(904, 185, 185), literal(1), kept(1090, 7)]),
        new(
            "notes/a b.txt",
            vec![kept(1097, 22), renamed(1097, 14, 13), literal(8), repeat(3, 9), repeat(3, 9), literal(2)],
        ),
        same("notes/z.txt", Record::Target(8)),
    ];
    let (made, golden) = (pack(&base, &paths, &target), vectors().join("delta.pack"));
    if env::var_os("ALOFT_UPDATE_VECTORS").is_some() {
        fs::write(&golden, &made).unwrap();
    }
    assert_eq!(made, fs::read(golden).unwrap());
}

/// Numbers of a small generator (Knuth's MMIX constants).
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    /// A line of words, names and hashes. It begins with a space, so that what stands before it changes none of them.
    fn line(&mut self) -> Vec<u8> {
        let mut line = Vec::new();
        for _ in 0..=self.below(12) {
            line.extend(
                match self.below(6) {
                    0 => format!(" call{}", self.below(30)),
                    1 => format!(" a-{:08X}.js", self.below(40) * 77_777),
                    n => format!(" {}{}", char::from(b'g' + self.below(12) as u8), &"_x"[..n.min(3) - 1]),
                }
                .bytes(),
            );
        }
        line.extend(b";\n");
        line
    }
}

/// What a stretch becomes when names change: nearly always the same for a name in a `file`.
fn rename(stretch: &[u8], file: usize, draw: &mut Draw) -> Vec<u8> {
    let (mut made, mut seen) = (Vec::new(), 0);
    while let Some((place, length)) = next_name(stretch, seen, stretch.len()) {
        made.extend(&stretch[seen..place]);
        seen = place + length;
        let name = &stretch[place..seen];
        let shift = file + usize::from(draw.below(50) == 0);
        let sum = name.iter().map(|byte| usize::from(*byte)).sum::<usize>() + shift;
        let mut new = name.to_vec();
        new[0] = b'A' + (sum % 26) as u8;
        if length <= SHORT {
            new.truncate(1 + sum % 3);
        }
        assert_eq!(Name::new(&new).is_hash(), length > SHORT);
        made.extend(new);
    }
    made.extend(&stretch[seen..]);
    made
}

/// A base and operations of every kind, thousands of them: all that is learnt comes to where it learns no more.
fn story() -> (Vec<(&'static str, Vec<u8>)>, Vec<Told>) {
    let mut draw = Draw(1);
    let lines: Vec<Vec<u8>> = (0..900).map(|_| draw.line()).collect();
    let base: Vec<_> = ["a", "b", "c"].into_iter().zip(lines.chunks(300).map(<[_]>::concat)).collect();
    let mut starts = vec![6];
    starts.extend(lines.iter().scan(6, |at, line| {
        *at += line.len();
        Some(*at)
    }));
    let tell = |(file, path): (usize, &'static str)| {
        let (mut made, mut operations, mut line) = (Vec::new(), Vec::new(), 0);
        while made.len() < 60_000 {
            match draw.below(12) {
                0 => {
                    let told = draw.line();
                    operations.push(literal(told.len() as u64));
                    made.extend(told);
                }
                1 if draw.below(8) == 0 => {
                    let length = 1 + draw.below(300);
                    operations.push(stored(length as u64));
                    made.extend((1..length).map(|_| draw.below(256) as u8).chain([b'\n']));
                }
                2 if made.len() > 3 => {
                    let (distance, length) = (1 + draw.below(made.len()), 1 + draw.below(60));
                    operations.extend([repeat(distance as u64, length as u64), literal(1)]);
                    (0..length).for_each(|_| made.push(made[made.len() - distance]));
                    made.push(b'\n');
                }
                kind => {
                    line = if kind == 3 { draw.below(900) } else { (line + draw.below(3)) % 900 };
                    let end = (line + 1 + draw.below(9)).min((line / 300 + 1) * 300);
                    let (from, stretch) = (starts[line] as u64, lines[line..end].concat());
                    let told = if kind == 4 { stretch.clone() } else { rename(&stretch, file, &mut draw) };
                    let (length, makes) = (stretch.len() as u64, told.len() as u64);
                    operations.push(if kind == 4 { kept(from, length) } else { renamed(from, length, makes) });
                    made.extend(told);
                    line = end % 900;
                }
            }
        }
        (path, Record::New(made.len() as u64), made, operations)
    };
    let target = ["a", "b2", "c"].into_iter().enumerate().map(tell).collect();
    (base, target)
}

/// Puts files behind one another.
pub(super) struct Joined(pub(super) Vec<u8>);

impl Sink for Joined {
    fn begin(&mut self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend(bytes);
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) struct InMemory(pub(super) Vec<(&'static str, Vec<u8>)>);

impl Base for InMemory {
    fn read(&mut self, file: usize, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        buffer.copy_from_slice(&self.0[file].1[offset as usize..][..buffer.len()]);
        Ok(())
    }
}

#[test]
fn a_long_story_gives_the_bytes_it_always_gave() {
    let (base, target) = story();
    let bytes = pack(&base, &[literal(7)], &target);
    let digest: [u8; 32] = Sha256::digest(&bytes).into();
    assert_eq!((bytes.len(), &digest[..8]), (6743, &0x2268_7a76_33a0_b1a7_u64.to_be_bytes()[..]));

    let content = target.iter().map(|(_, _, bytes, _)| &bytes[..]).collect::<Vec<_>>().concat();
    let pack = Pack::open(&bytes[..], &listed(&base), Expected { files: 3, size: content.len() as u64 }).unwrap();
    let mut joined = Joined(Vec::new());
    pack.unpack(&mut InMemory(base), &mut joined).unwrap();
    assert!(joined.0 == content);
}
