//! Boots through the façade: what is shown when a page, the site, another process or the build misbehave or change.

use aloft_core::edge::ports::{
    Connect, Fs as _, Notice, Observer, Request, Response, Secret, SecretStore as _, System as _, Transport,
    TransportError,
};
use aloft_core::keep::names::{SECRET_DEVICE_ID, SECRET_NONCE};
use aloft_core::model::bundle::FileList;
use aloft_core::model::config::Config;
use aloft_core::model::document::BuiltinDescription;
use aloft_core::model::event::Outcome;
use aloft_core::model::facts::BuiltinRoot;
use aloft_core::model::report::Reason;
use aloft_core::model::{BundleRef, Code};
use aloft_core::testing::{Loss, MemSecrets};
use aloft_core::updater::{Asked, CheckStatus, Proof, ResetTo, UpdateStatus, Updater};
use aloft_tests::story::{BEGIN, Device, Site, device, next_shown, problems, reasons, root, running, shown, stage};
use std::io::ErrorKind;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};

#[test]
fn i4_a_page_of_the_bundle_before_confirms_nothing() {
    let (_, mut device, site) = running(&["1.0.0"]);
    stage(&mut device, &site, "2.0.0");
    let second = device.state().unwrap().slots.next().cloned().unwrap();
    let (updater, trial) = device.page();
    let back = updater.reset(ResetTo::Fallback).unwrap().serve.unwrap();
    assert_eq!(updater.confirm(&Proof::Token(trial.token)).outcome, Outcome::Stale);
    updater.page_began(&back.token);

    let new = updater.activate(&second).unwrap().serve.unwrap();
    assert_eq!(updater.confirm(&Proof::Queued).outcome, Outcome::Stale, "no page of the trial has begun");
    assert_eq!(updater.confirm(&Proof::Token(back.token.clone())).outcome, Outcome::Stale);
    updater.page_began(&back.token); // late
    assert_eq!(updater.confirm(&Proof::Queued).outcome, Outcome::Stale);
    assert!(device.state().unwrap().slots.trial().is_some());
    updater.page_began(&new.token);
    assert_eq!(updater.confirm(&Proof::Queued).outcome, Outcome::Confirmed);
    assert!(device.state().unwrap().slots.trial().is_none());
}

#[test]
fn i4_a_token_of_the_process_before_confirms_nothing() {
    let (_, mut device, site) = running(&["1.0.0"]);
    stage(&mut device, &site, "2.0.0");
    let (_, before) = device.page();
    let (updater, now) = device.page();
    assert_ne!(before.token, now.token);
    assert_eq!(updater.confirm(&Proof::Token(before.token)).outcome, Outcome::Stale);
    assert_eq!(updater.confirm(&Proof::Token(now.token)).outcome, Outcome::Confirmed);
}

#[test]
fn i5_i11_a_page_that_hangs_is_left_in_the_same_session() {
    let (_, mut device, site) = running(&["1.0.0"]);
    stage(&mut device, &site, "2.0.0");
    let (updater, step) = device.launch();
    updater.page_began(&step.serve.unwrap().token);
    let (mut wake, mut waited) = (step.wake_after.unwrap(), 0);
    let left = loop {
        device.system.pass(wake);
        waited += wake;
        let step = updater.tick();
        if step.serve.is_some() {
            break step;
        }
        wake = step.wake_after.expect("a trial in the foreground is waited for");
    };
    assert_eq!(left.outcome, Outcome::RolledBack(Reason::NotConfirmed));
    assert_eq!((shown(&device, &left).as_str(), waited), ("1.0.0", device.config.timing.app_ready));
    assert_eq!(reasons(&updater).last(), Some(&Reason::NotConfirmed));
}

#[test]
fn i5_a_bundle_at_whose_every_start_the_power_fails_is_left() {
    let (mut fs, mut device, site) = running(&["1.0.0"]);
    stage(&mut device, &site, "2.0.0");
    let mut versions = Vec::new();
    for session in 0..5 {
        device.facts.boot_session = format!("session {session}");
        versions.push(next_shown(&mut device));
        fs = fs.after(Loss::ALL[4]);
        device.fs = Arc::new(fs.clone());
    }
    assert_eq!(versions, ["2.0.0", "2.0.0", "2.0.0", "1.0.0", "1.0.0"]);
}

#[test]
fn i6_time_in_the_background_is_not_held_against_a_bundle() {
    let (_, mut device, site) = running(&["1.0.0"]);
    stage(&mut device, &site, "2.0.0");
    let (updater, serve) = device.page();
    for _ in 0..10 {
        device.system.pass(1_000);
        updater.background();
        device.system.pass(3_600_000);
        assert_eq!(updater.tick().serve, None);
        updater.foreground();
    }
    assert_eq!(updater.confirm(&Proof::Token(serve.token)).outcome, Outcome::Confirmed);
}

