//! Which operations make the target.
//!
//! In: base and target in memory. Out: operations for each file. May touch: nothing.

use super::Progress;
use crate::operation::{Names, Operation};
use crate::space::Space;

/// A file of the target.
pub(crate) struct Piece<'a> {
    pub(crate) bytes: &'a [u8],
    /// Its like in the base.
    pub(crate) counterpart: Option<usize>,
}

/// The operations that make each piece.
pub(crate) fn parse(base: &[&[u8]], target: &[Piece<'_>], progress: Progress<'_>) -> Vec<Vec<Operation>> {
    progress(0, target.len() as u64);
    let space = Space::new(base.iter().map(|file| file.len() as u64));
    let operations = |piece: &Piece<'_>| {
        let like = piece.counterpart.and_then(|like| base.get(like)).copied().unwrap_or_default();
        let same = like.iter().zip(piece.bytes).take_while(|(a, b)| a == b).count() as u64;
        let from = piece.counterpart.map_or(0, |like| space.file(like).start);
        let rest = piece.bytes.len() as u64 - same;
        let copy = Operation::Base { from, length: same, makes: same, names: Names::Kept };
        let copy = (same > 0).then_some(copy);
        copy.into_iter().chain((rest > 0).then_some(Operation::Literal { length: rest })).collect()
    };
    target.iter().map(operations).collect()
}
