//! The page that compares methods, events and keys with those of Capgo's plugin.
//!
//! In: [`Compared`] of each. Out: Markdown. May touch: nothing.

use crate::config::KEYS;
use crate::event::EventName;
use crate::host::Keep;
use crate::method::{Caller, Method, Returns};
use crate::table::Compared;
use aloft_core::model::mode::UpdateMode;

const HEAD: &str = "# Compatibility with `@capgo/capacitor-updater`

Every method, event and option of version 8, and ours. A test writes this page from the code (`ALOFT_UPDATE_SNAPSHOTS=1 cargo test -p aloft-plugin contract`).

* **same**: as apps know it; where the platforms differ there, as its name and types say.
* **better**: what it did, and more; the difference is named.
* **later**: the method answers `UNIMPLEMENTED`, the option has no effect, the event is not sent.
* **never**: and why.
* **ours**: beyond it.

Errors have the text of its Android side where an app may compare it, and a stable [code](errors.md). Its answers where options are missing are kept too.
";

pub(super) fn page() -> String {
    let of = |method: &Method| row(method.name(), &told(method.returns()), method.compared());
    let (public, scripts): (Vec<_>, Vec<_>) = Method::all().iter().partition(|method| method.caller() == Caller::App);
    let rows = |methods: Vec<&Method>| methods.into_iter().map(of).collect::<String>();
    let inherited =
        row("removeAllListeners", "promise", Compared::Same) + &row("addListener", "promise", Compared::Same);
    let events: String = EventName::all().iter().map(|name| row(name.name(), kept(*name), name.compared())).collect();
    let keys: String = KEYS.iter().map(|(key, compared)| line(key, *compared)).collect();
    format!(
        "{HEAD}\n## Methods\n\n| method | answers | beside Capgo's | |\n|---|---|---|---|\n{}{inherited}\n\
         `addListener` and `removeAllListeners` are Capacitor's own.\n\n\
         Sent by scripts, without a public type:\n\n| method | answers | beside Capgo's | |\n|---|---|---|---|\n{}\n\
         ## Events\n\n| event | kept for the first listener | beside Capgo's | |\n|---|---|---|---|\n{events}\n\
         ## Options\n\n| option | beside Capgo's | |\n|---|---|---|\n{keys}",
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

fn row(name: &str, column: &str, compared: Compared) -> String {
    let (how, why) = words(compared);
    format!("| `{name}` | {column} | {how} | {why} |\n")
}

fn line(name: &str, compared: Compared) -> String {
    let (how, why) = words(compared);
    format!("| `{name}` | {how} | {why} |\n")
}

fn words(compared: Compared) -> (&'static str, &'static str) {
    match compared {
        Compared::Same => ("same", ""),
        Compared::Better(how) => ("better", how),
        Compared::Later(what) => ("later", what),
        Compared::Never(why) => ("never", why),
        Compared::Ours(what) => ("ours", what),
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
