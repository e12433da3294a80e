use super::*;
use crate::keep::Found;
use crate::keep::seal::tests::disk;
use crate::testing::{CrashFs, FakeSystem, MemSecrets};
use std::io::ErrorKind;

struct Device {
    fs: CrashFs,
    store: Store,
    secrets: MemSecrets,
    system: FakeSystem,
    stable_id: Option<&'static str>,
}

impl Device {
    fn new() -> Self {
        let (fs, store) = disk();
        Self { fs, store, secrets: MemSecrets::default(), system: FakeSystem::new(1), stable_id: None }
    }

    fn sources(&self) -> Sources<'_> {
        let Self { store, secrets, system, stable_id, .. } = self;
        Sources { store, secrets, system, app: "app", stable_id: *stable_id }
    }

    fn lasting(&self) -> Lasting {
        match lasting::load(&self.store) {
            Found::Value(lasting) => lasting,
            _ => Lasting::default(),
        }
    }

    /// One session: what it reads, and what it says the id is.
    fn session(&self, kind: DeviceIdKind, origin: Origin) -> Identity {
        self.sources().identity(kind, origin, Some(&mut self.lasting()))
    }

    fn persistent(&self) -> Identity {
        self.session(DeviceIdKind::Persistent, Origin::Here)
    }
}

fn kept(identity: Identity) -> DeviceId {
    match identity {
        Identity::Kept(id) => id,
        other => panic!("{other:?}"),
    }
}

fn provisional(identity: Identity) -> DeviceId {
    match identity {
        Identity::Provisional(id) => id,
        other => panic!("{other:?}"),
    }
}

fn nonce(n: u8) -> Token {
    Token::from_random([n; 8])
}

#[test]
fn i12_an_id_is_made_once() {
    let device = Device::new();
    let id = kept(device.persistent());
    assert_eq!(kept(device.persistent()), id);
    assert_eq!(device.secrets.get(names::SECRET_DEVICE_ID), Secret::Found(id.to_string()));
    assert_eq!(device.lasting().device_id, Some(id));
}

#[test]
fn i12_an_unreadable_store_makes_no_id_that_lasts() {
    let device = Device::new();
    device.secrets.lock_up();
    let (first, second) = (provisional(device.persistent()), provisional(device.persistent()));
    assert_ne!(first, second);
    assert_eq!(device.lasting(), Lasting::default(), "nothing was kept");
    device.secrets.unlock();
    let id = kept(device.persistent());
    assert!(id != first && id != second);
    device.secrets.lock_up();
    assert_eq!(kept(device.persistent()), id, "the mirror knows it");
}

#[test]
fn i12_an_unreadable_lasting_makes_no_id_that_lasts() {
    let device = Device::new();
    let session = || device.sources().identity(DeviceIdKind::Persistent, Origin::Unknown, None);
    provisional(session());
    assert_eq!(device.secrets.get(names::SECRET_DEVICE_ID), Secret::Absent);
    let id = kept(device.persistent());
    assert_eq!(kept(session()), id);
}

#[test]
fn i12_a_lost_or_undecryptable_secret_is_replaced_from_the_mirror() {
    let device = Device::new();
    let id = kept(device.persistent());
    device.secrets.clear();
    assert_eq!(kept(device.persistent()), id);
    for origin in [Origin::Here, Origin::Elsewhere] {
        device.secrets.put(names::SECRET_DEVICE_ID, "\u{fffd}\u{fffd}").unwrap();
        assert_eq!(kept(device.session(DeviceIdKind::Persistent, origin)), id);
        assert_eq!(device.secrets.get(names::SECRET_DEVICE_ID), Secret::Found(id.to_string()));
    }
}

#[test]
fn i12_a_reinstalled_app_is_the_same_device_and_a_restored_one_is_not() {
    let device = Device::new();
    let id = kept(device.persistent());
    device.store.fs().remove_file(&device.store.path(names::LASTING)).unwrap();
    assert_eq!(kept(device.persistent()), id, "the secret store outlived the data folder");
    device.secrets.clear();
    let other = kept(device.session(DeviceIdKind::Persistent, Origin::Elsewhere));
    assert_ne!(other, id, "the data folder came to a new device");
    assert_eq!(kept(device.persistent()), other);
}

#[test]
fn i12_where_an_installation_leaves_nothing_behind_a_stable_id_brings_the_device_back() {
    let installed = || Device { stable_id: Some("4f1c2b8a90d3e657"), ..Device::new() };
    let id = kept(installed().persistent());
    assert_eq!(kept(installed().persistent()), id);
    assert_eq!(DeviceId::derived("app", "4f1c2b8a90d3e657"), Some(id.clone()));
    assert_eq!(id.as_str().parse(), Ok(id.clone()));
    assert!(id.as_str().contains("-8"), "{id} says that it is derived");
    assert_ne!(DeviceId::derived("other", "4f1c2b8a90d3e657"), Some(id), "no two apps can compare their ids");
}

