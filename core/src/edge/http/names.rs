//! Looks up the addresses of a host, for as long as connecting may take.
//!
//! In: a host's name. Out: its addresses. May touch: the system's resolver, one thread for each lookup.
//! Keeps: I10 (a lookup is left when its time is over or `cancel` is called; the system ends its thread in its own time).

use super::meter::Meter;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::{error, fmt};
use ureq::Error;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// More addresses than this of one host are not tried; ureq's array has no room for more.
const MOST_ADDRESSES: usize = 16;
/// The system's resolver runs on it. 512 KiB: what iOS gives a thread by itself; other systems' resolvers need less.
const STACK: usize = 512 << 10;

/// What the system says to `host:port`. Blocks for as long as the system likes.
type Lookup = fn(&str) -> io::Result<Vec<SocketAddr>>;

/// The lookups of one transport.
#[derive(Debug)]
pub(super) struct Names {
    lookup: Lookup,
    stack: usize,
    meter: Arc<Meter>,
    waiting: Mutex<Option<Sender<Answer>>>,
}

/// `None`: cancelled.
type Answer = Option<io::Result<Vec<SocketAddr>>>;

impl Names {
    pub(super) fn new(meter: &Arc<Meter>) -> Self {
        let system: Lookup = |host| host.to_socket_addrs().map(Iterator::collect);
        Self { lookup: system, stack: STACK, meter: Arc::clone(meter), waiting: Mutex::default() }
    }

    /// Leave the lookup that is going on.
    pub(super) fn cancel(&self) {
        if let Some(waiting) = self.waiting().take() {
            let _ = waiting.send(None); // nobody waits any more
        }
    }

    fn find(&self, host: &str, timeout: NextTimeout) -> Result<Vec<SocketAddr>, Error> {
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        let (answer, answered) = mpsc::channel();
        *self.waiting() = Some(answer.clone());
        if self.meter.is_cancelled() {
            return Err(cancelled()); // it was called before there was somebody to tell
        }
        let (lookup, name) = (self.lookup, host.to_owned());
        let thread = Builder::new().stack_size(self.stack).spawn(move || answer.send(Some(lookup(&name))));
        thread.map_err(|source| Error::Other(Box::new(NoThread(source))))?;
        let found = answered.recv_timeout(*timeout.after);
        *self.waiting() = None;
        match found {
            Ok(Some(Ok(addresses))) if !addresses.is_empty() => Ok(addresses),
            Ok(Some(_)) | Err(RecvTimeoutError::Disconnected) => Err(Error::HostNotFound),
            Ok(None) => Err(cancelled()),
            Err(RecvTimeoutError::Timeout) => Err(Error::Timeout(timeout.reason)),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Sender<Answer>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The agent's share in them.
#[derive(Debug)]
pub(super) struct Shared(pub(super) Arc<Names>);

impl Resolver for Shared {
    fn resolve(
        &self,
        uri: &ureq::http::Uri,
        _: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let parts = uri.scheme().zip(uri.authority());
        let host = parts.and_then(|(scheme, authority)| DefaultResolver::host_and_port(scheme, authority));
        let addresses = self.0.find(&host.ok_or(Error::HostNotFound)?, timeout)?;
        let mut found = self.empty();
        addresses.into_iter().take(MOST_ADDRESSES).for_each(|address| found.push(address));
        Ok(found)
    }
}

/// The system gave no thread to look a name up on. Doing it on the caller's would have no limit of time.
#[derive(Debug)]
pub(super) struct NoThread(io::Error);

impl fmt::Display for NoThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no thread to look up the host's name on: {}", self.0)
    }
}

impl error::Error for NoThread {}

fn cancelled() -> Error {
    io::Error::from(io::ErrorKind::Interrupted).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::config::Timing;
    use std::time::Duration;
    use ureq::Timeout;

    fn names(lookup: Lookup) -> Names {
        Names { lookup, ..Names::new(&Arc::new(Meter::new(Timing::default()))) }
    }

    fn within(milliseconds: u64) -> NextTimeout {
        let after = Duration::from_millis(milliseconds).into();
        NextTimeout { after, reason: Timeout::Resolve, ..NextTimeout::default() }
    }

    /// A resolver that never answers.
    fn silent(_: &str) -> io::Result<Vec<SocketAddr>> {
        loop {
            std::thread::park();
        }
    }

    #[test]
    fn i10_a_resolver_that_never_answers_is_left_in_time() {
        let error = names(silent).find("a.example:443", within(50)).unwrap_err();
        assert!(matches!(error, Error::Timeout(Timeout::Resolve)), "{error}");
    }

    #[test]
    fn i10_cancel_ends_a_lookup() {
        let names = names(silent);
        let error = std::thread::scope(|scope| {
            let lookup = scope.spawn(|| names.find("a.example:443", within(60_000)));
            while names.waiting().is_none() {
                std::thread::yield_now();
            }
            names.cancel();
            lookup.join().unwrap().unwrap_err()
        });
        assert!(matches!(&error, Error::Io(source) if source.kind() == io::ErrorKind::Interrupted), "{error}");
    }

    #[test]
    fn a_lookup_without_a_thread_is_an_error_and_addresses_need_none() {
        // No address space has room for such a stack, whether its pointers have 32 bits or 64.
        let names = Names { stack: usize::MAX / 8 * 7, ..names(|_| Ok(Vec::new())) };
        let error = names.find("a.example:443", within(1000)).unwrap_err();
        assert!(error.to_string().contains("no thread"), "{error}");
        for (host, address) in [("127.0.0.1:80", "127.0.0.1:80"), ("[::1]:443", "[::1]:443")] {
            assert_eq!(names.find(host, within(1000)).unwrap(), [address.parse().unwrap()]);
        }
    }

    #[test]
    fn a_name_without_an_address_is_not_found() {
        let lookups: [Lookup; 2] = [|_| Ok(Vec::new()), |_| Err(io::ErrorKind::NotFound.into())];
        for lookup in lookups {
            assert!(matches!(names(lookup).find("a.example:443", within(1000)), Err(Error::HostNotFound)));
        }
    }
}
