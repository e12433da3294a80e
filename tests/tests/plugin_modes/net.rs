//! The site behind a network that can be held up: at every request, or in the middle of an artifact.
//!
//! In: a site, and where to hold. Out: its answers, when they are let go. May touch: memory. Keeps: nobody waits longer than
//! a test's patience.

use crate::app::PATIENCE;
use aloft_core::edge::ports::{Connect, Request, Response, Transport, TransportError};
use aloft_core::model::Result;
use aloft_core::model::config::Config;
use aloft_tests::story::Site;
use std::sync::{Arc, Condvar, Mutex};

/// A network; clones are the same one.
#[derive(Clone)]
pub struct Net {
    site: Site,
    gate: Arc<Gate>,
}

/// Where requests are held up.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Hold {
    #[default]
    Nowhere,
    AtRequests,
    InArtifacts,
    /// Not held up: the run that asks panics.
    Panic,
}

#[derive(Default)]
struct Gate {
    state: Mutex<(Hold, usize)>,
    changed: Condvar,
}

impl Net {
    pub fn new(site: &Site) -> Self {
        Self { site: site.clone(), gate: Arc::default() }
    }

    /// Hold up what comes from here on, and let go what was held elsewhere.
    pub fn hold(&self, at: Hold) {
        self.gate.state.lock().unwrap().0 = at;
        self.gate.changed.notify_all();
    }

    /// Is anybody to be held up?
    pub fn holds(&self) -> bool {
        self.gate.state.lock().unwrap().0 != Hold::Nowhere
    }

    /// Wait until somebody is held up.
    pub fn wait_for_one(&self) {
        let state = self.gate.state.lock().unwrap();
        let (_state, late) = self.gate.changed.wait_timeout_while(state, PATIENCE, |(_, held)| *held == 0).unwrap();
        assert!(!late.timed_out(), "nobody asks");
    }
}

impl Gate {
    fn pass(&self, at: Hold) {
        let mut state = self.state.lock().unwrap();
        if state.0 != at {
            return;
        }
        state.1 += 1;
        self.changed.notify_all();
        let (mut state, late) = self.changed.wait_timeout_while(state, PATIENCE, |(hold, _)| *hold == at).unwrap();
        state.1 -= 1;
        assert!(!late.timed_out(), "nobody lets go");
    }
}

impl Connect for Net {
    fn connect(&self, _: &Config) -> Result<Arc<dyn Transport>> {
        Ok(Arc::new(self.clone()))
    }
}

impl Transport for Net {
    fn get(&self, request: &Request<'_>) -> std::result::Result<Box<dyn Response>, TransportError> {
        self.gate.pass(Hold::AtRequests);
        let panics = self.gate.state.lock().unwrap().0 == Hold::Panic;
        assert!(!panics, "a fault of the transport's");
        let response = self.site.transport().get(request)?;
        let gate = request.url.contains("/artifacts/").then(|| self.gate.clone());
        Ok(Box::new(Body { inner: response, gate, begun: false }))
    }

    fn cancel(&self) {
        self.hold(Hold::Nowhere);
    }
}

struct Body {
    inner: Box<dyn Response>,
    gate: Option<Arc<Gate>>,
    begun: bool,
}

impl Response for Body {
    fn status(&self) -> u16 {
        self.inner.status()
    }

    fn header(&self, name: &str) -> Option<String> {
        self.inner.header(name)
    }

    /// A first byte, and then as the gate says.
    fn read(&mut self, buffer: &mut [u8]) -> std::result::Result<usize, TransportError> {
        match &self.gate {
            Some(gate) if self.begun => gate.pass(Hold::InArtifacts),
            _ => {}
        }
        let most = if self.begun { buffer.len() } else { buffer.len().min(1) };
        self.begun = true;
        self.inner.read(&mut buffer[..most])
    }
}
