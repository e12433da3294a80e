//! Is a transfer fast enough to go on? A server that sends a byte now and then must not hold a run for hours.
//!
//! In: bytes as they come, monotonic milliseconds. Out: nothing, or [`Slow`]. May touch: nothing. Keeps: I10.

use super::config::Timing;
use std::fmt;

/// The bytes that came since the window began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    begun: u64,
    bytes: u64,
}

/// A window had fewer bytes than the least rate asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slow {
    rate: u64,
    least: u64,
}

impl fmt::Display for Slow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes a second came, at least {} are asked for", self.rate, self.least)
    }
}

impl Pace {
    /// Start measuring at `now`.
    pub(crate) fn new(now: u64) -> Self {
        Self { begun: now, bytes: 0 }
    }

    /// Count `bytes` at `now`, and judge each window when it is over. A window is as long as `rate_window`, and longer by as much
    /// as the last read waited.
    ///
    /// # Errors
    /// [`Slow`] when the window that is over was below the least rate.
    pub(crate) fn moved(&mut self, bytes: u64, now: u64, timing: &Timing) -> Result<(), Slow> {
        self.bytes = self.bytes.saturating_add(bytes);
        let elapsed = now.saturating_sub(self.begun);
        if elapsed < timing.rate_window.max(1) {
            return Ok(());
        }
        let rate = self.bytes.saturating_mul(1000) / elapsed.max(1);
        *self = Self::new(now);
        if rate >= timing.least_rate { Ok(()) } else { Err(Slow { rate, least: timing.least_rate }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i10_each_window_must_reach_the_least_rate() {
        let timing = Timing { least_rate: 1000, rate_window: 60_000, ..Timing::default() };
        let mut pace = Pace::new(5);
        assert!(pace.moved(1, 59_000, &timing).is_ok(), "a window is judged when it is over");
        assert!(pace.moved(60_000, 60_005, &timing).is_ok());
        let slow = pace.moved(59_000, 120_005, &timing).unwrap_err();
        assert_eq!(slow, Slow { rate: 983, least: 1000 }, "what an earlier window had does not help");
    }
}
