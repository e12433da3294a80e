//! The base of a pack: a bundle that is on the device already (formats 5.7).
//!
//! In: the list of its files, and where they lie. Out: their bytes, at any place. May touch: those files to read; a scratch folder.
//! Keeps: I3 (no byte is used of a file whose digest was not compared), I10 (a few open files, whatever the bundle).

use super::archive::{Entry, Method, Window, inside};
use super::copier::{Content, Copier, Owner, Source};
use super::read_exact_at;
use crate::edge::ports::{Fs, Kind, ReadAt, Shared};
use crate::model::bundle::{FileEntry, FileList};
use crate::model::{Code, Error, Result};
use aloft_pack::BaseFile;
use flate2::bufread::DeflateDecoder;
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Files held open. 16: a pack copies from a few at a time, and iOS lets a process have 256.
const OPEN: usize = 16;
/// Where an Android package has the web assets.
const IN_PACKAGE: &str = "assets/public/";

/// The files of a bundle on the device.
pub struct Base {
    files: FileList,
    place: Place,
    /// Which files were compared with their digests.
    proven: Vec<bool>,
    /// The last read one first.
    open: Vec<(usize, Open)>,
}

enum Place {
    /// A bundle of ours.
    Kept(PathBuf),
    /// A folder of somebody else.
    Folder(PathBuf),
    Package(Package),
}

/// A zip that is read in place.
struct Package {
    path: PathBuf,
    content: Arc<dyn ReadAt>,
    /// As many as files, in their order.
    entries: Vec<Entry>,
    /// For what is deflated, once it is to be read at random.
    scratch: PathBuf,
}

/// A file as it lies somewhere.
struct Open {
    content: Arc<dyn ReadAt>,
    range: Range<u64>,
    method: Method,
}

impl Base {
    /// A kept bundle in `dir`, which nobody changes. No I/O.
    pub fn kept(files: FileList, dir: impl Into<PathBuf>) -> Self {
        Self::new(files, Place::Kept(dir.into()))
    }

    /// The builtin web assets in the first of `places` that has an `index.html`: a folder, or a package that has them in
    /// `assets/public/`. `scratch` is a folder that may be made. Reads a package's directory.
    ///
    /// # Errors
    /// `base_damaged` when none of them has the assets, or a package lacks one of the files.
    pub fn builtin(fs: &dyn Fs, files: FileList, places: &[PathBuf], scratch: &Path) -> Result<Self> {
        for path in places {
            let is_file = |path: &Path| fs.stat(path).ok().flatten().is_some_and(|stat| stat.kind == Kind::File);
            if is_file(&path.join("index.html")) {
                return Ok(Self::new(files, Place::Folder(path.clone())));
            }
            let Ok((content, entries)) = open_package(fs, path) else { continue };
            if entries.iter().any(|entry| entry.path.as_str() == "index.html") {
                let entries = pair(&files, entries)?;
                let package = Package { path: path.clone(), content, entries, scratch: scratch.to_owned() };
                return Ok(Self::new(files, Place::Package(package)));
            }
        }
        Err(Error::corrupt(Code::BaseDamaged, "the builtin web assets are at none of the places they should be at"))
    }

    fn new(files: FileList, place: Place) -> Self {
        let proven = vec![false; files.entries().len()];
        Self { files, place, proven, open: Vec::new() }
    }

    /// The most bytes that the scratch folder may come to hold.
    pub fn scratch_size(&self) -> u64 {
        let Place::Package(package) = &self.place else { return 0 };
        let deflated = package.entries.iter().filter(|entry| entry.method == Method::Deflated);
        deflated.fold(0, |sum, entry| sum.saturating_add(entry.size))
    }

    pub(super) fn list(&self) -> Vec<BaseFile> {
        let entries = self.files.entries().iter();
        entries.map(|file| BaseFile { path: file.path.as_str().to_owned(), size: file.size }).collect()
    }

    /// Fill `buffer` from `offset` of file `n`.
    pub(super) fn read(&mut self, copier: &mut Copier<'_>, n: usize, offset: u64, buffer: &mut [u8]) -> Result<()> {
        let at = match self.open.iter().position(|(file, _)| *file == n) {
            Some(at) => at,
            None => self.hold(copier, n)?,
        };
        self.open.get_mut(..=at).unwrap_or_default().rotate_right(1);
        let Some((_, open)) = self.open.first() else { return Ok(()) };
        read_exact_at(&*open.content, open.range.start.saturating_add(offset), buffer)
            .map_err(|error| self.unreadable(n, error))
    }

    /// Put the content of file `n` at `to`, where nothing is.
    pub(super) fn give(&mut self, copier: &mut Copier<'_>, n: usize, to: &Path) -> Result<Content> {
        let owner = match &self.place {
            Place::Kept(dir) => Some((dir, Owner::Us)),
            Place::Folder(dir) => Some((dir, Owner::Other)),
            Place::Package(_) => None,
        };
        let shared = match owner {
            Some((dir, owner)) => copier.share(&dir.join(self.file(n)?.path.as_str()), to, owner)?,
            None => Shared::No,
        };
        let content = match shared {
            Shared::Yes => {
                self.pour(copier, &plain(copier.fs, to).map_err(|error| self.unreadable(n, error))?, n, None)
            }
            Shared::No => self.pour(copier, &self.locate(copier.fs, n)?, n, Some(to)),
        }?;
        self.compare(n, content).map(|()| content)
    }

