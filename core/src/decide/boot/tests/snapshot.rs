//! Every state × every event as one text that people read: `snapshots/machine.txt`. A change of the machine is a change there.
//! `ALOFT_UPDATE_SNAPSHOTS=1 cargo test -p aloft-core snapshot` writes it anew.

use super::*;
use crate::model::delay::Delay;
use crate::model::event::{Asker, FirstPage, RenderExit, ResetTo};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const HEAD: &str = "\
Every state × every event of the boot machine.

slots   current/fallback/next; `*`: current is on trial; `-`: builtin, or nothing for next. `=`: as before
write   what is written before anything is shown; `!`: undone if it cannot be
show    what the web view loads; `^`: its page clears service workers
wake    milliseconds until the host's timer calls
then    attempts, given back, lost, deaths, begins of the serve, delays where they changed; reports and ledger entries that came or went
At the end of a state: the events that change and write nothing, by their answer. A line is
event                         outcome                     slots        write   show  wake   then
";

type Named<T> = Vec<(String, T)>;

fn launched(mut device: Device) -> Device {
    device.launch();
    device.send(Event::Foreground);
    device
}

fn and(mut device: Device, events: &[Event]) -> Device {
    for event in events {
        device.send(event);
    }
    device
}

fn begun(mut device: Device) -> Device {
    device.page();
    device
}

fn died(mut device: Device, exit: Option<Exit>) -> Device {
    device.die(exit);
    device
}

/// `b` over `a`, in the foreground.
fn trial() -> Device {
    Device::on_trial("a", 'b')
}

fn failed(device: Device) -> Device {
    let token = device.token();
    and(device, &[Event::Failed(token, String::new())])
}

/// What a process finds that has not launched.
fn before_launch() -> Named<Device> {
    let closed = |events: &[Event]| died(and(trial(), &[events, &[Event::Background]].concat()), None);
    let crash = Some(Exit::Crash);
    let mut blocked = failed(trial());
    blocked.state.slots.stage(bundle('b'));
    let mut cut = trial();
    cut.power_cut();
    let mut updated = Device::staged("ab", 'c');
    updated.facts.build.code = "2".to_owned();
    let delayed = |delay| {
        let mut device = Device::staged("ab", 'c');
        device.state.delays = vec![Delay::Kill, delay];
        died(device, None)
    };
    let died_twice = died(launched(died(launched(Device::confirmed("ab")), crash)), crash);
    vec![
        ("no state at all", Device { store: Store::Absent, ..Device::fresh() }),
        ("unreadable state", Device { store: Store::Unreadable, ..Device::confirmed("a") }),
        ("no lock, b on trial", Device { store: Store::Unlocked, ..died(trial(), None) }),
        ("another process lives, b confirmed", Device { last: LastProcess::Alive, ..Device::confirmed("ab") }),
        ("builtin", died(launched(Device::fresh()), None)),
        ("b confirmed, c next", Device::staged("ab", 'c')),
        ("b confirmed, c next, killed and a day awaited", delayed(Delay::Date(1_086_400_000))),
        ("b confirmed, c next, killed and time in the background awaited", delayed(Delay::Background(60_000))),
        ("b confirmed, builtin next", Device::staged("ab", '-')),
        ("b confirmed, its files gone", Device { gone: vec![id('b')], ..Device::confirmed("ab") }),
        ("b confirmed, files of its fallback gone", Device { gone: vec![id('a')], ..Device::confirmed("ab") }),
        ("b confirmed, c next, files of c gone", Device { gone: vec![id('c')], ..Device::staged("ab", 'c') }),
        ("b failed and is next", died(blocked, None)),
        ("b confirmed, crashed three times", died(launched(died_twice), crash)),
        ("b on trial, closed by the system", closed(&[])),
        ("b on trial, crashed once", died(trial(), crash)),
        ("b on trial, crashed twice", died(launched(died(trial(), crash)), crash)),
        ("b on trial, power cut", cut),
        ("b on trial, c next", closed(&[staged('c')])),
        ("b on trial, its fallback next", closed(&[staged('a')])),
        ("b confirmed, c next, other native build", updated),
    ]
    .into_iter()
    .map(|(name, device)| (format!("no process: {name}"), device))
    .collect()
}

