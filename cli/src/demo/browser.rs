//! The story in a browser: a real app is updated by a good release, and leaves a bad one by itself, while one watches.
//!
//! In: releases, a folder. Out: two windows, rows of the table. May touch: that folder, a server and a shell on loopback.

use super::actors::Commands;
use super::apps::Releases;
use super::look::{at, expect, find, text};
use super::{DemoArgs, Teller};
use crate::failure::{Failure, Result};
use crate::output::{BOLD, DIM, Output, PLAIN, prompt_line};
use crate::serve::Server;
use crate::shell::{Shell, ShellArgs};
use serde_json::{Value, json};
use std::cell::Cell;
use std::io::IsTerminal as _;
use std::path::Path;
use std::time::{Duration, Instant};

const APP: &str = "com.example.demo";
/// Foreground milliseconds that a page has to say that it is ready; short, because somebody watches.
const READY: u64 = 5000;

/// What a step is called, what is said before it, what it does.
type Step = (&'static str, &'static str, fn(&Story, &Releases) -> Result<String>);

const STEPS: [Step; 5] = [
    ("the app shows what it ships with", "Open the app's window, if it is not there yet.", Story::opens),
    ("a good release is published and downloaded", "The app takes it at its next start.", Story::good),
    ("the app is closed and opened: the new release confirms itself", "Watch the app's window.", Story::confirms),
    ("a bad release is published and downloaded", "Nobody sees from outside that it does not work.", Story::bad),
    ("the bad release shows nothing useful and is left", "It has five seconds to say that it is ready.", Story::leaves),
];

/// Tell it. The first step that does not go as told ends it.
pub(super) fn tell(folder: &Path, releases: &Releases, arguments: &DemoArgs, teller: &mut Teller) -> Result<()> {
    let output = teller.output;
    let story = Story::begin(folder, releases)?;
    story.shell.announce(output);
    let watched = !arguments.no_open;
    if watched {
        story.shell.open(output);
    }
    for (name, before, act) in STEPS {
        output.note(&format!("\n{BOLD}{name}{PLAIN}\n  {before}"));
        let after = Cell::new(story.sent());
        teller.step(
            name,
            || after.get(),
            || {
                let result = act(&story, releases);
                after.set(story.sent());
                result
            },
        )?;
        if watched && output == Output::Human && std::io::stdin().is_terminal() {
            output.note(&format!("  {DIM}Enter goes on{PLAIN}"));
            prompt_line();
        }
    }
    Ok(())
}

struct Story {
    commands: Commands,
    server: Server,
    shell: Shell,
}

impl Story {
    fn begin(folder: &Path, releases: &Releases) -> Result<Self> {
        let commands = Commands::new(folder)?;
        let site = folder.join("site");
        std::fs::create_dir_all(&site).map_err(|error| Failure::io("make", &site, &error))?;
        commands.run(&["init", "--app", APP])?;
        commands.run(&["keys", "new"])?;
        commands.run(&["bundle", &text(&releases.builtin), "--builtin"])?;
        let server = Server::local(&site).map_err(|error| Failure::io("serve", &site, &error))?;
        let key = find(&commands.run(&["keys", "show"])?, "ed25519:")?;
        let config = folder.join("capacitor.config.json");
        let app = json!({ "appId": APP, "plugins": { "CapacitorUpdater": {
            "feed": server.url(), "signingKeys": [key], "autoUpdate": "off", "appReadyTimeout": READY,
        } } });
        std::fs::write(&config, app.to_string()).map_err(|error| Failure::io("write", &config, &error))?;
        let shell = Shell::start(&ShellArgs::of(config, releases.builtin.clone(), folder.join("phone")))?;
        Ok(Self { commands, server, shell })
    }

    fn opens(&self, _: &Releases) -> Result<String> {
        self.until("no window shows the app", || Ok(self.shell.page() > 0))?;
        expect(&self.ask("current", json!({}))?, "/bundle/id", "builtin")?;
        Ok("the web assets of its package, called builtin".to_owned())
    }

    fn good(&self, releases: &Releases) -> Result<String> {
        self.staged(&releases.second, "1.1.0")
    }

    fn confirms(&self, _: &Releases) -> Result<String> {
        self.restart()?;
        self.until("the release does not call notifyAppReady", || self.shows("1.1.0", "false"))?;
        Ok("1.1.0 called notifyAppReady: it stays".to_owned())
    }

    fn bad(&self, releases: &Releases) -> Result<String> {
        self.staged(&releases.broken, "1.2.0")
    }

    fn leaves(&self, _: &Releases) -> Result<String> {
        self.restart()?;
        self.until("1.2.0 is not shown", || self.shows("1.2.0", "true"))?;
        self.until("1.2.0 is still there", || Ok(self.shows("1.1.0", "false")? && self.shell.is_heard()))?;
        let reports = self.ask("reports", json!({}))?;
        let last = reports.pointer("/reports").and_then(Value::as_array).and_then(|all| all.last()).cloned();
        let last = last.unwrap_or_default();
        expect(&last, "/from/version", "1.2.0")?;
        Ok(format!("back on 1.1.0, reported as {}", at(&last, "/reason")))
    }

    fn staged(&self, content: &Path, version: &str) -> Result<String> {
        self.commands.run(&["publish", &text(content), "--version", version, "--yes", "--allow", "not_ready"])?;
        let bundle = self.ask("download", json!({ "version": version }))?;
        self.ask("next", json!({ "id": at(&bundle, "/id") }))?;
        Ok(format!("{version} is on the device as {}", at(&bundle, "/id")))
    }

    /// As its user closes an app and opens it again.
    fn restart(&self) -> Result<()> {
        self.shell.swipe_away()?;
        self.shell.launch()
    }

    fn shows(&self, version: &str, on_trial: &str) -> Result<bool> {
        let current = self.ask("current", json!({}))?;
        let status = self.ask("status", json!({}))?;
        Ok(at(&current, "/bundle/version") == version && at(&status, "/onTrial") == on_trial)
    }

    fn ask(&self, method: &str, options: Value) -> Result<Value> {
        self.shell.ask(method, options)
    }

    fn sent(&self) -> u64 {
        self.server.log().iter().map(|entry| entry.bytes).sum()
    }

    /// Wait until something holds; people take their time to open a window.
    fn until(&self, otherwise: &str, holds: impl Fn() -> Result<bool>) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_mins(2) {
            if holds()? {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let url = self.shell.app_url();
        Err(Failure::new("step_failed", otherwise).hint(format!("is {url} open in a browser?")))
    }
}
