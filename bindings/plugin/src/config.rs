//! From `capacitor.config.json` to what the core and the plugin work with.
//!
//! In: [`Setup`]. Out: [`PluginSettings`], with a problem for each value that is wrong. May touch: nothing.
//! Keeps: I1 (a wrong config is a problem, never a crash), I3 (wrong signing keys close the gate).

mod compared;
pub(crate) mod keys;
mod read;

pub use compared::{KEYS, OTHER_DEFAULTS, OtherDefault};

use crate::mode::UpdatePlan;
use crate::setup::Setup;
use aloft_core::model::config::Config;
use aloft_core::updater::Problem;
use keys::Keys;
use serde_json::{Map, Value};
use std::fmt;

/// What the app configured.
pub(crate) struct PluginSettings {
    /// For the core.
    pub(crate) core: Config,
    /// For the update modes.
    pub(crate) plan: UpdatePlan,
    /// Why the plugin leaves the app alone; none: it works.
    pub(crate) stand_down: Option<StandDown>,
    /// What is wrong with the config, the core's findings included.
    pub(crate) problems: Vec<Problem>,
    /// What the core says of the same config; not said twice.
    covered: Vec<Problem>,
    /// Overrides the native version's name.
    pub(crate) version: Option<String>,
    pub(crate) service_workers: ServiceWorkers,
    /// May the app choose its channel, forget it with a native update, name the device for good, …?
    pub(crate) allow: Allow,
    pub(crate) tidy: Tidy,
    /// Lines for the system's log.
    pub(crate) log: OsLog,
}

/// Why the plugin leaves the app alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StandDown {
    /// `server.url` is set.
    LiveReload,
    /// The Cordova preference `DisableDeploy` is set.
    DisableDeploy,
}

impl StandDown {
    /// As `status` names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::LiveReload => "live_reload",
            Self::DisableDeploy => "disable_deploy",
        }
    }
}

impl fmt::Display for StandDown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LiveReload => "`server.url` is set, so the page comes from there",
            Self::DisableDeploy => "the preference `DisableDeploy` is set",
        })
    }
}

/// What happens to service workers when another bundle is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServiceWorkers {
    Clear,
    Leave,
}

/// What an app's own code may do; each is `true` when the config allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // one for each key of the config, read by name
pub(crate) struct Allow {
    pub(crate) set_channel: bool,
    pub(crate) keep_channel: bool,
    pub(crate) keep_custom_id: bool,
    pub(crate) bundle_error: bool,
    pub(crate) modify_url: bool,
    pub(crate) modify_app_id: bool,
}

/// Which bundles are removed without being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tidy {
    /// `autoDeleteFailed`.
    pub(crate) failed: bool,
    /// `autoDeletePrevious`.
    pub(crate) previous: bool,
}

/// `osLogging`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OsLog {
    Write,
    Silent,
}

impl PluginSettings {
    /// Has this problem of the core's been told here?
    pub(crate) fn covers(&self, problem: &Problem) -> bool {
        self.covered.contains(problem)
    }

    /// Read the config. Never fails: what cannot be used has its default, and a problem that says so.
    pub(crate) fn of(setup: &Setup) -> Self {
        let mut problems = Vec::new();
        let whole: Value = serde_json::from_str(&setup.capacitor_config).unwrap_or_else(|error| {
            let instead = "it as `npx cap sync` does";
            problems.push(keys::problem("capacitor.config.json", &format!("it is not JSON ({error})"), instead));
            Value::Null
        });
        let none = Map::new();
        let ours = match whole.pointer("/plugins/CapacitorUpdater") {
            None | Some(Value::Null) => &none,
            Some(Value::Object(ours)) => ours,
            Some(_) => {
                problems.push(keys::problem("plugins.CapacitorUpdater", "it is no object", "the options in `{}`"));
                &none
            }
        };
        let keys = Keys::read(ours, &mut problems);
        // A key that cannot be read is not one that is absent (I3).
        let has_signing_keys = ours.get("signingKeys").is_some_and(|value| !value.is_null());
        read::settings(keys, has_signing_keys, &whole, setup, problems)
    }
}
