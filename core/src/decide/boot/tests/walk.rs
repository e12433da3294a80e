//! A random walk over events, faults and restarts: whatever happens, something legal is shown (I1, I7, I10).
//!
//! In: the simulated device of `tests`. Out: a verdict. May touch: nothing.

use super::*;
use crate::model::delay::Delay;
use crate::model::event::{Asker, RenderExit, ResetTo};

/// xorshift64*: the same walk on every machine.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    pub(super) fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap()
    }

    fn of<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.index(items.len())].clone()
    }

    fn bundle(&mut self) -> char {
        self.of(&['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'])
    }

    fn roots(&mut self) -> Vec<RootDigest> {
        (0..self.below(3)).map(|_| root(self.bundle())).collect()
    }
}

/// A token that is the serve's, an earlier one, or nobody's.
fn token(device: &Device, random: &mut Random) -> Token {
    match (random.below(4), device.machine.session.showing()) {
        (0, _) | (_, None) => Token::from_random((random.below(device.drawn + 2)).to_be_bytes()),
        (_, Some(showing)) => showing.token.clone(),
    }
}

fn event(device: &Device, random: &mut Random) -> Event {
    let token = token(device, random);
    let name = random.bundle();
    let choice = random.of(&[Choice::Automatic, Choice::ByHand]);
    match random.below(21) {
        0 => Event::Attached,
        1 | 2 => Event::Foreground,
        3 | 4 => Event::PageBegan(token),
        5 => Event::RenderGone(token, random.of(&[RenderExit::Crashed, RenderExit::Killed])),
        6 => Event::Reload(random.of(&[Asker::Page, Asker::Host])),
        7 => Event::Tick,
        8 => Event::Background,
        9 => Event::Terminating,
        10 => queued(),
        11 => Event::Confirmed(Proof::Token(token)),
        12 => Event::Failed(token, "walk".to_owned()),
        13 => Event::Withdrawn { channel: random.of(&["production", "beta"]).to_owned(), roots: random.roots() },
        14 => Event::Staged(Staging::Builtin, choice),
        15 => Event::Activated(bundle(random.of(&['-', 'a', name]))),
        16 => Event::Reset(random.of(&[ResetTo::Builtin, ResetTo::Fallback])),
        17 => random.of(&[
            Event::Removed(id(name)),
            Event::Damaged(id(name)),
            Event::Condemned(id(name)),
            Event::Unblocked(root(name).0),
        ]),
        18 => Event::Kept(Box::new(kept(name)), choice),
        _ => Event::Staged(Staging::Bundle(Box::new(kept(name))), choice),
    }
}

/// The process ends somehow, something may change outside, and another one starts.
fn restart(device: &mut Device, random: &mut Random) {
    match random.below(6) {
        0 => device.power_cut(),
        1 => device.die(None),
        _ => {
            let exit = random.of(<Exit as strum::VariantArray>::VARIANTS);
            device.die(Some(exit));
        }
    }
    let date = Delay::Date((device.unix + random.below(200_000)) * 1_000);
    device.state.delays = random.of(&[vec![], vec![Delay::Kill, Delay::Background(1)], vec![Delay::Kill, date]]);
    device.machine = device.unlaunched();
    device.unix += random.below(100_000);
    device.facts.foreground = random.below(4) > 0;
    device.store = random.of(&[Store::Read, Store::Read, Store::Read, Store::Read, Store::Unlocked, Store::Unreadable]);
    device.last = random.of(&[LastProcess::Gone, LastProcess::Gone, LastProcess::Gone, LastProcess::Alive]);
    device.disk = random.of(&[Disk::Writable, Disk::Writable, Disk::Writable, Disk::Full]);
    device.gone = (0..random.below(10).saturating_sub(7)).map(|_| id(random.bundle())).collect();
    if random.below(40) == 0 {
        device.facts.build.code = random.below(3).to_string();
        device.measures.on_native_update = random.of(&[OnNativeUpdate::Reset, OnNativeUpdate::Keep]);
        device.measures.reload = random.of(&[ReloadAt::Start, ReloadAt::SamePath]);
    }
    let reaction = device.launch();
    let shown = reaction.serve.expect("I1: a launch names something").bundle;
    assert!(shown.is_builtin() || device.machine.state.usable(&shown), "I1: {shown} cannot be shown");
    assert!(shown.id().is_none_or(|id| !device.gone.contains(id)), "I1: {shown} has no files");
    if device.disk == Disk::Full && !device.machine.session.is_passive() {
        let old_trial = device.state.slots.trial().map(|trial| &trial.id);
        let trial = device.machine.state.slots.trial().map(|trial| &trial.id);
        assert!(trial.is_none() || trial == old_trial, "I5: a trial that was not written is shown");
    }
}

#[test]
fn i1_i7_i10_whatever_happens_something_legal_is_shown() {
    let every_other = |rest| (1..=20).filter(move |seed| seed % 2 == rest).for_each(walk);
    std::thread::scope(|scope| {
        scope.spawn(|| every_other(0));
        every_other(1);
    });
}

fn walk(seed: u64) {
    let mut random = Random(seed);
    let mut device = Device::fresh();
    device.launch();
    for _ in 0..10_000 {
        device.monotonic += random.below(6_000);
        if random.below(12) == 0 {
            restart(&mut device, &mut random);
        } else {
            let event = event(&device, &mut random);
            device.send(event);
        }
    }
    // Left alone, with healthy bundles, the device settles: one more launch shows what the state names.
    device.die(None);
    (device.store, device.last, device.disk) = (Store::Read, LastProcess::Gone, Disk::Writable);
    device.gone.clear();
    let shown = device.launch().serve.unwrap().bundle;
    assert_eq!(shown, device.state.slots.current());
}
