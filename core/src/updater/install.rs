//! Install: download, verify, unpack, seal, stage. Each line takes the type the line before made (I3).
//!
//! In: an [`Offer`] out of a signed channel. Out: a bundle that is next. May touch: network, `partial/`, `bundles/`, the
//! state through the boot machine. Keeps: I2 (named last), I3, I10 (space is looked at before the first byte).

use super::base::PACK;
use super::types::UpdateStatus;
use super::worker::Run;
use super::{Step, Then, Updater};
use crate::edge::ports::Notice;
use crate::fetch::{Partial, Wanted as Artifact, download};
use crate::keep::names;
use crate::keep::seal::{self, Staged};
use crate::model::document::Artifact as Signed;
use crate::model::event::{Choice, Event, Outcome, Refusal, Staging};
use crate::model::state::Kept;
use crate::model::{BundleId, Code, Error, Result};
use crate::open::{self, Base, Release, Watch};
use std::path::Path;

/// A signed release to install, and the ways to get it, the smallest first.
pub(super) struct Offer {
    pub(super) release: Release,
    pub(super) artifacts: Vec<Signed>,
    pub(super) choice: Choice,
    pub(super) then: Then,
}

/// What one run brought.
#[derive(Default)]
struct Brought {
    downloaded: u64,
    resumed: bool,
}

impl Updater {
    /// Bring `offer` here, make it the next bundle unless it is only to be kept, and remember how that went.
    pub(super) fn bring(&self, run: &Run<'_>, offer: &Offer) -> Result<(UpdateStatus, Step)> {
        let brought = self.bring_once(run, offer);
        self.note_release(run, offer.release.entry(), brought.as_ref().err());
        brought
    }

    /// Let the bundle that runs have what the channel says of its content: its name, `retry` and `requires`. Content that is
    /// published again, such as a beta that was promoted, is known here by the name under which it was offered last.
    pub(super) fn rename_running(&self, release: &Release) -> Result<()> {
        let running = {
            let boot = self.boot();
            boot.state().record(&boot.state().slots.current()).filter(|kept| kept.root == release.entry().root).cloned()
        };
        let Some(kept) = running else { return Ok(()) };
        let offered = as_offered(kept.clone(), release).bounded();
        if offered == kept {
            return Ok(());
        }
        self.amend(|state| {
            if let Some(kept) = state.bundles.iter_mut().find(|kept| kept.id == offered.id) {
                *kept = as_offered(kept.clone(), release).bounded();
            }
        })
    }

    fn bring_once(&self, run: &Run<'_>, offer: &Offer) -> Result<(UpdateStatus, Step)> {
        let entry = offer.release.entry();
        let (root, version) = (entry.root, entry.version.clone());
        let kept = self.boot().state().with_root(root).filter(|kept| !kept.damaged).cloned();
        let (kept, brought) = match kept {
            Some(kept) if self.store.is_present(&kept.id)? => (as_offered(kept, &offer.release), Brought::default()),
            _ => self.fetch_any(run, offer)?,
        };
        let id = kept.id.clone();
        let event = match offer.then {
            Then::Stage => Event::Staged(Staging::Bundle(Box::new(kept)), offer.choice),
            Then::Keep => Event::Kept(Box::new(kept), offer.choice),
        };
        let (step, unwritten) = self.boot_event(&event);
        if let Some(error) = unwritten {
            return Err(error);
        }
        match step.outcome {
            Outcome::Refused(refusal) => Err(refused(refusal)),
            Outcome::Passive => Err(Error::Poisoned),
            _ => {
                let Brought { downloaded, resumed } = brought;
                let status = match offer.then {
                    Then::Stage => UpdateStatus::Staged { id, version, downloaded, resumed, priority: entry.priority },
                    Then::Keep => UpdateStatus::Kept { id, version, downloaded, resumed },
                };
                Ok((status, step))
            }
        }
    }

    /// The artifacts in turn, once each; only what another artifact could cure goes on to the next (formats 5).
    fn fetch_any(&self, run: &Run<'_>, offer: &Offer) -> Result<(Kept, Brought)> {
        let mut last = None;
        for artifact in &offer.artifacts {
            let id = self.unused_id();
            let fetched = self.fetch_one(run, offer, artifact, id.clone());
            if let Err(error) = &fetched {
                self.clear(&id);
                if error.code() == Code::BaseDamaged {
                    self.note_damaged(artifact);
                }
            }
            match fetched {
                Err(error) if curable(&error, artifact) => {
                    self.log(&format!("the {} artifact: {error}", artifact.kind));
                    last = Some(error);
                }
                other => return other,
            }
        }
        Err(last
            .unwrap_or_else(|| Error::corrupt(Code::KeyUnknown, "the release has no artifact this device can read")))
    }

