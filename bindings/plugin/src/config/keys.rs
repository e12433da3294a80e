//! Every key of `plugins.CapacitorUpdater`, as it is written.
//!
//! In: the object of the config. Out: [`Keys`], and a problem for each value that is of another kind. May touch: nothing.
//! Keeps: I1 (a wrong value counts as absent).

use crate::mode::UpdateMode;
use crate::table::{MENU, PREVIEW};
use aloft_core::updater::Problem;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The keys that are read; each may be absent.
#[allow(clippy::struct_field_names)] // they are the keys
#[derive(Debug, Default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields, rename_all = "camelCase"))]
#[allow(missing_docs)] // each is explained where the app writes it, in the package's `config.ts`
pub(crate) struct Keys {
    pub(crate) feed: Option<String>,
    pub(crate) signing_keys: Option<Vec<String>>,
    pub(crate) signing_threshold: Option<u32>,
    pub(crate) encryption_keys: Option<Vec<String>>,
    pub(crate) boot_attempts: Option<u32>,
    pub(crate) crash_loop_limit: Option<u32>,
    pub(crate) device_id: Option<DeviceIdKind>,
    pub(crate) clear_service_workers: Option<bool>,
    pub(crate) app_ready_timeout: Option<u64>,
    pub(crate) response_timeout: Option<u64>,
    pub(crate) auto_delete_failed: Option<bool>,
    pub(crate) auto_delete_previous: Option<bool>,
    #[cfg_attr(test, ts(as = "Option<crate::shapes::FlagOrMode>"))]
    pub(crate) auto_update: Option<AutoUpdate>,
    pub(crate) direct_update: Option<DirectUpdate>,
    pub(crate) reset_when_update: Option<bool>,
    pub(crate) update_url: Option<String>,
    pub(crate) channel_url: Option<String>,
    pub(crate) stats_url: Option<String>,
    pub(crate) public_key: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) app_id: Option<String>,
    pub(crate) default_channel: Option<String>,
    pub(crate) allow_set_default_channel: Option<bool>,
    pub(crate) persist_default_channel_on_reinstall: Option<bool>,
    pub(crate) period_check_delay: Option<u64>,
    pub(crate) allow_modify_url: Option<bool>,
    pub(crate) persist_modify_url: Option<bool>,
    pub(crate) persist_custom_id: Option<bool>,
    pub(crate) allow_modify_app_id: Option<bool>,
    pub(crate) allow_manual_bundle_error: Option<bool>,
    pub(crate) keep_url_path_after_reload: Option<bool>,
    #[cfg_attr(test, ts(rename = "disableJSLogging"))]
    #[allow(dead_code)] // no line is copied to the page in any case
    pub(crate) disable_js_logging: Option<bool>,
    pub(crate) os_logging: Option<bool>,
    pub(crate) auto_splashscreen: Option<bool>,
    pub(crate) auto_splashscreen_loader: Option<bool>,
    pub(crate) auto_splashscreen_timeout: Option<u64>,
}

/// `autoUpdate`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub(crate) enum AutoUpdate {
    Flag(bool),
    Mode(UpdateMode),
}

/// `directUpdate`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(untagged)]
pub(crate) enum DirectUpdate {
    Flag(bool),
    When(Direct),
}

/// When a staged bundle is shown without waiting for the background.
#[derive(Debug, Clone, Copy, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) enum Direct {
    AtInstall,
    Always,
    OnLaunch,
}

/// `deviceId`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) enum DeviceIdKind {
    Persistent,
    Install,
    None,
}

/// Keys that mean something to a tool, or to a later version, and nothing here. One that turns something on is told.
pub(crate) const IDLE: &[&str] = &[
    "allowPreview",
    "shakeMenu",
    "shakeMenuGesture",
    "allowShakeChannelSelector",
    "localS3",
    "localHost",
    "localWebHost",
    "localSupa",
    "localSupaAnon",
    "localApi",
    "localApiFiles",
];

