//! The body of an answer: a part of a file, as fast and as far as the faults let it.
//!
//! In: an open file, which bytes, a [`Flow`]. Out: frames for the connection. May touch: that file (reading).
//! Keeps: one chunk in memory. Reads block the server's thread, which a page cache makes shorter than a switch to another.

use super::Ticket;
use axum::body::{Bytes, HttpBody};
use http_body::Frame;
use std::fs::File;
use std::future::Future as _;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Sleep, sleep};

/// What goes wrong while the body is sent.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flow {
    /// Nothing comes after so many bytes.
    pub(super) stall: Option<u64>,
    /// So many bytes at a time, ten times a second.
    pub(super) drip: Option<u64>,
    /// The connection breaks after so many bytes.
    pub(super) cut: Option<u64>,
    /// This byte of the file is flipped.
    pub(super) corrupt: Option<u64>,
    /// So many bytes after the file's own.
    pub(super) extra: u64,
}

/// Bytes of a file on their way.
pub(super) struct FileBody {
    file: File,
    at: u64,
    end: u64,
    sent: u64,
    flow: Flow,
    pause: Option<Pin<Box<Sleep>>>,
    ticket: Ticket,
}

const CHUNK: u64 = 64 << 10;
const DRIP: Duration = Duration::from_millis(100);
/// Lets what was sent before a cut leave the connection.
const LINGER: Duration = Duration::from_millis(20);

impl FileBody {
    pub(super) fn new(file: File, from: u64, len: u64, flow: Flow, ticket: Ticket) -> Self {
        let end = from + len;
        let flow = Flow { corrupt: flow.corrupt.map(|at| at.min(end.saturating_sub(1))), ..flow };
        Self { file, at: from, end, sent: 0, flow, pause: None, ticket }
    }

    fn read(&mut self, most: u64) -> io::Result<Bytes> {
        let of_file = self.end - self.at;
        let len = most.min(CHUNK).min(if of_file > 0 { of_file } else { self.flow.extra });
        let mut chunk = vec![0; usize::try_from(len).map_err(io::Error::other)?];
        if of_file > 0 {
            self.file.seek(SeekFrom::Start(self.at))?;
            self.file.read_exact(&mut chunk)?;
            let flip = self.flow.corrupt.and_then(|at| usize::try_from(at.checked_sub(self.at)?).ok());
            if let Some(byte) = flip.and_then(|at| chunk.get_mut(at)) {
                *byte ^= 0xff;
            }
            self.at += len;
        } else {
            self.flow.extra -= len;
        }
        self.sent += len;
        self.ticket.sent(len);
        Ok(chunk.into())
    }
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        loop {
            if let Some(pause) = &mut this.pause {
                ready!(pause.as_mut().poll(context));
                this.pause = None;
                if this.flow.cut == Some(this.sent) {
                    return Poll::Ready(Some(Err(io::Error::other("cut, as asked for by a fault"))));
                }
            }
            if this.flow.stall == Some(this.sent) {
                return Poll::Pending; // until the client goes away
            }
            if this.flow.cut != Some(this.sent) {
                break;
            }
            this.pause = Some(Box::pin(sleep(LINGER)));
        }
        if this.at == this.end && this.flow.extra == 0 {
            return Poll::Ready(None);
        }
        let until = |mark: Option<u64>| mark.map_or(CHUNK, |mark| mark.saturating_sub(this.sent));
        let most = until(this.flow.stall).min(until(this.flow.cut)).min(this.flow.drip.unwrap_or(CHUNK).max(1));
        let frame = this.read(most).map(Frame::data);
        this.pause = this.flow.drip.map(|_| Box::pin(sleep(DRIP)));
        Poll::Ready(Some(frame))
    }
}
