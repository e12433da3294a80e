//! A call from JavaScript: its options read, done in its way, answered.
//!
//! In: a method, JSON. Out: JSON or a refusal. May touch: what the method touches. Keeps: I13 (the caller never waits for the
//! worker), I10 (wrong options are a refusal that names them).

use crate::answer::Owed;
use crate::method::{Answered, Method, Options, Way};
use crate::plugin::Plugin;
use crate::refusal::Refusal;
use serde_json::{Map, Value};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// One call.
pub(crate) struct Call<'a> {
    pub(crate) plugin: &'a Plugin,
    pub(crate) method: Method,
    pub(crate) options: &'a Value,
    pub(crate) owed: Owed,
}

impl Way for Call<'_> {
    type Out = ();

    fn now<O: Options, R: Answered>(self, does: fn(&Plugin, &O) -> Result<R, Refusal>) {
        let Self { plugin, method, options, owed } = self;
        // A panic drops what is owed, which answers.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            let result = read::<O>(method, options).and_then(|options| does(plugin, &options));
            owed.give(result);
        }));
    }

    fn soon<O: Options, R: Answered>(self, does: fn(&Plugin, &O) -> Result<Option<R>, Refusal>) {
        let Self { plugin, method, options, owed } = self;
        let _ = catch_unwind(AssertUnwindSafe(|| {
            let options: O = match read(method, options) {
                Ok(options) => options,
                Err(refusal) => return owed.give::<R>(Err(refusal)),
            };
            match does(plugin, &options).transpose() {
                Some(result) => owed.give(result),
                None => plugin.work(move |plugin| {
                    let result = does(plugin, &options).and_then(|done| done.ok_or_else(Refusal::busy));
                    owed.give(result);
                }),
            }
        }));
    }

    fn worker<O: Options, R: Answered>(self, does: fn(&Plugin, &O) -> Result<R, Refusal>) {
        let Self { plugin, method, options, owed } = self;
        match read::<O>(method, options) {
            Ok(options) => plugin.work(move |plugin| owed.give(does(plugin, &options))),
            Err(refusal) => owed.give::<R>(Err(refusal)),
        }
    }

    fn page_began(self) {
        self.owed.forgo();
        self.plugin.page_began(self.options.get("token").and_then(Value::as_str).unwrap_or_default());
    }

    fn later(self, what: &'static str) {
        self.owed.give::<()>(Err(Refusal::later(self.method.name(), what)));
    }
}

/// Options of a call: members that nobody knows are ignored, wrong ones are named.
fn read<O: Options>(method: Method, options: &Value) -> Result<O, Refusal> {
    let options = if options.is_null() { Value::Object(Map::new()) } else { options.clone() };
    serde_path_to_error::deserialize(options).map_err(|error| {
        let (name, path, why) = (method.name(), error.path().to_string(), error.inner().to_string());
        let is_missing = why.starts_with("missing field");
        let text = match method.text_for_missing() {
            Some(text) if is_missing => text.to_owned(),
            _ if is_missing || path == "." => format!("`{name}`: {}", why.replace("missing field", "missing option")),
            _ => format!("`{name}`: option `{path}`: {why}"),
        };
        match method {
            Method::SetChannel => Refusal::new(Refusal::SETCHANNEL_INVALID_PARAMS, text),
            _ => Refusal::invalid_option(text),
        }
    })
}

impl Plugin {
    /// Does the plugin work here, or does it stand down?
    pub(crate) fn works(&self) -> Result<(), Refusal> {
        match self.settings.stand_down {
            Some(why) => Err(Refusal::new(Refusal::STAND_DOWN, format!("updates leave this app alone: {why}"))),
            None => Ok(()),
        }
    }
}

/// What a name that is no method's gets.
pub(crate) fn unknown(method: &str) -> Refusal {
    Refusal::new(Refusal::UNIMPLEMENTED, format!("`{method}` is not a method of this plugin"))
}
