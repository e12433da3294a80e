//! How an operation is told: which kind, where from, how long (formats 9.4).
//!
//! In: an operation and where the last one ended. Out: its bits, coded; the same code in both directions. May touch: nothing.
//! Keeps: I10 (a copy lies within one file of the base).

use crate::byte::Shared;
use crate::chance::{Bits, Chance, Table};
use crate::error::{Error, Result};
use crate::literal::{Literals, Place};
use crate::number::{Numbers, which};
use crate::operation::Names;
use crate::range::Coder;
use crate::rename::Renames;
use crate::space::Space;

/// How slowly the chances of kinds and places learn in the end.
const KIND_LIMIT: u32 = 200;
const PLACE_LIMIT: u32 = 120;
/// A jump less far than this is near.
pub(crate) const NEAR: u64 = 4096;

/// Kinds of operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Literal,
    Stored,
    Base,
    Repeat,
}

/// What the operation before was, as far as it says something of the next one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Before {
    #[default]
    Nothing,
    /// A copy from the base, by how it was found where it began.
    Continued,
    Inserted,
    Jumped,
    /// A repeat, or stored bytes. Literals do not count; what was before them does.
    Other,
}

/// Where a copy begins, seen from where the last one ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    /// As far behind it as bytes were made since: those replaced what stood there.
    Continue,
    /// There: what was made since was put in.
    Insert,
    Near,
    Far,
}

/// A copy from the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Copied {
    pub(crate) from: u64,
    pub(crate) length: u64,
    pub(crate) names: Names,
}

/// A copy from what the target has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Repeated {
    pub(crate) distance: u64,
    pub(crate) length: u64,
}

/// Where both sides stand.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cursor {
    /// Where the last copy from the base ended.
    at: u64,
    /// Bytes made since.
    since: u64,
    before: Before,
    /// Of the last copy out of the target.
    distance: u64,
    /// The last 8 bytes made, the latest lowest.
    pub(crate) recent: u64,
}

impl Cursor {
    /// A file of the target begins; `counterpart` is where its like begins in the base.
    pub(crate) fn begin_file(&mut self, counterpart: Option<u64>) {
        if let Some(at) = counterpart {
            (self.at, self.since, self.before) = (at, 0, Before::Nothing);
        }
    }

    /// The address in the base that stands beside the next byte of the target.
    pub(crate) fn beside(&self) -> u64 {
        self.at.saturating_add(self.since)
    }

    /// A byte was told.
    pub(crate) fn made_literal(&mut self, byte: u8) {
        self.since += 1;
        self.recent = self.recent << 8 | u64::from(byte);
    }

    fn context(&self) -> usize {
        self.before as usize * 8 + self.since.min(7) as usize
    }
}

/// All that is learnt while a pack is made or applied.
#[derive(Debug)]
pub(crate) struct Model<C> {
    pub(crate) bits: Bits<C>,
    pub(crate) numbers: Numbers,
    pub(crate) renames: Renames,
    pub(crate) shared: Shared,
    literals: Literals,
    kinds: Table,
    places: Table,
}

impl<C: Coder> Model<C> {
    pub(crate) fn new(coder: C) -> Self {
        Self {
            bits: Bits::new(coder),
            numbers: Numbers::new(),
            renames: Renames::new(),
            shared: Shared::new(),
            literals: Literals::new(),
            kinds: Table::new(4 * 64, Chance::of(1 << 14)),
            places: Table::new(256, Chance::EVEN),
        }
    }

    /// Code which kind of operation follows.
    #[inline]
    pub(crate) fn kind(&mut self, cursor: &Cursor, kind: Kind) -> Kind {
        let context = cursor.context();
        let mut is = |question: usize, bit: bool| {
            self.bits.bit(&mut self.kinds, question * 64 + context, KIND_LIMIT, u32::from(bit)) == 1
        };
        if !is(0, kind != Kind::Literal) {
            Kind::Literal
        } else if !is(1, kind != Kind::Base) {
            Kind::Base
        } else if !is(2, kind != Kind::Repeat) {
            Kind::Repeat
        } else {
            Kind::Stored
        }
    }

