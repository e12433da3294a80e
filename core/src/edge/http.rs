//! The `Transport` port over ureq with rustls (ring): HTTP/1.1, no decompression, no redirects, no environment.
//!
//! In: requests with absolute URLs. Out: heads and bodies as they came, or faults with their phase. May touch: the network.
//! Keeps: I10 (connecting and every read have a limit; there is no total one).

use super::ports::{Connect, Request, Response, Transport, TransportError, TransportFault};
use crate::model::config::Config;
use crate::model::{Code, Error, Result};
use std::io::{self, ErrorKind, Read as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Proxy, Timeout};

/// Makes a [`UreqTransport`] for each run.
#[derive(Debug, Clone, Copy, Default)]
pub struct UreqConnect;

impl Connect for UreqConnect {
    fn connect(&self, config: &Config) -> Result<Arc<dyn Transport>> {
        Ok(Arc::new(UreqTransport::new(config)?))
    }
}

/// The connections of one run.
#[derive(Debug)]
pub struct UreqTransport {
    agent: Agent,
    cancelled: Arc<AtomicBool>,
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
            .timeout_recv_response(idle)
            .timeout_per_read(idle)
            .timeout_per_write(idle)
            .build();
        let cancelled = Arc::new(AtomicBool::new(false));
        let names = Names { inner: DefaultResolver::default(), cancelled: Arc::clone(&cancelled) };
        Ok(Self { agent: Agent::with_parts(settings, DefaultConnector::default(), names), cancelled })
    }
}

impl Transport for UreqTransport {
    fn get(&self, request: &Request<'_>) -> std::result::Result<Box<dyn Response>, TransportError> {
        let mut call = self.agent.get(request.url);
        for (name, value) in request.headers {
            call = call.header(*name, value);
        }
        let (head, body) = call.call().map_err(|error| fault(error, WAITING, &self.cancelled))?.into_parts();
        Ok(Box::new(UreqResponse { head, body: body.into_reader(), cancelled: Arc::clone(&self.cancelled) }))
    }

    fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        self.agent.clone().shutdown();
    }
}

struct UreqResponse {
    head: ureq::http::response::Parts,
    body: ureq::BodyReader<'static>,
    cancelled: Arc<AtomicBool>,
}

impl Response for UreqResponse {
    fn status(&self) -> u16 {
        self.head.status.as_u16()
    }

    fn header(&self, name: &str) -> Option<String> {
        self.head.headers.get(name)?.to_str().ok().map(str::to_owned)
    }

    fn read(&mut self, buffer: &mut [u8]) -> std::result::Result<usize, TransportError> {
        match self.body.read(buffer) {
            // A socket that was shut down can look like the end of a body of unknown length.
            Ok(0) if self.cancelled.load(Ordering::SeqCst) => {
                Err(fault(io::Error::from(ErrorKind::Interrupted).into(), READING, &self.cancelled))
            }
            Ok(count) => Ok(count),
            Err(error) => Err(fault(error.into(), READING, &self.cancelled)),
        }
    }
}

const CONNECTING: &str = "connecting";
const WAITING: &str = "waiting for the answer";
const READING: &str = "reading the answer";

fn proxy(config: &Config) -> Result<Option<Proxy>> {
    let refused = || Error::config(Code::BadConfig, "proxy", "write `http://host:port`");
    let Some(text) = config.proxy.as_deref() else { return Ok(None) };
    let proxy = Proxy::new(text).map_err(|_| refused())?;
    if matches!(proxy.protocol(), ureq::ProxyProtocol::Http | ureq::ProxyProtocol::Https) {
        return Ok(Some(proxy));
    }
    Err(refused())
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

/// Tells a name that was not found from a host that did not answer, and starts no connection after `cancel`.
#[derive(Debug)]
struct Names {
    inner: DefaultResolver,
    cancelled: Arc<AtomicBool>,
}

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &ureq::http::Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> std::result::Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.inner.resolve(uri, config, timeout).map_err(|error| match error {
            ureq::Error::Timeout(_) => error,
            _ => ureq::Error::HostNotFound,
        });
        if self.cancelled.load(Ordering::SeqCst) {
            return Err(io::Error::from(ErrorKind::Interrupted).into());
        }
        found
    }
}

/// What happened; `phase` unless the error itself says that it was earlier.
fn fault(error: ureq::Error, phase: &'static str, cancelled: &AtomicBool) -> TransportError {
    let (kind, phase) = match &error {
        _ if cancelled.load(Ordering::SeqCst) => (TransportFault::Cancelled, phase),
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => (TransportFault::ConnectTimeout, CONNECTING),
        ureq::Error::Timeout(_) => (TransportFault::IdleTimeout, phase),
        ureq::Error::HostNotFound => (TransportFault::Dns, CONNECTING),
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
}
