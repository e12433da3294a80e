//! Faults: what the server does wrong on purpose, to which paths, and how often.
//!
//! In: text as written after `--fault`. Out: [`Fault`]s. May touch: nothing. Keeps: nothing.

use std::str::FromStr;

/// Something to do wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    kind: Kind,
    pattern: String,
    times: Option<u32>,
}

/// What to do wrong. Offsets and lengths are bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// `stall=N`: after N bytes of the body nothing comes any more, and the connection stays.
    Stall(u64),
    /// `drip=N`: N bytes ten times a second.
    Drip(u64),
    /// `cut=N`: the connection breaks after N bytes of the body.
    Cut(u64),
    /// `corrupt=N`: the file's byte N is flipped (its last one if it is shorter).
    Corrupt(u64),
    /// `length=+N` or `length=-N`: the declared length is N too large or too small.
    Length(i64),
    /// `chunked`: no length is declared.
    Chunked,
    /// `extra=N`: N bytes more than the file has, declared as well.
    Extra(u64),
    /// `no-range`: ranges are ignored.
    NoRange,
    /// `wrong-range`: 206 with a `Content-Range` that is off by one, asked for or not.
    WrongRange,
    /// `html`: 200 with a page.
    Html,
    /// `status=N`, `status=N:retry-after=SECONDS`, `status=N:retry-after-date=SECONDS`.
    Status(u16, RetryAfter),
    /// `redirect=URL`.
    Redirect(String),
    /// `weak-etag`: the validator is weak.
    WeakEtag,
    /// `etag=TEXT`: another validator, as if the file had changed.
    Etag(String),
}

/// How a server says when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// It does not.
    None,
    /// In seconds.
    Seconds(u64),
    /// As a date so many seconds ahead.
    Date(u64),
}

impl Fault {
    /// Do this to every request.
    pub fn new(kind: Kind) -> Self {
        Self { kind, pattern: "*".to_owned(), times: None }
    }

    /// Only to paths (without their leading `/`) that match; `*` stands for any characters.
    #[must_use]
    pub fn at(mut self, pattern: impl Into<String>) -> Self {
        self.pattern = pattern.into();
        self
    }

    /// Only this often.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }
}

/// What is wrong with a request for `path`; faults that are limited in number are used up by it.
pub(super) fn taken(faults: &mut [Fault], path: &str) -> Vec<Kind> {
    let path = path.trim_start_matches('/');
    let mut kinds = Vec::new();
    for fault in faults.iter_mut().filter(|fault| fault.times != Some(0) && matches(&fault.pattern, path)) {
        fault.times = fault.times.map(|times| times - 1);
        kinds.push(fault.kind.clone());
    }
    kinds
}

fn matches(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((before, rest)) => path
            .strip_prefix(before)
            .is_some_and(|path| path.char_indices().any(|(at, _)| matches(rest, &path[at..])) || matches(rest, "")),
    }
}

/// Text that is not a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a fault is KIND[=VALUE][@PATTERN][#TIMES], e.g. `cut=100000@artifacts/*#1`; kinds: stall=N drip=N cut=N corrupt=N \
     length=+N length=-N chunked extra=N no-range wrong-range html status=N[:retry-after=S|:retry-after-date=S] redirect=URL weak-etag etag=TEXT"
)]
pub struct BadFault;

impl FromStr for Fault {
    type Err = BadFault;

    fn from_str(text: &str) -> Result<Self, BadFault> {
        let (text, times) = match text.rsplit_once('#') {
            Some((text, times)) => (text, Some(times.parse().map_err(|_| BadFault)?)),
            None => (text, None),
        };
        let (kind, pattern) = text.rsplit_once('@').unwrap_or((text, "*"));
        Ok(Self { kind: kind.parse()?, pattern: pattern.trim_start_matches('/').to_owned(), times })
    }
}

impl FromStr for Kind {
    type Err = BadFault;

