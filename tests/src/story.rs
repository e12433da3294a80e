//! A whole device over fakes: a signed site in memory, a data folder, and processes that come and go.
//!
//! In: what is published, and calls of the façade. Out: what a process shows, and what lies in the folder. May touch:
//! memory, or the folder of the `Fs` it is given. Keeps: that a process which died is followed by one with another pid.

use crate::forge::{Forge, Part};
use crate::install::{artifact, list, release};
use crate::signer;
use aloft_core::edge::ports::{Connect, Fs, Observer, Secret, SecretStore, Silent, Transport};
use aloft_core::keep::seal::{self, Checked};
use aloft_core::keep::state::Slots;
use aloft_core::keep::{Found, Store, names};
use aloft_core::model::bundle::FileList;
use aloft_core::model::config::{Config, EncryptionKey};
use aloft_core::model::document::{Artifact, ChannelDocument, payload_type};
use aloft_core::model::facts::Facts;
use aloft_core::model::report::Reason;
use aloft_core::model::state::State;
use aloft_core::model::{Build, BundleRef, Digest, Result, RootDigest};
use aloft_core::testing::{CrashFs, FakeSystem, MemSecrets, ScriptedTransport};
use aloft_core::updater::{Asked, Ports, Proof, Serve, Step, UpdateStatus, Updater};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Unix seconds at which every story on a disk in memory begins, and before every story on a real disk.
pub const BEGIN: u64 = 1_795_168_800;

/// The three files of a bundle of this version.
pub fn files(version: &str) -> Vec<(String, Vec<u8>)> {
    let file = |path: &str| (path.to_owned(), format!("{path} of {version}").into_bytes());
    ["index.html", "css/app.css", "js/app.js"].map(file).to_vec()
}

/// The content of that bundle.
pub fn root(version: &str) -> RootDigest {
    let files = files(version);
    let files: Vec<_> = files.iter().map(|(path, content)| (path.as_str(), content.as_slice())).collect();
    list(&files).root()
}

/// A site in memory, signed by one key; clones see the same one.
#[derive(Clone)]
pub struct Site(Arc<Mutex<Pages>>);

struct Pages {
    document: ChannelDocument,
    files: BTreeMap<String, Vec<u8>>,
}

impl Default for Site {
    /// A site with an empty channel.
    fn default() -> Self {
        let site = Self(Arc::new(Mutex::new(Pages { document: signer::channel(0, vec![]), files: BTreeMap::new() })));
        site.sign(|_| {});
        site
    }
}

impl Site {
    /// A copy that goes its own way from here on.
    #[must_use]
    pub fn fork(&self) -> Self {
        let Pages { document, files } = &*self.0.lock().unwrap();
        Self(Arc::new(Mutex::new(Pages { document: document.clone(), files: files.clone() })))
    }

    /// Publish [`files`] of this version, before every other release.
    pub fn publish(&self, version: &str) {
        self.publish_files(version, &files(version));
    }

    /// Publish a release of these files, before every other one.
    pub fn publish_files(&self, version: &str, files: &[(String, Vec<u8>)]) {
        let files: Vec<_> = files.iter().map(|(path, content)| (path.as_str(), content.as_slice())).collect();
        let zip = Forge::new(files.iter().map(|(path, content)| Part::stored(path, content))).bytes();
        self.publish_artifact(version, zip, None, &list(&files));
    }

    /// Publish these bytes as a release of `files`, whatever they are. The path they lie at.
    pub fn publish_artifact(
        &self,
        version: &str,
        bytes: Vec<u8>,
        key: Option<&EncryptionKey>,
        files: &FileList,
    ) -> String {
        let mut entry = release(files, artifact(bytes.len() as u64, Digest::of(&bytes), key));
        entry.version = version.parse().unwrap();
        let path = format!("artifacts/{}.zip", Digest::of(&bytes));
        self.put(&path, bytes);
        self.sign(|document| {
            entry.created = BEGIN + document.counter;
            document.releases.insert(0, entry);
        });
        path
    }

    /// Publish a release of `files`, sent in any of these ways.
    pub fn publish_artifacts(&self, version: &str, files: &FileList, artifacts: Vec<(Artifact, Vec<u8>)>) {
        let mut entry = release(files, artifact(0, files.root().0, None));
        entry.version = version.parse().unwrap();
        entry.artifacts.clear();
        for (artifact, bytes) in artifacts {
            self.put(&format!("artifacts/{}.{}", artifact.sha256, artifact.kind), bytes);
            entry.artifacts.push(artifact);
        }
        self.sign(|document| {
            entry.created = BEGIN + document.counter;
            document.releases.insert(0, entry);
        });
    }

