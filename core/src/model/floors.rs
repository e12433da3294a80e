//! The oldest signed document that is still accepted, by chain of trust, app and name (formats 4).
//!
//! In: what a verified document claims, lower bounds from the index and the build. Out: accept or refuse, and the floors to
//! keep before anything is done with the document. May touch: nothing. Keeps: I9, I10.

use super::digest::Digest;
use super::document::Date;
use super::error::{Code, Error, Result};
use super::limits::MAX_FLOORS;
use serde::{Deserialize, Serialize};

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
}

/// A document that may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// Newer than the last: the floors must be durable before it is used.
    Raised,
    /// The last one again.
    Same,
}

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

    /// Check the document and raise the floor to it.
    ///
    /// # Errors
    /// As [`Self::check`]; `too_large` when all [`MAX_FLOORS`] are this chain's and app's: no floor in use is ever forgotten.
    pub fn accept(&mut self, claim: &Claim<'_>) -> Result<Accepted> {
        let accepted = self.check(claim)?;
        if accepted == Accepted::Raised {
            // A clock pushed ahead by a key that has since been revoked does not stay ahead.
            let before = self.find(claim).filter(|floor| floor.trust == claim.trust).and_then(|floor| floor.issued);
            self.put(Floor {
                chain: claim.chain,
                app: claim.app.to_owned(),
                name: claim.name.to_owned(),
                trust: claim.trust,
                counter: claim.counter,
                payload: Some(claim.payload),
                issued: before.max(Some(claim.issued)),
            })?;
        }
        Ok(accepted)
    }

    /// Accept nothing of `name` below (`trust`, `counter`), the bound itself included: from the counters of an accepted index
    /// or the `floors` of the builtin's description. A bound never lowers a floor.
    ///
    /// # Errors
    /// `too_large` as in [`Self::accept`].
    pub fn at_least(&mut self, chain: Digest, app: &str, name: &str, trust: u64, counter: u64) -> Result<()> {
        let floor = self.0.iter().find(|floor| floor.is(chain, app, name));
        if floor.is_some_and(|floor| (floor.trust, floor.counter) >= (trust, counter)) {
            return Ok(());
        }
        let issued = floor.filter(|floor| floor.trust == trust).and_then(|floor| floor.issued);
        self.put(Floor { chain, app: app.to_owned(), name: name.to_owned(), trust, counter, payload: None, issued })
    }

    /// Was a document of `name` accepted, and no bound raised above it since?
    pub fn knows(&self, chain: Digest, app: &str, name: &str) -> bool {
        self.0.iter().any(|floor| floor.is(chain, app, name) && floor.payload.is_some())
    }

    /// Now, in unix seconds: the wall clock, or the latest accepted document's issue if the clock lies behind it (formats 4).
    pub fn now(&self, wall: u64) -> u64 {
        self.0.iter().filter_map(|floor| floor.issued).map(|issued| issued.0).fold(wall, u64::max)
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
        Ok(())
    }
}

impl Floor {
    fn is(&self, chain: Digest, app: &str, name: &str) -> bool {
        self.chain == chain && self.app == app && self.name == name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(name: &str, trust: u64, counter: u64) -> Claim<'_> {
        let (chain, payload) = (Digest::of(b"chain"), Digest::of(&counter.to_be_bytes()));
        Claim { chain, app: "app", name, trust, counter, payload, issued: Date(counter) }
    }

    fn code(result: Result<Accepted>) -> Code {
        result.unwrap_err().code()
    }

