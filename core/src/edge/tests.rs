//! One test for the disk and for its fake, so that what holds on `CrashFs` holds on a device.
//!
//! In: an empty folder of either. Out: a failed assertion where they differ. May touch: that folder.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use super::fs::DiskFs;
use super::ports::{Fs, Kind, LockKind, NotPlain, Shared};
use crate::testing::CrashFs;
use std::io::ErrorKind;
use std::path::Path;

#[test]
fn the_disk_and_its_fake_answer_alike() {
    let dir = tempfile::tempdir().unwrap();
    conforms(&DiskFs, dir.path());
    conforms(&CrashFs::default(), Path::new("/"));
}

fn conforms(fs: &dyn Fs, root: &Path) {
    files(fs, &root.join("a"));
    appending(fs, &root.join("b"));
    folders(fs, &root.join("c"));
    renaming(fs, root);
    linking(fs, &root.join("d"));
    locks(fs, &root.join("lock"));
    making_way(fs, &root.join("e"));
    assert!(fs.free_space(root).unwrap() > 0);
}

fn files(fs: &dyn Fs, path: &Path) {
    assert_eq!(fs.stat(path).unwrap(), None);
    assert_eq!(fs.read(path, 9).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(fs.open(path).err().unwrap().kind(), ErrorKind::NotFound);
    fs.remove_file(path).unwrap();

    fs.write_at(path, 2, b"cd").unwrap();
    assert_eq!(fs.read(path, 4).unwrap(), b"\0\0cd");
    fs.write_at(path, 0, b"ab").unwrap();
    fs.flush_batch(&[path.to_path_buf()], &[path.parent().unwrap().to_path_buf()]).unwrap();
    assert_eq!(fs.read(path, 4).unwrap(), b"abcd");
    assert_eq!(fs.read(path, 3).unwrap_err().kind(), ErrorKind::FileTooLarge);
    let stat = fs.stat(path).unwrap().unwrap();
    assert_eq!((stat.kind, stat.len), (Kind::File, 4));

    let open = fs.open(path).unwrap();
    let mut buffer = [0; 8];
    assert_eq!(open.read_at(1, &mut buffer).unwrap(), 3);
    assert_eq!(&buffer[..3], b"bcd");
    assert_eq!(open.read_at(4, &mut buffer).unwrap(), 0);
    assert_eq!(open.read_at(99, &mut buffer).unwrap(), 0);
    assert_eq!((open.len().unwrap(), open.is_empty().unwrap()), (4, false));
    assert_eq!(fs.create(path).err().unwrap().kind(), ErrorKind::AlreadyExists);

    fs.remove_file(path).unwrap();
    assert_eq!(fs.stat(path).unwrap(), None);
    assert!(fs.flush_batch(&[path.to_path_buf()], &[]).is_err());
    let mut write = fs.create(path).unwrap();
    write.write_all(b"x").unwrap();
    write.write_all(b"yz").unwrap();
    assert_eq!(fs.read(path, 9).unwrap(), b"xyz");
}

fn appending(fs: &dyn Fs, path: &Path) {
    assert_eq!(fs.append(path, 1).err().unwrap().kind(), ErrorKind::InvalidInput);
    fs.append(path, 0).unwrap().write_all(b"abcd").unwrap();
    let mut write = fs.append(path, 2).unwrap();
    assert_eq!(fs.read(path, 9).unwrap(), b"ab");
    write.write_all(b"12").unwrap();
    write.write_all(b"3").unwrap();
    assert_eq!(fs.read(path, 9).unwrap(), b"ab123");
}

fn folders(fs: &dyn Fs, dir: &Path) {
    assert_eq!(fs.list(dir).unwrap(), [""; 0]);
    fs.remove_dir(dir).unwrap();
    assert_eq!(fs.create_dir(&dir.join("x/y")).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(fs.write_at(&dir.join("x"), 0, b"1").unwrap_err().kind(), ErrorKind::NotFound);
    fs.create_dir(dir).unwrap();
    fs.create_dir(dir).unwrap();
    fs.create_dir(&dir.join("x")).unwrap();
    fs.write_at(&dir.join("x/f"), 0, b"1").unwrap();
    fs.write_at(&dir.join("g"), 0, b"1").unwrap();
    assert_eq!(fs.create_dir(&dir.join("g")).unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert!(fs.remove_file(&dir.join("x")).is_err());
    assert_eq!(fs.remove_dir(&dir.join("g")).unwrap_err().kind(), ErrorKind::NotADirectory);
    assert!(NotPlain::is(&fs.read(dir, 9).unwrap_err()));
    assert!(NotPlain::is(&fs.open(dir).err().unwrap()));
    assert_eq!(fs.list(&dir.join("g")).unwrap(), [""; 0]);
    assert_eq!(fs.stat(&dir.join("g/under")).unwrap(), None, "a file has nothing under it");
    fs.remove(&dir.join("g/under")).unwrap();
    assert_eq!(fs.stat(dir).unwrap().unwrap().kind, Kind::Dir);
    let mut names = fs.list(dir).unwrap();
    names.sort();
    assert_eq!(names, ["g", "x"]);
    fs.flush_batch(&[], &[dir.to_path_buf(), dir.join("x")]).unwrap();
    fs.remove_dir(dir).unwrap();
    assert_eq!(fs.stat(&dir.join("x/f")).unwrap(), None);
    assert_eq!(fs.stat(dir).unwrap(), None);
}

fn renaming(fs: &dyn Fs, root: &Path) {
    let (from, to) = (root.join("from"), root.join("to"));
    assert_eq!(fs.rename(&from, &to).unwrap_err().kind(), ErrorKind::NotFound);
    fs.write_at(&from, 0, b"1").unwrap();
    fs.write_at(&to, 0, b"22").unwrap();
    let old = fs.open(&to).unwrap();
    fs.rename(&from, &to).unwrap();
    assert_eq!(fs.read(&to, 9).unwrap(), b"1");
    assert_eq!(fs.stat(&from).unwrap(), None);
    assert_eq!(old.len().unwrap(), 2, "an open file outlives its name");
}

fn linking(fs: &dyn Fs, folder: &Path) {
    let [one, two, three] = ["one", "two", "three"].map(|name| folder.join(name));
    fs.create_dir(folder).unwrap();
    fs.create(&one).unwrap().write_all(b"content").unwrap();
    assert_eq!(fs.link(&one, &two).unwrap(), Shared::Yes);
    fs.remove_file(&one).unwrap();
    assert_eq!(fs.read(&two, 9).unwrap(), b"content");
    assert_eq!(fs.link(&one, &three).unwrap(), Shared::No, "nothing is there");
    fs.create(&one).unwrap().write_all(b"other").unwrap();
    assert_eq!(fs.link(&one, &two).unwrap(), Shared::No, "something is there");
    assert_eq!(fs.clone_file(&one, &two).unwrap(), Shared::No, "something is there");
    assert_eq!(fs.read(&two, 9).unwrap(), b"content");
    let shared = fs.clone_file(&one, &three).unwrap();
    assert_eq!(fs.stat(&three).unwrap().is_some(), shared == Shared::Yes);
}

fn locks(fs: &dyn Fs, path: &Path) {
    let lock = |kind| fs.lock(path, kind, 1).unwrap();
    let shared = (lock(LockKind::Shared).unwrap(), lock(LockKind::Shared).unwrap());
    assert!(lock(LockKind::Exclusive).is_none());
    drop(shared.0);
    assert!(lock(LockKind::Exclusive).is_none());
    drop(shared.1);
    let exclusive = lock(LockKind::Exclusive).unwrap();
    assert!(lock(LockKind::Exclusive).is_none());
    assert!(lock(LockKind::Shared).is_none());
    drop(exclusive);
    assert!(lock(LockKind::Shared).is_some());
    assert!(fs.stat(path).unwrap().is_some());
}

/// A folder, or a file with a second name, where a file of ours should be.
fn making_way(fs: &dyn Fs, folder: &Path) {
    fs.create_dir(folder).unwrap();
    let (path, other) = (folder.join("ours"), folder.join("other"));
    let tree = || {
        fs.remove(&path).unwrap();
        for dir in [path.clone(), path.join("x"), path.join("x/y")] {
            fs.create_dir(&dir).unwrap();
        }
        fs.write_at(&path.join("x/f"), 0, b"1").unwrap();
    };
    tree();
    fs.write_at(&path, 1, b"a").unwrap();
    assert_eq!(fs.read(&path, 9).unwrap(), b"\0a");
    tree();
    fs.append(&path, 0).unwrap().write_all(b"b").unwrap();
    assert_eq!(fs.read(&path, 9).unwrap(), b"b");
    tree();
    assert!(fs.lock(&path, LockKind::Exclusive, 0).unwrap().is_some());
    assert!(fs.stat(&path).unwrap().unwrap().is_ours());
    tree();
    fs.write_at(&other, 0, b"c").unwrap();
    fs.rename(&other, &path).unwrap();
    assert_eq!(fs.read(&path, 9).unwrap(), b"c");

    for append in [false, true] {
        fs.remove(&other).unwrap();
        fs.link(&path, &other).unwrap();
        let stat = fs.stat(&path).unwrap().unwrap();
        assert_eq!((stat.names, stat.is_file(), stat.is_ours()), (2, true, false));
        assert_eq!(fs.read(&path, 9).unwrap(), b"c", "it is read all the same");
        let written = if append {
            fs.append(&path, 0).and_then(|mut file| file.write_all(b"c"))
        } else {
            fs.write_at(&path, 0, b"c")
        };
        written.unwrap();
        assert_eq!(fs.read(&other, 9).unwrap(), b"c");
        assert!(fs.stat(&path).unwrap().unwrap().is_ours());
    }
    fs.link(&path, &folder.join("third")).unwrap();
    assert_eq!(fs.append(&path, 1).err().unwrap().kind(), ErrorKind::InvalidInput, "there is nothing to go on from");
}

/// The disk alone: what a file system has beside files and folders.
#[cfg(unix)]
#[test]
fn i1_only_plain_files_are_opened_and_nothing_waits_for_a_pipe() {
    let dir = tempfile::tempdir().unwrap();
    let (path, foreign) = (dir.path().join("ours"), dir.path().join("foreign"));
    std::fs::write(&foreign, b"foreign").unwrap();
    std::fs::create_dir(dir.path().join("folder")).unwrap();
    std::fs::write(dir.path().join("folder/inside"), b"foreign").unwrap();
    let pipe =
        |path: &Path| rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    let socket = |path: &Path| drop(std::os::unix::net::UnixListener::bind(path).unwrap());
    let link = |to: &'static str| move |path: &Path| std::os::unix::fs::symlink(to, path).unwrap();
    let (to_file, to_folder, to_nothing) = (link("foreign"), link("folder"), link("made by following"));
    let makes: [&dyn Fn(&Path); 5] = [&pipe, &socket, &to_file, &to_folder, &to_nothing];
    for (n, make) in makes.iter().enumerate() {
        let again = || {
            DiskFs.remove(&path).unwrap();
            make(&path);
            assert_eq!(DiskFs.stat(&path).unwrap().unwrap().kind, Kind::Other);
        };
        again();
        assert!(NotPlain::is(&DiskFs.read(&path, 9).unwrap_err()), "{n}");
        assert!(NotPlain::is(&DiskFs.open(&path).err().unwrap()), "{n}");
        assert_eq!(DiskFs.list(&path).unwrap(), [""; 0], "{n}");
        assert!(DiskFs.flush_batch(std::slice::from_ref(&path), &[]).is_err(), "{n}");
        assert_eq!(DiskFs.clone_file(&path, &dir.path().join("clone")).unwrap(), Shared::No);
        assert_eq!(DiskFs.create_dir(&path).unwrap_err().kind(), ErrorKind::AlreadyExists, "{n}");
        DiskFs.write_at(&path, 0, b"a").unwrap();
        assert_eq!(DiskFs.read(&path, 9).unwrap(), b"a", "{n}");
        again();
        DiskFs.append(&path, 0).unwrap().write_all(b"b").unwrap();
        assert_eq!(DiskFs.read(&path, 9).unwrap(), b"b", "{n}");
        again();
        let held = DiskFs.lock(&path, LockKind::Exclusive, 0).unwrap().unwrap();
        assert!(DiskFs.lock(&path, LockKind::Exclusive, 0).unwrap().is_none(), "{n}");
        drop(held);
        assert!(DiskFs.stat(&path).unwrap().unwrap().is_ours(), "{n}");
    }
    assert_eq!(std::fs::read(&foreign).unwrap(), b"foreign");
    assert_eq!(std::fs::read(dir.path().join("folder/inside")).unwrap(), b"foreign");
    assert!(!dir.path().join("made by following").exists());
}

/// `CrashFs` alone: the tests of the other rooms stand on what a cut leaves.
mod crash {
    use super::*;
    use crate::testing::{Cut, Kept, Loss};

    const F: &str = "/f";

    fn left(fs: &CrashFs, loss: Loss) -> Option<Vec<u8>> {
        fs.after(loss).read(Path::new(F), 99).ok()
    }

    #[test]
    fn data_and_names_are_lost_apart() {
        let fs = CrashFs::default();
        fs.write_at(Path::new(F), 0, b"one").unwrap();
        let power = |data, entries| Loss::Power { data, entries };
        assert_eq!(left(&fs, Loss::Process).unwrap(), b"one");
        assert_eq!(left(&fs, power(Kept::Yes, Kept::Yes)).unwrap(), b"one");
        assert_eq!(left(&fs, power(Kept::No, Kept::Yes)).unwrap(), b"");
        assert_eq!(left(&fs, power(Kept::Yes, Kept::No)), None);
        fs.flush_batch(&[F.into()], &["/".into()]).unwrap();
        fs.write_at(Path::new(F), 0, b"two").unwrap();
        assert_eq!(left(&fs, power(Kept::Yes, Kept::No)).unwrap(), b"two");
        assert_eq!(left(&fs, power(Kept::No, Kept::No)).unwrap(), b"one");
    }

    #[test]
    fn a_cut_ends_everything_and_may_tear_a_write() {
        for (cut, content) in [(Cut::Before, &b"1234"[..]), (Cut::Torn, b"ab34")] {
            let fs = CrashFs::default();
            fs.write_at(Path::new(F), 0, b"1234").unwrap();
            fs.cut_at(fs.operations(), cut);
            assert!(fs.write_at(Path::new(F), 0, b"abcd").is_err());
            assert!(fs.read(Path::new(F), 9).is_err());
            assert!(fs.lock(Path::new(F), LockKind::Shared, 0).is_err());
            assert_eq!(left(&fs, Loss::Process).unwrap(), content);
        }
    }

    #[test]
    fn a_full_disk_still_takes_what_is_written_in_place() {
        let fs = CrashFs::default();
        fs.write_at(Path::new(F), 0, b"1234").unwrap();
        fs.set_free(0);
        fs.write_at(Path::new(F), 0, b"abcd").unwrap();
        assert_eq!(fs.write_at(Path::new(F), 4, b"e").unwrap_err().kind(), ErrorKind::StorageFull);
        fs.remove_file(Path::new(F)).unwrap();
        assert_eq!(fs.free_space(Path::new("/")).unwrap(), 4);
        fs.fail(fs.operations()..fs.operations() + 1, ErrorKind::PermissionDenied);
        assert_eq!(fs.create(Path::new(F)).err().unwrap().kind(), ErrorKind::PermissionDenied);
        fs.create(Path::new(F)).unwrap();
    }
}
