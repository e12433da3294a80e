//! Two publishers of a place that has only conditional writes, as buckets do: no lock keeps them apart.
#![allow(clippy::unwrap_used)]

use aloft_cli::failure::Result;
use aloft_cli::keys::SigningKeyFile;
use aloft_cli::output::Output;
use aloft_cli::publish::{PublishOptions, publish};
use aloft_cli::site::folder::Folder;
use aloft_cli::site::store::{Guard, Put, Replaced, SiteStore, Stored, Tag};
use aloft_cli::site::{Outcome, Publisher, Site};
use aloft_cli::stops::Permit;
use aloft_core::model::config::Trust;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::Mutex;

const NOW: u64 = 1_795_168_800;

/// A folder without a lock; what `meanwhile` does comes just before the next conditional write of `name`.
struct Bucket {
    folder: Folder,
    name: &'static str,
    meanwhile: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

struct NoLock;

impl Guard for NoLock {}

impl SiteStore for Bucket {
    fn read(&self, name: &str) -> Result<Option<Stored>> {
        self.folder.read(name)
    }

    fn open(&self, name: &str) -> Result<Option<Box<dyn Read>>> {
        self.folder.open(name)
    }

    fn put_new(&self, name: &str, content: &mut dyn Read) -> Result<Put> {
        self.folder.put_new(name, content)
    }

    fn replace_if(&self, name: &str, seen: Option<&Tag>, content: &[u8]) -> Result<Replaced> {
        let meanwhile = self.meanwhile.lock().unwrap().take_if(|_| name == self.name);
        if let Some(other) = meanwhile {
            other();
        }
        self.folder.replace_if(name, seen, content)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>> {
        self.folder.list(folder)
    }

    fn lock(&self) -> Result<Box<dyn Guard>> {
        Ok(Box::new(NoLock))
    }
}

#[test]
fn i9_after_a_conflict_the_document_is_read_edited_and_signed_again() {
    for name in ["channels/production.json", "channels/index.json"] {
        let folder = tempfile::tempdir().unwrap();
        publish_one(&publisher(folder.path(), name, None), folder.path(), "base", "100%");
        let path = folder.path().to_owned();
        let other = move || publish_one(&publisher(&path, name, None), &path, "theirs", "20%");
        let ours = publisher(folder.path(), name, Some(Box::new(other)));
        publish_one(&ours, folder.path(), "ours", "10%");

        let channel = ours.site().channel("production").unwrap().unwrap().document;
        let offered: Vec<_> = channel.releases.iter().map(|entry| entry.version.to_string()).collect();
        let last = if name.ends_with("index.json") { ["theirs", "ours", "base"] } else { ["ours", "theirs", "base"] };
        assert_eq!(offered, last, "nobody's release is lost");
        assert_eq!(channel.counter, NOW + 2, "each was signed on top of the other");
        let index = ours.site().index().unwrap().unwrap().document;
        assert_eq!(index.channels.first().unwrap().counter, channel.counter);
        assert_eq!(ours.site().history("production").unwrap().len(), 3);
    }
}

#[test]
fn what_nobody_permitted_stops_also_after_a_conflict() {
    let folder = tempfile::tempdir().unwrap();
    let name = "channels/production.json";
    publish_one(&publisher(folder.path(), name, None), folder.path(), "1.0.0", "100%");
    let path = folder.path().to_owned();
    let other = move || publish_one(&publisher(&path, name, None), &path, "3.0.0", "20%");
    let ours = publisher(folder.path(), name, Some(Box::new(other)));
    let refused = publish(&ours, &options(folder.path(), "2.0.0", "10%"), NOW, Output::Json).unwrap_err();
    assert_eq!(refused.code, "older_version", "the difference is the same, and what it means is not");
}

fn publisher(folder: &Path, name: &'static str, meanwhile: Option<Box<dyn FnOnce() + Send>>) -> Publisher {
    let key = SigningKeyFile::from_seed([42; 32]);
    let trust = Trust { version: 1, keys: vec![key.verifying()], threshold: 1 };
    let bucket = Bucket { folder: Folder::new(folder.join("site")), name, meanwhile: Mutex::new(meanwhile) };
    Publisher::new(Site::new(Box::new(bucket), "com.example.app", trust), key, None, BTreeMap::new())
}

fn publish_one(publisher: &Publisher, folder: &Path, version: &str, share: &str) {
    let release = publish(publisher, &options(folder, version, share), NOW, Output::Json).unwrap();
    assert!(matches!(release.outcome, Outcome::Written(_)));
}

fn options(folder: &Path, version: &str, share: &str) -> PublishOptions {
    let bundle = folder.join(version);
    fs::create_dir_all(&bundle).unwrap();
    fs::write(bundle.join("index.html"), format!("{version} notifyAppReady()")).unwrap();
    let mut options = PublishOptions::new(bundle, version.parse().unwrap(), "production");
    options.terms.share = Some(share.parse().unwrap());
    options.permits.insert(Permit::Staged);
    options
}
