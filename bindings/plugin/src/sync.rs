//! How the plugin takes a mutex.
//!
//! Keeps: a panic in one call does not stop the next one.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Take the lock, also after a thread panicked while it held it. The plugin's values stay valid then, because they are
/// replaced as a whole and never changed in parts.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
