//! The ways a release is sent: a zip, a whole pack, and packs for devices that run an earlier release or the builtin assets.
//!
//! In: a bundle, the channel, what the site has already. Out: [`Prepared`]: artifacts in the order of the document, the bytes of those
//! that are not on the site. May touch: reads the site; temporary files. Keeps: there always is a zip; the same content is sent
//! as the same bytes, which caches have.

use super::bases::{self, Base};
use super::options::{self, Encryption, PublishOptions};
use super::presence::Presence;
use crate::artifact::make::{self, Sealing, Way};
use crate::artifact::{Made, alone, open, pack, worth, zip};
use crate::bundle::Bundle;
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::site::{Known, Publisher, names};
use aloft_core::model::RootDigest;
use aloft_core::model::document::{Artifact, Cipher, ReleaseEntry};
use serde::Serialize;
use std::collections::HashSet;
use std::fs::File;
use std::io::Seek as _;
use std::path::Path;

/// One way in which a release is sent.
#[derive(Debug, Clone, Serialize)]
pub struct Sent {
    /// What the document says of it.
    #[serde(flatten)]
    pub artifact: Artifact,
    /// Where on the site.
    pub path: String,
    /// The version, or the folder, that a device must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Was it on the site already?
    pub reused: bool,
}

/// A pack that is not offered.
#[derive(Debug, Clone, Serialize)]
pub struct LeftOut {
    /// The version that a device must have; none for the whole pack.
    pub from: Option<String>,
    /// Stable, snake case: `not_smaller`, or why it could not be made.
    pub code: &'static str,
    /// Why.
    pub message: String,
}

/// All of it, before anything is written.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    pub(super) sent: Vec<Sent>,
    pub(super) left_out: Vec<LeftOut>,
    /// Names and bytes of what is not on the site.
    pub(super) fresh: Vec<(Artifact, File)>,
}

/// A way that is wanted.
struct Wanted {
    kind: &'static str,
    base: Option<RootDigest>,
    name: Option<String>,
    have: Have,
}

enum Have {
    /// The artifact is on the site.
    Artifact(Artifact),
    /// It can be made, against this base if it needs one.
    Base(Option<Base>),
}

/// Make what the site does not have.
///
/// # Errors
/// Those of the zip, of the site and of the folders that are named as bases.
pub(super) fn prepare(
    publisher: &Publisher,
    bundle: &Bundle,
    options: &PublishOptions,
    ask: &Ask<'_>,
    output: Output,
) -> Result<Prepared> {
    let key = match ask.encryption {
        Encryption::Encrypted => Some(publisher.encryption()?),
        Encryption::None => None,
    };
    let mut prepared = Prepared::default();
    let cipher = key.map(|key| Cipher { key: key.id });
    let on_site = OnSite::look(publisher, bundle.files.root(), cipher.as_ref())?;
    let wanted = prepared.wanted(publisher, bundle.files.root(), &on_site, (options, ask), output)?;
    let ways: Vec<_> = wanted.iter().filter_map(Wanted::way).collect();
    let sealing = Sealing { app: publisher.site().app(), key };
    let mut made = make::all(bundle, &ways, sealing, &output.bar("packing")).into_iter();
    for Wanted { kind, name, have, .. } in wanted {
        match have {
            Have::Artifact(artifact) => prepared.offer(artifact, name, None),
            Have::Base(_) => match made.next().transpose() {
                Ok(made) => {
                    if let Some((mut made, _)) = made {
                        if kind == zip::KIND {
                            accept(&mut made, bundle, sealing)?;
                        }
                        prepared.offer(made.artifact, name.clone(), Some(made.file));
                    }
                }
                Err(failure) if kind == zip::KIND => return Err(failure),
                Err(failure) => prepared.leave_out(name, failure.code, failure.message),
            },
        }
    }
    // What the entry has stays where it stands, so that the same command leaves it as it is.
    prepared.sent.sort_by_key(|sent| ask.has().iter().position(|had| *had == sent.artifact).unwrap_or(usize::MAX));
    Ok(prepared)
}

/// Opens the zip as a device does, with the device's own code, before anybody signs it. Packs are applied when they are made.
fn accept(made: &mut Made, bundle: &Bundle, sealing: Sealing<'_>) -> Result<()> {
    let release = alone::release(sealing.app, &bundle.files, made.artifact.clone())?;
    let keys: Vec<_> = sealing.key.cloned().into_iter().collect();
    open::open(&mut made.file, release, &made.artifact, &keys)?;
    made.file.rewind().map_err(|error| Failure::io("read", Path::new("a temporary file"), &error))
}

/// What is asked of the artifacts of one release.
pub(super) struct Ask<'a> {
    /// Are they encrypted?
    pub(super) encryption: Encryption,
    /// Where the release stands.
    pub(super) presence: &'a Presence,
}

impl Ask<'_> {
    /// The entry that offers it.
    fn offered(&self) -> Option<&ReleaseEntry> {
        match self.presence {
            Presence::Offered(entry) => Some(entry),
            _ => None,
        }
    }

    /// The artifacts that it is offered with.
    fn has(&self) -> &[Artifact] {
        self.offered().map_or(&[], |entry| &entry.artifacts)
    }
}

impl Wanted {
    fn way(&self) -> Option<Way<'_>> {
        match &self.have {
            Have::Artifact(_) => None,
            Have::Base(Some(base)) => Some(Way::Delta(&base.bundle)),
            Have::Base(None) if self.kind == zip::KIND => Some(Way::Zip),
            Have::Base(None) => Some(Way::Whole),
        }
    }
}

