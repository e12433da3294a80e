//! A pack of one tree against another: what is new is found, told, and applied once before it is given out.
//!
//! In: two trees. Out: a pack, and what its bytes are spent on. May touch: reads the trees, holds them in memory; threads of its
//! own that end before a call returns. Keeps: no pack leaves that does not give the target's bytes.

use super::encode::Encode;
use super::parse::{Piece, parse};
use super::{Progress, Report, Tree};
use crate::caller::{Base, Expected, Sink};
use crate::counterpart::counterparts;
use crate::error::{Error, Result};
use crate::header::{Form, Header};
use crate::list::{BaseFile, Record, text};
use crate::unpack::Pack;
use std::collections::BTreeMap;
use std::io;

/// Make a pack of `target` against `base`. The same trees give the same bytes. Reads both; blocks; uses all cores.
///
/// # Errors
/// Those of the trees and of `output`.
pub fn delta(base: &dyn Tree, target: &dyn Tree, output: &mut dyn io::Write, progress: Progress<'_>) -> Result<Report> {
    let base_paths: Vec<_> = base.files().iter().map(|file| file.path.as_str()).collect();
    let paths: Vec<_> = target.files().iter().map(|file| file.path.as_str()).collect();
    let counterparts = counterparts(&base_paths, &paths);
    let records = records(base, target, &counterparts);
    let contents = Contents {
        base_text: text(base_paths.iter().copied())?,
        text: text(paths.iter().copied())?,
        base: all(base).map_err(|(file, source)| Error::Base { file, source })?,
        new: new(target, &records).map_err(Error::Input)?,
    };
    let base_bytes: Vec<&[u8]> =
        std::iter::once(&contents.base_text).chain(&contents.base).map(Vec::as_slice).collect();
    let new = contents.new.iter().map(|(place, bytes)| Piece {
        bytes,
        counterpart: counterparts.get(*place).copied().flatten().map(|counterpart| counterpart + 1),
    });
    let pieces: Vec<_> = std::iter::once(Piece { bytes: &contents.text, counterpart: Some(0) }).chain(new).collect();
    let operations = parse(&base_bytes, &pieces, progress);

    let base_list: Vec<_> =
        base.files().iter().map(|file| BaseFile { path: file.path.clone(), size: file.size }).collect();
    let mut encode = Encode::new(&base_bytes);
    let mut told = pieces.iter().zip(&operations);
    if let Some((text, operations)) = told.next() {
        let records: Vec<_> = paths.iter().copied().zip(records).collect();
        encode.list(&base_list, text, operations, &records)?;
    }
    let head = Header { form: Form::Delta, files: paths.len() as u32, text: contents.text.len() as u32 }.bytes();
    let mut report = Report { list: (head.len() + encode.made()) as u64, ..Report::default() };
    for ((piece, operations), (file, _)) in told.zip(&contents.new) {
        report.files.push(super::Spent { file: *file, ..encode.file(piece, operations)? });
    }
    let pack = [&head[..], &encode.finish()].concat();
    report.size = pack.len() as u64;
    let size = target.files().iter().map(|file| file.size).sum();
    prove(&pack, &base_list, &contents, Expected { files: paths.len() as u64, size })?;
    output.write_all(&pack).map_err(Error::Sink)?;
    Ok(report)
}

/// What is in memory while a pack is made.
struct Contents {
    base_text: Vec<u8>,
    text: Vec<u8>,
    base: Vec<Vec<u8>>,
    /// The new files with their places.
    new: Vec<(usize, Vec<u8>)>,
}

/// Where each file's content comes from; from its counterpart, if it can.
fn records(base: &dyn Tree, target: &dyn Tree, counterparts: &[Option<usize>]) -> Vec<Record> {
    let by_content: BTreeMap<_, _> =
        base.files().iter().enumerate().rev().map(|(place, file)| (file.sha256, place)).collect();
    let mut made = BTreeMap::new();
    let record = |(place, (file, counterpart)): (usize, (&super::TreeFile, &Option<usize>))| {
        let like = counterpart.filter(|like| base.files().get(*like).is_some_and(|like| like.sha256 == file.sha256));
        if let Some(place) = like.or_else(|| by_content.get(&file.sha256).copied()) {
            return Record::Base(place);
        }
        let first = *made.entry(file.sha256).or_insert(place);
        if first == place { Record::New(file.size) } else { Record::Target(first) }
    };
    target.files().iter().zip(counterparts).enumerate().map(record).collect()
}

fn all(tree: &dyn Tree) -> std::result::Result<Vec<Vec<u8>>, (usize, io::Error)> {
    let read = |file| whole(tree, file).map_err(|error| (file, error));
    (0..tree.files().len()).map(read).collect()
}

fn new(tree: &dyn Tree, records: &[Record]) -> io::Result<Vec<(usize, Vec<u8>)>> {
    let new = records.iter().enumerate().filter(|(_, record)| matches!(record, Record::New(_)));
    new.map(|(file, _)| Ok((file, whole(tree, file)?))).collect()
}

fn whole(tree: &dyn Tree, file: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; tree.files().get(file).map_or(0, |file| file.size) as usize];
    tree.read(file, 0, &mut bytes)?;
    Ok(bytes)
}

/// Apply the pack, and compare what comes out.
fn prove(pack: &[u8], base: &[BaseFile], contents: &Contents, expected: Expected) -> Result<()> {
    let pack = Pack::open(pack, base, expected)?;
    let mut compared = Compared { new: contents.new.iter(), left: &[] };
    pack.unpack(&mut InMemory(&contents.base), &mut compared)?;
    if compared.new.next().is_some() { Err(Error::Malformed("it makes too few files")) } else { Ok(()) }
}

struct InMemory<'a>(&'a [Vec<u8>]);

impl Base for InMemory<'_> {
    fn read(&mut self, file: usize, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let bytes = self.0.get(file).and_then(|file| file.get(offset as usize..)?.get(..buffer.len()));
        buffer.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

/// Holds what is made against what should be.
struct Compared<'a> {
    new: std::slice::Iter<'a, (usize, Vec<u8>)>,
    left: &'a [u8],
}

impl Sink for Compared<'_> {
    fn begin(&mut self, file: usize) -> io::Result<()> {
        let (place, bytes) = self.new.next().ok_or_else(differs)?;
        self.left = bytes;
        if *place == file { Ok(()) } else { Err(differs()) }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.left = self.left.strip_prefix(bytes).ok_or_else(differs)?;
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        if self.left.is_empty() { Ok(()) } else { Err(differs()) }
    }
}

fn differs() -> io::Error {
    io::Error::other("the pack does not make what it was made of")
}
