//! The page that compares methods, events and keys with those of Capgo's plugin.
//!
//! In: [`Comparison`] of each. Out: Markdown. May touch: nothing.

use crate::config::{KEYS, OTHER_DEFAULTS, OtherDefault};
use crate::dispatch::{Caller, Method, Returns};
use crate::event::EventName;
use crate::host::Keep;
use crate::mode::UpdateMode;
use crate::table::Comparison;

const HEAD: &str = "# Compatibility with `@capgo/capacitor-updater`

Every method, event and option of version 8, and ours. A test writes this page from the code (`ALOFT_UPDATE_SNAPSHOTS=1 cargo test -p aloft-plugin contract`).

* **same**: as apps know it; where the platforms differ there, as its name and types say.
* **better**: what it did, and more; the difference is named.
* **later**: the method answers `UNIMPLEMENTED`, the option has no effect, which `status()` says, the event is not sent.
* **never**: and why.
* **ours**: beyond it.

Errors have the text of its Android side where an app may compare it, and a stable [code](errors.md). Its answers where options are missing are kept too.
";

pub(super) fn page() -> String {
    let of = |method: &Method| row(method.name(), &told(method.returns()), method.compared());
    let (public, scripts): (Vec<_>, Vec<_>) = Method::all().iter().partition(|method| method.caller() == Caller::App);
    let rows = |methods: Vec<&Method>| methods.into_iter().map(of).collect::<String>();
    let inherited =
        row("removeAllListeners", "promise", Comparison::Same) + &row("addListener", "promise", Comparison::Same);
    let events: String = EventName::all().iter().map(|name| row(name.name(), kept(*name), name.compared())).collect();
    let keys: String = KEYS.iter().map(|(key, compared)| line(key, *compared)).collect();
    let defaults: String = OTHER_DEFAULTS.iter().map(default).collect();
    format!(
        "{HEAD}\n## Methods\n\n| method | answers | beside Capgo's | |\n|---|---|---|---|\n{}{inherited}\n\
         `addListener` and `removeAllListeners` are Capacitor's own.\n\n\
         Sent by scripts, without a public type:\n\n| method | answers | beside Capgo's | |\n|---|---|---|---|\n{}\n\
         ## Events\n\n| event | kept for the first listener | beside Capgo's | |\n|---|---|---|---|\n{events}\n\
         ## Options\n\n| option | beside Capgo's | |\n|---|---|---|\n{keys}\n\
         ## Options with another default\n\n\
         What an option means where it is left out. All others mean the same as in Capgo's.\n\n\
         | option | here | in Capgo's | why |\n|---|---|---|---|\n{defaults}",
        rows(public),
        rows(scripts),
    )
}

fn told(returns: Returns) -> String {
    if returns == Returns::None { "nothing".to_owned() } else { returns.to_string() }
}

fn kept(name: EventName) -> &'static str {
    let of = |mode| name.keep(mode);
    match (of(UpdateMode::AtBackground), of(UpdateMode::OnlyDownload)) {
        (Keep::UntilHeard, _) => "yes",
        (Keep::No, Keep::UntilHeard) => "with `onlyDownload`",
        (Keep::No, Keep::No) => "no",
    }
}

fn row(name: &str, column: &str, compared: Comparison) -> String {
    let (how, why) = words(compared);
    format!("| `{name}` | {column} | {how} | {why} |\n")
}

fn line(name: &str, compared: Comparison) -> String {
    let (how, why) = words(compared);
    format!("| `{name}` | {how} | {why} |\n")
}

fn default(one: &OtherDefault) -> String {
    format!("| `{}` | {} | {} | {} |\n", one.key, one.ours, one.theirs, one.why)
}

fn words(compared: Comparison) -> (&'static str, &'static str) {
    match compared {
        Comparison::Same => ("same", ""),
        Comparison::Better(how) => ("better", how),
        Comparison::Later(what) => ("later", what),
        Comparison::Never(why) => ("never", why),
        Comparison::Ours(what) => ("ours", what),
    }
}

#[test]
fn every_key_that_is_read_has_its_line() {
    let read = <crate::config::keys::Keys as ts_rs::TS>::inline(&ts_rs::Config::new());
    for (key, _) in KEYS {
        let is_read = read.contains(&format!("{key}?:"));
        assert_eq!(is_read, !crate::config::keys::IDLE.contains(key), "{key}");
    }
    assert_eq!(read.matches("?:").count() + crate::config::keys::IDLE.len(), KEYS.len());
}

#[test]
fn a_default_that_differs_is_that_of_the_code() {
    let setup = crate::setup::Setup {
        capacitor_config: "{}".to_owned(),
        native_app_id: "com.example.app".to_owned(),
        platform: aloft_core::model::facts::Platform::Android,
        plugin_version: String::new(),
        data: "/data".into(),
        builtin: None,
        assets: Vec::new(),
        tls_roots: None,
        proxy: None,
        proxy_except: None,
        stable_id: None,
    };
    let core = crate::config::PluginSettings::of(&setup).core;
    let (ready, idle) = (core.timing.app_ready / 1000, core.timing.idle / 1000);
    for (key, ours) in [
        ("appReadyTimeout", format!("{ready},000 ms")),
        ("responseTimeout", format!("{idle} s without a byte")),
        ("defaultChannel", format!("`{}`", core.channel)),
    ] {
        let listed = OTHER_DEFAULTS.iter().find(|one| one.key == key).map(|one| one.ours);
        assert_eq!(listed, Some(ours.as_str()), "{key}");
    }
    for one in OTHER_DEFAULTS {
        assert!(KEYS.iter().any(|(key, _)| *key == one.key), "{}", one.key);
    }
}
