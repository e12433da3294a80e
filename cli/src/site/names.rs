//! Names of what lies on a site (formats 12), in one place.
//!
//! In: channels, counters, artifacts. Out: names relative to the site. May touch: nothing.

use aloft_core::model::document::Artifact;

/// The index of channels.
pub const INDEX: &str = "channels/index.json";
/// The folder of channel documents.
pub const CHANNELS: &str = "channels";
/// Held by whoever writes to a folder.
pub const LOCK: &str = ".aloft.lock";

/// `channels/<channel>.json`.
pub fn channel(channel: &str) -> String {
    format!("{CHANNELS}/{channel}.json")
}

/// `history/<channel>`.
pub fn history_folder(channel: &str) -> String {
    format!("history/{channel}")
}

/// `history/<channel>/<counter>.json`.
pub fn history(channel: &str, counter: u64) -> String {
    format!("{}/{counter}.json", history_folder(channel))
}

/// `artifacts/<sha256>.<kind>`.
pub fn artifact(artifact: &Artifact) -> String {
    format!("artifacts/{}.{}", artifact.sha256, artifact.kind)
}
