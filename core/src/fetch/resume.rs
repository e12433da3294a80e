//! The resume table: what to ask for, and what to do with the answer (field problem D1).
//!
//! In: what lies in `partial/`, the signed size, the head of an answer. Out: [`Start`], then [`Next`].
//! May touch: nothing. Keeps: I10 (one restart), and that no two versions are spliced.

use crate::model::Code;

/// How a download begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Start {
    /// Nothing usable is there.
    Fresh,
    /// The first `offset` bytes are there, of the version that the strong `etag` names.
    Resume {
        /// Bytes that are there.
        offset: u64,
        /// Their validator.
        etag: String,
    },
    /// Every byte is there: nothing is asked, the digest decides.
    Complete,
}

/// How a download begins, with `have` bytes there of `size`.
pub(crate) fn start(have: u64, etag: Option<String>, size: u64) -> Start {
    match etag {
        _ if have == size && size > 0 => Start::Complete,
        Some(etag) if (1..size).contains(&have) => Start::Resume { offset: have, etag },
        _ => Start::Fresh,
    }
}

/// What of an answer's head matters.
#[derive(Debug, Clone, Default)]
pub(crate) struct Head {
    /// Status code.
    pub(crate) status: u16,
    /// `Content-Length`.
    pub(crate) length: Option<u64>,
    /// `Content-Range`.
    pub(crate) range: Option<String>,
    /// `ETag`.
    pub(crate) etag: Option<String>,
}

/// What to do with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Write its body from here on; what was there beyond is gone.
    WriteFrom(u64),
    /// Give up with this code.
    Refuse(Code),
}

/// What to do with the answer `head` to a request that began as `start`.
///
/// A 416 cannot mean that everything is there: then nothing was asked. What is there is too short to be verified.
pub(crate) fn next(start: &Start, head: &Head, size: u64) -> Next {
    let begins_at = |offset| head.length.is_none_or(|length| length == size.saturating_sub(offset));
    match (head.status, start) {
        (200, _) if begins_at(0) => Next::WriteFrom(0),
        (200, _) => Next::Refuse(Code::SizeMismatch),
        (206, Start::Resume { offset, etag })
            if begins_at(*offset)
                && head.etag.as_ref().is_none_or(|sent| sent == etag)
                && head.range.as_deref().is_some_and(|range| covers(range, *offset, size)) =>
        {
            Next::WriteFrom(*offset)
        }
        (206, _) => Next::Refuse(Code::RangeMismatch),
        _ => Next::Refuse(Code::UnexpectedStatus),
    }
}

/// Is this `Content-Range` exactly the rest from `offset` of `size` bytes (RFC 9110, 14.4)?
fn covers(range: &str, offset: u64, size: u64) -> bool {
    range.trim() == format!("bytes {offset}-{}/{size}", size.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resume(offset: u64) -> Start {
        Start::Resume { offset, etag: "\"a\"".to_owned() }
    }

    #[test]
    fn every_row_of_what_is_there_has_one_start() {
        let etag = Some("\"a\"".to_owned());
        for (have, etag, expected) in [
            (0, None, Start::Fresh),
            (0, etag.clone(), Start::Fresh),
            (40, None, Start::Fresh),
            (40, etag.clone(), resume(40)),
            (99, etag.clone(), resume(99)),
            (100, None, Start::Complete),
            (100, etag.clone(), Start::Complete),
            (101, etag, Start::Fresh),
        ] {
            assert_eq!(start(have, etag, 100), expected, "{have}");
        }
        assert_eq!(start(0, None, 0), Start::Fresh, "an absent file is not a complete one");
    }

    #[test]
    fn every_row_of_the_answers_has_one_consequence() {
        let good = "bytes 40-99/100";
        let (mismatch, status) = (Next::Refuse(Code::SizeMismatch), Next::Refuse(Code::UnexpectedStatus));
        let range_mismatch = Next::Refuse(Code::RangeMismatch);
        for (from, code, length, range, etag, expected) in [
            (Start::Fresh, 200, Some(100), None, None, Next::WriteFrom(0)),
            (Start::Fresh, 200, None, None, Some("\"b\""), Next::WriteFrom(0)),
            (Start::Fresh, 200, Some(99), None, None, mismatch),
            (Start::Fresh, 200, Some(101), None, None, mismatch),
            (Start::Fresh, 206, Some(100), Some("bytes 0-99/100"), None, Next::Refuse(Code::RangeMismatch)),
            (Start::Fresh, 416, None, Some("bytes */100"), None, status),
            (Start::Fresh, 304, None, None, None, status),
            (resume(40), 206, Some(60), Some(good), Some("\"a\""), Next::WriteFrom(40)),
            (resume(40), 206, None, Some(good), None, Next::WriteFrom(40)),
            (resume(40), 206, Some(60), Some(good), Some("\"b\""), range_mismatch),
            (resume(40), 206, Some(60), Some(good), Some("W/\"a\""), range_mismatch),
            (resume(40), 206, Some(61), Some(good), None, range_mismatch),
            (resume(40), 206, Some(60), None, None, range_mismatch),
            (resume(40), 206, Some(60), Some("bytes 39-99/100"), None, range_mismatch),
            (resume(40), 206, Some(60), Some("bytes 40-98/100"), None, range_mismatch),
            (resume(40), 206, Some(60), Some("bytes 40-99/101"), None, range_mismatch),
            (resume(40), 206, Some(60), Some("bytes 40-99/*"), None, range_mismatch),
            (resume(40), 200, Some(100), None, None, Next::WriteFrom(0)),
            (resume(40), 200, Some(60), None, None, mismatch),
            (resume(40), 416, None, Some("bytes */30"), None, status),
            (resume(40), 304, None, None, None, status),
        ] {
            let head = Head { status: code, length, range: range.map(str::to_owned), etag: etag.map(str::to_owned) };
            assert_eq!(next(&from, &head, 100), expected, "{from:?} {head:?}");
        }
    }
}
