//! The address of a site: the one reading of `feed`, at start as at each request.
//!
//! In: `feed` as the app wrote it. Out: [`Site`], and the URLs of its files. May touch: nothing.
//! Keeps: I10 (the limits of `model::url`); messages repeat neither a user nor a query, which may be secret.

use super::error::{Code, Error, Result};
use super::url::Url;

/// The folder that holds `channels/` and `artifacts/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site(String);

impl Site {
    /// Read the value of `feed`.
    ///
    /// # Errors
    /// `bad_config` for what is no URL, has a user, a query or a fragment; `insecure_url` for http to another machine.
    pub fn parse(feed: &str) -> Result<Self> {
        if feed.contains(['?', '#']) {
            let detail = "files lie below it, so it has neither a query nor a fragment; write it as `https://updates.example.com/app`";
            return Err(Error::config(Code::BadConfig, "feed", detail));
        }
        let url = Url::to_ask(feed)?.to_string();
        Ok(Self(url.trim_end_matches('/').to_owned()))
    }

    /// The URL of one of its files.
    pub fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_is_an_address_that_is_asked_with_nothing_behind_the_path() {
        for (feed, meant) in [
            ("https://a.b", "https://a.b/x/y"),
            ("https://a.b/app//", "https://a.b/app/x/y"),
            ("HTTPS://A.B:443/App/", "https://a.b/App/x/y"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/x/y"),
            ("http://[::1]:1", "http://[::1]:1/x/y"),
            ("http://localhost", "http://localhost/x/y"),
        ] {
            assert_eq!(Site::parse(feed).unwrap().url("x/y"), meant, "{feed}");
        }
        let long = format!("https://a.b/{}", "c".repeat(8 << 10));
        for (feed, code) in [
            ("", Code::BadConfig),
            ("a.b", Code::BadConfig),
            ("ftp://a.b", Code::BadConfig),
            ("https://name:secret@a.b/", Code::BadConfig),
            ("https://secret@a.b/", Code::BadConfig),
            ("https://a.b/?token=secret", Code::BadConfig),
            ("https://a.b?token=secret", Code::BadConfig),
            ("https://a.b/#secret", Code::BadConfig),
            ("https://a.b:99999/", Code::BadConfig),
            ("https:// a.b/", Code::BadConfig),
            (&long, Code::BadConfig),
            ("http://a.b/app", Code::InsecureUrl),
            ("http://127.0.0.1.a.b/", Code::InsecureUrl),
        ] {
            let error = Site::parse(feed).unwrap_err();
            assert_eq!(error.code(), code, "{feed}");
            assert!(!error.to_string().contains("secret") && error.to_string().contains("https://"), "{error}");
        }
    }
}
