//! Archives that lie: each is refused with the code of its fault, whoever signed it (formats 8).

use aloft_core::model::bundle::FileList;
use aloft_core::model::{Code, Digest};
use aloft_tests::forge::{Forge, Part};
use aloft_tests::install::{artifact, install, install_zip, list, on_disk, release};
use std::path::Path;

const INDEX: &[u8] = b"<!doctype html><title>Aloft</title>";
const SCRIPT: &[u8] = b"console.log('aloft'); console.log('aloft'); console.log('aloft');";

fn files() -> FileList {
    list(&[("index.html", INDEX), ("assets/app.js", SCRIPT)])
}

fn honest() -> Forge {
    Forge::new([Part::stored("index.html", INDEX), Part::deflated("assets/app.js", SCRIPT)])
}

fn code(folder: &Path, forge: &Forge, files: &FileList) -> Option<Code> {
    install_zip(folder, &forge.bytes(), files).err().map(|error| error.code())
}

/// What is done to an honest archive, and how it is refused then.
type Case<'a> = (&'a str, Code, &'a dyn Fn(&mut Forge));

fn refused(cases: &[Case<'_>]) {
    let folder = tempfile::tempdir().unwrap();
    for (what, expected, change) in cases {
        let mut forge = honest();
        change(&mut forge);
        assert_eq!(code(folder.path(), &forge, &files()), Some(*expected), "{what}");
    }
}

#[test]
fn an_honest_archive_becomes_exactly_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let unpacked = install_zip(folder.path(), &honest().bytes(), &files()).unwrap();
    assert_eq!(unpacked.files(), &files());
    assert_eq!(on_disk(unpacked.dir()), files());
}

#[test]
fn what_is_accounted_for_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let accepted = |what: &str, forge: &Forge| assert_eq!(code(folder.path(), forge, &files()), None, "{what}");
    accepted("a comment", &Forge { comment: b"by hand".to_vec(), ..honest() });
    accepted("a comment that looks like an end record", &Forge { comment: b"PK\x05\x06".to_vec(), ..honest() });
    let [index, script] = [honest().parts[0].clone(), honest().parts[1].clone()];
    for len in [12, 16, 20, 24] {
        let forge = Forge::new([index.clone().described(len), script.clone().described(len)]);
        accepted("a descriptor", &forge);
    }
    let folder_entry = Part::stored("assets/", b"");
    accepted("the folder of a file", &Forge::new([folder_entry.clone(), index.clone(), script.clone()]));
    accepted("the folder after the file", &Forge::new([index.clone(), script.clone(), folder_entry]));
    accepted("a deflated empty folder", &Forge::new([Part::deflated("assets/", b""), index.clone(), script.clone()]));
    let mut wide = script.clone().with(|header| (header.packed, header.size) = (u32::MAX, u32::MAX));
    let sizes = [script.central.size, script.central.packed].map(|size| u64::from(size).to_le_bytes()).concat();
    wide = wide.with(|header| header.extra = [&b"\x55\x54\0\0\x01\0\x10\0"[..], &sizes].concat());
    accepted("sizes in a zip64 field", &Forge::new([index.clone(), wide]));
    let mut extra = script;
    extra.local.extra = vec![9; 7];
    extra.local.flags |= 6; // how well it was deflated
    accepted("another extra field and other hints", &Forge::new([index, extra]));
}

/// A name of 65 parts.
const DEEP: [u8; 129] = {
    let (mut name, mut slash) = ([b'a'; 129], 1);
    while slash < name.len() {
        name[slash] = b'/';
        slash += 2;
    }
    name
};

