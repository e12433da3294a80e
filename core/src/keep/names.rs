//! Every name on disk and in the secret store (formats 13.1).
//!
//! In: nothing. Out: constants. May touch: nothing. Keeps: that a name is written down once.

/// The two slots of the state.
pub const STATE: [&str; 2] = ["state.0", "state.1"];
/// The running serve and its counters.
pub const MARKS: &str = "marks";
/// Floors, trust, identities.
pub const LASTING: &str = "lasting";
/// The next `lasting`, until it is renamed.
pub const LASTING_NEW: &str = "lasting.new";
/// Folder of files that did not parse.
pub const ASIDE: &str = "aside";
/// Folder of bundles and their seals.
pub const BUNDLES: &str = "bundles";
/// What a seal adds to the name of its bundle.
pub const SEAL_SUFFIX: &str = ".seal";
/// What the scratch beside a bundle adds to its name: files of a base that can only be read at random once they are unpacked.
pub const BASE_SUFFIX: &str = ".base";
/// Where every bundle begins.
pub const INDEX: &str = "index.html";
/// Folder of downloads to be resumed.
pub const PARTIAL: &str = "partial";
/// What a validator adds to the name of its download.
pub const VALIDATOR_SUFFIX: &str = ".validator";
/// Folder of the last accepted documents.
pub const FEED: &str = "feed";
/// Held for a whole check or update.
pub const INSTALL_LOCK: &str = "install.lock";
/// Held for one decision and one write.
pub const STATE_LOCK: &str = "state.lock";

/// The device id in the secret store.
pub const SECRET_DEVICE_ID: &str = "device_id";
/// The second copy of the installation's nonce in the secret store.
pub const SECRET_NONCE: &str = "install_nonce";
