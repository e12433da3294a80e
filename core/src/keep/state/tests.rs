use super::*;
use crate::edge::ports::Fs as _;
use crate::keep::store::tests::{ROOT, store_on};
use crate::model::ledger::Cause;
use crate::model::state::State;
use crate::model::{BundleRef, Code};
use crate::testing::{CrashFs, Cut, Kept, Loss};
use std::io::ErrorKind;
use std::path::Path;

fn loaded(store: &Store) -> (Slots, Found<String>) {
    let mut slots = Slots::default();
    let found = slots.load(store);
    (slots, found)
}

fn text(found: Found<String>) -> Option<String> {
    match found {
        Found::Value(text) => Some(text),
        Found::Absent => None,
        other => panic!("{other:?}"),
    }
}

fn found(fs: &CrashFs) -> Option<String> {
    text(loaded(&store_on(fs)).1)
}

/// A disk with `states` saved one after another.
fn disk(states: &[&str]) -> (CrashFs, Store, Slots) {
    let fs = CrashFs::default();
    let store = store_on(&fs);
    store.create().unwrap();
    let (mut slots, _) = loaded(&store);
    for state in states {
        slots.save(&store, state).unwrap();
    }
    (fs, store, slots)
}

fn file(n: usize) -> PathBuf {
    Path::new(ROOT).join(names::STATE[n])
}

#[test]
fn i2_every_cut_leaves_the_old_state_or_the_new_one() {
    for before in [&[][..], &["a"], &["a", "b"], &["a", "b", "c"]] {
        let operations = {
            let (fs, store, mut slots) = disk(before);
            let start = fs.operations();
            slots.save(&store, &"new").unwrap();
            fs.operations() - start
        };
        assert!(operations >= 2);
        for (n, cut) in (0..operations).flat_map(|n| [(n, Cut::Before), (n, Cut::Torn)]) {
            for loss in Loss::ALL {
                let (fs, store, mut slots) = disk(before);
                fs.cut_at(fs.operations() + n, cut);
                let saved = slots.save(&store, &"new").is_ok();
                let left = fs.after(loss);
                let state = found(&left);
                let old = before.last().map(ToString::to_string);
                let new = state.as_deref() == Some("new");
                assert!(new || (state == old && !saved), "{before:?} {n} {cut:?} {loss:?}: {state:?}");

                // What is left goes on.
                let store = store_on(&left);
                let (mut slots, _) = loaded(&store);
                slots.save(&store, &"later").unwrap();
                assert_eq!(found(&left.after(Loss::ALL[4])).as_deref(), Some("later"));
            }
        }
    }
}

#[test]
fn i2_a_power_cut_after_a_kill_leaves_what_the_kill_left_or_the_newest() {
    let power = Loss::Power { data: Kept::No, entries: Kept::No };
    let story = |first: u64, second: u64| {
        let (fs, store, mut slots) = disk(&["a", "b"]);
        fs.cut_at(fs.operations() + first, Cut::Torn);
        let mut done = slots.save(&store, &"killed").is_ok();
        let fs = fs.after(Loss::Process);
        let store = store_on(&fs);
        let (mut slots, before) = loaded(&store);
        fs.cut_at(second, Cut::Torn);
        done &= slots.save(&store, &"cut").is_ok();
        let state = found(&fs.after(power));
        let one_of = [text(before), Some("cut".to_owned()), Some("b".to_owned())];
        assert!(one_of.contains(&state), "{first} {second}: {state:?}");
        done
    };
    let mut all = false;
    for first in 0..4 {
        for second in 0..6 {
            all |= story(first, second);
        }
    }
    assert!(all, "the last story was whole");
}

#[test]
fn i2_one_corrupt_slot_costs_at_most_the_last_transition() {
    for n in [0, 1] {
        let (fs, ..) = disk(&["a", "b", "c"]);
        fs.write_at(&file(n), 60, b"x").unwrap();
        let state = found(&fs).unwrap();
        assert!(state == "c" || state == "b", "{state}");
    }
}

