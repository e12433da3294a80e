//! The `Transport` port over ureq with rustls (ring): HTTP/1.1, no decompression, no redirects, no environment.
//!
//! In: requests with absolute URLs. Out: heads and bodies as they came, or faults with their phase. May touch: the network.
//! Keeps: I10: looking up, connecting, sending, waiting for the head and every read have a limit of time; bytes and the least
//! rate are counted at the socket, below HTTP and TLS (`meter`). A body has no limit of time as a whole.

mod meter;
mod names;
mod wire;

use self::meter::{CONNECTING, Ended, Meter, READING, WAITING};
use self::names::{Names, NoThread, Shared};
use super::ports::{Connect, Request, Response, Transport, TransportError, TransportFault};
use crate::model::config::Config;
use crate::model::{Code, Error, Result};
use std::io::{self, ErrorKind, Read as _};
use std::sync::Arc;
use std::time::Duration;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Proxy, Timeout};

/// Makes a [`UreqTransport`] for each run.
#[derive(Debug, Clone, Copy, Default)]
pub struct UreqConnect;

impl Connect for UreqConnect {
    fn connect(&self, config: &Config) -> Result<Arc<dyn Transport>> {
        Ok(Arc::new(UreqTransport::new(config)?))
    }
}

/// The connections of one run. Its requests come one after another: all of them are counted by one meter.
#[derive(Debug)]
pub struct UreqTransport {
    agent: Agent,
    meter: Arc<Meter>,
    names: Arc<Names>,
}

impl UreqTransport {
    /// Set up without connecting.
    ///
    /// # Errors
    /// `bad_config` for a proxy or roots that cannot be used.
    pub fn new(config: &Config) -> Result<Self> {
        let limit = |milliseconds| Some(Duration::from_millis(milliseconds));
        let (connect, idle) = (limit(config.timing.connect), limit(config.timing.idle));
        let settings = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(proxy(config)?) // also when there is none: else ureq asks the environment
            .tls_config(TlsConfig::builder().root_certs(roots(config)?).build())
            .user_agent("")
            .accept("")
            .accept_encoding("")
            .timeout_resolve(connect)
            .timeout_connect(connect)
            .timeout_send_request(idle)
            .timeout_recv_response(idle)
            .timeout_per_read(idle)
            .timeout_per_write(idle)
            .build();
        let meter = Arc::new(Meter::new(config.timing));
        let names = Arc::new(Names::new(&meter));
        let agent = Agent::with_parts(settings, wire::connector(&meter), Shared(Arc::clone(&names)));
        Ok(Self { agent, meter, names })
    }

    fn ask(&self, request: &Request<'_>, connection: Connection) -> Answered {
        let mut call = self.agent.get(request.url);
        for (name, value) in request.headers {
            call = call.header(*name, value);
        }
        if connection == Connection::Fresh {
            call = call.config().max_idle_age(Duration::ZERO).build();
        }
        self.meter.begin();
        let answer = call.call().map_err(|error| fault(error, WAITING, &self.meter))?;
        self.meter.answered();
        let (head, body) = answer.into_parts();
        Ok(Box::new(UreqResponse { head, body: body.into_reader(), meter: Arc::clone(&self.meter) }))
    }
}

type Answered = std::result::Result<Box<dyn Response>, TransportError>;

/// Which connection a request is sent on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Connection {
    /// One that an earlier request left open, or a new one.
    Any,
    Fresh,
}

impl Transport for UreqTransport {
    fn get(&self, request: &Request<'_>) -> Answered {
        match self.ask(request, Connection::Any) {
            // The server closed the connection after the answer before, and the request crossed with that (RFC 9112, 9.3.1).
            Err(error) if error.kind == TransportFault::Lost && self.meter.was_left_unanswered() => {
                self.ask(request, Connection::Fresh)
            }
            answered => answered,
        }
    }

    fn cancel(&self) {
        self.meter.cancel();
        self.names.cancel();
        self.agent.clone().shutdown();
    }
}

struct UreqResponse {
    head: ureq::http::response::Parts,
    body: ureq::BodyReader<'static>,
    meter: Arc<Meter>,
}

impl Response for UreqResponse {
    fn status(&self) -> u16 {
        self.head.status.as_u16()
    }

    fn header(&self, name: &str) -> Option<String> {
        self.head.headers.get(name)?.to_str().ok().map(str::to_owned)
    }

    fn read(&mut self, buffer: &mut [u8]) -> std::result::Result<usize, TransportError> {
        let failed = |error: io::Error| fault(error.into(), READING, &self.meter);
        let read = self.body.read(buffer);
        // A socket that was shut down gives what it has already, and then can look like the end of a body of unknown length.
        if self.meter.is_cancelled() {
            return Err(failed(ErrorKind::Interrupted.into()));
        }
        read.inspect(|count| self.meter.delivered(*count)).map_err(failed)
    }
}

