//! Files with their names taken out, so that text which differs only in names is equal.
//!
//! In: files. Out: units: every name is one unit, whatever it is, and so is every byte outside of names. May touch: nothing.
//! Keeps: equal units of files of the same kind can be copied, the names through the map.
//!
//! ```text
//!  bytes   f u n c t i o n   x _ e ( q , j ) { …       addresses
//!  units   f u n c t i o n   ▒     ( ▒ , ▒ ) { …       unit numbers
//! ```

use super::marks::Marks;
use crate::token::{HASH, next_name};

/// What stands for a name: bytes that UTF-8 never has, so that they are no others' in a file of [`Kind::Text`].
const SHORT_NAME: u8 = 0xff;
const HASH_NAME: u8 = 0xfe;

/// Names are looked for in text alone; elsewhere they would be found by chance, at a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// UTF-8.
    Text,
    /// Anything else. Its units are its bytes.
    Binary,
}

/// Files one after the other, as units. An address is a place in the bytes of all of them.
#[derive(Debug)]
pub(super) struct Masked<'a> {
    files: Vec<&'a [u8]>,
    kinds: Vec<Kind>,
    /// Where each file begins, and where the last ends: addresses.
    addresses: Vec<usize>,
    /// The same in units.
    firsts: Vec<usize>,
    units: Vec<u8>,
    /// The addresses at which units begin.
    starts: Marks,
}

impl<'a> Masked<'a> {
    pub(super) fn new(files: &[&'a [u8]]) -> Self {
        let (mut addresses, mut firsts, mut kinds, mut units) = (vec![0], vec![0], Vec::new(), Vec::new());
        let starts = Marks::new(files.iter().map(|file| file.len()).sum(), |mark| {
            let mut start = 0;
            for file in files {
                let kind = kind(file);
                write(file, kind, &mut units, &mut |at| mark(start + at));
                start += file.len();
                addresses.push(start);
                firsts.push(units.len());
                kinds.push(kind);
            }
        });
        Self { files: files.to_vec(), kinds, addresses, firsts, units, starts }
    }

    pub(super) fn units(&self) -> &[u8] {
        &self.units
    }

    /// Where a unit begins; for the number of units, where the last ends.
    #[inline]
    pub(super) fn address(&self, unit: usize) -> usize {
        if unit < self.units.len() { self.starts.place(unit) } else { self.len() }
    }

    /// Where the unit behind the one at an address begins.
    #[inline]
    pub(super) fn next(&self, address: usize) -> usize {
        self.starts.next(address).unwrap_or(self.len())
    }

    /// The unit that begins at an address.
    #[inline]
    pub(super) fn unit_at(&self, address: usize) -> Option<usize> {
        self.starts.contains(address).then(|| self.starts.before(address))
    }

    /// How many units from `unit` on end at an address or before it.
    #[inline]
    pub(super) fn whole_units(&self, unit: usize, end: usize) -> usize {
        let cut = end < self.len() && !self.starts.contains(end);
        (self.starts.before(end) - usize::from(cut)).saturating_sub(unit)
    }

    /// The bytes of a unit.
    pub(super) fn unit(&self, unit: usize) -> &'a [u8] {
        self.bytes(self.address(unit), self.address(unit + 1))
    }

    pub(super) fn is_name(&self, unit: usize) -> bool {
        self.units[unit] >= HASH_NAME
    }

    /// The file that a unit is in.
    #[inline]
    pub(super) fn file_of(&self, unit: usize) -> usize {
        self.firsts.partition_point(|first| *first <= unit) - 1
    }

    pub(super) fn kind(&self, file: usize) -> Kind {
        self.kinds[file]
    }

    /// The unit behind a file's last.
    #[inline]
    pub(super) fn end_of(&self, file: usize) -> usize {
        self.firsts[file + 1]
    }

    /// Is a unit the first of a file?
    pub(super) fn begins_file(&self, unit: usize) -> bool {
        self.firsts.binary_search(&unit).is_ok()
    }

    /// The first unit of a file.
    pub(super) fn start_of(&self, file: usize) -> usize {
        self.firsts[file]
    }

    /// Does a file end at an address?
    pub(super) fn is_end(&self, address: usize) -> bool {
        self.addresses[1..].binary_search(&address).is_ok()
    }

    /// Bytes `from..to`, by address, of the file that has the first of them.
    #[inline]
    fn bytes(&self, from: usize, to: usize) -> &'a [u8] {
        &self.rest(from)[..to - from]
    }

    /// What a file has from an address on; nothing if none lies there.
    #[inline]
    pub(super) fn rest(&self, from: usize) -> &'a [u8] {
        let file = self.addresses.partition_point(|address| *address <= from) - 1;
        self.files.get(file).map_or(&[], |bytes| &bytes[from - self.addresses[file]..])
    }

    /// Number of bytes.
    pub(super) fn len(&self) -> usize {
        self.addresses[self.files.len()]
    }
}

fn kind(file: &[u8]) -> Kind {
    if std::str::from_utf8(file).is_ok() { Kind::Text } else { Kind::Binary }
}

/// Append the units of a file; `mark` is told where each begins.
fn write(file: &[u8], kind: Kind, units: &mut Vec<u8>, mark: &mut dyn FnMut(usize)) {
    let mut at = 0;
    let mut plain = |from: usize, to: usize, units: &mut Vec<u8>| {
        units.extend_from_slice(&file[from..to]);
        (from..to).for_each(&mut *mark);
    };
    if kind == Kind::Text {
        while let Some((from, length)) = next_name(file, at, file.len()) {
            plain(at, from + 1, units);
            let last = units.len() - 1;
            units[last] = if length == HASH { HASH_NAME } else { SHORT_NAME };
            at = from + length;
        }
    }
    plain(at, file.len(), units);
}

/// How many units two stretches have in common at their beginning.
#[inline]
pub(super) fn common(one: &[u8], other: &[u8]) -> usize {
    const STRIDE: usize = 8;
    let both = one.len().min(other.len());
    let (one, other) = (&one[..both], &other[..both]);
    let (eights, other_eights) = (one.chunks_exact(STRIDE), other.chunks_exact(STRIDE));
    let mut equal = 0;
    for (x, y) in eights.zip(other_eights) {
        let difference = word(x) ^ word(y);
        if difference != 0 {
            return equal + difference.trailing_zeros() as usize / 8;
        }
        equal += STRIDE;
    }
    equal + one[equal..].iter().zip(&other[equal..]).take_while(|(x, y)| x == y).count()
}

/// Eight bytes as a number, the first the lowest.
#[inline]
pub(super) fn word(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
