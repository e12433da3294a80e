//! The story: publish, install, cut, resume, break, roll back, refuse, withdraw, native update.
//!
//! In: releases, a folder. Out: rows of the table. May touch: that folder, a server on loopback, processes of its own.

use super::Teller;
use super::actors::{App, Commands, kill};
use super::apps::Releases;
use super::look::{at, expect, expect_version, find, forged, text, version};
use crate::failure::{Failure, Result};
use crate::serve::{Entry, Fault, Kind, Server};
use aloft_core::decide::rollout;
use aloft_core::model::document::Rollout;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const APP: &str = "com.example.demo";
const DEVICE: &str = "device";

/// What a step does; what it saw.
type Act = fn(&mut Story, &Releases) -> Result<String>;

/// Tell it. The first step that does not go as told ends it.
pub(super) fn tell(folder: &Path, releases: &Releases, teller: &mut Teller) -> Result<()> {
    let commands = Commands::new(folder)?;
    let site = folder.join("site");
    std::fs::create_dir_all(&site).map_err(|error| Failure::io("make", &site, &error))?;
    let server = Server::local(&site).map_err(|error| Failure::io("serve", &site, &error))?;
    let folder = folder.to_owned();
    let (salt, sent, old) = (String::new(), Value::Null, Vec::new());
    let mut story = Story { commands, folder, site, server, salt, sent, old };
    let sent = |story: &Story| story.server.log().iter().map(|entry| entry.bytes).sum::<u64>();
    let steps: [(&'static str, Act); 13] = [
        ("publish 1, encrypted and signed", Story::publish_first),
        ("the device installs 1, boots and confirms", Story::install_first),
        ("publish 2 for 25 %: this device is out", Story::stage_rollout),
        ("the download is cut and the process killed", Story::cut_download),
        ("the next run resumes; 2 boots and confirms", Story::resume),
        ("publish 3, whose page never confirms", Story::publish_broken),
        ("two launches, then back on 2 by itself", Story::roll_back),
        ("a tampered artifact is refused", Story::tamper),
        ("an old channel document is refused", Story::replay),
        ("a forged signature is refused", Story::forge),
        ("withdraw 2: left in the same session", Story::withdraw),
        ("the channel goes back to 1: the device follows", Story::go_back),
        ("native update: builtin, and no way back", Story::native_update),
    ];
    for (name, act) in steps {
        let before = sent(&story);
        let after = std::cell::Cell::new(before);
        teller.step(
            name,
            || after.get(),
            || {
                let result = act(&mut story, releases);
                after.set(sent(&story));
                result
            },
        )?;
    }
    Ok(())
}

struct Story {
    commands: Commands,
    folder: PathBuf,
    site: PathBuf,
    server: Server,
    /// The salt under which this device is not among the first 25 %.
    salt: String,
    /// How the release that was published last is sent.
    sent: Value,
    /// A channel document that was in force once.
    old: Vec<u8>,
}

impl Story {
    fn publish_first(&mut self, releases: &Releases) -> Result<String> {
        self.commands.run(&["init", "--app", APP])?;
        self.commands.run(&["keys", "new"])?;
        self.commands.run(&["keys", "new", "--encryption"])?;
        self.commands.run(&["bundle", &text(&releases.builtin), "--builtin"])?;
        let published = self.publish(&releases.first, "1", &["--encrypt"])?;
        self.old = self.channel_document()?;
        Ok(format!("root {}…", at(&published, "/release/root").get(..12).unwrap_or_default()))
    }

    fn install_first(&mut self, releases: &Releases) -> Result<String> {
        self.init_device(&releases.builtin, &[])?;
        let updated = self.device(&["update"])?;
        expect(&updated, "/status", "staged")?;
        let by = self.installed_by()?;
        self.confirm("1")?;
        let id = at(&self.device(&["status"])?, "/device_id");
        let outside = |n: u32| {
            let share = Rollout { bps: 2500, salt: format!("demo-{n}") };
            (!rollout::includes(&share, Some(&id))).then_some(share.salt)
        };
        let none = || Failure::new("step_failed", "no salt leaves this device out");
        self.salt = (0..1000).find_map(outside).ok_or_else(none)?;
        Ok(format!("downloaded, decrypted and unpacked: {by}; confirmed by its token"))
    }

    fn stage_rollout(&mut self, releases: &Releases) -> Result<String> {
        let salt = self.salt.clone();
        self.publish(&releases.second, "2", &["--encrypt", "--rollout", "25%", "--rollout-salt", &salt])?;
        let checked = self.device(&["check"])?;
        expect(&checked, "/status", "up_to_date")?;
        expect(&checked, "/skipped/0/reason", "rollout")?;
        self.commands.run(&["channel", "rollout", "2", "100%", "--yes"])?;
        let checked = self.device(&["check"])?;
        expect(&checked, "/status", "available")?;
        Ok("out at 25 %, in at 100 %".to_owned())
    }

    fn cut_download(&mut self, _: &Releases) -> Result<String> {
        let checked = self.device(&["check"])?;
        let half = checked.pointer("/download").and_then(Value::as_u64).unwrap_or(0) / 2;
        self.server.set_faults([Fault::new(Kind::Stall(half)).at("artifacts/*")]);
        let mut child = self.commands.start(&["device", "--data", DEVICE, "update"])?;
        let there = self.wait_for_partial(half);
        kill(&mut child);
        self.server.set_faults([]);
        let there = there?;
        let (_, launched) = self.commands.launch(DEVICE)?;
        expect_version(&self.device(&["status"])?, &at(&launched, "/serve/bundle"), "1")?;
        Ok(format!("SIGKILL with {there} bytes on the disk; the app still boots 1"))
    }

    fn resume(&mut self, _: &Releases) -> Result<String> {
        let seen = self.server.log().len();
        let updated = self.device(&["update"])?;
        expect(&updated, "/status", "staged")?;
        expect(&updated, "/resumed", "true")?;
        let ranged = |entry: &Entry| entry.range.is_some() && entry.status == 206;
        if !self.server.log().iter().skip(seen).any(ranged) {
            return Err(Failure::new("step_failed", "the server saw no request for a range"));
        }
        let by = self.installed_by()?;
        self.confirm("2")?;
        Ok(format!("{} bytes fetched in this run: {by}", at(&updated, "/downloaded")))
    }

    fn publish_broken(&mut self, releases: &Releases) -> Result<String> {
        self.publish(&releases.broken, "3", &["--encrypt"])?;
        let updated = self.device(&["update"])?;
        expect(&updated, "/status", "staged")?;
        Ok(format!("staged: {}; it looks like any other release", self.installed_by()?))
    }

    fn roll_back(&mut self, _: &Releases) -> Result<String> {
        for _ in 0..2 {
            let (mut app, launched) = self.commands.launch(DEVICE)?;
            expect_version(&self.device(&["status"])?, &at(&launched, "/serve/bundle"), "3")?;
            app.tell("page")?;
            app.tell("tick 5000")?;
            drop(app); // SIGKILL: the page never said that it is ready
        }
        let (mut app, launched) = self.commands.launch(DEVICE)?;
        expect_version(&self.device(&["status"])?, &at(&launched, "/serve/bundle"), "2")?;
        app.tell("page")?;
        drop(app);
        let reports = self.device(&["reports"])?;
        let reason = |report: &Value| at(report, "/from/version") == "3" && at(report, "/reason") == "not_confirmed";
        if !reports.as_array().is_some_and(|reports| reports.iter().any(reason)) {
            return Err(Failure::new("step_failed", format!("no report explains it: {reports}")));
        }
        let updated = self.device(&["update"])?;
        expect(&updated, "/skipped/0/reason", "blocked")?;
        Ok("reported as not_confirmed; 3 is not taken again".to_owned())
    }

    fn tamper(&mut self, releases: &Releases) -> Result<String> {
        self.publish(&releases.fourth, "4", &["--encrypt"])?;
        self.server.set_faults([Fault::new(Kind::Corrupt(1000)).at("artifacts/*")]);
        let refused = self.refused(&["update"], "digest_mismatch");
        self.server.set_faults([]);
        refused
    }

    fn replay(&mut self, _: &Releases) -> Result<String> {
        let now = self.channel_document()?;
        self.put_channel_document(&self.old)?;
        let refused = self.refused(&["check"], "replayed");
        self.put_channel_document(&now)?;
        refused
    }

    fn forge(&mut self, _: &Releases) -> Result<String> {
        let now = self.channel_document()?;
        let forged = forged(&now)?;
        self.put_channel_document(&forged)?;
        let refused = self.refused(&["check"], "signature_invalid");
        self.put_channel_document(&now)?;
        refused
    }

    fn withdraw(&mut self, _: &Releases) -> Result<String> {
        self.commands.run(&["channel", "withdraw", "4", "--yes"])?;
        let (mut app, launched) = self.commands.launch(DEVICE)?;
        expect_version(&self.device(&["status"])?, &at(&launched, "/serve/bundle"), "2")?;
        app.tell("foreground")?;
        app.tell("page")?;
        self.commands.run(&["channel", "withdraw", "2", "--yes"])?;
        let checked = app.tell("check")?;
        let bundle = at(&checked, "/step/serve/bundle");
        if bundle.is_empty() {
            return Err(Failure::new("step_failed", format!("the app goes on with 2: {checked}")));
        }
        let page = app.tell("page")?;
        Ok(format!("the same process now shows {}; its page: {}", self.version_of(&bundle)?, at(&page, "/outcome")))
    }

    fn go_back(&mut self, _: &Releases) -> Result<String> {
        self.commands.run(&["channel", "rollback", "--to", "1", "--yes"])?;
        let updated = self.device(&["update"])?;
        expect(&updated, "/status", "staged")?;
        self.confirm("1")?;
        Ok(format!("{} bytes fetched: the bundle is still kept", at(&updated, "/downloaded")))
    }

    fn native_update(&mut self, releases: &Releases) -> Result<String> {
        self.commands.run(&["bundle", &text(&releases.second), "--builtin"])?;
        self.init_device(&releases.second, &["--replace", "--build", "2"])?;
        let (mut app, launched) = self.commands.launch(DEVICE)?;
        expect(&launched, "/serve/bundle", "builtin")?;
        app.tell("page")?;
        let updated = app.tell("update")?;
        expect(&updated, "/skipped/0/reason", "builtin_is_newer")?;
        expect(&self.device(&["status"])?, "/current", "builtin")?;
        Ok("builtin is served; the releases are older than it and stay away".to_owned())
    }

    /// Make the device, or change it: its app ships with `builtin` and trusts the publisher's keys.
    fn init_device(&self, builtin: &Path, options: &[&str]) -> Result<()> {
        let keys = self.commands.run(&["keys", "show", "--secret"])?;
        let (public, secret) = (find(&keys, "ed25519:")?, find(&keys, "aes256:")?);
        let (feed, builtin) = (self.server.url(), text(builtin));
        let trust = ["--feed", feed, "--key", &public, "--encryption-key", &secret];
        self.device(&[&["init", "--app", APP, "--builtin", &builtin], &trust[..], options].concat()).map(drop)
    }

    /// Launch, let the page announce itself and confirm with its token, and see that it was `version`.
    fn confirm(&self, version: &str) -> Result<()> {
        let (mut app, launched): (App, Value) = self.commands.launch(DEVICE)?;
        expect_version(&self.device(&["status"])?, &at(&launched, "/serve/bundle"), version)?;
        app.tell("foreground")?;
        app.tell("page")?;
        expect(&app.tell("confirm")?, "/outcome", "confirmed")
    }

    fn publish(&mut self, content: &Path, version: &str, options: &[&str]) -> Result<Value> {
        let folder = text(content);
        let mut arguments = vec!["publish", &folder, "--version", version, "--yes", "--allow", "not_ready"];
        arguments.extend(options);
        let published = self.commands.run(&arguments)?;
        self.sent = published.pointer("/release/artifacts").cloned().unwrap_or_default();
        Ok(published)
    }

    /// The artifact that the server was last asked for, beside the zip that would have done as well.
    fn installed_by(&self) -> Result<String> {
        let log = self.server.log();
        let sent = self.sent.as_array().map(Vec::as_slice).unwrap_or_default();
        let asked = |sent: &&Value| {
            let last = log.iter().rev().find(|entry| entry.path.starts_with("/artifacts/"));
            last.is_some_and(|last| last.path.strip_prefix('/') == sent.get("path").and_then(Value::as_str))
        };
        let none = || Failure::new("step_failed", "the device asked for nothing that was published");
        let by = sent.iter().find(asked).ok_or_else(none)?;
        let zip = sent.iter().find(|sent| at(sent, "/kind") == "zip").ok_or_else(none)?;
        let (size, zip_size) = (at(by, "/size"), at(zip, "/size"));
        Ok(match (at(by, "/kind").as_str(), at(by, "/from").as_str()) {
            ("zip", _) => format!("a zip of {size} bytes"),
            (_, "") => format!("a whole pack of {size} bytes, where the zip has {zip_size}"),
            (_, from) => format!("a pack of {size} bytes from {from}, where the zip has {zip_size}"),
        })
    }

    fn device(&self, arguments: &[&str]) -> Result<Value> {
        self.commands.run(&[&["device", "--data", DEVICE], arguments].concat())
    }

    /// The device must refuse, for this reason, and still boot 2.
    fn refused(&self, arguments: &[&str], code: &str) -> Result<String> {
        let answer = self.commands.ask(&[&["device", "--data", DEVICE], arguments].concat())?;
        expect(&answer, "/error/code", code)?;
        let (_, launched) = self.commands.launch(DEVICE)?;
        expect_version(&self.device(&["status"])?, &at(&launched, "/serve/bundle"), "2")?;
        Ok(format!("{code}; the app still boots 2"))
    }

    fn version_of(&self, bundle: &str) -> Result<String> {
        let status = self.device(&["status"])?;
        Ok(version(&status, bundle))
    }

    fn channel_path(&self) -> PathBuf {
        self.site.join("channels/production.json")
    }

    fn channel_document(&self) -> Result<Vec<u8>> {
        let path = self.channel_path();
        std::fs::read(&path).map_err(|error| Failure::io("read", &path, &error))
    }

    fn put_channel_document(&self, bytes: &[u8]) -> Result<()> {
        let path = self.channel_path();
        std::fs::write(&path, bytes).map_err(|error| Failure::io("write", &path, &error))
    }

    /// Wait until the device has written `least` bytes, less what may still be in its buffer.
    fn wait_for_partial(&self, least: u64) -> Result<u64> {
        let (folder, begun) = (self.folder.join(DEVICE).join("data/partial"), Instant::now());
        let length = |entry: std::io::Result<std::fs::DirEntry>| {
            entry.and_then(|entry| entry.metadata()).map_or(0, |data| data.len())
        };
        while begun.elapsed() < Duration::from_secs(30) {
            let longest = std::fs::read_dir(&folder).ok().and_then(|entries| entries.map(length).max()).unwrap_or(0);
            if longest >= least && longest > 0 {
                return Ok(longest);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Err(Failure::new("step_failed", "the download did not get to its middle"))
    }
}
