//! What the keys mean.
//!
//! In: [`Keys`], the whole config, [`Setup`]. Out: [`PluginSettings`]. May touch: nothing. Keeps: I1, I3.

use super::keys::{AutoUpdate, CHANNEL, DeviceIdKind as Id, Direct, DirectUpdate, Keys, idle, problem};
use super::{Allow, OsLog, PluginSettings, ServiceWorkers, StandDown, Tidy};
use crate::mode::UpdateMode;
use crate::mode::{LEAST_PERIOD, Splash, SplashPlan, UpdatePlan};
use crate::setup::Setup;
use aloft_core::model::Error;
use aloft_core::model::config::{Config, DeviceIdKind, OnNativeUpdate, ReloadAt, is_channel_name};
use aloft_core::model::path::BundlePath;
use aloft_core::updater::Problem;
use serde_json::Value;

/// Least milliseconds between two checks by lifecycle: a check is one small request, and apps expect one at every foreground. It
/// keeps a permission dialogue, which is one, from being another.
const CHECK_INTERVAL: u64 = 10_000;
/// Milliseconds that `autoSplashscreenTimeout` means when it is absent: as long as people wait for a start.
const SPLASH: u64 = 10_000;

pub(super) fn settings(
    keys: Keys,
    has_signing_keys: bool,
    whole: &Value,
    setup: &Setup,
    mut problems: Vec<Problem>,
) -> PluginSettings {
    not_yet(&keys, has_signing_keys, &mut problems);
    let plan = UpdatePlan { mode: mode(&keys), period: period(&keys), splash: splash(&keys) };
    let on = |key: Option<bool>| key.unwrap_or(true);
    let off = |key: Option<bool>| key.unwrap_or(false);
    let allow = Allow {
        set_channel: on(keys.allow_set_default_channel),
        keep_channel: on(keys.persist_default_channel_on_reinstall),
        keep_custom_id: off(keys.persist_custom_id),
        bundle_error: off(keys.allow_manual_bundle_error),
        modify_url: off(keys.allow_modify_url),
        modify_app_id: off(keys.allow_modify_app_id),
    };
    let version = keys.version.clone().filter(|version| !version.is_empty());
    let service_workers = if on(keys.clear_service_workers) { ServiceWorkers::Clear } else { ServiceWorkers::Leave };
    let tidy = Tidy { failed: on(keys.auto_delete_failed), previous: on(keys.auto_delete_previous) };
    let log = if on(keys.os_logging) { OsLog::Write } else { OsLog::Silent };
    let core = core(keys, has_signing_keys, whole, setup, &mut problems);
    // With nobody to ask, a check at every foreground would only start the worker.
    let is_asked = core.site().is_ok_and(|site| site.is_some());
    let mode = if is_asked { plan.mode } else { UpdateMode::Off };
    PluginSettings {
        plan: UpdatePlan { mode, ..plan },
        stand_down: stand_down(whole),
        version,
        service_workers,
        allow,
        tidy,
        log,
        covered: refused(&core).collect(),
        core,
        problems,
    }
}

