//! What the fuzzer found worth keeping (`fuzz/corpus`), on every machine: findings stay fixed.

use crate::hostile;
use aloft_pack::Form;
use std::fs;
use std::path::PathBuf;

/// Every input of a corpus; how many were packs.
fn applied(form: Form, corpus: &str) -> usize {
    let folder = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../fuzz/corpus").join(corpus);
    let inputs = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    inputs.filter(|input| hostile::any(form, &fs::read(input.as_ref().unwrap().path()).unwrap()).is_ok()).count()
}

#[test]
fn i10_deltas_of_the_fuzzer_are_survived() {
    assert!(applied(Form::Delta, "delta") > 0, "the golden pack is among them");
}

#[test]
fn i10_whole_packs_of_the_fuzzer_are_survived() {
    assert!(applied(Form::Whole, "whole") > 0, "the golden pack is among them");
}
