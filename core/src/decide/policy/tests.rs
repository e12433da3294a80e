use super::*;
use crate::model::bundle::Build;
use crate::model::digest::Digest;
use crate::model::facts::{BuiltinRoot, Platform};
use serde_json::{Value, json};

const NOW: u64 = 1_795_200_000;

fn root(n: u8) -> RootDigest {
    RootDigest(Digest::new([n; 32]))
}

fn android() -> Facts {
    Facts {
        build: Build { code: "210".to_owned(), name: "2.1".to_owned() },
        builtin_root: BuiltinRoot::Absent,
        platform: Platform::Android,
        os: "14".to_owned(),
        os_build: String::new(),
        webview: Some("138.0.7204.63".to_owned()),
        fingerprint: Some("f1".to_owned()),
        boot_session: "b".to_owned(),
        pid: 1,
        started: 1,
        foreground: true,
        exits: Vec::new(),
        low_memory_kills_reported: true,
    }
}

/// Release `n` has `root(n)` and was created at 100 + `n`; `more` replaces members.
fn release(n: u8, more: Value) -> Value {
    let mut entry = json!({
        "version": format!("{n}.0.0"), "created": 100 + u64::from(n), "root": root(n), "files": 1, "size": 1, "artifacts": [],
    });
    let Value::Object(more) = more else { panic!("members") };
    entry.as_object_mut().unwrap().extend(more);
    entry
}

fn document(releases: &[Value], more: Value) -> ChannelDocument {
    let mut document = json!({
        "schema": 1, "app": "app", "channel": "production", "trust": 1, "counter": 1,
        "issued": "2026-11-20T10:00:00Z", "releases": releases,
    });
    let Value::Object(more) = more else { panic!("members") };
    document.as_object_mut().unwrap().extend(more);
    serde_json::from_value(document).unwrap()
}

fn never(_: &ReleaseEntry) -> Option<SkipReason> {
    None
}

fn situation(facts: &Facts) -> Situation<'_> {
    Situation {
        facts,
        now: NOW,
        current: Current::Builtin,
        builtin: None,
        rollout_id: Some("device-1"), // bucket 6476 of salt r1: tests/vectors/rollout.json
        custom_id: Some("ann"),
        held: &never,
    }
}

fn runs<'a>(n: u8) -> Current<'a> {
    Current::Kept { root: root(n), channel: Some("production") }
}

/// Why the only release, with these members, does not match; `None` if it does.
fn reason(more: Value, situation: &Situation<'_>) -> Option<SkipReason> {
    let evaluation = evaluate(&document(&[release(1, more)], json!({})), situation);
    match evaluation.skipped[..] {
        [] => {
            assert_ne!(evaluation.choice, Choice::Nothing);
            None
        }
        [(0, reason)] => {
            assert_eq!(evaluation.choice, Choice::Nothing);
            Some(reason)
        }
        _ => panic!("{evaluation:?}"),
    }
}

#[test]
fn the_first_release_that_matches_wins_and_the_others_say_why_not() {
    let facts = android();
    let releases = vec![
        release(4, json!({ "requires": { "platform": ["ios"] } })),
        release(3, json!({})),
        release(2, json!({ "priority": "immediate" })),
        release(5, json!({})),
    ];
    let evaluation = evaluate(&document(&releases, json!({ "withdrawn": [root(3)] })), &situation(&facts));
    assert_eq!(
        evaluation,
        Evaluation {
            choice: Choice::Take(2),
            priority: Priority::Immediate,
            expired: false,
            skipped: vec![(0, SkipReason::Platform), (1, SkipReason::Withdrawn)],
            withdrawn: BTreeSet::from([root(3)]),
        }
    );
}

#[test]
fn every_condition_of_requires_must_be_met() {
    let android = android();
    let ios = Facts { platform: Platform::Ios, webview: None, os: "15.4".to_owned(), ..android.clone() };
    let bare = Facts { webview: None, fingerprint: None, os: String::new(), ..android.clone() };
    let odd = Facts { build: Build { code: "2.1-beta".to_owned(), name: String::new() }, ..android.clone() };
    for (requires, facts, expected) in [
        (json!({}), &bare, None),
        (json!({ "platform": ["ios", "android"] }), &android, None),
        (json!({ "platform": ["ios"] }), &android, Some(SkipReason::Platform)),
        (json!({ "platform": [] }), &android, Some(SkipReason::Platform)),
        (json!({ "native_build": { "android": ">=210 <300" } }), &android, None),
        (json!({ "native_build": { "android": ">=211" } }), &android, Some(SkipReason::NativeBuild)),
        (json!({ "native_build": { "ios": ">=211" } }), &android, None),
        (json!({ "native_build": { "android": ">=0" } }), &odd, Some(SkipReason::NativeBuild)),
        (json!({ "os": { "ios": ">=15.4" } }), &ios, None),
        (json!({ "os": { "ios": ">=16" } }), &ios, Some(SkipReason::Os)),
        (json!({ "os": { "android": ">=0" } }), &bare, Some(SkipReason::Os)),
        (json!({ "webview": ">=90" }), &android, None),
        (json!({ "webview": ">=139" }), &android, Some(SkipReason::Webview)),
        (json!({ "webview": ">=90" }), &bare, Some(SkipReason::Webview)),
        (json!({ "webview": ">=90" }), &ios, None),
        (json!({ "fingerprint": "f1" }), &android, None),
        (json!({ "fingerprint": "f2" }), &android, Some(SkipReason::Fingerprint)),
        (json!({ "fingerprint": "f1" }), &bare, Some(SkipReason::Fingerprint)),
        (json!({ "moon": "full" }), &android, Some(SkipReason::UnknownCondition)),
        (json!({ "webview": "~90" }), &android, Some(SkipReason::UnknownCondition)),
    ] {
        assert_eq!(reason(json!({ "requires": requires }), &situation(facts)), expected, "{requires}");
    }
}

