use super::*;
use crate::model::limits::MAX_MESSAGE;
use crate::testing::{FakeSystem, Scripted, ScriptedTransport};

const FEED: &str = "https://a.b/feed?token=secret";

fn ask(transport: &ScriptedTransport, url: &str, headers: Headers) -> Result<Vec<u8>> {
    let (system, timing) = (FakeSystem::new(0), Timing::default()); // 2026-11-20T10:00:00Z
    let mut answer = get(Network { transport, system: &system, timing: &timing }, url, headers)?;
    let mut bytes = vec![0; 1024];
    let count = answer.read(&mut bytes)?;
    bytes.truncate(count);
    Ok(bytes)
}

fn answered(answer: Scripted) -> Result<Vec<u8>> {
    ask(&ScriptedTransport::script([(FEED, answer)]), FEED, Headers::new())
}

fn to(location: &str) -> Scripted {
    Scripted::new(302, "").header("location", location)
}

#[test]
fn each_status_has_its_code() {
    for (status, code) in [
        (404, Code::NotFound),
        (410, Code::Gone),
        (429, Code::RateLimited),
        (500, Code::ServerError),
        (503, Code::ServerError),
        (511, Code::ServerError),
        (204, Code::UnexpectedStatus),
        (401, Code::UnexpectedStatus),
    ] {
        assert_eq!(answered(Scripted::new(status, "{}")).unwrap_err().code(), code, "{status}");
    }
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    for (text, expected) in [
        ("120", Some(120)),
        (" 0 ", Some(0)),
        ("Fri, 20 Nov 2026 10:01:30 GMT", Some(90)),
        ("Thu, 19 Nov 2026 00:00:00 GMT", Some(0)),
        ("soon", None),
        ("-5", None),
    ] {
        let error = answered(Scripted::new(429, "").header("retry-after", text)).unwrap_err();
        let Error::Server { retry_after, .. } = error else { panic!("{error}") };
        assert_eq!(retry_after, expected, "{text}");
    }
}

#[test]
fn html_is_neither_a_document_nor_an_artifact() {
    for body in ["<!DOCTYPE html>", " \r\n<html>", "\u{feff}<HTML>", "<script>"] {
        assert_eq!(answered(Scripted::new(200, body)).unwrap_err().code(), Code::UnexpectedContent, "{body}");
    }
    for kind in ["text/html", "Text/HTML; charset=utf-8", "application/xhtml+xml"] {
        let answer = Scripted::new(200, "{}").header("content-type", kind);
        assert_eq!(answered(answer).unwrap_err().code(), Code::UnexpectedContent, "{kind}");
    }
    assert!(answered(Scripted::new(200, "{\"a\": \"<html>\"}")).is_ok());
    assert!(answered(Scripted::new(206, "<in the middle of a file").header("content-type", "application/zip")).is_ok());
}

#[test]
fn only_https_is_asked_or_http_of_this_machine() {
    for (url, code) in [
        ("http://a.b/", Code::InsecureUrl),
        ("http://127.0.0.1.a.b/", Code::InsecureUrl),
        ("ftp://a.b/", Code::BadConfig),
        ("a.b", Code::BadConfig),
    ] {
        let error = ask(&ScriptedTransport::script([]), url, Headers::new()).unwrap_err();
        assert_eq!(error.code(), code, "{url}");
    }
    for url in ["http://127.0.0.1:8080/", "http://[::1]/", "http://localhost/", "https://a.b/"] {
        assert!(
            ask(&ScriptedTransport::script([(url, Scripted::new(200, "{}"))]), url, Headers::new()).is_ok(),
            "{url}"
        );
    }
}

#[test]
fn redirects_are_followed_to_https_only() {
    let here = "http://127.0.0.1:1/";
    for (from, location, code) in [
        (FEED, "http://a.b/", Some(Code::InsecureUrl)),
        (FEED, "http://127.0.0.1/", Some(Code::InsecureUrl)),
        (FEED, "file:///etc/passwd", Some(Code::BadRedirect)),
        (FEED, "//", Some(Code::BadRedirect)),
        (here, "http://a.b/", Some(Code::InsecureUrl)),
        (FEED, "https://c.d/x", None),
        (here, "http://localhost:2/x", None),
        (here, "https://c.d/x", None),
    ] {
        let transport = ScriptedTransport::script([(from, to(location)), (location, Scripted::new(200, "{}"))]);
        assert_eq!(ask(&transport, from, Headers::new()).err().map(|error| error.code()), code, "{location}");
    }
    assert_eq!(answered(Scripted::new(302, "")).unwrap_err().code(), Code::BadRedirect);
}