#[test]
fn of_equal_generations_slot_0_wins() {
    let (fs, ..) = disk(&["a"]);
    for (n, state) in [(0, "zero"), (1, "one")] {
        fs.write_at(&file(n), 0, &encode(&FORM, 9, &state).unwrap()).unwrap();
    }
    assert_eq!(found(&fs).as_deref(), Some("zero"));
}

#[test]
fn a_confirm_works_on_a_full_disk() {
    let (fs, store, mut slots) = disk(&["a"]);
    fs.set_free(0);
    for state in ["b", "cc", &"d".repeat(SLOT - 100)] {
        slots.save(&store, &state).unwrap();
        assert_eq!(found(&fs.after(Loss::ALL[4])).as_deref(), Some(state));
    }
}

#[test]
fn a_first_state_on_a_full_disk_is_poisoned_until_there_is_space() {
    let (fs, store, mut slots) = disk(&[]);
    fs.set_free(10);
    assert_eq!(slots.save(&store, &"a").unwrap_err().code(), Code::Poisoned);
    fs.set_free(1 << 20);
    slots.save(&store, &"a").unwrap();
    assert_eq!(found(&fs.after(Loss::ALL[4])).as_deref(), Some("a"));
}

#[test]
fn a_failed_sync_is_made_good_on_the_same_slot() {
    for operation in [0, 1] {
        let (fs, store, mut slots) = disk(&["a", "b"]);
        let n = fs.operations() + operation;
        fs.fail(n..n + 1, ErrorKind::Other);
        let other = fs.read(&file(1 - slots.turn), SLOT as u64).unwrap();
        let turn = slots.turn;
        slots.save(&store, &"c").unwrap();
        assert_eq!(slots.turn, 1 - turn);
        assert_eq!(fs.read(&file(1 - turn), SLOT as u64).unwrap(), other, "the other slot is not touched");
        assert_eq!(found(&fs.after(Loss::ALL[4])).as_deref(), Some("c"));
    }
}

#[test]
fn i2_a_poisoned_store_writes_the_doubtful_slot_again_before_the_other() {
    let (fs, store, mut slots) = disk(&["a", "b"]);
    let turn = slots.turn;
    let first_flush = fs.operations() + 1;
    fs.fail(first_flush..first_flush + 2, ErrorKind::Other);
    assert_eq!(slots.save(&store, &"c").unwrap_err().code(), Code::Poisoned);
    assert_eq!(text(slots.load(&store)).as_deref(), Some("c"), "it is visible, though not durable");
    assert_eq!(slots.turn, turn);
    assert_eq!(found(&fs.after(Loss::ALL[4])).as_deref(), Some("b"));
    slots.save(&store, &"d").unwrap();
    assert_eq!(found(&fs.after(Loss::ALL[4])).as_deref(), Some("d"));
}

#[test]
fn what_another_process_wrote_is_read_again() {
    let (fs, store, mut mine) = disk(&["a"]);
    let (mut theirs, _) = loaded(&store);
    theirs.save(&store, &"b").unwrap();
    assert_eq!(text(mine.load(&store)).as_deref(), Some("b"));
    mine.save(&store, &"c").unwrap();
    assert_eq!(found(&fs).as_deref(), Some("c"));
}

#[test]
fn i13_a_state_is_written_while_an_install_runs() {
    let (fs, store, mut slots) = disk(&["a"]);
    let install = store.lock_install().unwrap().unwrap();
    assert!(store.lock_install().unwrap().is_none(), "already running");
    let state = store.lock_state(0).unwrap().unwrap();
    slots.save(&store, &"confirmed").unwrap();
    drop((install, state));
    assert_eq!(found(&fs.after(Loss::ALL[4])).as_deref(), Some("confirmed"));
}

#[test]
fn save_both_leaves_no_older_state() {
    let (fs, store, mut slots) = disk(&["a", "b"]);
    slots.save_both(&store, &"c").unwrap();
    for n in [0, 1] {
        let left = fs.after(Loss::ALL[4]);
        left.write_at(&file(n), 0, &[0xff; 60]).unwrap();
        assert_eq!(found(&left).as_deref(), Some("c"));
    }
}

