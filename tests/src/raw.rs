//! A server below HTTP: a test writes what it sends, byte by byte if it likes.
//!
//! In: what to do with a connection. Out: an address, and counts. May touch: a socket of this machine, a thread for each connection.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)] // only tests use this

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// It lives as long as the process.
pub struct RawServer {
    address: String,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    connections: AtomicU64,
    requests: AtomicU64,
    sent: AtomicU64,
}

/// A connection that was accepted.
pub struct Conn {
    /// The socket, for whoever puts TLS on it.
    pub stream: TcpStream,
    /// Which connection of the server it is, from 1 on.
    pub number: u64,
    counts: Arc<Counts>,
}

impl RawServer {
    /// Do `serve` with every connection, each on its own thread.
    pub fn new(serve: impl Fn(Conn) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (counts, serve) = (Arc::new(Counts::default()), Arc::new(serve));
        let counting = Arc::clone(&counts);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let number = counting.connections.fetch_add(1, Ordering::SeqCst) + 1;
                let (serve, counts) = (Arc::clone(&serve), Arc::clone(&counting));
                thread::spawn(move || serve(Conn { stream, number, counts }));
            }
        });
        Self { address, counts }
    }

    /// `http://host:port`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `host:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Connections so far.
    pub fn connections(&self) -> u64 {
        self.counts.connections.load(Ordering::SeqCst)
    }

    /// Requests that were read with [`Conn::request`].
    pub fn requests(&self) -> u64 {
        self.counts.requests.load(Ordering::SeqCst)
    }

    /// Bytes that the system took for sending; what lies in its buffers when a connection ends is among them.
    pub fn sent(&self) -> u64 {
        self.counts.sent.load(Ordering::SeqCst)
    }
}

impl Conn {
    /// Read a whole request; `None`: the connection was closed before.
    pub fn request(&mut self) -> Option<String> {
        let mut request = Vec::new();
        let mut byte = [0];
        while !request.ends_with(b"\r\n\r\n") {
            if self.stream.read(&mut byte).ok()? == 0 {
                return None;
            }
            request.extend_from_slice(&byte);
        }
        self.counts.requests.fetch_add(1, Ordering::SeqCst);
        Some(String::from_utf8_lossy(&request).into_owned())
    }

    /// Send `bytes`; `None`: the other side is gone.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> Option<()> {
        self.stream.write_all(bytes.as_ref()).ok()?;
        self.counts.sent.fetch_add(bytes.as_ref().len() as u64, Ordering::SeqCst);
        Some(())
    }

    /// Send `bytes` again and again until the other side is gone.
    pub fn flood(&mut self, bytes: impl AsRef<[u8]>) {
        while self.send(bytes.as_ref()).is_some() {}
    }

    /// Send `bytes` again and again, each time after `milliseconds`, until the other side is gone.
    pub fn drip(&mut self, bytes: impl AsRef<[u8]>, milliseconds: u64) {
        while self.stays(milliseconds) && self.send(bytes.as_ref()).is_some() {}
    }

    /// Is the other side still there after so many milliseconds? What it sends meanwhile is read and forgotten.
    pub fn stays(&mut self, milliseconds: u64) -> bool {
        self.stream.set_read_timeout(Some(Duration::from_millis(milliseconds))).unwrap();
        let read = self.stream.read(&mut [0; 1024]);
        self.stream.set_read_timeout(None).unwrap();
        match read {
            Ok(count) => count > 0,
            Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        }
    }
}
