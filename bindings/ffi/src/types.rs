//! Values that cross the boundary, and what they are inside.
//!
//! In: records of Kotlin and Swift. Out: the types of `aloft-plugin`. May touch: `/proc`, for this process's start.

use aloft_plugin::{
    Activation, Build, BuiltinRoot, Exit, ExitRecord, Facts, Leaving, Level, Load, Page, Platform, Setup, Splash,
};
use std::path::PathBuf;

/// What a host knows when it opens the plugin.
#[derive(Debug, Clone, uniffi::Record)]
pub struct HostSetup {
    /// The text of `capacitor.config.json` as the app ships it; `{}` if there is none.
    pub capacitor_config: String,
    /// Bundle id or package name.
    pub native_app_id: String,
    /// The platform.
    pub platform: PagePlatform,
    /// Version of the plugin's package.
    pub plugin_version: String,
    /// Absolute path of the folder that is ours; made when missing.
    pub data: String,
    /// Folder that holds `aloft-builtin.json`, if the build wrote one.
    pub builtin: Option<String>,
    /// Where the builtin web assets lie: their folder, or the app's packages (APKs), one of which has them in `assets/public/`.
    pub assets: Vec<String>,
    /// PEM file of the roots that the system trusts; none: the ones compiled in.
    pub tls_roots: Option<String>,
    /// The system's proxy, e.g. `http://10.0.0.1:8080`.
    pub proxy: Option<String>,
    /// Hosts that are reached without it, as the system writes them: `localhost|*.example.com`.
    pub proxy_except: Option<String>,
    /// An id of this device and signing key that outlives an installation; never sent as it is.
    pub stable_id: Option<String>,
}

/// What a host knows of its build, its device and this process.
#[derive(Debug, Clone, uniffi::Record)]
pub struct HostFacts {
    /// Number of the native build.
    pub build_code: String,
    /// Name of the native build.
    pub build_name: String,
    /// Content of `aloft-builtin.root`; none: the build wrote none; an empty text: it is there and could not be read.
    pub builtin_root: Option<String>,
    /// The platform.
    pub platform: PagePlatform,
    /// Version of the operating system.
    pub os: String,
    /// Build of the operating system.
    pub os_build: String,
    /// Version of the web view; none on iOS.
    pub webview: Option<String>,
    /// Name of the native surface.
    pub fingerprint: Option<String>,
    /// Changes whenever the device starts; none: read from the system here (Linux, Android).
    pub boot_session: Option<String>,
    /// Is the app coming to the foreground?
    pub foreground: bool,
    /// How earlier processes of the app ended.
    pub exits: Vec<PageExit>,
    /// Does this system report kills for low memory as such?
    pub low_memory_kills_reported: bool,
}

/// How one earlier process ended, tied to a page by its token.
#[derive(Debug, Clone, uniffi::Record)]
pub struct PageExit {
    /// The token that the process had set as its state summary.
    pub token: String,
    /// Why it ended.
    pub exit: ExitReason,
}

/// What a web view is to show.
#[derive(Debug, Clone, uniffi::Record)]
pub struct PageToShow {
    /// Folder of the bundle; none: the builtin web assets.
    pub bundle: Option<String>,
    /// To run in the page before any script of its own.
    pub script: Option<String>,
    /// Names this showing.
    pub token: Option<String>,
    /// What to load.
    pub load: PageLoad,
}

/// What to load of a page.
#[derive(Debug, Clone, Copy, uniffi::Enum)]
pub enum PageLoad {
    /// Nothing: the plugin stands down, and the host leaves its web view alone.
    Nothing,
    /// The app's start URL.
    Start,
    /// Path, query and fragment that are shown.
    SameUrl,
}

/// A platform.
#[derive(Debug, Clone, Copy, uniffi::Enum)]
#[allow(missing_docs)]
pub enum PagePlatform {
    Android,
    Ios,
    Desktop,
}

/// What iOS says of the application, or of one of its window scenes.
#[derive(Debug, Clone, Copy, uniffi::Enum)]
#[allow(missing_docs)] // explained at `aloft_plugin::Activation`
pub enum SceneActivation {
    Connecting,
    Inactive,
    Active,
    Background,
}

/// How the app left the foreground.
#[derive(Debug, Clone, Copy, uniffi::Enum)]
pub enum LeavingHow {
    /// The user went elsewhere.
    App,
    /// Another screen of the app's own task covers it.
    Covered,
}

/// What to do with the splash screen.
#[derive(Debug, Clone, Copy, uniffi::Enum)]
pub enum SplashState {
    /// Show it.
    Shown,
    /// Show it with a turning wheel on top.
    ShownWithLoader,
    /// Hide it, and the wheel.
    Hidden,
}

/// How much a log line matters.
#[derive(Debug, Clone, Copy, uniffi::Enum)]
#[allow(missing_docs)]
pub enum LogLevel {
    Info,
    Warning,
}

