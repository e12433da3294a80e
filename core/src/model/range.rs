//! Numeric versions and ranges of them, as `requires` uses them (formats 4).
//!
//! In: text such as `210`, `15.4.1` or `>=210 <300`. Out: a yes or no. May touch: nothing. Keeps: I8 (what fits a build).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Up to four unsigned integers with dots between; missing ones count as 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NumericVersion([u64; 4]);

/// Text that is not a numeric version or a range of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a range is comparators such as `>=210 <300`, each with up to four dot-separated integers")]
pub struct BadRange;

impl FromStr for NumericVersion {
    type Err = BadRange;

    fn from_str(text: &str) -> Result<Self, BadRange> {
        let mut parts = [0; 4];
        let mut slots = parts.iter_mut();
        for part in text.split('.') {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            let slot = slots.next().filter(|_| digits).ok_or(BadRange)?;
            *slot = part.parse().map_err(|_| BadRange)?;
        }
        Ok(Self(parts))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparator {
    Less,
    AtMost,
    Equal,
    AtLeast,
    Greater,
}

/// Comparators joined by spaces, all of which must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Range {
    text: String,
    comparators: Vec<(Comparator, NumericVersion)>,
}

impl Range {
    /// Does `version` lie in the range? Text that is not a numeric version lies in none.
    pub fn contains(&self, version: &str) -> bool {
        let Ok(version) = version.parse::<NumericVersion>() else { return false };
        self.comparators.iter().all(|(comparator, bound)| match comparator {
            Comparator::Less => version < *bound,
            Comparator::AtMost => version <= *bound,
            Comparator::Equal => version == *bound,
            Comparator::AtLeast => version >= *bound,
            Comparator::Greater => version > *bound,
        })
    }
}

impl FromStr for Range {
    type Err = BadRange;

    fn from_str(text: &str) -> Result<Self, BadRange> {
        let comparators = text.split_ascii_whitespace().map(parse_comparator).collect::<Result<Vec<_>, _>>()?;
        if comparators.is_empty() {
            return Err(BadRange);
        }
        Ok(Self { text: text.to_owned(), comparators })
    }
}

fn parse_comparator(text: &str) -> Result<(Comparator, NumericVersion), BadRange> {
    let (comparator, bound) = if let Some(bound) = text.strip_prefix(">=") {
        (Comparator::AtLeast, bound)
    } else if let Some(bound) = text.strip_prefix("<=") {
        (Comparator::AtMost, bound)
    } else if let Some(bound) = text.strip_prefix('>') {
        (Comparator::Greater, bound)
    } else if let Some(bound) = text.strip_prefix('<') {
        (Comparator::Less, bound)
    } else {
        (Comparator::Equal, text.strip_prefix('=').unwrap_or(text))
    };
    Ok((comparator, bound.parse()?))
}

impl TryFrom<String> for Range {
    type Error = BadRange;

    fn try_from(text: String) -> Result<Self, BadRange> {
        text.parse()
    }
}

impl From<Range> for String {
    fn from(range: Range) -> Self {
        range.text
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_comparators_of_a_range_must_hold() {
        let range: Range = ">=210 <300".parse().unwrap();
        for (version, inside) in [
            ("210", true),
            ("210.0.0.0", true),
            ("209.9", false),
            ("299.9.9.9", true),
            ("300", false),
            ("2x", false),
            ("", false),
            ("1.2.3.4.5", false),
            ("+211", false),
        ] {
            assert_eq!(range.contains(version), inside, "{version}");
        }
        assert!("15.4".parse::<Range>().unwrap().contains("15.4.0"));
        assert!(!">1 <=2".parse::<Range>().unwrap().contains("1"));
    }

    #[test]
    fn ranges_are_those_of_the_vectors() {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Vector {
            Range { range: Range, inside: Vec<String>, outside: Vec<String> },
            Malformed { range: String, malformed: bool },
        }
        let vectors: Vec<Vector> = serde_json::from_str(include_str!("../../../tests/vectors/range.json")).unwrap();
        for vector in vectors {
            match vector {
                Vector::Range { range, inside, outside } => {
                    assert!(inside.iter().all(|version| range.contains(version)), "{range}");
                    assert!(!outside.iter().any(|version| range.contains(version)), "{range}");
                }
                Vector::Malformed { range, malformed } => assert_eq!(range.parse::<Range>().is_err(), malformed),
            }
        }
    }

    #[test]
    fn what_is_not_a_range_is_refused() {
        for text in ["", " ", ">=", ">= 1", "~1", "1.2.3.4.5", "v1", "1.", "99999999999999999999"] {
            assert_eq!(text.parse::<Range>(), Err(BadRange), "{text:?}");
        }
    }
}
