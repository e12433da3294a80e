//! Who may ask: the shell's own windows, and nobody else's pages.
//!
//! In: a request's head. Out: whether it is let in. May touch: nothing.
//!
//! * `Host` is our address, so that a name that was made to point here (DNS rebinding) opens nothing.
//! * What carries the secret is read by scripts of our own origin only: browsers say where a request comes from
//!   (`Sec-Fetch-Site`), and pages cannot say otherwise.
//! * What does something is a POST with the secret in a header, which another origin can neither know nor send.

use axum::http::{HeaderMap, Method};

/// Knows the shell's origin and the secret of this session.
pub(super) struct Guard {
    host: String,
    secret: String,
}

impl Guard {
    pub(super) fn new(host: String, secret: String) -> Self {
        Self { host, secret }
    }

    pub(super) fn secret(&self) -> &str {
        &self.secret
    }

    /// Why a request is refused; none: it is let in.
    pub(super) fn refuses(&self, method: &Method, path: &str, headers: &HeaderMap) -> Option<&'static str> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if header("host") != Some(&self.host) {
            return Some("another host");
        }
        if header("origin").is_some_and(|origin| origin.strip_prefix("http://") != Some(&self.host)) {
            return Some("another origin");
        }
        let secret = header(SECRET).is_some_and(|given| !self.secret.is_empty() && given == self.secret);
        match *method {
            Method::GET | Method::HEAD if SCRIPTS.contains(&path) => {
                (header("sec-fetch-site") != Some("same-origin")).then_some("another site")
            }
            Method::GET | Method::HEAD => None,
            _ if !path.starts_with(super::document::OURS) => None, // a file of the app answers that it takes no such method
            Method::POST if secret => None,
            _ => Some("no secret"),
        }
    }
}

/// What has the secret in it.
const SCRIPTS: [&str; 2] = ["/__aloft/page.js", "/__aloft/control.js"];

/// The header that the secret is in.
const SECRET: &str = "x-aloft-secret";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_refused() {
        let guard = Guard::new("127.0.0.1:20001".to_owned(), "s3cret".to_owned());
        let asks = |method: Method, path: &str, lines: &[(&'static str, &str)]| {
            let headers = lines.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            guard.refuses(&method, path, &headers)
        };
        let host = ("host", "127.0.0.1:20001");
        let ours = ("origin", "http://127.0.0.1:20001");
        let secret = ("x-aloft-secret", "s3cret");
        assert_eq!(asks(Method::GET, "/", &[host]), None);
        assert_eq!(asks(Method::GET, "/", &[]), Some("another host"));
        assert_eq!(asks(Method::GET, "/", &[("host", "evil.example:20001")]), Some("another host"));
        assert_eq!(asks(Method::GET, "/__aloft/page.js", &[host]), Some("another site"));
        assert_eq!(
            asks(Method::GET, "/__aloft/page.js", &[host, ("sec-fetch-site", "cross-site")]),
            Some("another site")
        );
        assert_eq!(
            asks(Method::GET, "/__aloft/page.js", &[host, ("sec-fetch-site", "same-site")]),
            Some("another site")
        );
        assert_eq!(asks(Method::GET, "/__aloft/page.js", &[host, ("sec-fetch-site", "same-origin")]), None);
        assert_eq!(asks(Method::POST, "/__aloft/calls", &[host, ours]), Some("no secret"));
        assert_eq!(asks(Method::POST, "/__aloft/calls", &[host, ours, ("x-aloft-secret", "x")]), Some("no secret"));
        assert_eq!(asks(Method::POST, "/__aloft/calls", &[host, ours, secret]), None);
        assert_eq!(
            asks(Method::POST, "/__aloft/calls", &[host, ("origin", "https://evil.example"), secret]),
            Some("another origin")
        );
        assert_eq!(asks(Method::POST, "/__aloft/calls", &[host, ("origin", "null"), secret]), Some("another origin"));
        assert_eq!(asks(Method::OPTIONS, "/__aloft/calls", &[host]), Some("no secret"));
        let silent = Guard::new("h".to_owned(), String::new());
        let headers = [("host", "h"), ("x-aloft-secret", "")]
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        assert_eq!(silent.refuses(&Method::POST, "/__aloft/calls", &headers.into_iter().collect()), Some("no secret"));
    }
}
