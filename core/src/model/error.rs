//! What can go wrong, by what a caller would do about it; every error has a stable code.
//!
//! In: a fault, where it was found, its source. Out: [`Error`]. May touch: nothing. Keeps: I10, I11.
//!
//! Messages are safe to show and to log: no URL queries, no ids, no keys, no file contents; one line of bounded length.

use super::text::Brief;
use std::fmt::{self, Write as _};
use std::io;
use std::path::PathBuf;

/// The result of everything in this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// A stable name for one fault; its text form is snake case and never changes meaning.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, strum::IntoStaticStr, strum::VariantArray, strum::Display,
)]
#[strum(serialize_all = "snake_case")]
#[non_exhaustive]
#[allow(missing_docs)] // each is explained in docs/errors.md, which a test compares with this list
pub enum Code {
    // Network
    DnsFailed,
    ConnectFailed,
    TlsFailed,
    ConnectTimeout,
    IdleTimeout,
    TooSlow,
    ConnectionLost,
    Cancelled,
    // Server
    NotFound,
    Gone,
    RateLimited,
    ServerError,
    UnexpectedStatus,
    UnexpectedContent,
    BadRedirect,
    TooManyRedirects,
    InsecureUrl,
    RangeMismatch,
    // Protocol
    BadEnvelope,
    BadDocument,
    DuplicateMember,
    UnknownSchema,
    WrongPayloadType,
    // Untrusted
    SignatureMissing,
    SignatureInvalid,
    TooFewSignatures,
    WrongApp,
    WrongChannel,
    Replayed,
    CounterConflict,
    Expired,
    TrustUnknown,
    ChannelUnlisted,
    // Corrupt
    SizeMismatch,
    DigestMismatch,
    RootMismatch,
    DecryptFailed,
    KeyUnknown,
    BaseDamaged,
    // Unsafe archive
    ArchiveMalformed,
    ArchiveUnaccounted,
    ArchiveHeadersDiffer,
    ArchiveEncryptedEntry,
    ArchiveMethod,
    ArchiveSymlink,
    ArchivePath,
    ArchiveDuplicate,
    ArchiveCaseClash,
    ArchiveFiles,
    ArchiveSize,
    ArchiveRatio,
    ArchiveEntryCorrupt,
    IndexMissing,
    PackMalformed,
    // Too large
    TooLarge,
    // Space and storage
    NoSpace,
    StorageRead,
    StorageWrite,
    StorageDenied,
    StorageCorrupt,
    StorageNewer,
    Poisoned,
    SecretUnavailable,
    // Config
    BadConfig,
    BadKey,
    WeakKey,
    FeedMissing,
    // Refused
    Protected,
    Blocked,
    Withdrawn,
    BundleMissing,
    UnknownBundle,
}

impl Code {
    /// The stable text form.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Every code there is, in order.
    pub fn all() -> &'static [Self] {
        <Self as strum::VariantArray>::VARIANTS
    }
}

/// When the same call may succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// At once.
    Now,
    /// After a while: the network, the server or the disk must change first.
    Later,
    /// Not until the config, the app or what is published changes.
    Never,
}

