//! Leads a call from JavaScript to the function that does its method.
//!
//! In: a name, JSON. Out: the answer. Keeps: I13 (only what the list of methods sends to the worker may block).

mod call;
mod compared;
mod method;

pub(crate) use call::call;
pub use method::{Caller, Method, Returns};
#[cfg(test)]
pub(crate) use method::{MethodVisitor, Options, Reply};
