//! What outlives native updates, resets and changes of the state's form: floors, trust, identities (formats 13.5).
//!
//! In: [`Lasting`]. Out: the last one written. May touch: `lasting`. Only the worker calls this, under the install lock.
//! Keeps: I2, I9 (members that a later version wrote are written back), I12.

use super::frame::{Form, Found, encode};
use super::{Store, names};
use crate::model::floors::Floors;
use crate::model::ledger::Ledger;
use crate::model::{DeviceId, Result, Token, json};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// The frame of `lasting`. It only ever gains members, so every version reads every schema.
pub const FORM: Form = Form { magic: b"ALOFTlas", schema: 1, reads: u32::MAX, cap: 64 << 10, what: "lasting" };

/// What outlives everything but the data folder.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Lasting {
    /// Lowest (trust, counter) still accepted, for each chain of trust, app and channel.
    #[serde(default)]
    pub floors: Floors,
    /// Copy of the state's ledger; one that a later version wrote in a form of its own is none.
    #[serde(default, deserialize_with = "if_readable")]
    pub ledger: Ledger,
    /// The state that the copy is of, by its nonce; another one takes the copy over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger_of: Option<Token>,
    /// Mirror of the id in the secret store (I12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<DeviceId>,
    /// The id of this installation, for apps that want no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub install_id: Option<DeviceId>,
    /// What the rollout buckets are drawn from, as chosen at first use (formats 4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout_identity: Option<String>,
    /// The channel the app selected; none: the config's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The id the app gave this device, for audiences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_id: Option<String>,
    /// Members of later versions.
    #[serde(flatten)]
    pub unknown: Map<String, Value>,
}

/// The floors must not be lost for the sake of something less.
fn if_readable<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(value: D) -> std::result::Result<T, D::Error> {
    Ok(json::read_value(&Value::deserialize(value)?).unwrap_or_default())
}

/// Read `lasting`. Unreadable: no check and no install. Lost: keep it aside ([`keep_aside`]) and report it.
pub fn load(store: &Store) -> Found<Lasting> {
    store.load(&store.path(names::LASTING), &FORM)
}

/// Replace `lasting`, durably: the old one is there until the new one is whole.
///
/// # Errors
/// `too_large` beyond 64 KiB; `no_space`, `storage_denied`, `storage_write`: the old one holds.
pub fn save(store: &Store, lasting: &Lasting) -> Result<()> {
    let bytes = encode(&FORM, 0, lasting)?;
    let (new, path) = (store.path(names::LASTING_NEW), store.path(names::LASTING));
    let replace = || {
        store.fs().remove(&new)?;
        store.fs().create(&new)?.write_all(&bytes)?;
        store.fs().flush_batch(std::slice::from_ref(&new), &[])?;
        store.fs().rename(&new, &path)?;
        store.fs().flush_batch(&[], &[store.root().to_path_buf()])
    };
    replace().map_err(store.failed("write", &path))
}

/// Keep a copy of `lasting`, in place of the one kept before.
///
/// # Errors
/// Whatever the copy failed with; nothing depends on it but a later diagnosis.
pub fn keep_aside(store: &Store) -> Result<()> {
    store.keep_aside(&[names::LASTING])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keep::Lost;
    use crate::keep::store::tests::store_on;
    use crate::model::{Code, Digest};
    use crate::testing::{CrashFs, Cut, Loss};
    use serde_json::json;

    fn lasting(channel: &str) -> Lasting {
        Lasting { channel: Some(channel.to_owned()), ..Lasting::default() }
    }

    fn disk() -> (CrashFs, Store) {
        let fs = CrashFs::default();
        let store = store_on(&fs);
        store.create().unwrap();
        save(&store, &lasting("old")).unwrap();
        (fs, store)
    }

    fn channel(fs: &CrashFs) -> String {
        match load(&store_on(fs)) {
            Found::Value(lasting) => lasting.channel.unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn i2_i9_every_cut_leaves_the_old_floors_or_the_new_ones() {
        let mut whole = false;
        for (n, cut) in (0..7).flat_map(|n| [(n, Cut::Before), (n, Cut::Torn)]) {
            for loss in Loss::ALL {
                let (fs, store) = disk();
                fs.cut_at(fs.operations() + n, cut);
                let saved = save(&store, &lasting("new")).is_ok();
                whole |= saved;
                let left = fs.after(loss);
                let found = channel(&left);
                assert!(found == "new" || (found == "old" && !saved), "{n} {cut:?} {loss:?}: {found}");
                save(&store_on(&left), &lasting("later")).unwrap();
                assert_eq!(channel(&left.after(Loss::ALL[4])), "later");
            }
        }
        assert!(whole);
    }

    #[test]
    fn i9_what_a_later_version_wrote_is_read_and_written_back() {
        let (fs, store) = disk();
        let later = Form { schema: 9, ..FORM };
        let floor = json!({"chain": Digest::of(b"keys"), "app": "a", "name": "c", "trust": 3, "counter": 9});
        let members = json!({"channel": "x", "floors": [floor], "trust": {"version": 3}, "ledger": "other"});
        fs_write(&fs, &encode(&later, 0, &members).unwrap());
        let Found::Value(read) = load(&store) else { panic!() };
        assert!(read.ledger.entries().is_empty());
        save(&store, &read).unwrap();
        let Found::Value(again) = load(&store) else { panic!() };
        assert_eq!(again.unknown["trust"], json!({"version": 3}));
        assert_eq!(again.floors, read.floors);
        assert_ne!(again.floors, Floors::default());
    }

    #[test]
    fn a_corrupt_one_is_kept_aside_and_a_large_one_is_not_written() {
        let (fs, store) = disk();
        assert_eq!(save(&store, &lasting(&"x".repeat(64 << 10))).unwrap_err().code(), Code::TooLarge);
        assert_eq!(channel(&fs), "old");
        fs_write(&fs, b"junk");
        assert!(matches!(load(&store), Found::Lost(Lost::Corrupt)));
        keep_aside(&store).unwrap();
        assert!(store.fs().read(&store.path("aside/lasting"), 1 << 20).unwrap().starts_with(b"junk"));
    }

    fn fs_write(fs: &CrashFs, bytes: &[u8]) {
        let store = store_on(fs);
        store.fs().write_at(&store.path(names::LASTING), 0, bytes).unwrap();
    }
}
