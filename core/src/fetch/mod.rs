//! Network in.
//!
//! In: URLs. Out: [`Downloaded`] files. May touch: the network, `partial/`. Keeps: I10.

use crate::edge::ports::Fs;
use crate::model::{Error, Result};
use std::path::{Path, PathBuf};

/// A complete file whose digest nobody has checked.
#[derive(Debug)]
pub struct Downloaded(PathBuf);

impl Downloaded {
    /// The file at `path`.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Remove it: its digest is wrong, or it is installed.
    ///
    /// # Errors
    /// Storage errors.
    pub fn discard(self, fs: &dyn Fs) -> Result<()> {
        fs.remove_file(&self.0).map_err(|source| Error::storage("remove", &self.0, source))
    }
}
