//! What a server does below HTTP: answers that never end, or go on a byte at a time, are left by time and by bytes; a
//! connection that was closed meanwhile is made anew.

use aloft_core::edge::fs::DiskFs;
use aloft_core::edge::ports::Silent;
use aloft_core::fetch::{Fetched, Wanted, download};
use aloft_core::model::config::{Config, Timing};
use aloft_core::model::{Code, Error};
use aloft_tests::net::{Place, Run, code, impatient};
use aloft_tests::raw::{Conn, RawServer};
use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
const DOCUMENT: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
/// What is allowed beside the content, and what the system's buffers hold of the rest.
const MOST: u64 = 16 << 20;

/// Only bytes end a transfer, however slow the machine is.
fn by_bytes() -> Config {
    let timing = Timing { idle: 60_000, least_rate: 1, ..impatient().timing };
    Config { timing, ..impatient() }
}

/// Only the least rate ends a transfer: the idle limit is longer than any pause of a busy machine.
fn by_rate() -> Config {
    Config { timing: Timing { idle: 60_000, ..impatient().timing }, ..impatient() }
}

/// Longer than any of the limits, also where other tests have the machine.
const BOUNDED: Duration = Duration::from_secs(20);

/// Answer every request with `head`, then go on as `endless` says.
fn endless(head: &'static str, endless: impl Fn(&mut Conn) + Send + Sync + 'static) -> RawServer {
    RawServer::new(move |mut conn| {
        if conn.request().is_some() && conn.send(head).is_some() {
            endless(&mut conn);
        }
    })
}

fn trailers() -> RawServer {
    let line = format!("x: {}\r\n", "y".repeat(1000));
    endless(CHUNKED, move |conn| {
        if conn.send("2\r\n{}\r\n0\r\n").is_some() {
            conn.flood(&line);
        }
    })
}

/// A chunk extension of a byte each so many milliseconds.
fn extension(milliseconds: u64) -> RawServer {
    endless(CHUNKED, move |conn| {
        if conn.send("2;").is_some() {
            conn.drip("x", milliseconds);
        }
    })
}

/// The code, the phase and how long it took.
fn ended(url: &str, config: Config) -> (Code, &'static str, Duration) {
    let begun = Instant::now();
    match Run::new(config).document(url, None).unwrap_err() {
        Error::Network { code, phase, .. } => (code, phase, begun.elapsed()),
        other => panic!("{url}: {other}"),
    }
}

#[test]
fn i10_trailers_that_never_end_are_left_after_a_bounded_number_of_bytes() {
    let server = trailers();
    let (code, phase, _) = ended(&server.url(), by_bytes());
    assert_eq!((code, phase), (Code::TooLarge, "reading the answer"));
    assert!(server.sent() < MOST, "{} bytes were taken", server.sent());
    let place = Place::default();
    let run = Run::new(by_bytes());
    assert_eq!(code_of_download(&run, &server, &place), Some(Code::TooLarge));
    assert!(server.sent() < 2 * MOST, "{} bytes were taken", server.sent());
}

fn code_of_download(run: &Run, server: &RawServer, place: &Place) -> Option<Code> {
    code(&run.download(&server.url(), b"{} and more", place))
}

#[test]
fn i10_a_chunk_extension_of_a_byte_at_a_time_is_too_slow() {
    let server = extension(100);
    let (code, phase, took) = ended(&server.url(), by_rate());
    assert_eq!((code, phase), (Code::TooSlow, "reading the answer"));
    assert!(took < BOUNDED, "{took:?}");
}

#[test]
fn i10_informational_answers_without_end_are_left_by_bytes_and_by_time() {
    let hints = "HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n";
    let fast = endless(hints, move |conn| conn.flood(hints.repeat(20)));
    let (code, phase, _) = ended(&fast.url(), by_bytes());
    assert_eq!((code, phase), (Code::TooLarge, "waiting for the answer"));
    assert!(fast.sent() < MOST, "{} bytes were taken", fast.sent());
    let slow = endless(hints, move |conn| conn.drip(hints, 100));
    let (code, phase, took) = ended(&slow.url(), impatient());
    assert_eq!((code, phase), (Code::IdleTimeout, "waiting for the answer"));
    assert!(took < BOUNDED, "{took:?}");
}

