//! One story in every mode, as a checked-in text: what happens, and below it what the host is asked for, in order.

use crate::app::App;
use crate::net::Hold;
use aloft_plugin::{Leaving, UpdateMode};
use serde_json::json;
use std::fmt::Write as _;
use std::path::Path;

const MINUTE: u64 = 60_000;
const MODES: [UpdateMode; 6] = [
    UpdateMode::Off,
    UpdateMode::AtBackground,
    UpdateMode::AtInstall,
    UpdateMode::OnLaunch,
    UpdateMode::Always,
    UpdateMode::OnlyDownload,
];

struct Story {
    mode: UpdateMode,
    app: App,
    text: String,
}

impl Story {
    fn tells(&mut self, what: &str) {
        writeln!(self.text, "{what}").unwrap();
        for line in self.app.lines() {
            writeln!(self.text, "    {line}").unwrap();
        }
    }

    fn launch(&mut self) {
        let page = self.app.launch();
        let text = self.app.lines();
        writeln!(self.text, "launch: {}", self.app.version(&page)).unwrap();
        for line in text {
            writeln!(self.text, "    {line}").unwrap();
        }
        self.app.plugin.foreground();
        self.tells("the app is active");
    }

    /// What the app does itself where the mode leaves it to the app.
    fn by_itself(&mut self, version: &str) {
        match self.mode {
            UpdateMode::Off => {
                self.app.in_turn(|app| app.answer("triggerUpdateCheck", &json!({})).unwrap());
                self.tells("triggerUpdateCheck()");
            }
            UpdateMode::OnlyDownload => {
                let bundles = self.app.answer("list", &json!({})).unwrap();
                let kept = bundles["bundles"].as_array().unwrap().iter().find(|one| one["version"] == version).unwrap();
                self.app.answer("next", &json!({ "id": kept["id"] })).unwrap();
                self.tells(&format!("next({version})"));
            }
            _ => {}
        }
    }

    fn page_begins(&mut self) {
        self.app.page_begins();
        self.tells("pageBegan");
    }

    fn ready(&mut self) {
        self.app.answer("notifyAppReady", &json!({ "token": self.app.token() })).unwrap();
        self.app.settle();
        self.tells("notifyAppReady()");
    }

    fn leaves(&mut self, leaving: Leaving) {
        self.app.plugin.background(leaving);
        self.app.settle();
        self.tells(if leaving == Leaving::App { "the app leaves" } else { "the app is covered" });
    }

    fn is_back(&mut self, after: u64) {
        self.app.is_back(after);
        self.tells(&format!("the app is back after {} s, and what it checks is over", after / 1000));
    }
}

fn story(mode: UpdateMode) -> String {
    let app = App::new(&json!({ "autoUpdate": mode, "autoSplashscreen": true, "appReadyTimeout": 10_000 }));
    let mut story =
        Story { mode, app, text: format!("autoUpdate: {mode}, autoSplashscreen, appReadyTimeout: 10 s\n\n") };
    story.app.site.publish("1.0.0");
    story.app.net.hold(Hold::AtRequests);
    story.launch();
    story.page_begins();
    story.app.answer("notifyAppReady", &json!({})).unwrap();
    story.tells("notifyAppReady()");
    story.app.net.hold(Hold::Nowhere);
    story.app.settle();
    story.tells("the check is over, which found 1.0.0");
    story.by_itself("1.0.0");
    if story.app.shows() == "1.0.0" {
        story.page_begins();
        story.ready();
    }
    story.leaves(Leaving::Covered);
    story.is_back(0);
    story.leaves(Leaving::App);
    if !story.text.contains("update installed") {
        story.page_begins();
        story.ready();
    }

    writeln!(story.text, "\n2.0.0 is published, which never says that it is ready").unwrap();
    story.app.site.publish("2.0.0");
    story.is_back(11 * MINUTE);
    story.by_itself("2.0.0");
    if story.app.shows() == "2.0.0" {
        story.page_begins();
    }
    story.leaves(Leaving::App);
    if story.app.shows() == "2.0.0" {
        story.page_begins();
    }
    story.is_back(MINUTE);
    story.app.pass(11_000);
    story.tells("11 s pass");
    assert_eq!(story.app.shows(), "1.0.0", "{}", story.text);
    story.page_begins();
    story.ready();

    writeln!(story.text, "\n1.0.0 is withdrawn").unwrap();
    story.app.site.withdraw("1.0.0");
    story.leaves(Leaving::App);
    story.is_back(11 * MINUTE);
    if mode == UpdateMode::Off {
        story.by_itself("");
    }
    assert_eq!(story.app.shows(), "builtin", "{}", story.text);
    story.page_begins();
    story.ready();

    writeln!(story.text, "\nthe process ends, and another one begins").unwrap();
    story.app.plugin.terminating();
    story.tells("terminating");
    story.app.restart();
    story.app.pass(MINUTE);
    story.app.net.hold(Hold::AtRequests);
    story.launch();
    story.page_begins();
    story.app.net.hold(Hold::Nowhere);
    story.app.settle();
    story.tells("the check is over");
    story.text
}

#[test]
fn the_story_of_every_mode_is_as_checked_in() {
    let folder = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("tests/plugin_modes/snapshots");
    let mut changed = Vec::new();
    for mode in MODES {
        let (path, text) = (folder.join(format!("{mode}.txt")), story(mode));
        if std::env::var_os("ALOFT_UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(path, text).unwrap();
        } else if std::fs::read_to_string(path).unwrap_or_default() != text {
            changed.push(text);
        }
    }
    assert!(changed.is_empty(), "if that is meant: ALOFT_UPDATE_SNAPSHOTS=1\n{}", changed.join("\n"));
}
