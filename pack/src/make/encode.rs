//! Operations become bytes: the mirror of `delta` (formats 9.4).
//!
//! In: the base and the target in memory, operations that make the one out of the other. Out: the stream behind the header, and what
//! each file took. May touch: nothing.

use super::Spent;
use super::parse::Piece;
use crate::counterpart::counterparts;
use crate::delta::context;
use crate::error::{Error, Result};
use crate::list::{BaseFile, Record};
use crate::model::{Copied, Cursor, Kind, Model, Repeated};
use crate::operation::{Names, Operation};
use crate::range::{Coder as _, Encoder};
use crate::record::Records;
use crate::space::Space;
use crate::token::{Name, next_name};

/// What does not fit is a mistake of the maker, and must not leave it.
const AMISS: Error = Error::Malformed("an operation does not make what the target has");

/// Encodes one pack.
pub(super) struct Encode<'a> {
    model: Model<Encoder>,
    cursor: Cursor,
    /// The base's path text, then its files.
    base: &'a [&'a [u8]],
    space: Space,
}

impl<'a> Encode<'a> {
    pub(super) fn new(base: &'a [&'a [u8]]) -> Self {
        Self { model: Model::new(Encoder::new()), cursor: Cursor::default(), base, space: Space::default() }
    }

    /// The list, which comes first; its path text is the first piece.
    pub(super) fn list(
        &mut self,
        base: &[BaseFile],
        text: &Piece<'_>,
        operations: &[Operation],
        records: &[(&str, Record)],
    ) -> Result<()> {
        let lengths = || self.base.iter().map(|file| file.len() as u64);
        let whole = Space::new(lengths());
        // While paths are told, paths are all there is.
        self.space = Space::new(lengths().take(1));
        self.file(text, operations)?;
        self.space = whole;
        let base_paths: Vec<_> = base.iter().map(|file| file.path.as_str()).collect();
        let paths: Vec<_> = records.iter().map(|(path, _)| *path).collect();
        let mut coder = Records::new(base);
        for (counterpart, (_, record)) in counterparts(&base_paths, &paths).into_iter().zip(records) {
            coder.code(&mut self.model, counterpart, *record)?;
        }
        Ok(())
    }

    /// One file. The place in [`Spent`] is not set.
    pub(super) fn file(&mut self, piece: &Piece<'_>, operations: &[Operation]) -> Result<Spent> {
        let before = self.made();
        self.cursor.begin_file(piece.counterpart.map(|file| self.space.file(file).start));
        self.model.renames.begin_file();
        let (mut spent, mut at) = (Spent::default(), 0);
        for operation in operations {
            at += self.operation(piece.bytes, at, *operation, &mut spent)?;
        }
        spent.cost = (self.made() - before) as u64;
        if at == piece.bytes.len() { Ok(spent) } else { Err(AMISS) }
    }

    /// Bytes so far.
    pub(super) fn made(&self) -> usize {
        self.model.bits.coder.len()
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.model.bits.coder.finish()
    }

    /// How many bytes of `target` the operation makes, from `at` on.
    fn operation(&mut self, target: &[u8], at: usize, operation: Operation, spent: &mut Spent) -> Result<usize> {
        let Self { model, cursor, space, .. } = self;
        let makes = operation.makes();
        let bytes = target.get(at..at + makes as usize).ok_or(AMISS)?;
        match operation {
            Operation::Literal { .. } => {
                for byte in bytes {
                    self.literal(*byte);
                }
                spent.literal += makes;
                return Ok(bytes.len());
            }
            Operation::Stored { length } => {
                model.kind(cursor, Kind::Stored);
                model.stored(cursor, length);
                for byte in bytes {
                    model.bits.coder.byte(*byte);
                }
                spent.stored += makes;
            }
            Operation::Repeat { distance, length } => {
                model.kind(cursor, Kind::Repeat);
                model.repeated(cursor, Repeated { distance, length });
                spent.repeated += makes;
            }
            Operation::Base { from, length, names, .. } => {
                model.kind(cursor, Kind::Base);
                model.copied(cursor, space, Copied { from, length, names })?;
                let file = space.at(from).ok_or(AMISS)?;
                let start = (from - space.file(file).start) as usize;
                let base = Stretch {
                    file: self.base.get(file).copied().ok_or(AMISS)?,
                    from: start,
                    to: start + length as usize,
                };
                match names {
                    Names::Renamed => {
                        spent.renamed += rename(model, base, target, at, makes)?;
                    }
                    Names::Kept if base.bytes() == Some(bytes) => {}
                    Names::Kept => return Err(AMISS),
                }
                spent.copied += makes;
            }
        }
        let tail = bytes.get(bytes.len().saturating_sub(8)..).unwrap_or_default();
        self.cursor.recent = tail.iter().fold(self.cursor.recent, |recent, byte| recent << 8 | u64::from(*byte));
        Ok(bytes.len())
    }

    fn literal(&mut self, byte: u8) {
        self.model.kind(&self.cursor, Kind::Literal);
        let beside = self.beside(self.cursor.beside());
        self.model.literal(&self.cursor, beside, byte);
        self.cursor.made_literal(byte);
    }

    /// The byte of the base at an address and the one before it in its file; 0 for what is not there.
    fn beside(&self, address: u64) -> [u8; 2] {
        let Some(file) = self.space.at(address) else { return [0; 2] };
        let at = (address - self.space.file(file).start) as usize;
        let byte = |at: Option<usize>| self.base.get(file).and_then(|file| file.get(at?)).copied().unwrap_or_default();
        [byte(Some(at)), byte(at.checked_sub(1))]
    }
}

/// A part of a file of the base.
#[derive(Clone, Copy)]
struct Stretch<'a> {
    file: &'a [u8],
    from: usize,
    to: usize,
}

impl Stretch<'_> {
    fn bytes(&self) -> Option<&[u8]> {
        self.file.get(self.from..self.to)
    }
}

/// Code what each name of the stretch becomes at `at` of the target; how many become another.
fn rename(model: &mut Model<Encoder>, base: Stretch<'_>, target: &[u8], mut at: usize, makes: u64) -> Result<u64> {
    let (end, mut seen, mut changed) = (at + makes as usize, base.from, 0);
    let next = |seen| next_name(base.file, seen, base.to).filter(|(place, length)| place + length <= base.to);
    while let Some((place, length)) = next(seen) {
        at += place - seen;
        let old = Name::new(base.file.get(place..place + length).unwrap_or_default());
        let (_, long) = next_name(target, at, at + 1).ok_or(AMISS)?;
        let new = Name::new(target.get(at..at + long).unwrap_or_default());
        if old.is_hash() != new.is_hash() {
            return Err(AMISS);
        }
        model.renames.code((&mut model.bits, &mut model.shared), old, context(base.file, place), new);
        changed += u64::from(old != new);
        (seen, at) = (place + length, at + long);
    }
    if at + (base.to - seen) == end { Ok(changed) } else { Err(AMISS) }
}
