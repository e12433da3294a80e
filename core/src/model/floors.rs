//! The oldest signed document that is still accepted, by chain of trust, app and name (formats 4).
//!
//! In: what a verified document claims, lower bounds from the index and the build. Out: accept or refuse, and the floors to
//! keep before anything is done with the document. May touch: nothing. Keeps: I9, I10.
//!
//! A floor also remembers how far each key has signed, because a config with another list of keys begins another chain: what
//! enough of its keys signed before holds there too ([`Floors::hold_on`]).

use super::config::{KeyId, Trust};
use super::digest::Digest;
use super::document::Date;
use super::error::{Code, Error, Result};
use super::limits::{MAX_FLOORS, MAX_REACHED};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The name of the index among the floors; no channel can be called so.
pub const INDEX: &str = "index.json";

/// What a verified document says of its place in the order of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim<'a> {
    /// The chain of trust that verified it.
    pub chain: Digest,
    /// The app it is for.
    pub app: &'a str,
    /// Its channel, or [`INDEX`].
    pub name: &'a str,
    /// Version of the trust document in force.
    pub trust: u64,
    /// Grows with each signing.
    pub counter: u64,
    /// Digest of its payload.
    pub payload: Digest,
    /// When it was signed.
    pub issued: Date,
    /// The keys of the chain that signed it.
    pub signers: &'a [KeyId],
}

/// A document that may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// Newer than the last: the floors must be durable before it is used.
    Raised,
    /// The last one again.
    Same,
}

/// A place in the order of documents: (trust, counter).
type Place = (u64, u64);

/// One floor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Floor {
    chain: Digest,
    app: String,
    name: String,
    trust: u64,
    counter: u64,
    /// Of the accepted document; none while only a lower bound is known.
    #[serde(default)]
    payload: Option<Digest>,
    /// Highest among the accepted documents of this trust version.
    #[serde(default)]
    issued: Option<Date>,
    /// The highest place that each key has signed, in a document that was accepted under this chain or held on from another.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    reached: BTreeMap<KeyId, Place>,
}

/// Every floor of this device, least recently raised first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Floors(Vec<Floor>);

impl Floors {
    /// Would the document be accepted?
    ///
    /// # Errors
    /// `replayed` below the floor; `counter_conflict` at the floor with another payload.
    pub fn check(&self, claim: &Claim<'_>) -> Result<Accepted> {
        let Some(floor) = self.find(claim) else { return Ok(Accepted::Raised) };
        let (stands, claims) = ((floor.trust, floor.counter), (claim.trust, claim.counter));
        if claims < stands {
            let detail = format!("{}: {claims:?} is older than {stands:?} (trust, counter)", claim.name);
            return Err(Error::untrusted(Code::Replayed, detail));
        }
        match floor.payload {
            Some(payload) if claims == stands && payload == claim.payload => Ok(Accepted::Same),
            Some(_) if claims == stands => {
                Err(Error::untrusted(Code::CounterConflict, format!("{}: two documents are {claims:?}", claim.name)))
            }
            _ => Ok(Accepted::Raised),
        }
    }

    /// Check the document, raise the floor to it, and note who signed it.
    ///
    /// # Errors
    /// As [`Self::check`]; `too_large` when all [`MAX_FLOORS`] are this chain's and app's: no floor in use is ever forgotten.
    pub fn accept(&mut self, claim: &Claim<'_>) -> Result<Accepted> {
        let accepted = self.check(claim)?;
        let before = self.find(claim);
        let mut reached = before.map(|floor| floor.reached.clone()).unwrap_or_default();
        reach(&mut reached, claim.signers.iter().map(|key| (*key, (claim.trust, claim.counter))));
        if accepted == Accepted::Same && before.is_some_and(|floor| floor.reached == reached) {
            return Ok(accepted);
        }
        // A clock pushed ahead by a key that has since been revoked does not stay ahead.
        let issued = before.filter(|floor| floor.trust == claim.trust).and_then(|floor| floor.issued);
        self.put(Floor {
            chain: claim.chain,
            app: claim.app.to_owned(),
            name: claim.name.to_owned(),
            trust: claim.trust,
            counter: claim.counter,
            payload: Some(claim.payload),
            issued: issued.max(Some(claim.issued)),
            reached,
        })?;
        Ok(accepted)
    }

    /// Accept nothing of `name` below (`trust`, `counter`), the bound itself included: from the counters of an accepted index
    /// or the `floors` of the builtin's description. A bound never lowers a floor.
    ///
    /// # Errors
    /// `too_large` as in [`Self::accept`].
    pub fn at_least(&mut self, chain: Digest, app: &str, name: &str, trust: u64, counter: u64) -> Result<()> {
        self.bound(chain, app, name, (trust, counter), BTreeMap::new())
    }

