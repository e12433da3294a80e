//! A described folder as the maker of packs reads it.
//!
//! In: a bundle. Out: the bytes of its files, at any place. May touch: reads the folder. Keeps: at most one file open.

use crate::bundle::Bundle;
use aloft_pack::make::{Tree, TreeFile};
use aloft_pack::{Base, BaseFile};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// The files of a bundle on this machine's disk.
pub(crate) struct FolderTree {
    folder: PathBuf,
    files: Vec<TreeFile>,
    /// The file that was read last: readers go forward in small steps.
    open: Mutex<Option<(usize, File)>>,
}

impl FolderTree {
    pub(crate) fn new(bundle: &Bundle) -> Self {
        let file = |entry: &aloft_core::model::bundle::FileEntry| TreeFile {
            path: entry.path.as_str().to_owned(),
            size: entry.size,
            sha256: *entry.sha256.bytes(),
        };
        let files = bundle.files.entries().iter().map(file).collect();
        Self { folder: bundle.folder.clone(), files, open: Mutex::new(None) }
    }

    /// The list as a reader of packs takes it.
    pub(crate) fn list(&self) -> Vec<BaseFile> {
        self.files.iter().map(|file| BaseFile { path: file.path.clone(), size: file.size }).collect()
    }
}

impl Tree for FolderTree {
    fn files(&self) -> &[TreeFile] {
        &self.files
    }

    fn read(&self, file: usize, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.as_ref().is_none_or(|(of, _)| *of != file) {
            let path = &self.files.get(file).ok_or(io::ErrorKind::NotFound)?.path;
            *open = Some((file, File::open(self.folder.join(path))?));
        }
        let Some((_, file)) = open.as_mut() else { return Err(io::ErrorKind::NotFound.into()) };
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(buffer)
    }
}

impl Base for &FolderTree {
    fn read(&mut self, file: usize, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        Tree::read(*self, file, offset, buffer)
    }
}
