//! What the story needs beside its steps: reading answers, and a forger.
//!
//! In: JSON answers, documents. Out: values, or that they are not what was told. May touch: nothing.

use crate::failure::{Failure, Result};
use serde_json::{Value, json};
use std::path::Path;

/// The document in force, its counter raised, signed by a key that nobody trusts.
pub(super) fn forged(envelope: &[u8]) -> Result<Vec<u8>> {
    use aloft_core::open::envelope::{Envelope, pae};
    use base64::Engine as _;
    let bad = |error: String| Failure::new("step_failed", error);
    let engine = base64::engine::general_purpose::STANDARD;
    let signed: Envelope = serde_json::from_slice(envelope).map_err(|error| bad(error.to_string()))?;
    let payload = engine.decode(&signed.payload).map_err(|error| bad(error.to_string()))?;
    let mut document: Value = serde_json::from_slice(&payload).map_err(|error| bad(error.to_string()))?;
    if let Some(counter) = document.get_mut("counter") {
        *counter = json!(counter.as_u64().unwrap_or(0) + 1);
    }
    let payload = document.to_string().into_bytes();
    let key = crate::keys::SigningKeyFile::generate()?;
    let signature = key.sign(&pae(&signed.payload_type, &payload));
    let forged = Envelope::new(&signed.payload_type, &payload).signed(key.id(), &signature);
    serde_json::to_vec(&forged).map_err(|error| bad(error.to_string()))
}

pub(super) fn text(path: &Path) -> String {
    path.display().to_string()
}

/// The value at `pointer` as text; empty if there is none.
pub(super) fn at(value: &Value, pointer: &str) -> String {
    match value.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

pub(super) fn expect(value: &Value, pointer: &str, wanted: &str) -> Result<()> {
    let found = at(value, pointer);
    if found == wanted {
        return Ok(());
    }
    Err(Failure::new("step_failed", format!("{pointer} is {found:?}, expected {wanted:?}, in {value}")))
}

/// Which release a bundle of the device is.
pub(super) fn version(status: &Value, bundle: &str) -> String {
    let kept = status.pointer("/bundles").and_then(Value::as_array);
    let named = kept.and_then(|kept| kept.iter().find(|kept| at(kept, "/id") == bundle));
    named.map_or_else(|| bundle.to_owned(), |kept| at(kept, "/version"))
}

pub(super) fn expect_version(status: &Value, bundle: &str, wanted: &str) -> Result<()> {
    let found = version(status, bundle);
    if found == wanted {
        return Ok(());
    }
    Err(Failure::new("step_failed", format!("{found} is shown, expected {wanted}; {status}")))
}

/// The first text in `value` that begins with `prefix`.
pub(super) fn find(value: &Value, prefix: &str) -> Result<String> {
    fn look<'a>(value: &'a Value, prefix: &str) -> Option<&'a str> {
        match value {
            Value::String(text) if text.starts_with(prefix) => Some(text),
            Value::Array(items) => items.iter().find_map(|item| look(item, prefix)),
            Value::Object(members) => members.values().find_map(|member| look(member, prefix)),
            _ => None,
        }
    }
    look(value, prefix)
        .map(str::to_owned)
        .ok_or_else(|| Failure::new("step_failed", format!("no {prefix} key is shown")))
}