#[test]
fn i12_an_id_that_is_there_is_never_replaced_by_a_derived_one() {
    let mut device = Device::new();
    let id = kept(device.persistent());
    device.stable_id = Some("4f1c2b8a90d3e657");
    assert_eq!(kept(device.persistent()), id);
    device.secrets.clear();
    assert_eq!(kept(device.persistent()), id, "the mirror knows it");
    device.secrets.lock_up();
    assert_eq!(kept(device.persistent()), id);
}

#[test]
fn i12_a_stable_id_is_no_reason_to_keep_what_an_unreadable_store_may_contradict() {
    let device = Device { stable_id: Some("4f1c2b8a90d3e657"), ..Device::new() };
    device.secrets.lock_up();
    provisional(device.persistent());
    assert_eq!(device.lasting(), Lasting::default());
}

#[test]
fn a_stable_id_that_many_devices_share_is_none() {
    for shared in ["", "9774d56d682e549c"] {
        assert_eq!(DeviceId::derived("app", shared), None);
        let session = || kept(Device { stable_id: Some(shared), ..Device::new() }.persistent());
        assert!(session().as_str().contains("-4"), "a random one");
    }
}

#[test]
fn an_id_of_the_installation_is_random_whatever_is_stable() {
    let device = Device { stable_id: Some("4f1c2b8a90d3e657"), ..Device::new() };
    let id = kept(device.session(DeviceIdKind::Install, Origin::Here));
    assert_ne!(Some(id), DeviceId::derived("app", "4f1c2b8a90d3e657"));
}

#[test]
fn an_id_that_cannot_be_kept_is_provisional() {
    let device = Device::new();
    let mut lasting = Lasting::default();
    device.fs.fail(0..u64::MAX, ErrorKind::PermissionDenied);
    provisional(device.sources().identity(DeviceIdKind::Install, Origin::Here, Some(&mut lasting)));
    kept(device.sources().identity(DeviceIdKind::Persistent, Origin::Here, Some(&mut lasting)));
    assert_eq!(lasting, Lasting::default(), "memory says what the disk says");
}

#[test]
fn an_id_of_the_installation_never_reaches_the_secret_store() {
    let device = Device::new();
    let session = |origin| device.session(DeviceIdKind::Install, origin);
    let id = kept(session(Origin::Unknown));
    assert_eq!(kept(session(Origin::Here)), id);
    assert_ne!(kept(session(Origin::Elsewhere)), id);
    assert_ne!(kept(device.persistent()), id);
    assert_eq!(device.session(DeviceIdKind::None, Origin::Here), Identity::None);
}

#[test]
fn the_nonce_tells_where_the_data_folder_comes_from() {
    let secrets = MemSecrets::default();
    let origin = |n, noted| origin(&secrets, &nonce(n), noted);
    assert_eq!(origin(1, Noted::No), Origin::Here);
    assert_eq!(origin(1, Noted::No), Origin::Here, "stored, but the note was lost");
    assert_eq!(origin(1, Noted::Yes), Origin::Here);
    assert_eq!(origin(2, Noted::Yes), Origin::Elsewhere);
    secrets.lock_up();
    assert_eq!(origin(2, Noted::Yes), Origin::Unknown);
    assert_eq!(origin(2, Noted::No), Origin::Unknown);
    secrets.unlock();
    assert_eq!(origin(3, Noted::No), Origin::Here, "a new installation over an old secret store");
    secrets.clear();
    assert_eq!(origin(3, Noted::Yes), Origin::Elsewhere);
}

#[test]
fn buckets_never_move_once_drawn() {
    let device = Device::new();
    device.secrets.lock_up();
    let drawn = |identity| device.sources().rollout_identity(&identity, &nonce(1), &mut device.lasting()).unwrap();
    assert_eq!(drawn(device.persistent()), nonce(1).to_string(), "never a provisional id");
    device.secrets.unlock();
    assert_eq!(drawn(device.persistent()), nonce(1).to_string());
    let device = Device::new();
    let id = device.persistent();
    let chosen = device.sources().rollout_identity(&id, &nonce(1), &mut device.lasting()).unwrap();
    assert_eq!(chosen, kept(id).to_string());
    device.session(DeviceIdKind::None, Origin::Elsewhere);
    assert_eq!(device.lasting().rollout_identity, None, "unless they were another device's");
}
