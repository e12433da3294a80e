//! What is answered to a request: status, headers and which bytes, with the faults that were asked for.
//!
//! In: a request, faults. Out: an [`Answer`]. May touch: files of the site (reading).
//! Keeps: RFC 9110: conditions (13), single ranges with `If-Range` (14); several ranges are answered with the whole, as allowed.

use super::Ticket;
use super::body::{FileBody, Flow};
use super::fault::{Kind, RetryAfter};
use super::file::{Found, Validators, find};
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// A folder that is served.
pub(super) struct Site {
    folder: PathBuf,
    validators: Validators,
}

/// An answer that has not been sent.
pub(super) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    content: Content,
    flow: Flow,
}

enum Content {
    Text(&'static str),
    Part { file: File, from: u64, len: u64 },
}

impl Site {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, validators: Validators::default() }
    }

    pub(super) fn answer(&self, request: &Request, faults: &[Kind]) -> Answer {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Answer::text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n")
                .with(header::ALLOW, "GET, HEAD");
        }
        if let Some(answer) = faults.iter().find_map(instead) {
            return answer;
        }
        let path = request.uri().path();
        let Some(mut found) = find(&self.folder, path, &self.validators) else {
            return Answer::text(StatusCode::NOT_FOUND, "not found\n");
        };
        for fault in faults {
            match fault {
                Kind::WeakEtag => found.etag = format!("W/{}", found.etag),
                Kind::Etag(text) => found.etag = format!("\"{text}\""),
                _ => {}
            }
        }
        let common = |answer: Answer| {
            answer
                .with(header::ETAG, &found.etag)
                .with(header::CACHE_CONTROL, caching(path))
                .with(header::ACCEPT_RANGES, "bytes")
        };
        if conditions(request.headers(), &found.etag) == Conditions::NotModified {
            return common(Answer::text(StatusCode::NOT_MODIFIED, ""));
        }
        let answer = match wanted(request.headers(), &found, faults) {
            Wanted::Whole => common(Answer::part(StatusCode::OK, found.file, 0, found.len)),
            Wanted::Part(from, to) => {
                let shift = u64::from(faults.contains(&Kind::WrongRange));
                let range = format!("bytes {}-{}/{}", from + shift, to + shift, found.len);
                common(Answer::part(StatusCode::PARTIAL_CONTENT, found.file, from, to - from + 1))
                    .with(header::CONTENT_RANGE, &range)
            }
            Wanted::Nothing => common(Answer::text(StatusCode::RANGE_NOT_SATISFIABLE, ""))
                .with(header::CONTENT_RANGE, &format!("bytes */{}", found.len)),
        };
        answer.with(header::CONTENT_TYPE, content_type(path)).faulty(faults)
    }
}

impl Answer {
    pub(super) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    fn text(status: StatusCode, text: &'static str) -> Self {
        Self { status, headers: HeaderMap::new(), content: Content::Text(text), flow: Flow::default() }
            .with(header::CONTENT_TYPE, "text/plain")
    }

    fn part(status: StatusCode, file: File, from: u64, len: u64) -> Self {
        let content = Content::Part { file, from, len };
        Self { status, headers: HeaderMap::new(), content, flow: Flow::default() }
            .with(header::CONTENT_LENGTH, &len.to_string())
    }

    fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    fn faulty(mut self, faults: &[Kind]) -> Self {
        let Content::Part { len, .. } = self.content else { return self };
        let mut declared = Some(len);
        for fault in faults {
            match fault {
                Kind::Stall(after) => self.flow.stall = Some(*after),
                Kind::Drip(bytes) => self.flow.drip = Some(*bytes),
                Kind::Cut(after) => self.flow.cut = Some(*after),
                Kind::Corrupt(at) => self.flow.corrupt = Some(*at),
                Kind::Extra(bytes) => {
                    self.flow.extra = *bytes;
                    declared = declared.map(|len| len + bytes);
                }
                Kind::Length(by) => {
                    declared = declared.map(|len| len.saturating_add_signed(*by));
                    self.flow.cut = self.flow.cut.or(Some(len)); // what there is must leave before the connection ends
                }
                Kind::Chunked => declared = None,
                _ => {}
            }
        }
        self.headers.remove(header::CONTENT_LENGTH);
        match declared {
            Some(len) => self.with(header::CONTENT_LENGTH, &len.to_string()),
            None => self,
        }
    }

