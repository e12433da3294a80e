//! How a folder differs from what its version was before.
//!
//! In: a bundle, the site. Out: the failure `version_taken` with what helps. May touch: reads the site; a temporary folder.

use super::bases;
use super::options::PublishOptions;
use crate::bundle::Bundle;
use crate::failure::{Failure, Result};
use crate::site::Publisher;
use aloft_core::model::bundle::FileEntry;
use std::collections::BTreeSet;

/// Files that a message names.
const NAMED: usize = 10;

/// The failure with the files that differ. It stays as it is where the earlier content cannot be had.
pub(super) fn explained(failure: Failure, publisher: &Publisher, bundle: &Bundle, options: &PublishOptions) -> Failure {
    let Ok(Some(earlier)) = earlier(publisher, bundle, options) else { return failure };
    let different: BTreeSet<&str> = difference(&earlier, bundle).chain(difference(bundle, &earlier)).collect();
    let only_left_out = different.iter().all(|path| bundle.left_out.paths.iter().any(|left| left == path));
    let message = format!("{}: {} differ", failure.message, named(&different));
    if only_left_out {
        let hint = "it has files that are left out of a bundle by default or by `exclude`: `--include GLOB` brings them back and gives the old content";
        return Failure { message, ..failure }.hint(hint);
    }
    Failure { message, ..failure }
}

fn earlier(publisher: &Publisher, bundle: &Bundle, options: &PublishOptions) -> Result<Option<Bundle>> {
    for channel in publisher.site().channels()? {
        for release in publisher.site().releases(&channel)? {
            let entry = release.entry();
            if entry.version == options.version && entry.root != bundle.files.root() {
                return bases::restore(publisher, &release).map(|base| Some(base.bundle));
            }
        }
    }
    Ok(None)
}

/// Files of one that the other does not have like that.
fn difference<'a>(one: &'a Bundle, other: &'a Bundle) -> impl Iterator<Item = &'a str> {
    let has = |entry: &&FileEntry| other.files.entries().binary_search(entry).is_err();
    one.files.entries().iter().filter(has).map(|entry| entry.path.as_str())
}

fn named(paths: &BTreeSet<&str>) -> String {
    let first: Vec<_> = paths.iter().take(NAMED).copied().collect();
    match paths.len().saturating_sub(NAMED) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
