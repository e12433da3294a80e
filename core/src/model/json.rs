//! JSON with nothing left to interpretation: every reader of a document sees the same members and the same numbers.
//!
//! In: bytes of a document. Out: a typed value, or why not. May touch: nothing. Keeps: I9, I10 (depth, integers).

mod shape;

use super::error::{Code, Error, Result};
use super::limits::MAX_INTEGER;
use serde::Deserialize;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use shape::Shaped;
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

/// How deep objects and arrays may be nested; our own documents need 6.
pub const MAX_DEPTH: u32 = 32;

/// Parse `bytes` as one JSON value of type `T`. `what` names the document in errors, `malformed` is their code.
///
/// # Errors
/// `duplicate_member` when an object at any depth has a member twice (escapes undone); `malformed` for anything that is not
/// JSON, is nested deeper than [`MAX_DEPTH`], has a number beyond ±(2^53 − 1), or is not a `T` in the form of [`read`].
pub fn parse<T: DeserializeOwned>(bytes: &[u8], what: &'static str, malformed: Code) -> Result<T> {
    let duplicate = Cell::new(false);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    Walk { depth: MAX_DEPTH, duplicate: &duplicate }
        .deserialize(&mut reader)
        .and_then(|()| reader.end())
        .and_then(|()| read(bytes))
        .map_err(|error| {
            let code = if duplicate.get() { Code::DuplicateMember } else { malformed };
            let reason: String = error.to_string().chars().take(160).collect();
            Error::protocol(code, format!("{what}: {reason}"))
        })
}

/// Read one JSON value as a `T`: an object for a struct and a text for a name of an enumeration, nothing else (formats 2.5).
///
/// # Errors
/// What is wrong with it. A member that stands twice in an object is refused only if `T` has it.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = T::deserialize(Shaped(&mut reader))?;
    reader.end().map(|()| value)
}

/// As [`read`], for a value whose JSON was read before.
///
/// # Errors
/// As [`read`].
pub fn read_value<T: DeserializeOwned>(value: &Value) -> serde_json::Result<T> {
    T::deserialize(Shaped(value))
}

/// A member that is there asks for something, whatever its value is: `null` is read as a `T`, and not as if the member were
/// absent. Goes with `#[serde(default)]`.
///
/// # Errors
/// As reading a `T`.
pub fn stated<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> std::result::Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Visits every value once, before any type gives it a meaning.
#[derive(Clone, Copy)]
struct Walk<'a> {
    depth: u32,
    duplicate: &'a Cell<bool>,
}

impl Walk<'_> {
    fn deeper<E: serde::de::Error>(self) -> std::result::Result<Self, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| E::custom("nested too deeply"))?;
        Ok(Self { depth, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> std::result::Result<(), E> {
        within(number <= MAX_INTEGER)
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> std::result::Result<(), E> {
        within(number.unsigned_abs() <= MAX_INTEGER)
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> std::result::Result<(), E> {
        #[allow(clippy::cast_precision_loss)] // 2^53 − 1 is exact
        within(number.abs() <= MAX_INTEGER as f64)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<(), A::Error> {
        let inner = self.deeper()?;
        while items.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> std::result::Result<(), A::Error> {
        let inner = self.deeper()?;
        let mut names = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            if !names.insert(name) {
                self.duplicate.set(true);
                return Err(A::Error::custom("a member stands twice in one object"));
            }
            members.next_value_seed(inner)?;
        }
        Ok(())
    }
}

fn within<E: serde::de::Error>(fits: bool) -> std::result::Result<(), E> {
    if fits { Ok(()) } else { Err(E::custom("a number is beyond 2^53 - 1")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn refusal(text: &str) -> Option<Code> {
        parse::<Value>(text.as_bytes(), "test", Code::BadDocument).err().map(|error| error.code())
    }

    #[test]
    fn a_member_that_stands_twice_is_refused_at_any_depth() {
        for text in
            [r#"{"a":1,"a":1}"#, r#"{"a":1,"b":2,"\u0061":3}"#, r#"{"x":{"y":[0,{"a":1,"a":2}]}}"#, r#"[{"":0,"":0}]"#]
        {
            assert_eq!(refusal(text), Some(Code::DuplicateMember), "{text}");
        }
        assert_eq!(refusal(r#"{"a":{"a":1},"b":{"a":1}}"#), None);
    }

    #[test]
    fn what_readers_could_read_differently_is_refused() {
        for text in [
            "",
            "{",
            "{} {}",
            "\u{feff}{}",
            "{'a':1}",
            "[1,]",
            "[NaN]",
            "[01]",
            r#"["\ud800"]"#,
            "[9007199254740992]",
            "[-9007199254740992]",
            "[1e16]",
            "[18446744073709551616]",
            "[1e999]",
        ] {
            assert_eq!(refusal(text), Some(Code::BadDocument), "{text}");
        }
        assert_eq!(refusal("[9007199254740991, -9007199254740991, 0.5, null, true]"), None);
        assert!(parse::<Value>(b"[\"\xff\"]", "test", Code::BadDocument).is_err());
    }

    #[test]
    fn i10_nesting_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(refusal(&nested(MAX_DEPTH as usize)), None);
        assert_eq!(refusal(&nested(MAX_DEPTH as usize + 1)), Some(Code::BadDocument));
        assert_eq!(refusal(&"[".repeat(1 << 20)), Some(Code::BadDocument));
    }

    #[test]
    fn a_reason_does_not_repeat_what_it_refuses_at_length() {
        let text = format!("\"{}\"", "x".repeat(10_000));
        let error = parse::<u64>(text.as_bytes(), "test", Code::BadEnvelope).unwrap_err();
        assert!(error.to_string().len() < 250);
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Point {
        x: u64,
        #[serde(default)]
        name: Option<Name>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Name {
        Origin,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(tag = "kind", content = "value", rename_all = "snake_case")]
    enum Tagged {
        Far(u64),
        At(Point),
    }

    #[test]
    fn a_struct_is_an_object_and_a_name_a_text_at_any_depth() {
        let is = |value: &Value| read::<BTreeMap<String, Vec<Option<Point>>>>(value.to_string().as_bytes()).is_ok();
        assert!(is(
            &json!({ "a": [{ "x": 1 }, { "x": 1, "name": "origin", "more": [] }, null, { "x": 2, "name": null }] })
        ));
        for point in [json!([1, null]), json!([1]), json!([]), json!(1), json!({ "x": 1, "name": { "origin": null } })]
        {
            assert!(!is(&json!({ "a": [point] })), "{point}");
        }
        assert!(!is(&json!([])));
        assert!(!is(&json!({ "a": {} })));
    }

    #[test]
    fn a_value_with_its_kind_beside_it_is_read_in_either_order() {
        for text in [r#"{"kind":"at","value":{"x":1}}"#, r#"{"value":{"x":1},"kind":"at"}"#] {
            assert_eq!(read::<Tagged>(text.as_bytes()).unwrap(), Tagged::At(Point { x: 1, name: None }), "{text}");
        }
        assert_eq!(read_value::<Tagged>(&json!({ "kind": "far", "value": 7 })).unwrap(), Tagged::Far(7));
        for value in [json!(["far", 7]), json!({ "kind": "at", "value": [1, null] })] {
            assert!(read_value::<Tagged>(&value).is_err(), "{value}");
        }
    }
}