#[test]
fn an_audience_is_matched_by_the_custom_id() {
    let facts = android();
    let listed = json!({ "audience": { "salt": "s", "custom_id_sha256": [rollout::custom_id_digest("s", "ann")] } });
    assert_eq!(reason(listed.clone(), &situation(&facts)), None);
    for custom_id in [None, Some("bob")] {
        let other = Situation { custom_id, ..situation(&facts) };
        assert_eq!(reason(listed.clone(), &other), Some(SkipReason::Audience));
    }
    let unknown = json!({ "audience": { "salt": "s", "custom_id_sha256": [], "region": "eu" } });
    assert_eq!(reason(unknown, &situation(&facts)), Some(SkipReason::UnknownCondition));
}

#[test]
fn a_rollout_is_sticky_for_who_runs_it() {
    let facts = android();
    let share = |bps: u32| json!({ "rollout": { "bps": bps, "salt": "r1" } });
    assert_eq!(reason(share(6476), &situation(&facts)), Some(SkipReason::Rollout));
    assert_eq!(reason(share(6477), &situation(&facts)), None);
    let nameless = Situation { rollout_id: None, ..situation(&facts) };
    assert_eq!(reason(share(9_999), &nameless), Some(SkipReason::Rollout));
    assert_eq!(reason(share(10_000), &nameless), None);
    for who in [situation(&facts), nameless] {
        let inside = Situation { current: runs(1), ..who };
        assert_eq!(reason(share(0), &inside), None, "paused: who runs it stays");
    }
    let unknown = json!({ "rollout": { "bps": 10_000, "salt": "r1", "ramp": true } });
    let inside = Situation { current: runs(1), ..situation(&facts) };
    assert_eq!(reason(unknown, &inside), Some(SkipReason::UnknownCondition));
}

#[test]
fn i8_nothing_as_old_as_the_builtin_comes_over_it() {
    let facts = android();
    let builtin = |created| Situation { builtin: Some(Builtin { created, root: root(9) }), ..situation(&facts) };
    assert_eq!(reason(json!({}), &builtin(100)), None);
    assert_eq!(reason(json!({}), &builtin(101)), Some(SkipReason::BuiltinIsNewer));
    assert_eq!(reason(json!({ "over_builtin": true }), &builtin(101)), None);
    assert_eq!(reason(json!({}), &situation(&facts)), None, "without a description the channel alone decides");
}

#[test]
fn what_the_ledger_blocks_does_not_match_unless_it_runs() {
    let facts = android();
    let held = |entry: &ReleaseEntry| (entry.root == root(2) && entry.retry == 0).then_some(SkipReason::Blocked);
    let here = Situation { held: &held, ..situation(&facts) };
    let releases = |retry: u64| vec![release(2, json!({ "retry": retry })), release(1, json!({}))];
    let evaluation = evaluate(&document(&releases(0), json!({})), &here);
    assert_eq!((evaluation.choice, evaluation.skipped), (Choice::Take(1), vec![(0, SkipReason::Blocked)]));
    assert_eq!(evaluate(&document(&releases(1), json!({})), &here).choice, Choice::Take(0));
    let second_trial = Situation { current: runs(2), ..here };
    assert_eq!(evaluate(&document(&releases(0), json!({})), &second_trial).choice, Choice::UpToDate);
}

#[test]
fn up_to_date_is_a_matter_of_content() {
    let facts = android();
    let wanted = document(&[release(1, json!({}))], json!({}));
    let elsewhere = Current::Kept { root: root(1), channel: Some("beta") };
    for current in [runs(1), elsewhere] {
        assert_eq!(evaluate(&wanted, &Situation { current, ..situation(&facts) }).choice, Choice::UpToDate);
    }
    let same_as_builtin = Situation { builtin: Some(Builtin { created: 0, root: root(1) }), ..situation(&facts) };
    assert_eq!(evaluate(&wanted, &same_as_builtin).choice, Choice::UpToDate);
    // An older release that is preferred is taken: names are never compared.
    assert_eq!(evaluate(&wanted, &Situation { current: runs(2), ..situation(&facts) }).choice, Choice::Take(0));
}