/// What a process is in that has launched.
fn after_launch() -> Named<Device> {
    let passive = |store| {
        let mut device = Device { store, ..trial() };
        device.launch();
        device
    };
    let mut slow = trial();
    slow.monotonic += 31_000;
    let mut unseen = Device::staged("a", 'b');
    unseen.facts.foreground = false;
    unseen.launch();
    let mut elsewhere = begun(trial());
    let other = Device { machine: elsewhere.unlaunched(), ..elsewhere.clone() };
    elsewhere.machine.state = and(other, &[staged('c'), Event::Activated(bundle('c'))]).state;
    let mut behind = begun(launched(Device::confirmed("ab")));
    let other = Device { machine: behind.unlaunched(), ..behind.clone() };
    behind.machine.state = and(other, &[withdrawn(vec![root('b')])]).state;
    vec![
        ("passive: unreadable", passive(Store::Unreadable)),
        ("passive: no lock", passive(Store::Unlocked)),
        ("builtin, foreground", launched(Device::fresh())),
        ("a confirmed, foreground", launched(Device::confirmed("a"))),
        ("b confirmed, c next, background", and(launched(Device::confirmed("ab")), &[staged('c'), Event::Background])),
        ("b on trial, foreground", trial()),
        ("b on trial, its page began", begun(trial())),
        ("b on trial, two begins too many", begun(begun(begun(trial())))),
        ("b on trial, its time used up", slow),
        ("b on trial, background", and(trial(), &[Event::Background])),
        ("b on trial, started in the background", unseen),
        ("b on trial over builtin", Device::on_trial("", 'b')),
        ("b on trial, c next, its page began", begun(and(trial(), &[staged('c')]))),
        ("b failed in the background, a not shown yet", failed(and(trial(), &[Event::Background]))),
        ("b failed in the foreground", failed(trial())),
        ("b was on trial here, another process put c on trial", elsewhere),
        ("b is shown here, another process found it withdrawn", behind),
    ]
    .into_iter()
    .map(|(name, device)| (name.to_owned(), device))
    .collect()
}

