//! Make whole packs.
//!
//! In: a tree. Out: header, brotli stream, report. May touch: reads the tree. Keeps: the same tree gives the same bytes.

use super::{Progress, Report, Tree};
use crate::error::{Error, Result};
use crate::header::{Form, Header};
use crate::list::{Record, paths, text};
use crate::whole::{WINDOW_BITS, in_order};
use brotli::enc::BrotliEncoderParams;
use std::collections::HashMap;
use std::io::{self, Read, Write};

/// Bytes above which the best that brotli can takes longer than anyone waits; what is next to it takes a sixth of the time, and a
/// tenth more bytes.
const SLOW: u64 = 128 << 20;

/// Make a whole pack of `target`, which needs no base. The same tree gives the same bytes. Reads it; blocks; takes about
/// 150 MiB, and a second for each MiB.
///
/// # Errors
/// [`Error::Input`] of the tree, [`Error::Sink`] of `output`, [`Error::Malformed`] of paths that are too many,
/// too long, or that no device takes.
pub fn whole(target: &dyn Tree, mut output: &mut dyn Write, progress: Progress<'_>) -> Result<Report> {
    let files = target.files();
    let text = text(files.iter().map(|file| file.path.as_str()))?;
    let count = u32::try_from(files.len()).map_err(|_| Error::Malformed("it has too many files"))?;
    paths(text.clone(), count)?;
    let header = Header { form: Form::Whole, files: count, text: text.len() as u32 }.bytes();
    let records = records(target);
    let new = records.iter().zip(files).enumerate().filter(|(_, (record, _))| matches!(record, Record::New(_)));
    let order: Vec<_> = in_order(new.map(|(place, (_, file))| (place, file.path.as_str(), file.size))).collect();
    let list = [text, records.into_iter().flat_map(coded).collect()].concat();
    let all = list.len() as u64 + order.iter().map(|(_, size)| size).sum::<u64>();

    output.write_all(&header).map_err(Error::Sink)?;
    let mut input =
        Plain { list: &list, target, order: order.iter(), file: None, done: 0, all, progress, failed: None };
    let size = brotli::BrotliCompress(&mut input, &mut output, &parameters(all));
    match (size, input.failed) {
        (_, Some(error)) => Err(Error::Input(error)),
        (Err(error), None) => Err(Error::Sink(error)),
        (Ok(size), None) => {
            Ok(Report { size: (header.len() + size) as u64, list: header.len() as u64, files: Vec::new() })
        }
    }
}

fn parameters(size: u64) -> BrotliEncoderParams {
    BrotliEncoderParams {
        quality: if size > SLOW { 9 } else { 11 },
        lgwin: i32::from(WINDOW_BITS),
        size_hint: usize::try_from(size).unwrap_or(usize::MAX),
        ..BrotliEncoderParams::default()
    }
}

/// Where the content of each file comes from: the first file that has it, or the pack.
fn records(target: &dyn Tree) -> Vec<Record> {
    let mut first = HashMap::new();
    let files = target.files().iter().enumerate();
    files
        .map(|(place, file)| match *first.entry(file.sha256).or_insert(place) {
            earlier if earlier < place => Record::Target(earlier),
            _ => Record::New(file.size),
        })
        .collect()
}

/// A record as formats 9.12 has it.
fn coded(record: Record) -> Vec<u8> {
    let mut bytes = Vec::new();
    match record {
        Record::New(size) => {
            bytes.push(0);
            number(size, &mut bytes);
        }
        Record::Target(place) | Record::Base(place) => number(place as u64 + 1, &mut bytes),
    }
    bytes
}

fn number(mut number: u64, into: &mut Vec<u8>) {
    while number >= 0x80 {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

/// What is compressed: the list, then the files in their order.
struct Plain<'a> {
    list: &'a [u8],
    target: &'a dyn Tree,
    order: std::slice::Iter<'a, (usize, u64)>,
    /// The file being read: its place, what was read of it, its size.
    file: Option<(usize, u64, u64)>,
    done: u64,
    all: u64,
    progress: Progress<'a>,
    /// Why the tree could not be read.
    failed: Option<io::Error>,
}

impl Read for Plain<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = if self.list.is_empty() { self.read_file(buffer)? } else { self.list.read(buffer)? };
        self.done += read as u64;
        (self.progress)(self.done, self.all);
        Ok(read)
    }
}

impl Plain<'_> {
    fn read_file(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.file.is_none_or(|(_, at, size)| at == size) {
            let Some((place, size)) = self.order.next() else { return Ok(0) };
            self.file = Some((*place, 0, *size));
        }
        let Some((place, at, size)) = &mut self.file else { return Ok(0) };
        let length = buffer.len().min(usize::try_from(*size - *at).unwrap_or(usize::MAX));
        let buffer = buffer.get_mut(..length).unwrap_or_default();
        if let Err(error) = self.target.read(*place, *at, buffer) {
            self.failed = Some(error);
            return Err(io::ErrorKind::Other.into());
        }
        *at += length as u64;
        Ok(length)
    }
}
