//! Download an artifact into `partial/`, going on where an earlier run was cut off.
//!
//! In: a URL with the signed size, what lies in `partial/`. Out: [`Downloaded`], a complete file whose digest nobody has checked.
//! May touch: the network through `Transport`, the two files of a [`Partial`].
//! Keeps: I2 (these files are scratch), I10 (never more than the signed size is written).

use super::request::{self, Answer, Headers, Network, is_etag};
use super::resume::{self, Head, Next, Start};
use crate::edge::ports::{Fs, Notice, Observer, Stat, System};
use crate::model::{Code, Digest, Error, Result};
use std::path::{Path, PathBuf};

/// What to download.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Where it is.
    pub url: &'a str,
    /// Signed size in bytes.
    pub size: u64,
}

/// Where a download lies until it is installed: its bytes, and beside them the validator they belong to. It survives a kill
/// and a full disk; it does not survive a wrong digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partial {
    bytes: PathBuf,
    validator: PathBuf,
}

impl Partial {
    /// The place of the artifact with this digest in `folder` (formats 13).
    pub fn new(folder: &Path, sha256: Digest) -> Self {
        Self { bytes: folder.join(sha256.to_string()), validator: folder.join(format!("{sha256}.validator")) }
    }

    /// Bytes that are there already, whatever they are worth; 0 when nothing can be told.
    pub fn size(&self, fs: &dyn Fs) -> u64 {
        fs.stat(&self.bytes).ok().flatten().map_or(0, usable)
    }

    /// Remove it.
    ///
    /// # Errors
    /// Storage errors.
    pub fn discard(&self, fs: &dyn Fs) -> Result<()> {
        for path in [&self.bytes, &self.validator] {
            fs.remove(path).map_err(|source| Error::storage("remove", path, source))?;
        }
        Ok(())
    }

    fn start(&self, fs: &dyn Fs, size: u64) -> Result<Start> {
        let stat = fs.stat(&self.bytes).map_err(|source| Error::storage("read", &self.bytes, source))?;
        // Without a validator that can be read the bytes are of an unknown version, so they are fetched again.
        let line = fs.read(&self.validator, 512).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let etag = line.and_then(|line| line.strip_prefix(VALIDATOR).map(str::to_owned)).filter(|etag| is_strong(etag));
        Ok(resume::start(stat.map_or(0, usable), etag, size))
    }

    fn keep_validator(&self, fs: &dyn Fs, etag: Option<String>) -> Result<()> {
        let path = &self.validator;
        let kept = match etag.filter(|etag| is_strong(etag)) {
            Some(etag) => {
                fs.append(path, 0).and_then(|mut file| file.write_all(format!("{VALIDATOR}{etag}").as_bytes()))
            }
            None => fs.remove(path),
        };
        kept.map_err(|source| Error::storage("write", path, source))
    }
}

/// Bytes that a download can go on from: those of a plain file that is nobody else's too.
fn usable(stat: Stat) -> u64 {
    if stat.is_ours() { stat.len } else { 0 }
}

/// What the validator's file begins with; another beginning is another format.
const VALIDATOR: &str = "etag 1 ";

/// Only a strong validator promises the same bytes (RFC 9110, 13.1.5).
fn is_strong(etag: &str) -> bool {
    is_etag(etag) && !etag.starts_with("W/")
}

/// A file of exactly the signed size. Its digest is the business of the gate.
#[derive(Debug)]
pub struct Downloaded {
    partial: Partial,
    size: u64,
    fetched: u64,
}

impl Downloaded {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.partial.bytes
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Bytes of it that came over the network in this run; the others lay there from an earlier one.
    pub fn fetched(&self) -> u64 {
        self.fetched
    }

    /// Remove it: its digest is wrong, or it is installed.
    ///
    /// # Errors
    /// Storage errors.
    pub fn discard(self, fs: &dyn Fs) -> Result<()> {
        self.partial.discard(fs)
    }
}

/// Download `wanted` to `partial`. Blocks. The caller has checked limits and free space.
///
/// # Errors
/// Network and server errors, `size_mismatch`, `range_mismatch`, storage errors (`no_space`). What came before one is kept for
/// the next run, unless the server sent more than the size. Where going on is refused, the whole is asked for, once.
pub fn download(
    network: Network<'_>,
    fs: &dyn Fs,
    observer: &dyn Observer,
    wanted: Wanted<'_>,
    partial: &Partial,
) -> Result<Downloaded> {
    let done = |fetched| Downloaded { partial: partial.clone(), size: wanted.size, fetched };
    let mut start = partial.start(fs, wanted.size)?;
    while start != Start::Complete {
        match transfer(network, fs, observer, wanted, partial, &start) {
            // What is there lasts until the whole has begun to come.
            Err(error) if matches!(start, Start::Resume { .. }) && request::may_be_for_its_condition(&error) => {
                start = Start::Fresh;
            }
            fetched => return fetched.map(done),
        }
    }
    Ok(done(0))
}