    /// Open file `n`, the first time only after all of it was compared with its digest. Its place among the open ones.
    fn hold(&mut self, copier: &mut Copier<'_>, n: usize) -> Result<usize> {
        let mut open = self.locate(copier.fs, n)?;
        let inflated = match (&self.place, open.method) {
            (Place::Package(package), Method::Deflated) => Some(package.scratch.join(n.to_string())),
            _ => None,
        };
        if self.proven.get(n) == Some(&false) {
            if let Some(folder) = inflated.as_ref().and_then(|path| path.parent()) {
                copier.fs.create_dir(folder).map_err(|source| Error::storage("create", folder, source))?;
            }
            let content = self.pour(copier, &open, n, inflated.as_deref())?;
            self.compare(n, content)?;
            self.proven.iter_mut().skip(n).take(1).for_each(|proven| *proven = true);
        }
        if let Some(path) = inflated {
            open = plain(copier.fs, &path).map_err(|source| Error::storage("read", path, source))?;
        }
        self.open.truncate(OPEN - 1);
        self.open.push((n, open));
        Ok(self.open.len() - 1)
    }

    fn locate(&self, fs: &dyn Fs, n: usize) -> Result<Open> {
        let open = match &self.place {
            Place::Kept(dir) | Place::Folder(dir) => plain(fs, &dir.join(self.file(n)?.path.as_str())),
            Place::Package(Package { content, entries, .. }) => {
                let entry = entries.get(n).ok_or_else(no_such_file)?;
                let range = entry.data(&**content);
                range.map(|range| Open { content: content.clone(), range, method: entry.method })
            }
        };
        open.map_err(|error| self.unreadable(n, error))
    }

    /// Read all of file `n`, but not much more than it should have.
    fn pour(&self, copier: &mut Copier<'_>, open: &Open, n: usize, to: Option<&Path>) -> Result<Content> {
        let mut window = Window::new(&*open.content);
        window.show(open.range.clone());
        let reader: Box<dyn io::Read> = match open.method {
            Method::Stored => Box::new(window),
            Method::Deflated => Box::new(DeflateDecoder::new(window)),
        };
        let mut reader = reader.take(self.file(n)?.size.saturating_add(1));
        let source: Source<'_> = &mut |buffer| reader.read(buffer).map_err(|error| self.unreadable(n, error));
        copier.read(source, to)
    }

    fn compare(&self, n: usize, found: Content) -> Result<()> {
        let FileEntry { path, size, sha256 } = self.file(n)?;
        if (found.size, found.sha256) == (*size, *sha256) { Ok(()) } else { Err(damaged(path, "is not what it was")) }
    }

    /// What is missing, cut or no deflated data is damaged; what only could not be read is not.
    fn unreadable(&self, n: usize, error: io::Error) -> Error {
        let Ok(FileEntry { path, .. }) = self.file(n) else { return no_such_file() };
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => damaged(path, "is missing"),
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                damaged(path, "is not what it was")
            }
            _ => match &self.place {
                Place::Kept(dir) | Place::Folder(dir) => Error::storage("read", dir.join(path.as_str()), error),
                Place::Package(package) => Error::storage("read", &package.path, error),
            },
        }
    }

    fn file(&self, n: usize) -> Result<&FileEntry> {
        self.files.entries().get(n).ok_or_else(no_such_file)
    }
}

fn plain(fs: &dyn Fs, path: &Path) -> io::Result<Open> {
    let content: Arc<dyn ReadAt> = fs.open(path)?.into();
    let range = 0..content.len()?;
    Ok(Open { content, range, method: Method::Stored })
}

fn open_package(fs: &dyn Fs, path: &Path) -> io::Result<(Arc<dyn ReadAt>, Vec<Entry>)> {
    let content: Arc<dyn ReadAt> = fs.open(path)?.into();
    let entries = inside(&*content, IN_PACKAGE)?;
    Ok((content, entries))
}

/// The entry of each file.
fn pair(files: &FileList, mut entries: Vec<Entry>) -> Result<Vec<Entry>> {
    entries.retain(|entry| files.entries().binary_search_by(|file| file.path.cmp(&entry.path)).is_ok());
    entries.dedup_by(|a, b| a.path == b.path);
    for (n, file) in files.entries().iter().enumerate() {
        if entries.get(n).is_none_or(|entry| (&entry.path, entry.size) != (&file.path, file.size)) {
            return Err(damaged(&file.path, "is not in the app's package as described"));
        }
    }
    Ok(entries)
}

fn damaged(path: &crate::model::path::BundlePath, what: &str) -> Error {
    Error::corrupt(Code::BaseDamaged, format!("{path} of the base {what}"))
}

pub(super) fn no_such_file() -> Error {
    Error::unsafe_archive(Code::PackMalformed, "it names a file that is not there")
}
