use super::*;
use crate::model::config::SigningKey;
use crate::model::limits::MAX_INTEGER;

fn claim(name: &str, trust: u64, counter: u64) -> Claim<'_> {
    let (chain, payload) = (Digest::of(b"chain"), Digest::of(&counter.to_be_bytes()));
    Claim { chain, app: "app", name, trust, counter, payload, issued: Date(counter), signers: &[] }
}

fn now(floors: &Floors, name: &str, wall: u64) -> u64 {
    floors.now(Digest::of(b"chain"), "app", name, wall)
}

/// The trust of a config whose private keys are made of these bytes.
fn trust(keys: &[u8], threshold: usize) -> Trust {
    let key = |byte: &u8| {
        let key = ed25519_dalek::SigningKey::from_bytes(&[*byte; 32]).verifying_key();
        SigningKey { id: KeyId::of(&key.to_bytes()), key }
    };
    let mut keys: Vec<_> = keys.iter().map(key).collect();
    keys.sort_unstable_by_key(|key| key.id);
    Trust { version: 1, keys, threshold }
}

/// Accept a document that these keys signed under this trust.
fn accept(floors: &mut Floors, trust: &Trust, counter: u64, signed: &[u8]) -> Result<Accepted> {
    let signers: Vec<_> = self::trust(signed, 1).keys.iter().map(|key| key.id).collect();
    floors.hold_on(trust, "app");
    floors.accept(&Claim { chain: trust.chain(), signers: &signers, ..claim("beta", 1, counter) })
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
    assert_eq!(now(&floors, "beta", 0), 10, "a bound is no document: the clock stays");
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
fn i9_the_clock_does_not_lie_behind_the_latest_document_of_the_channel() {
    let mut floors = Floors::default();
    assert_eq!(now(&floors, "beta", 5), 5);
    floors.accept(&Claim { issued: Date(100), ..claim("beta", 1, 1) }).unwrap();
    floors.accept(&Claim { issued: Date(50), ..claim("beta", 1, 2) }).unwrap();
    assert_eq!(now(&floors, "beta", 5), 100);
    assert_eq!(now(&floors, "beta", 200), 200);
    floors.accept(&Claim { issued: Date(60), ..claim("beta", 2, 1) }).unwrap();
    assert_eq!(now(&floors, "beta", 5), 60, "an issue of a revoked key is forgotten");
    let far = Claim { issued: Date(1 << 40), ..claim("beta", 3, 1) };
    floors.accept(&Claim { app: "other", ..far }).unwrap();
    floors.accept(&Claim { name: "gamma", ..far }).unwrap();
    floors.accept(&Claim { chain: Digest::of(b"other"), ..far }).unwrap();
    assert_eq!(now(&floors, "beta", 5), 60, "another app, channel or chain has its own clock");
}

#[test]
fn i9_what_keys_signed_holds_on_when_others_join_or_leave_them() {
    let (one, both, second) = (trust(&[1], 1), trust(&[1, 2], 1), trust(&[2], 1));
    let mut floors = Floors::default();
    accept(&mut floors, &one, 10, &[1]).unwrap();
    assert_eq!(code(accept(&mut floors, &both, 9, &[1])), Code::Replayed, "one key more");
    assert_eq!(accept(&mut floors, &both, 10, &[1]).unwrap(), Accepted::Raised, "the bound itself is still taken");
    accept(&mut floors, &both, 20, &[2]).unwrap();
    assert_eq!(code(accept(&mut floors, &second, 19, &[2])), Code::Replayed, "one key less");
    assert_eq!(code(accept(&mut floors, &one, 9, &[1])), Code::Replayed, "and back");
    let stranger = trust(&[3], 1);
    assert_eq!(accept(&mut floors, &stranger, 1, &[3]).unwrap(), Accepted::Raised, "no key of before is trusted");
}

#[test]
fn i9_a_stolen_key_that_is_dropped_takes_its_counters_with_it() {
    let far = 1 << 50;
    let (stolen, honest) = (trust(&[1, 2], 1), trust(&[1, 3], 1));
    let mut floors = Floors::default();
    accept(&mut floors, &stolen, 10, &[1]).unwrap();
    accept(&mut floors, &stolen, far, &[2]).unwrap();
    assert_eq!(code(accept(&mut floors, &stolen, 11, &[1])), Code::Replayed, "the thief's counter holds");
    assert_eq!(code(accept(&mut floors.clone(), &honest, 9, &[1])), Code::Replayed, "what key 1 signed holds");
    accept(&mut floors.clone(), &honest, 11, &[1]).unwrap();
    accept(&mut floors.clone(), &honest, 11, &[3]).unwrap();
    // Two must sign: one stolen key raises nothing alone.
    accept(&mut floors, &trust(&[1, 2], 2), 11, &[1, 2]).unwrap();
}

#[test]
fn i9_as_many_keys_must_have_reached_a_bound_as_must_sign() {
    let mut floors = Floors::default();
    let both = trust(&[1, 2], 2);
    accept(&mut floors, &both, 10, &[1, 2]).unwrap();
    accept(&mut floors, &both, 20, &[1, 2]).unwrap();
    assert_eq!(code(accept(&mut floors, &trust(&[1, 2, 3], 2), 19, &[1, 2])), Code::Replayed);
    assert_eq!(code(accept(&mut floors, &trust(&[1, 3], 1), 19, &[1])), Code::Replayed);
    accept(&mut floors, &trust(&[1, 3], 2), 15, &[1, 3]).unwrap();
}

#[test]
fn i9_a_signer_is_noted_also_when_the_document_is_the_last_one_again() {
    let (one, both) = (trust(&[1], 1), trust(&[1, 2], 1));
    let mut floors = Floors::default();
    // Floors of an earlier version know no signers.
    floors.accept(&Claim { chain: one.chain(), ..claim("beta", 1, 10) }).unwrap();
    assert_eq!(accept(&mut floors, &one, 10, &[1]).unwrap(), Accepted::Same);
    assert_eq!(code(accept(&mut floors, &both, 9, &[1])), Code::Replayed);
}

#[test]
fn i10_what_is_known_of_keys_has_a_cap_and_the_last_floors_keep_it() {
    let keys: Vec<u8> = (1..=16).collect();
    let (old, new) = (trust(&keys, 1), trust(&keys[..15], 1));
    let signers: Vec<_> = old.keys.iter().map(|key| key.id).collect();
    let mut floors = Floors::default();
    let app = "a".repeat(64);
    for n in 0..MAX_FLOORS {
        let name = format!("{n:064}");
        let claim = claim(&name, MAX_INTEGER, MAX_INTEGER);
        floors.accept(&Claim { chain: old.chain(), app: &app, signers: &signers, ..claim }).unwrap();
    }
    let known: usize = floors.0.iter().map(|floor| floor.reached.len()).sum();
    assert_eq!(known, MAX_REACHED);
    assert!(serde_json::to_vec(&floors).unwrap().len() < 44 << 10, "and `lasting` has room for more");
    floors.hold_on(&new, &app);
    let last = format!("{:064}", MAX_FLOORS - 1);
    let held = floors.0.iter().find(|floor| floor.is(new.chain(), &app, &last)).unwrap();
    assert_eq!((held.counter, held.payload), (MAX_INTEGER, None));
}

#[test]
fn i9_all_names_of_a_full_list_hold_on() {
    let (old, new) = (trust(&[1], 1), trust(&[1, 2], 1));
    let signers = [old.keys[0].id];
    let mut floors = Floors::default();
    let names: Vec<_> = (0..MAX_FLOORS).map(|n| format!("c{n}")).collect();
    for name in &names {
        floors.accept(&Claim { chain: old.chain(), signers: &signers, ..claim(name, 1, 7) }).unwrap();
    }
    floors.hold_on(&new, "app");
    assert_eq!(floors.0.len(), MAX_FLOORS);
    for name in &names {
        assert_eq!(code(floors.check(&Claim { chain: new.chain(), ..claim(name, 1, 6) })), Code::Replayed, "{name}");
    }
    let before = floors.clone();
    floors.hold_on(&new, "app");
    assert_eq!(floors, before, "nothing is left to write");
}

#[test]
fn floors_go_there_and_back() {
    let mut floors = Floors::default();
    floors.accept(&claim("beta", 1, 1)).unwrap();
    let text = serde_json::to_string(&floors).unwrap();
    assert_eq!(serde_json::from_str::<Floors>(&text).unwrap(), floors);
}
