//! What a device's work shows while it goes on: a bar for people on a terminal, and log lines.
//!
//! In: notices of the core. Out: standard error. May touch: standard error.

use crate::output::Output;
use aloft_core::edge::ports::{Notice, Observer};
use indicatif::ProgressBar;
use std::sync::{Mutex, PoisonError};

/// A bar for each phase.
pub(super) struct Progress {
    output: Output,
    /// The phase that runs.
    bar: Mutex<Option<(&'static str, ProgressBar)>>,
}

impl Progress {
    pub(super) fn new(output: Output) -> Self {
        Self { output, bar: Mutex::new(None) }
    }
}

impl Observer for Progress {
    fn notice(&self, notice: &Notice) {
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        match notice {
            Notice::Progress { phase, done, total } => {
                if let Some((_, before)) = bar.take_if(|(running, _)| running != phase) {
                    before.finish_and_clear();
                }
                let (_, running) = bar.get_or_insert_with(|| (phase, self.output.bar(phase)));
                running.set_length(*total);
                running.set_position(*done);
                if done >= total {
                    running.finish_and_clear();
                }
            }
            Notice::Log { line } => match &*bar {
                Some((_, running)) => running.suspend(|| eprintln!("{line}")),
                None => eprintln!("{line}"),
            },
            _ => {}
        }
    }
}
