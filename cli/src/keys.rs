//! The publisher's keys (formats 2): signing keys as PKCS#8 PEM, encryption keys as `aes256:<base64>`.
//!
//! In: files or text of the environment. Out: [`SigningKeyFile`], [`EncryptionKey`]; new key files, mode 0600.
//! May touch: the key files. Keeps: I3 (no weak key signs); a key file is never overwritten.

pub(crate) mod command;

use crate::failure::{Failure, Result};
use crate::text_input;
use aloft_core::model::config::{EncryptionKey, KeyId, SigningKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, KeypairBytes};
use std::io::Write as _;
use std::path::Path;

/// A private Ed25519 key.
pub struct SigningKeyFile {
    secret: ed25519_dalek::SigningKey,
}

impl SigningKeyFile {
    /// Draw a new key.
    ///
    /// # Errors
    /// `no_randomness` when the system gives none.
    pub fn generate() -> Result<Self> {
        Ok(Self::from_seed(random()?))
    }

    /// The key of a seed; for tests, which need the same key every time.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self { secret: ed25519_dalek::SigningKey::from_bytes(&seed) }
    }

    /// Read a PKCS#8 PEM file of version 1 or 2. Does I/O.
    ///
    /// # Errors
    /// `key_missing`, `bad_key`.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(&read_key(path, "aloft keys new")?, &path.display().to_string())
    }

    /// Parse PKCS#8 PEM from `source`, also as CI systems and editors store it: on one line, in quotes, indented, in base64.
    ///
    /// # Errors
    /// `bad_key`, which names the source and what is wrong.
    pub fn parse(text: &str, source: &str) -> Result<Self> {
        let pem = pem(&text_input::key(text, BEGIN)).map_err(|what| damaged("signing key", source, what))?;
        let secret = ed25519_dalek::SigningKey::from_pkcs8_pem(&pem)
            .map_err(|_| damaged("signing key", source, "it is damaged, or no Ed25519 key"))?;
        Ok(Self { secret })
    }

    /// Write the key to a new file, PKCS#8 version 1, mode 0600. Does I/O.
    ///
    /// # Errors
    /// `key_exists`, and those of the system.
    pub fn create(&self, path: &Path) -> Result<()> {
        // Version 1, without the public key: openssl before 3.5 cannot read version 2.
        let pair = KeypairBytes { secret_key: self.secret.to_bytes(), public_key: None };
        let pem = pair
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(|error| Failure::new("bad_key", format!("could not encode the key: {error}")))?;
        create_secret(path, pem.as_bytes())
    }

    /// The public key as apps configure it: `ed25519:<base64 of 32 bytes>`.
    pub fn public(&self) -> String {
        format!("ed25519:{}", STANDARD.encode(self.secret.verifying_key().as_bytes()))
    }

    /// The public key with its id.
    pub fn verifying(&self) -> SigningKey {
        SigningKey { id: self.id(), key: self.secret.verifying_key() }
    }

    /// The key id.
    pub fn id(&self) -> KeyId {
        KeyId::of(self.secret.verifying_key().as_bytes())
    }

    /// Sign `message`.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.secret.sign(message).to_bytes()
    }
}

/// How a key in PEM begins.
const BEGIN: &str = "-----BEGIN ";
const LABEL: &str = "PRIVATE KEY-----";
const END: &str = "-----END ";

/// The same PEM with its line ends where they belong, or what is wrong with it.
fn pem(text: &str) -> std::result::Result<String, &'static str> {
    let (_, rest) = text.split_once(BEGIN).ok_or("it does not begin with -----BEGIN PRIVATE KEY-----")?;
    let rest = rest.strip_prefix(LABEL).ok_or(match rest.split("-----").next().unwrap_or_default() {
        "PUBLIC KEY" => "it is a public key",
        "ENCRYPTED PRIVATE KEY" => "it is encrypted with a password",
        _ => "it is a key of another form than PKCS#8 (-----BEGIN PRIVATE KEY-----)",
    })?;
    let (body, _) = rest.split_once(END).ok_or("its end is missing: it was cut")?;
    let body: Vec<u8> = body.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if STANDARD.decode(&body).is_err() {
        return Err("what is between its first and its last line is damaged");
    }
    let lines: Vec<_> = body.chunks(64).map(String::from_utf8_lossy).collect();
    Ok(format!("{BEGIN}{LABEL}\n{}\n{END}{LABEL}\n", lines.join("\n")))
}

/// A key that is there and cannot be used is never answered with a new one: apps trust the one that is there.
fn damaged(kind: &str, source: &str, what: &str) -> Failure {
    Failure::new("bad_key", format!("the {kind} in {source} cannot be used: {what}"))
        .hint("copy the key again from where it is kept, whole; apps that trust it take no other")
}

