//! Which file of the base a file of the target most likely came from (formats 9.3).
//!
//! In: the paths of both. Out: a place in the base's list for each file of the target, where there is one. May touch: nothing.

use crate::token::{HASH, next_name};
use std::collections::BTreeMap;

/// The file of the base with the same path; else one whose path is the same but for its hashes and that no other file of
/// the target has, the first with the first.
pub(crate) fn counterparts(base: &[&str], target: &[&str]) -> Vec<Option<usize>> {
    let same: Vec<_> = target.iter().map(|path| base.binary_search(path).ok()).collect();
    let mut free = vec![true; base.len()];
    for place in same.iter().flatten() {
        if let Some(free) = free.get_mut(*place) {
            *free = false;
        }
    }
    let mut alike = BTreeMap::<Vec<u8>, Vec<usize>>::new();
    for (place, path) in base.iter().enumerate().rev().filter(|(place, _)| free.get(*place) == Some(&true)) {
        alike.entry(without_hashes(path)).or_default().push(place);
    }
    let mut of_alike = |path: &str| alike.get_mut(&without_hashes(path)).and_then(Vec::pop);
    target.iter().zip(same).map(|(path, same)| same.or_else(|| of_alike(path))).collect()
}

/// A path with zeros for its hashes.
fn without_hashes(path: &str) -> Vec<u8> {
    let mut bytes = path.as_bytes().to_vec();
    let mut at = 0;
    while let Some((from, length)) = next_name(path.as_bytes(), at, path.len()) {
        at = from + length;
        if length == HASH {
            bytes.get_mut(from..at).unwrap_or_default().fill(0);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_path_comes_first_then_paths_that_differ_in_a_hash() {
        let base = ["a-AAAAAAAA.js", "a-BBBBBBBB.js", "b-CCCCCCCC.js", "index.html"];
        let target = ["a-0AAAAAAA.js", "a-BBBBBBBB.js", "a-CCCCCCCC.js", "index.html", "new.js"];
        assert_eq!(counterparts(&base, &target), [Some(0), Some(1), None, Some(3), None]);
        assert_eq!(counterparts(&[], &target), [None; 5]);
    }
}
