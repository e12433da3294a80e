//! What the documentation lists is what the code has.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use aloft_core::model::Code;
use std::collections::BTreeSet;
use std::path::Path;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

#[test]
fn docs_errors_lists_every_code_and_no_other() {
    let page = read("docs/errors.md");
    let listed: BTreeSet<_> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|(code, _)| code).collect();
    let known: BTreeSet<_> = Code::all().iter().map(|code| code.as_str()).collect();
    assert_eq!(listed, known);
}

#[test]
fn every_invariant_has_a_test_that_carries_its_number() {
    let mut names = String::new();
    for folder in ["core", "cli", "tests"] {
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder), &mut names);
    }
    let page = read("docs/invariants.md");
    for number in 1..=13 {
        assert!(page.contains(&format!("| I{number} |")), "docs/invariants.md lacks I{number}");
        assert!(names.contains(&format!("fn i{number}_")), "no test is named i{number}_…");
    }
}

fn collect(folder: &Path, names: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            names.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}