#[test]
fn i3_names_that_are_not_paths_inside_the_bundle_are_refused() {
    let name = |name: &'static [u8]| {
        move |forge: &mut Forge| forge.parts[1] = forge.parts[1].clone().with(|header| header.name = name.to_vec())
    };
    refused(&[
        ("absolute", Code::ArchivePath, &name(b"/assets/app.js")),
        ("drive", Code::ArchivePath, &name(b"C:/assets/app.js")),
        ("up", Code::ArchivePath, &name(b"../app.js")),
        ("up inside", Code::ArchivePath, &name(b"assets/../../app.js")),
        ("dot", Code::ArchivePath, &name(b"./assets/app.js")),
        ("backslash", Code::ArchivePath, &name(b"assets\\app.js")),
        ("nul", Code::ArchivePath, &name(b"assets/app.js\0.png")),
        ("line", Code::ArchivePath, &name(b"assets/app\n.js")),
        ("reserved", Code::ArchivePath, &name(b"assets/aux.js")),
        ("too deep", Code::ArchivePath, &name(&DEEP)),
        ("not UTF-8", Code::ArchivePath, &name(b"assets/app\xff.js")),
        ("empty", Code::ArchivePath, &name(b"")),
        ("a folder with content", Code::ArchiveUnaccounted, &|forge| {
            name(b"assets/")(forge);
            forge.parts[1].mode = 0o040_755;
        }),
    ]);
}

#[test]
fn i3_names_that_clash_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (names, expected) in [
        (["a.js", "a.js"], Code::ArchiveDuplicate),
        (["a.js", "A.JS"], Code::ArchiveCaseClash),
        (["a", "a/b.js"], Code::ArchiveDuplicate),
        (["a/b.js", "A"], Code::ArchiveCaseClash),
        (["index.html", "INDEX.html/a"], Code::ArchiveCaseClash),
    ] {
        let parts = names.map(|name| Part::stored(name, b"1"));
        let forge = Forge::new(parts.into_iter().chain([Part::stored("z/index.html", b"2")]));
        let files = list(&[(names[0], b"1"), ("other", b"1"), ("z/index.html", b"2")]);
        assert_eq!(code(folder.path(), &forge, &files), Some(expected), "{names:?}");
    }
    let twice = ["assets/", "assets/"].map(|name| Part::stored(name, b""));
    let forge = Forge::new(twice.into_iter().chain(honest().parts));
    assert_eq!(code(folder.path(), &forge, &files()), Some(Code::ArchiveDuplicate));
    let forge = Forge::new([Part::stored("assets/app.js/", b"")].into_iter().chain(honest().parts));
    assert_eq!(code(folder.path(), &forge, &files()), Some(Code::ArchiveDuplicate), "a file's name as a folder");
}

#[test]
fn i3_links_encrypted_entries_and_other_methods_are_refused() {
    let mode = |mode: u16| move |forge: &mut Forge| forge.parts[1].mode = mode;
    let flags = |flags: u16| {
        move |forge: &mut Forge| forge.parts[1] = forge.parts[1].clone().with(|header| header.flags |= flags)
    };
    let method = |method: u16| {
        move |forge: &mut Forge| forge.parts[1] = forge.parts[1].clone().with(|header| header.method = method)
    };
    refused(&[
        ("symlink", Code::ArchiveSymlink, &mode(0o120_777)),
        ("device", Code::ArchiveSymlink, &mode(0o060_644)),
        ("a folder's mode", Code::ArchiveSymlink, &mode(0o040_755)),
        ("encrypted", Code::ArchiveEncryptedEntry, &flags(1)),
        ("strongly encrypted", Code::ArchiveEncryptedEntry, &flags(1 << 6)),
        ("hidden headers", Code::ArchiveEncryptedEntry, &flags(1 << 13)),
        ("deflate64", Code::ArchiveMethod, &method(9)),
        ("zstd", Code::ArchiveMethod, &method(93)),
        ("stored with two sizes", Code::ArchiveMalformed, &method(0)),
    ]);
}

