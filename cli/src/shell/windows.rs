//! The windows of the app: which page is the one that talks, what it is told, and what it listens to.
//!
//! In: pages that open, messages, events. Out: lines on each page's stream. May touch: nothing.
//! Keeps: I4. On a phone one queue carries the calls of all pages, so those of an old page come before those of the next one.
//! Here each page numbers itself when it begins, and what an older one sends after that comes too late and is dropped.

use super::listeners::Listeners;
use super::wire::{Answered, Load};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The app's window, as pages come and go in it.
#[derive(Default)]
pub(super) struct Windows {
    /// Number of the page that talks; 0: none yet.
    page: u64,
    /// What was shown when it began; the same of the page that called last.
    serve: u64,
    heard: u64,
    stream: Option<UnboundedSender<String>>,
    listeners: Listeners,
}

impl Windows {
    /// A page of a serve begins: its number, and the stream of what it is told. From here on no older page is heard.
    pub(super) fn begin(&mut self, serve: u64) -> UnboundedReceiver<String> {
        let (stream, lines) = unbounded_channel();
        self.page += 1;
        self.serve = serve;
        self.listeners.clear();
        let _ = stream.send(format!("{}\n", json!({ "page": self.page })));
        self.stream = Some(stream);
        lines
    }

    /// Is this the page that talks?
    pub(super) fn talks(&self, page: u64) -> bool {
        page == self.page
    }

    /// A page calls. Is it the one that talks?
    pub(super) fn hears(&mut self, page: u64) -> bool {
        if self.talks(page) {
            self.heard = self.serve;
        }
        self.talks(page)
    }

    /// The serve of the page that called last.
    pub(super) fn heard(&self) -> u64 {
        self.heard
    }

    /// Number of the page that talks.
    pub(super) fn page(&self) -> u64 {
        self.page
    }

    /// The page is to load itself anew; it is told nothing after that, so it loads once. A document that is outdated before
    /// its page begins is told so then.
    pub(super) fn load(&mut self, load: Load) {
        if load != Load::Nothing {
            self.tell(&json!({ "load": load }));
            self.stream = None;
        }
    }

    /// Settle a call.
    pub(super) fn answer(&self, page: u64, callback: &str, answered: Answered) {
        if self.talks(page) {
            self.tell(&match answered {
                Answered::Ok(data) => json!({ "callbackId": callback, "success": true, "data": data }),
                Answered::Error(error) => json!({ "callbackId": callback, "success": false, "error": error }),
            });
        }
    }

    /// An event for whoever listens.
    pub(super) fn emit(&mut self, event: &str, payload: &Value, retain: bool) {
        for callback in self.listeners.emit(event, payload, retain) {
            self.tell(&heard(&callback, payload));
        }
    }

    /// Calls that Capacitor itself answers, before a plugin sees them.
    pub(super) fn listening(&mut self, method: &str, callback: &str, options: &Value) -> Option<Answered> {
        let text = |name: &str| options.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        match method {
            "addListener" => {
                for payload in self.listeners.add(&text("eventName"), callback) {
                    self.tell(&heard(callback, &payload));
                }
            }
            "removeListener" => self.listeners.remove(&text("eventName"), &text("callbackId")),
            "removeAllListeners" => {
                self.listeners.clear();
                return Some(Answered::Ok(json!({})));
            }
            _ => return None,
        }
        Some(Answered::Ok(Value::Null))
    }

    /// The process died, and with it what it had retained.
    pub(super) fn forget(&mut self) {
        self.listeners = Listeners::default();
    }

    fn tell(&self, message: &Value) {
        if let Some(stream) = &self.stream {
            let _ = stream.send(format!("{message}\n")); // a window that was closed hears nothing
        }
    }
}

fn heard(callback: &str, payload: &Value) -> Value {
    json!({ "callbackId": callback, "success": true, "data": payload, "save": true })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(lines: &mut UnboundedReceiver<String>) -> Vec<Value> {
        std::iter::from_fn(|| lines.try_recv().ok()).map(|line| serde_json::from_str(&line).unwrap()).collect()
    }

    #[test]
    fn i4_an_old_page_is_not_heard_once_the_next_one_has_begun() {
        let mut windows = Windows::default();
        let mut first = windows.begin(1);
        assert!(windows.talks(1));
        let mut second = windows.begin(1);
        assert!(!windows.talks(1) && windows.talks(2));
        windows.answer(1, "7", Answered::Ok(json!({})));
        windows.answer(2, "8", Answered::Ok(json!({})));
        assert_eq!(told(&mut first), [json!({ "page": 1 })]);
        assert_eq!(told(&mut second)[1]["callbackId"], "8");
    }

    #[test]
    fn a_page_is_told_once_to_load() {
        let mut windows = Windows::default();
        let mut lines = windows.begin(1);
        windows.load(Load::Nothing);
        windows.load(Load::Same);
        windows.load(Load::Start);
        assert_eq!(told(&mut lines), [json!({ "page": 1 }), json!({ "load": "same" })]);
        assert!(lines.is_closed());
    }

    #[test]
    fn a_listener_hears_and_a_call_of_the_plugin_passes() {
        let mut windows = Windows::default();
        let mut lines = windows.begin(1);
        assert!(windows.listening("addListener", "5", &json!({ "eventName": "set" })).is_some());
        assert!(windows.listening("current", "6", &json!({})).is_none());
        windows.emit("set", &json!({ "bundle": 1 }), true);
        assert!(windows.listening("removeListener", "7", &json!({ "eventName": "set", "callbackId": "5" })).is_some());
        windows.emit("set", &json!({ "bundle": 2 }), false);
        let told = told(&mut lines);
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(told[1], json!({ "callbackId": "5", "success": true, "data": { "bundle": 1 }, "save": true }));
    }
}
