//! Packs against a base: renamed bundles there and back, and packs that lie.

use crate::hostile::{self, Counting};
use crate::trees::{Content, Memory, apply, content, expected};
use aloft_pack::{Base, Error, Expected, Pack, make};
use std::io;

fn pack(base: &Content, target: &Content) -> Vec<u8> {
    let mut bytes = Vec::new();
    let report = make::delta(&Memory::new(base), &Memory::new(target), &mut bytes, &|_, _| ()).unwrap();
    assert_eq!(report.size, bytes.len() as u64);
    let told: u64 = report.files.iter().map(|file| file.copied + file.repeated + file.literal + file.stored).sum();
    let sizes = report.files.iter().map(|file| target.values().nth(file.file).unwrap().len() as u64);
    assert_eq!(told, sizes.sum(), "every byte is accounted for");
    bytes
}

fn there_and_back(base: &Content, target: &Content) -> usize {
    let bytes = pack(base, target);
    assert_eq!(apply(&bytes[..], &Memory::new(base), expected(target)).unwrap(), *target);
    bytes.len()
}

/// Code as minifiers write it, with names that depend on `seed`.
fn module(seed: usize, lines: usize) -> String {
    let name = |n: usize| {
        let n = n * 7 + seed;
        let letter = |n: usize| char::from(b'a' + (n % 26) as u8);
        if n.is_multiple_of(3) { letter(n).to_string() } else { format!("{}{}", letter(n), letter(n / 26)) }
    };
    let line = |n: usize| {
        let [f, a, b] = [n, n / 2, n / 5].map(name);
        format!("function {f}({a},{b}){{return {a}.value+{b}[\"key{n}\"]*{}}}\n", n % 13)
    };
    format!("import\"./chunk-{:08X}.js\";\n", seed * 77_777) + &(0..lines).map(line).collect::<String>()
}

fn bundle(seed: usize) -> Content {
    let chunk = |n: usize| (format!("assets/chunk-{:08X}.js", (seed * 31 + n) * 77_777), module(seed + n, 300));
    let mut all = content((0..5).map(chunk));
    all.insert("index.html".into(), format!("<script src=assets/chunk-{:08X}.js>", seed * 31 * 77_777).into());
    all.insert("logo.png".into(), (0..30_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect());
    all
}

#[test]
fn a_renamed_bundle_costs_little() {
    let size = there_and_back(&bundle(1), &bundle(2));
    assert!(size < 3_000, "{size} bytes");
    let same = there_and_back(&bundle(1), &bundle(1));
    assert!(same < 40, "{same} bytes");
}

#[test]
fn odd_trees_come_back() {
    let empty = Content::new();
    let full = bundle(1);
    for (base, target) in [(&empty, &empty), (&empty, &full), (&full, &empty)] {
        there_and_back(base, target);
    }
    let all: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    let base = content([("a", all.clone()), ("b", vec![0; 3]), ("empty", vec![])]);
    let target = content([
        ("0", vec![1]),
        ("a", [&all[..], &all[300..900]].concat()),
        ("b", vec![]),
        ("c", vec![0; 300_000]),
        ("d", vec![1]),
    ]);
    there_and_back(&base, &target);
}

#[test]
fn names_at_the_borders_of_files_and_copies_come_back() {
    let text = |name: &str| format!("{name}({name},{name}){{{name}.{name}-{name}}}{name}").repeat(3000);
    let base = content([("a.js", text("ab")), ("b.js", text("q"))]);
    let target = content([("a.js", text("xyz")), ("b.js", text("$_0")), ("c.js", text("ab") + &text("q"))]);
    there_and_back(&base, &target);
}

#[test]
fn files_that_were_joined_come_back() {
    let text = |name: &str| format!("function {name}({name}){{return {name}-{name}.{name}}}").repeat(400);
    let base = content([("a.js", text("ab")), ("b.js", text("q")), ("c.js", String::new()), ("d.js", text("$_0"))]);
    let target = content([("all.js", text("ab") + &text("q") + &text("$_0"))]);
    there_and_back(&base, &target);
}

#[test]
fn words_that_end_as_names_do_come_back() {
    let words = ["e", "true", "(", ")", ",", "{", "}", "a.b", "x_e", "-", ".", "...q", "AbCd1234", "é", " "];
    let mut state = 1_u64;
    let mut draw = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..30 {
        let mut text: Vec<&str> = (0..3000).map(|_| words[draw(words.len())]).collect();
        let base = content([("a.js", text.concat())]);
        for _ in 0..300 {
            let at = draw(text.len());
            text[at] = words[draw(words.len())];
        }
        there_and_back(&base, &content([("a.js", text.concat())]));
    }
}

#[test]
fn the_same_trees_give_the_same_bytes() {
    assert_eq!(pack(&bundle(1), &bundle(2)), pack(&bundle(1), &bundle(2)));
}

fn small() -> (Content, Content) {
    let tree =
        |seed| content([("a-0A0A0A0A.js", module(seed, 12)), ("index.html", "<p>".to_owned() + &seed.to_string())]);
    (tree(1), tree(4))
}

fn survives(bytes: &[u8], base: &Content, expected: Expected) -> Result<(), Error> {
    let base: Vec<_> = base.iter().map(|(path, bytes)| (path.as_str(), &bytes[..])).collect();
    hostile::survives(bytes, &base, expected)
}

#[test]
fn i10_every_byte_flipped_is_an_error_or_a_tree_of_the_right_size() {
    let (base, target) = small();
    let bytes = pack(&base, &target);
    let mut refused = 0;
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut bytes = bytes.clone();
            bytes[place] ^= 1 << bit;
            refused += usize::from(survives(&bytes, &base, expected(&target)).is_err());
        }
    }
    assert!(refused > bytes.len() * 7, "{refused} of {} were refused", bytes.len() * 8);
}

