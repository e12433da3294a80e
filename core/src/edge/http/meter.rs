//! Counts what comes below HTTP: the bytes of a connection and their times, before TLS and HTTP are taken off.
//!
//! In: bytes as the socket gave them, bytes as the caller got them, what the connection does. Out: nothing, or [`Ended`].
//! May touch: the monotonic clock. Keeps: I10 (a head, chunk framing, trailers, TLS records and informational answers are bounded
//! like content; `cancel` ends all of them).
#![allow(clippy::disallowed_types)] // it measures how long a connection takes

use crate::edge::ports::TransportFault;
use crate::model::config::Timing;
use crate::model::pace::Pace;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub(super) const CONNECTING: &str = "connecting";
pub(super) const WAITING: &str = "waiting for the answer";
pub(super) const READING: &str = "reading the answer";

/// Bytes that may come beside twice the content: a TLS handshake, a head of 64 KiB, and what is read ahead into buffers.
pub(super) const MOST_OVERHEAD: u64 = 512 << 10;

/// Why an exchange was ended from this side.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub(super) struct Ended {
    pub(super) kind: TransportFault,
    pub(super) phase: &'static str,
    detail: String,
}

/// The counts of one transport. The requests of a run come one after another, so each begins with counts of its own.
#[derive(Debug)]
pub(super) struct Meter {
    epoch: Instant,
    timing: Timing,
    exchange: Mutex<Exchange>,
    cancelled: AtomicBool,
}

impl Meter {
    pub(super) fn new(timing: Timing) -> Self {
        let exchange = Mutex::new(Exchange::new(0));
        Self { epoch: Instant::now(), timing, exchange, cancelled: AtomicBool::new(false) }
    }

    /// A request begins.
    pub(super) fn begin(&self) {
        *self.exchange() = Exchange::new(self.now());
    }

    /// A connection is being made, maybe through another one to a proxy.
    pub(super) fn connect_begins(&self) {
        let now = self.now();
        self.exchange().connect_begins(now, self.timing.connect);
    }

    /// It stands, or could not be made.
    pub(super) fn connect_ended(&self) -> Layer {
        self.exchange().connect_ended()
    }

    /// The head of the answer is complete.
    pub(super) fn answered(&self) {
        let now = self.now();
        let mut exchange = self.exchange();
        exchange.phase = Phase::Reading;
        exchange.pace = Pace::new(now);
    }

    /// The caller got this much of the content.
    pub(super) fn delivered(&self, count: usize) {
        let mut exchange = self.exchange();
        exchange.content = exchange.content.saturating_add(count as u64);
    }

    /// What is above TLS got the first bytes of the answer.
    pub(super) fn answer_began(&self) {
        self.exchange().began = true;
    }

    /// Was the request sent on a connection of an earlier one, and did nothing of an answer come?
    pub(super) fn was_left_unanswered(&self) -> bool {
        let exchange = self.exchange();
        exchange.reused && !exchange.began
    }

    /// May the connection be waited for, and for how long at most while it is being made?
    pub(super) fn admit(&self) -> Result<Option<Duration>, Ended> {
        let exchange = self.exchange();
        if self.is_cancelled() {
            return Err(exchange.ended(TransportFault::Cancelled, "cancelled".to_owned()));
        }
        let now = self.now();
        Ok(exchange.connect_by().map(|by| Duration::from_millis(by.saturating_sub(now))))
    }

    /// The socket gave this much.
    pub(super) fn came(&self, count: usize) -> Result<(), Ended> {
        let now = self.now();
        self.exchange().came(count as u64, now, &self.timing)
    }

    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.epoch.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn exchange(&self) -> MutexGuard<'_, Exchange> {
        self.exchange.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Is a connection the one that a request is sent on, or does another one go through it?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    Outermost,
    Within,
}

/// One request and its answer.
#[derive(Debug)]
struct Exchange {
    phase: Phase,
    raw: u64,
    content: u64,
    pace: Pace,
    reused: bool,
    began: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// `within`: how many connections go through the one that is being made; all of them stand by `by`.
    Connecting {
        by: u64,
        within: u32,
    },
    Waiting,
    Reading,
}

impl Exchange {
    fn new(now: u64) -> Self {
        Self { phase: Phase::Waiting, raw: 0, content: 0, pace: Pace::new(now), reused: true, began: false }
    }