    /// What enough keys of this trust signed is a lower bound under its chain too, whichever chain it was accepted under
    /// (formats 4.14): otherwise one key more in the config would let an older document pass. What only other keys signed is
    /// none, so a stolen key that the config drops takes the counters it raised with it.
    ///
    /// A name for which there is no room is left out: its documents are refused as [`Self::accept`] says.
    pub fn hold_on(&mut self, trust: &Trust, app: &str) {
        let chain = trust.chain();
        let mut seen = BTreeSet::new();
        let others = self.0.iter().rev().filter(|floor| floor.app == app && floor.chain != chain);
        let names = others.map(|floor| floor.name.clone()).filter(|name| seen.insert(name.clone()));
        let mut bounds: Vec<_> = names.take(MAX_FLOORS).map(|name| (self.reached(trust, app, &name), name)).collect();
        bounds.reverse(); // the least recently raised first, as they are kept
        for (reached, name) in bounds {
            let mut places: Vec<Place> = reached.values().copied().collect();
            places.sort_unstable_by(|a, b| b.cmp(a));
            if let Some((version, counter)) = places.get(trust.threshold.saturating_sub(1)) {
                let place = (trust.version.min(*version), *counter);
                let _ = self.bound(chain, app, &name, place, reached); // the only error is that there is no room
            }
        }
    }

    /// How far each key of this trust has signed documents of `name`, under whatever chain.
    fn reached(&self, trust: &Trust, app: &str, name: &str) -> BTreeMap<KeyId, Place> {
        let mut reached = BTreeMap::new();
        for floor in self.0.iter().filter(|floor| floor.app == app && floor.name == name) {
            let known = |key: &KeyId| trust.keys.iter().any(|trusted| trusted.id == *key);
            reach(&mut reached, floor.reached.iter().filter(|(key, _)| known(key)).map(|(key, place)| (*key, *place)));
        }
        reached
    }

    /// Raise the floor of a name to a bound and note what is known of its keys, unless both are known.
    fn bound(
        &mut self,
        chain: Digest,
        app: &str,
        name: &str,
        bound: Place,
        more: BTreeMap<KeyId, Place>,
    ) -> Result<()> {
        let before = self.0.iter().find(|floor| floor.is(chain, app, name));
        let mut reached = before.map(|floor| floor.reached.clone()).unwrap_or_default();
        reach(&mut reached, more);
        let floor = match before {
            Some(floor) if (floor.trust, floor.counter) >= bound => Floor { reached, ..floor.clone() },
            _ => {
                let (trust, counter) = bound;
                let issued = before.filter(|floor| floor.trust == trust).and_then(|floor| floor.issued);
                Floor {
                    chain,
                    app: app.to_owned(),
                    name: name.to_owned(),
                    trust,
                    counter,
                    payload: None,
                    issued,
                    reached,
                }
            }
        };
        if before == Some(&floor) { Ok(()) } else { self.put(floor) }
    }

    /// Was a document of `name` accepted, and no bound raised above it since?
    pub fn knows(&self, chain: Digest, app: &str, name: &str) -> bool {
        self.0.iter().any(|floor| floor.is(chain, app, name) && floor.payload.is_some())
    }

    /// Now, in unix seconds, for a channel of this chain: the wall clock, or the latest issue among the channel's accepted
    /// documents if the clock lies behind it (formats 4.11).
    pub fn now(&self, chain: Digest, app: &str, name: &str, wall: u64) -> u64 {
        let floor = self.0.iter().find(|floor| floor.is(chain, app, name));
        floor.and_then(|floor| floor.issued).map_or(wall, |issued| issued.0.max(wall))
    }

    fn find(&self, claim: &Claim<'_>) -> Option<&Floor> {
        self.0.iter().find(|floor| floor.is(claim.chain, claim.app, claim.name))
    }

    /// Replace or add; at the cap the least recently raised floor of another chain or app makes room.
    fn put(&mut self, floor: Floor) -> Result<()> {
        let same = self.0.iter().position(|old| old.is(floor.chain, &floor.app, &floor.name));
        let full = self.0.len() >= MAX_FLOORS;
        let foreign = || self.0.iter().position(|old| old.chain != floor.chain || old.app != floor.app);
        match same.or_else(|| if full { foreign() } else { None }) {
            Some(at) => drop(self.0.remove(at)),
            None if full => {
                let limit = MAX_FLOORS as u64;
                return Err(Error::TooLarge { what: "channels this app has followed", limit, actual: limit + 1 });
            }
            None => {}
        }
        self.0.push(floor);
        // I10: beyond the cap, the floors raised last keep what they know of their keys.
        let mut room = MAX_REACHED;
        for floor in self.0.iter_mut().rev() {
            match room.checked_sub(floor.reached.len()) {
                Some(rest) => room = rest,
                None => floor.reached.clear(),
            }
        }
        Ok(())
    }
}

/// Raise what is known of these keys.
fn reach(reached: &mut BTreeMap<KeyId, Place>, places: impl IntoIterator<Item = (KeyId, Place)>) {
    for (key, place) in places {
        let known = reached.entry(key).or_insert(place);
        *known = place.max(*known);
    }
}

impl Floor {
    fn is(&self, chain: Digest, app: &str, name: &str) -> bool {
        self.chain == chain && self.app == app && self.name == name
    }
}

#[cfg(test)]
mod tests;
