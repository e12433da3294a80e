//! A signed document, opened to be looked at.
//!
//! In: text, perhaps settings. Out: the payload, who says to have signed it, and which of the trusted keys did. May touch: keys.
//! Keeps: I3 (signatures are checked by the core's own gate; what it refuses is shown as such).

use crate::failure::Result;
use crate::settings::Settings;
use aloft_core::model::config::{Config, KeyId};
use aloft_core::model::json;
use aloft_core::open::envelope::{Envelope, verify};
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Serialize;
use serde_json::Value;

/// What is in an envelope.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    payload_type: String,
    /// The ids that its signatures name; hints that nobody checked.
    key_ids: Vec<String>,
    /// The trusted keys that signed it; none without settings.
    signed_by: Option<Vec<KeyId>>,
    /// The document, or null if it is not JSON.
    payload: Option<Value>,
}

/// Open `text`; `None` if it is no envelope.
///
/// # Errors
/// Those of the settings' keys.
pub(super) fn look(text: &[u8], settings: Option<&Settings>) -> Result<Option<Shown>> {
    let Ok(envelope) = json::read::<Envelope>(text) else { return Ok(None) };
    let signed_by = settings.map(|settings| signers(text, &envelope.payload_type, settings)).transpose()?;
    let payload = decode(&envelope.payload).and_then(|payload| serde_json::from_slice(&payload).ok());
    let key_ids = envelope.signatures.into_iter().map(|signature| signature.keyid).collect();
    Ok(Some(Shown { payload_type: envelope.payload_type, key_ids, signed_by, payload }))
}

/// The keys that by themselves would let it through the gate.
fn signers(text: &[u8], payload_type: &str, settings: &Settings) -> Result<Vec<KeyId>> {
    let mut signers = Vec::new();
    for key in settings.public_keys()? {
        let trust = Config { signing_keys: Some(vec![key]), ..Config::new(settings.app.as_str()) }.trust()?;
        if verify(text, payload_type, &trust).is_ok() {
            signers.extend(trust.keys.iter().map(|key| key.id));
        }
    }
    Ok(signers)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let decode = |alphabet| GeneralPurpose::new(alphabet, lenient).decode(text).ok();
    decode(&STANDARD).or_else(|| decode(&URL_SAFE))
}

impl Shown {
    pub(super) fn human(&self) -> String {
        let signed_by = match self.signed_by.as_deref() {
            None => "not checked: there is no aloft.toml here".to_owned(),
            Some([]) => "no key that aloft.toml trusts".to_owned(),
            Some(keys) => keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        };
        let payload = self.payload.as_ref().map_or("not JSON".to_owned(), |payload| format!("{payload:#}"));
        let named = self.key_ids.join(", ");
        format!("{}\nsigned by {signed_by}; its signatures name {named}\n{payload}", self.payload_type)
    }
}
