//! The app's own config, Capacitor's.
//!
//! In: the app's folder. Out: the config as JSON. May touch: reads `capacitor.config.json`, or a copy of it that
//! `npx cap sync` wrote, which is there also for apps whose config is TypeScript.

use crate::failure::{Failure, Result};
use crate::text_input;
use aloft_plugin::PLUGIN;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What Capacitor reads in an app's folder.
pub(crate) const CONFIGS: [&str; 3] = ["capacitor.config.ts", "capacitor.config.js", "capacitor.config.json"];

/// Where a config in JSON is found, the first that is there.
const PLACES: [&str; 3] =
    ["capacitor.config.json", "android/app/src/main/assets/capacitor.config.json", "ios/App/App/capacitor.config.json"];

/// The config of the app in `folder`.
pub(crate) fn find(folder: &Path) -> Option<PathBuf> {
    PLACES.iter().map(|place| folder.join(place)).find(|file| file.is_file())
}

/// # Errors
/// `bad_config` for what is no JSON object; what the system says to the file.
pub(crate) fn read(file: &Path) -> Result<Value> {
    let bad = |why: &str| {
        Failure::new("bad_config", format!("{}: {why}", file.display()))
            .hint("`npx cap sync` writes one into the native projects, also from capacitor.config.ts")
    };
    let text = text_input::read(file)?;
    let value: Value = serde_json::from_str(&text).map_err(|error| bad(&format!("{error}; JSON has no comments")))?;
    if value.is_object() { Ok(value) } else { Err(bad("it is no JSON object")) }
}

/// The id in signed documents: the plugin's own `appId`, else Capacitor's (formats 2).
pub(crate) fn app_id(config: &Value) -> Option<&str> {
    let id = option(config, "appId").or_else(|| config.get("appId"))?;
    id.as_str().filter(|id| !id.is_empty())
}

/// An option of the plugin.
pub(crate) fn option<'a>(config: &'a Value, name: &str) -> Option<&'a Value> {
    config.get("plugins")?.get(PLUGIN)?.get(name)
}
