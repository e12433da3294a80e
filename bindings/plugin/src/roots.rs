//! Connects with the TLS roots of the system. They are read for each connection, on the worker and never at the start.
//!
//! In: a PEM file that the host wrote. Out: connections that trust it. May touch: that file. Keeps: I10.

use aloft_core::edge::ports::{Connect, Fs, Transport};
use aloft_core::model::Result;
use aloft_core::model::config::Config;
use std::path::PathBuf;
use std::sync::Arc;

/// The largest file of roots that is read, in bytes. 4 MiB: a system has about 200 roots of 2 KiB.
const MOST: u64 = 4 << 20;

/// Connects with the roots of a file. If it cannot be read, the compiled-in roots are used.
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

#[cfg(test)]
mod tests {
    use super::*;
    use aloft_core::testing::{CrashFs, ScriptedTransport};
    use std::path::Path;
    use std::sync::Mutex;

    #[derive(Default)]
    struct RecordingConnect(Mutex<Vec<Option<Vec<u8>>>>);

    impl Connect for RecordingConnect {
        fn connect(&self, config: &Config) -> Result<Arc<dyn Transport>> {
            self.0.lock().unwrap().push(config.tls_roots_pem.clone());
            ScriptedTransport::files([]).connect(config)
        }
    }

    #[test]
    fn roots_are_read_with_each_connection_and_an_absent_file_leaves_those_compiled_in() {
        let (inner, fs) = (Arc::new(RecordingConnect::default()), Arc::new(CrashFs::default()));
        let file = PathBuf::from("/app/roots.pem");
        let roots = Roots { inner: inner.clone(), fs: fs.clone(), file: Some(file.clone()) };
        let connect = || drop(roots.connect(&Config::new("app")).unwrap());
        connect();
        fs.create_dir(Path::new("/app")).unwrap();
        fs.write_at(&file, 0, b"PEM").unwrap();
        connect();
        assert_eq!(*inner.0.lock().unwrap(), [None, Some(b"PEM".to_vec())]);
    }
}