    fn fetch_one(&self, run: &Run<'_>, offer: &Offer, artifact: &Signed, id: BundleId) -> Result<(Kept, Brought)> {
        let fs = &*self.ports.fs;
        let entry = offer.release.entry();
        self.ports.observer.notice(&Notice::Fetching { version: entry.version.clone() });
        entry.check_size(&self.config.limits)?; // I10: not after a download that cannot be used
        self.config.limits.admit_artifact(artifact.size)?;
        if entry.size == 0 {
            let detail = "the release has no bytes, so its index.html is empty or missing";
            return Err(Error::unsafe_archive(Code::IndexMissing, detail));
        }
        let partial = Partial::new(&self.store.path(names::PARTIAL), artifact.sha256);
        let there = partial.size(fs);
        let base = self.base(run, artifact, &id)?; // before a download that could not be used
        let scratch = base.as_ref().map_or(0, Base::scratch_size);
        self.check_space(artifact, entry.size.saturating_add(scratch), there)?;

        let (verified, brought) = match self.download(run, offer, artifact, &partial) {
            Err((error, Brought { resumed: true, .. })) if error.code() == Code::DigestMismatch => {
                // What lay here from an earlier run may be what is wrong. It is gone, so this is the whole, and the last try.
                self.log(&format!("what was here of the {} artifact: {error}; it is downloaded again", artifact.kind));
                self.download(run, offer, artifact, &partial)
            }
            downloaded => downloaded,
        }
        .map_err(|(error, _)| error)?;

        let watch = Watch { system: &*self.ports.system, observer: &*self.ports.observer, cancel: run.cancelled };
        let (dir, limits) = (self.store.bundle(&id), &self.config.limits);
        let unpacked = match artifact.kind.as_str() {
            PACK => open::patch(fs, verified, base, &dir, limits, watch)?,
            _ => open::unpack(fs, verified, &dir, limits, watch)?,
        };
        if scratch > 0 {
            self.remove_dir(&self.store.scratch(&id));
        }
        let staged = seal::seal(&self.store, &unpacked, id)?;
        if let Err(error) = partial.discard(fs) {
            self.log(&format!("{error}")); // sweep removes it later
        }
        Ok((kept(&staged, offer, artifact, self.ports.system.unix_seconds()), brought))
    }

    /// Download what is not here yet and verify the whole. An error says with it what this run brought.
    fn download(
        &self,
        run: &Run<'_>,
        offer: &Offer,
        artifact: &Signed,
        partial: &Partial,
    ) -> std::result::Result<(open::Verified, Brought), (Error, Brought)> {
        let fs = &*self.ports.fs;
        let there = partial.size(fs);
        let url = run.artifact_url(artifact);
        let wanted = Artifact { url: &url, size: artifact.size };
        let downloaded = download(run.network(), fs, &*self.ports.observer, wanted, partial);
        let downloaded = downloaded.map_err(|error| (error, Brought::default()))?;
        let fetched = downloaded.fetched();
        let brought = Brought { downloaded: fetched, resumed: fetched < artifact.size && there > 0 };
        match open::verify(fs, downloaded, offer.release.clone(), artifact, &run.keys) {
            Ok(verified) => Ok((verified, brought)),
            Err(error) => Err((error, brought)),
        }
    }

    /// Space from true sizes: what is still to be downloaded, all that is to be unpacked, and the margin. A pack may link most files,
    /// but which ones, and whether the file system can, is known only after the download; so all of them count.
    fn check_space(&self, artifact: &Signed, unpacked: u64, there: u64) -> Result<()> {
        let root = self.store.root();
        let have =
            self.ports.fs.free_space(root).map_err(|source| Error::storage("read the free space of", "", source))?;
        let need =
            artifact.size.saturating_sub(there).saturating_add(unpacked).saturating_add(self.config.space_margin);
        if have < need { Err(Error::NoSpace { need, have }) } else { Ok(()) }
    }

    /// Remove what an install left that failed: the next artifact may need the space.
    fn clear(&self, id: &BundleId) {
        for dir in [self.store.scratch(id), self.store.bundle(id)] {
            self.remove_dir(&dir);
        }
    }

    /// Sweep takes what cannot be removed.
    fn remove_dir(&self, dir: &Path) {
        if let Err(error) = self.ports.fs.remove_dir(dir) {
            self.log(&format!("scratch is left behind: {error}"));
        }
    }

    fn unused_id(&self) -> BundleId {
        let mut random = [0; BundleId::LEN];
        self.ports.system.random(&mut random);
        BundleId::from_random(random)
    }
}

/// The state's record of a bundle that is complete, verified and durable.
fn kept(staged: &Staged, offer: &Offer, artifact: &Signed, now: u64) -> Kept {
    let release = staged.release();
    Kept {
        id: staged.id().clone(),
        root: release.root,
        version: release.version.clone(),
        channel: Some(offer.release.channel().to_owned()),
        created: release.created,
        installed: now,
        artifact: Some(artifact.sha256),
        requires: release.requires.clone(),
        retry: release.retry,
        withdrawn: false,
        withdrawn_by: Vec::new(),
        damaged: false,
        used: 0,
    }
}

/// The record of a kept bundle with what the publisher says of its content in the release that is offered. Marks of other
/// channels go; whether this one withdraws it, the boot machine knows.
fn as_offered(kept: Kept, release: &Release) -> Kept {
    let entry = release.entry();
    Kept {
        version: entry.version.clone(),
        channel: Some(release.channel().to_owned()),
        created: entry.created,
        requires: entry.requires.clone(),
        retry: entry.retry,
        withdrawn: false,
        withdrawn_by: Vec::new(),
        ..kept
    }
}

/// May another artifact bring what this one did not (formats 5.4)? Of a pack, whatever is wrong with it or with its base.
fn curable(error: &Error, artifact: &Signed) -> bool {
    match error {
        Error::Corrupt { .. } | Error::UnsafeArchive { .. } if artifact.kind == PACK => true,
        Error::Storage { code: Code::StorageRead, .. } => artifact.base.is_some(),
        _ => matches!(
            error.code(),
            Code::NotFound | Code::Gone | Code::DigestMismatch | Code::SizeMismatch | Code::DecryptFailed
        ),
    }
}

pub(super) fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Blocked => Error::refused(Code::Blocked, "the content failed on this build of the app"),
        Refusal::Withdrawn => Error::refused(Code::Withdrawn, "the publisher withdrew the content"),
        Refusal::BundleMissing => Error::refused(Code::BundleMissing, "the bundle's files are not there"),
        Refusal::Protected => Error::refused(Code::Protected, "a slot names the bundle"),
    }
}
