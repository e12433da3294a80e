//! Imports go one way: between the rooms of `core/src` (ARCHITECTURE.md, "Rooms"), and between the files of every crate. Read from
//! the paths in the code.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
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

/// Every crate of the workspace.
const CRATES: &[&str] =
    &["core", "pack", "cli", "bindings/plugin", "bindings/ffi", "bindings/ffi/bindgen", "tests", "xtask"];

/// Files that still import each other, and why.
const CIRCLES: &[(&str, &[&str], &str)] = &[
    ("cli", &["publish/entry", "publish/stops_of"], "the parts of `publish` are still being separated"),
    ("cli", &["publish/options", "publish/terms"], "the parts of `publish` are still being separated"),
    ("cli", &["site/publisher", "site/sight"], "the parts of `publish` are still being separated"),
    ("core", &["updater/boot", "updater/memory"], "drawing tokens still lies with the boot calls"),
];

/// Which files of a crate each of its files names. A file's name is its module path.
type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn rooms_import_only_what_their_arrows_allow() {
    let core = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../core/src").canonicalize().unwrap();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (room, rooms, types) in MAY_USE {
        for file in rust_files(&core.join(room)) {
            let text = std::fs::read_to_string(&file).unwrap();
            let source = text.split("#[cfg(test)]").next().unwrap();
            if is_test(file.strip_prefix(&core).unwrap()) {
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

/// What a folder's own file re-exports from the files in the folder does not count, because no code depends on it.
#[test]
fn files_that_import_each_other_are_those_of_the_list() {
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("..").canonicalize().unwrap();
    let mut found = BTreeSet::new();
    for name in CRATES {
        let imports = imports(&root.join(name).join("src"));
        assert!(!imports.is_empty(), "no files of {name} were found");
        found.extend(circles(&imports).into_iter().map(|files| format!("{name}: {}", files.join(", "))));
    }
    let allowed = CIRCLES.iter().map(|(name, files, _)| format!("{name}: {}", files.join(", "))).collect();
    assert_eq!(found, allowed, "left: circles that there are; right: those that are allowed");
}

#[test]
fn a_circle_is_found_over_any_number_of_files_and_named_by_all_of_them() {
    let imports = [("a", "b"), ("b", "c"), ("c", "b"), ("d", "d/e"), ("d/e", "d"), ("f", "a")];
    let imports = imports.map(|(from, to)| (from.to_owned(), BTreeSet::from([to.to_owned()]))).into();
    assert_eq!(circles(&imports), [["b", "c"], ["d", "d/e"]]);
}

#[test]
fn a_path_names_the_file_that_it_leads_to() {
    let files = ["", "a", "a/b", "c"].map(str::to_owned).into();
    for (file, code, named) in [
        ("c", "use crate::a::b::Type;", vec!["a/b"]),
        ("c", "use crate::a::Type;", vec!["a"]),
        ("c", "use crate::Type; use other::a::Type;", vec![]),
        ("a/b", "use super::Type; use super::super::c;", vec!["a", "c"]),
        ("a", "use self::b::{self, Type};", vec!["a/b"]),
        ("a", "use crate::{a::Type, c};", vec!["c"]),
    ] {
        assert_eq!(named_files(file, code, &files), named.into_iter().map(str::to_owned).collect(), "{code}");
    }
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

/// Reads what each file of a crate names; test code does not count.
fn imports(source: &Path) -> Imports {
    let mut texts = BTreeMap::new();
    for path in rust_files(source).into_iter().filter(|path| !is_test(path.strip_prefix(source).unwrap())) {
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        texts.insert(module(path.strip_prefix(source).unwrap()), code.to_owned());
    }
    let files = texts.keys().cloned().collect();
    texts.iter().map(|(file, code)| (file.clone(), named_files(file, code, &files))).collect()
}

fn is_test(path: &Path) -> bool {
    path.ends_with("tests.rs") || path.components().any(|part| part.as_os_str() == "tests")
}

/// `a/b` for `a/b.rs` and `a/b/mod.rs`; nothing for the root of the crate.
fn module(path: &Path) -> String {
    let path = path.with_extension("");
    let is_folder = ["mod", "lib", "main"].iter().any(|name| path.ends_with(name));
    let path = if is_folder { path.parent().unwrap() } else { &path };
    path.components().map(|part| part.as_os_str().to_str().unwrap()).collect::<Vec<_>>().join("/")
}

/// The files that paths in the code of `file` lead to. The root of a crate and the file itself are left out.
fn named_files(file: &str, code: &str, files: &BTreeSet<String>) -> BTreeSet<String> {
    let above = |file: &str| file.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    let mut named = BTreeSet::new();
    for (from, word) in [(String::new(), "crate"), (file.to_owned(), "self"), (above(file), "super")] {
        for path in paths_after(word, code) {
            let mut from = from.clone();
            let mut rest = path.as_str();
            while let Some(after) = rest.strip_prefix("super::") {
                (from, rest) = (above(&from), after);
            }
            let mut target = format!("{from}/{}", rest.replace("::", "/")).trim_matches('/').to_owned();
            while !files.contains(&target) {
                target = above(&target);
            }
            named.insert(target);
        }
    }
    named.retain(|target| !target.is_empty() && target != file);
    named
}

/// Groups the files of which each reaches the others, by repeatedly following imports.
fn circles(imports: &Imports) -> Vec<Vec<String>> {
    let reach: BTreeMap<_, _> = imports.keys().map(|file| (file, reached(file, imports))).collect();
    let mut circles = BTreeSet::new();
    for (file, reached) in &reach {
        let is_mutual = |other: &&String| reach.get(other).is_some_and(|back| back.contains(*file));
        let circle: Vec<_> = reached.iter().filter(is_mutual).cloned().collect();
        if !circle.is_empty() {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

fn reached(file: &str, imports: &Imports) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut next = vec![file.to_owned()];
    while let Some(file) = next.pop() {
        for named in imports.get(&file).into_iter().flatten() {
            if reached.insert(named.clone()) {
                next.push(named.clone());
            }
        }
    }
    reached
}

/// Every path after `crate::`, groups taken apart, comments left out.
fn named_rooms(code: &str) -> BTreeSet<String> {
    paths_after("crate", code)
}

/// Every path after `word::`, groups taken apart, comments left out.
fn paths_after(word: &str, code: &str) -> BTreeSet<String> {
    let code: String = code.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join(" ");
    let mut names = BTreeSet::new();
    for (at, found) in code.match_indices(&format!("{word}::")) {
        if !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
            expand("", &code[at + found.len()..], &mut names);
        }
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
        if let Some(renamed) = rest.strip_prefix("as ") {
            rest = renamed.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').trim_start();
        }
        match rest.strip_prefix(',') {
            Some(after) if !after.trim_start().starts_with('}') => rest = after,
            Some(after) => return &after.trim_start()[1..],
            None => return rest.strip_prefix('}').unwrap_or(rest),
        }
    }
}
