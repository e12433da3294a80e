//! Packs that are not what they should be, and bases that are not what they were: named, and the next artifact taken.

use aloft_core::edge::ports::Fs as _;
use aloft_core::model::Code;
use aloft_core::testing::CrashFs;
use aloft_core::updater::Asked;
use aloft_tests::fault_fs::{Call, FaultFs};
use aloft_tests::packs::{
    self, Files, arrives, bundle, device, downloaded, lines, list_of, on, pack_of_2, sent, zip_of_2,
};
use aloft_tests::story::{Device, Site, next_shown};
use std::io::ErrorKind;
use std::path::Path;

/// Turn over a byte of a file of the bundle that runs.
fn damage(fs: &CrashFs, device: &Device, path: &str) {
    let state = device.state().unwrap();
    let path = device.store().bundle(state.slots.current().id().unwrap()).join(path);
    let byte = fs.read(&path, 1 << 20).unwrap()[7];
    fs.write_at(&path, 7, &[byte ^ 1]).unwrap();
}

#[test]
fn a_damaged_file_of_the_base_is_named_and_the_next_artifact_taken() {
    // One that is copied from, one that is linked.
    let script = bundle(1)[1].0.clone();
    for damaged in [script.as_str(), "assets/picture.png"] {
        let (fs, site, mut device) = device();
        site.publish_artifacts("2", &list_of(&bundle(2)), vec![zip_of_2(), pack_of_2()]);
        damage(&fs, &device, damaged);
        let log = lines(&mut device);
        let before = device.state().unwrap().slots.current();
        let updater = device.page().0;
        assert_eq!(downloaded(updater.update(Asked::ByHand)), zip_of_2().0.size);
        log.says(&["base_damaged", damaged]);
        let state = device.state().unwrap();
        assert!(state.record(&before).unwrap().damaged, "nothing builds on it again, nothing falls back to it");
        assert_eq!(next_shown(&mut device), "2");
    }
}

#[test]
fn i2_a_base_whose_files_are_gone_costs_no_download() {
    let (fs, site, mut device) = device();
    site.publish_artifacts("2", &list_of(&bundle(2)), vec![zip_of_2(), pack_of_2()]);
    let updater = device.page().0;
    let one = device.state().unwrap().slots.current();
    fs.remove_file(&device.store().seal(one.id().unwrap())).unwrap();
    assert_eq!(downloaded(updater.update(Asked::ByHand)), zip_of_2().0.size);
    assert!(device.state().unwrap().record(&one).unwrap().damaged);
}

#[test]
fn a_pack_for_another_base_is_not_asked_for() {
    let (_, site, mut device) = device();
    let pack = sent("pack", packs::delta(&bundle(3), &bundle(2)), Some(&bundle(3)));
    site.publish_artifacts("2", &list_of(&bundle(2)), vec![zip_of_2(), pack]);
    assert_eq!(arrives(&mut device), zip_of_2().0.size);
}

#[test]
fn i3_a_pack_of_other_content_is_not_installed_and_the_next_artifact_is() {
    let three = packs::delta(&bundle(1), &bundle(3)); // as many files and bytes as 2
    let middle = pack_of_2().1.len() / 2;
    let cut = pack_of_2().1[..middle].to_vec();
    let mut bent = pack_of_2().1;
    bent[middle] ^= 1;
    let mut newer = pack_of_2().1;
    newer[4] = 2;
    let whole = packs::whole(&bundle(3));
    for (bytes, base, code) in [
        (three, Some(&bundle(1)), Some("root_mismatch")),
        (cut, Some(&bundle(1)), Some("pack_malformed")),
        (bent, Some(&bundle(1)), None),
        (newer, Some(&bundle(1)), Some("pack_malformed")),
        (b"PK".to_vec(), None, Some("pack_malformed")),
        (whole, None, Some("root_mismatch")),
        (pack_of_2().1, None, Some("pack_malformed")),
        (packs::whole(&bundle(2)), Some(&bundle(1)), Some("pack_malformed")),
    ] {
        let (_, site, mut device) = device();
        site.publish_artifacts("2", &list_of(&bundle(2)), vec![zip_of_2(), sent("pack", bytes, base)]);
        let log = lines(&mut device);
        assert_eq!(arrives(&mut device), zip_of_2().0.size);
        log.says(&["the pack artifact", code.unwrap_or_default()]);
        assert_eq!(device.list("bundles").len(), 4, "two bundles and their seals; what failed is gone");
    }
}

