//! A GET by our rules above any transport: https, few redirects, typed refusals, no HTML.
//!
//! In: a URL and header lines. Out: an [`Answer`] whose body can be read, or an error that names the phase.
//! May touch: the network through `Transport`, time through `System`.
//! Keeps: I10 (redirects, least rate); no transport can skip these rules, and no message carries a URL's query.

use crate::edge::ports::{Request, Response, System, Transport, TransportError, TransportFault};
use crate::model::config::Timing;
use crate::model::limits::MAX_REDIRECTS;
use crate::model::pace::{Pace, Slow};
use crate::model::url::Url;
use crate::model::{Code, Error, Result};
use std::time::UNIX_EPOCH;

/// What every request of one run shares.
#[derive(Clone, Copy)]
pub struct Network<'a> {
    /// Where requests go.
    pub transport: &'a dyn Transport,
    /// For `Retry-After` dates and the least rate.
    pub system: &'a dyn System,
    /// Least rate and its window; connect and idle limits are the transport's own.
    pub timing: &'a Timing,
}

/// Header lines of a request.
pub(crate) type Headers = Vec<(&'static str, String)>;

/// Lines that another origin may see too; anything else (authorisation, cookies) stays with the origin it was meant for.
const HARMLESS: [&str; 5] = ["user-agent", "accept-encoding", "if-none-match", "if-range", "range"];

/// Ask for `url`, following redirects. Blocks.
///
/// # Errors
/// Network and server errors by phase and status; `bad_config` and `insecure_url` for a `url` that is not to be asked.
pub(crate) fn get<'a>(network: Network<'a>, url: &str, headers: Headers) -> Result<Answer<'a>> {
    let mut url = Url::to_ask(url)?;
    let mut lines = vec![
        ("user-agent", concat!("aloft/", env!("CARGO_PKG_VERSION")).to_owned()),
        ("accept-encoding", "identity".to_owned()), // sizes, ranges and digests are of the bytes as published
    ];
    lines.extend(headers);
    for _ in 0..=MAX_REDIRECTS {
        let response = network.transport.get(&Request { url: &url.to_string(), headers: &lines }).map_err(failed)?;
        let answer = Answer { pace: Pace::new(network.system.monotonic()), url, response, network, sniffed: false };
        if !matches!(answer.status(), 301 | 302 | 303 | 307 | 308) {
            return answer.admitted();
        }
        let next = answer.redirect()?;
        if !next.same_origin(&answer.url) {
            lines.retain(|(name, _)| HARMLESS.contains(name));
        }
        url = next;
    }
    let detail = format!("{}: more than {MAX_REDIRECTS} redirects", url.shown());
    Err(Error::Server { code: Code::TooManyRedirects, status: 302, retry_after: None, detail })
}

/// An answer with status 200, 206, 304 or 416 whose body is not HTML.
pub(crate) struct Answer<'a> {
    url: Url,
    response: Box<dyn Response>,
    network: Network<'a>,
    pace: Pace,
    sniffed: bool,
}