    pub(super) fn into_response(self, ticket: Ticket) -> Response {
        let body = match self.content {
            Content::Text(text) => {
                ticket.sent(text.len() as u64);
                Body::from(text)
            }
            Content::Part { file, from, len } => Body::new(FileBody::new(file, from, len, self.flow, ticket)),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

/// The answer of a fault that needs no file.
fn instead(fault: &Kind) -> Option<Answer> {
    Some(match fault {
        Kind::Html => {
            let page = "<!doctype html><title>Welcome</title><p>Please log in to use this network.";
            Answer::text(StatusCode::OK, page).with(header::CONTENT_TYPE, "text/html; charset=utf-8")
        }
        Kind::Redirect(url) => Answer::text(StatusCode::FOUND, "").with(header::LOCATION, url),
        Kind::Status(status, retry_after) => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let answer = Answer::text(status, "as asked for by a fault\n");
            match retry_after {
                RetryAfter::None => answer,
                RetryAfter::Seconds(seconds) => answer.with(header::RETRY_AFTER, &seconds.to_string()),
                RetryAfter::Date(seconds) => {
                    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(*seconds));
                    answer.with(header::RETRY_AFTER, &date)
                }
            }
        }
        _ => return None,
    })
}

#[derive(PartialEq, Eq)]
enum Conditions {
    Met,
    NotModified,
}

/// `If-None-Match`, compared weakly (RFC 9110, 13.1.2).
fn conditions(headers: &HeaderMap, etag: &str) -> Conditions {
    let same = |tag: &str| tag == "*" || tag.trim_start_matches("W/") == etag.trim_start_matches("W/");
    match text(headers, &header::IF_NONE_MATCH) {
        Some(tags) if tags.split(',').any(|tag| same(tag.trim())) => Conditions::NotModified,
        _ => Conditions::Met,
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    /// First and last byte.
    Part(u64, u64),
    Nothing,
}

fn wanted(headers: &HeaderMap, found: &Found, faults: &[Kind]) -> Wanted {
    // Compared strongly: a weak validator on either side, or a date, is another one (RFC 9110, 13.1.5).
    let current = text(headers, &header::IF_RANGE).is_none_or(|tag| tag == found.etag && !tag.starts_with("W/"));
    let range = text(headers, &header::RANGE).filter(|_| current && !faults.contains(&Kind::NoRange));
    match range.map_or(Wanted::Whole, |range| part(range, found.len)) {
        Wanted::Whole if faults.contains(&Kind::WrongRange) && found.len > 0 => Wanted::Part(0, found.len - 1),
        wanted => wanted,
    }
}

/// One range of bytes of `len` (RFC 9110, 14.1.2).
fn part(range: &str, len: u64) -> Wanted {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Wanted::Whole;
    };
    let end = len.saturating_sub(1);
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first > last => Wanted::Whole,
        (Ok(first), _) if first >= len && (last.is_empty() || last.parse::<u64>().is_ok()) => Wanted::Nothing,
        (Ok(first), Ok(last)) => Wanted::Part(first, last.min(end)),
        (Ok(first), Err(_)) if last.is_empty() => Wanted::Part(first, end),
        (Err(_), Ok(count)) if first.is_empty() && (count == 0 || len == 0) => Wanted::Nothing,
        (Err(_), Ok(count)) if first.is_empty() => Wanted::Part(len.saturating_sub(count), end),
        _ => Wanted::Whole,
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// What is named by its content never changes (formats 12); the rest is asked for again after a minute.
fn caching(path: &str) -> &'static str {
    if path.starts_with("/artifacts/") || path.starts_with("/history/") {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=60"
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "json" => "application/json",
        "zip" => "application/zip",
        "html" => "text/html; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_rfc_9110_says() {
        for (range, expected) in [
            ("bytes=0-", Wanted::Part(0, 99)),
            ("bytes=99-", Wanted::Part(99, 99)),
            ("bytes=5-9", Wanted::Part(5, 9)),
            ("bytes=5-500", Wanted::Part(5, 99)),
            ("bytes=-5", Wanted::Part(95, 99)),
            ("bytes=-500", Wanted::Part(0, 99)),
            ("bytes=100-", Wanted::Nothing),
            ("bytes=100-200", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=9-5", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("lines=0-5", Wanted::Whole),
        ] {
            assert_eq!(part(range, 100), expected, "{range}");
        }
        assert_eq!(part("bytes=0-", 0), Wanted::Nothing);
    }
}
