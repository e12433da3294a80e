//! What happens next, as a function of plain values: no ports, no clock, no I/O.
//!
//! In: state, documents, events, facts, times and random numbers as arguments. Out: new state and what to do. May touch:
//! only `model`. Keeps: I1, I4 to I8, I11.

pub mod backoff;
pub mod block;
pub mod boot;
pub mod delay;
pub mod policy;
pub mod requires;
pub mod rollout;
pub mod skip;
