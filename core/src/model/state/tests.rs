use super::*;
use crate::model::facts::{BuiltinRoot, Platform};
use crate::model::ledger::{Cause, LedgerEntry};
use crate::model::limits::{MAX_DELAYS, MAX_INTEGER, MAX_KEPT, MAX_LEDGER, MAX_REPORTS};
use crate::model::report::{Reason, Report};
use crate::model::slots::{Former, Trial};

/// Magic, schema, generation, length and digest in front of the JSON (formats 13).
const FRAME: usize = 8 + 4 + 8 + 4 + 32;

fn facts() -> Facts {
    Facts {
        build: Build { code: "\u{1}".repeat(500), name: "\\".repeat(500) },
        builtin_root: BuiltinRoot::Is(root(99)),
        platform: Platform::Android,
        os: String::new(),
        os_build: String::new(),
        webview: None,
        fingerprint: None,
        boot_session: String::new(),
        pid: u32::MAX,
        started: u64::MAX,
        foreground: true,
        exits: Vec::new(),
        low_memory_kills_reported: false,
    }
}

fn root(content: u64) -> RootDigest {
    RootDigest(Digest::of(&content.to_be_bytes()))
}

fn token() -> Token {
    Token::from_random([255; 8])
}

fn kept(n: u8) -> Kept {
    Kept {
        id: BundleId::from_random([n; 10]),
        root: root(n.into()),
        version: "\\".repeat(128).parse().unwrap(),
        channel: Some("c".repeat(500)),
        created: MAX_INTEGER,
        installed: MAX_INTEGER,
        artifact: Some(Digest::of(&[n])),
        requires: Some(Strict::Unknown(serde_json::Value::String("r".repeat(Kept::REQUIRES - 2)))),
        retry: MAX_INTEGER,
        withdrawn: true,
        withdrawn_by: vec![Tag::of(&["c"]); Kept::WITHDRAWN_BY],
        damaged: true,
        used: MAX_INTEGER,
    }
    .bounded()
}

fn largest() -> State {
    let mut state = State::fresh(token(), &facts());
    state.bundles = (0..u8::try_from(MAX_KEPT).unwrap()).map(kept).collect();
    let trial = Trial { id: token(), began: MAX_INTEGER, lost: u32::MAX };
    state.slots.begin_trial(kept(1).id, trial.clone(), Former::Usable);
    state.slots.confirm();
    state.slots.begin_trial(kept(0).id, trial, Former::Usable);
    state.slots.stage(BundleRef::Kept(kept(2).id));
    state.delays = vec![Delay::NativeVersion(format!("1-{}", "\\".repeat(500))).bounded(); MAX_DELAYS];
    for content in 0..MAX_LEDGER as u64 {
        state.ledger.put(LedgerEntry {
            root: root(content),
            artifact: Some(root(content).0),
            build: Tag::of_build(&state.build),
            cause: Cause::NotConfirmed,
            failures: u32::MAX,
            attempts: u32::MAX,
            first: MAX_INTEGER,
            last: MAX_INTEGER,
            retry: MAX_INTEGER,
        });
    }
    for n in 0..MAX_REPORTS {
        state.reports.add(Report {
            id: 0,
            at: MAX_INTEGER,
            count: 0,
            from: state.named(&state.slots.current()),
            to: state.named(state.slots.fallback()),
            reason: Reason::NotConfirmed,
            began: Some(MAX_INTEGER),
            attempts: u32::MAX,
            foreground: MAX_INTEGER,
            build: state.build.code.clone(),
            detail: format!("{n}{}", "\"".repeat(500)),
        });
    }
    state
}

#[test]
fn i10_the_largest_state_fits_its_slot() {
    let state = largest();
    let json = serde_json::to_vec(&state).unwrap();
    assert!(FRAME + json.len() <= MAX_STATE, "{} bytes", json.len());
    assert_eq!(serde_json::from_slice::<State>(&json).unwrap(), state);
}

#[test]
fn i10_the_largest_marks_fit_one_sector() {
    let marks = Marks {
        serve: Some(ServeRecord {
            token: token(),
            bundle: BundleRef::Kept(kept(0).id),
            trial: Some(token()),
            pid: u32::MAX,
            started: u64::MAX,
            counted: false,
            foreground: u64::MAX,
            begins: u32::MAX,
            fresh: false,
            last: LastMark::Background,
            session: session(&facts()),
        }),
        trial: Some(TrialMarks {
            id: token(),
            attempts: u32::MAX,
            given_back: u32::MAX,
            given_to_user: u32::MAX,
            foreground: u64::MAX,
            evidence: false,
        }),
        deaths: u32::MAX,
    };
    let json = serde_json::to_vec(&marks).unwrap();
    assert!(FRAME + json.len() <= MAX_MARKS, "{} bytes", json.len());
    assert_eq!(serde_json::from_slice::<Marks>(&json).unwrap(), marks);
}

#[test]
fn a_requires_too_long_for_the_state_meets_no_other_build() {
    let requires = Strict::Unknown(serde_json::Value::String("r".repeat(Kept::REQUIRES)));
    let kept = Kept { requires: Some(requires), ..kept(1) }.bounded();
    assert_eq!(kept.requires, Some(Strict::Unknown(serde_json::Value::Bool(false))));
    let back: Kept = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
    assert_eq!(back, kept);
}

#[test]
fn only_a_process_of_this_boot_with_another_pid_may_live_beside_this_one() {
    let serve = ServeRecord {
        token: token(),
        bundle: BundleRef::Builtin,
        trial: None,
        pid: 7,
        started: 70,
        counted: false,
        foreground: 0,
        begins: 0,
        fresh: false,
        last: LastMark::Foreground,
        session: session(&facts()),
    };
    let marks = Marks { serve: Some(serve), ..Marks::default() };
    assert_eq!(marks.other_process(&facts()), Some((7, 70)));
    assert_eq!(marks.other_process(&Facts { pid: 7, ..facts() }), None);
    assert_eq!(marks.other_process(&Facts { boot_session: "later".to_owned(), ..facts() }), None);
    assert_eq!(Marks::default().other_process(&facts()), None);
}
