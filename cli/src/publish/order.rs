//! Which of two versions is the older one, where that can be told.
//!
//! In: two versions. Out: their order, or none. May touch: nothing.

use aloft_core::model::Version;
use semver::Prerelease;
use std::cmp::Ordering;

/// The order of two versions that are semantic versions, or one to four numbers with dots. Of all others nobody can know it.
pub(super) fn compare(one: &Version, other: &Version) -> Option<Ordering> {
    Some(parse(one.as_str())?.cmp(&parse(other.as_str())?))
}

fn parse(text: &str) -> Option<([u64; 4], Prerelease)> {
    let text = text.split_once('+').map_or(text, |(version, _build)| version);
    let (numbers, pre) = text.split_once('-').map_or((text, None), |(numbers, pre)| (numbers, Some(pre)));
    let mut parsed = [0; 4];
    let mut count = 0;
    for number in numbers.split('.') {
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        *parsed.get_mut(count)? = number.parse().ok().filter(|_| digits)?;
        count += 1;
    }
    let pre = match pre {
        None => Prerelease::EMPTY,
        Some(pre) => Prerelease::new(pre).ok().filter(|pre| count == 3 && !pre.is_empty())?,
    };
    Some((parsed, pre))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_where_their_order_is_known() {
        let order = |one: &str, other: &str| compare(&one.parse().unwrap(), &other.parse().unwrap());
        for (older, newer) in [
            ("1.9.0", "1.10.0"),
            ("1.0.0-beta.2", "1.0.0-beta.10"),
            ("1.0.0-rc.1", "1.0.0"),
            ("9", "10"),
            ("1.2.3", "1.2.3.1"),
        ] {
            assert_eq!(order(older, newer), Some(Ordering::Less), "{older} {newer}");
            assert_eq!(order(newer, older), Some(Ordering::Greater), "{older} {newer}");
        }
        assert_eq!(order("1.0", "1.0.0"), Some(Ordering::Equal));
        assert_eq!(order("1.0.0+a", "1.0.0+b"), Some(Ordering::Equal));
        for unordered in ["main-3f2a", "v1.0.0", "1.0-rc", "1.2.3.4.5", "1..2", "1.0.0-", "99999999999999999999999"] {
            assert_eq!(order(unordered, "1.0.0"), None, "{unordered}");
        }
    }
}
