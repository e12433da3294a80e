//! Updates by packs, through the façade: from a kept bundle, from the builtin assets, from nothing; and what comes instead when a
//! pack or its base is not what it should be.

use aloft_core::edge::fs::DiskFs;
use aloft_core::edge::ports::{Notice, Observer, TransportFault};
use aloft_core::keep::seal::{self, Checked};
use aloft_core::model::Code;
use aloft_core::model::document::BuiltinDescription;
use aloft_core::model::facts::BuiltinRoot;
use aloft_core::testing::{Scripted, ScriptedTransport};
use aloft_core::updater::{Asked, Updater};
use aloft_tests::fault_fs::{Call, FaultFs};
use aloft_tests::forge::{Forge, Part};
use aloft_tests::install::{key, on_disk};
use aloft_tests::packs::{
    self, Files, arrives, bundle, device, lines, list_of, on, pack_of_2, root_of, sent, sent_secretly, zip_of_2,
};
use aloft_tests::signer;
use aloft_tests::story::{BEGIN, Device, Site};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, Weak};

#[test]
fn a_pack_builds_on_the_bundle_that_runs() {
    let (_, site, mut device) = device();
    let (pack, bytes) = pack_of_2();
    assert!(pack.size < 2000, "{} bytes", pack.size);
    site.publish_artifacts("2", &list_of(&bundle(2)), vec![zip_of_2(), (pack.clone(), bytes)]);
    assert_eq!(arrives(&mut device), pack.size);
}

#[test]
fn a_pack_builds_on_any_kept_bundle() {
    let (_, site, mut device) = device();
    for n in [3, 4] {
        let files = bundle(n);
        site.publish_artifacts(&n.to_string(), &list_of(&files), vec![sent("zip", packs::zip(&files), None)]);
        device.page().0.update(Asked::ByHand).unwrap();
        device.confirmed();
    }
    let (pack, bytes) = pack_of_2();
    site.publish_artifacts("2", &list_of(&bundle(2)), vec![zip_of_2(), (pack.clone(), bytes)]);
    assert_eq!(arrives(&mut device), pack.size);
}

#[test]
fn unchanged_files_are_linked_on_a_real_disk() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::default();
    let mut device = on(DiskFs, &folder.path().join("data"), &site);
    site.publish_artifacts("2", &list_of(&bundle(2)), vec![pack_of_2()]);
    arrives(&mut device);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let state = device.state().unwrap();
        let inode = |n: usize, path: &str| {
            std::fs::metadata(device.store().bundle(&state.bundles[n].id).join(path)).unwrap().ino()
        };
        assert_eq!(inode(0, "assets/picture.png"), inode(1, "assets/picture.png"));
        assert_eq!(inode(1, "lang/de.json"), inode(1, "lang/en.json"), "new content that two files have");
        assert_ne!(inode(0, "lang/de.json"), inode(1, "lang/de.json"));
    }
    // The bundle outlives the one it was made from.
    let state = device.state().unwrap();
    device.fs.remove_dir(&device.store().bundle(&state.bundles[0].id)).unwrap();
    assert_eq!(seal::check(&device.store(), &state.bundles[1].id).unwrap(), Checked::Whole);
}

#[test]
fn where_nothing_can_be_linked_it_is_copied() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::default();
    let fs = FaultFs::default();
    let mut device = on(fs.clone(), &folder.path().join("data"), &site);
    site.publish_artifacts("2", &list_of(&bundle(2)), vec![pack_of_2()]);
    fs.fail(|call, _| (call == Call::Share).then_some(ErrorKind::Unsupported));
    arrives(&mut device);
}

/// Describe the builtin assets, which are bundle 1, to a device that runs them.
fn builtin(device: &mut Device, places: Vec<PathBuf>) {
    let files = list_of(&bundle(1));
    let root = files.root();
    let description = BuiltinDescription { created: BEGIN - 1, root, files, floors: [].into() };
    let path = device.root.with_file_name("aloft-builtin.json");
    device.fs.remove_file(&path).unwrap();
    device.fs.write_at(&path, 0, &serde_json::to_vec(&description).unwrap()).unwrap();
    device.config.builtin_description = Some(path);
    device.config.builtin_assets = places;
    device.facts.builtin_root = BuiltinRoot::Is(root);
}

/// A device that was never updated, beside a folder for its builtin assets.
fn fresh(site: &Site) -> (tempfile::TempDir, Device) {
    let folder = tempfile::tempdir().unwrap();
    let device = Device::new(DiskFs, folder.path().join("data"), site);
    (folder, device)
}

