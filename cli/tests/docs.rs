//! What docs/cli.md lists is what the code has.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_code_of_a_failure_is_explained() {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap());
    let pages =
        ["cli.md", "errors.md"].map(|page| fs::read_to_string(root.join("../docs").join(page)).unwrap()).concat();
    let (mut source, mut codes) = (String::new(), 0);
    collect(&root.join("src"), &mut source);
    for call in ["Failure::new(\"", "Failure::refused(\"", "Self::new(\""] {
        for code in source.split(call).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(pages.contains(&format!("`{code}`")), "docs/cli.md does not explain {code}");
            codes += 1;
        }
    }
    assert!(codes > 30, "only {codes} were found: the reader of the source is broken");
}

fn collect(folder: &Path, source: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, source);
        } else {
            source.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}
