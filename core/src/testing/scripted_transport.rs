//! A `Transport` without a network: scripted answers, or the files of a site.
//!
//! In: exchanges in order, or paths and bytes. Out: answers, and what was asked. May touch: the folder it serves.
//! Keeps: a request that was not expected panics and says what was.
#![allow(clippy::disallowed_methods)] // it stands in for a server
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::missing_panics_doc)] // only tests link this

use crate::edge::ports::{Connect, Request, Response, Transport, TransportError, TransportFault};
use crate::model::config::Config;
use crate::model::{Digest, Result};
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// A fake of the network. Clones share their script and their list of requests; `cancel` ends one clone only.
#[derive(Clone)]
pub struct ScriptedTransport {
    source: Arc<Mutex<Source>>,
    asked: Arc<Mutex<Vec<Asked>>>,
    cancelled: Arc<AtomicBool>,
}

enum Source {
    Script(VecDeque<(String, Scripted)>),
    Files(BTreeMap<String, Vec<u8>>),
    Folder(PathBuf),
}

/// One request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The whole URL.
    pub url: String,
    /// Header lines by name.
    pub headers: BTreeMap<String, String>,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Scripted {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
    end: Option<TransportFault>,
}

impl Scripted {
    /// An answer with its length declared.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let headers = BTreeMap::from([("content-length".to_owned(), body.len().to_string())]);
        Self { status, headers, body, end: None }
    }

    /// No answer at all.
    pub fn fault(kind: TransportFault) -> Self {
        Self::new(0, "").then(kind)
    }

    /// Set a header; an empty value takes it away.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.insert(name.to_owned(), value.into());
        self.headers.retain(|_, value| !value.is_empty());
        self
    }

    /// Break off like this after the body.
    #[must_use]
    pub fn then(mut self, kind: TransportFault) -> Self {
        self.end = Some(kind);
        self
    }
}

impl ScriptedTransport {
    /// Answer exactly these URLs in this order.
    pub fn script<'a>(exchanges: impl IntoIterator<Item = (&'a str, Scripted)>) -> Self {
        Self::of(Source::Script(exchanges.into_iter().map(|(url, answer)| (url.to_owned(), answer)).collect()))
    }

    /// Serve these files, by their paths below any host, with ranges and strong validators; else 404.
    pub fn files<'a>(files: impl IntoIterator<Item = (&'a str, Vec<u8>)>) -> Self {
        Self::of(Source::Files(files.into_iter().map(|(path, bytes)| (path.to_owned(), bytes)).collect()))
    }

    /// Serve a folder as it is at each request.
    pub fn site(folder: impl Into<PathBuf>) -> Self {
        Self::of(Source::Folder(folder.into()))
    }

    /// What was asked, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    fn of(source: Source) -> Self {
        Self { source: Arc::new(Mutex::new(source)), asked: Arc::default(), cancelled: Arc::default() }
    }
}

impl Connect for ScriptedTransport {
    fn connect(&self, _: &Config) -> Result<Arc<dyn Transport>> {
        Ok(Arc::new(Self { cancelled: Arc::default(), ..self.clone() }))
    }
}

impl Transport for ScriptedTransport {
    fn get(&self, request: &Request<'_>) -> std::result::Result<Box<dyn Response>, TransportError> {
        let headers = request.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let asked = Asked { url: request.url.to_owned(), headers };
        self.asked.lock().unwrap().push(asked.clone());
        if self.cancelled.load(Ordering::SeqCst) {
            return Err(error(TransportFault::Cancelled));
        }
        let path = asked.url.split('/').skip(3).collect::<Vec<_>>().join("/");
        let answer = match &mut *self.source.lock().unwrap() {
            Source::Script(script) => match script.pop_front() {
                Some((url, answer)) if url == asked.url => answer,
                Some((url, _)) => panic!("expected a request for {url}, got {asked:?}"),
                None => panic!("expected no more requests, got {asked:?}"),
            },
            Source::Files(files) => serve(files.get(&path).cloned(), &asked),
            Source::Folder(folder) => serve(std::fs::read(folder.join(path)).ok(), &asked),
        };
        match answer.end {
            Some(kind) if answer.status == 0 => Err(error(kind)),
            _ => Ok(Box::new(Body { answer, read: 0, cancelled: Arc::clone(&self.cancelled) })),
        }
    }

    fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
    }
}

fn serve(file: Option<Vec<u8>>, asked: &Asked) -> Scripted {
    let Some(bytes) = file else { return Scripted::new(404, "") };
    let header = |name: &str| asked.headers.get(name).map(String::as_str);
    let etag = format!("\"{}\"", Digest::of(&bytes));
    if header("if-none-match") == Some(&etag) {
        return Scripted::new(304, "").header("etag", etag);
    }
    let from = header("range").filter(|_| header("if-range").is_none_or(|expected| expected == etag));
    let from = from.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    let answer = match from {
        None => Scripted::new(200, bytes),
        Some(from) if from < bytes.len() => Scripted::new(206, &bytes[from..])
            .header("content-range", format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len())),
        Some(_) => Scripted::new(416, "").header("content-range", format!("bytes */{}", bytes.len())),
    };
    answer.header("etag", etag)
}

struct Body {
    answer: Scripted,
    read: usize,
    cancelled: Arc<AtomicBool>,
}

impl Response for Body {
    fn status(&self) -> u16 {
        self.answer.status
    }

    fn header(&self, name: &str) -> Option<String> {
        self.answer.headers.get(name).cloned()
    }

    fn read(&mut self, buffer: &mut [u8]) -> std::result::Result<usize, TransportError> {
        if self.cancelled.load(Ordering::SeqCst) {
            return Err(error(TransportFault::Cancelled));
        }
        let rest = &self.answer.body[self.read..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.read += count;
        match self.answer.end {
            Some(kind) if count == 0 => Err(error(kind)),
            _ => Ok(count),
        }
    }
}

fn error(kind: TransportFault) -> TransportError {
    TransportError { kind, phase: "reading the answer", detail: "scripted".to_owned() }
}