#[test]
fn i7_what_a_slot_names_cannot_be_removed_and_many_updates_keep_the_last_good_one() {
    let (_, mut device, site) = running(&["1.0.0"]);
    for n in 2..14 {
        stage(&mut device, &site, &format!("{n}.0.0"));
        assert_eq!(next_shown(&mut device), format!("{n}.0.0"));
    }
    let state = device.state().unwrap();
    assert_eq!(device.version(state.slots.fallback()), "1.0.0", "none of the others was ever confirmed");
    assert_eq!(state.bundles.len(), 8); // I10
    device.assert_whole("after 13 updates");
    let (updater, serve) = device.page();
    for bundle in [&state.slots.current(), state.slots.fallback()] {
        assert_eq!(updater.remove(bundle.id().unwrap()).unwrap_err().code(), Code::Protected);
    }
    updater.fail(&serve.token, "broken");
    assert_eq!(next_shown(&mut device), "1.0.0");
    assert_eq!(device.page().0.reset(ResetTo::Builtin).unwrap().serve.unwrap().bundle, BundleRef::Builtin);
}

#[test]
fn i8_a_native_update_shows_builtin_and_an_older_release_does_not_come_back_over_it() {
    let (fs, mut device, site) = running(&["1.0.0", "2.0.0"]);
    let built = BuiltinDescription {
        created: BEGIN + 1_000,
        root: root("builtin"),
        files: FileList::from(Vec::new()),
        floors: std::collections::BTreeMap::new(),
    };
    fs.write_at("/app/aloft-builtin.json".as_ref(), 0, &serde_json::to_vec(&built).unwrap()).unwrap();
    device.config.builtin_description = Some("/app/aloft-builtin.json".into());
    device.facts.builtin_root = BuiltinRoot::Is(built.root);

    let (updater, serve) = device.page();
    assert_eq!(serve.bundle, BundleRef::Builtin, "the builtin assets changed, the build's number did not");
    assert_eq!(reasons(&updater).last(), Some(&Reason::NativeUpdate)); // I11
    let checked = updater.check(Asked::ByHand).unwrap();
    assert_eq!(checked.status, CheckStatus::NothingMatches { expired: false });
    assert!(checked.skipped.iter().all(|skipped| skipped.reason == "builtin_is_newer"), "{:?}", checked.skipped);
    assert!(problems(&updater).is_empty());

    site.sign(|document| document.counter += 1_000);
    stage(&mut device, &site, "3.0.0");
    assert_eq!(next_shown(&mut device), "3.0.0");
}

#[test]
fn i9_an_older_document_is_refused_after_resets_and_native_updates_and_lost_states() {
    let (fs, mut device, site) = running(&["1.0.0"]);
    let old = site.fork();
    stage(&mut device, &site, "2.0.0");
    device.confirmed();
    device.site = Arc::new(old);
    let refused = |device: &mut Device, when: &str| {
        let (updater, _) = device.page();
        for asked in [updater.check(Asked::ByHand).map(drop), updater.update(Asked::ByHand).map(drop)] {
            assert_eq!(asked.unwrap_err().code(), Code::Replayed, "{when}");
        }
    };
    refused(&mut device, "at once");
    device.page().0.reset(ResetTo::Builtin).unwrap();
    refused(&mut device, "after a reset");
    "200".clone_into(&mut device.facts.build.code);
    refused(&mut device, "after a native update");
    for slot in ["state.0", "state.1"] {
        fs.write_at(&device.root.join(slot), 0, b"junk").unwrap();
    }
    refused(&mut device, "after the state was lost");
    device.page().0.set_channel(Some("beta")).unwrap();
    device.page().0.set_channel(None).unwrap();
    refused(&mut device, "after a switch of channels");
}

#[test]
fn i11_reports_are_kept_until_they_are_acknowledged() {
    let (_, mut device, site) = running(&["1.0.0"]);
    stage(&mut device, &site, "2.0.0");
    let (updater, serve) = device.page();
    assert_eq!(updater.fail(&serve.token, "no such module").outcome, Outcome::RolledBack(Reason::Reported));
    let (updater, _) = device.page();
    let report = updater.reports().pop().unwrap();
    assert_eq!((report.reason, report.detail.as_str(), report.attempts), (Reason::Reported, "no such module", 1));
    assert_eq!(report.from.root, Some(root("2.0.0")));
    assert_eq!(report.to.version.map(|version| version.to_string()).as_deref(), Some("1.0.0"));
    updater.acknowledge(report.id).unwrap();
    assert!(device.page().0.reports().is_empty());
}

