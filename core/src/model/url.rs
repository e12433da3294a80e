//! URLs as far as an update needs them: absolute http or https, no user, and what a `Location` means to them.
//!
//! In: text from a config or a server. Out: [`Url`]. May touch: nothing. [`super::site::Site`] reads `feed` with it.
//! Keeps: I10; stricter than RFC 3986, so that no transport can read another host out of the same text.

use super::error::{Code, Error, Result};
use super::limits::MAX_URL;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// An absolute URL without fragment or user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Url {
    scheme: Scheme,
    /// Lower case; IPv6 in brackets.
    host: String,
    port: u16,
    /// Path and query; begins with `/`.
    target: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

impl Scheme {
    fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl Url {
    /// Read a URL that may be asked for: https, or http to this machine.
    ///
    /// # Errors
    /// `bad_config`, `insecure_url`; the message has no part of the URL that may be secret.
    pub(crate) fn to_ask(text: &str) -> Result<Self> {
        let wrong = "not a URL as `https://updates.example.com/app`, of at most 8 KiB and without a user";
        let url = Self::parse(text).ok_or_else(|| Error::config(Code::BadConfig, "feed", wrong))?;
        if url.is_https() || url.is_loopback() {
            return Ok(url);
        }
        Err(Error::config(Code::InsecureUrl, "feed", format!("{}: write https://", url.shown())))
    }

    /// Read an absolute URL.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once("://")?;
        let scheme = [Scheme::Http, Scheme::Https].into_iter().find(|s| name.eq_ignore_ascii_case(s.name()))?;
        Self::after_scheme(scheme, rest)
    }

    fn after_scheme(scheme: Scheme, rest: &str) -> Option<Self> {
        if rest.len() > MAX_URL {
            return None;
        }
        if !rest.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'<' | b'>' | b'`')) {
            return None;
        }
        let rest = without_fragment(rest);
        let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, read_port(port)?),
            _ => (authority, scheme.port()),
        };
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        is_host(host).then(|| Self { scheme, host: host.to_ascii_lowercase(), port, target })
    }

    /// What `location` means in an answer from here (RFC 3986, 5.2).
    pub(crate) fn join(&self, location: &str) -> Option<Self> {
        if let Some(rest) = location.strip_prefix("//") {
            return Self::after_scheme(self.scheme, rest);
        }
        if has_scheme(location) {
            return Self::parse(location);
        }
        let location = without_fragment(location);
        let (here, _) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let (path, query) = location.split_at(location.find('?').unwrap_or(location.len()));
        let path = if path.starts_with('/') {
            without_dots(path)
        } else if path.is_empty() {
            here.to_owned()
        } else {
            let (folder, _) = here.rsplit_once('/')?;
            without_dots(&format!("{folder}/{path}"))
        };
        Self::after_scheme(self.scheme, &format!("{}{path}{query}", self.authority()))
    }

    /// Scheme, host and port are the same.
    pub(crate) fn same_origin(&self, other: &Self) -> bool {
        (self.scheme, self.port, &self.host) == (other.scheme, other.port, &other.host)
    }

    pub(crate) fn is_https(&self) -> bool {
        self.scheme == Scheme::Https
    }

    /// Does the host name this machine: 127.0.0.0/8, `[::1]` or `localhost`?
    pub(crate) fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self.host == "[::1]"
            || self.host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
    }

    /// Without the query, which may carry a signature or a token.
    pub(crate) fn shown(&self) -> String {
        let (path, _) = self.target.split_once('?').unwrap_or((&self.target, ""));
        format!("{}://{}{path}", self.scheme.name(), self.authority())
    }

    fn authority(&self) -> String {
        if self.port == self.scheme.port() { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme.name(), self.authority(), self.target)
    }
}

fn read_port(text: &str) -> Option<u16> {
    let port = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?;
    port.filter(|port| *port != 0)
}

fn is_host(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')),
    }
}

fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(name, _)| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    })
}

fn without_fragment(text: &str) -> &str {
    text.split_once('#').map_or(text, |(before, _)| before)
}

/// RFC 3986, 5.2.4, for a path that begins with `/`.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for part in path.split('/').skip(1) {
        match part {
            "." => {}
            ".." => {
                kept.pop();
            }
            part => kept.push(part),
        }
    }
    if path.ends_with("/.") || path.ends_with("/..") {
        kept.push("");
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_absolute_http_urls_are_read() {
        for text in ["https://a.b", "HTTPS://a.b:8443/x?y=1", "http://[::1]:8080/", "http://127.0.0.1:1/a%20b"] {
            assert!(Url::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "a.b/c",
            "//a.b/c",
            "ftp://a.b/",
            "https:a.b",
            "https:///x",
            "https://u@a.b/",
            "https://u:p@a.b/",
            "https://a.b:/",
            "https://a.b:0/",
            "https://a.b:99999/",
            "https://a.b:+1/",
            "https://a b/",
            "https://a.b/ü",
            "https://a.b\\@c.d/",
            "https://[::1/",
            "https://[a.b]/",
            "https://a.b/\r\nHost: c.d",
            "https://1:2:3/",
        ] {
            assert_eq!(Url::parse(text), None, "{text}");
        }
    }

    #[test]
    fn loopback_is_a_host_and_not_a_prefix() {
        for host in ["127.0.0.1", "127.255.0.9:8080", "[::1]", "localhost", "LOCALHOST:1"] {
            assert!(Url::parse(&format!("http://{host}/")).unwrap().is_loopback(), "{host}");
        }
        for host in ["127.0.0.1.evil.com", "localhost.evil.com", "128.0.0.1", "[::2]", "0.0.0.0", "127.1"] {
            assert!(!Url::parse(&format!("http://{host}/")).unwrap().is_loopback(), "{host}");
        }
    }

    #[test]
    fn locations_resolve_as_rfc_3986_says() {
        let base = Url::parse("https://a.b/c/d/e?q").unwrap();
        for (location, meant) in [
            ("g", "https://a.b/c/d/g"),
            ("./g", "https://a.b/c/d/g"),
            ("g/", "https://a.b/c/d/g/"),
            ("/g", "https://a.b/g"),
            ("//g", "https://g/"),
            ("//g:8443/x", "https://g:8443/x"),
            ("?y", "https://a.b/c/d/e?y"),
            ("g?y", "https://a.b/c/d/g?y"),
            ("g#s", "https://a.b/c/d/g"),
            (".", "https://a.b/c/d/"),
            ("..", "https://a.b/c/"),
            ("../g", "https://a.b/c/g"),
            ("../../../g", "https://a.b/g"),
            ("/./g/../h", "https://a.b/h"),
            ("HTTP://X:80/y", "http://x/y"),
            ("g:80/x", ""),
            ("javascript:alert(1)", ""),
            ("data:text/plain,x", ""),
            ("//u@g/", ""),
        ] {
            assert_eq!(base.join(location).map(|url| url.to_string()).unwrap_or_default(), meant, "{location}");
        }
    }

    #[test]
    fn what_is_shown_has_no_query() {
        assert_eq!(Url::parse("https://a.b/c?token=secret").unwrap().shown(), "https://a.b/c");
    }
}