#[test]
fn i11_corrupt_and_newer_states_are_kept_aside_and_replaced() {
    let newer = Form { schema: FORM.schema + 1, ..FORM };
    let later = encode(&newer, 9, &"later").unwrap();
    for (written, lost) in [([&b"junk"[..], b"more"], Lost::Corrupt), ([&later[..], &[]], Lost::Newer)] {
        let (fs, store, _) = disk(&["a"]);
        for (n, bytes) in written.iter().enumerate() {
            fs.write_at(&file(n), 0, bytes).unwrap();
        }
        let (mut slots, found) = loaded(&store);
        assert!(matches!(found, Found::Lost(why) if why == lost), "{found:?}");
        Slots::keep_aside(&store).unwrap();
        Slots::keep_aside(&store).unwrap();
        let aside = fs.read(&Path::new(ROOT).join("aside/state.0"), SLOT as u64).unwrap();
        assert!(aside.starts_with(written[0]));

        fs.set_free(0);
        slots.save(&store, &"fresh").unwrap();
        for n in [0, 1] {
            let left = fs.after(Loss::ALL[4]);
            left.write_at(&file(n), 0, &[0xff; 60]).unwrap();
            assert_eq!(text(loaded(&store_on(&left)).1).as_deref(), Some("fresh"));
        }
    }
}

#[test]
fn unreadable_is_neither_absent_nor_corrupt() {
    let (fs, store, _) = disk(&["a"]);
    fs.refuse_reads(ErrorKind::PermissionDenied);
    let operations = fs.operations();
    let (_, found) = loaded(&store);
    assert!(matches!(found, Found::Unreadable(e) if e.code() == Code::StorageDenied));
    assert_eq!(fs.operations(), operations, "nothing was written");
}

#[test]
fn i10_a_state_over_its_slot_is_refused_and_nothing_is_written() {
    let (fs, store, mut slots) = disk(&["a"]);
    let operations = fs.operations();
    assert_eq!(slots.save(&store, &"x".repeat(SLOT)).unwrap_err().code(), Code::TooLarge);
    assert_eq!(fs.operations(), operations);
}

/// The newest state as the boot machine takes it.
fn state_on(fs: &CrashFs) -> State {
    match Slots::default().load(&store_on(fs)) {
        Found::Value(state) => state,
        other => panic!("{other:?}"),
    }
}

#[test]
fn i1_a_state_file_of_schema_1_opens_for_ever() {
    let (fs, store, _) = disk(&[]);
    fs.write_at(&file(0), 0, include_bytes!("../../../../tests/vectors/state/schema-1.state")).unwrap();
    let state = state_on(&fs);
    let name = |bundle: &BundleRef| state.record(bundle).map(|kept| kept.version.to_string());
    let slots = &state.slots;
    assert_eq!(name(&slots.current()).as_deref(), Some("1.0.0-c"));
    assert_eq!(name(slots.fallback()).as_deref(), Some("1.0.0-b"));
    assert_eq!(slots.next().and_then(name).as_deref(), Some("1.0.0-a"));
    assert_eq!(slots.trial().map(|trial| (trial.began, trial.lost)), Some((1_700_001_014, 0)));
    assert_eq!((state.build.code.as_str(), state.nonce_stored, state.builtin_root.is_some()), ("7", true, true));
    assert_eq!((state.delays.len(), state.bundles.len(), state.reports.entries().len()), (2, 4, 3));
    assert_eq!(state.ledger.entries().iter().map(|entry| entry.cause).collect::<Vec<_>>(), [Cause::Reported]);
    assert_eq!(state.bundles.iter().filter(|kept| kept.damaged).count(), 1);

    // Written again and read again, it is the same.
    let (mut slots, _) = loaded(&store);
    slots.save(&store, &state).unwrap();
    assert_eq!(state_on(&fs), state);
}
