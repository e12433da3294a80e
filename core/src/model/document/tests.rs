use super::*;
use serde_json::json;

#[test]
fn dates_go_there_and_back() {
    for (text, seconds) in [
        ("1970-01-01T00:00:00Z", 0),
        ("2000-02-29T12:00:00Z", 951_825_600),
        ("2026-11-20T10:00:00Z", 1_795_168_800),
        ("2100-03-01T00:00:00Z", 4_107_542_400),
    ] {
        assert_eq!(text.parse(), Ok(Date(seconds)), "{text}");
        assert_eq!(Date(seconds).to_string(), text);
    }
    for text in [
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-10T00:00:00Z",
        "2026-11-20 10:00:00Z",
        "2026-11-20T10:00:00",
        "2026-11-20T24:00:00Z",
        "1969-12-31T23:59:59Z",
    ] {
        assert_eq!(text.parse::<Date>(), Err(BadDate), "{text}");
    }
}

#[test]
fn an_unknown_member_of_requires_is_kept_and_not_known() {
    let known: Strict<Requires> = serde_json::from_str(r#"{"webview": ">=90"}"#).unwrap();
    assert!(matches!(known, Strict::Known(_)));
    let text = r#"{"moon":"full","webview":">=90"}"#;
    let unknown: Strict<Requires> = serde_json::from_str(text).unwrap();
    assert!(matches!(unknown, Strict::Unknown(_)));
    assert_eq!(serde_json::to_string(&unknown).unwrap(), text);
}

#[test]
fn a_condition_that_is_no_object_is_stated_and_not_known() {
    let entry =
        json!({ "version": "1", "created": 5, "root": "11".repeat(32), "files": 1, "size": 1, "artifacts": [] });
    for value in [json!(null), json!([]), json!([10_000, "s"]), json!("all"), json!(0), json!(false)] {
        let mut entry = entry.clone();
        for member in ["rollout", "requires", "audience"] {
            entry[member] = value.clone();
        }
        let read: ReleaseEntry = json::read_value(&entry).unwrap();
        assert_eq!(read.rollout, Some(Strict::Unknown(value.clone())));
        assert_eq!(read.requires, Some(Strict::Unknown(value.clone())));
        assert_eq!(read.audience, Some(Strict::Unknown(value.clone())));
        assert_eq!(serde_json::to_value(&read).unwrap()["requires"], value, "it is written as it was read");
    }
    for member in ["platform", "native_build", "os", "webview", "fingerprint"] {
        for value in [json!(null), json!([[]]), json!(1)] {
            let requires: Strict<Requires> = json::read_value(&json!({ member: value })).unwrap();
            assert!(matches!(requires, Strict::Unknown(_)), "{member}: {value}");
        }
    }
}
