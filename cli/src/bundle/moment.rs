//! A moment as it is written on the command line.
//!
//! In: text. Out: unix seconds, or what to write instead. May touch: nothing.

use aloft_core::model::document::Date;

/// Read `2026-11-20T10:00:00Z`, the same with an offset such as `+01:00` as `git show -s --format=%cI` prints it, or unix
/// seconds.
///
/// # Errors
/// What to write instead.
pub(super) fn moment(text: &str) -> Result<u64, String> {
    let wrong = || "write a time such as 2026-11-20T10:00:00Z, 2026-11-20T11:00:00+01:00 or 1795168800".to_owned();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map_err(|_| wrong());
    }
    let (local, zone) = text.split_at_checked("0000-00-00T00:00:00".len()).ok_or_else(wrong)?;
    let Date(local) = format!("{local}Z").parse().map_err(|_| wrong())?;
    let ahead = offset(zone).ok_or_else(wrong)?;
    local.checked_add_signed(-ahead).ok_or_else(wrong)
}

/// How many seconds a zone is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (sign, rest) = zone.split_at_checked(1)?;
    let (hours, minutes) = rest.split_once(':')?;
    let number = |text: &str, below: i64| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number: &i64| digits && *number < below)
    };
    let seconds = number(hours, 24)? * 3600 + number(minutes, 60)? * 60;
    match sign {
        "+" => Some(seconds),
        "-" => Some(-seconds),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn moments_are_read_as_git_and_date_print_them() {
        for (text, seconds) in [
            ("2026-11-20T10:00:00Z", 1_795_168_800),
            ("2026-11-20T10:00:00+00:00", 1_795_168_800),
            ("2026-11-20T11:00:00+01:00", 1_795_168_800),
            ("2026-11-20T00:30:00-09:30", 1_795_168_800),
            ("1795168800", 1_795_168_800),
            ("0", 0),
        ] {
            assert_eq!(moment(text), Ok(seconds), "{text}");
        }
        for text in [
            "",
            "now",
            "-1",
            "2026-11-20",
            "2026-11-20T10:00:00",
            "2026-11-20T10:00:00+0100",
            "2026-11-20T10:00:00+24:00",
            "2026-11-20T10:00:00 01:00",
            "2026-02-30T10:00:00Z",
            "2026-11-20T10:00:00Ж",
            "1970-01-01T00:00:00+01:00",
            "99999999999999999999",
        ] {
            assert!(moment(text).is_err(), "{text}");
        }
    }
}
