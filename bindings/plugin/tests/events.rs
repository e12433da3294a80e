//! What the host hears of whole updates, in order.
//!
//! `ALOFT_UPDATE_SNAPSHOTS=1 cargo test -p aloft-plugin --test events` writes the texts anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::App;
use serde_json::json;
use std::path::Path;

#[test]
fn an_update_by_hand() {
    let app = App::new(&json!({}));
    let mut story = Story::new(&app);
    app.publish("1.0.0");
    let id = app.download("1.0.0");
    story.tells("download({version})");
    app.call("next", json!({ "id": id })).unwrap();
    story.tells("next({id})");
    app.call("reload", json!({})).unwrap();
    story.tells("reload()");
    app.ready();
    story.tells("notifyAppReady()");
    app.call("download", json!({ "version": "9.9.9" })).unwrap_err();
    story.tells("download({version}) that is not there");
    app.call("reset", json!({})).unwrap();
    story.tells("reset()");
    app.ready();
    story.tells("notifyAppReady()");
    story.is("update_by_hand.txt");
}

/// A text of what the host heard.
struct Story<'a> {
    app: &'a App,
    text: String,
}

impl<'a> Story<'a> {
    fn new(app: &'a App) -> Self {
        app.host.take();
        Self { app, text: String::new() }
    }

    /// What came since the last time came of `cause`.
    fn tells(&mut self, cause: &str) {
        // The worker's end of work may come before or after the answer.
        let heard = self.app.host.take().into_iter().filter(|line| !line.starts_with("work "));
        let now = self.app.now(); // is another one at each run
        let lines = heard.map(|line| format!("    {}\n", line.replace(&now, "NOW")));
        self.text.extend([format!("{cause}\n")].into_iter().chain(lines));
    }

    fn is(self, name: &str) {
        let path = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("tests/snapshots").join(name);
        if std::env::var_os("ALOFT_UPDATE_SNAPSHOTS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &self.text).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(self.text == kept, "{name} differs; if that is meant: ALOFT_UPDATE_SNAPSHOTS=1\n{}", self.text);
    }
}
