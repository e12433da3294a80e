//! What the shell and the app's process say to each other: a line of JSON each, in the order in which it was said.
//!
//! In: values. Out: lines. May touch: nothing. Keeps: I4 (page calls and lifecycle travel one queue, as on a phone).

use aloft_plugin::{ExitRecord, Platform};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;

/// From the shell to the app's process.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(super) enum Order {
    /// The first line: open the plugin and launch.
    Launch(Box<Birth>),
    Foreground,
    Background,
    /// Another screen of the app covers it.
    Covered,
    /// The renderer of the page died.
    Gone {
        exit: aloft_plugin::Exit,
    },
    /// A page calls a method.
    Call(Call),
}

/// What an app process is born with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Birth {
    /// The text of `capacitor.config.json`, with what the command line says laid over it.
    pub(super) capacitor_config: String,
    pub(super) app: String,
    pub(super) platform: Platform,
    /// Native build code and name.
    pub(super) build: (String, String),
    /// Where the plugin keeps its data.
    pub(super) data: PathBuf,
    pub(super) builtin: PathBuf,
    /// How the process before this one ended, as Android tells.
    pub(super) exits: Vec<ExitRecord>,
}

/// A call, and where its answer belongs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Call {
    /// Number of the page; 0: the control window.
    pub(super) page: u64,
    pub(super) callback: String,
    pub(super) method: String,
    #[serde(default)]
    pub(super) options: Value,
}

/// From the app's process to the shell.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub(super) enum Word {
    /// Serve this, and load it.
    Show(Shown),
    Emit {
        event: String,
        payload: Value,
        /// Does it wait for its first listener?
        retain: bool,
    },
    /// `show`, `show_with_loader` or `hide`.
    Splash {
        what: String,
    },
    /// The worker begins or ends its work.
    Work {
        busy: bool,
    },
    Log {
        warning: bool,
        line: String,
    },
    Answer {
        page: u64,
        callback: String,
        #[serde(flatten)]
        result: Answered,
    },
}

/// `{"ok": …}` or `{"error": {"code", "message", "data"}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answered {
    Ok(Value),
    Error(Value),
}

/// What the app's window shows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Shown {
    /// Folder of the bundle; none: builtin.
    pub(super) bundle: Option<PathBuf>,
    /// The document-start script.
    pub(super) script: Option<String>,
    pub(super) token: Option<String>,
    pub(super) load: Load,
}

/// What the window loads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Load {
    /// It is left alone.
    #[default]
    Nothing,
    Start,
    Same,
}