/// Draw a new encryption key and write it to a new file, mode 0600. Does I/O.
///
/// # Errors
/// `key_exists`, `no_randomness`, and those of the system.
pub fn create_encryption_key(path: &Path) -> Result<EncryptionKey> {
    let text = format!("aes256:{}", STANDARD.encode(random::<32>()?));
    create_secret(path, format!("{text}\n").as_bytes())?;
    Ok(text.parse()?)
}

/// Read an encryption key. Does I/O.
///
/// # Errors
/// `key_missing`, `bad_key`.
pub fn read_encryption_key(path: &Path) -> Result<EncryptionKey> {
    parse_encryption_key(&read_key(path, "aloft keys new --encryption")?, &path.display().to_string())
}

/// Parse an encryption key from `source`, as [`SigningKeyFile::parse`] does.
///
/// # Errors
/// `bad_key`, which names the source.
pub fn parse_encryption_key(text: &str, source: &str) -> Result<EncryptionKey> {
    let text = text_input::key(text, "aes256:");
    text.parse().map_err(|_| damaged("encryption key", source, "it is not aes256: and 32 bytes in base64"))
}

/// Fresh random bytes of the system.
///
/// # Errors
/// `no_randomness`.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::new("no_randomness", format!("the system gives no random bytes: {error}")))?;
    Ok(bytes)
}

fn read_key(path: &Path, maker: &str) -> Result<String> {
    if !path.exists() {
        return Err(Failure::new("key_missing", format!("there is no key at {}", path.display()))
            .hint(format!("make one with `{maker}`, or name its place in aloft.toml under [keys]")));
    }
    text_input::read(path)
}

fn create_secret(path: &Path, content: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| Failure::io("create", folder, &error))?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::refused("key_exists", format!("there is a key at {} already", path.display()))
                .hint("apps that trust it could never be updated without it; choose another place with --out")
        }
        _ => Failure::io("create", path, &error),
    })?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(|error| Failure::io("write", path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_of_pkcs8_and_one_line_secrets_are_read() {
        let key = SigningKeyFile::from_seed([7; 32]);
        let version_2 = key.secret.to_pkcs8_pem(LineEnding::LF).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/key.pem");
        key.create(&path).unwrap();
        let version_1 = std::fs::read_to_string(&path).unwrap();
        assert_ne!(version_1, *version_2);
        let indented = version_1.replace('\n', "\n    ");
        for text in [
            version_1.clone(),
            version_2.to_string(),
            version_1.replace('\n', "\\n"),
            version_1.replace('\n', "\\r\\n"),
            version_1.replace('\n', "\r\n"),
            version_1.replace('\n', " "),
            format!("\u{feff}{indented}"),
            format!("\"{version_1}\""),
            STANDARD.encode(&version_1),
        ] {
            assert_eq!(SigningKeyFile::parse(&text, "a variable").unwrap().public(), key.public(), "{text}");
        }
    }

    #[test]
    fn a_damaged_key_is_named_and_never_answered_with_a_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        SigningKeyFile::from_seed([7; 32]).create(&path).unwrap();
        let whole = std::fs::read_to_string(&path).unwrap();
        let cut: String = whole.chars().take(60).collect();
        for (text, named) in [
            (cut.as_str(), "cut"),
            ("-----BEGIN PRIVATE KEY-----\n%%\n-----END PRIVATE KEY-----", "damaged"),
            ("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----", "PKCS#8"),
            ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "public"),
            ("***", "begin"),
        ] {
            let failure = SigningKeyFile::parse(text, "ALOFT_SIGNING_KEY").err().unwrap();
            assert_eq!(failure.code, "bad_key");
            assert!(failure.message.contains(named) && failure.message.contains("ALOFT_SIGNING_KEY"), "{failure}");
            assert!(!failure.hint.contains("keys new"), "{}", failure.hint);
        }
        let failure = parse_encryption_key("aes256:AAAA", "ALOFT_ENCRYPTION_KEY").unwrap_err();
        assert!(failure.message.contains("ALOFT_ENCRYPTION_KEY") && !failure.hint.contains("keys new"), "{failure}");
    }

    #[test]
    fn a_key_is_never_overwritten_and_nobody_else_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let key = create_encryption_key(&path).unwrap();
        assert_eq!(create_encryption_key(&path).unwrap_err().code, "key_exists");
        assert_eq!(SigningKeyFile::from_seed([1; 32]).create(&path).unwrap_err().exit, crate::failure::Exit::Refused);
        assert_eq!(read_encryption_key(&path).unwrap().id, key.id);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
