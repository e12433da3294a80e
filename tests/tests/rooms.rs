//! The arrows between the rooms of `core/src` go one way (ARCHITECTURE.md, "Rooms"): read from the `use` lines.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What each room may name, and beside that single types that travel along the arrow of the data flow.
const MAY_USE: &[(&str, &[&str], &[&str])] = &[
    ("model", &["model"], &[]),
    ("decide", &["model", "decide"], &[]),
    ("fetch", &["model", "fetch", "edge::ports"], &[]),
    ("open", &["model", "open", "edge::ports"], &["fetch::Downloaded"]),
    ("keep", &["model", "keep", "edge::ports"], &["open::Unpacked", "open::Release"]),
    ("edge", &["model", "edge"], &[]),
];

#[test]
fn rooms_import_only_what_their_arrows_allow() {
    let core = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../core/src").canonicalize().unwrap();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (room, rooms, types) in MAY_USE {
        for file in rust_files(&core.join(room)) {
            let text = std::fs::read_to_string(&file).unwrap();
            let source = text.split("#[cfg(test)]").next().unwrap();
            if file.ends_with("tests.rs")
                || file.strip_prefix(&core).unwrap().components().any(|part| part.as_os_str() == "tests")
            {
                continue;
            }
            for name in named_rooms(source) {
                seen += 1;
                let allowed = rooms.iter().any(|allowed| starts(&name, allowed))
                    || types.iter().any(|allowed| starts(&name, allowed));
                if !allowed {
                    wrong.push(format!("{}: crate::{name}", file.display()));
                }
            }
        }
    }
    assert!(seen > 50, "only {seen} imports were found: the reader of `use` lines is broken");
    assert!(wrong.is_empty(), "arrows that go the wrong way:\n{}", wrong.join("\n"));
}

#[test]
fn the_reader_sees_grouped_imports_and_paths_in_code() {
    let code = "use crate::{model::Error, keep::{seal, names}};\nfn f() { crate::edge::fs::x(); }\n// crate::open::y\n";
    let names: Vec<_> = named_rooms(code).into_iter().collect();
    assert_eq!(names, ["edge::fs::x", "keep::names", "keep::seal", "model::Error"]);
}

fn starts(name: &str, allowed: &str) -> bool {
    name.strip_prefix(allowed).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// Every path after `crate::`, groups taken apart, comments left out.
fn named_rooms(code: &str) -> BTreeSet<String> {
    let code: String = code.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join(" ");
    let mut names = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        expand("", rest, &mut names);
    }
    names
}

/// Take `rest`, which begins with a path or a `{group}`, apart; what stands after it is left over.
fn expand<'a>(prefix: &str, rest: &'a str, names: &mut BTreeSet<String>) -> &'a str {
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
    let (path, mut rest) = rest.split_at(end);
    let path = format!("{prefix}{path}");
    if !rest.starts_with('{') {
        names.insert(path.trim_end_matches(':').to_owned());
        return rest;
    }
    rest = &rest[1..];
    loop {
        rest = expand(&path, rest.trim_start(), names).trim_start();
        match rest.strip_prefix(',') {
            Some(after) if !after.trim_start().starts_with('}') => rest = after,
            Some(after) => return &after.trim_start()[1..],
            None => return rest.strip_prefix('}').unwrap_or(rest),
        }
    }
}