#[test]
fn i10_every_length_but_the_right_one_is_an_error() {
    let (base, target) = small();
    let bytes = pack(&base, &target);
    for length in 0..bytes.len() {
        assert!(survives(&bytes[..length], &base, expected(&target)).is_err(), "{length}");
    }
    assert!(survives(&[&bytes[..], b"\0"].concat(), &base, expected(&target)).is_err());
    for (files, size) in [(1, 0), (0, 1)] {
        let Expected { files: right, size: sum } = expected(&target);
        let wrong = Expected { files: right + files, size: sum + size };
        assert!(matches!(survives(&bytes, &base, wrong), Err(Error::Unexpected { .. })));
    }
}

#[test]
fn i10_noise_behind_a_right_head_ends_with_the_sizes_that_were_expected() {
    let (base, target) = small();
    let bytes = pack(&base, &target);
    let mut state = 1_u64;
    for round in 0..300 {
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u8
        };
        // Noise from the first byte of the stream on, or behind a list that is right.
        let keep = bytes.len().min(14 + round % 60);
        let noise: Vec<u8> = bytes[..keep].iter().copied().chain((0..5000).map(|_| draw())).collect();
        assert!(survives(&noise, &base, expected(&target)).is_err(), "round {round}");
    }
}

#[test]
fn a_base_that_cannot_be_read_is_named() {
    struct Broken;
    impl Base for Broken {
        fn read(&mut self, _: usize, _: u64, _: &mut [u8]) -> io::Result<()> {
            Err(io::Error::other("the disk"))
        }
    }
    let (base, target) = small();
    let bytes = pack(&base, &target);
    let pack = Pack::open(&bytes[..], &Memory::new(&base).as_base(), expected(&target)).unwrap();
    let mut counting = Counting::new(pack.files());
    let error = pack.unpack(&mut Broken, &mut counting).unwrap_err();
    assert!(matches!(error, Error::Base { file: 0, .. }), "{error}");
}