#[test]
fn i12_a_secret_store_that_does_not_answer_changes_no_id() {
    let (_, mut device, _) = running(&["1.0.0"]);
    let id = device.page().0.device_id().unwrap().unwrap();
    let secrets = lockable(&mut device);
    secrets.lock_up();
    assert_eq!(device.page().0.device_id().unwrap().unwrap(), id);
    device.page().0.update(Asked::ByHand).unwrap();
    secrets.unlock();
    assert_eq!(device.page().0.device_id().unwrap().unwrap(), id);
}

#[test]
fn i12_an_id_that_cannot_be_kept_is_the_same_until_the_process_ends_and_then_forgotten() {
    let (_, mut device, _) = device();
    let secrets = lockable(&mut device);
    secrets.lock_up();
    let (updater, _) = device.page();
    let provisional = updater.device_id().unwrap().unwrap();
    assert_eq!(updater.device_id().unwrap().unwrap(), provisional);
    secrets.unlock();
    let kept = device.page().0.device_id().unwrap().unwrap();
    assert_ne!(kept, provisional);
    assert_eq!(device.page().0.device_id().unwrap().unwrap(), kept);
}

/// A site whose downloads say that they began and then wait for a word.
struct Slow {
    site: Site,
    began: Sender<String>,
    go_on: Arc<Mutex<Receiver<()>>>,
}

struct SlowTransport {
    inner: Arc<dyn Transport>,
    began: Sender<String>,
    go_on: Arc<Mutex<Receiver<()>>>,
}

impl Connect for Slow {
    fn connect(&self, config: &Config) -> aloft_core::model::Result<Arc<dyn Transport>> {
        let (inner, began, go_on) = (self.site.connect(config)?, self.began.clone(), self.go_on.clone());
        Ok(Arc::new(SlowTransport { inner, began, go_on }))
    }
}

impl Transport for SlowTransport {
    fn get(&self, request: &Request<'_>) -> Result<Box<dyn Response>, TransportError> {
        self.began.send(request.url.to_owned()).unwrap();
        self.go_on.lock().unwrap().recv().unwrap();
        self.inner.get(request)
    }

    fn cancel(&self) {
        self.inner.cancel();
    }
}

/// Let `during` happen while `updater` waits for the answer to its last request, which is the artifact's.
fn during_download<T>(device: &mut Device, site: &Site, during: impl FnOnce(&Updater, &mut Device) -> T) -> T {
    let ((began, beginnings), (go, go_on)) = (channel(), channel());
    device.site = Arc::new(Slow { site: site.clone(), began, go_on: Arc::new(Mutex::new(go_on)) });
    let (updater, _) = device.page();
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| updater.update(Asked::ByHand).unwrap().status);
        while !beginnings.recv().unwrap().contains("/artifacts/") {
            go.send(()).unwrap();
        }
        let result = during(&updater, device);
        go.send(()).unwrap();
        assert!(matches!(worker.join().unwrap(), UpdateStatus::Staged { .. }));
        result
    })
}

#[test]
fn i13_a_page_confirms_while_an_update_downloads() {
    let (_, mut device, site) = running(&["1.0.0"]);
    stage(&mut device, &site, "2.0.0");
    site.publish("3.0.0");
    during_download(&mut device, &site, |updater, device| {
        let serve = updater.attached().serve.unwrap();
        assert_eq!(updater.confirm(&Proof::Token(serve.token)).outcome, Outcome::Confirmed);
        assert!(device.state().unwrap().slots.trial().is_none());
        updater.background();
        assert_eq!(updater.status().next, None);
    });
    assert_eq!(next_shown(&mut device), "3.0.0");
    assert_eq!(device.version(device.state().unwrap().slots.fallback()), "2.0.0");
}

#[test]
fn i10_one_update_at_a_time_in_this_process_and_in_others() {
    let (_, mut device, site) = running(&["1.0.0"]);
    site.publish("2.0.0");
    during_download(&mut device, &site, |updater, device| {
        let job = device.updater(); // a background job of the system, in a process of its own
        job.inform(&device.facts);
        for updater in [updater, &job] {
            let status = updater.update(Asked::ByHand).unwrap().status;
            assert_eq!(status, UpdateStatus::Nothing { check: CheckStatus::AlreadyRunning });
            assert_eq!(updater.check(Asked::ByHand).unwrap().status, CheckStatus::AlreadyRunning);
        }
    });
}

