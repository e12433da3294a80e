//! From `capacitor.config.json` to the core's config.
//!
//! In: [`Setup`]. Out: [`Settings`]. May touch: nothing. Keeps: I1 (a wrong config is a problem, never a crash), I3.

use crate::setup::Setup;
use aloft_core::model::config::Config;
use serde_json::Value;

/// What the app configured.
pub(crate) struct Settings {
    pub(crate) core: Config,
    /// Why the plugin leaves the app alone; none: it works.
    pub(crate) stand_down: Option<&'static str>,
}

impl Settings {
    pub(crate) fn of(setup: &Setup) -> Self {
        let whole: Value = serde_json::from_str(&setup.capacitor_config).unwrap_or_default();
        let ours = whole.pointer("/plugins/CapacitorUpdater").cloned().unwrap_or_default();
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let app = text(&ours, "appId").or_else(|| text(&whole, "appId"));
        let mut core = Config::new(app.unwrap_or_else(|| setup.native_app_id.clone()));
        core.feed = text(&ours, "feed");
        core.signing_keys =
            ours.get("signingKeys").map(|keys| serde_json::from_value(keys.clone()).unwrap_or_default());
        core.builtin_description = setup.builtin.as_ref().map(|folder| folder.join("aloft-builtin.json"));
        core.proxy.clone_from(&setup.proxy);
        core.stable_id.clone_from(&setup.stable_id);
        let stand_down = if whole.pointer("/server/url").is_some() { Some("live reload (`server.url`)") } else { None };
        Self { core, stand_down }
    }
}
