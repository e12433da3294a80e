//! What happens next, as functions of plain values: no ports, no clock, no I/O.
//!
//! In: documents, states, situations. Out: decisions. May touch: nothing. Keeps: I8, and what each module names.

pub mod policy;
pub mod rollout;
