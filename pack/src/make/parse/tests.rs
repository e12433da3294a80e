//! The rules that operations keep, on trees like those that bundlers make.

use super::*;
use crate::operation::{Names, WINDOW};
use crate::token::next_name;
use std::fmt::Write as _;

/// Numbers that are the same every time (Knuth's MMIX constants).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn name(&mut self) -> String {
        const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$";
        (0..=self.roll(3)).map(|_| char::from(LETTERS[self.roll(LETTERS.len())])).collect()
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.roll(256) as u8).collect()
    }

    /// A chunk as a bundler makes them: statements whose words come from `seed`, whose names from the dice.
    fn chunk(&mut self, seed: u64, statements: usize) -> Vec<u8> {
        let mut words = Dice(seed);
        let names: Vec<String> = (0..40).map(|_| self.name()).collect();
        let mut text = String::new();
        for _ in 0..statements {
            let mut name = || &names[words.roll(names.len())];
            let (one, two) = (name(), name());
            let (value, property) = (words.roll(5000), words.roll(90));
            let _ = write!(text, "function {one}({two}){{return {two}.property{property}+{value}}}");
        }
        text.into_bytes()
    }
}

type Files = Vec<Vec<u8>>;

/// A base and a target with everything that can happen to a file between them.
fn trees(seed: u64) -> (Files, Files) {
    let mut dice = Dice(seed);
    let hashes = |dice: &mut Dice| -> Vec<u8> {
        (0..9).flat_map(|n| format!("chunk{n}-{:08X}.js\n", dice.roll(1 << 30)).into_bytes()).collect()
    };
    let (mut base, mut target) = (vec![hashes(&mut dice)], vec![hashes(&mut dice)]);
    // Names anew, long and short.
    base.push(dice.chunk(1, 900));
    target.push(dice.chunk(1, 900));
    // Blocks moved, bytes put in, nothing left, nothing before.
    let moved = dice.chunk(2, 600);
    base.push(moved.clone());
    target.push([&moved[9000..], b"inserted", &moved[..9000]].concat());
    base.push(Vec::new());
    target.push(dice.chunk(3, 20));
    base.push(dice.chunk(4, 50));
    target.push(Vec::new());
    // Bytes that are no text: all values, those that stand for names, low ones, noise.
    let binary = [
        &(0..=255).collect::<Vec<u8>>()[..],
        &[0xff; 300],
        &[0xfe, b'.', 0xff],
        &[0, 1, 2, 3].repeat(99),
        &dice.bytes(5000),
    ]
    .concat();
    base.push(binary.clone());
    let mut changed = binary;
    changed.splice(300..310, [b'a', b'(', b'b', b')']);
    target.push(changed);
    // The same text as a file that is none.
    target.push([&target[1][..4000], &[0xff, 0xfe]].concat());
    // New and repeated, and noise.
    let new = dice.chunk(5, 80);
    target.push([&new[..], &new, &new].concat());
    target.push(dice.bytes(3000));
    (base, target)
}

/// All matches are found.
const ALL: usize = LIMIT;
/// Long ones are.
const LONG: usize = 0;

fn parsed(exact: usize, base: &[Vec<u8>], target: &[Vec<u8>]) -> Vec<Vec<Operation>> {
    let base: Vec<&[u8]> = base.iter().map(Vec::as_slice).collect();
    let like = |file: usize| (file % 3 < 2 && file < base.len()).then_some(file);
    let target: Vec<_> =
        target.iter().enumerate().map(|(file, bytes)| Piece { bytes, counterpart: like(file) }).collect();
    parse_by(Sizes { exact, part: 20_000 }, &base, &target, &|done, all| assert!(done <= all))
}

/// Does what operations say, against the target's own names, and holds the result against it.
fn apply(base: &[Vec<u8>], target: &[Vec<u8>], operations: &[Vec<Operation>]) {
    assert_eq!(target.len(), operations.len());
    let mut made: Vec<u8> = Vec::new();
    for (number, (file, operations)) in target.iter().zip(operations).enumerate() {
        let start = made.len();
        for operation in operations {
            let at = made.len() - start;
            let ahead = &file[at..at + operation.makes() as usize];
            assert!(!ahead.is_empty(), "an operation makes something");
            match *operation {
                Operation::Literal { .. } | Operation::Stored { .. } => made.extend_from_slice(ahead),
                Operation::Repeat { distance, length } => {
                    assert!(distance as usize <= WINDOW.min(made.len()) && distance > 0);
                    (0..length).for_each(|_| made.push(made[made.len() - distance as usize]));
                }
                Operation::Base { from, length, names, .. } => {
                    let (from_file, from) = file_at(base, from as usize);
                    assert!(number > 0 || from_file == 0, "the path text is made of the path text");
                    let (file_bytes, end) = (&base[from_file], from + length as usize);
                    assert!(end <= file_bytes.len(), "a copy lies within a file");
                    match names {
                        Names::Kept => made.extend_from_slice(&file_bytes[from..end]),
                        Names::Renamed => rename(file_bytes, from..end, file, at, &mut made),
                    }
                }
            }
            assert!(
                made[start..].ends_with(ahead) && made.len() - start == at + ahead.len(),
                "{operation:?} in file {number}"
            );
        }
        assert_eq!(&made[start..], file, "file {number}");
    }
}

