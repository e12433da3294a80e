//! Is this machine's clock one that documents can be signed by?
//!
//! In: now, the latest signing that is known, the time at the feed. Out: what is wrong. May touch: nothing.

use crate::stops::Permit;
use aloft_core::model::document::Date;

/// Clocks that are kept in step differ by less.
const TOLERANCE: u64 = 5 * 60;
/// Nobody leaves a channel alone for so long without a renewal.
const LONG: u64 = 400 * 86_400;

/// What is wrong with `now`; a line where the feed vouches for it.
pub(super) fn judge(now: u64, last: u64, feed: Option<u64>) -> Result<Option<String>, (Permit, String)> {
    let behind = |message| Err((Permit::ClockBehind, message));
    let ahead = |message| Err((Permit::ClockAhead, message));
    match feed {
        Some(date) if now + TOLERANCE < date => {
            behind(format!("this clock says {}, the feed {}", Date(now), Date(date)))
        }
        Some(date) if now > date + TOLERANCE => {
            ahead(format!("this clock says {}, the feed {}", Date(now), Date(date)))
        }
        Some(_) if now + TOLERANCE < last => {
            Ok(Some(format!("a clock that was ahead signed for {}; this is signed for that time, too", Date(last))))
        }
        None if now + TOLERANCE < last => {
            behind(format!("this clock says {}, and the site was signed at {}", Date(now), Date(last)))
        }
        None if last > 0 && now > last + LONG => {
            ahead(format!("this clock says {}, and the site was signed last at {}", Date(now), Date(last)))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_judged_by_what_was_signed_and_by_the_feed() {
        const DAY: u64 = 86_400;
        const NOW: u64 = 1_795_168_800;
        let code = |now, last, feed| judge(now, last, feed).map_err(|(permit, _)| permit);
        assert_eq!(code(NOW, 0, None), Ok(None), "a first publish");
        assert_eq!(code(NOW, NOW + 60, None), Ok(None), "two machines are never quite in step");
        assert_eq!(code(NOW, NOW + 100 * DAY, None), Err(Permit::ClockBehind));
        assert!(matches!(code(NOW, NOW + 100 * DAY, Some(NOW)), Ok(Some(_))), "the earlier clock was wrong");
        assert_eq!(code(NOW, NOW - 401 * DAY, None), Err(Permit::ClockAhead));
        assert_eq!(code(NOW, NOW - 401 * DAY, Some(NOW)), Ok(None));
        assert_eq!(code(NOW, NOW, Some(NOW - DAY)), Err(Permit::ClockAhead));
        assert_eq!(code(NOW, NOW, Some(NOW + DAY)), Err(Permit::ClockBehind));
    }
}