    #[test]
    fn i9_documents_only_go_forward() {
        let mut floors = Floors::default();
        assert_eq!(floors.accept(&claim("beta", 1, 10)).unwrap(), Accepted::Raised);
        assert_eq!(floors.accept(&claim("beta", 1, 10)).unwrap(), Accepted::Same);
        assert_eq!(code(floors.accept(&claim("beta", 1, 9))), Code::Replayed);
        let other = Claim { payload: Digest::of(b"other"), ..claim("beta", 1, 10) };
        assert_eq!(code(floors.accept(&other)), Code::CounterConflict);
        // Trust comes first in the order: a new version ends a fast-forward attack.
        assert_eq!(floors.accept(&claim("beta", 2, 1)).unwrap(), Accepted::Raised);
        assert_eq!(code(floors.accept(&claim("beta", 1, 11))), Code::Replayed);
    }

    #[test]
    fn floors_of_another_chain_app_or_name_are_their_own() {
        let mut floors = Floors::default();
        floors.accept(&claim("beta", 1, 10)).unwrap();
        for other in [
            claim(INDEX, 1, 1),
            Claim { app: "other", ..claim("beta", 1, 1) },
            Claim { chain: Digest::of(b"other"), ..claim("beta", 1, 1) },
        ] {
            assert_eq!(floors.check(&other).unwrap(), Accepted::Raised, "{other:?}");
        }
    }

    #[test]
    fn i9_a_bound_refuses_what_is_older_and_lowers_nothing() {
        let mut floors = Floors::default();
        let bound = |floors: &mut Floors, counter| floors.at_least(Digest::of(b"chain"), "app", "beta", 1, counter);
        bound(&mut floors, 10).unwrap();
        assert_eq!(code(floors.check(&claim("beta", 1, 9))), Code::Replayed);
        assert_eq!(floors.accept(&claim("beta", 1, 10)).unwrap(), Accepted::Raised);
        bound(&mut floors, 5).unwrap();
        bound(&mut floors, 10).unwrap();
        assert_eq!(floors.accept(&claim("beta", 1, 10)).unwrap(), Accepted::Same, "the digest is still known");
        bound(&mut floors, 11).unwrap();
        assert_eq!(code(floors.check(&claim("beta", 1, 10))), Code::Replayed);
        assert_eq!(floors.now(0), 10, "a bound is no document: the clock stays");
    }

    #[test]
    fn i9_no_floor_in_use_is_evicted() {
        let mut floors = Floors::default();
        let foreign = Claim { chain: Digest::of(b"old"), ..claim("beta", 1, 1) };
        floors.accept(&foreign).unwrap();
        let names: Vec<_> = (0..MAX_FLOORS).map(|n| format!("c{n}")).collect();
        for name in &names {
            floors.accept(&claim(name, 1, 7)).unwrap();
        }
        assert_eq!(floors.0.len(), MAX_FLOORS);
        assert!(floors.find(&foreign).is_none(), "the other chain made room");
        assert_eq!(code(floors.accept(&claim("one-more", 1, 1))), Code::TooLarge);
        assert_eq!(floors.accept(&claim("c0", 1, 8)).unwrap(), Accepted::Raised);
        assert!(names.iter().all(|name| floors.check(&claim(name, 1, 6)).is_err()));
    }

    #[test]
    fn i9_the_clock_does_not_lie_behind_the_latest_document() {
        let mut floors = Floors::default();
        assert_eq!(floors.now(5), 5);
        floors.accept(&Claim { issued: Date(100), ..claim("beta", 1, 1) }).unwrap();
        floors.accept(&Claim { issued: Date(50), ..claim("beta", 1, 2) }).unwrap();
        assert_eq!(floors.now(5), 100);
        assert_eq!(floors.now(200), 200);
        floors.accept(&Claim { issued: Date(60), ..claim("beta", 2, 1) }).unwrap();
        assert_eq!(floors.now(5), 60, "an issue of a revoked key is forgotten");
    }

    #[test]
    fn floors_go_there_and_back() {
        let mut floors = Floors::default();
        floors.accept(&claim("beta", 1, 1)).unwrap();
        let text = serde_json::to_string(&floors).unwrap();
        assert_eq!(serde_json::from_str::<Floors>(&text).unwrap(), floors);
    }
}
