//! Secrets in memory, which can become unavailable.
//!
//! In: names and values. Out: Found, Absent or Unavailable. May touch: memory. Keeps: I12's three answers.

use crate::edge::ports::{Secret, SecretStore};
use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A secret store that lives as long as the test.
#[derive(Debug, Default)]
pub struct MemSecrets {
    silent: AtomicBool,
    values: Mutex<BTreeMap<String, String>>,
}

impl MemSecrets {
    /// From here on the store does not answer.
    pub fn lock_up(&self) {
        self.silent.store(true, Ordering::Relaxed);
    }

    /// From here on the store answers again.
    pub fn unlock(&self) {
        self.silent.store(false, Ordering::Relaxed);
    }

    /// Forget everything, as a new phone does.
    pub fn clear(&self) {
        self.values().clear();
    }

    fn values(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SecretStore for MemSecrets {
    fn get(&self, name: &str) -> Secret {
        if self.silent.load(Ordering::Relaxed) {
            return Secret::Unavailable;
        }
        self.values().get(name).cloned().map_or(Secret::Absent, Secret::Found)
    }

    fn put(&self, name: &str, value: &str) -> io::Result<()> {
        if self.silent.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        self.values().insert(name.to_owned(), value.to_owned());
        Ok(())
    }
}
