//! Reads the conditions of `setMultiDelay` as apps write them.
//!
//! In: kind and value of a condition, and what the device knows. Out: the core's [`Delay`]s. May touch: nothing. Keeps: I10,
//! and that a condition which cannot be read is refused: it would hold nothing.

use aloft_core::model::delay::{Delay, is_comparable};

const KINDS: &str = "one of `background`, `kill`, `nativeVersion` and `date`";
const MILLISECONDS: &str = "a whole number of milliseconds";
const NATIVE_VERSION: &str = "a version such as `2.1.0`";
const COMPARABLE: &str = "another condition, because the version of this app is not one that can be compared";
const DATE: &str = "a date such as `2030-01-31T12:34:56Z`; without a zone it is the device's local time";
const ZONE: &str = "a zone behind the time, such as `Z`, because this device does not know its own";

/// What a device knows, and a condition may need.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    /// Name of the app's native version.
    pub(crate) native: &'a str,
    /// Unix seconds of a time such as `2030-01-31T12:34:56` in the device's zone; `None`: the device does not know.
    pub(crate) local: &'a dyn Fn(&str) -> Option<i64>,
}

/// Read a condition. An empty value of `background` is 0.
///
/// # Errors
/// What to write instead, if the condition cannot be read on this device.
pub(crate) fn parse(kind: &str, value: &str, here: Surroundings<'_>) -> Result<Delay, &'static str> {
    let value = value.trim();
    match kind {
        "background" if value.is_empty() => Ok(Delay::Background(0)),
        "background" => value.parse().map(Delay::Background).map_err(|_| MILLISECONDS),
        "kill" => Ok(Delay::Kill),
        "date" => unix_milliseconds(value, here.local).map(Delay::Date),
        "nativeVersion" if !is_comparable(value) => Err(NATIVE_VERSION),
        "nativeVersion" if !is_comparable(here.native) => Err(COMPARABLE),
        "nativeVersion" => Ok(Delay::NativeVersion(value.to_owned()).bounded()),
        _ => Err(KINDS),
    }
}

/// `2030-01-31T12:34:56.789+01:00`, with or without the fraction, and with `Z`, `+0100`, `+01:00` or nothing behind it.
fn unix_milliseconds(text: &str, local: &dyn Fn(&str) -> Option<i64>) -> Result<u64, &'static str> {
    let written = WrittenDate::of(text).ok_or(DATE)?;
    let seconds = match written.offset {
        Some(offset) => written.seconds - offset,
        None => local(written.text).ok_or(ZONE)?,
    };
    let milliseconds = seconds.saturating_mul(1000).saturating_add(written.milliseconds);
    Ok(u64::try_from(milliseconds).unwrap_or(0)) // before 1970: long past
}

/// A date and a time as they are written.
struct WrittenDate<'a> {
    /// Up to the seconds.
    text: &'a str,
    /// Unix seconds, if the zone were Greenwich.
    seconds: i64,
    milliseconds: i64,
    /// Seconds east of Greenwich; `None`: no zone is written.
    offset: Option<i64>,
}

impl<'a> WrittenDate<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (text, rest) = text.split_at_checked("2030-01-31T12:34:56".len())?;
        let (date, time) = text.split_once('T')?;
        let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
        let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
        let in_range = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
        if !in_range || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let (fraction, zone) = rest.split_at(rest.find(['Z', '+', '-']).unwrap_or(rest.len()));
        Some(Self {
            text,
            seconds: ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second,
            milliseconds: if fraction.is_empty() { 0 } else { thousandths(fraction.strip_prefix('.')?)? },
            offset: if zone.is_empty() { None } else { Some(offset(zone)?) },
        })
    }
}

/// Parts of exactly these lengths, digits only.
fn numbers(text: &str, separator: char, lengths: [usize; 3]) -> Option<[i64; 3]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; 3];
    for (number, length) in numbers.iter_mut().zip(lengths) {
        *number = digits(parts.next().filter(|part| part.len() == length)?)?;
    }
    parts.next().is_none().then_some(numbers)
}

fn digits(text: &str) -> Option<i64> {
    let all = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok())?
}

/// `789`, `7` or `789012` as milliseconds.
fn thousandths(fraction: &str) -> Option<i64> {
    digits(fraction)?;
    digits(format!("{fraction}00").get(..3)?)
}