#[test]
fn i3_a_pack_has_no_path_that_an_archive_may_not_have() {
    for (path, code) in [
        ("../outside", Code::ArchivePath),
        ("LANG/en.json", Code::ArchiveCaseClash),
        ("lang/en.json/under", Code::ArchiveDuplicate),
        ("con", Code::ArchivePath),
    ] {
        let mut files = bundle(2);
        files.push((path.to_owned(), b"x".to_vec()));
        assert_eq!(refused(&files), code, "{path}");
    }
    let mut files = bundle(2);
    files.push((vec!["a"; 65].join("/"), b"x".to_vec()));
    assert_eq!(refused(&files), Code::ArchivePath, "too deep");
    let mut files = bundle(2);
    files.retain(|(path, _)| path != "index.html");
    assert_eq!(refused(&files), Code::IndexMissing);
    files.push(("index.html".to_owned(), Vec::new()));
    assert_eq!(refused(&files), Code::IndexMissing, "an empty one");
}

/// What a device on bundle 1 says to a pack of these files.
fn refused(files: &Files) -> Code {
    let (fs, site, mut device) = device();
    let honest: Files =
        files.iter().filter(|(path, _)| path.parse::<aloft_core::model::path::BundlePath>().is_ok()).cloned().collect();
    let mut list = list_of(&honest);
    let pack = sent("pack", packs::delta(&bundle(1), files), Some(&bundle(1)));
    site.publish_artifacts("2", &std::mem::take(&mut list), vec![pack]);
    site.sign(|document| {
        document.releases[0].files = files.len() as u64;
        document.releases[0].size = files.iter().map(|(_, content)| content.len() as u64).sum();
    });
    let code = device.page().0.update(Asked::ByHand).unwrap_err().code();
    assert!(fs.stat(Path::new("/app/data/outside")).unwrap().is_none());
    code
}

#[test]
fn i10_a_pack_that_takes_more_work_than_it_is_worth_is_ended_and_the_next_artifact_taken() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::default();
    let one: Files = vec![("index.html".to_owned(), b"index.html of 1".to_vec())];
    let mut two = one.clone();
    two.push(("zeros".to_owned(), vec![0; 1 << 19]));
    let mut device = Device::new(FaultFs::default(), folder.path().join("data"), &site);
    site.publish_files("1", &one);
    device.page().0.update(Asked::ByHand).unwrap();
    device.confirmed();
    let costly = include_bytes!("../../vectors/packs/costly.pack").to_vec();
    let zip = sent("zip", packs::zip(&two), None);
    let whole = zip.0.size;
    site.publish_artifacts("2", &list_of(&two), vec![zip, sent("pack", costly, Some(&one))]);
    let log = lines(&mut device);
    assert_eq!(downloaded(device.page().0.update(Asked::ByHand)), whole);
    log.says(&["the pack artifact", "pack_malformed", "work"]);
    assert_eq!(next_shown(&mut device), "2");
}

#[test]
fn a_base_that_cannot_be_read_is_not_damaged_and_the_next_artifact_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::default();
    let fs = FaultFs::default();
    let mut device = on(fs.clone(), &folder.path().join("data"), &site);
    let one = device.state().unwrap().slots.current();
    let script = bundle(1)[1].0.clone();
    site.publish_artifacts("2", &list_of(&bundle(2)), vec![zip_of_2(), pack_of_2()]);
    fs.fail(move |call, path| (call == Call::Read && path.ends_with(&script)).then_some(ErrorKind::Other));
    assert_eq!(downloaded(device.page().0.update(Asked::ByHand)), zip_of_2().0.size);
    assert!(!device.state().unwrap().record(&one).unwrap().damaged);
}