#[test]
fn i10_a_head_without_end_is_left_by_bytes_and_by_time() {
    let head = "HTTP/1.1 200 OK\r\n";
    let fast = endless(head, |conn| {
        if conn.send("x: ").is_some() {
            conn.flood("y".repeat(1000));
        }
    });
    let (code, phase, _) = ended(&fast.url(), by_bytes());
    assert_eq!((code, phase), (Code::TooLarge, "waiting for the answer"));
    assert!(fast.sent() < MOST, "{} bytes were taken", fast.sent());
    let slow = endless(head, |conn| conn.drip("x", 100));
    let (code, phase, took) = ended(&slow.url(), impatient());
    assert_eq!((code, phase), (Code::IdleTimeout, "waiting for the answer"));
    assert!(took < BOUNDED, "{took:?}");
}

#[test]
fn i10_framing_that_is_longer_than_its_content_is_left() {
    for piece in [CHUNKED_BYTE, "1;ext=abcdefgh\r\n{\r\n"] {
        let server = endless(CHUNKED, move |conn| conn.flood(piece.repeat(100)));
        let (code, _, _) = ended(&server.url(), by_bytes());
        assert_eq!(code, Code::TooLarge, "{piece}");
        assert!(server.sent() < MOST, "{} bytes were taken", server.sent());
    }
}

const CHUNKED_BYTE: &str = "1\r\n{\r\n";

#[test]
fn i10_tls_records_of_a_byte_are_left() {
    let server = tls(|conn| {
        let _ = conn.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n");
        while conn.write_all(b"{").is_ok() && conn.flush().is_ok() {}
    });
    let (code, phase, _) = ended(&secure(&server), trusting(by_bytes()));
    assert_eq!((code, phase), (Code::TooLarge, "reading the answer"));
    let server = tls(|conn| {
        let _ = conn.write_all(CHUNKED.as_bytes()).and_then(|()| conn.write_all(b"2;")).and_then(|()| conn.flush());
        while conn.sock.stays(100) && conn.write_all(b"x").is_ok() && conn.flush().is_ok() {}
    });
    let (code, phase, _) = ended(&secure(&server), trusting(by_rate()));
    assert_eq!((code, phase), (Code::TooSlow, "reading the answer"));
}

#[test]
fn i10_a_handshake_of_a_byte_at_a_time_is_left_when_connecting_is_over() {
    let server = RawServer::new(|mut conn| conn.drip([22], 100));
    let (code, phase, took) = ended(&secure(&server), impatient());
    assert!(matches!(code, Code::ConnectTimeout | Code::TlsFailed), "{code}");
    assert_eq!(phase, "connecting");
    assert!(took < BOUNDED, "{took:?}");
}

#[test]
fn i10_a_proxy_has_no_longer_to_connect_than_a_host() {
    let proxy = RawServer::new(|mut conn| {
        if conn.request().is_some() && conn.send("HTTP/1.1 200 OK\r\n").is_some() {
            conn.drip("x", 100);
        }
    });
    let config = Config { proxy: Some(proxy.url()), ..impatient() };
    let (code, phase, took) = ended("https://updates.example.com/", config);
    assert_eq!((code, phase), (Code::ConnectTimeout, "connecting"));
    assert!(took < BOUNDED, "{took:?}");
    assert_eq!(proxy.connections(), 1);
}

#[test]
fn cancel_ends_a_transfer_that_never_pauses() {
    let server =
        endless("HTTP/1.1 200 OK\r\ncontent-length: 1099511627776\r\n\r\n", |conn| conn.flood(vec![7; 1 << 16]));
    let (place, run) = (Place::default(), Run::default());
    let partial = place.partial(b"");
    let wanted = Wanted { url: &server.url(), size: 1 << 40 };
    let (outcome, took) = std::thread::scope(|scope| {
        let running = scope.spawn(|| download(run.network(), &DiskFs, &Silent, wanted, &partial));
        while partial.size(&DiskFs) < 1 << 20 {
            std::thread::yield_now();
        }
        let begun = Instant::now();
        run.cancel();
        (code(&running.join().unwrap()), begun.elapsed())
    });
    assert_eq!(outcome, Some(Code::Cancelled));
    assert!(took < Duration::from_secs(1), "{took:?}");
}

/// Answer so many requests of the first connection, and read the next one without answering it.
fn closing_after(answers: u64, then: impl Fn(&mut Conn) + Send + Sync + 'static) -> RawServer {
    RawServer::new(move |mut conn| {
        let mut left = if conn.number == 1 { answers } else { u64::MAX };
        while conn.request().is_some() {
            if left == 0 {
                return then(&mut conn);
            }
            left -= 1;
            if conn.send(DOCUMENT).is_none() {
                return;
            }
        }
    })
}