    /// Serve these bytes at `path`, signed or not.
    pub fn put(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.0.lock().unwrap().files.insert(path.to_owned(), bytes.into());
    }

    /// What is served at `path`.
    pub fn page(&self, path: &str) -> Vec<u8> {
        self.0.lock().unwrap().files[path].clone()
    }

    /// The channel as it was signed last.
    pub fn document(&self) -> ChannelDocument {
        self.0.lock().unwrap().document.clone()
    }

    /// Write the site to a folder.
    pub fn save(&self, folder: &Path) {
        for (path, bytes) in &self.0.lock().unwrap().files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }

    /// Withdraw the release of [`files`] of this version.
    pub fn withdraw(&self, version: &str) {
        self.sign(|document| document.withdrawn.push(root(version)));
    }

    /// Change the channel and sign it and the index under the next counter.
    pub fn sign(&self, change: impl FnOnce(&mut ChannelDocument)) {
        let mut pages = self.0.lock().unwrap();
        change(&mut pages.document);
        pages.document.counter += 1;
        let key = signer::private(1);
        let channel = signer::signed_channel(&pages.document, &[&key]);
        let index = signer::sign(payload_type::INDEX, &signer::index(pages.document.counter), &[&key]);
        pages.files.insert("channels/production.json".to_owned(), channel);
        pages.files.insert("channels/index.json".to_owned(), index);
    }

    /// Every file of the site.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.0.lock().unwrap().files.clone()
    }

    /// Turn over a bit of every artifact there is.
    pub fn corrupt_artifacts(&self) {
        let files = &mut self.0.lock().unwrap().files;
        let artifacts = files.iter_mut().filter(|(path, _)| path.starts_with("artifacts/"));
        artifacts.for_each(|(_, bytes)| bytes[0] ^= 1);
    }

    /// What requests go through.
    pub fn transport(&self) -> ScriptedTransport {
        let files = self.files();
        ScriptedTransport::files(files.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())))
    }
}

impl Connect for Site {
    fn connect(&self, config: &Config) -> Result<Arc<dyn Transport>> {
        self.transport().connect(config)
    }
}

/// A device: one data folder, one secret store, one clock, and the process that runs now.
pub struct Device {
    /// Where its files are.
    pub fs: Arc<dyn Fs>,
    /// Its data folder.
    pub root: PathBuf,
    /// What it asks.
    pub site: Arc<dyn Connect>,
    /// Its clock.
    pub system: Arc<FakeSystem>,
    /// Its secrets.
    pub secrets: Arc<dyn SecretStore>,
    /// Who is told.
    pub observer: Arc<dyn Observer>,
    /// What the app configured.
    pub config: Config,
    /// What the running process knows.
    pub facts: Facts,
}

impl Device {
    /// A device that was never started.
    pub fn new(fs: impl Fs + 'static, root: impl Into<PathBuf>, site: &Site) -> Self {
        let root = root.into();
        let mut config = signer::trusting(&[&signer::private(1)]);
        config.feed = Some("https://example.com".to_owned());
        let facts = Facts {
            build: Build { code: "100".to_owned(), name: "1.0".to_owned() },
            boot_session: "session 1".to_owned(),
            pid: 1,
            started: 1,
            foreground: true,
            ..Facts::unknown()
        };
        Self {
            system: Arc::new(clock(1, &fs, &root)),
            fs: Arc::new(fs),
            root,
            site: Arc::new(site.clone()),
            secrets: Arc::new(MemSecrets::default()),
            observer: Arc::new(Silent),
            config,
            facts,
        }
    }

    /// The same device over another disk, its randomness drawn from `seed`.
    #[must_use]
    pub fn over(&self, fs: impl Fs + 'static, seed: u64) -> Self {
        let secrets = MemSecrets::default();
        for name in [names::SECRET_DEVICE_ID, names::SECRET_NONCE] {
            if let Secret::Found(value) = self.secrets.get(name) {
                secrets.put(name, &value).unwrap();
            }
        }
        Self {
            system: Arc::new(clock(seed, &fs, &self.root)),
            fs: Arc::new(fs),
            root: self.root.clone(),
            site: self.site.clone(),
            secrets: Arc::new(secrets),
            observer: self.observer.clone(),
            config: self.config.clone(),
            facts: self.facts.clone(),
        }
    }

