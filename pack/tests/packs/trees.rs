//! Trees in memory, and what is unpacked of them.
//!
//! In: paths and contents. Out: what the crate's ports ask for. May touch: memory; reads a folder.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, dead_code)]

use aloft_pack::make::{Tree, TreeFile};
use aloft_pack::{Base, BaseFile, Error, Expected, Pack, Sink, Source};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// Content by path.
pub(crate) type Content = BTreeMap<String, Vec<u8>>;

pub(crate) fn content<P: Into<String>, C: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, C)>) -> Content {
    files.into_iter().map(|(path, content)| (path.into(), content.into())).collect()
}

/// A bundle, as the maker sees it.
pub(crate) struct Memory {
    files: Vec<TreeFile>,
    contents: Vec<Vec<u8>>,
}

impl Memory {
    pub(crate) fn new(content: &Content) -> Self {
        let files = content.iter().map(|(path, content)| TreeFile {
            path: path.clone(),
            size: content.len() as u64,
            sha256: Sha256::digest(content).into(),
        });
        Self { files: files.collect(), contents: content.values().cloned().collect() }
    }

    pub(crate) fn as_base(&self) -> Vec<BaseFile> {
        self.files.iter().map(|file| BaseFile { path: file.path.clone(), size: file.size }).collect()
    }
}

impl Tree for Memory {
    fn files(&self) -> &[TreeFile] {
        &self.files
    }

    fn read(&self, file: usize, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let offset = offset as usize;
        buffer.copy_from_slice(&self.contents[file][offset..offset + buffer.len()]);
        Ok(())
    }
}

impl Base for &Memory {
    fn read(&mut self, file: usize, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        Tree::read(*self, file, offset, buffer)
    }
}

/// What came out, by place in the list.
#[derive(Default)]
pub(crate) struct Received {
    pub(crate) files: BTreeMap<usize, Vec<u8>>,
    open: Option<usize>,
}

impl Sink for Received {
    fn begin(&mut self, file: usize) -> io::Result<()> {
        assert_eq!(self.open.replace(file), None);
        assert_eq!(self.files.insert(file, Vec::new()), None);
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.files.get_mut(&self.open.unwrap()).unwrap().extend_from_slice(bytes);
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.open.take().unwrap();
        Ok(())
    }
}

/// Apply a pack, as a device does.
pub(crate) fn apply(pack: impl Read, base: &Memory, expected: Expected) -> Result<Content, Error> {
    let pack = Pack::open(pack, &base.as_base(), expected)?;
    let files = pack.files().to_vec();
    let mut received = Received::default();
    pack.unpack(&mut &*base, &mut received)?;
    let content = |place: usize| match files[place].source {
        Source::New => received.files[&place].clone(),
        Source::Target(place) => received.files[&place].clone(),
        Source::Base(place) => base.contents[place].clone(),
    };
    let all: Content = files.iter().enumerate().map(|(place, file)| (file.path.clone(), content(place))).collect();
    assert!(files.iter().all(|file| all[&file.path].len() as u64 == file.size));
    Ok(all)
}

pub(crate) fn expected(content: &Content) -> Expected {
    Expected { files: content.len() as u64, size: content.values().map(|content| content.len() as u64).sum() }
}

/// Files by their path in a folder.
pub(crate) fn folder(root: &Path) -> Content {
    let mut found = Content::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let parts: Vec<_> =
                    path.strip_prefix(root).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
                found.insert(parts.join("/"), fs::read(&path).unwrap());
            }
        }
    }
    found
}
