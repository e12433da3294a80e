//! Where each file's content comes from, told beside its counterpart in the base (formats 9.3).
//!
//! In: a [`Record`] and a counterpart. Out: its bits, coded; the same code in both directions. May touch: nothing.

use crate::chance::{Chance, Table};
use crate::error::{Error, Result};
use crate::list::{BaseFile, Record};
use crate::model::Model;
use crate::number::which;
use crate::range::Coder;

const LIMIT: u32 = 60;

/// Sources, as they are told.
mod source {
    pub(super) const COUNTERPART: u32 = 0;
    pub(super) const NEW: u32 = 1;
    pub(super) const BASE: u32 = 2;
    pub(super) const TARGET: u32 = 3;
}

/// Codes the records of a list, one after the other.
pub(crate) struct Records<'a> {
    base: &'a [BaseFile],
    sources: Table,
    /// The source before.
    last: u32,
}

impl<'a> Records<'a> {
    pub(crate) fn new(base: &'a [BaseFile]) -> Self {
        Self { base, sources: Table::new(64, Chance::EVEN), last: source::COUNTERPART }
    }

    /// Code a record.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a size that cannot be; only when decoding. Whether a place is there, the list checks.
    pub(crate) fn code<C: Coder>(
        &mut self,
        model: &mut Model<C>,
        counterpart: Option<usize>,
        record: Record,
    ) -> Result<Record> {
        let told = match record {
            Record::Base(place) if Some(place) == counterpart => source::COUNTERPART,
            Record::New(_) => source::NEW,
            Record::Base(_) => source::BASE,
            Record::Target(_) => source::TARGET,
        };
        let context = (usize::from(counterpart.is_some()) * 4 + self.last as usize) * 4;
        self.last = model.bits.tree((&mut self.sources, context), 2, LIMIT, told);
        let mut number = |which, value| model.numbers.code(&mut model.bits, which, value);
        // A place beyond what this machine can count is not there either.
        let place = |number| usize::try_from(number).unwrap_or(usize::MAX);
        let (size, from) = match record {
            Record::New(size) => (size, 0),
            Record::Base(from) | Record::Target(from) => (0, from as u64),
        };
        Ok(match (self.last, counterpart) {
            (source::COUNTERPART, Some(place)) => Record::Base(place),
            (source::COUNTERPART, None) => return Err(Error::Malformed("a file is that of a counterpart it has not")),
            (source::BASE, _) => Record::Base(place(number(which::BASE_FILE, from))),
            (source::TARGET, _) => Record::Target(place(number(which::TARGET_FILE, from))),
            (_, None) => Record::New(number(which::SIZE, size)),
            (_, Some(like)) => {
                let was = self.base.get(like).map_or(0, |file| file.size) as i64;
                let size = was + model.numbers.signed(&mut model.bits, which::LONGER, size as i64 - was);
                Record::New(u64::try_from(size).map_err(|_| Error::Malformed("a file is shorter than nothing"))?)
            }
        })
    }
}
