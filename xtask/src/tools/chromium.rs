//! A browser for the pages of apps.
//!
//! In: nothing. Out: `chromium` on the path. May touch: the system's packages.

use super::{Lack, debian};
use std::path::Path;

/// Have `chromium`. Debian's, because it is kept free of known holes; the tests depend on no version of it.
pub(crate) fn ensure(_root: &Path) -> Result<(), Lack> {
    debian::programs(&[("chromium", "chromium")])
}