/// Seconds east of Greenwich.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let rest = zone.get(1..)?;
    let (hours, minutes) = rest.split_once(':').or_else(|| rest.split_at_checked(2))?;
    let two = |text: &str| digits(text).filter(|_| text.len() == 2);
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days from 1970-01-01 to a day of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let before = |year: i64| year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let months: i64 = (1..month).map(|month| days_in(year, month)).sum();
    before(year - 1) - before(1969) + months + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Version 1.0, one hour east of Greenwich.
    const HERE: Surroundings<'static> = Surroundings { native: "1.0", local: &|text| Some(utc(text) - 3600) };

    fn utc(text: &str) -> i64 {
        WrittenDate::of(text).unwrap().seconds
    }

    fn date(text: &str) -> Result<u64, &'static str> {
        unix_milliseconds(text, HERE.local)
    }

    #[test]
    fn a_condition_is_read_or_refused_with_what_to_write_instead() {
        for (kind, value, expected) in [
            ("background", "300000", Ok(Delay::Background(300_000))),
            ("background", "", Ok(Delay::Background(0))),
            ("background", "soon", Err(MILLISECONDS)),
            ("background", "-1", Err(MILLISECONDS)),
            ("background", "1.5", Err(MILLISECONDS)),
            ("background", "99999999999999999999", Err(MILLISECONDS)),
            ("kill", "", Ok(Delay::Kill)),
            ("kill", "whatever", Ok(Delay::Kill)),
            ("nativeVersion", "2.1", Ok(Delay::NativeVersion("2.1".to_owned()))),
            ("nativeVersion", "", Err(NATIVE_VERSION)),
            ("nativeVersion", "spring", Err(NATIVE_VERSION)),
            ("date", "1970-01-01T00:00:01.500Z", Ok(Delay::Date(1_500))),
            ("date", " 1970-01-01T00:00:01.500Z ", Ok(Delay::Date(1_500))),
            ("date", "", Err(DATE)),
            ("date", "tomorrow", Err(DATE)),
            ("backgroud", "5", Err(KINDS)),
            ("Date", "1970-01-01T00:00:01.500Z", Err(KINDS)),
            ("", "", Err(KINDS)),
        ] {
            assert_eq!(parse(kind, value, HERE), expected, "{kind} {value:?}");
        }
    }

    #[test]
    fn a_condition_that_this_device_could_not_hold_is_refused() {
        for native in ["", "spring"] {
            let here = Surroundings { native, ..HERE };
            assert_eq!(parse("nativeVersion", "2.1", here), Err(COMPARABLE), "{native:?}");
        }
        let here = Surroundings { local: &|_| None, ..HERE };
        assert_eq!(parse("date", "2024-02-29T12:34:56", here), Err(ZONE));
        assert_eq!(parse("date", "2024-02-29T12:34:56Z", here), Ok(Delay::Date(1_709_210_096_000)));
    }

    #[test]
    fn a_date_without_a_zone_is_local_time() {
        let asked = std::cell::RefCell::new(Vec::new());
        let local = |text: &str| {
            asked.borrow_mut().push(text.to_owned());
            Some(1_709_206_496)
        };
        assert_eq!(unix_milliseconds("2024-02-29T12:34:56", &local), Ok(1_709_206_496_000));
        assert_eq!(unix_milliseconds("2024-02-29T12:34:56.789", &local), Ok(1_709_206_496_789));
        assert_eq!(asked.into_inner(), ["2024-02-29T12:34:56"; 2]);
        assert_eq!(unix_milliseconds("2024-02-29T12:34:56.5", &|_| Some(i64::MAX)), Ok(i64::MAX.unsigned_abs()));
        assert_eq!(unix_milliseconds("1960-01-01T00:00:00", &|_| Some(i64::MIN)), Ok(0));
    }

    #[test]
    fn dates_are_read_in_the_forms_that_apps_write() {
        for (text, expected) in [
            ("2024-02-29T12:34:56Z", 1_709_210_096_000),
            ("2024-02-29T13:34:56", 1_709_210_096_000),
            ("2024-02-29T13:34:56.789", 1_709_210_096_789),
            ("2024-02-29T12:34:56.789Z", 1_709_210_096_789),
            ("2024-02-29T12:34:56.7Z", 1_709_210_096_700),
            ("2024-02-29T12:34:56.789012Z", 1_709_210_096_789),
            ("2024-02-29T12:34:56+0000", 1_709_210_096_000),
            ("2024-02-29T12:34:56.789+00:00", 1_709_210_096_789),
            ("2024-02-29T13:34:56+01:00", 1_709_210_096_000),
            ("2024-02-29T04:04:56-0830", 1_709_210_096_000),
            ("2000-03-01T00:00:00Z", 951_868_800_000),
            ("2100-03-01T00:00:00Z", 4_107_542_400_000),
            ("1960-01-01T00:00:00Z", 0),
            ("9999-12-31T23:59:59Z", 253_402_300_799_000),
        ] {
            assert_eq!(date(text), Ok(expected), "{text}");
        }
        for text in [
            "",
            "T",
            "2024-02-29",
            "2024-02-29T12:34",
            "2024-02-29 12:34:56",
            "2024-02-29 12:34:56Z",
            "2023-02-29T00:00:00Z",
            "2023-02-29T00:00:00",
            "2024-13-01T00:00:00Z",
            "2024-00-01T00:00:00Z",
            "2024-01-32T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:00:60Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00.",
            "2024-01-01T00:00:00ZZ",
            "2024-01-01T00:00:00z",
            "2024-01-01T00:00:00 Z",
            "2024-01-01T00:00:00UTC",
            "2024-01-01T00:00:00+1",
            "2024-01-01T00:00:00+1:00",
            "2024-01-01T00:00:00+24:00",
            "24-01-01T00:00:00Z",
            "2024-1-1T00:00:00Z",
            "2024-01-01T00:00:00.00é0Z",
            "2024-01-01T0０:00:00Z",
            "2024-01-01T00:00:00+é0",
            "1706000000000",
        ] {
            assert_eq!(date(text), Err(DATE), "{text}");
        }
    }
}