#[test]
fn i12_nothing_is_kept_of_an_id_while_another_process_installs() {
    let (_, mut device, _) = device();
    let secrets = lockable(&mut device);
    let (updater, _) = device.page();
    let install = device.store().lock_install().unwrap().unwrap();
    let meanwhile = updater.device_id().unwrap();
    assert_eq!(device.secrets.get(SECRET_DEVICE_ID), Secret::Absent, "that process makes it");
    assert_eq!(updater.device_id().unwrap(), meanwhile);
    drop(install);
    let kept = updater.device_id().unwrap();
    let _install = device.store().lock_install().unwrap();
    assert_eq!(updater.device_id().unwrap(), kept);
    secrets.lock_up();
    assert_eq!(updater.device_id().unwrap(), kept, "the mirror has it");
}

#[test]
fn i1_a_process_beside_a_living_one_only_shows() {
    let (fs, mut device, site) = running(&["1.0.0"]);
    stage(&mut device, &site, "2.0.0");
    let (first, serve) = device.page();
    device.system.born(device.facts.pid, device.facts.started);
    let operations = fs.operations();
    let (second, beside) = device.launch();
    assert_eq!(beside.outcome, Outcome::Passive);
    let beside_serve = beside.serve.clone().unwrap();
    assert_eq!(shown(&device, &beside), "1.0.0", "what is on trial is the first process's");
    second.page_began(&beside_serve.token);
    assert_eq!(second.confirm(&Proof::Token(beside_serve.token)).outcome, Outcome::Passive);
    assert_eq!(second.confirm(&Proof::Token(serve.token.clone())).outcome, Outcome::Passive);
    second.background();
    assert_eq!(fs.operations(), operations, "it writes nothing");
    assert_eq!(first.confirm(&Proof::Token(serve.token)).outcome, Outcome::Confirmed);
    device.system.died(device.facts.pid - 1);
    assert!(!device.system.alive(device.facts.pid - 1, 0));
    let (_, third) = device.launch();
    assert_eq!((third.outcome.clone(), shown(&device, &third).as_str()), (Outcome::Serving, "2.0.0"));
}

#[test]
fn i1_a_first_launch_that_does_not_get_the_lock_only_shows() {
    let (fs, mut device, _) = device();
    device.store().create().unwrap();
    let other = device.store().lock_state(0).unwrap().unwrap();
    let operations = fs.operations();
    let (updater, step) = device.launch();
    assert_eq!((step.outcome, step.serve.unwrap().bundle), (Outcome::Passive, BundleRef::Builtin));
    drop(other);
    updater.background();
    assert_eq!(fs.operations(), operations);
    assert_eq!(device.state(), None);
}

/// An observer that asks the updater back.
#[derive(Default)]
struct Curious(OnceLock<std::sync::Weak<Updater>>, Mutex<Vec<String>>);

impl Observer for Curious {
    fn notice(&self, notice: &Notice) {
        if let Some(updater) = self.0.get().and_then(std::sync::Weak::upgrade) {
            updater.status();
        }
        if let Notice::Log { line } = notice {
            self.1.lock().unwrap().push(line.clone());
        }
    }
}

#[test]
fn i13_no_lock_is_held_while_the_observer_is_called() {
    let (fs, mut device, site) = running(&["1.0.0"]);
    stage(&mut device, &site, "2.0.0");
    let observer = Arc::new(Curious::default());
    device.observer = observer.clone();
    device.facts.pid += 1;
    let updater = Arc::new(device.updater());
    observer.0.set(Arc::downgrade(&updater)).unwrap();
    fs.fail(0..u64::MAX, ErrorKind::StorageFull);
    updater.launch(&device.facts);
    updater.background();
    assert!(!observer.1.lock().unwrap().is_empty());
}

#[test]
fn i1_builtin_is_shown_by_a_device_without_a_feed_or_with_wrong_keys() {
    let (_, mut device, _) = device();
    device.config = Config::new("com.example.app");
    let (updater, serve) = device.page();
    assert_eq!(serve.bundle, BundleRef::Builtin);
    assert!(problems(&updater).is_empty());
    device.config.signing_keys = Some(vec!["nonsense".to_owned()]);
    device.config.feed = Some("https://example.com".to_owned());
    let (updater, serve) = device.page();
    assert_eq!(serve.bundle, BundleRef::Builtin);
    assert_eq!(problems(&updater), ["bad_key"]);
    assert_eq!(updater.update(Asked::ByHand).unwrap_err().code(), Code::BadKey); // I3
}

/// The device's secrets in a store that can be locked; processes from here on use it.
fn lockable(device: &mut Device) -> Arc<MemSecrets> {
    let secrets = Arc::new(MemSecrets::default());
    for name in [SECRET_DEVICE_ID, SECRET_NONCE] {
        if let Secret::Found(value) = device.secrets.get(name) {
            secrets.put(name, &value).unwrap();
        }
    }
    device.secrets = secrets.clone();
    secrets
}
