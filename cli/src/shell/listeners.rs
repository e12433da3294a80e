//! Listeners of the page, with Capacitor's rules for events that nobody hears.
//!
//! In: calls of `addListener` and `removeListener`, events. Out: which callback gets what. May touch: nothing.
//! Capacitor 6 to 8, `Plugin.java`: a retained event waits for the first listener; a new page clears the listeners only.

use serde_json::Value;
use std::collections::HashMap;

/// What the page listens to, and what waits to be heard.
#[derive(Debug, Default)]
pub(super) struct Listeners {
    callbacks: HashMap<String, Vec<String>>,
    retained: HashMap<String, Vec<Value>>,
}

impl Listeners {
    /// A callback listens; what waited for a first listener is for it.
    pub(super) fn add(&mut self, event: &str, callback: &str) -> Vec<Value> {
        let callbacks = self.callbacks.entry(event.to_owned()).or_default();
        callbacks.push(callback.to_owned());
        if callbacks.len() > 1 { Vec::new() } else { self.retained.remove(event).unwrap_or_default() }
    }

    /// A callback no longer listens.
    pub(super) fn remove(&mut self, event: &str, callback: &str) {
        if let Some(callbacks) = self.callbacks.get_mut(event) {
            callbacks.retain(|held| held != callback);
        }
    }

    /// Another page: nobody listens any more.
    pub(super) fn clear(&mut self) {
        self.callbacks.clear();
    }

    /// An event; the callbacks that hear it.
    pub(super) fn emit(&mut self, event: &str, payload: &Value, retain: bool) -> Vec<String> {
        let heard = self.callbacks.get(event).cloned().unwrap_or_default();
        if heard.is_empty() && retain {
            self.retained.entry(event.to_owned()).or_default().push(payload.clone());
        }
        heard
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_retained_event_waits_for_the_first_listener_and_survives_a_page() {
        let mut listeners = Listeners::default();
        assert!(listeners.emit("set", &json!(1), true).is_empty());
        assert!(listeners.emit("download", &json!(2), false).is_empty());
        listeners.clear();
        assert_eq!(listeners.add("set", "a"), [json!(1)]);
        assert!(listeners.add("set", "b").is_empty());
        assert!(listeners.add("download", "c").is_empty());
        assert_eq!(listeners.emit("set", &json!(3), true), ["a", "b"]);
        listeners.remove("set", "a");
        assert_eq!(listeners.emit("set", &json!(4), true), ["b"]);
        listeners.clear();
        assert!(listeners.emit("set", &json!(5), true).is_empty());
        assert_eq!(listeners.add("set", "d"), [json!(5)], "what was heard is not told again");
    }
}
