//! Whole packs: odd trees there and back, and packs that lie.

use crate::trees::{Content, Memory, apply, content, expected};
use aloft_pack::{Error, Expected, make};
use std::io;

fn nothing() -> Memory {
    Memory::new(&Content::new())
}

fn pack(tree: &Content) -> Vec<u8> {
    let mut bytes = Vec::new();
    let report = make::whole(&Memory::new(tree), &mut bytes, &|done, all| assert!(done <= all)).unwrap();
    assert_eq!(report.size, bytes.len() as u64);
    bytes
}

fn there_and_back(tree: &Content) -> usize {
    let bytes = pack(tree);
    assert_eq!(apply(&bytes[..], &nothing(), expected(tree)).unwrap(), *tree);
    bytes.len()
}

fn small() -> Content {
    content([
        ("index.html", "<script src=a/x.js></script>"),
        ("a/x.js", "console.log('a')"),
        ("a/y.js", ""),
        ("a/x copy.js", "console.log('a')"),
        ("z", ""),
    ])
}

#[test]
fn odd_trees_come_back() {
    there_and_back(&Content::new());
    there_and_back(&content([("only", "")]));
    there_and_back(&content([("only", vec![7; 100_000])]));
    there_and_back(&small());
    there_and_back(&content([
        ("ünïcödé/文件.js", "1"),
        ("🦀.wasm", "2"),
        (".hidden", "3"),
        ("a.b/c", "4"),
        ("no.dot.", "5"),
    ]));
}

#[test]
fn twenty_thousand_small_files_come_back() {
    let tree =
        content((0..20_000).map(|n| (format!("assets/{}/{n:x}.js", n % 97), format!("export default {}", n % 9000))));
    let size = there_and_back(&tree);
    assert!(size < 200_000, "{size} bytes");
}

#[test]
fn the_same_tree_gives_the_same_bytes_and_twins_are_sent_once() {
    let noise: Vec<u8> = (0..50_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let one = content([("a.png", noise.clone())]);
    let twice = content([("a.png", noise.clone()), ("b.jpg", noise.clone()), ("c.png", noise)]);
    assert_eq!(pack(&twice), pack(&twice));
    assert!(there_and_back(&twice) < there_and_back(&one) + 50);
}

#[test]
fn i10_every_byte_flipped_is_an_error_or_the_same_tree() {
    let tree = content([("a.js", "let a=1;".repeat(40)), ("b.js", "let a=2;".repeat(40)), ("c.css", String::new())]);
    let bytes = pack(&tree);
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut bytes = bytes.clone();
            bytes[place] ^= 1 << bit;
            if let Ok(other) = apply(&bytes[..], &nothing(), expected(&tree)) {
                let sizes = |tree: &Content| tree.values().map(Vec::len).sum::<usize>();
                assert_eq!((other.len(), sizes(&other)), (tree.len(), sizes(&tree)), "bit {bit} of byte {place}");
            }
        }
    }
}

#[test]
fn i10_every_cut_is_an_error() {
    let tree = small();
    let bytes = pack(&tree);
    for length in 0..bytes.len() {
        let result = apply(&bytes[..length], &nothing(), expected(&tree));
        assert!(matches!(result, Err(Error::Cut)), "{length}: {result:?}");
    }
}

#[test]
fn a_pack_that_cannot_be_read_on_says_why() {
    struct Broken;
    impl io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
    }
    let bytes = pack(&small());
    for length in [0, 13, 14, 15, bytes.len() - 1] {
        let input = io::Read::chain(&bytes[..length], Broken);
        assert!(matches!(apply(input, &nothing(), expected(&small())), Err(Error::Input(_))), "{length}");
    }
}

/// A pack by hand: brotli that compresses nothing (RFC 7932, 9.2), with the bits of a window of 16, or others.
fn by_hand(files: u32, text: &str, rest: &[u8]) -> Vec<u8> {
    let stream = stored(&[text.as_bytes(), rest].concat(), 0, 1);
    [b"ALPK\x01\0", &files.to_be_bytes()[..], &(text.len() as u32).to_be_bytes(), &stream].concat()
}

