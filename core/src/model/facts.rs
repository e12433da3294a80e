//! What the host knows of this process, its device and its build, handed over at launch.
//!
//! In: values the host read from the system. Out: [`Facts`]. May touch: nothing. Keeps: I6, I8.

use super::bundle::{Build, Token};
use super::digest::RootDigest;
use serde::{Deserialize, Serialize};
use std::io;

/// Facts about the device, the native build and this process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Native build: number and name.
    pub build: Build,
    /// What the host found in `aloft-builtin.root` (formats 5).
    #[serde(default)]
    pub builtin_root: BuiltinRoot,
    /// The platform.
    pub platform: Platform,
    /// Version of the operating system, e.g. `15.4`.
    #[serde(default)]
    pub os: String,
    /// Build of the operating system; changes with a system update.
    #[serde(default)]
    pub os_build: String,
    /// Version of the web view, e.g. `138.0.7204.63`; none on iOS.
    #[serde(default)]
    pub webview: Option<String>,
    /// Opaque name of the native surface, compared with `requires.fingerprint`.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// Changes whenever the device starts (Linux and Android: `boot_id`; iOS: the boot time).
    pub boot_session: String,
    /// Process id.
    pub pid: u32,
    /// Start of the process in a unit of the system's own; tells a pid used twice apart.
    pub started: u64,
    /// Is the app coming to the foreground? Android: always, an Activity is starting. iOS: unless the state is background.
    pub foreground: bool,
    /// How earlier processes of the app ended, as far as the system tells.
    #[serde(default)]
    pub exits: Vec<ExitRecord>,
    /// Does this system report kills for low memory as such? (Android: `isLowMemoryKillReportSupported`.)
    #[serde(default)]
    pub low_memory_kills_reported: bool,
}

impl Facts {
    /// What a process knows before its host has told it anything.
    pub fn unknown() -> Self {
        Self {
            build: Build::default(),
            builtin_root: BuiltinRoot::Absent,
            platform: Platform::Desktop,
            os: String::new(),
            os_build: String::new(),
            webview: None,
            fingerprint: None,
            boot_session: String::new(),
            pid: 0,
            started: 0,
            foreground: false,
            exits: Vec::new(),
            low_memory_kills_reported: false,
        }
    }
}

/// What the host found in `aloft-builtin.root`. Unreadable is not absent: a launch that could not read the file knows nothing of
/// the builtin assets, and must not take them for others (I8).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BuiltinRoot {
    /// The build wrote none.
    #[default]
    Absent,
    /// The content of the builtin assets.
    Is(RootDigest),
    /// There is one, but the system did not let it be read, or it is no digest.
    Unreadable,
}

impl BuiltinRoot {
    /// What the text of the file says; none: the build wrote none. An empty text is what hosts hand over for a file that is there and
    /// cannot be read.
    pub fn of(text: Option<&str>) -> Self {
        text.map_or(Self::Absent, |text| text.trim().parse().map_or(Self::Unreadable, Self::Is))
    }

    /// What reading the file gave.
    pub fn read(text: io::Result<String>) -> Self {
        match text {
            Ok(text) => Self::of(Some(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::Absent,
            Err(_) => Self::Unreadable,
        }
    }

    /// The content, if it is known.
    pub fn known(self) -> Option<RootDigest> {
        match self {
            Self::Is(root) => Some(root),
            Self::Absent | Self::Unreadable => None,
        }
    }
}

/// A platform that a release may require.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Platform {
    /// Android.
    Android,
    /// iOS and iPadOS.
    Ios,
    /// A desktop system, or the device on the command line.
    Desktop,
}

/// How one earlier process ended (Android: `ApplicationExitInfo`), tied to a serve by its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExitRecord {
    /// The token that the process had set as its state summary.
    pub token: Token,
    /// Why it ended.
    pub exit: Exit,
}

/// Why a process ended, in the terms of Android's `ApplicationExitInfo`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Exit {
    /// A managed exception.
    Crash,
    /// A native signal.
    NativeCrash,
    /// The main thread hung.
    Anr,
    /// The process failed to initialise.
    InitFailure,
    /// It exited by itself.
    SelfExit,
    /// SIGKILL or another signal without further word.
    Signaled,
    /// The system needed memory.
    LowMemory,
    /// The user asked for it (swipe in recents, force stop).
    UserRequested,
    /// The user stopped the profile or the package was stopped.
    UserStopped,
    /// A process it depended on died.
    DependencyDied,
    /// The app was updated.
    PackageUpdated,
    /// The app was disabled, enabled or its state changed.
    PackageStateChanged,
    /// A permission was changed.
    PermissionChanged,
    /// Killed while frozen.
    Freezer,
    /// Killed for using too many resources.
    ExcessiveResources,
    /// The system says `other` or nothing known.
    Unknown,
}
