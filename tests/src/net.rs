//! A device's network room over a real disk and a real socket, with patience that suits a test.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)] // only tests use this

use aloft_core::edge::fs::DiskFs;
use aloft_core::edge::http::UreqTransport;
use aloft_core::edge::ports::{Fs as _, Silent, Transport as _};
use aloft_core::edge::system::Os;
use aloft_core::fetch::{Downloaded, Fetched, Network, Partial, Wanted, download, fetch_document};
use aloft_core::model::config::{Config, Timing};
use aloft_core::model::{Code, Digest, Error};
use std::path::PathBuf;
use tempfile::TempDir;

/// A config whose limits are over within a second, yet are not met by chance on a busy machine.
pub fn impatient() -> Config {
    let timing = Timing { connect: 1000, idle: 500, least_rate: 2000, rate_window: 500, ..Timing::default() };
    Config { timing, ..Config::new("com.example.app") }
}

/// One run: one transport, one `partial/`.
pub struct Run {
    /// What requests go through.
    pub transport: UreqTransport,
    /// As [`impatient`], unless a test changed it.
    pub config: Config,
}

impl Run {
    /// A run with this config.
    pub fn new(config: Config) -> Self {
        Self { transport: UreqTransport::new(&config).unwrap(), config }
    }

    /// Fetch a document.
    pub fn document(&self, url: &str, etag: Option<&str>) -> Result<Fetched, Error> {
        fetch_document(self.network(), url, etag)
    }

    /// Download `content` from `url`, as far as an earlier run has not.
    pub fn download(&self, url: &str, content: &[u8], place: &Place) -> Result<Downloaded, Error> {
        let wanted = Wanted { url, size: content.len() as u64 };
        download(self.network(), &DiskFs, &Silent, wanted, &place.partial(content))
    }

    /// End it.
    pub fn cancel(&self) {
        self.transport.cancel();
    }

    /// What its requests share.
    pub fn network(&self) -> Network<'_> {
        static SYSTEM: std::sync::LazyLock<Os> = std::sync::LazyLock::new(Os::default);
        Network { transport: &self.transport, system: &*SYSTEM, timing: &self.config.timing }
    }
}

impl Default for Run {
    fn default() -> Self {
        Self::new(impatient())
    }
}

/// A site and a `partial/` in a temporary folder.
pub struct Place(TempDir);

impl Default for Place {
    fn default() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for folder in ["site/channels", "site/artifacts", "partial"] {
            std::fs::create_dir_all(place.path(folder)).unwrap();
        }
        place
    }
}

impl Place {
    /// A path in it.
    pub fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    /// Put a file on the site.
    pub fn publish(&self, path: &str, bytes: &[u8]) {
        std::fs::write(self.path("site").join(path), bytes).unwrap();
    }

    /// Where `content` is downloaded to.
    pub fn partial(&self, content: &[u8]) -> Partial {
        Partial::new(&self.path("partial"), Digest::of(content))
    }

    /// What of `content` has come so far.
    pub fn there(&self, content: &[u8]) -> Vec<u8> {
        DiskFs.read(&self.path("partial").join(Digest::of(content).to_string()), 1 << 30).unwrap_or_default()
    }
}

/// The code of a failure; `None` for a success.
pub fn code<T>(result: &Result<T, Error>) -> Option<Code> {
    result.as_ref().err().map(Error::code)
}
