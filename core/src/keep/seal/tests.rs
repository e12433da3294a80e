use super::*;
use crate::keep::store::tests::store_on;
use crate::testing::{CrashFs, Cut, Loss};
use std::io::ErrorKind;

const FILES: [(&str, &[u8]); 3] = [("index.html", b"<html>"), ("assets/js/app.js", b"1"), ("empty", b"")];

pub(in crate::keep) fn id(n: u8) -> BundleId {
    BundleId::from_random([n; BundleId::LEN])
}

/// Write the files of a bundle, not durably, as unpacking does.
pub(in crate::keep) fn unpacked(store: &Store, id: &BundleId) -> Result<Seal> {
    let folder = store.bundle(id);
    let write = || {
        store.fs().create_dir(&folder)?;
        store.fs().create_dir(&folder.join("assets"))?;
        store.fs().create_dir(&folder.join("assets/js"))?;
        FILES.iter().try_for_each(|(path, content)| store.fs().create(&folder.join(path))?.write_all(content))
    };
    write().map_err(store.failed("write", &folder))?;
    let entry = |(path, content): &(&str, &[u8])| FileEntry {
        path: path.parse().unwrap(),
        size: content.len() as u64,
        sha256: Digest::of(content),
    };
    let files = FileList::from(FILES.iter().map(entry).collect::<Vec<_>>());
    let release =
        SealedRelease { root: files.root(), version: "1.0".parse().unwrap(), created: 7, requires: None, retry: 0 };
    Ok(Seal { release, files })
}

pub(in crate::keep) fn disk() -> (CrashFs, Store) {
    let fs = CrashFs::default();
    let store = store_on(&fs);
    store.create().unwrap();
    (fs, store)
}

pub(in crate::keep) fn install(store: &Store, id: &BundleId) -> Result<Staged> {
    make_durable(store, id.clone(), unpacked(store, id)?)
}

#[test]
fn i2_what_is_staged_survives_every_loss_and_a_cut_before_stages_nothing() {
    let (fs, store) = disk();
    let start = fs.operations();
    install(&store, &id(1)).unwrap();
    let operations = fs.operations() - start;
    for n in 0..=operations {
        for loss in Loss::ALL {
            let (fs, store) = disk();
            fs.cut_at(start + n, Cut::Torn);
            let staged = install(&store, &id(1));
            assert_eq!(staged.is_ok(), n == operations);
            let left = store_on(&fs.after(loss));
            if staged.is_ok() {
                assert!(left.is_present(&id(1)).unwrap());
                assert_eq!(check(&left, &id(1)).unwrap(), Checked::Whole, "{loss:?}");
            }
        }
    }
}

#[test]
fn i3_files_of_another_root_are_not_sealed() {
    let (_, store) = disk();
    let mut other = unpacked(&store, &id(1)).unwrap();
    other.release.root = RootDigest(Digest::of(b"other"));
    assert_eq!(make_durable(&store, id(1), other).unwrap_err().code(), Code::RootMismatch);
    assert!(!store.is_present(&id(1)).unwrap());
}

#[test]
fn a_seal_says_what_was_sealed() {
    let (_, store) = disk();
    let staged = install(&store, &id(1)).unwrap();
    let Found::Value(seal) = load(&store, &id(1)) else { panic!() };
    assert_eq!((&seal.release, seal.files.root()), (staged.release(), staged.release().root));
    assert!(matches!(load(&store, &id(2)), Found::Absent));
}

#[test]
fn a_full_check_finds_missing_changed_and_foreign_files() {
    let (_, store) = disk();
    install(&store, &id(1)).unwrap();
    let folder = store.bundle(&id(1));
    let fs = store.fs();
    let damaged = || check(&store, &id(1)).unwrap();
    assert_eq!(damaged(), Checked::Whole);
    fs.write_at(&folder.join("assets/js/app.js"), 0, b"2").unwrap();
    assert_eq!(damaged(), Checked::Damaged(vec!["assets/js/app.js".to_owned()]));
    fs.write_at(&folder.join("empty"), 0, b"x").unwrap();
    fs.remove_file(&folder.join("index.html")).unwrap();
    fs.write_at(&folder.join("assets/sw.js"), 0, b"").unwrap();
    let all = ["assets/js/app.js", "empty", "index.html", "assets/sw.js"];
    assert_eq!(damaged(), Checked::Damaged(all.map(str::to_owned).to_vec()));
    fs.write_at(&store.seal(&id(1)), 70, b"x").unwrap();
    assert_eq!(damaged(), Checked::Unsealed);
}

#[test]
fn unreadable_is_not_damaged_and_not_gone() {
    let (fs, store) = disk();
    install(&store, &id(1)).unwrap();
    fs.refuse_reads(ErrorKind::PermissionDenied);
    assert_eq!(check(&store, &id(1)).unwrap_err().code(), Code::StorageDenied);
    assert_eq!(store.is_present(&id(1)).unwrap_err().code(), Code::StorageDenied);
}

#[test]
fn i1_a_bundle_is_present_with_its_seal_and_its_index() {
    let (_, store) = disk();
    install(&store, &id(1)).unwrap();
    assert!(store.is_present(&id(1)).unwrap());
    store.fs().remove_file(&store.bundle(&id(1)).join("index.html")).unwrap();
    assert!(!store.is_present(&id(1)).unwrap());
    install(&store, &id(2)).unwrap();
    store.fs().remove_file(&store.seal(&id(2))).unwrap();
    assert!(!store.is_present(&id(2)).unwrap());
    store.hold(&id(2)).unwrap().unwrap();
    assert!(!store.is_present(&id(2)).unwrap(), "holding what is gone makes no seal of it");
}