#[test]
fn i3_bytes_that_nobody_accounts_for_are_refused() {
    let junk = || b"junk".to_vec();
    refused(&[
        ("before", Code::ArchiveUnaccounted, &|forge| forge.parts[0].before = junk()),
        ("between", Code::ArchiveUnaccounted, &|forge| forge.parts[1].before = junk()),
        ("before the directory", Code::ArchiveUnaccounted, &|forge| forge.before_directory = junk()),
        ("in the directory", Code::ArchiveUnaccounted, &|forge| forge.in_directory = junk()),
        ("after the directory", Code::ArchiveUnaccounted, &|forge| forge.after_directory = junk()),
        ("after", Code::ArchiveMalformed, &|forge| forge.after = junk()),
        ("another archive behind", Code::ArchiveUnaccounted, &|forge| forge.after = honest().bytes()),
        ("another archive in front", Code::ArchiveUnaccounted, &|forge| {
            let first = honest().bytes();
            forge.parts[0].before = first;
        }),
        ("an end record in the comment", Code::ArchiveMalformed, &|forge| {
            forge.comment = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\0".to_vec();
        }),
        ("an entry that the directory hides", Code::ArchiveFiles, &|forge| forge.count = Some(1)),
        ("a descriptor without bit 3", Code::ArchiveUnaccounted, &|forge| {
            forge.parts[0].after = forge.parts[0].clone().described(16).after;
        }),
        ("bit 3 without a descriptor", Code::ArchiveUnaccounted, &|forge| {
            forge.parts[0] = forge.parts[0].clone().with(|header| header.flags = 8);
        }),
        ("a descriptor of another length", Code::ArchiveUnaccounted, &|forge| {
            forge.parts[0] = forge.parts[0].clone().described(16);
            forge.parts[0].after.push(0);
        }),
        ("after the deflated data", Code::ArchiveUnaccounted, &|forge| {
            forge.parts[1].data.extend(junk());
            forge.parts[1] = forge.parts[1].clone().with(|header| header.packed += 4);
        }),
        ("an empty folder", Code::ArchiveUnaccounted, &|forge| forge.parts.push(Part::stored("more/", b""))),
        ("an empty folder below one that is not", Code::ArchiveUnaccounted, &|forge| {
            forge.parts.extend([Part::stored("assets/", b""), Part::stored("assets/b/", b"")]);
        }),
    ]);
}

#[test]
fn i3_entries_that_overlap_are_refused() {
    refused(&[
        ("the same place", Code::ArchiveUnaccounted, &|forge| forge.parts[1].offset = Some(0)),
        ("beyond the directory", Code::ArchiveUnaccounted, &|forge| forge.parts[1].offset = Some(1 << 20)),
        ("into the next one", Code::ArchiveUnaccounted, &|forge| {
            let part = &mut forge.parts[0];
            *part = part.clone().with(|header| (header.packed, header.size) = (header.packed + 10, header.size + 10));
            forge.parts[1] = forge.parts[1].clone().with(|header| header.size -= 10); // the sum is as signed
        }),
    ]);
}

#[test]
fn an_entry_without_a_header_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut zip = honest().bytes();
    zip[0] ^= 1;
    assert_eq!(install_zip(folder.path(), &zip, &files()).unwrap_err().code(), Code::ArchiveMalformed);
}

#[test]
fn i3_headers_that_differ_are_refused() {
    let local =
        |change: fn(&mut aloft_tests::forge::Header)| move |forge: &mut Forge| change(&mut forge.parts[1].local);
    refused(&[
        ("name", Code::ArchiveHeadersDiffer, &local(|header| header.name = b"assets/app.jz".to_vec())),
        ("slash", Code::ArchiveHeadersDiffer, &local(|header| header.name = b"assets\\app.js".to_vec())),
        ("method", Code::ArchiveHeadersDiffer, &local(|header| header.method = 0)),
        ("encrypted", Code::ArchiveHeadersDiffer, &local(|header| header.flags ^= 1)),
        ("UTF-8", Code::ArchiveHeadersDiffer, &local(|header| header.flags ^= 1 << 11)),
        ("bit 3", Code::ArchiveHeadersDiffer, &local(|header| header.flags ^= 8)),
        ("CRC", Code::ArchiveHeadersDiffer, &local(|header| header.crc ^= 1)),
        ("packed", Code::ArchiveHeadersDiffer, &local(|header| header.packed += 1)),
        ("size", Code::ArchiveHeadersDiffer, &local(|header| header.size += 1)),
        ("a descriptor's CRC", Code::ArchiveHeadersDiffer, &|forge| {
            forge.parts[1] = forge.parts[1].clone().described(12);
            forge.parts[1].after[0] ^= 1;
        }),
        ("a descriptor's signature", Code::ArchiveHeadersDiffer, &|forge| {
            forge.parts[1] = forge.parts[1].clone().described(24);
            forge.parts[1].after[3] ^= 1;
        }),
    ]);
}

