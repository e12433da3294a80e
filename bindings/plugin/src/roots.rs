//! The system's TLS roots, read by whoever connects: on the worker, never at the start.
//!
//! In: a PEM file that the host wrote. Out: connections that trust it. May touch: that file. Keeps: I10.

use aloft_core::edge::ports::{Connect, Fs, Transport};
use aloft_core::model::Result;
use aloft_core::model::config::Config;
use std::path::PathBuf;
use std::sync::Arc;

/// Most bytes of roots. 4 MiB: a system has about 200 of 2 KiB.
const MOST: u64 = 4 << 20;

/// Connects with the roots of a file. Where it cannot be read, those compiled in hold.
pub(crate) struct Roots {
    pub(crate) inner: Arc<dyn Connect>,
    pub(crate) fs: Arc<dyn Fs>,
    pub(crate) file: Option<PathBuf>,
}

impl Connect for Roots {
    fn connect(&self, config: &Config) -> Result<Arc<dyn Transport>> {
        match self.file.as_ref().and_then(|file| self.fs.read(file, MOST).ok()) {
            Some(pem) => self.inner.connect(&Config { tls_roots_pem: Some(pem), ..config.clone() }),
            None => self.inner.connect(config),
        }
    }
}
