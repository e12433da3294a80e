//! Bases of packs: which contents are on this device, and where.
//!
//! In: the root digest a pack was made for. Out: [`Base`]. May touch: seals, the builtin assets' directory; the state, where a kept
//! bundle turns out damaged. Keeps: I3 (a base is what its root says, file by file), I7 (its files are read, never changed).

use super::Updater;
use super::worker::Run;
use crate::keep::frame::Found;
use crate::keep::seal;
use crate::model::bundle::FileList;
use crate::model::document::Artifact;
use crate::model::event::Event;
use crate::model::facts::BuiltinRoot;
use crate::model::state::Kept;
use crate::model::{BundleId, Code, Error, Result, RootDigest};
use crate::open::Base;

/// What artifacts are called that hold a pack (formats 5.3).
pub(super) const PACK: &str = "pack";

impl Updater {
    /// The contents that packs can be applied to here.
    pub(super) fn bases(&self, run: &Run<'_>) -> Vec<RootDigest> {
        let mut roots: Vec<_> =
            self.boot().state().bundles.iter().filter(|kept| !kept.damaged).map(|kept| kept.root).collect();
        roots.extend(self.described(run).map(|(root, _)| root));
        roots
    }

    /// Open the base of `artifact`, if it has one, for the install of the bundle `id`.
    pub(super) fn base(&self, run: &Run<'_>, artifact: &Artifact, id: &BundleId) -> Result<Option<Base>> {
        let Some(root) = artifact.base else { return Ok(None) };
        if let Some(kept) = self.whole(root) {
            let files = match seal::load(&self.store, &kept.id) {
                Found::Value(seal) => seal.files,
                Found::Unreadable(error) => return Err(error),
                Found::Absent | Found::Lost(_) => FileList::default(), // whose root is another
            };
            return proven(root, files).map(|files| Some(Base::kept(files, self.store.bundle(&kept.id))));
        }
        let gone = || Error::corrupt(Code::BaseDamaged, "the base is not on the device any more");
        let (_, files) = self.described(run).filter(|(described, _)| *described == root).ok_or_else(gone)?;
        let places = &self.config.builtin_assets;
        proven(root, files.clone())
            .and_then(|files| Base::builtin(&*self.ports.fs, files, places, &self.store.scratch(id)))
            .map(Some)
    }

    /// A file of the base is not what it was: nothing builds on that bundle any more, and no slot falls back to it.
    pub(super) fn note_damaged(&self, artifact: &Artifact) {
        let Some(kept) = artifact.base.and_then(|root| self.whole(root)) else { return };
        if let (_, Some(error)) = self.boot_event(&Event::Damaged(kept.id)) {
            self.log(&format!("a damaged bundle could not be marked: {error}"));
        }
    }

    fn whole(&self, root: RootDigest) -> Option<Kept> {
        self.boot().state().bundles.iter().find(|kept| kept.root == root && !kept.damaged).cloned()
    }

    /// The builtin assets, if they are where the host says and the build described what this process has.
    fn described<'a>(&self, run: &'a Run<'_>) -> Option<(RootDigest, &'a FileList)> {
        let description = run.builtin.as_ref().filter(|_| !self.config.builtin_assets.is_empty())?;
        (run.facts.builtin_root == BuiltinRoot::Is(description.root)).then_some((description.root, &description.files))
    }
}

/// The list, if it is the one that `root` names.
fn proven(root: RootDigest, files: FileList) -> Result<FileList> {
    if files.root() == root {
        return Ok(files);
    }
    Err(Error::corrupt(Code::BaseDamaged, "the list of the base's files is not what it was"))
}
