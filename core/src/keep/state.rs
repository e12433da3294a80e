//! The state's two slots: written in turn, always with a sync; the highest valid generation wins (formats 13.3).
//!
//! In: a state. Out: the newest one that was written whole. May touch: `state.0`, `state.1`. Everything here is called
//! under the state lock, and is safe on a main thread: a few calls on small files.
//! Keeps: I2 (a torn write loses at most the last transition), I13; a confirm works on a full disk.

use super::frame::{Form, Found, Frame, Lost, encode, inspect, parse};
use super::{Store, names};
use crate::model::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io;
use std::path::PathBuf;

/// A slot's size in bytes, reserved at once.
pub const SLOT: usize = 64 << 10;

/// The frame of a slot.
pub const FORM: Form = Form { magic: b"ALOFTsta", schema: 1, reads: 1, cap: SLOT, what: "state" };

/// Where the next state goes. It holds no state itself.
#[derive(Debug, Default)]
pub struct Slots {
    /// The slot to write next.
    turn: usize,
    /// The newest generation seen or written.
    generation: u64,
    /// The newest generation known to be durable: another process may have died between its write and its sync.
    durable: u64,
    /// Lengths of the two files as last read.
    lengths: [usize; 2],
    /// Do both slots hold states? A corrupt slot beside a blank one then means that the very first write was cut.
    both: bool,
    /// Slot and generation of a write that failed, and may have reached the disk all the same.
    doubtful: Option<(usize, u64)>,
    /// A slot that cannot be read beside a valid one: its file is made anew by the next save.
    broken: Option<usize>,
}

impl Slots {
    /// Read the newest state; call it again whenever the lock was released, for another process may have written.
    /// Writes nothing. After `Lost`, [`Slots::keep_aside`]; the next save then replaces both slots.
    pub fn load<T: DeserializeOwned>(&mut self, store: &Store) -> Found<T> {
        let paths = paths(store);
        let mut slots = [const { Vec::new() }; 2];
        let mut broken = None;
        for (slot, (bytes, path)) in slots.iter_mut().zip(&paths).enumerate() {
            // Read twice: what cannot be read while the other slot can is this file's own fault, and no passing want of the system.
            match store.read(path, SLOT).or_else(|_| store.read(path, SLOT)) {
                Ok(read) => *bytes = read.unwrap_or_default(),
                Err(error) if broken.is_none() => broken = Some((slot, store.failed("read", path)(error))),
                Err(error) => return Found::Unreadable(store.failed("read", path)(error)),
            }
        }
        let frames = slots.each_ref().map(|bytes| inspect(&FORM, bytes));
        if let Some((slot, error)) = broken {
            return self.beside_broken(slot, error, frames.get(1 - slot), slots.each_ref().map(Vec::len));
        }
        self.broken = None;
        let blank = frames.contains(&Frame::Blank);
        self.lengths = slots.each_ref().map(Vec::len);
        let Some((slot, generation)) = newest(&frames) else {
            *self = Self { lengths: self.lengths, ..Self::default() };
            return if blank { Found::Absent } else { Found::Lost(Lost::Corrupt) };
        };
        let found = match frames.get(slot) {
            Some(Frame::Valid(_, json)) => parse(json),
            _ => Found::Lost(Lost::Newer),
        };
        self.generation = generation;
        self.both = !blank && matches!(found, Found::Value(_));
        // A slot whose last write failed is written again before the other is touched.
        self.turn = if self.doubtful == Some((slot, generation)) { slot } else { 1 - slot };
        found
    }

    /// One slot cannot be read. A valid state in the other one is served, and the broken file is made anew; at most the last
    /// transition is lost, as by a torn write. Not where this process has seen a later state, which memory still has.
    fn beside_broken<T: DeserializeOwned>(
        &mut self,
        broken: usize,
        error: Error,
        other: Option<&Frame<'_>>,
        lengths: [usize; 2],
    ) -> Found<T> {
        let Some(Frame::Valid(generation, json)) = other.filter(|_| self.doubtful.is_none()) else {
            return Found::Unreadable(error);
        };
        match parse(json) {
            Found::Value(state) if self.generation <= *generation || self.broken == Some(broken) => {
                // Above whatever the broken slot holds, should it be read again one day.
                *self = Self {
                    turn: broken,
                    generation: *generation + 1,
                    lengths,
                    broken: Some(broken),
                    ..Self::default()
                };
                Found::Value(state)
            }
            _ => Found::Unreadable(error),
        }
    }