impl Keys {
    /// Read the object under `plugins.CapacitorUpdater`.
    pub(crate) fn read(object: &Map<String, Value>, problems: &mut Vec<Problem>) -> Self {
        let mut object = Object { left: object.clone(), problems };
        let keys = Self {
            feed: object.take("feed", "the URL of the site, as a text"),
            signing_keys: object.take("signingKeys", "a list of texts like `ed25519:<base64 of 32 bytes>`"),
            signing_threshold: object.take("signingThreshold", COUNT),
            encryption_keys: object.take(SECRET, "a list of texts like `aes256:<base64 of 32 bytes>`"),
            boot_attempts: object.take("bootAttempts", COUNT),
            crash_loop_limit: object.take("crashLoopLimit", COUNT),
            device_id: object.take("deviceId", "\"persistent\", \"install\" or \"none\""),
            clear_service_workers: object.take("clearServiceWorkers", FLAG),
            app_ready_timeout: object.take("appReadyTimeout", "milliseconds, from 1000 on"),
            response_timeout: object.take("responseTimeout", "seconds, from 1 on"),
            auto_delete_failed: object.take("autoDeleteFailed", FLAG),
            auto_delete_previous: object.take("autoDeletePrevious", FLAG),
            auto_update: object.take("autoUpdate", AUTO_UPDATE),
            direct_update: object.take("directUpdate", "true, false, \"atInstall\", \"onLaunch\" or \"always\""),
            reset_when_update: object.take("resetWhenUpdate", FLAG),
            update_url: object.take("updateUrl", TEXT),
            channel_url: object.take("channelUrl", TEXT),
            stats_url: object.take("statsUrl", TEXT),
            public_key: object.take("publicKey", TEXT),
            version: object.take("version", TEXT),
            app_id: object.take("appId", TEXT),
            default_channel: object.take("defaultChannel", CHANNEL),
            allow_set_default_channel: object.take("allowSetDefaultChannel", FLAG),
            persist_default_channel_on_reinstall: object.take("persistDefaultChannelOnReinstall", FLAG),
            period_check_delay: object.take("periodCheckDelay", "seconds; 0 for none, else 600 or more"),
            allow_modify_url: object.take("allowModifyUrl", FLAG),
            persist_modify_url: object.take("persistModifyUrl", FLAG),
            persist_custom_id: object.take("persistCustomId", FLAG),
            allow_modify_app_id: object.take("allowModifyAppId", FLAG),
            allow_manual_bundle_error: object.take("allowManualBundleError", FLAG),
            keep_url_path_after_reload: object.take("keepUrlPathAfterReload", FLAG),
            disable_js_logging: object.take("disableJSLogging", FLAG),
            os_logging: object.take("osLogging", FLAG),
            auto_splashscreen: object.take("autoSplashscreen", FLAG),
            auto_splashscreen_loader: object.take("autoSplashscreenLoader", FLAG),
            auto_splashscreen_timeout: object.take("autoSplashscreenTimeout", "milliseconds; 0 for no limit"),
        };
        object.finish();
        keys
    }
}

pub(crate) const CHANNEL: &str = "a channel's name: [a-z0-9][a-z0-9._-]{0,63}";
/// Its value is in no log and no status.
const SECRET: &str = "encryptionKeys";
const FLAG: &str = "true or false";
const TEXT: &str = "a text";
const COUNT: &str = "a whole number, from 1 on";
const AUTO_UPDATE: &str =
    "true, false, \"off\", \"atBackground\", \"atInstall\", \"onLaunch\", \"always\" or \"onlyDownload\"";

/// A problem with a key: what is wrong, and what to write instead.
pub(crate) fn problem(key: &str, wrong: &str, instead: &str) -> Problem {
    let code = aloft_core::model::Code::BadConfig.to_string();
    Problem { code, detail: format!("`{key}`: {wrong}; write {instead}") }
}

/// A problem with a key that has no effect yet: why, and what to do.
pub(crate) fn idle(key: &str, why: &str, instead: &str) -> Problem {
    let code = aloft_core::model::Code::BadConfig.to_string();
    Problem { code, detail: format!("`{key}` has no effect yet: {why}; {instead}") }
}

struct Object<'a> {
    left: Map<String, Value>,
    problems: &'a mut Vec<Problem>,
}

impl Object<'_> {
    /// The value of a key, if it is there and of its kind.
    fn take<T: DeserializeOwned>(&mut self, key: &str, instead: &str) -> Option<T> {
        let value = self.left.remove(key).filter(|value| !value.is_null())?;
        let read = serde_json::from_value(value.clone()).ok();
        if read.is_none() {
            let wrong = if key == SECRET { "what is there".to_owned() } else { brief(&value) };
            self.problems.push(problem(key, &format!("{wrong} is not understood"), instead));
        }
        read
    }

    /// What nobody asked for is a slip of the pen, or for a later version.
    fn finish(self) {
        for (key, why) in [("allowPreview", PREVIEW), ("shakeMenu", MENU), ("allowShakeChannelSelector", MENU)] {
            if self.left.get(key) == Some(&Value::Bool(true)) {
                self.problems.push(idle(key, &format!("{why} come later"), "leave it out"));
            }
        }
        for key in self.left.keys().filter(|key| !IDLE.contains(&key.as_str())) {
            let instead = "it as the documentation does, or leave it out";
            self.problems.push(problem(key, "there is no such option", instead));
        }
    }
}

/// A value in few characters: some are long.
fn brief(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
