//! Packs that cause much work with few bytes are ended, and packs that bring much are not.
//!
//! In: operations that no maker chooses. Out: verdicts. May touch: reads a vector; writes it anew if `ALOFT_UPDATE_VECTORS` is set.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::golden::{InMemory, Joined, Told, kept, listed, literal, pack, vectors};
use crate::caller::Expected;
use crate::error::{Error, Result};
use crate::list::Record;
use crate::operation::Operation;
use crate::unpack::Pack;
use std::{env, fs};

type Files = Vec<(&'static str, Vec<u8>)>;

/// A pack of `target`, and its path text as one literal after the other.
fn made(base: &Files, target: &[Told]) -> Vec<u8> {
    let text = target.iter().map(|(path, ..)| path.len() as u64 + 1).sum();
    pack(base, &[literal(text)], target)
}

/// Apply it: how many bytes came, and how it ended.
fn applied(bytes: &[u8], base: Files, files: u64, size: u64) -> (usize, Result<()>) {
    let mut joined = Joined(Vec::new());
    let result = Pack::open(bytes, &listed(&base), Expected { files, size })
        .and_then(|pack| pack.unpack(&mut InMemory(base), &mut joined));
    (joined.0.len(), result)
}

fn new(path: &'static str, bytes: Vec<u8>, operations: Vec<Operation>) -> Told {
    (path, Record::New(bytes.len() as u64), bytes, operations)
}

#[test]
fn i10_foreseen_literals_are_ended_when_they_outweigh_the_pack() {
    let base = vec![("index.html", b"index.html of 1".to_vec())];
    let zeros = 1 << 19;
    let target =
        [("index.html", Record::Base(0), Vec::new(), Vec::new()), new("zeros", vec![0; zeros], vec![literal(1 << 19)])];
    let (bytes, vector) = (made(&base, &target), vectors().join("costly.pack"));
    if env::var_os("ALOFT_UPDATE_VECTORS").is_some() {
        fs::write(&vector, &bytes).unwrap();
    }
    assert_eq!(bytes, fs::read(vector).unwrap());
    assert!(bytes.len() < 1024, "{} bytes", bytes.len());
    let (came, result) = applied(&bytes, base, 2, zeros as u64 + 15);
    assert!(matches!(result, Err(Error::Costly)), "{result:?}");
    assert!(came < 1 << 18, "{came} bytes came");
}

#[test]
fn literals_that_bring_something_may_be_as_many_as_they_are() {
    let mut state = 1_u64;
    let text: Vec<u8> = (0..1 << 20)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            b"e"[0] + u8::from(state >> 61 == 0) // half a bit each: text has two or three
        })
        .collect();
    let bytes = made(&vec![], &[new("a", text.clone(), vec![literal(1 << 20)])]);
    assert!(bytes.len() < text.len() / 10, "{} bytes", bytes.len());
    let (came, result) = applied(&bytes, vec![], 1, text.len() as u64);
    result.unwrap();
    assert_eq!(came, text.len());
}

#[test]
fn i10_a_pack_that_reads_another_file_for_each_byte_is_ended() {
    const NAMES: [&str; 4] = ["a", "b", "c", "d"];
    let base: Files = NAMES.map(|name| (name, vec![name.as_bytes()[0]])).to_vec();
    let text = NAMES.len() as u64 * 2;
    let each = |n: usize| kept(text + n as u64 % 4, 1);
    let bytes: Vec<u8> = (0..30_000).map(|n| NAMES[n % 4].as_bytes()[0]).collect();
    let target = [new("big", bytes.clone(), (0..bytes.len()).map(each).collect())];
    let pack = made(&base, &target);
    let (came, result) = applied(&pack, base, 1, bytes.len() as u64);
    assert!(matches!(result, Err(Error::Costly)), "{result:?} of a pack of {} bytes", pack.len());
    assert!(came < 20_000, "{came} bytes came");
}
