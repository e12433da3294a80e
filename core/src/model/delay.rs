//! Conditions under which an app holds back what it staged (`setMultiDelay`).
//!
//! In: a native version, a time. Out: whether a [`Delay`] still holds. May touch: nothing. Keeps: I10.

use super::range::NumericVersion;
use super::report::plain;
use serde::{Deserialize, Serialize};

/// A version as the state keeps it, in bytes.
const VERSION: usize = 64;

/// One condition; what is staged waits until all are gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "camelCase")]
pub enum Delay {
    /// Gone when the app comes back after more than so many milliseconds in the background; at the latest with the process.
    Background(u64),
    /// Gone when the next process starts.
    Kill,
    /// Gone when the native version is this one or a later one.
    NativeVersion(String),
    /// Gone after this time, in unix milliseconds.
    Date(u64),
}

impl Delay {
    /// The condition as the state keeps it (I10).
    #[must_use]
    pub fn bounded(self) -> Self {
        match self {
            Self::NativeVersion(text) => Self::NativeVersion(plain(&text, VERSION)),
            other => other,
        }
    }

    /// Does it hold what is staged back, on a native build of this version, at this time in unix seconds?
    pub fn holds(&self, native: &str, now: u64) -> bool {
        match self {
            Self::Background(_) | Self::Kill => true,
            Self::Date(date) => now.saturating_mul(1000) <= *date,
            Self::NativeVersion(least) => match (Order::of(native), Order::of(least)) {
                (Some(native), Some(least)) => native < least,
                _ => false,
            },
        }
    }
}

/// Reports whether the version of an app can be compared with that of a [`Delay::NativeVersion`].
pub fn is_comparable(version: &str) -> bool {
    Order::of(version).is_some()
}

/// How versions of apps are compared: by their numbers; one with a suffix as in `2.0.0-beta` lies before the same without.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Order {
    numbers: NumericVersion,
    is_final: bool,
}

impl Order {
    fn of(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches(['v', 'V']);
        let (text, _build) = text.split_once('+').unwrap_or((text, ""));
        let (numbers, suffix) =
            text.split_once(['-', ' ', '(']).map_or((text, None), |(numbers, rest)| (numbers, Some(rest)));
        Some(Self { numbers: numbers.parse().ok()?, is_final: suffix.is_none() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_holds_until_it_is_over() {
        let date = Delay::Date(1_500);
        assert!(date.holds("", 1));
        assert!(!date.holds("", 2));
        assert!(Delay::Date(2_000).holds("", 2));
    }

    #[test]
    fn a_native_version_holds_until_the_app_has_it() {
        for (least, native, expected) in [
            ("2.1", "2.0.9", true),
            ("2.1", "2.1.0", false),
            ("2.1", "2.10", false),
            ("v2.1", "2.1", false),
            ("2.1.0", "2.1.0-beta.1", true),
            ("2.1.0-beta", "2.1.0", false),
            ("2.1.0", "2.1.0+77", false),
            ("2.1.0", "2.0.0 (beta-7)", true),
            ("2.1", "", false),
            ("2.1", "spring", false),
        ] {
            let delay = Delay::NativeVersion(least.to_owned());
            assert_eq!(delay.holds(native, 0), expected, "{native} for {least}");
        }
    }
}
