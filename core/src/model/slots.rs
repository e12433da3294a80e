//! The three slots of the boot machine: what is served, where to go when that is bad, and what the next launch takes.
//!
//! All fields are private, and every function keeps these rules, whatever the slots were before:
//!
//! * builtin is never on trial;
//! * `next` is never the current bundle;
//! * `fallback` is never the current bundle, unless both are builtin, and it is builtin or a bundle that was confirmed (I7).
//!
//! The slots do not know whether the bundles they name are still on the disk;
//! [`State::usable`](super::state::State::usable) tells that.

use super::bundle::{BundleId, BundleRef, Token};
use serde::{Deserialize, Serialize};

/// The three slots, and the trial of the current bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Form", into = "Form")]
pub struct Slots {
    current: Current,
    fallback: BundleRef,
    next: Option<BundleRef>,
}

/// What is served.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Current {
    /// The builtin assets.
    Builtin,
    /// A bundle that has proven that it boots.
    Confirmed(BundleId),
    /// A bundle that has not proven it yet.
    Trial(BundleId, Trial),
}

/// The part of a trial that is synced. Its counts are in the marks, under the same id: they change every two seconds, and
/// a state that held them would be synced as often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// Names the trial; marks with another id belong to another trial.
    pub id: Token,
    /// When it began, unix seconds.
    pub began: u64,
    /// How often its marks were lost, as in a power cut.
    #[serde(default)]
    pub lost: u32,
}

/// Whether the bundle that a trial replaces may be served again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Former {
    /// Its files are there, and it is neither withdrawn nor damaged.
    Usable,
    /// Something is wrong with it.
    Unusable,
}

/// Where to go back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetTo {
    /// The builtin assets.
    Builtin,
    /// The last good bundle.
    Fallback,
}

impl Default for Slots {
    /// A fresh installation: everything is builtin.
    fn default() -> Self {
        Self { current: Current::Builtin, fallback: BundleRef::Builtin, next: None }
    }
}

impl Slots {
    /// What is served.
    pub fn current(&self) -> BundleRef {
        match &self.current {
            Current::Builtin => BundleRef::Builtin,
            Current::Confirmed(id) | Current::Trial(id, _) => BundleRef::Kept(id.clone()),
        }
    }

    /// The trial of the current bundle; none if it is confirmed or builtin.
    pub fn trial(&self) -> Option<&Trial> {
        if let Current::Trial(_, trial) = &self.current { Some(trial) } else { None }
    }

    /// Where to go when the current bundle is bad.
    pub fn fallback(&self) -> &BundleRef {
        &self.fallback
    }

    /// What the next launch takes.
    pub fn next(&self) -> Option<&BundleRef> {
        self.next.as_ref()
    }

    /// The kept bundles that a slot names; nobody may remove them (I7).
    pub fn ids(&self) -> impl Iterator<Item = &BundleId> {
        let current = match &self.current {
            Current::Builtin => None,
            Current::Confirmed(id) | Current::Trial(id, _) => Some(id),
        };
        [current, self.fallback.id(), self.next.as_ref().and_then(BundleRef::id)].into_iter().flatten()
    }

    /// Have the next launch take `bundle`, in place of what was staged before. If `bundle` is current, nothing is staged.
    pub fn stage(&mut self, bundle: BundleRef) {
        self.next = Some(bundle);
        self.clear_repeated();
    }

    /// Stage nothing; returns what was staged.
    pub fn drop_next(&mut self) -> Option<BundleRef> {
        self.next.take()
    }

    /// Replace the fallback by builtin, because it is not good any more.
    pub fn drop_fallback(&mut self) {
        self.fallback = BundleRef::Builtin;
    }

    /// Serve `id` on trial. What was confirmed becomes the fallback if it is still usable. If another trial was open, the
    /// fallback stays what it was, because the bundle of that trial has proven nothing.
    pub fn begin_trial(&mut self, id: BundleId, trial: Trial, former: Former) {
        if self.trial().is_none() && former == Former::Usable {
            self.fallback = self.current();
        }
        self.current = Current::Trial(id, trial);
        self.clear_repeated();
    }

    /// Have the current bundle prove itself again, with builtin behind it. Builtin has nothing to prove.
    pub fn try_again(&mut self, trial: Trial) {
        if let Current::Confirmed(id) | Current::Trial(id, _) = &self.current {
            self.current = Current::Trial(id.clone(), trial);
        }
        self.fallback = BundleRef::Builtin;
    }

    /// End the trial well: the current bundle is good.
    pub fn confirm(&mut self) {
        if let Current::Trial(id, _) = &self.current {
            self.current = Current::Confirmed(id.clone());
        }
    }

    /// Leave the current bundle. What follows needs no proof, and builtin is behind it.
    pub fn leave(&mut self, to: ResetTo) {
        let fallback = std::mem::replace(&mut self.fallback, BundleRef::Builtin);
        self.current = match (to, fallback) {
            (ResetTo::Fallback, BundleRef::Kept(id)) => Current::Confirmed(id),
            _ => Current::Builtin,
        };
        self.clear_repeated();
    }

    /// Count that the marks of the trial were lost once more.
    pub fn lose_marks(&mut self) {
        if let Current::Trial(_, trial) = &mut self.current {
            trial.lost = trial.lost.saturating_add(1);
        }
    }

    /// Clear the other slots where they name the current bundle.
    fn clear_repeated(&mut self) {
        let current = self.current();
        self.next.take_if(|next| *next == current);
        if self.fallback == current {
            self.fallback = BundleRef::Builtin;
        }
    }
}

/// The slots as they are written to the disk (formats 13.3), where any combination can stand.
#[derive(Serialize, Deserialize)]
struct Form {
    current: BundleRef,
    fallback: BundleRef,
    #[serde(default)]
    next: Option<BundleRef>,
    #[serde(default)]
    trial: Option<Trial>,
}

impl From<Form> for Slots {
    /// Repair what breaks a rule. It never fails, because an error here would cost the whole state (I1).
    fn from(form: Form) -> Self {
        let current = match (form.current, form.trial) {
            (BundleRef::Builtin, _) => Current::Builtin,
            (BundleRef::Kept(id), None) => Current::Confirmed(id),
            (BundleRef::Kept(id), Some(trial)) => Current::Trial(id, trial),
        };
        let mut slots = Self { current, fallback: form.fallback, next: form.next };
        slots.clear_repeated();
        slots
    }
}

impl From<Slots> for Form {
    fn from(slots: Slots) -> Self {
        let trial = slots.trial().cloned();
        Self { current: slots.current(), fallback: slots.fallback, next: slots.next, trial }
    }
}

#[cfg(test)]
mod tests;