#[test]
fn when_nothing_matches_the_document_and_the_origin_decide() {
    let facts = android();
    let by_hand = Current::Kept { root: root(7), channel: None };
    let elsewhere = Current::Kept { root: root(7), channel: Some("beta") };
    for (current, otherwise, expected) in [
        (runs(7), "keep", Choice::Nothing),
        (by_hand, "keep", Choice::Nothing),
        (Current::Builtin, "keep", Choice::Nothing),
        (elsewhere, "keep", Choice::Builtin),
        (runs(7), "builtin", Choice::Builtin),
        (by_hand, "builtin", Choice::Builtin),
        (elsewhere, "builtin", Choice::Builtin),
        (Current::Builtin, "builtin", Choice::UpToDate),
    ] {
        let evaluation =
            evaluate(&document(&[], json!({ "otherwise": otherwise })), &Situation { current, ..situation(&facts) });
        assert_eq!(evaluation.choice, expected, "{current:?} {otherwise}");
    }
}

#[test]
fn past_its_date_a_document_installs_nothing_and_still_withdraws() {
    let facts = android();
    let dated = |releases: &[Value], otherwise: &str| {
        let more = json!({ "expires": "2026-11-21T00:00:00Z", "withdrawn": [root(2)], "otherwise": otherwise });
        document(releases, more)
    };
    let offers = dated(&[release(1, json!({ "priority": "immediate" }))], "keep");
    let expires = offers.expires.unwrap().0;
    assert_eq!(offers.check_fresh(expires + 1).unwrap_err().code(), Code::Expired);
    let at = |now, current| Situation { now, current, ..situation(&facts) };

    let fresh = evaluate(&offers, &at(expires, runs(2)));
    assert_eq!((fresh.choice, fresh.expired, fresh.priority), (Choice::Take(0), false, Priority::Immediate));
    let late = evaluate(&offers, &at(expires + 1, runs(2)));
    assert_eq!((late.choice, late.expired, late.priority), (Choice::Nothing, true, Priority::Background));
    assert!(late.withdrawn.contains(&root(2)));
    assert_eq!(evaluate(&offers, &at(expires + 1, runs(1))).choice, Choice::UpToDate);
    assert_eq!(evaluate(&dated(&[], "builtin"), &at(expires + 1, runs(1))).choice, Choice::Nothing);
}

#[test]
fn reasons_have_stable_names() {
    let names: Vec<_> = <SkipReason as strum::VariantArray>::VARIANTS.iter().map(ToString::to_string).collect();
    assert_eq!(
        names,
        [
            "withdrawn",
            "builtin_is_newer",
            "unknown_condition",
            "platform",
            "native_build",
            "os",
            "webview",
            "fingerprint",
            "audience",
            "rollout",
            "blocked"
        ]
    );
}

#[test]
fn artifacts_are_tried_smallest_first_and_only_if_they_can_be_used() {
    let key: KeyId = "0011223344556677".parse().unwrap();
    let artifact = |n: u8, kind: &str, size: u64, more: Value| {
        let mut artifact = json!({ "kind": kind, "size": size, "sha256": Digest::new([n; 32]) });
        artifact.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        artifact
    };
    let entry = |artifacts: Vec<Value>| -> ReleaseEntry {
        serde_json::from_value(release(1, json!({ "artifacts": artifacts }))).unwrap()
    };
    let encrypted = json!({ "cipher": { "key": key } });
    let all = entry(vec![
        artifact(1, "zip", 30, json!({})),
        artifact(2, "zip", 20, encrypted.clone()),
        artifact(3, "zip", 10, json!({ "cipher": { "key": "ffffffffffffffff" } })),
        artifact(4, "tar", 1, json!({})),
        artifact(5, "pack", 5, json!({ "base": root(8) })),
        artifact(6, "pack", 25, json!({})),
        artifact(7, "zip", 1, json!({ "base": root(8) })), // zips build on nothing
        artifact(8, "zip", 2, json!({})),                  // a second one of its kind
        artifact(9, "pack", 2, json!({ "base": root(8) })),
    ]);
    let order = |bases: &[RootDigest], keys: &[KeyId]| -> Vec<u8> {
        choose_artifacts(&all, bases, keys).unwrap().iter().map(|artifact| artifact.sha256.bytes()[0]).collect()
    };
    assert_eq!(order(&[], &[]), [6, 1]);
    assert_eq!(order(&[], &[key]), [2, 6, 1]);
    assert_eq!(order(&[root(8)], &[key]), [5, 2, 6, 1]);
    assert_eq!(order(&[root(9)], &[]), [6, 1], "a pack for another base");
    let code = |artifacts| choose_artifacts(&entry(artifacts), &[], &[]).unwrap_err().code();
    assert_eq!(code(vec![artifact(1, "zip", 1, encrypted)]), Code::KeyUnknown);
    assert_eq!(code(vec![artifact(1, "tar", 1, json!({}))]), Code::BadDocument);
    assert_eq!(code(vec![]), Code::BadDocument);
}
