//! Something else has the name of a file or a folder of ours: a pipe, a socket, a link, a folder, a file that has a second name.
//!
//! The device boots at once, goes on updating, and leaves alone what is not its own.
#![cfg(unix)]

use aloft_core::edge::fs::DiskFs;
use aloft_core::edge::ports::Fs as _;
use aloft_core::keep::names;
use aloft_core::model::{BundleRef, Code};
use aloft_core::updater::Asked;
use aloft_tests::folding_fs::FoldingFs;
use aloft_tests::packs;
use aloft_tests::settled::Settled;
use aloft_tests::story::{Device, Site, next_shown, stage};
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

/// What is put where a file or a folder of ours was. `beside` has a foreign file and a foreign folder.
type Put = fn(path: &Path, beside: &Path);

const PUTS: [(&str, Put); 6] = [
    ("a pipe", |path, _| drop(aloft_tests::tools::run(std::process::Command::new("mkfifo").arg(path)))),
    ("a socket", |path, _| drop(UnixListener::bind(path).unwrap())),
    ("a link to a file", |path, beside| symlink(beside.join("foreign"), path).unwrap()),
    ("a link to a folder", |path, beside| symlink(beside.join("folder"), path).unwrap()),
    ("a link to nothing", |path, beside| symlink(beside.join("nothing"), path).unwrap()),
    ("a folder", |path, _| fs::create_dir_all(path.join("with/folders")).unwrap()),
];

/// A device, and what is not its own.
fn settled() -> (Settled, PathBuf) {
    let settled = Settled::default();
    let beside = settled.beside("foreign things");
    fs::create_dir_all(beside.join("folder")).unwrap();
    for name in ["foreign", "folder/index.html", "folder/other"] {
        fs::write(beside.join(name), name).unwrap();
    }
    (settled, beside)
}

fn assert_foreign_is_untouched(beside: &Path, what: &str) {
    for name in ["foreign", "folder/index.html", "folder/other"] {
        assert_eq!(fs::read_to_string(beside.join(name)).unwrap(), name, "{what}");
    }
    assert!(!beside.join("nothing").exists(), "{what}");
    assert_eq!(fs::read_dir(beside.join("folder")).unwrap().count(), 2, "{what}");
}

/// Put each thing at `path`: the next process shows `shows`, and the device goes on.
fn is_survived(what: &str, shows: &str, path: &dyn Fn(&Settled) -> PathBuf) {
    survives(&PUTS, what, shows, path);
}

fn survives(puts: &[(&str, Put)], what: &str, shows: &str, path: &dyn Fn(&Settled) -> PathBuf) {
    for (thing, put) in puts {
        let what = &format!("{thing} where {what} should be");
        let (mut settled, beside) = settled();
        let path = path(&settled);
        DiskFs.remove(&path).unwrap();
        put(&path, &beside);
        let (_, serve) = settled.device.confirmed();
        assert_eq!(settled.device.version(&serve.bundle), shows, "I1: {what}");
        settled.assert_goes_on(what);
        assert_foreign_is_untouched(&beside, what);
    }
}

/// The file beside the bundle that is shown, or in it.
fn of_bundle(settled: &Settled, name: &str) -> PathBuf {
    let state = settled.device.state().unwrap();
    let folder = settled.device.store().bundle(state.slots.current().id().unwrap());
    match name {
        "" => folder,
        names::SEAL_SUFFIX => folder.with_extension("seal"),
        _ => folder.join(name),
    }
}

#[test]
fn i1_what_has_the_name_of_a_slot_or_of_the_marks_is_lost_and_written_anew() {
    for name in [names::STATE[0], names::STATE[1], names::MARKS] {
        is_survived(name, "1.0.0", &|settled| settled.path(name));
    }
}

#[test]
fn i1_what_has_the_name_of_a_lock_makes_way() {
    for name in [names::STATE_LOCK, names::INSTALL_LOCK] {
        is_survived(name, "1.0.0", &|settled| settled.path(name));
    }
}

#[test]
fn what_has_the_name_of_a_file_of_the_worker_is_lost_and_written_anew() {
    for name in [names::LASTING, names::LASTING_NEW, "feed/production", "aside/lasting"] {
        is_survived(name, "1.0.0", &|settled| settled.path(name));
    }
}

#[test]
fn i1_a_bundle_whose_seal_or_page_is_no_file_is_gone_and_brought_again() {
    for name in [names::SEAL_SUFFIX, names::INDEX] {
        is_survived(name, "builtin", &|settled| of_bundle(settled, name));
    }
    let puts: Vec<_> = PUTS.into_iter().filter(|(thing, _)| *thing != "a link to a folder").collect();
    survives(&puts, "the bundle", "builtin", &|settled| of_bundle(settled, ""));
}

#[test]
fn i10_sweep_empties_no_folder_that_a_link_points_to() {
    for (name, shows) in [("partial", "1.0.0"), ("feed", "1.0.0"), ("aside", "1.0.0"), ("bundles", "builtin")] {
        let (mut settled, beside) = settled();
        let path = settled.path(name);
        fs::remove_dir_all(&path).unwrap();
        symlink(beside.join("folder"), &path).unwrap();
        assert_eq!(next_shown(&mut settled.device), shows, "{name}");
        settled.assert_goes_on(name);
        assert_foreign_is_untouched(&beside, name);
        assert!(fs::symlink_metadata(&path).unwrap().is_dir(), "{name}");
    }
}

