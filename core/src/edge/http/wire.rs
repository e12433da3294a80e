//! How a connection is made: name, proxy, socket and TLS as in ureq's own chain, with a [`Meter`] at both ends of it.
//!
//! In: where to connect to. Out: a connection that is counted. May touch: the network.
//! Keeps: I10 (no byte passes the socket uncounted, and making a connection has one limit, proxy and TLS included).

use super::meter::{Ended, Layer, Meter};
use std::sync::Arc;
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, Either, NextTimeout, RustlsConnector, TcpConnector,
    Transport,
};
use ureq::{Error, Timeout};

/// ureq's chain of connectors: a proxy if there is one, else a socket; then TLS if the URL asks for it.
pub(super) fn connector(meter: &Arc<Meter>) -> impl Connector<()> + use<> {
    let socket = Sockets { tcp: TcpConnector::default(), meter: Arc::clone(meter) };
    let chain = ().chain(ConnectProxyConnector::default()).chain(socket).chain(RustlsConnector::default());
    Connections { chain, meter: Arc::clone(meter) }
}

/// The outer end: it runs the whole chain. A proxy's own connection is made by running it within itself.
#[derive(Debug)]
struct Connections<C> {
    chain: C,
    meter: Arc<Meter>,
}

impl<C: Connector<()>> Connector<()> for Connections<C> {
    type Out = Outer<C::Out>;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<()>) -> Result<Option<Self::Out>, Error> {
        self.meter.connect_begins();
        let made = self.chain.connect(details, chained);
        let watched = (self.meter.connect_ended() == Layer::Outermost).then(|| Arc::clone(&self.meter));
        Ok(made?.map(|inner| Outer { inner, watched }))
    }
}

/// A connection as HTTP sees it: TLS is off. Only the one that a request is sent on is watched.
#[derive(Debug)]
struct Outer<T> {
    inner: T,
    watched: Option<Arc<Meter>>,
}

impl<T: Transport> Transport for Outer<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let came = self.inner.await_input(timeout)?;
        if let Some(meter) = self.watched.as_ref().filter(|_| came) {
            meter.answer_began();
        }
        Ok(came)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

/// Opens sockets; what goes through a proxy is counted at the proxy's socket.
#[derive(Debug)]
struct Sockets {
    tcp: TcpConnector,
    meter: Arc<Meter>,
}

impl<In: Transport> Connector<In> for Sockets {
    type Out = Either<In, Socket<<TcpConnector as Connector<()>>::Out>>;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        if let Some(tunnel) = chained {
            return Ok(Some(Either::A(tunnel)));
        }
        let opened = Connector::<()>::connect(&self.tcp, details, None)?;
        Ok(opened.map(|inner| Either::B(Socket { inner, meter: Arc::clone(&self.meter) })))
    }
}

/// The lower end: a socket whose bytes are counted as they come.
#[derive(Debug)]
struct Socket<T> {
    inner: T,
    meter: Arc<Meter>,
}

impl<T> Socket<T> {
    /// The limit that comes first: the caller's, or the one for making a connection.
    fn admit(&self, timeout: NextTimeout) -> Result<NextTimeout, Error> {
        let left = self.meter.admit().map_err(refused)?;
        let sooner = left.map(Into::into).filter(|left| *left < timeout.after);
        Ok(sooner.map_or(timeout, |after| NextTimeout { after, reason: Timeout::Connect, ..timeout }))
    }
}

impl<T: Transport> Transport for Socket<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let timeout = self.admit(timeout)?;
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let timeout = self.admit(timeout)?;
        let before = self.inner.buffers().input().len();
        let came = self.inner.await_input(timeout)?;
        let after = self.inner.buffers().input().len();
        self.meter.came(after.saturating_sub(before)).map_err(refused)?;
        Ok(came)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }
}

/// Not an I/O error: those of some kinds are tried again on the way up.
fn refused(ended: Ended) -> Error {
    Error::Other(Box::new(ended))
}
