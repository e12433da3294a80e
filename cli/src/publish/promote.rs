//! A release of one channel goes to another: the same bytes, without a build.
//!
//! In: a publisher, a release's name, the two channels. Out: [`Published`]. May touch: reads the site; a temporary folder; the site.
//! Keeps: the content is what was signed; whom it is for there means nothing here.

use super::options::{Encryption, PublishOptions};
use super::{Published, bases, enter, terms};
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::site::Publisher;
use aloft_core::model::document::Strict;
use aloft_core::open::Release;

/// Publish the release of `from` that `options` names to the channel they name. Their folder is not read. Does I/O.
///
/// # Errors
/// `unknown_release`, `unknown_channel`, `withdrawn`, `base_gone`, and those of [`super::publish`].
pub fn promote(
    publisher: &Publisher,
    from: &str,
    options: PublishOptions,
    now: u64,
    output: Output,
) -> Result<Published> {
    if from == options.channel {
        return Err(Failure::usage(format!("{from} has it already"))
            .hint("name another channel with --channel; `aloft channel rollout` changes the share"));
    }
    let release = find(publisher, from, &options)?;
    let entry = release.entry();
    let mut options = options;
    if let Some(Strict::Known(requires)) = &entry.requires {
        options.terms.requires.fingerprint.clone_from(&requires.fingerprint); // it belongs to the content
    }
    if terms::is_encrypted(entry) {
        options.terms.encryption = Encryption::Encrypted;
    }
    let content = bases::restore(publisher, &release)?;
    enter(publisher, content.bundle.clone(), &options, now, output)
}

fn find(publisher: &Publisher, from: &str, options: &PublishOptions) -> Result<Release> {
    let version = &options.version;
    let Some(current) = publisher.site().channel(from)? else {
        return Err(Failure::new("unknown_channel", format!("nothing was published to {from} on this site"))
            .hint("`aloft channel show --channel NAME` shows one that was"));
    };
    let releases = publisher.site().releases(from)?;
    let release = releases.into_iter().find(|release| release.entry().version == *version);
    let release = release.ok_or_else(|| {
        Failure::new("unknown_release", format!("{from} has no release {version}"))
            .hint(format!("`aloft channel show --channel {from}` lists them"))
    })?;
    if current.document.withdrawn.contains(&release.entry().root) {
        return Err(Failure::refused("withdrawn", format!("{version} is withdrawn from {from}"))
            .hint("promote a release that is offered there"));
    }
    Ok(release)
}