/// Why a process or a renderer ended, in the terms of Android's `ApplicationExitInfo`.
#[derive(Debug, Clone, Copy, uniffi::Enum)]
#[allow(missing_docs)] // explained at `aloft_core::model::facts::Exit`
pub enum ExitReason {
    Crash,
    NativeCrash,
    Anr,
    InitFailure,
    SelfExit,
    Signaled,
    LowMemory,
    UserRequested,
    UserStopped,
    DependencyDied,
    PackageUpdated,
    PackageStateChanged,
    PermissionChanged,
    Freezer,
    ExcessiveResources,
    Unknown,
}

/// A call could not be made. With `Result` on every function a panic arrives as an exception of the foreign language.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum CallFailed {
    /// The options are no JSON.
    #[error("the options of `{method}` are no JSON: {detail}")]
    BadOptions {
        /// Which method.
        method: String,
        /// Where and why.
        detail: String,
    },
}

impl From<HostSetup> for Setup {
    fn from(setup: HostSetup) -> Self {
        Self {
            capacitor_config: setup.capacitor_config,
            native_app_id: setup.native_app_id,
            platform: setup.platform.into(),
            plugin_version: setup.plugin_version,
            data: PathBuf::from(setup.data),
            builtin: setup.builtin.map(PathBuf::from),
            assets: setup.assets.into_iter().map(PathBuf::from).collect(),
            tls_roots: setup.tls_roots.map(PathBuf::from),
            proxy: setup.proxy,
            proxy_except: setup.proxy_except,
            stable_id: setup.stable_id,
        }
    }
}

impl From<HostFacts> for Facts {
    fn from(facts: HostFacts) -> Self {
        let pid = std::process::id();
        let exits = facts
            .exits
            .into_iter()
            .filter_map(|PageExit { token, exit }| Some(ExitRecord { token: token.parse().ok()?, exit: exit.into() }));
        Self {
            build: Build { code: facts.build_code, name: facts.build_name },
            builtin_root: BuiltinRoot::of(facts.builtin_root.as_deref()),
            platform: facts.platform.into(),
            os: facts.os,
            os_build: facts.os_build,
            webview: facts.webview,
            fingerprint: facts.fingerprint,
            boot_session: facts.boot_session.unwrap_or_else(aloft_plugin::boot_session),
            pid,
            started: aloft_plugin::process_started(pid),
            foreground: facts.foreground,
            exits: exits.collect(),
            low_memory_kills_reported: facts.low_memory_kills_reported,
        }
    }
}

impl From<Page> for PageToShow {
    fn from(page: Page) -> Self {
        let load = match page.load {
            Load::Nothing => PageLoad::Nothing,
            Load::Start => PageLoad::Start,
            Load::SameUrl => PageLoad::SameUrl,
        };
        let bundle = page.bundle.map(|path| path.to_string_lossy().into_owned());
        Self { bundle, script: page.script, token: page.token, load }
    }
}

impl From<PagePlatform> for Platform {
    fn from(platform: PagePlatform) -> Self {
        match platform {
            PagePlatform::Android => Self::Android,
            PagePlatform::Ios => Self::Ios,
            PagePlatform::Desktop => Self::Desktop,
        }
    }
}

impl From<SceneActivation> for Activation {
    fn from(activation: SceneActivation) -> Self {
        match activation {
            SceneActivation::Connecting => Self::Connecting,
            SceneActivation::Inactive => Self::Inactive,
            SceneActivation::Active => Self::Active,
            SceneActivation::Background => Self::Background,
        }
    }
}

impl From<LeavingHow> for Leaving {
    fn from(how: LeavingHow) -> Self {
        match how {
            LeavingHow::App => Self::App,
            LeavingHow::Covered => Self::Covered,
        }
    }
}

impl From<Splash> for SplashState {
    fn from(splash: Splash) -> Self {
        match splash {
            Splash::Show => Self::Shown,
            Splash::ShowWithLoader => Self::ShownWithLoader,
            Splash::Hide => Self::Hidden,
        }
    }
}

impl From<Level> for LogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Info => Self::Info,
            Level::Warning => Self::Warning,
        }
    }
}

impl From<ExitReason> for Exit {
    fn from(reason: ExitReason) -> Self {
        match reason {
            ExitReason::Crash => Self::Crash,
            ExitReason::NativeCrash => Self::NativeCrash,
            ExitReason::Anr => Self::Anr,
            ExitReason::InitFailure => Self::InitFailure,
            ExitReason::SelfExit => Self::SelfExit,
            ExitReason::Signaled => Self::Signaled,
            ExitReason::LowMemory => Self::LowMemory,
            ExitReason::UserRequested => Self::UserRequested,
            ExitReason::UserStopped => Self::UserStopped,
            ExitReason::DependencyDied => Self::DependencyDied,
            ExitReason::PackageUpdated => Self::PackageUpdated,
            ExitReason::PackageStateChanged => Self::PackageStateChanged,
            ExitReason::PermissionChanged => Self::PermissionChanged,
            ExitReason::Freezer => Self::Freezer,
            ExitReason::ExcessiveResources => Self::ExcessiveResources,
            ExitReason::Unknown => Self::Unknown,
        }
    }
}
