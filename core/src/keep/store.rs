//! The data folder: where everything lies, its locks, and whether a bundle is there.
//!
//! In: the `Fs` port and an absolute path, worked out at each launch. Out: paths, locks, bytes. May touch: the data folder.
//! Keeps: I1 (looking for a bundle is two calls), I10, I11 (what did not parse is kept aside).

use super::frame::{Form, Found, decode};
use super::names;
use crate::edge::ports::{Fs, Kind, Lock, LockKind, NotPlain};
use crate::model::path::BundlePath;
use crate::model::{BundleId, Code, Error, Result};
use serde::de::DeserializeOwned;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Up to this size a file is read with one call, without asking for its length first.
const ONE_READ: usize = 64 << 10;
/// No frame begins like this, and it is not blank.
const NO_FRAME: &[u8] = b"?";

/// The data folder of one app. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    fs: Arc<dyn Fs>,
    root: PathBuf,
    /// The file that the app loads first, where that is not `index.html`.
    start: Option<BundlePath>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(&self.root).finish()
    }
}

impl Store {
    /// The data folder at `root`, an absolute path. No I/O.
    pub fn new(fs: Arc<dyn Fs>, root: impl Into<PathBuf>) -> Self {
        Self { fs, root: root.into(), start: None }
    }

    /// Require this file of every bundle as well: the app loads it first.
    #[must_use]
    pub fn starting_at(self, start: Option<BundlePath>) -> Self {
        Self { start, ..self }
    }

    /// The file that the app loads first, where that is not `index.html`.
    pub(super) fn start(&self) -> Option<&BundlePath> {
        self.start.as_ref()
    }

    /// The port.
    pub fn fs(&self) -> &dyn Fs {
        &*self.fs
    }

    /// Make the folders that are missing, those above the data folder too, and make their names durable. Where none is missing
    /// this looks and writes nothing.
    ///
    /// Each name above is durable before the next one is made, so of folders that an earlier call left when it died only the last
    /// can lack that: its name is made durable by whoever makes the next one, and the data folder's by the first state.
    ///
    /// # Errors
    /// `storage_denied`, `no_space` or `storage_write`.
    pub fn create(&self) -> Result<()> {
        let mut missing: Vec<&Path> = Vec::new();
        let mut there = None;
        for dir in self.root.ancestors() {
            if self.fs.stat(dir).map_err(self.failed("read", dir))?.is_some() {
                there = Some(dir);
                break;
            }
            missing.push(dir);
        }
        if !missing.is_empty() {
            there.map_or(Ok(()), |dir| self.flush_name(dir))?;
        }
        for dir in missing.iter().rev() {
            self.fs.create_dir(dir).map_err(self.failed("create", dir))?;
            self.flush_name(dir)?;
        }
        let mut made = false;
        for name in [names::ASIDE, names::BUNDLES, names::PARTIAL, names::FEED] {
            let dir = self.root.join(name);
            // One that cannot be looked at is made, which finds out whether it is there.
            let there = self.fs.stat(&dir).ok().flatten();
            if there.is_none_or(|stat| stat.kind != Kind::Dir) {
                self.make_folder(&dir).map_err(self.failed("create", &dir))?;
                made = true;
            }
        }
        if made { self.flush(&self.root) } else { Ok(()) }
    }

    /// Make the name of a folder durable. A folder above that this app may not open is passed by: it is not ours.
    ///
    /// # Errors
    /// `storage_write` and its kin.
    pub(super) fn flush_name(&self, dir: &Path) -> Result<()> {
        match dir.parent().map_or(Ok(()), |above| self.flush(above)) {
            Err(error) if error.code() == Code::StorageDenied => Ok(()),
            other => other,
        }
    }

    fn flush(&self, dir: &Path) -> Result<()> {
        self.fs.flush_batch(&[], &[dir.to_path_buf()]).map_err(self.failed("flush", dir))
    }

