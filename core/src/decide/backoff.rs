//! When the next automatic check may be: never in a storm, never in step with the fleet (field problem D5).
//!
//! In: how the last checks ended, the wall clock, a random number. Out: a deadline in unix seconds, or whether one is over.
//! May touch: nothing. Keeps: I10 (a stored deadline further away than its own maximum is void, formats 10).

use crate::model::config::Timing;

/// The next check after `failures` failed ones in a row, in unix seconds; without a failure it keeps the least interval.
///
/// A failure waits between half and the whole of `backoff_first`, doubled each time up to `backoff_last`, and at least as long
/// as the server asked, up to `backoff_last` as well. `random` spreads both.
pub fn not_before(now: u64, failures: u32, retry_after: Option<u64>, random: u64, timing: &Timing) -> u64 {
    let Some(doublings) = failures.checked_sub(1) else {
        return now.saturating_add(seconds(timing.check_interval));
    };
    let last = seconds(timing.backoff_last);
    let first = seconds(timing.backoff_first);
    let whole = first.saturating_mul(1_u64.checked_shl(doublings).unwrap_or(u64::MAX)).min(last);
    let backoff = (whole / 2).saturating_add(upto(whole.div_ceil(2), random));
    let asked = retry_after.map_or(0, |after| after.saturating_add(upto(first, random)));
    now.saturating_add(backoff.max(asked).min(last))
}

/// May an automatic check run at `now`? A deadline beyond what [`not_before`] can give is of a clock that was wrong.
pub fn due(now: u64, not_before: u64, timing: &Timing) -> bool {
    let longest = seconds(timing.check_interval.max(timing.backoff_last));
    not_before <= now || not_before - now > longest
}

/// Any of 0 to `most`.
fn upto(most: u64, random: u64) -> u64 {
    random % most.saturating_add(1).max(1)
}

fn seconds(milliseconds: u64) -> u64 {
    milliseconds.div_ceil(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_795_132_800;

    fn wait(failures: u32, retry_after: Option<u64>, random: u64) -> u64 {
        not_before(NOW, failures, retry_after, random, &Timing::default()) - NOW
    }

    #[test]
    fn waiting_doubles_from_30_seconds_to_6_hours() {
        for (failures, whole) in
            [(1, 30), (2, 60), (3, 120), (10, 15_360), (11, 21_600), (64, 21_600), (u32::MAX, 21_600)]
        {
            assert_eq!(wait(failures, None, 0), whole / 2, "{failures}");
            assert_eq!(wait(failures, None, whole / 2), whole, "{failures}");
            for random in [1, 7, 12_345, u64::MAX] {
                assert!((whole / 2..=whole).contains(&wait(failures, None, random)), "{failures} {random}");
            }
        }
    }

    #[test]
    fn a_server_that_asks_for_more_gets_it_up_to_the_maximum() {
        assert_eq!(wait(1, Some(120), 0), 120);
        assert_eq!(wait(1, Some(120), 30), 150, "a fleet does not return at once");
        assert_eq!(wait(5, Some(1), 0), 240, "asking for less does not shorten the back-off");
        assert_eq!(wait(1, Some(u64::MAX), 0), 21_600);
    }

    #[test]
    fn after_a_success_the_least_interval_holds() {
        assert_eq!(wait(0, None, 99), 600);
    }

    #[test]
    fn i10_a_deadline_further_away_than_its_own_maximum_is_void() {
        let timing = Timing::default();
        assert!(due(NOW, NOW, &timing));
        assert!(due(NOW, 0, &timing));
        assert!(!due(NOW, NOW + 1, &timing));
        assert!(!due(NOW, NOW + 21_600, &timing));
        assert!(due(NOW, NOW + 21_601, &timing), "the clock was set back");
        assert!(due(NOW, u64::MAX, &timing));
    }

    #[test]
    fn whatever_it_gives_is_within_its_own_maximum() {
        for timing in
            [Timing::default(), Timing { check_interval: 1, backoff_first: 0, backoff_last: 0, ..Timing::default() }]
        {
            for failures in [0, 1, 40, u32::MAX] {
                let deadline = not_before(NOW, failures, Some(u64::MAX), u64::MAX, &timing);
                assert!(deadline == NOW || !due(NOW, deadline, &timing), "{failures}");
            }
        }
    }
}