    /// What the process that runs now would open; not launched.
    pub fn updater(&self) -> Updater {
        let ports = Ports {
            fs: self.fs.clone(),
            connect: self.site.clone(),
            system: self.system.clone(),
            secrets: self.secrets.clone(),
            observer: self.observer.clone(),
        };
        Updater::open(self.config.clone(), ports, &self.root)
    }

    /// The next process, launched.
    pub fn launch(&mut self) -> (Updater, Step) {
        (self.facts.pid, self.facts.started) = (self.facts.pid + 1, self.facts.started + 1);
        let updater = self.updater();
        let step = updater.launch(&self.facts);
        (updater, step)
    }

    /// The next process, launched, and its page began.
    pub fn page(&mut self) -> (Updater, Serve) {
        let (updater, step) = self.launch();
        let serve = step.serve.expect("I1: a launch shows something");
        updater.page_began(&serve.token);
        (updater, serve)
    }

    /// The next process, whose page confirms.
    pub fn confirmed(&mut self) -> (Updater, Serve) {
        let (updater, serve) = self.page();
        updater.confirm(&Proof::Token(serve.token.clone()));
        (updater, serve)
    }

    /// The folder as `keep` sees it.
    pub fn store(&self) -> Store {
        Store::new(self.fs.clone(), &self.root)
    }

    /// The state on the disk.
    pub fn state(&self) -> Option<State> {
        match Slots::default().load(&self.store()) {
            Found::Value(state) => Some(state),
            _ => None,
        }
    }

    /// The version of what a slot or a serve names; `builtin` for that.
    pub fn version(&self, bundle: &BundleRef) -> String {
        let state = self.state();
        let record = state.as_ref().and_then(|state| state.record(bundle));
        record.map_or("builtin".to_owned(), |kept| kept.version.to_string())
    }

    /// Panics unless every bundle that the state names is complete and verified (I2).
    pub fn assert_whole(&self, when: &str) {
        let Some(state) = self.state() else { return };
        for kept in &state.bundles {
            let checked = seal::check(&self.store(), &kept.id).unwrap();
            assert_eq!(checked, Checked::Whole, "I2: {} {when}", kept.version);
        }
    }

    /// Names in a folder below the data folder, sorted.
    pub fn list(&self, below: impl AsRef<Path>) -> Vec<String> {
        let mut names = self.fs.list(&self.root.join(below)).unwrap();
        names.sort();
        names
    }
}

/// A clock that agrees with the disk: the folder above the data folder is made when a test begins.
fn clock(seed: u64, fs: &dyn Fs, root: &Path) -> FakeSystem {
    FakeSystem::on_disk(seed, fs, root.parent().unwrap_or(root))
}

/// A disk in memory, a device on it that was never started, and its site.
pub fn device() -> (CrashFs, Device, Site) {
    let (fs, site) = (CrashFs::default(), Site::default());
    let device = Device::new(fs.clone(), "/app/data", &site);
    (fs, device, site)
}

/// Such a device that runs these versions, each installed and confirmed in turn.
pub fn running(versions: &[&str]) -> (CrashFs, Device, Site) {
    let (fs, mut device, site) = device();
    for version in versions {
        stage(&mut device, &site, version);
        device.confirmed();
    }
    (fs, device, site)
}

/// Publish a version and let the next process install it.
pub fn stage(device: &mut Device, site: &Site, version: &str) {
    site.publish(version);
    let status = device.page().0.update(Asked::ByHand).unwrap().status;
    assert!(matches!(status, UpdateStatus::Staged { .. }), "{status:?}");
}

/// The version that a step shows.
pub fn shown(device: &Device, step: &Step) -> String {
    device.version(&step.serve.as_ref().expect("I1: something is shown").bundle)
}

/// The version that the next process shows.
pub fn next_shown(device: &mut Device) -> String {
    let step = device.launch().1;
    shown(device, &step)
}

/// Why the slots changed, as far as nobody has read it yet.
pub fn reasons(updater: &Updater) -> Vec<Reason> {
    updater.reports().iter().map(|report| report.reason).collect()
}

/// What the updater says is wrong, beside that nobody described the builtin assets.
pub fn problems(updater: &Updater) -> Vec<String> {
    let codes = updater.status().problems.into_iter().map(|problem| problem.code);
    codes.filter(|code| code != "builtin_undescribed").collect()
}
