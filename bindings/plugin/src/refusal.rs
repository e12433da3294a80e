//! Why a call was not done, as JavaScript sees it.
//!
//! In: errors of the core, and what is wrong with a call. Out: [`Refusal`]. May touch: nothing. Keeps: I11.

use aloft_core::model::{Code, Error};
use serde::Serialize;
use serde_json::Value;

/// Why a call was not done: what `catch` gets in JavaScript.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Refusal {
    /// Stable code (`docs/errors.md`, or one of the plugin's own).
    pub code: String,
    /// What is wrong, and where.
    pub message: String,
    /// More values for the app, by method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

impl Refusal {
    /// The method, or this way to call it, does not exist. The word is Capacitor's own.
    pub const UNIMPLEMENTED: &str = "UNIMPLEMENTED";
    /// The options of a call are wrong; the message names the option.
    pub const INVALID_OPTION: &str = "invalid_option";
    /// The config does not allow it; the message names the key.
    pub const NOT_ALLOWED: &str = "not_allowed";
    /// Another process of the app checks or installs.
    pub const ALREADY_RUNNING: &str = "already_running";
    /// The plugin does nothing, because another server than the plugin provides the page.
    pub const STAND_DOWN: &str = "stand_down";
    /// The call ended without an answer, by a fault of the plugin's own.
    pub const INTERNAL: &str = "internal";
    /// A channel is not followed; `data.error` says why.
    pub const SETCHANNEL_FAILED: &str = "SETCHANNEL_FAILED";
    /// As [`Refusal::INVALID_OPTION`], of `setChannel`.
    pub const SETCHANNEL_INVALID_PARAMS: &str = "SETCHANNEL_INVALID_PARAMS";
    /// The channel is not left; `data.error` says why.
    pub const UNSETCHANNEL_FAILED: &str = "UNSETCHANNEL_FAILED";
    /// The channel is not known; `data.error` says why.
    pub const GETCHANNEL_FAILED: &str = "GETCHANNEL_FAILED";
    /// The channels are not known; `data.error` says why.
    pub const LISTCHANNELS_FAILED: &str = "LISTCHANNELS_FAILED";

    /// The codes beside those of the core.
    pub const CODES: &[&str] = &[
        Self::UNIMPLEMENTED,
        Self::INVALID_OPTION,
        Self::NOT_ALLOWED,
        Self::ALREADY_RUNNING,
        Self::STAND_DOWN,
        Self::INTERNAL,
        Self::SETCHANNEL_FAILED,
        Self::SETCHANNEL_INVALID_PARAMS,
        Self::UNSETCHANNEL_FAILED,
        Self::GETCHANNEL_FAILED,
        Self::LISTCHANNELS_FAILED,
    ];

    /// Makes a refusal without data.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), data: None }
    }

    pub(crate) fn invalid_option(message: impl Into<String>) -> Self {
        Self::new(Self::INVALID_OPTION, message)
    }

    pub(crate) fn not_allowed(message: impl Into<String>) -> Self {
        Self::new(Self::NOT_ALLOWED, message)
    }

    pub(crate) fn unknown_bundle(message: impl Into<String>) -> Self {
        Self::new(Code::UnknownBundle.as_str(), message)
    }

    pub(crate) fn later(method: &str, what: &str) -> Self {
        Self::new(Self::UNIMPLEMENTED, format!("{method} is not implemented yet: {what} come later"))
    }

    pub(crate) fn busy() -> Self {
        Self::new(Self::ALREADY_RUNNING, "another process of the app checks or installs; try again when it is done")
    }

    /// Reports whether it is about a bundle that is not on the device.
    pub(crate) fn is_unknown(&self) -> bool {
        self.code == Code::UnknownBundle.as_str() || self.code == Code::BundleMissing.as_str()
    }

    /// Puts a text that apps know before the message.
    pub(crate) fn saying(self, text: &str) -> Self {
        Self { message: format!("{text}: {}", self.message), ..self }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::new(error.code().as_str(), error.to_string())
    }
}
