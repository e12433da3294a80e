//! `aloft serve`: a site over HTTP with ranges and strong validators, and faults for whoever tests an app.
//!
//! In: a folder, an address, [`Fault`]s. Out: answers, and a log of them. May touch: the folder (reading), one socket, one thread.
//! Keeps: that only files below the folder are served, and that without a fault HTTP is answered to the letter.
//!
//! Our own handler, because tower-http's `ServeDir` does not know `If-Range`, makes validators of size and time (two documents
//! published within a clock tick are the same to it), and would have to be undone for nearly every fault.

mod answer;
mod body;
pub mod command;
mod fault;
mod file;

pub use fault::{BadFault, Fault, Kind};

use answer::Site;
use axum::extract::{Request, State};
use axum::response::Response;
use serde::Serialize;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// A server on its own thread; it stops, and its connections break, when it is dropped.
pub struct Server {
    url: String,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// One request and what was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// `GET` or `HEAD`, as sent.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// `Range`, as sent.
    pub range: Option<String>,
    /// Status code.
    pub status: u16,
    /// Bytes of the body handed to the connection so far.
    pub bytes: u64,
}

impl Server {
    /// Serve the files of `site` at `address` (port 0: any free one). Binds before it returns.
    ///
    /// # Errors
    /// What the system says to the address or the folder.
    pub fn start(site: &Path, address: SocketAddr, faults: Vec<Fault>) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}", listener.local_addr()?);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        let shared = Arc::new(Shared {
            site: Site::new(site.canonicalize()?),
            faults: Mutex::new(faults),
            log: Mutex::default(),
            finished: Mutex::new(None),
        });
        let router = axum::Router::new().fallback(respond).with_state(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                tokio::select! {
                    _ = axum::serve(listener, router) => {}
                    _ = stopped => {}
                }
            });
        });
        Ok(Self { url, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// Serve on any free port of this machine, without faults.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn local(site: &Path) -> io::Result<Self> {
        Self::start(site, SocketAddr::from(([127, 0, 0, 1], 0)), Vec::new())
    }

    /// `http://host:port`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Replace all faults, for the requests that come from here on.
    pub fn set_faults(&self, faults: impl IntoIterator<Item = Fault>) {
        *lock(&self.shared.faults) = faults.into_iter().collect();
    }

    /// Every request so far, in order.
    pub fn log(&self) -> Vec<Entry> {
        lock(&self.shared.log).iter().map(|line| line.entry()).collect()
    }

    /// Call `listener` on the server's thread whenever an answer has been sent or has broken off.
    pub fn on_finished(&self, listener: impl Fn(Entry) + Send + 'static) {
        *lock(&self.shared.finished) = Some(Box::new(listener));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // it has nothing to report
        }
    }
}

struct Shared {
    site: Site,
    faults: Mutex<Vec<Fault>>,
    log: Mutex<Vec<Arc<Line>>>,
    finished: Mutex<Option<Listener>>,
}

type Listener = Box<dyn Fn(Entry) + Send>;

/// An entry whose bytes are still being counted.
struct Line {
    entry: Entry,
    bytes: AtomicU64,
}

impl Line {
    fn entry(&self) -> Entry {
        Entry { bytes: self.bytes.load(Ordering::SeqCst), ..self.entry.clone() }
    }
}

/// Counts what an answer sends, and reports when it ends.
struct Ticket {
    line: Arc<Line>,
    shared: Arc<Shared>,
}

impl Ticket {
    fn sent(&self, bytes: u64) {
        self.line.bytes.fetch_add(bytes, Ordering::SeqCst);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(listener) = &*lock(&self.shared.finished) {
            listener(self.line.entry());
        }
    }
}

async fn respond(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let faults = fault::taken(&mut lock(&shared.faults), &path);
    let answer = shared.site.answer(&request, &faults);
    let range = request.headers().get("range").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let entry = Entry { method: request.method().to_string(), path, range, status: answer.status(), bytes: 0 };
    let line = Arc::new(Line { entry, bytes: AtomicU64::new(0) });
    lock(&shared.log).push(Arc::clone(&line));
    answer.into_response(Ticket { line, shared })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
