//! What a host knows when it opens the plugin.
//!
//! In: values of the app's package and of the device. Out: [`Setup`]. May touch: nothing. Keeps: I12 (`stable_id`).

use aloft_core::model::facts::Platform;
use std::path::PathBuf;

/// What a host knows when it opens the plugin.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The text of `capacitor.config.json` as the app ships it; `{}` if there is none.
    pub capacitor_config: String,
    /// Bundle id or package name: what `appId` is when no config names one.
    pub native_app_id: String,
    /// The platform.
    pub platform: Platform,
    /// Version of the plugin's package.
    pub plugin_version: String,
    /// Absolute path of the folder that is ours; made when missing.
    pub data: PathBuf,
    /// Folder that holds `aloft-builtin.json`, if the build wrote one.
    pub builtin: Option<PathBuf>,
    /// Where the builtin web assets lie: their folder, or the app's packages (APKs), one of which has them in `assets/public/`.
    pub assets: Vec<PathBuf>,
    /// PEM file of the roots that the system trusts, read by the worker; none: the ones compiled in.
    pub tls_roots: Option<PathBuf>,
    /// The system's proxy, e.g. `http://10.0.0.1:8080`.
    pub proxy: Option<String>,
    /// Hosts that are reached without it, as the system writes them: `localhost|*.example.com`.
    pub proxy_except: Option<String>,
    /// An id of this device and signing key that outlives an installation (Android: `ANDROID_ID`), never sent as it is.
    pub stable_id: Option<String>,
}
