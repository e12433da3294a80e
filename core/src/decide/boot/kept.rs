//! The rows of the table about kept bundles that need more than a line. Nothing in this file changes the machine.
//!
//! In: records of bundles on the device, digests, ids. Out: a [`Decision`]. Keeps: I2, I7, I10, I11.

use super::Work;
use super::decision::{Change, Decision, answer, asked};
use crate::decide::delay::kept_blocked;
use crate::model::bundle::{BundleId, BundleRef};
use crate::model::digest::{Digest, RootDigest};
use crate::model::event::{Choice, Outcome, Refusal};
use crate::model::state::Kept;

impl Work<'_> {
    /// Reports whether a bundle may be served: its files are there, and it is neither withdrawn nor damaged.
    pub(super) fn usable(&self, bundle: &BundleRef) -> bool {
        self.machine.state.usable(bundle) && bundle.id().is_none_or(|id| !self.at.gone.contains(id))
    }

    /// The next launch is to take `bundle`. The last staging wins.
    pub(super) fn staged(&self, bundle: BundleRef) -> Decision {
        let is_current = bundle == self.machine.state.slots.current();
        let outcome = if is_current { Outcome::AlreadyCurrent } else { Outcome::Staged(bundle.clone()) };
        asked(outcome).with(Change::Stage(bundle))
    }

    /// Take the record in, or find the bundle that already has this content; then go on with `then`.
    pub(super) fn taken_in(&self, record: &Kept, choice: Choice, then: impl Fn(BundleRef) -> Decision) -> Decision {
        let state = &self.machine.state;
        let marked = state.with_root(record.root).is_some_and(|kept| kept.is_withdrawn_for(record.channel.as_deref()));
        let blocked = kept_blocked(state, record, self.at.unix);
        if record.withdrawn || marked {
            return refuse(record, Refusal::Withdrawn);
        }
        if blocked && choice == Choice::Automatic {
            return refuse(record, Refusal::Blocked);
        }
        let same = |kept: &&Kept| kept.root == record.root && !kept.damaged && !self.at.gone.contains(&kept.id);
        let known = state.bundles.iter().find(same).map(|kept| kept.id.clone());
        // A kept bundle that is damaged is not healed by its name, and its record is not added once more (I10).
        let damaged = state.kept(&record.id).is_some();
        if known.is_none() && (damaged || self.at.gone.contains(&record.id)) {
            return asked(Outcome::Refused(Refusal::BundleMissing)); // I2
        }
        let record = Kept { id: known.unwrap_or_else(|| record.id.clone()), ..record.clone() };
        let mut decision = then(BundleRef::Kept(record.id.clone()));
        if choice == Choice::ByHand {
            // The user overrules the ledger, whether or not the entry still blocks.
            decision.changes.insert(0, Change::Unblock(record.root, record.artifact));
        }
        decision.changes.insert(0, Change::Keep(Box::new(record)));
        decision
    }

    pub(super) fn removed(&self, id: &BundleId) -> Decision {
        match self.machine.state.kept(id) {
            None => answer(Outcome::NotFound),
            Some(_) if self.protects(id) => answer(Outcome::Refused(Refusal::Protected)),
            Some(_) => asked(Outcome::Removed).with(Change::Remove(id.clone())),
        }
    }

    pub(super) fn damaged(&self, id: &BundleId) -> Decision {
        match self.machine.state.kept(id) {
            None => answer(Outcome::NotFound),
            Some(_) => answer(Outcome::Noted).with(Change::Damage(id.clone())),
        }
    }

    pub(super) fn condemned(&self, id: &BundleId) -> Decision {
        match self.machine.state.kept(id) {
            None => answer(Outcome::NotFound),
            Some(_) => asked(Outcome::Noted).with(Change::Condemn(id.clone())),
        }
    }

    pub(super) fn unblocked(&self, digest: Digest) -> Decision {
        let entries = self.machine.state.ledger.entries();
        let known = entries.iter().any(|entry| entry.root.0 == digest || entry.artifact == Some(digest));
        if !known {
            return answer(Outcome::NotFound);
        }
        asked(Outcome::Unblocked).with(Change::Unblock(RootDigest(digest), Some(digest)))
    }

    /// Reports whether a slot names the bundle, or this process shows it.
    pub(super) fn protects(&self, id: &BundleId) -> bool {
        let shown = self.machine.session.showing().and_then(|showing| showing.bundle.id());
        shown == Some(id) || self.machine.state.names(id)
    }
}

/// `bundle` is on the device, and nothing takes it until the app says so.
pub(super) fn only_kept(bundle: BundleRef) -> Decision {
    match bundle {
        BundleRef::Kept(id) => asked(Outcome::Kept(id)),
        BundleRef::Builtin => answer(Outcome::NotFound),
    }
}

fn refuse(record: &Kept, refusal: Refusal) -> Decision {
    asked(Outcome::Refused(refusal)).with(Change::Refuse(Box::new(record.clone()), refusal))
}