    /// Code one literal; `base`: the byte beside it in the base, and the one before that.
    #[inline]
    pub(crate) fn literal(&mut self, cursor: &Cursor, base: [u8; 2], byte: u8) -> u8 {
        let place = Place { recent: cursor.recent, base, since: cursor.since };
        self.literals.code((&mut self.bits, &mut self.shared), place, byte)
    }

    /// Code a copy from the base, and move the cursor behind it.
    ///
    /// # Errors
    /// [`Error::Malformed`] for one that is not within a file of the base; only when decoding.
    pub(crate) fn copied(&mut self, cursor: &mut Cursor, space: &Space, copied: Copied) -> Result<Copied> {
        let beside = cursor.beside();
        let away = copied.from.wrapping_sub(beside) as i64;
        let from = if away == 0 {
            From::Continue
        } else if copied.from == cursor.at {
            From::Insert
        } else if away.unsigned_abs() < NEAR {
            From::Near
        } else {
            From::Far
        };
        let context = cursor.since.min(3) as usize * 4 + (cursor.before as usize).min(3);
        let kept = u32::from(copied.names == Names::Kept);
        let told = self.bits.tree((&mut self.places, context * 8), 3, PLACE_LIMIT, kept << 2 | from as u32);
        let names = if told >> 2 == 0 { Names::Renamed } else { Names::Kept };
        let mut jump = |number| beside.wrapping_add(self.numbers.signed(&mut self.bits, number, away) as u64);
        let (before, from) = match told & 3 {
            0 => (Before::Continued, beside),
            1 => (Before::Inserted, cursor.at),
            2 => (Before::Jumped, jump(which::NEAR)),
            _ => (Before::Jumped, jump(which::FAR)),
        };
        let outside = Error::Malformed("a copy begins outside of the base");
        let left = space.at(from).map(|file| space.file(file).end - from).ok_or(outside)?;
        let to_end = u32::from(copied.length == left);
        let length = if self.bits.bit(&mut self.places, 128 + told as usize, PLACE_LIMIT, to_end) == 1 {
            left
        } else {
            let length = copied.length.wrapping_sub(1);
            self.numbers.code(&mut self.bits, which::COPIED + told as usize, length) + 1
        };
        if length > left {
            return Err(Error::Malformed("a copy reaches over the end of a file of the base"));
        }
        (cursor.at, cursor.since, cursor.before) = (from + length, 0, before);
        Ok(Copied { from, length, names })
    }

    /// Code a copy out of the target, and move the cursor behind it. It may reach back too far.
    pub(crate) fn repeated(&mut self, cursor: &mut Cursor, repeated: Repeated) -> Repeated {
        let again = u32::from(repeated.distance == cursor.distance);
        let context = 192 + cursor.since.min(7) as usize + usize::from(cursor.before == Before::Other) * 8;
        let distance = if self.bits.bit(&mut self.kinds, context, KIND_LIMIT, again) == 1 {
            cursor.distance
        } else {
            self.numbers.code(&mut self.bits, which::DISTANCE, repeated.distance.wrapping_sub(1)) + 1
        };
        let length = self.numbers.code(&mut self.bits, which::REPEATED, repeated.length.wrapping_sub(1)) + 1;
        (cursor.since, cursor.before, cursor.distance) = (cursor.since + length, Before::Other, distance);
        Repeated { distance, length }
    }

    /// Code how many bytes follow as they are, and move the cursor behind them.
    pub(crate) fn stored(&mut self, cursor: &mut Cursor, length: u64) -> u64 {
        let length = self.numbers.code(&mut self.bits, which::STORED, length.wrapping_sub(1)) + 1;
        (cursor.since, cursor.before) = (cursor.since + length, Before::Other);
        length
    }
}