fn write(folder: &Path, files: &Files) {
    for (path, content) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

#[test]
fn a_pack_builds_on_the_builtin_folder_and_shares_no_file_with_it() {
    let site = Site::default();
    let (folder, mut device) = fresh(&site);
    let www = folder.path().join("www");
    write(&www, &bundle(1));
    builtin(&mut device, vec![www.clone()]);
    let (pack, bytes) = pack_of_2();
    site.publish_artifacts("2", &list_of(&bundle(2)), vec![zip_of_2(), (pack.clone(), bytes)]);
    assert_eq!(arrives(&mut device), pack.size);
    std::fs::write(www.join("assets/picture.png"), "its owner may change it").unwrap();
    device.assert_whole("after the builtin folder changed");
}

/// A package as Android's tools make it: aligned, signed between entries and directory, with names of all kinds.
fn package(files: &Files, part: fn(&str, &[u8]) -> Part) -> Vec<u8> {
    let mut parts =
        vec![Part::stored("res/aA.xml", b"1"), Part::stored("res/Aa.xml", b"2"), Part::stored("res/con", b"3")];
    for (path, content) in files {
        let mut part = part(&format!("assets/public/{path}"), content);
        part.local.extra = vec![0; 3];
        parts.push(part);
    }
    parts.push(Part::stored("assets/public/aloft-builtin.json", b"{}"));
    let mut forge = Forge::new(parts);
    forge.before_directory = b"APK Sig Block 42".to_vec();
    forge.bytes()
}

#[test]
fn a_pack_builds_on_the_package_of_an_android_app_where_it_lies() {
    for part in [Part::stored as fn(&str, &[u8]) -> Part, Part::deflated] {
        let site = Site::default();
        let (folder, mut device) = fresh(&site);
        let [split, base] = ["split.apk", "base.apk"].map(|name| folder.path().join(name));
        std::fs::write(&split, Forge::new([Part::stored("classes.dex", b"dex")]).bytes()).unwrap();
        std::fs::write(&base, package(&bundle(1), part)).unwrap();
        builtin(&mut device, vec![folder.path().join("gone.apk"), split, base]);
        let (pack, bytes) = pack_of_2();
        site.publish_artifacts("2", &list_of(&bundle(2)), vec![zip_of_2(), (pack.clone(), bytes)]);
        assert_eq!(arrives(&mut device), pack.size);
        assert_eq!(device.list("bundles").len(), 2, "the bundle and its seal; the scratch is gone");
    }
}

#[test]
fn a_package_without_one_of_the_described_files_costs_no_download() {
    let site = Site::default();
    let (folder, mut device) = fresh(&site);
    let apk = folder.path().join("base.apk");
    let mut files = bundle(1);
    files.retain(|(path, _)| path != "assets/style.css");
    std::fs::write(&apk, package(&files, Part::deflated)).unwrap();
    builtin(&mut device, vec![apk]);
    site.publish_artifacts("2", &list_of(&bundle(2)), vec![zip_of_2(), pack_of_2()]);
    let log = lines(&mut device);
    assert_eq!(arrives(&mut device), zip_of_2().0.size);
    log.says(&["base_damaged", "assets/style.css"]);
    assert_eq!(device.list("partial"), [""; 0]);
}

#[test]
fn builtin_assets_that_are_not_the_described_ones_are_no_base() {
    let site = Site::default();
    let (folder, mut device) = fresh(&site);
    write(&folder.path().join("www"), &bundle(1));
    builtin(&mut device, vec![folder.path().join("www")]);
    device.facts.builtin_root = BuiltinRoot::Is(root_of(&bundle(3)));
    site.publish_artifacts("2", &list_of(&bundle(2)), vec![zip_of_2(), pack_of_2()]);
    assert_eq!(arrives(&mut device), zip_of_2().0.size);
}

#[test]
fn a_whole_pack_is_a_first_install_also_encrypted() {
    let site = Site::default();
    let (_, mut device) = fresh(&site);
    device.config.encryption_keys = vec![signer::secret(&key(9))];
    let (pack, bytes) = sent_secretly("pack", &packs::whole(&bundle(2)), None, &key(9));
    site.publish_artifacts("2", &list_of(&bundle(2)), vec![zip_of_2(), (pack.clone(), bytes)]);
    assert!(pack.size < zip_of_2().0.size);
    assert_eq!(arrives(&mut device), pack.size);
}

#[test]
fn an_encrypted_pack_is_decrypted_as_it_is_read() {
    let (_, site, mut device) = device();
    let (pack, bytes) = sent_secretly("pack", &pack_of_2().1, Some(&bundle(1)), &key(9));
    site.publish_artifacts("2", &list_of(&bundle(2)), vec![zip_of_2(), (pack.clone(), bytes)]);
    assert_eq!(arrives(&mut device), pack.size);
}

#[test]
fn a_pack_whose_download_broke_is_resumed() {
    let (_, site, mut device) = device();
    let (pack, bytes) = pack_of_2();
    site.publish_artifacts("2", &list_of(&bundle(2)), vec![zip_of_2(), (pack.clone(), bytes.clone())]);
    let url = |path: &str| format!("https://example.com/{path}");
    let channel = Scripted::new(200, site.page("channels/production.json"));
    let half = Scripted::new(200, &bytes[..bytes.len() / 2])
        .header("content-length", bytes.len().to_string())
        .header("etag", format!("\"{}\"", pack.sha256))
        .then(TransportFault::Lost);
    let script = [(url("channels/production.json"), channel), (url(&format!("artifacts/{}.pack", pack.sha256)), half)];
    device.site =
        Arc::new(ScriptedTransport::script(script.iter().map(|(url, answer)| (url.as_str(), answer.clone()))));
    let error = device.page().0.update(Asked::ByHand).unwrap_err();
    assert_eq!(error.code(), Code::ConnectionLost, "and no other artifact is asked for");
    device.site = Arc::new(site.clone());
    assert_eq!(arrives(&mut device), pack.size - pack.size / 2);
}

#[test]
fn a_full_disk_is_no_reason_for_another_artifact() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::default();
    let fs = FaultFs::default();
    let mut device = on(fs.clone(), &folder.path().join("data"), &site);
    site.publish_artifacts("2", &list_of(&bundle(2)), vec![zip_of_2(), pack_of_2()]);
    let updater = device.page().0;
    fs.fail(|call, path| (call == Call::Write && path.ends_with("lang/de.json")).then_some(ErrorKind::StorageFull));
    assert_eq!(updater.update(Asked::ByHand).unwrap_err().code(), Code::NoSpace);
    assert_eq!(device.list("partial").len(), 2, "the pack and its validator, not the zip");
    fs.heal();
    assert_eq!(arrives(&mut device), 0, "the pack is still there");
}