fn core(keys: Keys, has_signing_keys: bool, whole: &Value, setup: &Setup, problems: &mut Vec<Problem>) -> Config {
    let of_app = || whole.get("appId").and_then(Value::as_str).map(str::to_owned);
    let app = keys.app_id.or_else(of_app).filter(|app| !app.is_empty());
    let mut core = Config::new(app.unwrap_or_else(|| setup.native_app_id.clone()));
    core.feed = keys.feed;
    if let Some(channel) = keys.default_channel.filter(|name| is_channel(name, problems)) {
        core.channel = channel;
    }
    if keys.reset_when_update == Some(false) {
        core.on_native_update = OnNativeUpdate::Keep;
    }
    if keys.keep_url_path_after_reload == Some(true) {
        core.reload = ReloadAt::SamePath;
    }
    core.device_id = match keys.device_id.unwrap_or(Id::Persistent) {
        Id::Persistent => DeviceIdKind::Persistent,
        Id::Install => DeviceIdKind::Install,
        Id::None => DeviceIdKind::None,
    };
    core.builtin_description = setup.builtin.as_ref().map(|folder| folder.join("aloft-builtin.json"));
    core.builtin_assets.clone_from(&setup.assets);
    core.start_file = start_file(whole);
    core.proxy.clone_from(&setup.proxy);
    let hosts = setup.proxy_except.iter().flat_map(|hosts| hosts.split(['|', ',']));
    core.proxy_except = hosts.map(str::trim).filter(|host| !host.is_empty()).map(str::to_owned).collect();
    core.stable_id.clone_from(&setup.stable_id);
    let mut at_least = |key: &str, value: Option<u64>, least: u64, default: u64| match value {
        Some(value) if value < least => {
            problems.push(problem(key, &format!("{value} is too low"), &format!("{least} or more")));
            default
        }
        value => value.unwrap_or(default),
    };
    core.timing.check_interval = CHECK_INTERVAL;
    let timing = core.timing;
    core.timing.app_ready = at_least("appReadyTimeout", keys.app_ready_timeout, 1000, timing.app_ready);
    let silence = at_least("responseTimeout", keys.response_timeout, 1, timing.idle / 1000);
    core.timing.idle = silence.saturating_mul(1000);
    let count = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    core.boot_attempts =
        count(at_least("bootAttempts", keys.boot_attempts.map(u64::from), 1, core.boot_attempts.into()));
    core.crash_loop_limit =
        count(at_least("crashLoopLimit", keys.crash_loop_limit.map(u64::from), 1, core.crash_loop_limit.into()));
    // What of the keys is wrong, the core says itself, and keeps the gate shut (I3).
    core.signing_threshold = keys.signing_threshold.map_or(1, |threshold| threshold as usize);
    let unreadable = has_signing_keys && keys.signing_keys.is_none();
    core.signing_keys = if has_signing_keys { Some(keys.signing_keys.unwrap_or_default()) } else { None };
    core.encryption_keys = keys.encryption_keys.unwrap_or_default();
    problems.extend(gate(&core).filter(|_| !unreadable));
    problems.extend(addresses_and_keys(&core));
    core
}

/// What the core finds wrong with the same config.
fn refused(core: &Config) -> impl Iterator<Item = Problem> + use<> {
    gate(core).into_iter().chain(addresses_and_keys(core))
}

fn gate(core: &Config) -> Option<Problem> {
    let is_used = core.feed.is_some() || core.signing_keys.is_some();
    if is_used { core.trust().err().as_ref().map(of_core) } else { None }
}

fn addresses_and_keys(core: &Config) -> impl Iterator<Item = Problem> + use<> {
    core.site().err().into_iter().chain(core.encryption().err()).map(|error| of_core(&error))
}

fn of_core(error: &Error) -> Problem {
    Problem { code: error.code().to_string(), detail: error.to_string() }
}

fn is_channel(name: &str, problems: &mut Vec<Problem>) -> bool {
    let fits = is_channel_name(name);
    if !fits {
        problems.push(problem("defaultChannel", &format!("{name:?} is no channel name"), CHANNEL));
    }
    fits
}

/// What a config written for another plugin asks for, and what has no effect yet.
fn not_yet(keys: &Keys, has_signing_keys: bool, problems: &mut Vec<Problem>) {
    const SERVERS: &str = "servers that speak Capgo's protocol are not asked yet";
    const SITE: &str = "write the URL of a site as `feed`";
    let is_set = |url: &Option<String>| url.as_ref().is_some_and(|url| !url.is_empty());
    if keys.public_key.is_some() {
        let why =
            "the bundles of servers that speak Capgo's protocol are not read yet, so nothing is checked with this key";
        let instead = if has_signing_keys {
            "what is signed with `signingKeys` is checked; leave this key out"
        } else {
            "write `signingKeys`, as `aloft keys show` prints them"
        };
        problems.push(idle("publicKey", why, instead));
    }
    if is_set(&keys.update_url) {
        problems.push(idle("updateUrl", SERVERS, SITE));
    }
    if is_set(&keys.channel_url) {
        problems.push(idle("channelUrl", SERVERS, SITE));
    }
    if is_set(&keys.stats_url) {
        problems.push(idle("statsUrl", "no statistics are sent yet, to any server", "leave it out"));
    }
    let changing = [("allowModifyUrl", keys.allow_modify_url), ("persistModifyUrl", keys.persist_modify_url)];
    for (key, _) in changing.into_iter().filter(|(_, on)| *on == Some(true)) {
        problems.push(idle(key, SERVERS, "leave it out"));
    }
}

