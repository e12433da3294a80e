//! What a pack tells a device to do, one after the other, to make a file (formats 9.4).
//!
//! In: places and lengths. Out: [`Operation`]s. May touch: nothing.
//!
//! ```text
//!                       base:  …q(j){return x_e…        target:  …J(L){return x_e…
//!  Base, renamed               └──────────────┘                  └──────────────┘    names through the map, the rest as it is
//!  Base, as it is              bytes of the base
//!  Repeat                      bytes of the target that were made before, at most 8 MiB back
//!  Literal                     one byte, guessed from what stands before it
//!  Stored                      bytes as they are: pictures, fonts
//! ```

/// Bytes of the target that are remembered for [`Operation::Repeat`].
pub(crate) const WINDOW: usize = 8 << 20;

/// One step, for the maker. None crosses the end of a file of the target, and no copy from the base that of a file of the base.
#[cfg(feature = "make")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Bytes told one by one.
    Literal {
        /// How many.
        length: u64,
    },
    /// Bytes as they are.
    Stored {
        /// How many.
        length: u64,
    },
    /// A copy from the base.
    Base {
        /// Where it begins: the base's address space is its path text, then its files in order.
        from: u64,
        /// Bytes of the base that are read.
        length: u64,
        /// Bytes of the target it makes: others than are read where names change their length.
        makes: u64,
        /// What becomes of names.
        names: Names,
    },
    /// A copy from what the target has already: its path text, then its new files in order.
    Repeat {
        /// How far back.
        distance: u64,
        /// How many bytes; may be more than `distance`, which repeats them.
        length: u64,
    },
}

#[cfg(feature = "make")]
impl Operation {
    /// Bytes of the target that it makes.
    pub(crate) fn makes(self) -> u64 {
        match self {
            Self::Literal { length } | Self::Stored { length } | Self::Repeat { length, .. } => length,
            Self::Base { makes, .. } => makes,
        }
    }
}

/// What becomes of names in a copy from the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// They go through the renaming map.
    Renamed,
    /// All bytes are as they are.
    Kept,
}