fn events(device: &Device) -> Named<Event> {
    let own = device.machine.session.showing().map_or(Token::from_random([8; 8]), |showing| showing.token.clone());
    let other = Token::from_random([9; 8]);
    let by_hand = Event::Staged(Staging::Bundle(Box::new(kept('b'))), Choice::ByHand);
    let launch = |change: &dyn Fn(&mut Launch)| {
        let mut launch =
            Launch { facts: device.facts.clone(), store: device.store, last: device.last, trials: Trials::Begin };
        change(&mut launch);
        Event::Launched(Box::new(launch))
    };
    [
        ("Launched", launch(&|_| {})),
        ("Launched in background", launch(&|launch| launch.facts.foreground = false)),
        ("Launched, trials withheld", launch(&|launch| launch.trials = Trials::Withhold)),
        ("Launched, trials avoided", launch(&|launch| launch.trials = Trials::Avoid)),
        ("Launched, state read", launch(&|launch| launch.store = Store::Read)),
        ("Attached", Event::Attached),
        ("Foreground", Event::Foreground),
        ("PageBegan(own)", Event::PageBegan(own.clone())),
        ("PageBegan(other)", Event::PageBegan(other.clone())),
        ("RenderGone(own, crashed)", Event::RenderGone(own.clone(), RenderExit::Crashed)),
        ("RenderGone(own, killed)", Event::RenderGone(own.clone(), RenderExit::Killed)),
        ("RenderGone(other, crashed)", Event::RenderGone(other.clone(), RenderExit::Crashed)),
        ("Reload(page)", Event::Reload(Asker::Page)),
        ("Reload(host)", Event::Reload(Asker::Host)),
        ("Tick", Event::Tick),
        ("Background", Event::Background),
        ("Terminating", Event::Terminating),
        ("Confirmed(own)", Event::Confirmed(Proof::Token(own.clone()))),
        ("Confirmed(other)", Event::Confirmed(Proof::Token(other.clone()))),
        ("Confirmed(queued)", queued()),
        ("Failed(own)", Event::Failed(own, String::new())),
        ("Failed(other)", Event::Failed(other, String::new())),
        ("Withdrawn()", withdrawn(vec![])),
        ("Withdrawn(a)", withdrawn(vec![root('a')])),
        ("Withdrawn(b)", withdrawn(vec![root('b')])),
        ("Withdrawn(a, b, c)", withdrawn(vec![root('a'), root('b'), root('c')])),
        ("Staged(builtin)", staged('-')),
        ("Staged(a)", staged('a')),
        ("Staged(b)", staged('b')),
        ("Staged(b, by hand)", by_hand),
        ("Staged(d)", staged('d')),
        ("Kept(a)", Event::Kept(Box::new(kept('a')), Choice::Automatic)),
        ("Kept(b, by hand)", Event::Kept(Box::new(kept('b')), Choice::ByHand)),
        ("Kept(d)", Event::Kept(Box::new(kept('d')), Choice::Automatic)),
        ("Activated(builtin)", Event::Activated(BundleRef::Builtin)),
        ("Activated(a)", Event::Activated(bundle('a'))),
        ("Activated(b)", Event::Activated(bundle('b'))),
        ("Activated(c)", Event::Activated(bundle('c'))),
        ("Reset(builtin)", Event::Reset(ResetTo::Builtin)),
        ("Reset(fallback)", Event::Reset(ResetTo::Fallback)),
        ("Removed(a)", Event::Removed(id('a'))),
        ("Removed(c)", Event::Removed(id('c'))),
        ("Damaged(a)", Event::Damaged(id('a'))),
        ("Damaged(b)", Event::Damaged(id('b'))),
        ("Damaged(c)", Event::Damaged(id('c'))),
        ("Condemned(b)", Event::Condemned(id('b'))),
        ("Condemned(c)", Event::Condemned(id('c'))),
        ("Unblocked(b)", Event::Unblocked(root('b').0)),
    ]
    .into_iter()
    .map(|(name, event)| (name.to_owned(), event))
    .collect()
}

fn slots(machine: &Machine) -> String {
    let state = &machine.state;
    let trial = if state.slots.trial().is_some() { "*" } else { "" };
    let next = state.slots.next().map_or("-".to_owned(), |next| match next {
        BundleRef::Builtin => "builtin".to_owned(),
        BundleRef::Kept(_) => letter(next).to_string(),
    });
    format!("{}{trial}/{}/{next}", letter(&state.slots.current()), letter(state.slots.fallback()))
}

fn counts(machine: &Machine) -> Vec<(&'static str, u32)> {
    let (trial, marks) = (machine.state.slots.trial(), &machine.marks);
    let counts = marks.trial.as_ref().filter(|marks| trial.is_some_and(|trial| trial.id == marks.id));
    vec![
        ("attempts", counts.map_or(0, |trial| trial.attempts)),
        ("given back", counts.map_or(0, |trial| trial.given_back)),
        ("lost", trial.map_or(0, |trial| trial.lost)),
        ("deaths", marks.deaths),
        ("begins", marks.serve.as_ref().map_or(0, |serve| serve.begins)),
    ]
}

