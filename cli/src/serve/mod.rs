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

pub use fault::{BadFault, Fault, Kind, RetryAfter};

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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    /// The whole answer to a request with these header lines, as text in lower case.
    fn ask(server: &Server, method: &str, path: &str, headers: &str) -> String {
        let mut stream = TcpStream::connect(server.url().trim_start_matches("http://")).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.to_lowercase()
    }

    fn served() -> (tempfile::TempDir, Server) {
        let folder = tempfile::tempdir().unwrap();
        for (path, content) in [("channels/a.json", "{}"), ("artifacts/b.zip", "0123456789")] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let server = Server::local(folder.path()).unwrap();
        (folder, server)
    }

    #[test]
    fn documents_are_cached_briefly_and_artifacts_for_ever() {
        let (_folder, server) = served();
        let document = ask(&server, "GET", "/channels/a.json", "");
        assert!(document.starts_with("http/1.1 200") && document.ends_with("\r\n\r\n{}"), "{document}");
        assert!(
            document.contains("content-type: application/json") && document.contains("max-age=60\r\n"),
            "{document}"
        );
        let artifact = ask(&server, "HEAD", "/artifacts/b.zip?x=y", "");
        assert!(artifact.contains("immutable") && artifact.contains("content-length: 10\r\n"), "{artifact}");
        assert!(artifact.contains("accept-ranges: bytes") && artifact.ends_with("\r\n\r\n"), "{artifact}");
        let etag = format!("etag: \"{}\"", aloft_core::model::Digest::of(b"0123456789"));
        assert!(artifact.contains(&etag), "{artifact}");
    }

    #[test]
    fn ranges_hold_for_the_version_that_is_meant() {
        let (_folder, server) = served();
        let etag = format!("\"{}\"", aloft_core::model::Digest::of(b"0123456789"));
        for (headers, status, range, body) in [
            ("range: bytes=7-\r\n".to_owned(), 206, "content-range: bytes 7-9/10", "789"),
            (format!("range: bytes=7-\r\nif-range: {etag}\r\n"), 206, "content-range: bytes 7-9/10", "789"),
            ("range: bytes=7-\r\nif-range: \"other\"\r\n".to_owned(), 200, "", "0123456789"),
            (format!("range: bytes=7-\r\nif-range: W/{etag}\r\n"), 200, "", "0123456789"),
            ("range: bytes=10-\r\n".to_owned(), 416, "content-range: bytes */10", ""),
            (format!("if-none-match: \"x\", W/{etag}\r\n"), 304, "", ""),
        ] {
            let answer = ask(&server, "GET", "/artifacts/b.zip", &headers);
            assert!(answer.starts_with(&format!("http/1.1 {status}")), "{headers} {answer}");
            assert!(answer.contains(range) && answer.ends_with(&format!("\r\n\r\n{body}")), "{headers} {answer}");
        }
    }

    #[test]
    fn anything_else_is_refused_and_logged() {
        let (_folder, server) = served();
        assert!(ask(&server, "POST", "/channels/a.json", "content-length: 0\r\n").starts_with("http/1.1 405"));
        assert!(ask(&server, "GET", "/../Cargo.toml", "").starts_with("http/1.1 404"));
        let seen: Vec<_> = server.log().into_iter().map(|entry| (entry.method, entry.path, entry.status)).collect();
        let line = |method: &str, path: &str, status| (method.to_owned(), path.to_owned(), status);
        assert_eq!(seen, [line("POST", "/channels/a.json", 405), line("GET", "/../Cargo.toml", 404)]);
    }
}
