//! What the worker and the app ask for: stage, activate, reset, withdraw, remove, unblock.
//!
//! In: records of bundles on the device, digests, ids. Out: slots, or a refusal. May touch: nothing. Keeps: I2, I7, I10, I11.

use super::{IfUnwritten, Standing, Turn, Work};
use crate::decide::delay::kept_blocked;
use crate::model::bundle::{BundleId, BundleRef};
use crate::model::digest::{Digest, RootDigest};
use crate::model::event::{Asker, Choice, Outcome, Refusal, Staging};
use crate::model::limits::MAX_KEPT;
use crate::model::report::Reason;
use crate::model::slots::ResetTo;
use crate::model::state::{Kept, State};

impl Work<'_> {
    /// The next launch is to take it; the last staging wins.
    pub(super) fn staged(&mut self, staging: &Staging, choice: Choice) -> Outcome {
        self.if_unwritten = IfUnwritten::Undo;
        let bundle = match staging {
            Staging::Builtin => BundleRef::Builtin,
            Staging::Bundle(record) => match self.keep(record, choice) {
                Ok(id) => BundleRef::Kept(id),
                Err(refusal) => return Outcome::Refused(refusal),
            },
        };
        self.machine.state.slots.stage(bundle.clone());
        if bundle == self.machine.state.slots.current() {
            return Outcome::AlreadyCurrent;
        }
        // After it is named: what a slot names is not evicted.
        self.evict(None);
        Outcome::Staged(bundle)
    }

    /// It is on the device, and nothing takes it until the app says so.
    pub(super) fn kept(&mut self, record: &Kept, choice: Choice) -> Outcome {
        self.if_unwritten = IfUnwritten::Undo;
        match self.keep(record, choice) {
            Ok(id) => {
                self.evict(Some(&id));
                Outcome::Kept(id)
            }
            Err(refusal) => Outcome::Refused(refusal),
        }
    }

    /// Take the record in, or find the bundle that already has this content.
    fn keep(&mut self, record: &Kept, choice: Choice) -> Result<BundleId, Refusal> {
        let marked = self.machine.state.with_root(record.root).is_some_and(|kept| kept.withdrawn);
        if record.withdrawn || marked {
            return Err(self.refuse(record, Refusal::Withdrawn));
        }
        if kept_blocked(&self.machine.state, record, self.at.unix) {
            match choice {
                Choice::Automatic => return Err(self.refuse(record, Refusal::Blocked)),
                Choice::ByHand => self.machine.state.ledger.clear(record.root, record.artifact),
            }
        }
        let same = |kept: &&mut Kept| kept.root == record.root && !kept.damaged && !self.at.gone.contains(&kept.id);
        if let Some(kept) = self.machine.state.bundles.iter_mut().find(same) {
            *kept = Kept { id: kept.id.clone(), used: kept.used, damaged: false, ..record.clone() }.bounded();
            return Ok(kept.id.clone());
        }
        if self.at.gone.contains(&record.id) {
            return Err(Refusal::BundleMissing); // I2
        }
        self.machine.state.forget(|kept| kept.root == record.root);
        self.machine.state.bundles.push(Kept { used: 0, ..record.clone() }.bounded());
        Ok(record.id.clone())
    }

    fn refuse(&mut self, record: &Kept, refusal: Refusal) -> Refusal {
        let reason = if refusal == Refusal::Withdrawn { Reason::Withdrawn } else { Reason::Blocked };
        let (bundle, current) = (BundleRef::Kept(record.id.clone()), self.machine.state.slots.current());
        let mut from = self.machine.state.named(&bundle);
        (from.version, from.root) = (Some(record.version.clone()), Some(record.root));
        let report = self.report(from, self.machine.state.named(&current), reason, "");
        self.machine.state.reports.add(report);
        refusal
    }

    /// Least recently current first, never one in a slot, nor the one that just came (I7, I10).
    fn evict(&mut self, new: Option<&BundleId>) {
        while self.machine.state.bundles.len() > MAX_KEPT {
            let state = &self.machine.state;
            let free = state.bundles.iter().filter(|kept| !self.protects(&kept.id) && new != Some(&kept.id));
            let Some(id) = free.min_by_key(|kept| kept.used).map(|kept| kept.id.clone()) else { return };
            self.machine.state.bundles.retain(|kept| kept.id != id);
        }
    }

    /// Does a slot, or this process's page, need it?
    fn protects(&self, id: &BundleId) -> bool {
        let shown = self.machine.session.showing().and_then(|showing| showing.bundle.id());
        shown == Some(id) || self.machine.state.names(id)
    }

    pub(super) fn activated(&mut self, bundle: &BundleRef) -> Outcome {
        let state = &self.machine.state;
        let is_current = state.slots.current() == *bundle;
        let refusal = match state.record(bundle) {
            None if bundle.is_builtin() => return self.reset(ResetTo::Builtin),
            Some(kept) if kept.withdrawn => Some(Refusal::Withdrawn),
            _ if !self.usable(bundle) => Some(Refusal::BundleMissing),
            Some(kept) if !is_current && kept_blocked(state, kept, self.at.unix) => Some(Refusal::Blocked),
            _ => None,
        };
        if let Some(refusal) = refusal {
            return Outcome::Refused(refusal);
        }
        if is_current {
            let idle = self.standing() == Standing::Idle;
            return if idle { Outcome::AlreadyCurrent } else { self.reload(Asker::Page) };
        }
        self.elapse();
        self.take(bundle.clone());
        self.if_unwritten = IfUnwritten::Undo;
        self.show(Turn::Now);
        Outcome::Activated
    }

    /// Make another bundle current: at a launch that takes `next`, or because the app asks for it.
    pub(super) fn take(&mut self, bundle: BundleRef) {
        let slots = &self.machine.state.slots;
        match bundle {
            BundleRef::Builtin => self.go_back(ResetTo::Builtin),
            _ if slots.trial().is_some() && *slots.fallback() == bundle => self.retreat(Reason::Superseded, None, ""),
            BundleRef::Kept(id) => self.begin_trial(id),
        }
    }

    pub(super) fn reset(&mut self, to: ResetTo) -> Outcome {
        self.elapse();
        self.go_back(to);
        self.show(Turn::Now);
        Outcome::Reset
    }

    fn go_back(&mut self, to: ResetTo) {
        let current = self.machine.state.slots.current();
        let (back, target) = self.way_back(to);
        if current != target {
            self.note(&current, &target, Reason::Reset);
        }
        self.machine.state.slots.leave(back);
        self.machine.state.slots.drop_next();
        self.arrived();
        self.if_unwritten = IfUnwritten::Undo;
    }

    /// An accepted document replaces the set of withdrawn contents; what runs is left in this session, unblocked.
    pub(super) fn withdrawn(&mut self, roots: &[RootDigest]) -> Outcome {
        self.elapse();
        for kept in &mut self.machine.state.bundles {
            kept.withdrawn = roots.contains(&kept.root);
        }
        let gone = |state: &State, bundle: &BundleRef| state.record(bundle).is_some_and(|kept| kept.withdrawn);
        let state = &mut self.machine.state;
        if gone(state, state.slots.fallback()) {
            state.slots.drop_fallback();
        }
        if state.slots.next().is_some_and(|next| gone(state, next)) {
            self.drop_next(Reason::Withdrawn);
        }
        let state = &self.machine.state;
        let shown = self.machine.session.showing().is_some_and(|showing| gone(state, &showing.bundle));
        let left = gone(state, &state.slots.current());
        if left {
            self.retreat(Reason::Withdrawn, None, "");
        }
        if shown && self.machine.session.is_active() {
            self.show(self.turn());
        }
        if left || shown { Outcome::RolledBack(Reason::Withdrawn) } else { Outcome::Noted }
    }

    pub(super) fn removed(&mut self, id: &BundleId) -> Outcome {
        if self.machine.state.kept(id).is_none() {
            return Outcome::NotFound;
        }
        if self.protects(id) {
            return Outcome::Refused(Refusal::Protected);
        }
        self.if_unwritten = IfUnwritten::Undo;
        self.machine.state.bundles.retain(|kept| kept.id != *id);
        Outcome::Removed
    }

    /// `current` goes on to the next launch; any other slot is cleared at once.
    pub(super) fn damaged(&mut self, id: &BundleId) -> Outcome {
        let state = &mut self.machine.state;
        let Some(kept) = state.bundles.iter_mut().find(|kept| kept.id == *id) else { return Outcome::NotFound };
        kept.damaged = true;
        if state.slots.fallback().id() == Some(id) {
            state.slots.drop_fallback();
        }
        if state.slots.next().is_some_and(|next| next.id() == Some(id)) {
            self.drop_next(Reason::BundleMissing);
        }
        Outcome::Noted
    }

    pub(super) fn unblocked(&mut self, digest: Digest) -> Outcome {
        let before = self.machine.state.ledger.clone();
        self.machine.state.ledger.clear(RootDigest(digest), Some(digest));
        self.if_unwritten = IfUnwritten::Undo;
        if self.machine.state.ledger == before { Outcome::NotFound } else { Outcome::Unblocked }
    }
}
