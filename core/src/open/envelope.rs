//! DSSE v1 envelopes (formats 3): the one place where a signature is checked.
//!
//! In: bytes from anywhere and the configured [`Trust`]. Out: the payload, only if enough trusted keys signed it.
//! May touch: nothing. Keeps: I3, I10.

use crate::model::config::{KeyId, Trust};
use crate::model::error::{Code, Error, Result};
use crate::model::json;
use crate::model::limits::{MAX_DOCUMENT, MAX_SIGNATURES};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};
use serde::{Deserialize, Serialize};

/// A DSSE envelope in its JSON form, as the publisher writes it and the device reads it.
/// Source: <https://github.com/secure-systems-lab/dsse/blob/master/envelope.md>.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// What the payload is; signed along with it.
    pub payload_type: String,
    /// The payload in base64.
    pub payload: String,
    /// Who signed it.
    pub signatures: Vec<Signature>,
}

/// One signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// A hint for people; never trusted, and not needed.
    #[serde(default)]
    pub keyid: String,
    /// 64 bytes of Ed25519 in base64.
    pub sig: String,
}

impl Envelope {
    /// An envelope that nobody has signed yet.
    pub fn new(payload_type: &str, payload: &[u8]) -> Self {
        let payload = general_purpose::STANDARD.encode(payload);
        Self { payload_type: payload_type.to_owned(), payload, signatures: Vec::new() }
    }

    /// Add a signature that the key with this id made over [`pae`].
    #[must_use]
    pub fn signed(mut self, key: KeyId, signature: &[u8; 64]) -> Self {
        let sig = general_purpose::STANDARD.encode(signature);
        self.signatures.push(Signature { keyid: key.to_string(), sig });
        self
    }
}

/// The pre-authentication encoding: the bytes that are signed (DSSE protocol, "Signature Definition").
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

/// A payload that enough trusted keys have signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The payload; nobody has looked at it.
    pub payload: Vec<u8>,
    /// Every trusted key that signed it, sorted by id.
    pub signers: Vec<KeyId>,
}

/// Open an envelope whose type is `payload_type` and which enough keys of `trust` have signed. No I/O; the payload is not
/// looked at.
///
/// # Errors
/// `too_large` over 1 MiB or 16 signatures; `bad_envelope`, `duplicate_member` when it is not an envelope;
/// `wrong_payload_type`; `signature_missing` when it has none, `signature_invalid` when none is of a trusted key,
/// `too_few_signatures` when fewer keys than the threshold have signed.
pub fn verify(bytes: &[u8], payload_type: &str, trust: &Trust) -> Result<Opened> {
    let envelope = read(bytes)?;
    if envelope.payload_type != payload_type {
        return Err(Error::protocol(Code::WrongPayloadType, format!("expected an envelope of {payload_type}")));
    }
    let payload = decode(&envelope.payload)
        .ok_or_else(|| Error::protocol(Code::BadEnvelope, "envelope: the payload is not base64"))?;
    let need = trust.threshold.max(1); // I3: a trust made by hand cannot ask for nobody
    let signers = signers(&envelope, &pae(payload_type, &payload), trust);
    match signers.len() {
        count if count >= need => Ok(Opened { payload, signers }),
        _ if envelope.signatures.is_empty() => {
            Err(Error::untrusted(Code::SignatureMissing, "the document is not signed"))
        }
        0 => Err(Error::untrusted(Code::SignatureInvalid, "no signature is of a trusted key over this document")),
        count => Err(Error::untrusted(Code::TooFewSignatures, format!("{count} trusted keys signed, {need} must"))),
    }
}

fn read(bytes: &[u8]) -> Result<Envelope> {
    let within = |what, actual: usize, limit: u64| match actual as u64 {
        actual if actual > limit => Err(Error::TooLarge { what, limit, actual }),
        _ => Ok(()),
    };
    within("bytes of a signed document", bytes.len(), MAX_DOCUMENT)?;
    let envelope: Envelope = json::parse(bytes, "envelope", Code::BadEnvelope)?;
    within("signatures of a document", envelope.signatures.len(), MAX_SIGNATURES as u64)?;
    Ok(envelope)
}

/// The different keys that signed `message`: all of them, because the floors remember how far each has signed (formats 4.14).
fn signers(envelope: &Envelope, message: &[u8], trust: &Trust) -> Vec<KeyId> {
    let signatures: Vec<_> = envelope
        .signatures
        .iter()
        .filter_map(|signature| decode(&signature.sig))
        .filter_map(|bytes| ed25519_dalek::Signature::from_slice(&bytes).ok())
        .collect();
    let signed = |key: &ed25519_dalek::VerifyingKey| {
        signatures.iter().any(|signature| key.verify_strict(message, signature).is_ok())
    };
    let mut signers: Vec<_> = trust.keys.iter().filter(|key| signed(&key.key)).map(|key| key.id).collect();
    signers.sort_unstable();
    signers.dedup(); // a key counts once, however often it is listed
    signers
}

/// Either alphabet, padded or not (DSSE: "either standard or URL-safe encoding").
fn decode(text: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
    const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);
    let engine = if text.contains(['-', '_']) { URL_SAFE } else { STANDARD };
    engine.decode(text).ok()
}

#[cfg(test)]
pub(super) mod tests;
