//! A zip, as any tool reads it, and whether a device would take it.
//!
//! In: a file. Out: its entries; the code a device would refuse it with. May touch: the file, a temporary folder.
//! Keeps: the verdict is the core's, over a release that says of the archive what an independent reader found in it.

use crate::artifact::{alone, open, zip as ours};
use crate::failure::{Failure, Result};
use crate::hashed;
use crate::output::{DIM, PLAIN, YELLOW};
use aloft_core::model::RootDigest;
use aloft_core::model::bundle::{FileEntry, FileList};
use aloft_core::model::document::Artifact;
use aloft_core::model::limits::MAX_BUNDLE;
use indicatif::HumanCount;
use serde::Serialize;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _};
use zip::ZipArchive;

/// Entries that people are shown.
const SHOWN: usize = 20;

/// What is in a zip.
#[derive(Debug, Serialize)]
pub(super) struct Archive {
    /// Sum of the sizes of its files.
    unpacked: u64,
    /// The root digest of its files, if all could be read.
    root: Option<RootDigest>,
    entries: Vec<Entry>,
    /// Why a device would refuse it.
    refused: Option<Refused>,
}

/// Why a device would refuse an artifact.
#[derive(Debug, Serialize)]
pub(super) struct Refused {
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl From<Failure> for Refused {
    fn from(Failure { code, message, .. }: Failure) -> Self {
        Self { code, message }
    }
}

#[derive(Debug, Serialize)]
struct Entry {
    path: String,
    size: u64,
    packed: u64,
    method: String,
}

/// Read all of `file`.
///
/// # Errors
/// Those of the system.
pub(super) fn look(file: &mut File) -> Result<Archive> {
    let (mut entries, mut files) = (Vec::new(), Vec::new());
    let read = read(file, &mut entries, &mut files);
    let list = FileList::from(files);
    let refused = match read {
        Err(error) => Some(Refused { code: "archive_malformed", message: error.to_string() }),
        Ok(()) => refused(file, &list)?,
    };
    Ok(Archive {
        unpacked: entries.iter().map(|entry: &Entry| entry.size).sum(),
        root: refused.is_none().then(|| list.root()),
        entries,
        refused,
    })
}

fn read(file: &mut File, entries: &mut Vec<Entry>, files: &mut Vec<FileEntry>) -> io::Result<()> {
    let mut archive = ZipArchive::new(BufReader::new(file))?;
    for n in 0..archive.len() {
        let mut entry = archive.by_index(n)?;
        let (path, size) = (entry.name()?.into_owned(), entry.size());
        let method = entry.compression().to_string().to_lowercase();
        entries.push(Entry { path: path.clone(), size, packed: entry.compressed_size(), method });
        if !entry.is_dir() {
            let (size, sha256) = hashed::measure(&mut (&mut entry).take(MAX_BUNDLE))?;
            // A path that no bundle may have is left to the device, which finds more files than it was told.
            files.extend(path.parse().ok().map(|path| FileEntry { path, size, sha256 }));
        }
    }
    Ok(())
}

fn refused(file: &mut File, files: &FileList) -> Result<Option<Refused>> {
    const APP: &str = "com.example.app";
    let mut measure = || {
        file.rewind()?;
        let measured = hashed::measure(file)?;
        file.rewind()?;
        Ok(measured)
    };
    let (size, sha256) = measure().map_err(|error: io::Error| Failure::io("read", "the archive".as_ref(), &error))?;
    let artifact = Artifact { kind: ours::KIND.to_owned(), size, sha256, cipher: None, base: None };
    let release = alone::release(APP, files, artifact.clone())?;
    Ok(open::open(file, release, &artifact, &[]).err().map(Refused::from))
}

impl Archive {
    pub(super) fn human(&self) -> String {
        let mut text = format!("{} entries, {} bytes unpacked", self.entries.len(), HumanCount(self.unpacked));
        if let Some(root) = &self.root {
            let _ = write!(text, "\n{DIM}root {root}{PLAIN}");
        }
        let _ = match &self.refused {
            Some(Refused { code, message }) => write!(text, "\n{YELLOW}refused{PLAIN} {code}: {message}"),
            None => write!(text, "\na device takes it"),
        };
        for Entry { path, size, packed, method } in self.entries.iter().take(SHOWN) {
            let _ = write!(text, "\n{:>12} {:>12} {method:9} {path}", HumanCount(*size).to_string(), packed);
        }
        if self.entries.len() > SHOWN {
            let _ = write!(text, "\n{DIM}and {} more{PLAIN}", self.entries.len() - SHOWN);
        }
        text
    }
}