fn proxy(config: &Config) -> Result<Option<Proxy>> {
    let refused = || Error::config(Code::BadConfig, "proxy", "write `http://host:port`");
    let Some(text) = config.proxy.as_deref() else { return Ok(None) };
    let proxy = Proxy::new(text).map_err(|_| refused())?;
    if !matches!(proxy.protocol(), ureq::ProxyProtocol::Http | ureq::ProxyProtocol::Https) {
        return Err(refused());
    }
    let mut excepting = Proxy::builder(proxy.protocol()).host(proxy.host()).port(proxy.port());
    if let Some(name) = proxy.username() {
        excepting = excepting.username(name).password(proxy.password().unwrap_or_default());
    }
    let excepting = config.proxy_except.iter().fold(excepting, |proxy, host| proxy.no_proxy(host));
    excepting.build().map(Some).map_err(|_| refused())
}

fn roots(config: &Config) -> Result<RootCerts> {
    let Some(pem) = config.tls_roots_pem.as_deref() else {
        return Ok(if cfg!(feature = "platform-verifier") { RootCerts::PlatformVerifier } else { RootCerts::WebPki });
    };
    let mut certificates = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(_) => return Err(Error::config(Code::BadConfig, "tlsRoots", "not PEM")),
        }
    }
    if certificates.is_empty() {
        return Err(Error::config(Code::BadConfig, "tlsRoots", "no certificate in it"));
    }
    Ok(certificates.into())
}

/// What happened; `phase` unless the error itself says that it was earlier.
fn fault(error: ureq::Error, phase: &'static str, meter: &Meter) -> TransportError {
    let (kind, phase) = match &error {
        _ if meter.is_cancelled() => (TransportFault::Cancelled, phase),
        ureq::Error::Other(source) if source.is::<NoThread>() => (TransportFault::Dns, CONNECTING),
        ureq::Error::Other(source) if let Some(ended) = source.downcast_ref::<Ended>() => (ended.kind, ended.phase),
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => (TransportFault::ConnectTimeout, CONNECTING),
        ureq::Error::Timeout(_) => (TransportFault::IdleTimeout, phase),
        ureq::Error::HostNotFound => (TransportFault::Dns, CONNECTING),
        ureq::Error::LargeResponseHeader(..) => (TransportFault::TooLarge, phase),
        ureq::Error::ConnectionFailed | ureq::Error::ConnectProxyFailed(_) => (TransportFault::Connect, CONNECTING),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::TlsRequired => (TransportFault::Tls, CONNECTING),
        ureq::Error::Io(source) => match source.kind() {
            ErrorKind::InvalidData => (TransportFault::Tls, if phase == WAITING { CONNECTING } else { phase }),
            ErrorKind::ConnectionRefused
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::AddrNotAvailable
            | ErrorKind::PermissionDenied => (TransportFault::Connect, CONNECTING),
            _ => (TransportFault::Lost, phase),
        },
        _ => (TransportFault::Malformed, phase),
    };
    // ureq puts whole URLs into these two.
    let detail = match error {
        ureq::Error::BadUri(_) | ureq::Error::RequireHttpsOnly(_) => "a URL it does not take".to_owned(),
        ureq::Error::Other(source) => source.to_string(),
        error => error.to_string(),
    };
    TransportError { kind, phase, detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(config: &Config) -> Code {
        UreqTransport::new(config).unwrap_err().code()
    }

    #[test]
    fn a_proxy_or_roots_that_cannot_be_used_are_refused_before_the_first_request() {
        for proxy in ["", "socks5://10.0.0.1:1080", "http://", "ftp://10.0.0.1"] {
            assert_eq!(refused(&Config { proxy: Some(proxy.into()), ..Config::new("a") }), Code::BadConfig, "{proxy}");
        }
        for pem in ["", "hello", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"] {
            let config = Config { tls_roots_pem: Some(pem.into()), ..Config::new("a") };
            assert_eq!(refused(&config), Code::BadConfig, "{pem}");
        }
        assert!(UreqTransport::new(&Config { proxy: Some("http://10.0.0.1:8080".into()), ..Config::new("a") }).is_ok());
    }

    #[test]
    fn hosts_that_the_system_excepts_are_reached_without_the_proxy() {
        let except = ["localhost", "127.*", "*.intern.example"].map(str::to_owned).to_vec();
        let text = Some("http://me:secret@10.0.0.1:8080".to_owned());
        let proxy = proxy(&Config { proxy: text, proxy_except: except, ..Config::new("a") }).unwrap().unwrap();
        let of = (proxy.host(), proxy.port(), proxy.username(), proxy.password());
        assert_eq!(of, ("10.0.0.1", 8080, Some("me"), Some("secret")));
        for (url, excepted) in [
            ("https://LOCALHOST/feed", true),
            ("http://127.0.0.1:8080/", true),
            ("https://a.intern.example/", true),
            ("https://updates.example/", false),
            ("https://intern.example.evil.com/", false),
        ] {
            assert_eq!(proxy.is_no_proxy(&url.parse().unwrap()), excepted, "{url}");
        }
    }
}
