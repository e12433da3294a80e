//! Decisions in pure code: plain values in, plain values out.
//!
//! In: what is known. Out: what to do. May touch: nothing, not even a clock. Keeps: the invariants each module names.

pub mod backoff;
