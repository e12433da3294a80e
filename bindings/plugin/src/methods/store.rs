//! The app's page in the store of its platform.
//!
//! In: the ids that stores know an app by. Out: addresses, which the host opens. May touch: nothing else; no network is asked.

use crate::engine::Engine;
use crate::refusal::Refusal;
use aloft_core::model::facts::Platform;
use serde::Deserialize;

/// Which app; left out: this one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct StorePage {
    package_name: Option<String>,
    app_id: Option<String>,
}

pub(crate) fn open(engine: &Engine, options: &StorePage) -> Result<(), Refusal> {
    let addresses = match engine.platform {
        Platform::Android => google_play(options.package_name.as_deref().unwrap_or(&engine.native_app_id))?,
        Platform::Ios => app_store(options.app_id.as_deref())?,
        Platform::Desktop => return Err(Refusal::new(Refusal::UNIMPLEMENTED, "this platform has no app store")),
    };
    engine.host.open_store(&addresses);
    Ok(())
}

/// The store's app first; without one, its page in a browser.
fn google_play(package: &str) -> Result<Vec<String>, Refusal> {
    let is_name = package.split('.').all(|part| {
        part.starts_with(|first: char| first.is_ascii_alphabetic())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    });
    if !is_name {
        return Err(wrong("packageName", "the name of an Android package, such as `com.example.app`"));
    }
    let pages = ["market://details?id=", "https://play.google.com/store/apps/details?id="];
    Ok(pages.map(|page| format!("{page}{package}")).to_vec())
}

/// Apple's number of an app is in no file of the app, and would have to be asked for.
fn app_store(id: Option<&str>) -> Result<Vec<String>, Refusal> {
    let digits = id.map(|id| id.strip_prefix("id").unwrap_or(id));
    let is_number = |id: &&str| !id.is_empty() && id.len() <= 20 && id.bytes().all(|byte| byte.is_ascii_digit());
    let id = digits.filter(is_number).ok_or_else(|| {
        wrong("appId", "the number of the app in the App Store, such as `1234567890`; this app does not know its own")
    })?;
    Ok(vec![format!("https://apps.apple.com/app/id{id}")])
}

fn wrong(option: &str, instead: &str) -> Refusal {
    Refusal::invalid_option(format!("`openAppStore`: option `{option}`: write {instead}"))
}
