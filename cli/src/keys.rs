//! The publisher's keys (formats 2): signing keys as PKCS#8 PEM, encryption keys as `aes256:<base64>`.
//!
//! In: files or text of the environment. Out: [`SigningKeyFile`], [`EncryptionKey`]; new key files, mode 0600.
//! May touch: the key files. Keeps: I3 (no weak key signs); a key file is never overwritten.

pub(crate) mod command;

use crate::failure::{Failure, Result};
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
        Self::parse(&read_key(path, "aloft keys new")?)
    }

    /// Parse PKCS#8 PEM. Line breaks written as `\n` are understood: CI systems store secrets on one line.
    ///
    /// # Errors
    /// `bad_key`.
    pub fn parse(pem: &str) -> Result<Self> {
        let pem = pem.replace("\\n", "\n").replace('\r', "");
        let secret = ed25519_dalek::SigningKey::from_pkcs8_pem(pem.trim()).map_err(|_| {
            Failure::new("bad_key", "the signing key is not an Ed25519 private key in PKCS#8 PEM")
                .hint("make one with `aloft keys new`, or with `openssl genpkey -algorithm ed25519`")
        })?;
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
    Ok(read_key(path, "aloft keys new --encryption")?.parse()?)
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
    std::fs::read_to_string(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::new("key_missing", format!("there is no key at {}", path.display()))
            .hint(format!("make one with `{maker}`, or name its place in aloft.toml under [keys]")),
        _ => Failure::io("read", path, &error),
    })
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
        for pem in
            [version_1.clone(), version_2.to_string(), version_1.replace('\n', "\\n"), version_1.replace('\n', "\r\n")]
        {
            assert_eq!(SigningKeyFile::parse(&pem).unwrap().public(), key.public());
        }
        assert_eq!(SigningKeyFile::parse("-----BEGIN PRIVATE KEY-----").err().unwrap().code, "bad_key");
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