    /// Make a folder of ours. A link of its name is removed: what it points to is not ours to sweep.
    fn make_folder(&self, dir: &Path) -> io::Result<()> {
        match self.fs.create_dir(dir) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                self.fs.remove_file(dir)?;
                self.fs.create_dir(dir)
            }
            other => other,
        }
    }

    /// The absolute path of a name of [`names`].
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The data folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of a bundle.
    pub fn bundle(&self, id: &BundleId) -> PathBuf {
        self.path(names::BUNDLES).join(id.as_str())
    }

    /// The seal of a bundle.
    pub fn seal(&self, id: &BundleId) -> PathBuf {
        self.path(names::BUNDLES).join(format!("{id}{}", names::SEAL_SUFFIX))
    }

    /// The scratch of the install that makes this bundle; sweep takes it, as no bundle has its name.
    pub fn scratch(&self, id: &BundleId) -> PathBuf {
        self.path(names::BUNDLES).join(format!("{id}{}", names::BASE_SUFFIX))
    }

    /// Reports whether a bundle's seal and its `index.html` exist, and the file that the app loads first if that is another one.
    /// Makes two or three calls of the port; the full check verifies the other files. Safe on a main thread.
    ///
    /// # Errors
    /// `storage_read`, `storage_denied`: unreadable is not gone.
    pub fn is_present(&self, id: &BundleId) -> Result<bool> {
        let bundle = self.bundle(id);
        let first = self.start.as_ref().map(|path| bundle.join(path.as_str()));
        for path in [self.seal(id), bundle.join(names::INDEX)].into_iter().chain(first) {
            match self.fs.stat(&path).map_err(self.failed("read", &path))? {
                Some(stat) if stat.is_file() && stat.len > 0 => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Hold a bundle for as long as it is served: sweep passes by what is held. Call it under the state lock, after
    /// [`Store::is_present`]. `None`: it is being swept.
    ///
    /// # Errors
    /// `storage_denied`, `storage_write`.
    pub fn hold(&self, id: &BundleId) -> Result<Option<Lock>> {
        self.lock(&self.seal(id), LockKind::Shared, 0)
    }

    /// Lock the state for one decision and one write. `None`: another process has it still after `wait` milliseconds.
    ///
    /// # Errors
    /// `storage_denied`, `storage_write`.
    pub fn lock_state(&self, wait: u64) -> Result<Option<Lock>> {
        self.lock(&self.path(names::STATE_LOCK), LockKind::Exclusive, wait)
    }

    /// Lock installing for a whole check or update. `None`: already running.
    ///
    /// # Errors
    /// `storage_denied`, `storage_write`.
    pub fn lock_install(&self) -> Result<Option<Lock>> {
        self.lock(&self.path(names::INSTALL_LOCK), LockKind::Exclusive, 0)
    }

    pub(super) fn lock(&self, path: &Path, kind: LockKind, wait: u64) -> Result<Option<Lock>> {
        self.fs.lock(path, kind, wait).map_err(self.failed("lock", path))
    }

    /// Keep copies of files that did not parse, in place of the ones kept before. Files that are absent are passed by.
    ///
    /// # Errors
    /// Whatever a copy failed with; nothing depends on it but a later diagnosis.
    pub fn keep_aside(&self, files: &[&str]) -> Result<()> {
        for name in files {
            let (from, to) = (self.path(name), self.path(names::ASIDE).join(name));
            let copy = |bytes: Vec<u8>| {
                self.fs.remove(&to)?;
                self.fs.create(&to)?.write_all(&bytes)
            };
            let bytes = self.read(&from, ONE_READ).map_err(self.failed("read", &from))?;
            bytes.map_or(Ok(()), copy).map_err(self.failed("write", &to))?;
        }
        Ok(())
    }

    /// Read one framed file.
    pub(super) fn load<T: DeserializeOwned>(&self, path: &Path, form: &Form) -> Found<T> {
        match self.read(path, form.cap) {
            Ok(None) => Found::Absent,
            Ok(Some(bytes)) => decode(form, &bytes),
            Err(e) => Found::Unreadable(self.failed("read", path)(e)),
        }
    }

    /// Read the first `cap` bytes of a file; `None` if there is none. What is no plain file gives bytes that are no frame: what was
    /// in the file is lost.
    pub(super) fn read(&self, path: &Path, cap: usize) -> io::Result<Option<Vec<u8>>> {
        let file = match self.fs.open(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) if NotPlain::is(&e) => return Ok(Some(NO_FRAME.to_vec())),
            other => other?,
        };
        let len = if cap <= ONE_READ { cap } else { usize::try_from(file.len()?).unwrap_or(cap).min(cap) };
        let (mut bytes, mut filled) = (Vec::new(), 0);
        bytes.try_reserve_exact(len).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        bytes.resize(len, 0);
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match file.read_at(filled as u64, rest)? {
                0 => break,
                read => filled += read,
            }
        }
        bytes.truncate(filled);
        Ok(Some(bytes))
    }

    /// Removes all of these, even if one cannot be removed.
    ///
    /// # Errors
    /// The first failure.
    pub(super) fn remove_all(&self, paths: impl Iterator<Item = PathBuf>) -> Result<()> {
        paths.map(|path| self.fs().remove(&path).map_err(self.failed("remove", &path))).fold(Ok(()), Result::and)
    }

    /// An error that names what was done and where, relative to the data folder.
    pub(super) fn failed(&self, action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
        let path = path.strip_prefix(&self.root).unwrap_or(path).to_path_buf();
        move |source| Error::storage(action, path, source)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::testing::CrashFs;

    pub(in crate::keep) const ROOT: &str = "/app/data";

    pub(in crate::keep) fn store_on(fs: &CrashFs) -> Store {
        Store::new(Arc::new(fs.clone()), ROOT)
    }

    #[test]
    fn a_real_disk_keeps_states_and_bundles() {
        use crate::keep::seal::tests::{id, install};
        use crate::keep::{Found, marks, seal, state::Slots, sweep::sweep};
        let dir = tempfile::tempdir().unwrap();
        let store = Store::new(Arc::new(crate::edge::fs::DiskFs), dir.path().join("above/data"));
        store.create().unwrap();
        store.create().unwrap();
        let lock = store.lock_state(0).unwrap().unwrap();
        assert!(store.lock_state(1).unwrap().is_none());
        let mut slots = Slots::default();
        assert!(matches!(slots.load::<String>(&store), Found::Absent));
        for n in 1..4 {
            slots.save(&store, &format!("state {n}")).unwrap();
        }
        marks::save(&store, &"marks").unwrap();
        assert!(matches!(slots.load::<String>(&store), Found::Value(state) if state == "state 3"));
        assert!(matches!(marks::load::<String>(&store), Found::Value(marks) if marks == "marks"));
        drop(lock);

        install(&store, &id(1)).unwrap();
        install(&store, &id(2)).unwrap();
        let _held = store.hold(&id(1)).unwrap().unwrap();
        assert_eq!(seal::check(&store, &id(1)).unwrap(), seal::Checked::Whole);
        assert_eq!(sweep(&store, &std::collections::BTreeSet::new(), 0).unwrap().bundles, 1);
        assert!(store.is_present(&id(1)).unwrap() && !store.is_present(&id(2)).unwrap());
    }

    #[test]
    fn i2_a_state_is_durable_also_where_an_earlier_process_died_while_it_made_the_folders() {
        use crate::keep::{Found, state::Slots};
        use crate::testing::{Cut, Kept, Loss};
        let operations = {
            let fs = CrashFs::default();
            store_on(&fs).create().unwrap();
            fs.operations()
        };
        for n in 0..operations {
            let fs = CrashFs::default();
            fs.cut_at(n, Cut::Before);
            store_on(&fs).create().unwrap_err();
            let fs = fs.after(Loss::Process);
            let store = store_on(&fs);
            // As a launch does: the folders are made where the lock cannot be had.
            let _lock = store.lock_state(0).or_else(|_| store.create().and_then(|()| store.lock_state(0))).unwrap();
            let mut slots = Slots::default();
            assert!(matches!(slots.load::<String>(&store), Found::Absent));
            slots.save(&store, &"state").unwrap();
            let left = store_on(&fs.after(Loss::Power { data: Kept::No, entries: Kept::No }));
            let found = Slots::default().load::<String>(&left);
            assert!(matches!(&found, Found::Value(state) if state == "state"), "cut at {n}: {found:?}");
        }
    }

    #[test]
    fn folders_that_are_there_are_made_once() {
        let fs = CrashFs::default();
        let store = store_on(&fs);
        store.create().unwrap();
        let operations = fs.operations();
        store.create().unwrap();
        assert_eq!(fs.operations(), operations, "nothing is written, and nothing is synced");
    }

    #[test]
    fn an_error_says_where_relative_to_the_data_folder() {
        let fs = CrashFs::default();
        let store = store_on(&fs);
        fs.refuse_reads(io::ErrorKind::PermissionDenied);
        let Found::<u8>::Unreadable(e) = store.load(&store.path(names::MARKS), &crate::keep::marks::FORM) else {
            panic!()
        };
        assert!(e.to_string().starts_with("storage_denied: could not read marks"), "{e}");
    }
}
