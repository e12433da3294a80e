//! The rules of the slots, over everything that can be read and every change.
//!
//! In: slots as a disk can hold them. Out: a verdict. May touch: nothing.

use super::*;

fn id(name: char) -> BundleId {
    name.to_string().repeat(BundleId::LEN).parse().unwrap()
}

fn bundle(name: char) -> BundleRef {
    if name == '-' { BundleRef::Builtin } else { BundleRef::Kept(id(name)) }
}

fn trial() -> Trial {
    Trial { id: Token::from_random([1; 8]), began: 7, lost: 0 }
}

/// Every combination of slots over two bundles and builtin that a disk can hold, whether or not it keeps the rules.
fn written() -> Vec<Slots> {
    let mut all = Vec::new();
    for current in ['-', 'a', 'b'] {
        for fallback in ['-', 'a', 'b'] {
            for next in [None, Some('-'), Some('a'), Some('b')] {
                for on_trial in [false, true] {
                    let form = Form {
                        current: bundle(current),
                        fallback: bundle(fallback),
                        next: next.map(bundle),
                        trial: on_trial.then(trial),
                    };
                    let text = serde_json::to_string(&form).unwrap();
                    all.push(serde_json::from_str(&text).unwrap());
                }
            }
        }
    }
    all
}

fn assert_legal(slots: &Slots, after: &str) {
    let (current, fallback) = (slots.current(), slots.fallback());
    assert!(current != *fallback || current.is_builtin(), "{after}: fallback is current: {slots:?}");
    assert_ne!(slots.next(), Some(&current), "{after}: next is current: {slots:?}");
    assert!(slots.trial().is_none() || !current.is_builtin(), "{after}: builtin on trial: {slots:?}");
}

type Change = Box<dyn Fn(&mut Slots)>;

#[test]
fn i7_the_slots_keep_their_rules_after_any_change_of_anything_read() {
    let mut changes: Vec<(String, Change)> = vec![
        ("read".to_owned(), Box::new(|_| {})),
        ("drop_next".to_owned(), Box::new(|slots| drop(slots.drop_next()))),
        ("drop_fallback".to_owned(), Box::new(Slots::drop_fallback)),
        ("try_again".to_owned(), Box::new(|slots| slots.try_again(trial()))),
        ("confirm".to_owned(), Box::new(Slots::confirm)),
        ("leave for builtin".to_owned(), Box::new(|slots| slots.leave(ResetTo::Builtin))),
        ("leave for fallback".to_owned(), Box::new(|slots| slots.leave(ResetTo::Fallback))),
        ("lose_marks".to_owned(), Box::new(Slots::lose_marks)),
    ];
    for name in ['-', 'a', 'b', 'c'] {
        changes.push((format!("stage {name}"), Box::new(move |slots| slots.stage(bundle(name)))));
    }
    for name in ['a', 'b', 'c'] {
        for former in [Former::Usable, Former::Unusable] {
            let begin = move |slots: &mut Slots| slots.begin_trial(id(name), trial(), former);
            changes.push((format!("begin_trial {name} {former:?}"), Box::new(begin)));
        }
    }
    for slots in written() {
        for (name, change) in &changes {
            let mut slots = slots.clone();
            change(&mut slots);
            assert_legal(&slots, name);
            let text = serde_json::to_string(&slots).unwrap();
            assert_eq!(serde_json::from_str::<Slots>(&text).unwrap(), slots, "{name}");
        }
    }
}

#[test]
fn i7_only_a_confirmed_bundle_becomes_the_fallback() {
    let mut slots = Slots::default();
    slots.begin_trial(id('a'), trial(), Former::Usable);
    slots.begin_trial(id('b'), trial(), Former::Usable);
    assert_eq!(*slots.fallback(), BundleRef::Builtin, "a was never confirmed");
    slots.confirm();
    slots.begin_trial(id('c'), trial(), Former::Usable);
    assert_eq!(*slots.fallback(), bundle('b'));
    slots.leave(ResetTo::Fallback);
    assert_eq!((slots.current(), slots.trial(), slots.fallback()), (bundle('b'), None, &BundleRef::Builtin));
}