/// What failed, where, and why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server was not reached, or the connection broke; `phase` says when.
    Network {
        /// Which fault.
        code: Code,
        /// What was being done: `connecting`, `waiting for the answer`, `reading the answer`.
        phase: &'static str,
        /// What the transport said.
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The server answered, but not with what was asked for.
    Server {
        /// Which fault.
        code: Code,
        /// HTTP status.
        status: u16,
        /// Seconds to wait, if the server said so.
        retry_after: Option<u64>,
        /// What was asked for and what came.
        detail: String,
    },
    /// Bytes that are not a document in the form of the formats.
    Protocol {
        /// Which fault.
        code: Code,
        /// Where in which document.
        detail: String,
    },
    /// A document that is not proven to be this app's, current and of a trusted key.
    Untrusted {
        /// Which fault.
        code: Code,
        /// What was expected and what was found.
        detail: String,
    },
    /// Content other than what was signed.
    Corrupt {
        /// Which fault.
        code: Code,
        /// Of what, expected and found.
        detail: String,
    },
    /// An archive that this device will not unpack.
    UnsafeArchive {
        /// Which fault.
        code: Code,
        /// The entry, and what is wrong with it.
        detail: String,
    },
    /// Something larger than its limit.
    TooLarge {
        /// Of what, with its unit.
        what: &'static str,
        /// The limit.
        limit: u64,
        /// What it has, as far as was counted.
        actual: u64,
    },
    /// Not enough free space.
    NoSpace {
        /// Bytes needed.
        need: u64,
        /// Bytes free.
        have: u64,
    },
    /// The data folder could not be read or written.
    Storage {
        /// Which fault.
        code: Code,
        /// What was being done: `read`, `write`, `flush`, `rename`, …
        action: &'static str,
        /// Path, relative to the data folder where it lies in it.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The secret store did not answer.
    Secret {
        /// What the store said.
        detail: String,
    },
    /// The config is wrong.
    Config {
        /// Which fault.
        code: Code,
        /// The option.
        option: &'static str,
        /// What is wrong, and what to write instead.
        detail: String,
    },
    /// The call asks for something that must not be done.
    Refused {
        /// Which fault.
        code: Code,
        /// Of what.
        detail: String,
    },
    /// The state could not be written twice in a row; the app is served as before.
    Poisoned,
}

impl fmt::Display for Error {
    /// All messages are made here, so that no text of a server or an archive makes one long or gives it a second line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = Brief::new(f);
        let code = self.code();
        match self {
            Self::Network { phase, source: None, .. } => write!(line, "{code} while {phase}"),
            Self::Network { phase, source: Some(source), .. } => write!(line, "{code} while {phase}: {source}"),
            Self::Server { detail, .. }
            | Self::Protocol { detail, .. }
            | Self::Untrusted { detail, .. }
            | Self::Corrupt { detail, .. }
            | Self::UnsafeArchive { detail, .. }
            | Self::Secret { detail }
            | Self::Refused { detail, .. } => write!(line, "{code}: {detail}"),
            Self::TooLarge { what, limit, actual } => write!(line, "{code}: {what} has {actual}, the limit is {limit}"),
            Self::NoSpace { need, have } => write!(line, "{code}: {need} bytes are needed, {have} are free"),
            Self::Storage { action, path, source, .. } => {
                write!(line, "{code}: could not {action} {}: {source}", path.display())
            }
            Self::Config { option, detail, .. } => write!(line, "{code}: {option}: {detail}"),
            Self::Poisoned => {
                write!(line, "{code}: the state could not be written; it is tried again at the next background")
            }
        }
    }
}

impl Error {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::Network { code, .. }
            | Self::Server { code, .. }
            | Self::Protocol { code, .. }
            | Self::Untrusted { code, .. }
            | Self::Corrupt { code, .. }
            | Self::UnsafeArchive { code, .. }
            | Self::Storage { code, .. }
            | Self::Config { code, .. }
            | Self::Refused { code, .. } => *code,
            Self::TooLarge { .. } => Code::TooLarge,
            Self::NoSpace { .. } => Code::NoSpace,
            Self::Secret { .. } => Code::SecretUnavailable,
            Self::Poisoned => Code::Poisoned,
        }
    }

    /// When the same call may succeed.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Network { code: Code::Cancelled, .. } => Retry::Now,
            Self::UnsafeArchive { .. } | Self::TooLarge { .. } | Self::Config { .. } | Self::Refused { .. } => {
                Retry::Never
            }
            _ => Retry::Later,
        }
    }

    /// A document that is not in the form of the formats.
    pub fn protocol(code: Code, detail: impl Into<String>) -> Self {
        Self::Protocol { code, detail: detail.into() }
    }

    /// A document that is not trusted.
    pub fn untrusted(code: Code, detail: impl Into<String>) -> Self {
        Self::Untrusted { code, detail: detail.into() }
    }

    /// Content other than what was signed.
    pub fn corrupt(code: Code, detail: impl Into<String>) -> Self {
        Self::Corrupt { code, detail: detail.into() }
    }

    /// An archive that is not unpacked.
    pub fn unsafe_archive(code: Code, detail: impl Into<String>) -> Self {
        Self::UnsafeArchive { code, detail: detail.into() }
    }

    /// A call that is refused.
    pub fn refused(code: Code, detail: impl Into<String>) -> Self {
        Self::Refused { code, detail: detail.into() }
    }

    /// A config that is wrong.
    pub fn config(code: Code, option: &'static str, detail: impl Into<String>) -> Self {
        Self::Config { code, option, detail: detail.into() }
    }

    /// An I/O error of the data folder: never without what was done and where.
    pub fn storage(action: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        let code = match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Code::NoSpace,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Code::StorageDenied,
            _ if matches!(action, "read" | "list" | "open") => Code::StorageRead,
            _ => Code::StorageWrite,
        };
        Self::Storage { code, action, path: path.into(), source }
    }
}