#[test]
fn i3_content_that_is_not_as_told_is_refused() {
    refused(&[
        ("CRC", Code::ArchiveEntryCorrupt, &|forge| {
            forge.parts[0] = forge.parts[0].clone().with(|header| header.crc ^= 1);
        }),
        ("not deflated", Code::ArchiveEntryCorrupt, &|forge| {
            let len = forge.parts[1].data.len();
            forge.parts[1].data = vec![0xff; len];
        }),
        ("cut", Code::ArchiveEntryCorrupt, &|forge| {
            forge.parts[1].data.pop();
            forge.parts[1] = forge.parts[1].clone().with(|header| header.packed -= 1);
        }),
        ("other bytes", Code::RootMismatch, &|forge| {
            forge.parts[0] = Part::stored("index.html", &INDEX.to_ascii_uppercase());
        }),
        ("another name", Code::RootMismatch, &|forge| {
            forge.parts[1] = forge.parts[1].clone().with(|header| header.name = b"assets/apq.js".to_vec());
        }),
    ]);
}

#[test]
fn i3_other_files_than_the_signed_ones_are_refused() {
    let more = ("more.js", &b""[..]);
    refused(&[
        ("one more", Code::ArchiveFiles, &|forge| forge.parts.push(Part::stored(more.0, more.1))),
        ("one less", Code::ArchiveFiles, &|forge| drop(forge.parts.pop())),
        ("a folder for a file", Code::ArchiveFiles, &|forge| forge.parts[1] = Part::stored("assets/", b"")),
        ("larger", Code::ArchiveSize, &|forge| forge.parts[1] = Part::deflated("assets/app.js", &[b'x'; 1000])),
        ("none", Code::ArchiveFiles, &|forge| forge.parts.clear()),
    ]);
}

#[test]
fn a_missing_index_names_the_folder_it_is_in() {
    let folder = tempfile::tempdir().unwrap();
    let files = [("dist/index.html", INDEX), ("dist/app.js", SCRIPT)];
    let zip = Forge::new(files.map(|(name, content)| Part::stored(name, content))).bytes();
    let error = install_zip(folder.path(), &zip, &list(&files)).unwrap_err();
    assert_eq!(error.code(), Code::IndexMissing);
    assert!(error.to_string().contains("in the folder dist"), "{error}");
    let files = [("main.html", INDEX)];
    let zip = Forge::new(files.map(|(name, content)| Part::stored(name, content))).bytes();
    assert_eq!(install_zip(folder.path(), &zip, &list(&files)).unwrap_err().code(), Code::IndexMissing);
}

#[test]
fn an_empty_index_counts_as_missing_before_a_file_is_written() {
    let folder = tempfile::tempdir().unwrap();
    for index in [Part::stored("index.html", b""), Part::deflated("index.html", b"")] {
        let files = list(&[("index.html", b""), ("assets/app.js", SCRIPT)]);
        let forge = Forge::new([index, honest().parts[1].clone()]);
        assert_eq!(code(folder.path(), &forge, &files), Some(Code::IndexMissing));
        assert!(!folder.path().join("bundle").exists());
    }
}