/// A mode counts; without one, `directUpdate` says more than `true`.
fn mode(keys: &Keys) -> UpdateMode {
    match (keys.auto_update, keys.direct_update) {
        (Some(AutoUpdate::Mode(mode)), _) => mode,
        (Some(AutoUpdate::Flag(false)), _) => UpdateMode::Off,
        (_, Some(DirectUpdate::Flag(true) | DirectUpdate::When(Direct::Always))) => UpdateMode::Always,
        (_, Some(DirectUpdate::When(Direct::AtInstall))) => UpdateMode::AtInstall,
        (_, Some(DirectUpdate::When(Direct::OnLaunch))) => UpdateMode::OnLaunch,
        (_, Some(DirectUpdate::Flag(false)) | None) => UpdateMode::AtBackground,
    }
}

fn period(keys: &Keys) -> u64 {
    match keys.period_check_delay.unwrap_or(0) {
        0 => 0,
        seconds => seconds.max(LEAST_PERIOD),
    }
}

fn splash(keys: &Keys) -> Option<SplashPlan> {
    let with_loader = keys.auto_splashscreen_loader == Some(true);
    let show = if with_loader { Splash::ShowWithLoader } else { Splash::Show };
    let timeout = keys.auto_splashscreen_timeout.unwrap_or(SPLASH);
    (keys.auto_splashscreen == Some(true)).then_some(SplashPlan { show, timeout })
}

/// The file that `server.appStartPath` names, in the way Capacitor reads it: white space around it does not count, and neither
/// do a slash before it, a query or a fragment. A route without a file extension is answered with `index.html`, which every
/// bundle has, and a path that no bundle can have is not asked for.
fn start_file(whole: &Value) -> Option<BundlePath> {
    let path = whole.pointer("/server/appStartPath")?.as_str()?.trim();
    let path = path.split(['?', '#']).next()?.trim_start_matches('/');
    let name = path.rsplit('/').next()?;
    if path == "index.html" || !name.contains('.') { None } else { path.parse().ok() }
}

/// Where somebody else serves the page, updates leave it alone.
fn stand_down(whole: &Value) -> Option<StandDown> {
    let url = whole.pointer("/server/url").and_then(Value::as_str).is_some_and(|url| !url.is_empty());
    let preferences = whole.pointer("/cordova/preferences").and_then(Value::as_object);
    let disabled = preferences.and_then(|all| all.iter().find(|(name, _)| name.eq_ignore_ascii_case("DisableDeploy")));
    let disabled = disabled.is_some_and(|(_, value)| match value {
        Value::Bool(value) => *value,
        value => value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true")),
    });
    if url {
        Some(StandDown::LiveReload)
    } else if disabled {
        Some(StandDown::DisableDeploy)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_start_file_is_what_capacitor_loads_first_and_not_a_route() {
        for (path, expected) in [
            (json!("app.html"), Some("app.html")),
            (json!(" /de/start.html?x=1#top "), Some("de/start.html")),
            (json!("index.html"), None),
            (json!("/home"), None),
            (json!("de/"), None),
            (json!(""), None),
            (json!("../outside.html"), None),
            (json!(7), None),
            (Value::Null, None),
        ] {
            let file = start_file(&json!({ "server": { "appStartPath": path } }));
            assert_eq!(file.as_ref().map(BundlePath::as_str), expected, "{path}");
        }
        assert_eq!(start_file(&json!({})), None);
    }
}