#[test]
fn a_kept_connection_that_the_server_closes_is_made_anew_once() {
    let server = closing_after(1, |_| {});
    let run = Run::default();
    for _ in 0..3 {
        assert!(matches!(run.document(&server.url(), None), Ok(Fetched::Document { .. })));
    }
    assert_eq!((server.connections(), server.requests()), (2, 4));

    let server = RawServer::new(|mut conn| {
        if conn.request().is_some() && conn.number == 1 {
            let _ = conn.send(DOCUMENT);
            let _ = conn.request();
        }
    });
    let run = Run::default();
    run.document(&server.url(), None).unwrap();
    assert_eq!(code(&run.document(&server.url(), None)), Some(Code::ConnectionLost));
    assert_eq!((server.connections(), server.requests()), (2, 3), "one more try, and no third");
}

#[test]
fn a_first_connection_that_breaks_and_an_answer_that_began_are_not_asked_for_again() {
    let server = RawServer::new(|mut conn| drop(conn.request()));
    assert_eq!(code(&Run::default().document(&server.url(), None)), Some(Code::ConnectionLost));
    assert_eq!(server.requests(), 1);
    let server = closing_after(1, |conn| {
        let _ = conn.send("HTTP/1.1 200");
    });
    let run = Run::default();
    run.document(&server.url(), None).unwrap();
    assert_eq!(code(&run.document(&server.url(), None)), Some(Code::ConnectionLost));
    assert_eq!(server.requests(), 2);
}

#[test]
fn a_kept_tls_connection_that_the_server_closes_is_made_anew() {
    let server = tls(|conn| {
        let answered = conn.write_all(DOCUMENT.as_bytes()).and_then(|()| conn.flush());
        if answered.is_ok() && conn.read(&mut [0; 4096]).is_ok() {
            conn.conn.send_close_notify();
            let _ = conn.flush();
        }
    });
    let run = Run::new(trusting(impatient()));
    for connections in 1..4 {
        assert!(matches!(run.document(&secure(&server), None), Ok(Fetched::Document { .. })));
        assert_eq!(server.connections(), connections);
    }
}

#[test]
#[ignore = "a figure: with the limits that devices have it takes more than a minute"]
fn measure_what_two_endless_servers_cost() {
    let usual = || Config { timing: Timing::default(), ..impatient() };
    for (name, server) in
        [("trailers without end", trailers()), ("a byte of an extension each 25 s", extension(25_000))]
    {
        let (code, _, took) = ended(&server.url(), usual());
        println!("{name}: {code} after {:.1} s, the server sent {} bytes", took.as_secs_f64(), server.sent());
    }
}

const CERTIFICATE: &[u8] = include_bytes!("../../fixtures/tls/cert.pem");
const KEY: &[u8] = include_bytes!("../../fixtures/tls/key.pem");

type Tls = rustls::StreamOwned<rustls::ServerConnection, Below>;

/// The socket below TLS.
struct Below(Conn);

impl Below {
    fn stays(&mut self, milliseconds: u64) -> bool {
        self.0.stays(milliseconds)
    }
}

impl std::io::Read for Below {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.stream.read(buffer)
    }
}

impl std::io::Write for Below {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.stream.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Read the first request of every connection over TLS, then do `serve`.
fn tls(serve: impl Fn(&mut Tls) + Send + Sync + 'static) -> RawServer {
    use rustls::pki_types::pem::PemObject as _;
    let chain = vec![rustls::pki_types::CertificateDer::from_pem_slice(CERTIFICATE).unwrap()];
    let key = rustls::pki_types::PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let builder = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = Arc::new(builder.with_single_cert(chain, key).unwrap());
    RawServer::new(move |conn| {
        let server = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut stream = rustls::StreamOwned::new(server, Below(conn));
        if stream.read(&mut [0; 4096]).is_ok_and(|count| count > 0) {
            serve(&mut stream);
        }
    })
}

fn secure(server: &RawServer) -> String {
    format!("https://localhost:{}/", server.address().rsplit_once(':').unwrap().1)
}

fn trusting(config: Config) -> Config {
    Config { tls_roots_pem: Some(CERTIFICATE.to_vec()), ..config }
}