fn file_at(base: &[Vec<u8>], mut address: usize) -> (usize, usize) {
    let file = base.iter().position(|file| {
        let here = address < file.len();
        address -= if here { 0 } else { file.len() };
        here
    });
    (file.unwrap(), address)
}

/// Copy a stretch of the base; its names become those that the target has there, as the coder finds them.
fn rename(base: &[u8], stretch: Range<usize>, target: &[u8], mut at: usize, made: &mut Vec<u8>) {
    let mut seen = stretch.start;
    while let Some((place, length)) =
        next_name(base, seen, stretch.end).filter(|(place, length)| place + length <= stretch.end)
    {
        made.extend_from_slice(&base[seen..place]);
        at += place - seen;
        let (found, long) = next_name(target, at, at + 1).unwrap();
        assert_eq!(found, at);
        assert_eq!(long == 8, length == 8, "hashes become hashes");
        made.extend_from_slice(&target[at..at + long]);
        (seen, at) = (place + length, at + long);
    }
    made.extend_from_slice(&base[seen..stretch.end]);
}

fn literals(operations: &[Vec<Operation>]) -> u64 {
    let told = |operation: &&Operation| matches!(operation, Operation::Literal { .. });
    operations.iter().flatten().filter(told).map(|operation| operation.makes()).sum()
}

#[test]
fn what_operations_make_is_the_target() {
    for seed in 0..2 {
        let (base, target) = trees(seed);
        for exact in [ALL, LONG] {
            let operations = parsed(exact, &base, &target);
            apply(&base, &target, &operations);
            assert_eq!(operations, parsed(exact, &base, &target), "the same files give the same operations");
        }
    }
}

#[test]
fn without_a_base_it_is_made_too() {
    let (_, target) = trees(7);
    for exact in [ALL, LONG] {
        apply(&[Vec::new()], &target, &parsed(exact, &[Vec::new()], &target));
        apply(&[], &target, &parsed(exact, &[], &target));
    }
    assert_eq!(parsed(ALL, &[], &[]), Vec::<Vec<Operation>>::new());
}

#[test]
fn a_file_whose_names_changed_is_one_copy() {
    let (base, target) = trees(1);
    let operations = parsed(ALL, &base, &target);
    assert!(matches!(operations[1][..], [Operation::Base { names: Names::Renamed, .. }]), "{:?}", operations[1]);
}

#[test]
fn a_file_that_stays_is_one_copy_as_it_is() {
    let (base, _) = trees(2);
    let operations = parsed(ALL, &base, &base);
    for (file, operations) in base.iter().zip(&operations).filter(|(file, _)| !file.is_empty()) {
        assert!(
            matches!(operations[..], [Operation::Base { names: Names::Kept, length, .. }] if length == file.len() as u64),
            "{operations:?}"
        );
    }
}

#[test]
fn long_stretches_without_a_change_are_copied_as_they_are() {
    let (mut base, mut target) = trees(3);
    let same = Dice(9).chunk(11, 200);
    base[1].extend_from_slice(&same);
    target[1].extend_from_slice(&same);
    let operations = parsed(ALL, &base, &target);
    let kept = |operation: &Operation| matches!(operation, Operation::Base { names: Names::Kept, length, .. } if *length > 8000);
    assert!(operations[1].iter().any(kept), "{:?}", operations[1]);
    apply(&base, &target, &operations);
}

#[test]
fn noise_is_stored() {
    let (base, target) = trees(4);
    let operations = parsed(ALL, &base, &target);
    assert_eq!(operations[8], [Operation::Stored { length: 3000 }]);
}

#[test]
fn with_little_memory_little_is_missed() {
    let (base, target) = trees(5);
    let (all, some) = (literals(&parsed(ALL, &base, &target)), literals(&parsed(LONG, &base, &target)));
    assert!(some <= 2 * all + 100, "{all} bytes told one by one, and {some}");
}

#[test]
fn files_in_several_parts_reach_back_over_their_borders() {
    let mut dice = Dice(6);
    let (one, two) = (dice.bytes(30_000), dice.bytes(30_000));
    let target = [vec![], one.clone(), two, one];
    let operations = parsed(ALL, &[vec![]], &target);
    apply(&[vec![]], &target, &operations);
    assert_eq!(operations[3], [Operation::Repeat { distance: 60_000, length: 30_000 }]);
}