    fn from_str(text: &str) -> Result<Self, BadFault> {
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        Ok(match (name, value) {
            ("chunked", None) => Self::Chunked,
            ("no-range", None) => Self::NoRange,
            ("wrong-range", None) => Self::WrongRange,
            ("html", None) => Self::Html,
            ("weak-etag", None) => Self::WeakEtag,
            ("stall", Some(bytes)) => Self::Stall(number(bytes)?),
            ("drip", Some(bytes)) => Self::Drip(number(bytes)?),
            ("cut", Some(bytes)) => Self::Cut(number(bytes)?),
            ("corrupt", Some(at)) => Self::Corrupt(number(at)?),
            ("length", Some(by)) => Self::Length(number(by)?),
            ("extra", Some(bytes)) => Self::Extra(number(bytes)?),
            ("redirect", Some(url)) => Self::Redirect(url.to_owned()),
            ("etag", Some(etag)) => Self::Etag(etag.trim_matches('"').to_owned()),
            ("status", Some(value)) => {
                let (status, option) = value.split_once(':').map_or((value, None), |(s, o)| (s, o.split_once('=')));
                let retry_after = match option {
                    None if value == status => RetryAfter::None,
                    Some(("retry-after", seconds)) => RetryAfter::Seconds(number(seconds)?),
                    Some(("retry-after-date", seconds)) => RetryAfter::Date(number(seconds)?),
                    _ => return Err(BadFault),
                };
                Self::Status(number(status)?, retry_after)
            }
            _ => return Err(BadFault),
        })
    }
}

fn number<T: FromStr>(text: &str) -> Result<T, BadFault> {
    text.parse().map_err(|_| BadFault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_read_as_it_is_written() {
        for (text, fault) in [
            ("stall=0", Fault::new(Kind::Stall(0))),
            ("cut=100000@artifacts/*", Fault::new(Kind::Cut(100_000)).at("artifacts/*")),
            ("cut=5@/a.zip#2", Fault::new(Kind::Cut(5)).at("a.zip").times(2)),
            ("length=+7", Fault::new(Kind::Length(7))),
            ("length=-7", Fault::new(Kind::Length(-7))),
            ("html#1", Fault::new(Kind::Html).times(1)),
            ("status=404", Fault::new(Kind::Status(404, RetryAfter::None))),
            ("status=429:retry-after=30", Fault::new(Kind::Status(429, RetryAfter::Seconds(30)))),
            ("status=503:retry-after-date=9@c/*", Fault::new(Kind::Status(503, RetryAfter::Date(9))).at("c/*")),
            ("redirect=https://a.b:1/c?d=e", Fault::new(Kind::Redirect("https://a.b:1/c?d=e".into()))),
            ("etag=\"x\"", Fault::new(Kind::Etag("x".into()))),
            ("weak-etag", Fault::new(Kind::WeakEtag)),
        ] {
            assert_eq!(text.parse(), Ok(fault), "{text}");
        }
        for text in
            ["", "cut", "cut=", "cut=x", "cut=-1", "html=1", "status=429:", "status=429:x=1", "cut=1#", "cut=1#x"]
        {
            assert_eq!(text.parse::<Fault>(), Err(BadFault), "{text}");
        }
    }

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, path) in
            [("*", ""), ("*", "a/b"), ("a/*", "a/b/c"), ("*.zip", "a/b.zip"), ("a*c*e", "abcde"), ("a", "a")]
        {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [("", "a"), ("a", "ab"), ("a/*", "b/a/c"), ("*.zip", "a.zip.x"), ("a*c*e", "abde")] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn a_fault_is_used_up_by_the_requests_it_meets() {
        let mut faults = [Fault::new(Kind::Html).at("a*").times(2), Fault::new(Kind::NoRange)];
        assert_eq!(taken(&mut faults, "/b"), [Kind::NoRange]);
        assert_eq!(taken(&mut faults, "/a"), [Kind::Html, Kind::NoRange]);
        assert_eq!(taken(&mut faults, "/ab"), [Kind::Html, Kind::NoRange]);
        assert_eq!(taken(&mut faults, "/a"), [Kind::NoRange]);
    }
}