/// What changed beside the slots.
fn then(before: &Machine, after: &Machine) -> String {
    let mut notes = Vec::new();
    for ((name, was), (_, is)) in counts(before).into_iter().zip(counts(after)) {
        if was != is {
            notes.push(format!("{name} {is}"));
        }
    }
    let last = before.state.reports.entries().last().map_or(0, |report| report.id);
    for report in after.state.reports.entries().iter().filter(|report| report.id > last) {
        notes.push(format!("report {} {}>{}", report.reason, letter(&report.from.bundle), letter(&report.to.bundle)));
    }
    let name = |root: RootDigest| ('a'..='d').find(|name| self::root(*name) == root).unwrap();
    let (old, new) = (before.state.ledger.entries(), after.state.ledger.entries());
    for entry in new.iter().filter(|entry| !old.contains(entry)) {
        notes.push(format!("ledger {} {}", name(entry.root), entry.cause));
    }
    for entry in old.iter().filter(|entry| !new.iter().any(|new| new.root == entry.root)) {
        notes.push(format!("ledger without {}", name(entry.root)));
    }
    let (old, new) = (before.state.delays.len(), after.state.delays.len());
    if old != new {
        notes.push(format!("delays {new}"));
    }
    notes.join(", ")
}

/// Outcome, and the rest of the line; empty if nothing but an answer came of it.
fn result(device: &Device, event: &Event) -> (String, String) {
    let mut device = device.clone();
    let before = device.machine.clone();
    let at = device.moment();
    let (after, reaction) = step(&before, event, &at);
    legal(&before, &after, &reaction);
    let slots = if slots(&before) == slots(&after) { "=".to_owned() } else { slots(&after) };
    let undone = reaction.commit == Commit::State && reaction.if_unwritten == IfUnwritten::Undo;
    let write = match reaction.commit {
        Commit::Nothing => "-",
        Commit::Marks => "marks",
        Commit::State if undone => "state!",
        Commit::State => "state",
    };
    let show = reaction.serve.map_or(String::new(), |showing| {
        format!("{}{}", letter(&showing.bundle), if showing.page == FirstPage::OfBundle { "^" } else { "" })
    });
    let wake = reaction.wake_after.map_or(String::new(), |wake| wake.to_string());
    let outcome = match reaction.outcome {
        Outcome::Staged(bundle) => format!("Staged({})", letter(&bundle)),
        Outcome::Kept(id) => format!("Kept({})", letter(&BundleRef::Kept(id))),
        outcome => format!("{outcome:?}"),
    };
    let rest = format!("{slots:<12} {write:<7} {show:<5} {wake:<6} {}", then(&before, &after)).trim_end().to_owned();
    (outcome, if after == before && show.is_empty() { String::new() } else { rest })
}

fn machine() -> String {
    let mut text = HEAD.to_owned();
    for (name, device) in before_launch().into_iter().chain(after_launch()) {
        writeln!(text, "\n== {name}: {}\n", slots(&device.machine)).unwrap();
        let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, event) in events(&device) {
            let (outcome, rest) = result(&device, &event);
            if rest.is_empty() {
                answers.entry(outcome).or_default().push(name);
            } else {
                writeln!(text, "  {name:<27} {outcome:<27} {rest}").unwrap();
            }
        }
        for (outcome, names) in answers {
            writeln!(text, "  - {outcome}: {}", names.join(", ")).unwrap();
        }
    }
    text
}

#[test]
#[allow(clippy::disallowed_methods)] // a test that writes its own expectation
fn the_snapshot_of_every_state_and_event_is_as_checked_in() {
    let path = format!("{}/src/decide/boot/snapshots/machine.txt", std::env::var("CARGO_MANIFEST_DIR").unwrap());
    let text = machine();
    if std::env::var_os("ALOFT_UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, text).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let changed: Vec<_> = text.lines().zip(kept.lines()).filter(|(new, old)| new != old).take(20).collect();
    assert!(text == kept, "the machine changed; if that is meant: ALOFT_UPDATE_SNAPSHOTS=1\n{changed:#?}");
}
