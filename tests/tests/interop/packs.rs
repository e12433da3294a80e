//! A decoder in Python, written from formats 9 alone, unpacks what we pack.

use aloft_tests::install::on_disk;
use aloft_tests::packs::{Files, bundle, delta, list_of, whole};
use aloft_tests::tools;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const INSTALL: &str = "python3 -m venv target/interop/venv && \
                       target/interop/venv/bin/pip install -r tests/tools/requirements.txt";

/// In the order in which minifiers give names.
const LETTERS: &[u8] = b"etnriaoscludfpmhg_vybxSCwTEDOkAjMNPFILRzBVHUWGKqJYXZQ$";

fn there() -> bool {
    tools::there(tools::python().to_str().unwrap(), &["-c", "import brotli"], INSTALL)
}

fn unpack(pack: &Path, base: Option<&Path>, into: &Path) -> Output {
    let mut command = Command::new(tools::python());
    command.arg(tools::folder().join("unpack_pack.py")).arg(pack).arg(base.unwrap_or(Path::new("-"))).arg(into);
    command.output().unwrap()
}

/// What Python makes of it, in a folder; panics if it refuses.
fn unpacked(pack: &Path, base: Option<&Path>) -> tempfile::TempDir {
    let into = tempfile::tempdir().unwrap();
    let output = unpack(pack, base, into.path());
    assert!(output.status.success(), "{}: {}", pack.display(), String::from_utf8_lossy(&output.stderr));
    into
}

/// Does it end with status 1 and one line that names the code?
fn refused(output: &Output) -> bool {
    let why = String::from_utf8_lossy(&output.stderr);
    output.status.code() == Some(1) && why.starts_with("pack_malformed: ") && why.lines().count() == 1
}

fn write(files: &Files, folder: &Path) {
    for (path, content) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// A base on the disk, and a pack of the target.
fn packed(base: &Files, target: &Files) -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (from, pack) = (folder.path().join("base"), folder.path().join("delta.pack"));
    fs::create_dir(&from).unwrap();
    write(base, &from);
    fs::write(&pack, delta(base, target)).unwrap();
    (folder, from, pack)
}

/// Bytes of a small generator (Knuth's MMIX constants), that nothing compresses.
fn noise(len: usize, mut state: u64) -> Vec<u8> {
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..len).map(|_| next()).collect()
}

/// Words that compress, in an order that does not.
fn prose(words: usize, seed: u64) -> String {
    const WORDS: [&str; 8] = ["pack ", "is ", "told ", "by ", "its ", "chances, ", "base", ".\n"];
    noise(words, seed).into_iter().map(|byte| WORDS[usize::from(byte) % 8]).collect()
}

/// Minified code that begins with a name; each `version` names the same things otherwise.
fn minified(version: usize, lines: Range<usize>) -> String {
    let letter = |n: usize| char::from(LETTERS[n % LETTERS.len()]);
    let name = |n: usize| match (n + version * 5).checked_sub(LETTERS.len()) {
        None => letter(n + version * 5).to_string(),
        Some(n) => format!("{}{}", letter(n), letter(n / LETTERS.len())),
    };
    let line = |n: usize| {
        let [f, a, b] = [n, n / 3, n / 7].map(name);
        let code = format!("for(let x of {b})if({a}.of(x)in {f}.map)return[..{b},{a}/7e3,\"k{n}\"]");
        format!("{f}=({a},...{b})=>{{{code}}};\n{}", if n.is_multiple_of(4) { "   " } else { "" })
    };
    lines.map(line).collect()
}

/// A script whose lines come, move, repeat and go.
fn script(version: usize) -> String {
    let part = |lines| minified(version, lines);
    if version == 0 {
        return part(0..150);
    }
    let inserted = "export const inserted = 'in neither, and then again: ';\n";
    [part(0..30), inserted.to_owned(), part(60..140), inserted.repeat(3), part(30..55)].concat()
}

