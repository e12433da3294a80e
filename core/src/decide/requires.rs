//! Does a device meet what a release requires (formats 4)?
//!
//! In: `requires` of a release, facts. Out: yes, or what is not met. May touch: nothing. Keeps: I8.

use super::skip::SkipReason;
use crate::model::document::{Requires, Strict};
use crate::model::facts::{Facts, Platform};
use crate::model::range::Range;

/// Does this device meet the requirements? Unknown members are met by none; absent ones by all.
pub fn meets(requires: Option<&Strict<Requires>>, facts: &Facts) -> bool {
    unmet(requires, facts).is_none()
}

/// The first requirement that this device does not meet.
pub fn unmet(requires: Option<&Strict<Requires>>, facts: &Facts) -> Option<SkipReason> {
    let requires = match requires? {
        Strict::Unknown(_) => return Some(SkipReason::UnknownCondition),
        Strict::Known(requires) => requires,
    };
    let platform = facts.platform.to_string();
    let within = |range: Option<&Range>, version: &str| range.is_none_or(|range| range.contains(version));
    let webview =
        facts.platform == Platform::Ios || within(requires.webview.as_ref(), facts.webview.as_deref().unwrap_or(""));
    let conditions = [
        (SkipReason::Platform, requires.platform.as_ref().is_none_or(|list| list.contains(&facts.platform))),
        (SkipReason::NativeBuild, within(requires.native_build.get(&platform), &facts.build.code)),
        (SkipReason::Os, within(requires.os.get(&platform), &facts.os)),
        (SkipReason::Webview, webview),
        (SkipReason::Fingerprint, requires.fingerprint.is_none() || requires.fingerprint == facts.fingerprint),
    ];
    conditions.into_iter().find(|(_, met)| !met).map(|(reason, _)| reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bundle::Build;
    use crate::model::facts::BuiltinRoot;

    fn met(requires: &str) -> bool {
        let facts = Facts {
            build: Build { code: "210".to_owned(), name: "2.1".to_owned() },
            builtin_root: BuiltinRoot::Absent,
            platform: Platform::Android,
            os: "14".to_owned(),
            os_build: String::new(),
            webview: Some("138.0.7204.63".to_owned()),
            fingerprint: Some("f1".to_owned()),
            boot_session: String::new(),
            pid: 1,
            started: 1,
            foreground: true,
            exits: Vec::new(),
            low_memory_kills_reported: true,
        };
        meets(Some(&serde_json::from_str(requires).unwrap()), &facts)
    }

    #[test]
    fn every_member_must_be_met() {
        for (requires, expected) in [
            ("{}", true),
            (r#"{"platform": ["ios", "android"]}"#, true),
            (r#"{"platform": ["ios"]}"#, false),
            (r#"{"native_build": {"android": ">=210 <300"}}"#, true),
            (r#"{"native_build": {"android": ">=211"}}"#, false),
            (r#"{"native_build": {"ios": ">=211"}}"#, true),
            (r#"{"os": {"android": ">=15"}}"#, false),
            (r#"{"webview": ">=90"}"#, true),
            (r#"{"webview": ">=140"}"#, false),
            (r#"{"fingerprint": "f1"}"#, true),
            (r#"{"fingerprint": "f2"}"#, false),
            (r#"{"moon": "full"}"#, false),
        ] {
            assert_eq!(met(requires), expected, "{requires}");
        }
    }
}
