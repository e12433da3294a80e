//! The app's own config, Capacitor's.
//!
//! In: the app's folder. Out: the config as JSON. May touch: reads `capacitor.config.json`, or a copy of it that
//! `npx cap sync` wrote, which is there also for apps whose config is TypeScript.

use crate::failure::{Failure, Result};
use aloft_plugin::PLUGIN;
use serde_json::Value;
use std::path::{Path, PathBuf};

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
    let text = std::fs::read_to_string(file).map_err(|error| Failure::io("read", file, &error))?;
    let value = serde_json::from_str(&text).ok().filter(Value::is_object);
    value.ok_or_else(|| {
        Failure::new("bad_config", format!("{} is no JSON object", file.display()))
            .hint("`npx cap sync` writes one into the native projects, also from capacitor.config.ts")
    })
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
