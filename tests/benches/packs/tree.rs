//! Releases in folders.
//!
//! In: a corpus, `APP/VERSION/` each. Out: pairs of consecutive releases, as trees and as bases. May touch: the disk.

use aloft_pack::make::{Tree, TreeFile};
use aloft_pack::{Base, BaseFile, Expected};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// A release on the disk.
pub(crate) struct Folder {
    pub(crate) root: PathBuf,
    pub(crate) files: Vec<TreeFile>,
    /// The file that was read last; reads come in runs.
    open: Mutex<Option<(usize, File)>>,
}

impl Folder {
    pub(crate) fn new(root: &Path) -> Self {
        let mut files = Vec::new();
        collect(root, "", &mut files);
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self { root: root.to_owned(), files, open: Mutex::new(None) }
    }

    pub(crate) fn path(&self, file: usize) -> PathBuf {
        self.root.join(&self.files[file].path)
    }

    pub(crate) fn size(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// Bytes of files that are compressed already: deflating them saves less than a twentieth.
    pub(crate) fn compressed(&self) -> u64 {
        self.files.iter().enumerate().filter(|(place, _)| self.is_compressed(*place)).map(|(_, file)| file.size).sum()
    }

    /// The other files, laid into a folder.
    pub(crate) fn compressible(&self, into: &Path) -> Self {
        for (place, file) in self.files.iter().enumerate().filter(|(place, _)| !self.is_compressed(*place)) {
            let path = into.join(&file.path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::copy(self.path(place), path).unwrap();
        }
        Self::new(into)
    }

    fn is_compressed(&self, file: usize) -> bool {
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
        deflated.write_all(&fs::read(self.path(file)).unwrap()).unwrap();
        deflated.finish().unwrap().len() as u64 > self.files[file].size / 20 * 19
    }

    pub(crate) fn expected(&self) -> Expected {
        Expected { files: self.files.len() as u64, size: self.size() }
    }

    pub(crate) fn as_base(&self) -> Vec<BaseFile> {
        self.files.iter().map(|file| BaseFile { path: file.path.clone(), size: file.size }).collect()
    }
}

impl Tree for Folder {
    fn files(&self) -> &[TreeFile] {
        &self.files
    }

    fn read(&self, file: usize, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let mut open = self.open.lock().unwrap();
        if open.as_ref().is_none_or(|(which, _)| *which != file) {
            *open = Some((file, File::open(self.path(file))?));
        }
        let (_, file) = open.as_mut().unwrap();
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(buffer)
    }
}

impl Base for &Folder {
    fn read(&mut self, file: usize, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        Tree::read(*self, file, offset, buffer)
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<TreeFile>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{prefix}{}", entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &format!("{path}/"), files);
        } else {
            let content = fs::read(entry.path()).unwrap();
            files.push(TreeFile { path, size: content.len() as u64, sha256: Sha256::digest(&content).into() });
        }
    }
}

/// Two consecutive releases.
pub(crate) struct Pair {
    pub(crate) app: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) base: Folder,
    pub(crate) target: Folder,
}

impl Pair {
    fn new(app: &str, base: &Path, target: &Path) -> Self {
        let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
        Self {
            app: app.to_owned(),
            from: name(base),
            to: name(target),
            base: Folder::new(base),
            target: Folder::new(target),
        }
    }

    /// Places of the target's files whose path or content the base does not have as they are.
    pub(crate) fn changed(&self) -> Vec<usize> {
        let same = |file: &TreeFile| {
            let found = self.base.files.binary_search_by(|base| base.path.cmp(&file.path));
            found.is_ok_and(|place| self.base.files[place].sha256 == file.sha256)
        };
        (0..self.target.files.len()).filter(|place| !same(&self.target.files[*place])).collect()
    }
}

/// The name of the pair that is put together of others.
pub(crate) const BIG: &str = "big";
/// What it is put together of: 54 MB.
const PARTS: [&str; 2] = ["n8n", "directus"];

/// The pairs of a corpus, `only` those of one app if it is named; [`BIG`] is laid into `scratch`.
pub(crate) fn pairs(corpus: &Path, only: Option<&str>, scratch: &Path) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for app in folders(corpus).iter().filter(|app| only.is_none_or(|only| *only == **app)) {
        let versions = folders(&corpus.join(app));
        let folder = |version: &String| corpus.join(app).join(version);
        pairs.extend(versions.windows(2).map(|two| Pair::new(app, &folder(&two[0]), &folder(&two[1]))));
    }
    let has_parts = PARTS.iter().all(|app| folders(&corpus.join(app)).len() > 1);
    if has_parts && only.is_none_or(|only| only == BIG) {
        for app in PARTS {
            let versions = folders(&corpus.join(app));
            for (version, side) in versions.iter().rev().zip(["new", "old"]) {
                lay(&corpus.join(app).join(version), &scratch.join(side).join(app));
            }
        }
        pairs.push(Pair::new(BIG, &scratch.join("old"), &scratch.join("new")));
    }
    pairs
}

fn lay(from: &Path, into: &Path) {
    for file in Folder::new(from).files {
        let path = into.join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(from.join(&file.path), path).unwrap();
    }
}

/// Names of folders, sorted; versions as numbers.
fn folders(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().filter(|entry| entry.path().is_dir());
    let names = entries.map(|entry| entry.file_name().into_string().unwrap()).filter(|name| !name.starts_with('.'));
    let mut names: Vec<_> = names.collect();
    names.sort_by_key(|name| {
        (name.split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u64>>(), name.clone())
    });
    names
}