/// One request, and its answer to the end: how many bytes came.
fn transfer(
    network: Network<'_>,
    fs: &dyn Fs,
    observer: &dyn Observer,
    wanted: Wanted<'_>,
    partial: &Partial,
    start: &Start,
) -> Result<u64> {
    let answer = request::get(network, wanted.url, range(start))?;
    match resume::next(start, &head(&answer), wanted.size) {
        Next::WriteFrom(offset) => {
            let progress = Progress { observer, system: network.system, total: wanted.size, due: 0 };
            match write(fs, partial, answer, offset, progress)? {
                have if have == wanted.size => Ok(wanted.size - offset),
                have if offset == 0 => Err(too_short(fs, wanted, partial, start, have)?),
                have => Err(ended_early(wanted, have)),
            }
        }
        Next::Refuse(Code::SizeMismatch) => {
            let declared = answer.declared().unwrap_or_default();
            Err(other_size(wanted.size, &format!("{declared} are declared")))
        }
        Next::Refuse(code) => {
            Err(answer.refused(code, &format!("status {} to a request for {}", answer.status(), asked_for(start))))
        }
    }
}

fn asked_for(start: &Start) -> &'static str {
    if matches!(start, Start::Resume { .. }) { "the rest" } else { "the whole" }
}

/// A whole answer ended early. One that is exactly the rest is of a server that takes a request for the rest for a plain one: its
/// bytes lie where others belong.
fn too_short(fs: &dyn Fs, wanted: Wanted<'_>, partial: &Partial, start: &Start, have: u64) -> Result<Error> {
    if matches!(start, Start::Resume { offset, .. } if have == wanted.size.saturating_sub(*offset)) {
        partial.discard(fs)?;
        return Ok(other_size(wanted.size, "only the rest came as the whole"));
    }
    Ok(ended_early(wanted, have))
}

fn ended_early(wanted: Wanted<'_>, have: u64) -> Error {
    let source = format!("the answer ended after {have} of {} bytes", wanted.size);
    Error::Network { code: Code::ConnectionLost, phase: "reading the answer", source: Some(source.into()) }
}

fn range(start: &Start) -> Headers {
    match start {
        Start::Resume { offset, etag } => vec![("range", format!("bytes={offset}-")), ("if-range", etag.clone())],
        Start::Fresh | Start::Complete => Vec::new(),
    }
}

fn head(answer: &Answer<'_>) -> Head {
    Head {
        status: answer.status(),
        length: answer.declared(),
        range: answer.header("content-range"),
        etag: answer.header("etag"),
    }
}

/// Write the body from `offset` on; how many bytes there are then.
fn write(
    fs: &dyn Fs,
    partial: &Partial,
    mut answer: Answer<'_>,
    offset: u64,
    mut progress: Progress<'_>,
) -> Result<u64> {
    let stored = |source| Error::storage("write", &partial.bytes, source);
    let mut file = fs.append(&partial.bytes, offset).map_err(stored)?;
    if offset == 0 {
        // After the old bytes are gone and before the first of the others is there: it never names bytes of another version.
        partial.keep_validator(fs, answer.etag())?;
    }
    let mut have = offset;
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = answer.read(&mut buffer)?;
        if count == 0 {
            break;
        }
        have = have.saturating_add(count as u64);
        if have > progress.total {
            drop(file);
            partial.discard(fs)?;
            return Err(other_size(progress.total, "more came"));
        }
        file.write_all(buffer.get(..count).unwrap_or_default()).map_err(stored)?;
        progress.at(have);
    }
    Ok(have)
}

fn other_size(size: u64, what: &str) -> Error {
    Error::corrupt(Code::SizeMismatch, format!("an artifact of {size} bytes is signed, {what}"))
}

/// At most ten notices a second, and one at the end.
struct Progress<'a> {
    observer: &'a dyn Observer,
    system: &'a dyn System,
    total: u64,
    due: u64,
}

impl Progress<'_> {
    fn at(&mut self, done: u64) {
        let now = self.system.monotonic();
        if now >= self.due || done == self.total {
            self.due = now.saturating_add(100);
            self.observer.notice(&Notice::Progress { phase: "download", done, total: self.total });
        }
    }
}

#[cfg(test)]
mod tests;