    /// Write a state to the slot whose turn it is, durably. A first write fills both slots.
    ///
    /// # Errors
    /// `poisoned` when writing failed twice: the state before it holds, and the next save tries the same slot again.
    /// `too_large` beyond 64 KiB: nothing was written.
    pub fn save(&mut self, store: &Store, state: &impl Serialize) -> Result<()> {
        self.prepare(store)?;
        if self.generation == 0 {
            store.flush_name(store.root()).map_err(|_| Error::Poisoned)?; // whoever made the folder may have died before that
        }
        self.write(store, state)?;
        if !self.both {
            self.both = self.write(store, state).is_ok(); // the state is durable already; the next save tries again
        }
        Ok(())
    }

    /// Write a state to both slots, durably: after this, nothing that only an older state names is needed (sweep).
    ///
    /// # Errors
    /// As [`Slots::save`]; then nothing may be deleted.
    pub fn save_both(&mut self, store: &Store, state: &impl Serialize) -> Result<()> {
        self.prepare(store)?;
        self.both = false;
        self.write(store, state)?;
        self.write(store, state)?;
        self.both = true;
        Ok(())
    }

    /// Keep copies of both slots, in place of the ones kept before.
    ///
    /// # Errors
    /// Whatever a copy failed with; nothing depends on it but a later diagnosis.
    pub fn keep_aside(store: &Store) -> Result<()> {
        store.keep_aside(&names::STATE)
    }

    /// Make the slot durable that is not written next, and reserve what is missing of both.
    fn prepare(&mut self, store: &Store) -> Result<()> {
        let folder = [store.root().to_path_buf()];
        if let Some(broken) = self.broken.take() {
            let removed = store.fs().remove_file(&slot(store, broken)).inspect_err(|_| self.broken = Some(broken));
            removed.map_err(|_| Error::Poisoned)?;
        }
        if self.durable != self.generation {
            let kept = [slot(store, 1 - self.turn)];
            store.fs().flush_batch(&kept, &folder).map_err(|_| Error::Poisoned)?;
            self.durable = self.generation;
        }
        if self.lengths != [SLOT; 2] && self.reserve(store).is_ok() {
            self.lengths = [SLOT; 2]; // else a save may fit all the same, and the next one tries again
        }
        Ok(())
    }

    /// Write zeros up to the slots' whole length, so that a save never needs space.
    fn reserve(&self, store: &Store) -> io::Result<()> {
        let paths = paths(store);
        for (path, length) in paths.iter().zip(self.lengths).filter(|(_, length)| *length < SLOT) {
            store.fs().write_at(path, length as u64, &vec![0; SLOT - length])?;
        }
        store.fs().flush_batch(&paths, &[])
    }

    /// One write, tried twice on the same slot: after a failed sync only bytes that are written again are synced again.
    fn write(&mut self, store: &Store, state: &impl Serialize) -> Result<()> {
        let generation = self.generation + 1;
        let bytes = encode(&FORM, generation, state)?;
        let path = slot(store, self.turn);
        let folder = if self.both { Vec::new() } else { vec![store.root().to_path_buf()] };
        let once = || {
            store.fs().write_at(&path, 0, &bytes)?;
            store.fs().flush_batch(std::slice::from_ref(&path), &folder)
        };
        if once().or_else(|_| once()).is_err() {
            self.doubtful = Some((self.turn, generation));
            return Err(Error::Poisoned);
        }
        self.turn = 1 - self.turn;
        (self.generation, self.durable, self.doubtful) = (generation, generation, None);
        Ok(())
    }
}

fn slot(store: &Store, slot: usize) -> PathBuf {
    let [first, second] = paths(store);
    if slot == 0 { first } else { second }
}

fn paths(store: &Store) -> [PathBuf; 2] {
    names::STATE.map(|name| store.path(name))
}

/// The slot of the highest generation; of equal ones, slot 0.
fn newest(frames: &[Frame<'_>; 2]) -> Option<(usize, u64)> {
    let generations = frames.iter().enumerate().filter_map(|(slot, frame)| match frame {
        Frame::Valid(generation, _) | Frame::Newer(generation) => Some((slot, *generation)),
        Frame::Blank | Frame::Corrupt => None,
    });
    generations.rev().max_by_key(|(_, generation)| *generation)
}

#[cfg(test)]
mod tests;