/// What both versions have under names of their own: hashes in paths and text, names in scripts, noise in noise.
fn tree(version: usize, more: &[(&str, &[u8])]) -> Files {
    let [app, style, one, two] = [
        ["c0FFee99", "w-7Yh2Lm"],
        ["Bq3_xY-1", "DkP0a_Zz"],
        ["AAAAAAA1", "BBBBBBB3"], // their order is what makes counterparts
        ["AAAAAAA2", "BBBBBBB4"],
    ]
    .map(|hashes| hashes[version]);
    let index = format!("<script src=assets/app-{app}.js></script><link href=style-{style}.css>").into_bytes();
    let picture = [noise(900, 1), noise(300 * version, 2), noise(1_000, 3)].concat();
    let chunk = |lines| minified(version, lines).into_bytes();
    let files = [
        (format!("assets/app-{app}.js"), script(version).into_bytes()),
        (format!("assets/chunk-{one}.js"), chunk(20..30)),
        (format!("assets/chunk-{two}.js"), chunk(50..60)),
        (format!("assets/style-{style}.css"), b"body { margin: 0 }\n".repeat(20)),
        ("index.html".to_owned(), index),
        ("picture.png".to_owned(), picture),
        ("empty.txt".to_owned(), vec![]),
    ];
    files.into_iter().chain(more.iter().map(|(path, content)| ((*path).to_owned(), content.to_vec()))).collect()
}

/// A base and a target that differ in all the ways that the format has an answer to.
fn trees() -> (Files, Files) {
    let (moved, old) = (noise(100, 4), prose(400, 5));
    let extra = [prose(150, 6).as_bytes(), &old.as_bytes()[700..1_200]].concat();
    let base: &[(&str, &[u8])] =
        &[("emptied.txt", &moved), ("filled.txt", b""), ("old/moved.txt", &moved), ("read me.txt", old.as_bytes())];
    let target: &[(&str, &[u8])] = &[
        ("emptied.txt", b""),
        ("extra.txt", &extra), // without a counterpart
        ("filled.txt", b"filled"),
        ("lang/日本.json", &extra[..90]),
        ("lang/ünï.json", &extra[..90]), // its twin
        ("moved/to here.txt", &moved),
        ("read me.txt", &old.as_bytes()[1..]),
    ];
    (tree(0, base), tree(1, target))
}

#[test]
fn python_unpacks_the_golden_packs() {
    if !there() {
        return;
    }
    let vectors = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("vectors/packs");
    let base = vectors.join("base");
    for (pack, base) in [("delta.pack", Some(base.as_path())), ("whole.pack", None)] {
        let target = unpacked(&vectors.join(pack), base);
        assert_eq!(on_disk(target.path()), on_disk(&vectors.join("target")), "{pack}");
    }
}

#[test]
fn python_unpacks_what_we_pack() {
    if !there() {
        return;
    }
    for (base, target) in [trees(), (bundle(1), bundle(2)), (vec![], bundle(1)[4..].to_vec()), (trees().1, trees().0)] {
        let (folder, from, pack) = packed(&base, &target);
        assert_eq!(on_disk(unpacked(&pack, Some(&from)).path()), list_of(&target), "a delta");
        let pack = folder.path().join("whole.pack");
        fs::write(&pack, whole(&target)).unwrap();
        assert_eq!(on_disk(unpacked(&pack, None).path()), list_of(&target), "a whole pack");
    }
}

#[test]
fn python_takes_no_pack_that_lies() {
    if !there() {
        return;
    }
    let (base, target) = trees();
    let (folder, from, pack) = packed(&base, &target);
    let right = fs::read(&pack).unwrap();
    let answer = |bytes: &[u8], base: Option<&Path>| {
        let into = tempfile::tempdir_in(folder.path()).unwrap();
        fs::write(&pack, bytes).unwrap();
        (unpack(&pack, base, into.path()), into)
    };
    let with = |at: usize, bits: u8| {
        let mut bytes = right.clone();
        bytes[at] ^= bits;
        bytes
    };
    for bit in 0..8 {
        let (output, into) = answer(&with(right.len() / 2, 1 << bit), Some(&from));
        let differs = output.status.success() && on_disk(into.path()) != list_of(&target);
        assert!(differs || refused(&output), "bit {bit}: {output:?}");
    }
    assert!(refused(&answer(&right[..right.len() - 1], Some(&from)).0), "cut");
    assert!(refused(&answer(&[&right[..], &[0]].concat(), Some(&from)).0), "longer");
    assert!(refused(&answer(&with(4, 3), Some(&from)).0), "another version");
    assert!(refused(&answer(&right, None).0), "another form");
    assert!(answer(&right, Some(&from)).0.status.success(), "and as it was, it is taken");
}