impl Answer<'_> {
    pub(crate) fn status(&self) -> u16 {
        self.response.status()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.response.header(name)
    }

    /// Length of the body, if it was declared.
    pub(crate) fn declared(&self) -> Option<u64> {
        self.header("content-length")?.trim().parse().ok()
    }

    /// The validator, if it has the form of one.
    pub(crate) fn etag(&self) -> Option<String> {
        self.header("etag").filter(|text| is_etag(text))
    }

    /// Read the next bytes of the body; 0 at its end. Blocks.
    ///
    /// # Errors
    /// Network errors, `too_slow`, and `unexpected_content` for a body that begins like HTML.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.response.read(buffer).map_err(failed)?;
        let begins = self.status() == 200 && !std::mem::replace(&mut self.sniffed, true);
        if begins && looks_like_html(buffer.get(..count).unwrap_or_default()) {
            return Err(self.refused(Code::UnexpectedContent, "HTML came"));
        }
        let moved = self.pace.moved(count as u64, self.network.system.monotonic(), self.network.timing);
        let slow = |slow: Slow| Error::Network {
            code: Code::TooSlow,
            phase: "reading the answer",
            source: Some(slow.to_string().into()),
        };
        moved.map(|()| count).map_err(slow)
    }

    /// The error for an answer that does not serve.
    pub(crate) fn refused(&self, code: Code, what: &str) -> Error {
        let now = self.network.system.unix_seconds();
        let retry_after = self.header("retry-after").and_then(|text| retry_after(&text, now));
        Error::Server { code, status: self.status(), retry_after, detail: format!("{}: {what}", self.url.shown()) }
    }

    fn admitted(self) -> Result<Self> {
        let code = match self.status() {
            200 | 206 if self.is_html() => return Err(self.refused(Code::UnexpectedContent, "HTML came")),
            200 | 206 | 304 | 416 => return Ok(self),
            404 => Code::NotFound,
            410 => Code::Gone,
            429 => Code::RateLimited,
            500..=599 => Code::ServerError,
            _ => Code::UnexpectedStatus,
        };
        Err(self.refused(code, &format!("status {}", self.status())))
    }

    fn is_html(&self) -> bool {
        let kind = self.header("content-type").unwrap_or_default().to_ascii_lowercase();
        kind.starts_with("text/html") || kind.starts_with("application/xhtml")
    }

    fn redirect(&self) -> Result<Url> {
        let location = self.header("location");
        let next = location.and_then(|location| self.url.join(&location));
        let next = next.ok_or_else(|| self.refused(Code::BadRedirect, "a redirect to nowhere"))?;
        if next.is_https() || (next.is_loopback() && self.url.is_loopback()) {
            return Ok(next);
        }
        Err(self.refused(Code::InsecureUrl, &format!("a redirect to {}", next.shown())))
    }
}

/// May a request have been refused only because it asked for a part, or for what has changed? Then a plain one is sent, once (I10).
///
/// Not after 404 and 410, which hold for a plain request as well, and not where the server is overloaded (429, 502, 503, 504).
pub(crate) fn may_be_for_its_condition(error: &Error) -> bool {
    match error {
        Error::Server { code: Code::ServerError, status, .. } => !matches!(status, 502..=504),
        Error::Server { code: Code::RangeMismatch | Code::UnexpectedStatus, .. }
        | Error::Corrupt { code: Code::SizeMismatch, .. } => true,
        _ => false,
    }
}

/// RFC 9110, 8.8.3, at most 256 bytes: it is stored and sent back.
pub(crate) fn is_etag(text: &str) -> bool {
    let opaque = text.strip_prefix("W/").unwrap_or(text).strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    text.len() <= 256 && opaque.is_some_and(|opaque| opaque.bytes().all(|b| b.is_ascii_graphic() && b != b'"'))
}

fn failed(error: TransportError) -> Error {
    let code = match error.kind {
        TransportFault::Dns => Code::DnsFailed,
        TransportFault::Connect => Code::ConnectFailed,
        TransportFault::Tls => Code::TlsFailed,
        TransportFault::ConnectTimeout => Code::ConnectTimeout,
        TransportFault::IdleTimeout => Code::IdleTimeout,
        TransportFault::TooSlow => Code::TooSlow,
        TransportFault::TooLarge => Code::TooLarge,
        TransportFault::Lost => Code::ConnectionLost,
        TransportFault::Cancelled => Code::Cancelled,
        TransportFault::Malformed => Code::UnexpectedContent,
    };
    Error::Network { code, phase: error.phase, source: Some(error.detail.into()) }
}

/// Seconds or an HTTP date (RFC 9110, 10.2.3), as seconds from `now`.
fn retry_after(text: &str, now: u64) -> Option<u64> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let date = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(date.as_secs().saturating_sub(now))
    })
}

/// Documents are JSON and artifacts begin with a signature of their format: none begins with `<`.
fn looks_like_html(bytes: &[u8]) -> bool {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes).trim_ascii_start().starts_with(b"<")
}

#[cfg(test)]
mod tests;
