//! Computes the progress of a download in percent.
//!
//! In: notices of the core. Out: percentages for the app. Keeps: they never fall within one job.

use aloft_core::edge::ports::Notice;
use aloft_core::model::Version;
use std::sync::{Mutex, PoisonError};

/// The transfer counts to 70 and unpacking to 99; 100 is sent by the code that ends the update.
const TRANSFER: u64 = 70;
const UNPACKED: u64 = 99;

/// The release that is downloaded now, and its progress.
#[derive(Default)]
pub(crate) struct DownloadProgress(Mutex<Option<(Version, u8)>>);

impl DownloadProgress {
    /// Starts again at 0, because another job begins.
    pub(crate) fn begin(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Gives what to tell the app after this notice, if anything.
    pub(crate) fn on(&self, notice: &Notice) -> Option<(Version, u8)> {
        let mut at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match notice {
            Notice::Fetching { version } if at.as_ref().is_none_or(|(running, _)| running != version) => {
                *at = Some((version.clone(), 0));
                at.clone()
            }
            Notice::Progress { phase, done, total } => {
                let (version, percent) = at.as_mut()?;
                let (from, to) = if *phase == "download" { (0, TRANSFER) } else { (TRANSFER, UNPACKED) };
                let share = done.saturating_mul(to - from).checked_div(*total).unwrap_or(0).min(to - from);
                let now = u8::try_from(from + share).ok().filter(|now| *now > *percent)?;
                *percent = now;
                Some((version.clone(), now))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_only_grow_within_a_job_also_over_a_second_artifact() {
        let progress = DownloadProgress::default();
        let fetching = Notice::Fetching { version: "2".parse().unwrap() };
        let at = |phase, done| Notice::Progress { phase, done, total: 200 };
        let told = |notice: &Notice| progress.on(notice).map(|(_, percent)| percent);
        assert_eq!(told(&at("download", 10)), None, "nobody knows of what");
        assert_eq!(told(&fetching), Some(0));
        assert_eq!(told(&at("download", 100)), Some(35));
        assert_eq!(told(&fetching), None);
        assert_eq!(told(&at("download", 20)), None);
        assert_eq!(told(&at("download", 200)), Some(70));
        assert_eq!(told(&at("unpack", 0)), None);
        assert_eq!(told(&at("unpack", 200)), Some(99));
        progress.begin();
        assert_eq!(told(&fetching), Some(0));
    }
}