#[test]
fn i10_five_redirects_are_followed_and_no_sixth() {
    let urls: Vec<_> = (0..7).map(|step| format!("https://a.b/{step}")).collect();
    let hops = |count: usize| {
        let redirects = (0..count).map(|step| (urls[step].as_str(), to(&urls[step + 1])));
        ScriptedTransport::script(redirects.chain([(urls[count].as_str(), Scripted::new(200, "{}"))]))
    };
    assert!(ask(&hops(5), &urls[0], Headers::new()).is_ok());
    assert_eq!(ask(&hops(6), &urls[0], Headers::new()).unwrap_err().code(), Code::TooManyRedirects);
}

#[test]
fn credentials_stay_with_their_origin_and_do_not_come_back() {
    let transport = ScriptedTransport::script([
        ("https://a.b/1", to("/2")),
        ("https://a.b/2", to("https://c.d/3")),
        ("https://c.d/3", to("https://a.b/4")),
        ("https://a.b/4", Scripted::new(200, "{}")),
    ]);
    let headers = vec![("authorization", "secret".to_owned()), ("range", "bytes=1-".to_owned())];
    ask(&transport, "https://a.b/1", headers).unwrap();
    let sent: Vec<_> = transport.asked().iter().map(|asked| asked.headers.contains_key("authorization")).collect();
    assert_eq!(sent, [true, true, false, false]);
    assert!(transport.asked().iter().all(|asked| asked.headers["range"] == "bytes=1-"));
}

#[test]
fn messages_carry_no_query() {
    let errors = [
        answered(Scripted::new(404, "")),
        answered(to("http://c.d/?token=secret")),
        answered(to("ftp://c.d/?token=secret")),
        answered(Scripted::new(200, "<")),
        ask(&ScriptedTransport::script([]), "http://a.b/?token=secret", Headers::new()),
    ];
    for error in errors {
        let text = error.unwrap_err().to_string();
        assert!(!text.contains("secret"), "{text}");
    }
}

#[test]
fn i10_no_text_of_a_server_makes_a_message_long() {
    let long = |prefix: &str, count: usize| format!("{prefix}{}", "y".repeat(count));
    for location in [long("http://c.d/", 60_000), long("http://c.d/", 8000), long("/", 60_000), long("ftp://", 60_000)]
    {
        let text = answered(to(&location)).unwrap_err().to_string();
        assert!(text.len() <= MAX_MESSAGE + 2, "{} bytes", text.len());
    }
    assert_eq!(answered(to(&long("/", 60_000))).unwrap_err().code(), Code::BadRedirect, "such a URL is not sent");
}

#[test]
fn each_fault_of_the_transport_has_its_code() {
    for (fault, code) in [
        (TransportFault::Dns, Code::DnsFailed),
        (TransportFault::Connect, Code::ConnectFailed),
        (TransportFault::Tls, Code::TlsFailed),
        (TransportFault::ConnectTimeout, Code::ConnectTimeout),
        (TransportFault::IdleTimeout, Code::IdleTimeout),
        (TransportFault::TooSlow, Code::TooSlow),
        (TransportFault::TooLarge, Code::TooLarge),
        (TransportFault::Lost, Code::ConnectionLost),
        (TransportFault::Cancelled, Code::Cancelled),
        (TransportFault::Malformed, Code::UnexpectedContent),
    ] {
        assert_eq!(answered(Scripted::fault(fault)).unwrap_err().code(), code);
    }
}

#[test]
fn every_row_of_the_refusals_says_whether_a_plain_request_is_sent() {
    let server = |code, status| Error::Server { code, status, retry_after: None, detail: String::new() };
    let status = |status| server(Code::UnexpectedStatus, status);
    for (error, expected) in [
        (status(304), true),
        (status(400), true),
        (status(403), true),
        (status(412), true),
        (status(416), true),
        (server(Code::RangeMismatch, 206), true),
        (server(Code::ServerError, 500), true),
        (server(Code::ServerError, 501), true),
        (server(Code::ServerError, 502), false),
        (server(Code::ServerError, 503), false),
        (server(Code::ServerError, 504), false),
        (server(Code::RateLimited, 429), false),
        (server(Code::NotFound, 404), false),
        (server(Code::Gone, 410), false),
        (server(Code::UnexpectedContent, 200), false),
        (Error::corrupt(Code::SizeMismatch, ""), true),
        (Error::Network { code: Code::ConnectionLost, phase: "", source: None }, false),
    ] {
        assert_eq!(may_be_for_its_condition(&error), expected, "{error}");
    }
}
