//! Reads the options of a call from JavaScript, does its method on the right thread, and answers it.
//!
//! In: a method, JSON. Out: JSON or a refusal. May touch: what the method touches. Keeps: I13 (the caller never waits for the
//! worker), I10 (wrong options are a refusal that names them).

use super::method::{Method, MethodVisitor, Options, Reply};
use crate::answer::{AnswerCallback, PendingAnswer};
use crate::engine::Engine;
use crate::refusal::Refusal;
use serde_json::{Map, Value};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does `method` and answers it exactly once. A name that no method has is refused.
pub(crate) fn call(engine: &Engine, method: &str, options: &Value, answer: AnswerCallback) {
    let answer = PendingAnswer::new(answer);
    match method.parse::<Method>() {
        Ok(method) => method.visit(MethodCall { engine, method, options, answer }),
        Err(_) => answer.give::<()>(Err(unknown(method))),
    }
}

/// One call.
struct MethodCall<'a> {
    engine: &'a Engine,
    method: Method,
    options: &'a Value,
    answer: PendingAnswer,
}

impl MethodVisitor for MethodCall<'_> {
    type Out = ();

    fn immediate<O: Options, R: Reply>(self, does: fn(&Engine, &O) -> Result<R, Refusal>) {
        let Self { engine, method, options, answer } = self;
        // A panic drops the pending answer, which then answers by itself.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            let result = read::<O>(method, options).and_then(|options| does(engine, &options));
            answer.give(result);
        }));
    }

    fn immediate_or_queued<O: Options, R: Reply>(self, does: fn(&Engine, &O) -> Result<Option<R>, Refusal>) {
        let Self { engine, method, options, answer } = self;
        let _ = catch_unwind(AssertUnwindSafe(|| {
            let options: O = match read(method, options) {
                Ok(options) => options,
                Err(refusal) => return answer.give::<R>(Err(refusal)),
            };
            match does(engine, &options).transpose() {
                Some(result) => answer.give(result),
                None => engine.work(move |engine| {
                    let result = does(engine, &options).and_then(|done| done.ok_or_else(Refusal::busy));
                    answer.give(result);
                }),
            }
        }));
    }

    fn queued<O: Options, R: Reply>(self, does: fn(&Engine, &O) -> Result<R, Refusal>) {
        let Self { engine, method, options, answer } = self;
        match read::<O>(method, options) {
            Ok(options) => engine.work(move |engine| answer.give(does(engine, &options))),
            Err(refusal) => answer.give::<R>(Err(refusal)),
        }
    }

    fn page_began(self) {
        self.answer.discard();
        self.engine.page_began(self.options.get("token").and_then(Value::as_str).unwrap_or_default());
    }

    fn later(self, what: &'static str) {
        self.answer.give::<()>(Err(Refusal::later(self.method.name(), what)));
    }
}

/// Reads the options of a call. Unknown options are ignored; a wrong one is refused by its name.
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

/// Makes the refusal for a name that no method has.
fn unknown(method: &str) -> Refusal {
    Refusal::new(Refusal::UNIMPLEMENTED, format!("`{method}` is not a method of this plugin"))
}