fn stored(content: &[u8], window: u64, bits: u32) -> Vec<u8> {
    let head = window | ((content.len() as u64 - 1) << 3 | 1 << 19) << bits;
    let size = (20 + bits).div_ceil(8) as usize;
    [&head.to_le_bytes()[..size], content, &[3]].concat()
}

const THREE: Expected = Expected { files: 3, size: 5 };

fn three(rest: &[u8]) -> Result<Content, Error> {
    apply(&by_hand(3, "a.js\nb.css\nc.js\n", rest)[..], &nothing(), THREE)
}

#[test]
fn contents_are_ordered_by_extension_size_and_path() {
    let tree = three(&[0, 3, 0, 1, 0, 1, b'b', b'c', b'a', b'a', b'a']).unwrap();
    assert_eq!(tree, content([("a.js", "aaa"), ("b.css", "b"), ("c.js", "c")]));
    let tree = three(&[0, 2, 1, 0, 1, b'c', b'a', b'a']).unwrap();
    assert_eq!(tree, content([("a.js", "aa"), ("b.css", "aa"), ("c.js", "c")]));
}

#[test]
fn i10_a_list_that_lies_is_refused() {
    let malformed = |rest: &[u8]| {
        let result = three(rest);
        assert!(matches!(result, Err(Error::Malformed(_))), "{rest:?}: {result:?}");
    };
    malformed(&[0, 1, 2, 0, 1, b'a']); // comes from itself
    malformed(&[0, 1, 4, 0, 1, b'a']); // from one that is not there
    malformed(&[0, 2, 1, 2, b'a', b'a']); // from one that is not new
    malformed(&[0, 2, 0, 2]); // ends within the list
    malformed(&[0, 2, 0, 2, 0, 1, b'a', b'a', b'b', b'b']); // and within the content
    malformed(&[0, 2, 0, 2, 0, 1, b'a', b'a', b'b', b'b', b'c', b'd']);
    malformed(&[&[0xff; 9][..], &[2], &[0; 20]].concat()); // 65 bits
    malformed(&[&[0x80; 10][..], &[0; 20]].concat());
    for sum in [[0, 2, 0, 2, 0, 2], [0, 2, 0, 2, 0, 0]] {
        assert!(matches!(three(&sum), Err(Error::Unexpected { what: "bytes", expected: 5, .. })));
    }
    assert!(matches!(
        three(&[&[0][..], &[0xff; 9], &[1, 0, 1, 0, 5]].concat()),
        Err(Error::Unexpected { what: "bytes", said: u64::MAX, .. })
    ));
}

#[test]
fn i10_only_windows_that_fit_the_heap_are_taken_and_nothing_may_follow() {
    let whole = |stream: &[u8]| {
        let bytes = [b"ALPK\x01\0\0\0\0\x01\0\0\0\x02", stream].concat();
        apply(&bytes[..], &nothing(), Expected { files: 1, size: 1 })
    };
    let plain = b"a\n\0\x01x";
    let (small, most, more) = (stored(plain, 0, 1), stored(plain, 0b1101, 4), stored(plain, 0b1111, 4));
    assert_eq!(whole(&small).unwrap(), content([("a", "x")]));
    assert_eq!(whole(&most).unwrap(), content([("a", "x")]));
    assert!(matches!(whole(&more), Err(Error::Malformed("its window is too large"))));
    let large = stored(plain, 0b01_1110_0001_0001, 14);
    assert!(matches!(whole(&large), Err(Error::Malformed("its window is too large"))));
    assert!(matches!(whole(&[&small[..], &[0]].concat()), Err(Error::Malformed("bytes lie behind its end"))));
    // Blocks that hold nothing but themselves, for ever: as much work as there are bytes.
    let empty = [&[0b1100][..], &vec![0b110; 1 << 20]].concat();
    assert!(matches!(whole(&empty), Err(Error::Cut)));
}