    fn connect_begins(&mut self, now: u64, limit: u64) {
        self.reused = false;
        self.phase = match self.phase {
            Phase::Connecting { by, within } => Phase::Connecting { by, within: within.saturating_add(1) },
            _ => Phase::Connecting { by: now.saturating_add(limit), within: 0 },
        };
    }

    fn connect_ended(&mut self) -> Layer {
        match self.phase {
            Phase::Connecting { by, within } if within > 0 => {
                self.phase = Phase::Connecting { by, within: within.saturating_sub(1) };
                Layer::Within
            }
            _ => {
                self.phase = Phase::Waiting;
                Layer::Outermost
            }
        }
    }

    fn connect_by(&self) -> Option<u64> {
        if let Phase::Connecting { by, .. } = self.phase { Some(by) } else { None }
    }

    /// Connecting and waiting for the head have limits of time as a whole, so only a body is held to the least rate.
    fn came(&mut self, count: u64, now: u64, timing: &Timing) -> Result<(), Ended> {
        self.raw = self.raw.saturating_add(count);
        let most = self.content.saturating_mul(2).saturating_add(MOST_OVERHEAD);
        if self.raw > most {
            let detail = format!("{} bytes came for {} bytes of content", self.raw, self.content);
            return Err(self.ended(TransportFault::TooLarge, detail));
        }
        if self.phase != Phase::Reading {
            return Ok(());
        }
        let slow = self.pace.moved(count, now, timing).err();
        slow.map_or(Ok(()), |slow| Err(self.ended(TransportFault::TooSlow, slow.to_string())))
    }

    fn ended(&self, kind: TransportFault, detail: String) -> Ended {
        let phase = match self.phase {
            Phase::Connecting { .. } => CONNECTING,
            Phase::Waiting => WAITING,
            Phase::Reading => READING,
        };
        Ended { kind, phase, detail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing {
        check_interval: 0,
        backoff_first: 0,
        backoff_last: 0,
        connect: 1000,
        idle: 1000,
        least_rate: 100,
        rate_window: 1000,
        app_ready: 0,
    };

    fn kind(result: Result<(), Ended>) -> Option<TransportFault> {
        result.err().map(|ended| ended.kind)
    }

    #[test]
    fn i10_what_comes_beside_the_content_is_bounded_in_every_phase() {
        let mut exchange = Exchange::new(0);
        assert_eq!(kind(exchange.came(MOST_OVERHEAD, 0, &TIMING)), None);
        let ended = exchange.came(1, 0, &TIMING).unwrap_err();
        assert_eq!((ended.kind, ended.phase), (TransportFault::TooLarge, WAITING));
        let mut exchange = Exchange::new(0);
        exchange.phase = Phase::Reading;
        for _ in 0..100 {
            exchange.content += 1 << 20;
            assert_eq!(kind(exchange.came(2 << 20, 0, &TIMING)), None, "framing may be as long as the content");
        }
        assert_eq!(kind(exchange.came(MOST_OVERHEAD, 0, &TIMING)), None);
        assert_eq!(kind(exchange.came(1, 0, &TIMING)), Some(TransportFault::TooLarge));
    }

    #[test]
    fn i10_a_body_is_held_to_the_least_rate_and_what_comes_before_it_is_not() {
        let mut exchange = Exchange::new(0);
        assert_eq!(kind(exchange.came(1, 5000, &TIMING)), None, "waiting for the head has a limit of its own");
        exchange.phase = Phase::Reading;
        exchange.pace = Pace::new(5000);
        assert_eq!(kind(exchange.came(1, 5999, &TIMING)), None);
        assert_eq!(kind(exchange.came(1, 6000, &TIMING)), Some(TransportFault::TooSlow));
    }

    #[test]
    fn i10_a_connection_through_a_proxy_has_one_limit_for_both() {
        let mut exchange = Exchange::new(0);
        exchange.connect_begins(10, 1000);
        exchange.connect_begins(500, 1000);
        assert_eq!(exchange.connect_by(), Some(1010));
        assert_eq!(exchange.connect_ended(), Layer::Within);
        assert_eq!(exchange.connect_by(), Some(1010), "the connection to the host behind it is still to be made");
        assert_eq!(exchange.connect_ended(), Layer::Outermost);
        assert_eq!(exchange.connect_by(), None);
    }
}