#[test]
fn a_download_goes_on_in_no_file_that_is_somebody_elses() {
    for (thing, put) in PUTS.into_iter().chain([("a second name", second_name as Put)]) {
        for suffix in ["", names::VALIDATOR_SUFFIX] {
            let what = &format!("{thing} where a download{suffix} should be");
            let (mut settled, beside) = settled();
            settled.site.publish("2.0.0");
            let digest = settled.site.document().releases[0].artifacts[0].sha256;
            put(&settled.path("partial").join(format!("{digest}{suffix}")), &beside);
            assert_eq!(settled.update(), None, "{what}");
            assert_eq!(next_shown(&mut settled.device), "2.0.0", "{what}");
            settled.assert_goes_on(what);
            assert_foreign_is_untouched(&beside, what);
        }
    }
}

fn second_name(path: &Path, beside: &Path) {
    fs::hard_link(beside.join("foreign"), path).unwrap();
}

#[test]
fn what_is_written_in_place_is_not_written_through_a_second_name() {
    let (mut settled, _) = settled();
    let written = [names::STATE[0], names::STATE[1], names::MARKS];
    let copies = written.map(|name| (settled.path(name), settled.beside(&format!("copy of {name}"))));
    let before = copies.clone().map(|(path, copy)| {
        fs::hard_link(&path, copy).unwrap();
        fs::read(path).unwrap()
    });
    settled.assert_unharmed("with second names");
    settled.assert_goes_on("with second names");
    assert_eq!(copies.map(|(_, copy)| fs::read(copy).unwrap()), before, "a copy by links is a copy");
}

#[test]
fn i12_what_has_the_name_of_the_device_id_is_lost_and_the_mirror_stored_again() {
    for (thing, put) in PUTS {
        for name in [names::SECRET_DEVICE_ID, "device_id.new"] {
            let what = &format!("{thing} where {name} should be");
            let (mut settled, beside) = settled();
            let id = settled.device.page().0.device_id().unwrap();
            let path = settled.beside("secrets").join(name);
            DiskFs.remove(&path).unwrap();
            put(&path, &beside);
            assert_eq!(settled.device.page().0.device_id().unwrap(), id, "{what}");
            settled.assert_goes_on(what);
            assert_foreign_is_untouched(&beside, what);
            if name == names::SECRET_DEVICE_ID {
                assert!(fs::symlink_metadata(&path).unwrap().is_file(), "{what}");
            }
        }
    }
}

#[test]
fn a_base_with_something_else_than_a_file_in_it_is_damaged() {
    let script = packs::bundle(1)[1].0.clone();
    // One that a pack copies from, one that it links.
    for (name, (thing, put)) in
        [script.as_str(), "assets/picture.png"].into_iter().flat_map(|name| PUTS.map(|put| (name, put)))
    {
        let what = &format!("{thing} where {name} of a base should be");
        let (folder, site) = (tempfile::tempdir().unwrap(), Site::default());
        let mut device = packs::on(DiskFs, &folder.path().join("data"), &site);
        site.publish_artifacts("2", &packs::list_of(&packs::bundle(2)), vec![packs::zip_of_2(), packs::pack_of_2()]);
        let one = device.state().unwrap().slots.current();
        let path = device.store().bundle(one.id().unwrap()).join(name);
        fs::remove_file(&path).unwrap();
        put(&path, folder.path());
        assert_eq!(packs::downloaded(device.page().0.update(Asked::ByHand)), packs::zip_of_2().0.size, "{what}");
        assert!(device.state().unwrap().record(&one).unwrap().damaged, "{what}");
        assert_eq!(next_shown(&mut device), "2", "{what}");
    }
}

#[test]
fn i10_folders_that_no_release_can_have_any_more_are_swept() {
    let mut settled = Settled::default();
    let deep = settled.path("bundles").join("abcdefghij").join(vec!["a"; 400].join("/"));
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("f"), b"x").unwrap();
    settled.assert_goes_on("a deep bundle");
}

#[test]
fn a_release_with_an_empty_page_is_refused_and_reported() {
    let mut settled = Settled::default();
    settled.site.publish_files("2.0.0", &[("index.html".to_owned(), Vec::new()), ("a.js".to_owned(), b"1".to_vec())]);
    let updater = settled.device.page().0;
    assert_eq!(updater.update(Asked::ByHand).unwrap_err().code(), Code::IndexMissing);
    assert!(updater.reports().last().unwrap().detail.contains("index_missing"), "I11");
    drop(updater);
    settled.assert_unharmed("an empty page");
    settled.site.publish_files("3.0.0", &[("index.html".to_owned(), Vec::new())]);
    let digest = settled.site.document().releases[0].artifacts[0].sha256.to_string();
    assert_eq!(settled.update(), Some(Code::IndexMissing));
    assert!(!settled.device.list(names::PARTIAL).contains(&digest), "a release without bytes is not asked for");
    settled.assert_goes_on("an empty page");
}

#[test]
fn i7_a_bundle_that_is_named_stays_where_names_are_listed_in_another_case() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::default();
    let mut device = Device::new(FoldingFs::below(folder.path()), folder.path().join("data"), &site);
    for version in ["1.0.0", "2.0.0", "3.0.0"] {
        stage(&mut device, &site, version);
        device.confirmed();
    }
    device.page().0.update(Asked::ByHand).unwrap(); // which sweeps
    let state = device.state().unwrap();
    assert_eq!(device.list(names::BUNDLES).len(), 2 * state.bundles.len(), "I10: nothing else is left");
    for kept in &state.bundles {
        assert!(device.store().is_present(&kept.id).unwrap());
    }
    assert_ne!(state.slots.current(), BundleRef::Builtin);
    assert_eq!(next_shown(&mut device), "3.0.0");
}