/// Cancels the updater as soon as it unpacks, and keeps what it is told of that.
#[derive(Default)]
struct Cancels(OnceLock<Weak<Updater>>, Mutex<Vec<(u64, u64)>>);

impl Observer for Cancels {
    fn notice(&self, notice: &Notice) {
        if let Notice::Progress { phase: "unpack", done, total } = notice {
            self.1.lock().unwrap().push((*done, *total));
            if let Some(updater) = self.0.get().and_then(Weak::upgrade) {
                updater.cancel();
            }
        }
    }
}

#[test]
fn applying_tells_its_progress_and_ends_when_it_is_cancelled() {
    let (_, site, mut device) = device();
    site.publish_artifacts("2", &list_of(&bundle(2)), vec![zip_of_2(), pack_of_2()]);
    let observer = Arc::new(Cancels::default());
    device.observer = observer.clone();
    let updater = Arc::new(device.page().0);
    observer.0.set(Arc::downgrade(&updater)).unwrap();
    assert_eq!(updater.update(Asked::ByHand).unwrap_err().code(), Code::Cancelled);
    assert_eq!(device.list("bundles").len(), 2, "what there was of it is gone");
    drop(updater);
    assert_eq!(arrives(&mut device), 0, "the pack is still there");
    let all = list_of(&bundle(2)).size();
    assert_eq!(*observer.1.lock().unwrap(), [(0, all), (0, all), (all, all)]);
}

#[test]
fn the_bundle_on_a_real_disk_is_what_was_signed() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::default();
    let mut device = on(DiskFs, &folder.path().join("data"), &site);
    site.publish_artifacts("2", &list_of(&bundle(2)), vec![pack_of_2()]);
    arrives(&mut device);
    let state = device.state().unwrap();
    let dir = device.store().bundle(state.slots.current().id().unwrap());
    assert_eq!(on_disk(&dir), list_of(&bundle(2)));
}
