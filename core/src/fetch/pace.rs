//! Is a transfer fast enough to go on? A drip must not hold a run for hours.
//!
//! In: bytes as they come, monotonic milliseconds. Out: nothing, or `too_slow`. May touch: nothing. Keeps: I10.

use crate::model::config::Timing;
use crate::model::{Code, Error, Result};

/// Bytes of the window that runs.
pub(crate) struct Pace {
    begun: u64,
    bytes: u64,
}

impl Pace {
    /// Start measuring at `now`.
    pub(crate) fn new(now: u64) -> Self {
        Self { begun: now, bytes: 0 }
    }

    /// Count `bytes` at `now`, and judge each window when it is over.
    ///
    /// # Errors
    /// `too_slow`.
    pub(crate) fn moved(&mut self, bytes: u64, now: u64, timing: &Timing) -> Result<()> {
        self.bytes = self.bytes.saturating_add(bytes);
        let elapsed = now.saturating_sub(self.begun);
        if elapsed < timing.rate_window.max(1) {
            return Ok(());
        }
        let rate = self.bytes.saturating_mul(1000) / elapsed.max(1);
        *self = Self::new(now);
        if rate >= timing.least_rate {
            return Ok(());
        }
        let source = format!("{rate} bytes a second, at least {} are asked for", timing.least_rate);
        Err(Error::Network { code: Code::TooSlow, phase: "reading the answer", source: Some(source.into()) })
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
        let error = pace.moved(59_000, 120_005, &timing).unwrap_err();
        assert_eq!(error.code(), Code::TooSlow, "what an earlier window had does not help");
    }
}