#[test]
fn i10_a_bomb_is_stopped_at_the_size_it_declares() {
    let folder = tempfile::tempdir().unwrap();
    let mut bomb = Part::deflated("assets/app.js", &vec![0; 64 << 20]);
    bomb = bomb.with(|header| header.size = SCRIPT.len() as u32);
    let forge = Forge::new([honest().parts[0].clone(), bomb]);
    assert_eq!(code(folder.path(), &forge, &files()), Some(Code::ArchiveSize));
    let written = on_disk(&folder.path().join("bundle")).size();
    assert!(written <= files().size(), "{written}");
}

#[test]
fn i10_more_entries_than_signed_are_refused_before_they_are_read() {
    let folder = tempfile::tempdir().unwrap();
    // A million: tests/tests/budget_heap.rs.
    let forge = Forge::new((0..65_000).map(|n| Part::stored(&format!("{n}"), b"")));
    assert_eq!(code(folder.path(), &forge, &files()), Some(Code::ArchiveFiles));
    let mut hidden = honest();
    hidden.parts.extend((0..10_000).map(|n| Part::stored(&format!("{n}"), b"")));
    hidden.count = Some(2);
    assert_eq!(code(folder.path(), &hidden, &files()), Some(Code::ArchiveUnaccounted));
}

#[test]
fn i10_names_longer_than_a_file_list_may_be_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let name = |n: usize| format!("{n:05}/{}", vec!["x".repeat(250); 4].join("/"));
    let names: Vec<_> = (0..9000).map(name).collect();
    let parts = names.iter().map(|name| Part::stored(name, b""));
    let forge = Forge::new(parts.chain([Part::stored("index.html", INDEX)]));
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), &b""[..])).chain([("index.html", INDEX)]).collect();
    assert_eq!(code(folder.path(), &forge, &list(&files)), Some(Code::TooLarge));
}

#[test]
fn i10_more_folders_than_files_may_be_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<_> = (0..400).map(|n| format!("{n}/{}x", "a/".repeat(60))).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), &b""[..])).chain([("index.html", INDEX)]).collect();
    let forge = Forge::new(files.iter().map(|(name, content)| Part::stored(name, content)));
    assert_eq!(code(folder.path(), &forge, &list(&files)), Some(Code::TooLarge));
}

#[test]
fn i3_an_archive_cut_at_any_byte_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let zip = honest().bytes();
    for len in 0..zip.len() {
        // An empty file is no download at all.
        let cut = if len == 0 { &b"x"[..] } else { &zip[..len] };
        assert!(install_zip(folder.path(), cut, &files()).is_err(), "cut to {len}");
    }
}

#[test]
fn i3_an_archive_with_any_bit_flipped_is_refused_or_has_the_same_content() {
    let folder = tempfile::tempdir().unwrap();
    let zip = Forge { comment: b"comment".to_vec(), ..honest() }.bytes();
    for at in 0..zip.len() * 8 {
        let mut flipped = zip.clone();
        flipped[at / 8] ^= 1 << (at % 8);
        if let Ok(unpacked) = install_zip(folder.path(), &flipped, &files()) {
            assert_eq!(on_disk(unpacked.dir()), files(), "bit {at}");
        }
    }
}

#[test]
fn i3_a_download_that_is_not_the_signed_one_is_refused_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let zip = honest().bytes();
    let place = |digest: Digest| folder.path().join(digest.to_string());
    let signed = artifact(zip.len() as u64, Digest::of(&zip), None);
    let mut other = zip.clone();
    other[50] ^= 1;
    std::fs::write(place(signed.sha256), &other).unwrap();
    let error = install(folder.path(), &release(&files(), signed.clone()), &[]).unwrap_err();
    assert_eq!(error.code(), Code::DigestMismatch);
    assert!(!place(signed.sha256).exists(), "it would never become right");

    std::fs::write(place(signed.sha256), &zip[1..]).unwrap();
    let error = install(folder.path(), &release(&files(), signed.clone()), &[]).unwrap_err();
    assert_eq!(error.code(), Code::SizeMismatch);
    assert!(!place(signed.sha256).exists());
}
