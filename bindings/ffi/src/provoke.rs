//! A panic on demand, for tests of the boundary; in no library that ships.
//!
//! In: a call. Out: nothing, ever. May touch: nothing. Keeps: I1 (its caller gets an exception and goes on).

use crate::plugin::Plugin;
use crate::types::CallFailed;

#[uniffi::export]
impl Plugin {
    /// Panic.
    ///
    /// # Panics
    /// Always.
    #[allow(clippy::panic)] // what it is for
    pub fn provoke(&self) -> Result<(), CallFailed> {
        panic!("provoked")
    }
}
