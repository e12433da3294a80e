//! The `SecretStore` port over the Keychain: items of this device that are never synchronised (formats 13.9).
//!
//! In: names and values of this crate. Out: Found, Absent or Unavailable. May touch: the app's own Keychain items.
//! Keeps: I12 (only "no such item" is Absent; a device that was not unlocked since its start is Unavailable).

use super::super::ports::{Secret, SecretStore};
use keyring_core::{CredentialStore, Entry, Error};
use std::collections::HashMap;
use std::io;
use std::sync::Arc;

/// Readable from the first unlock on, so that a background launch finds it; restored to no other device.
#[cfg(target_vendor = "apple")]
const POLICY: &[(&str, &str)] = &[("access-policy", "after-first-unlock-this-device-only")];

/// Secrets as generic passwords of one service.
#[derive(Debug, Clone)]
pub struct KeychainSecrets {
    service: String,
    store: Option<Arc<CredentialStore>>,
    policy: &'static [(&'static str, &'static str)],
}

impl KeychainSecrets {
    /// Keep secrets for the app with this id: apps of one maker may share a Keychain group. No I/O.
    #[cfg(target_vendor = "apple")]
    pub fn new(app: &str) -> Self {
        // Without a store every answer is Unavailable.
        let store = apple_native_keyring_store::protected::Store::new().ok().map(|store| store as Arc<CredentialStore>);
        Self { service: format!("app.aloft.{app}"), store, policy: POLICY }
    }

    fn entry(&self, name: &str) -> keyring_core::Result<Entry> {
        let policy: HashMap<_, _> = self.policy.iter().copied().collect();
        self.store.as_ref().ok_or(Error::NoDefaultStore)?.build(&self.service, name, Some(&policy))
    }
}

impl SecretStore for KeychainSecrets {
    fn get(&self, name: &str) -> Secret {
        match self.entry(name).and_then(|entry| entry.get_password()) {
            Ok(value) => Secret::Found(value),
            Err(Error::NoEntry) => Secret::Absent,
            Err(_) => Secret::Unavailable,
        }
    }

    fn put(&self, name: &str, value: &str) -> io::Result<()> {
        self.entry(name).and_then(|entry| entry.set_password(value)).map_err(io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyring_core::mock;

    fn secrets() -> KeychainSecrets {
        KeychainSecrets { service: "app.aloft.test".to_owned(), store: Some(mock::Store::new().unwrap()), policy: &[] }
    }

    fn fail_next(secrets: &KeychainSecrets, error: Error) {
        secrets.entry("id").unwrap().as_any().downcast_ref::<mock::Cred>().unwrap().set_error(error);
    }

    #[test]
    fn what_was_put_is_found() {
        let secrets = secrets();
        assert_eq!(secrets.get("id"), Secret::Absent);
        secrets.put("id", "one").unwrap();
        secrets.put("id", "two").unwrap();
        assert_eq!(secrets.get("id"), Secret::Found("two".to_owned()));
        assert_eq!(secrets.get("nonce"), Secret::Absent);
    }

    #[test]
    fn i12_only_no_entry_is_absent() {
        let secrets = secrets();
        let locked = || Box::new(io::Error::other("errSecInteractionNotAllowed"));
        for error in [
            Error::NoStorageAccess(locked()),
            Error::PlatformFailure(locked()),
            Error::BadEncoding(vec![0xff]),
            Error::Ambiguous(Vec::new()),
            Error::NoDefaultStore,
        ] {
            fail_next(&secrets, error);
            assert_eq!(secrets.get("id"), Secret::Unavailable);
            assert_eq!(secrets.get("id"), Secret::Absent, "one failure says nothing of the next call");
        }
        fail_next(&secrets, Error::NoStorageAccess(locked()));
        assert!(secrets.put("id", "one").is_err());
        assert_eq!(secrets.get("id"), Secret::Absent);
    }

    #[test]
    fn i12_without_a_store_nothing_is_absent() {
        let secrets = KeychainSecrets { store: None, ..secrets() };
        assert_eq!(secrets.get("id"), Secret::Unavailable);
        assert!(secrets.put("id", "one").is_err());
    }
}