impl Prepared {
    /// The ways in the order of the document: the zip, the whole pack, the newest release's first, builtins, what an earlier entry
    /// of this content had besides.
    fn wanted(
        &mut self,
        publisher: &Publisher,
        root: RootDigest,
        on_site: &OnSite,
        (options, ask): (&PublishOptions, &Ask<'_>),
        output: Output,
    ) -> Result<Vec<Wanted>> {
        let plain = |kind| Wanted { kind, base: None, name: None, have: on_site.or(kind, None, None) };
        let mut wanted = vec![plain(zip::KIND)];
        let packs = options.packs.unwrap_or(if ask.offered().is_some() { 0 } else { options::PACKS });
        if packs > 0 || !options.bases.is_empty() || ask.has().iter().any(|had| had.kind == pack::KIND) {
            wanted.push(plain(pack::KIND));
        }
        let mut releases = bases::past(publisher, &options.channel, root, ask.offered())?;
        let had: HashSet<_> = ask.has().iter().filter_map(|artifact| artifact.base).collect();
        let rest = releases.split_off(packs.min(releases.len()));
        releases.extend(rest.into_iter().filter(|release| had.contains(&release.entry().root)));
        for release in releases {
            let (base, name) = (Some(release.entry().root), release.entry().version.to_string());
            let have = match on_site.find(pack::KIND, base) {
                Some(artifact) => Have::Artifact(artifact),
                None => match bases::restore(publisher, &release) {
                    Ok(base) => Have::Base(Some(base)),
                    Err(failure) if failure.is_of_this_machine() => return Err(failure),
                    Err(failure) => {
                        self.leave_out(Some(name), "base_gone", failure.message);
                        continue;
                    }
                },
            };
            wanted.push(Wanted { kind: pack::KIND, base, name: Some(name), have });
        }
        for folder in &options.bases {
            let found = bases::folder(folder, &options.selection, &output.bar("reading"))?;
            let (base, name) = (Some(found.bundle.files.root()), Some(found.name.clone()));
            if base != Some(root) && wanted.iter().all(|other| other.base != base) {
                wanted.push(Wanted { kind: pack::KIND, base, name, have: on_site.or(pack::KIND, base, Some(found)) });
            }
        }
        if packs == 0 && options.bases.is_empty() && ask.offered().is_none() {
            return Ok(wanted); // a zip alone was asked for
        }
        // An earlier entry of this content may have more; one that is offered keeps its own and no others.
        let fits = |pack: &&Artifact| ask.offered().is_none() || pack.base.is_some_and(|base| had.contains(&base));
        let missing = |pack: &&Artifact| wanted.iter().all(|other| other.base != pack.base);
        let more = on_site.packs().filter(fits).filter(missing);
        let more: Vec<_> = more.cloned().collect();
        wanted.extend(more.into_iter().map(|pack| Wanted {
            kind: pack::KIND,
            base: pack.base,
            name: pack.base.and_then(|base| on_site.version(base)),
            have: Have::Artifact(pack),
        }));
        Ok(wanted)
    }

    fn offer(&mut self, artifact: Artifact, from: Option<String>, fresh: Option<File>) {
        let worth = worth(&artifact, self.sent.iter().map(|sent| &sent.artifact));
        if artifact.size >= worth {
            let message = format!("it would have {} bytes; worth it are less than {worth}", artifact.size);
            return self.leave_out(from, "not_smaller", message);
        }
        let (path, reused) = (names::artifact(&artifact), fresh.is_none());
        self.fresh.extend(fresh.map(|file| (artifact.clone(), file)));
        self.sent.push(Sent { artifact, path, from, reused });
    }

    fn leave_out(&mut self, from: Option<String>, code: &'static str, message: String) {
        self.left_out.push(LeftOut { from, code, message });
    }
}

/// What the site has of this content, encrypted alike.
struct OnSite {
    artifacts: Vec<Artifact>,
    known: Vec<Known>,
}

impl OnSite {
    fn look(publisher: &Publisher, root: RootDigest, cipher: Option<&Cipher>) -> Result<Self> {
        let site = publisher.site();
        let known = site.known()?;
        let mut artifacts = Vec::<Artifact>::new();
        for artifact in known.iter().filter(|known| known.entry.root == root).flat_map(|known| &known.entry.artifacts) {
            let stands = |other: &Artifact| other.kind == artifact.kind && other.base == artifact.base;
            let fits = artifact.cipher.as_ref() == cipher && !artifacts.iter().any(stands);
            if fits && site.check_artifact(artifact).is_ok() {
                artifacts.push(artifact.clone());
            }
        }
        Ok(Self { artifacts, known })
    }

    fn find(&self, kind: &str, base: Option<RootDigest>) -> Option<Artifact> {
        self.artifacts.iter().find(|artifact| artifact.kind == kind && artifact.base == base).cloned()
    }

    fn or(&self, kind: &str, root: Option<RootDigest>, base: Option<Base>) -> Have {
        self.find(kind, root).map_or(Have::Base(base), Have::Artifact)
    }

    fn packs(&self) -> impl Iterator<Item = &Artifact> {
        self.artifacts.iter().filter(|artifact| artifact.kind == pack::KIND && artifact.base.is_some())
    }

    fn version(&self, root: RootDigest) -> Option<String> {
        self.known.iter().find(|known| known.entry.root == root).map(|known| known.entry.version.to_string())
    }
}
