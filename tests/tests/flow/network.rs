//! One document over a real connection: validators, limits, and a code for everything that a network does.

use aloft_cli::serve::{Fault, Kind, RetryAfter, Server};
use aloft_core::fetch::Fetched;
use aloft_core::model::config::Config;
use aloft_core::model::{Code, Error};
use aloft_tests::net::{Place, Run, code, impatient};
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

const DOCUMENT: &[u8] = br#"{"payloadType":"application/vnd.aloft.channel+json","payload":"e30=","signatures":[]}"#;

fn site() -> (Place, Server, String) {
    let place = Place::default();
    place.publish("channels/production.json", DOCUMENT);
    let server = Server::local(&place.path("site")).unwrap();
    let url = format!("{}/channels/production.json", server.url());
    (place, server, url)
}

fn fetched(url: &str, etag: Option<&str>) -> (Vec<u8>, String) {
    match Run::default().document(url, etag).unwrap() {
        Fetched::Document { bytes, etag } => (bytes, etag.unwrap()),
        Fetched::NotModified => panic!("it was modified"),
    }
}

#[test]
fn an_unchanged_document_is_not_sent_again_and_a_changed_one_is() {
    let (place, server, url) = site();
    let (bytes, etag) = fetched(&url, None);
    assert_eq!(bytes, DOCUMENT);
    assert_eq!(Run::default().document(&url, Some(&etag)).unwrap(), Fetched::NotModified);
    let mut other = DOCUMENT.to_vec();
    other.reverse();
    place.publish("channels/production.json", &other); // as long as before, and maybe within the same clock tick
    assert_eq!(fetched(&url, Some(&etag)).0, other);
    let log: Vec<_> = server.log().into_iter().map(|entry| (entry.status, entry.bytes)).collect();
    let whole = (200, DOCUMENT.len() as u64);
    assert_eq!(log, [whole, (304, 0), whole]);
}

#[test]
fn a_check_that_finds_nothing_is_one_request_of_at_most_1_kib_each_way() {
    let (_place, server, url) = site();
    let (_, etag) = fetched(&url, None);
    let relay = Relay::to(&server);
    let url = url.replace(server.url(), &relay.url);
    assert_eq!(Run::default().document(&url, Some(&etag)).unwrap(), Fetched::NotModified);
    let [connections, up, down] = relay.counted();
    assert_eq!(connections, 1);
    assert!((100..=1024).contains(&up) && (100..=1024).contains(&down), "{up} B up, {down} B down");
}

#[test]
fn one_run_keeps_its_connection() {
    let (place, server, url) = site();
    let artifact = vec![7; 100_000];
    place.publish("artifacts/a.zip", &artifact);
    let relay = Relay::to(&server);
    let run = Run::default();
    run.document(&url.replace(server.url(), &relay.url), None).unwrap();
    run.download(&format!("{}/artifacts/a.zip", relay.url), &artifact, &place).unwrap();
    assert_eq!(relay.counted()[0], 1);
}

#[test]
fn each_fault_of_a_server_has_its_code() {
    let (_place, server, url) = site();
    let status = |status| Kind::Status(status, RetryAfter::None);
    for (kind, expected) in [
        (Kind::Stall(0), Code::IdleTimeout),
        (Kind::Stall(10), Code::IdleTimeout),
        (Kind::Drip(5), Code::TooSlow),
        (Kind::Cut(0), Code::ConnectionLost),
        (Kind::Cut(10), Code::ConnectionLost),
        (Kind::Length(9), Code::ConnectionLost),
        (Kind::Length(2 << 20), Code::TooLarge),
        (Kind::Extra(2 << 20), Code::TooLarge),
        (Kind::Html, Code::UnexpectedContent),
        (Kind::WrongRange, Code::UnexpectedStatus),
        (status(404), Code::NotFound),
        (status(410), Code::Gone),
        (status(429), Code::RateLimited),
        (status(418), Code::UnexpectedStatus),
        (status(500), Code::ServerError),
        (status(503), Code::ServerError),
        (Kind::Redirect("http://example.com/".into()), Code::InsecureUrl),
        (Kind::Redirect("ftp://example.com/".into()), Code::BadRedirect),
        (Kind::Redirect(url.clone()), Code::TooManyRedirects),
    ] {
        server.set_faults([Fault::new(kind.clone())]);
        assert_eq!(code(&Run::default().document(&url, None)), Some(expected), "{kind:?}");
    }
}

