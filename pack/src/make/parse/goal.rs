//! A file that is to be made, and the steps that make it.
//!
//! In: a file of the target, the base. Out: what names a copy meets. May touch: nothing.

use super::dense::{Blocks, Content};
use super::masked::{Kind, Masked, common};
use crate::token::Name;

/// The path text, which is made when of the base too nothing else is there.
const LIST: usize = 0;

/// A file of the target.
#[derive(Debug)]
pub(super) struct Goal<'a> {
    /// Its place among the files.
    pub(super) file: usize,
    pub(super) bytes: &'a [u8],
    pub(super) masked: Masked<'a>,
    pub(super) blocks: Blocks,
    /// The unit of the base where copies begin, unless something else is said.
    pub(super) counterpart: usize,
}

/// Makes some units of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) from: From,
    pub(super) units: usize,
}

impl Step {
    /// Append it; with the last one it becomes one step if it goes on where that ended, in the same file.
    pub(super) fn append_to(self, steps: &mut Vec<Self>, base: &Masked<'_>) {
        let begins = matches!(self.from, From::Base(from) if base.begins_file(from));
        match steps.last_mut() {
            Some(last) if !begins && last.from.later(last.units) == self.from => last.units += self.units,
            _ => steps.push(self),
        }
    }
}

/// Where units come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    Nowhere,
    /// A unit of the base.
    Base(usize),
    /// So many bytes back.
    Target(usize),
}

impl From {
    /// The same, some units on.
    pub(super) fn later(self, units: usize) -> Self {
        match self {
            Self::Base(from) => Self::Base(from + units),
            Self::Nowhere | Self::Target(_) => self,
        }
    }
}

impl Goal<'_> {
    pub(super) fn units(&self) -> &[u8] {
        self.masked.units()
    }

    pub(super) fn kind(&self) -> Kind {
        self.masked.kind(0)
    }

    /// What is around an offset.
    #[inline]
    pub(super) fn content(&self, at: usize) -> Content {
        self.blocks.content(at)
    }

    /// The byte before an offset.
    #[inline]
    pub(super) fn byte_before(&self, at: usize) -> u8 {
        if at > 0 { self.bytes[at - 1] } else { 0 }
    }

    /// How many units from `unit` on could be copied from a unit of the base, and whether that reaches the end of a file there.
    #[inline]
    pub(super) fn matches(&self, base: &Masked<'_>, from: usize, unit: usize) -> (usize, bool) {
        let file = base.file_of(from);
        let list = self.file == LIST && file != LIST;
        if list || base.kind(file) != self.kind() {
            return (0, false);
        }
        let end = base.end_of(file);
        let units = common(&base.units()[from..end], &self.units()[unit..]);
        (units, from + units == end)
    }

    /// The names that are copied with `units` units: which unit, its name in the base and here.
    pub(super) fn names(
        &self,
        base: &Masked<'_>,
        from: usize,
        unit: usize,
        units: usize,
    ) -> impl Iterator<Item = (usize, Name, Name)> {
        // Where the next unit begins, there and here; it is known where the first ones do.
        let (mut old, mut new) = (0, 0);
        let (first, ours) = if units == 0 { (0, 0) } else { (base.address(from), self.masked.address(unit)) };
        let (olds, news) = (base.rest(first), self.masked.rest(ours));
        let units = if self.kind() == Kind::Text { units } else { 0 };
        (0..units).filter_map(move |at| {
            let (old_from, new_from) = (old, new);
            if !self.masked.is_name(unit + at) {
                (old, new) = (old + 1, new + 1);
                return None;
            }
            (old, new) = (base.next(first + old) - first, self.masked.next(ours + new) - ours);
            Some((at, Name::new(&olds[old_from..old]), Name::new(&news[new_from..new])))
        })
    }
}