#[test]
fn a_server_may_say_when_to_come_back_in_seconds_or_as_a_date() {
    let (_place, server, url) = site();
    for (how, least) in [(RetryAfter::Seconds(30), 30), (RetryAfter::Date(3600), 3590)] {
        server.set_faults([Fault::new(Kind::Status(503, how))]);
        match Run::default().document(&url, None) {
            Err(Error::Server { retry_after: Some(seconds), .. }) => assert!((least..=least + 10).contains(&seconds)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn each_fault_of_the_network_has_its_code_and_phase() {
    let refusing = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap(); // closed again
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let garbage = answering(b"SSH-2.0-OpenSSH_9.9\r\n\r\n");
    let closing = answering(b"");
    let unresolvable = format!("{}.invalid", "a".repeat(64)); // longer than a label may be: no resolver asks anybody
    let silent = silent.local_addr().unwrap();
    for (url, expected, phase) in [
        (format!("https://{unresolvable}/"), Code::DnsFailed, "connecting"),
        (format!("http://{refusing}/"), Code::ConnectFailed, "connecting"),
        (format!("https://{silent}/"), Code::ConnectTimeout, "connecting"),
        (format!("https://{garbage}/"), Code::TlsFailed, "connecting"),
        (format!("http://{silent}/"), Code::IdleTimeout, "waiting for the answer"),
        (format!("http://{garbage}/"), Code::UnexpectedContent, "waiting for the answer"),
        (format!("http://{closing}/"), Code::ConnectionLost, "waiting for the answer"),
    ] {
        let mut config = impatient();
        config.timing.idle = 1500; // longer than connecting may take
        match Run::new(config).document(&url, None).unwrap_err() {
            Error::Network { code, phase: in_phase, .. } => assert_eq!((code, in_phase), (expected, phase), "{url}"),
            other => panic!("{url}: {other}"),
        }
    }
}

#[test]
fn tls_trusts_the_configured_roots_and_no_others() {
    let address = tls_server();
    let trusting = |pem: Option<&[u8]>| Config { tls_roots_pem: pem.map(<[u8]>::to_vec), ..impatient() };
    let fetch = |host: &str, config| Run::new(config).document(&format!("https://{host}:{}/", address.port()), None);
    let document = fetch("localhost", trusting(Some(CERTIFICATE))).unwrap();
    assert_eq!(document, Fetched::Document { bytes: b"{}".to_vec(), etag: None });
    assert_eq!(code(&fetch("localhost", trusting(None))), Some(Code::TlsFailed));
    assert_eq!(code(&fetch("127.0.0.1", trusting(Some(CERTIFICATE)))), Some(Code::TlsFailed), "of another name");
}

#[test]
fn a_proxy_is_used_when_it_is_configured_and_never_from_the_environment() {
    let (_place, server, url) = site();
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = Config { proxy: Some(format!("http://{}", proxy.local_addr().unwrap())), ..impatient() };
    let asked = thread::spawn(move || {
        let mut line = String::new();
        BufReader::new(proxy.accept().unwrap().0).read_line(&mut line).unwrap();
        line
    });
    assert!(Run::new(config).document(&url, None).is_err(), "it says nothing");
    let asked = asked.join().unwrap();
    assert!(asked.starts_with(&format!("CONNECT {} HTTP/1.1", server.url().trim_start_matches("http://"))), "{asked}");
    assert_eq!(server.log(), []);

    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    for name in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        child.env(name, "http://127.0.0.1:9");
    }
    let ran = child
        .args(["--exact", "network::an_unchanged_document_is_not_sent_again_and_a_changed_one_is"])
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
}

/// Answer every connection with `bytes` and close it.
fn answering(bytes: &'static [u8]) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(bytes);
        }
    });
    address
}

const CERTIFICATE: &[u8] = include_bytes!("../../fixtures/tls/cert.pem");
const KEY: &[u8] = include_bytes!("../../fixtures/tls/key.pem");

/// Answer every connection with `{}` over TLS.
fn tls_server() -> std::net::SocketAddr {
    use rustls::pki_types::pem::PemObject as _;
    let chain = vec![rustls::pki_types::CertificateDer::from_pem_slice(CERTIFICATE).unwrap()];
    let key = rustls::pki_types::PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let builder = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let config = Arc::new(builder.with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream);
            if stream.read(&mut [0; 4096]).is_ok() {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
            }
        }
    });
    address
}

/// Passes bytes on to a server, and counts connections and bytes up and down.
struct Relay {
    url: String,
    counts: Arc<[AtomicU64; 3]>,
}

impl Relay {
    fn to(server: &Server) -> Self {
        let target = server.url().trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let counts = Arc::new([const { AtomicU64::new(0) }; 3]);
        let counting = Arc::clone(&counts);
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                counting[0].fetch_add(1, Ordering::SeqCst);
                let far = TcpStream::connect(&target).unwrap();
                for (from, to, counter) in [(near.try_clone(), far.try_clone(), 1), (Ok(far), Ok(near), 2)] {
                    let (from, to, counts) = (from.unwrap(), to.unwrap(), Arc::clone(&counting));
                    thread::spawn(move || pass(from, to, &counts[counter]));
                }
            }
        });
        Self { url, counts }
    }

    /// Connections, bytes up, bytes down.
    fn counted(&self) -> [u64; 3] {
        [0, 1, 2].map(|which| self.counts[which].load(Ordering::SeqCst))
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, counter: &AtomicU64) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        counter.fetch_add(count as u64, Ordering::SeqCst);
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
