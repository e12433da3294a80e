//! The ports: what the rooms ask of the world, each small enough to fake.
//!
//! In: calls of `fetch`, `open`, `keep` and the façade. Out: what the system answered, with its own errors.
//! May touch: nothing by itself; implementations do. All block; all are `Send + Sync`.

use std::io;
use std::path::{Path, PathBuf};

/// Files of the data folder. Paths are absolute. Each fake and each wrapper sees every operation that can be lost in a crash.
///
/// Only plain files are read: a link, a folder, a pipe, a socket or a device with the name of one is [`NotPlain`]. Where a file is
/// written in place or locked, or another is renamed to it, what has its name and is no plain file is removed first.
pub trait Fs: Send + Sync {
    /// Read a whole file of at most `cap` bytes; a larger one is `FileTooLarge`.
    fn read(&self, path: &Path, cap: u64) -> io::Result<Vec<u8>>;
    /// Open a file for reading at any place.
    fn open(&self, path: &Path) -> io::Result<Box<dyn ReadAt>>;
    /// Write at `offset` of a file that is made if it is not there. One that has a second name is replaced by an empty one first, as if
    /// it were no plain file. Not durable by itself.
    fn write_at(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Make a file that must not be there yet and write to it from its start.
    fn create(&self, path: &Path) -> io::Result<Box<dyn Write>>;
    /// Open a file for writing at `offset`, which becomes its end; it is made if it is not there. Second names are as in [`Fs::write_at`].
    fn append(&self, path: &Path, offset: u64) -> io::Result<Box<dyn Write>>;
    /// What is at `path`, links not followed; `None` if nothing.
    fn stat(&self, path: &Path) -> io::Result<Option<Stat>>;
    /// Names in a folder, in no order; what is absent or no folder has none, nor has a link to one.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;
    /// Make a folder; its parent must be there, it may be. Anything else of its name is `AlreadyExists`.
    fn create_dir(&self, path: &Path) -> io::Result<()>;
    /// Remove a file; one that is absent is removed.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Remove a folder and what is in it; one that is absent is removed. Links in it are removed, not followed.
    fn remove_dir(&self, path: &Path) -> io::Result<()>;
    /// Remove what has this name, whatever it is.
    fn remove(&self, path: &Path) -> io::Result<()> {
        match self.stat(path)? {
            Some(Stat { kind: Kind::Dir, .. }) => self.remove_dir(path),
            Some(_) => self.remove_file(path),
            None => Ok(()),
        }
    }
    /// Rename a file within the data folder, replacing what is there.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Give the file at `from` a second name `to`, where nothing may be. For files that nobody writes to any more.
    fn link(&self, from: &Path, to: &Path) -> io::Result<Shared>;
    /// Make a file at `to`, where nothing may be, with the blocks of `from` until one of the two is written to.
    fn clone_file(&self, from: &Path, to: &Path) -> io::Result<Shared>;
    /// Make the content of `files`, then the entries of `dirs`, durable.
    fn flush_batch(&self, files: &[PathBuf], dirs: &[PathBuf]) -> io::Result<()>;
    /// Lock a file, which is made if it is not there. `None`: another holds it still after `wait` milliseconds.
    /// A system without locks gives a lock that locks nothing (architecture 7).
    fn lock(&self, path: &Path, kind: LockKind, wait: u64) -> io::Result<Option<Lock>>;
    /// Bytes free for this app on the volume of `path`.
    fn free_space(&self, path: &Path) -> io::Result<u64>;
}

/// A file that is read at any place.
pub trait ReadAt: Send + Sync {
    /// Read at most `buffer.len()` bytes at `offset`; 0 at the end.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
    /// Length in bytes.
    fn len(&self) -> io::Result<u64>;
    /// Is it empty?
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
}

/// A file that is written from some place on. Nothing is buffered here: each call is an operation.
pub trait Write: Send {
    /// Write all of `bytes`.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// File, folder or something else.
    pub kind: Kind,
    /// Length in bytes, of a file.
    pub len: u64,
    /// Last change, unix seconds.
    pub modified: u64,
    /// Names that a file has; 1 where the system does not say.
    pub names: u64,
}

impl Stat {
    /// Is it a plain file?
    pub fn is_file(&self) -> bool {
        self.kind == Kind::File
    }

    /// Is it a plain file that has no other name, so that it may be written in place?
    pub fn is_ours(&self) -> bool {
        self.is_file() && self.names <= 1
    }
}

/// What has the name of a file of ours is a link, a folder, a pipe, a socket or a device. What was in the file is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not a plain file")]
pub struct NotPlain;

impl NotPlain {
    /// Is that what the error says?
    pub fn is(error: &io::Error) -> bool {
        error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<Self>)
    }
}

impl From<NotPlain> for io::Error {
    fn from(not_plain: NotPlain) -> Self {
        Self::new(io::ErrorKind::InvalidData, not_plain)
    }
}

/// File, folder or something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Dir,
    /// A link, a device, a socket.
    Other,
}

/// Did a file get its content without a copy?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    /// Yes.
    Yes,
    /// Not here: the system or the volume cannot or will not, and nothing was made. A copy may succeed, or says what is wrong.
    No,
}

/// Who may hold a lock beside this holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockKind {
    /// Nobody.
    Exclusive,
    /// Others that share.
    Shared,
}

/// A lock that ends when it is dropped, and when the process dies.
pub struct Lock(#[allow(dead_code)] Box<dyn Send + Sync>);

impl Lock {
    /// Hold `guard`; dropping it unlocks.
    pub fn new(guard: impl Send + Sync + 'static) -> Self {
        Self(Box::new(guard))
    }
}

/// One request, redirects never followed; the answer's head first, then its body.
pub trait Transport: Send + Sync {
    /// Send a GET and wait for the head of the answer. It is sent once more, on a new connection, if one that was kept from an
    /// earlier request breaks before anything of the answer has come.
    ///
    /// # Errors
    /// [`TransportError`] with the phase it ended in. A status of 400 and above is an answer, not an error.
    fn get(&self, request: &Request<'_>) -> Result<Box<dyn Response>, TransportError>;
    /// End the running transfer within a second (before the connection stands: within the connect limit). Final for this
    /// transport: an updater makes one for each run.
    fn cancel(&self);
}

/// Makes one transport for each run of the updater, so that `cancel` is final and no connection outlives a run.
pub trait Connect: Send + Sync {
    /// Make a transport that keeps `config.timing`: `connect` for looking up a name and again for connecting, proxy and TLS
    /// included; `idle` for sending the request, for the whole head and for each read of the body; the least rate as bytes reach
    /// the connection. What comes beside the content is limited too: the caller sees content only, so nobody else can (I10).
    ///
    /// # Errors
    /// `bad_config` for a proxy or roots that cannot be used.
    fn connect(&self, config: &crate::model::config::Config) -> crate::model::Result<std::sync::Arc<dyn Transport>>;
}

/// What to ask for.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Absolute URL, already checked: https, or http to this machine.
    pub url: &'a str,
    /// Header lines beside the transport's own.
    pub headers: &'a [(&'static str, String)],
}

/// The answer to a request.
pub trait Response: Send {
    /// Status code.
    fn status(&self) -> u16;
    /// A header's value, by lower-case name; the first if there are several.
    fn header(&self, name: &str) -> Option<String>;
    /// Read the next bytes of the body; 0 at its end. A body shorter than its declared length is an error.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TransportError>;
}

/// Why a request had no whole answer.
#[derive(Debug, thiserror::Error)]
#[error("{kind:?} while {phase}: {detail}")]
pub struct TransportError {
    /// What kind of end.
    pub kind: TransportFault,
    /// `connecting`, `waiting for the answer`, `reading the answer`.
    pub phase: &'static str,
    /// What the network said; no URL in it.
    pub detail: String,
}

/// What kind of end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportFault {
    /// The name was not resolved.
    Dns,
    /// Nobody answered at the address.
    Connect,
    /// No trusted connection.
    Tls,
    /// Connecting took too long.
    ConnectTimeout,
    /// No byte for too long.
    IdleTimeout,
    /// Fewer bytes than the least rate asks for, counted at the connection.
    TooSlow,
    /// Too many bytes beside the content: head, framing, trailers, TLS, informational answers.
    TooLarge,
    /// The connection broke.
    Lost,
    /// [`Transport::cancel`].
    Cancelled,
    /// What came is not HTTP.
    Malformed,
}

/// What the operating system knows: time, randomness, processes.
pub trait System: Send + Sync {
    /// Unix seconds; may jump either way.
    fn unix_seconds(&self) -> u64;
    /// Milliseconds that only grow while this process lives. They stand still while the device sleeps: for what a process does.
    fn monotonic(&self) -> u64;
    /// Milliseconds that only grow while this process lives, deep sleep of the device included: for how long a user was away.
    fn elapsed(&self) -> u64;
    /// Fill with unpredictable bytes.
    fn random(&self, bytes: &mut [u8]);
    /// Does the process with this id and start still live? A start of 0 is not compared.
    fn alive(&self, pid: u32, started: u64) -> bool;
}

/// A small store that outlives the installation where the platform lets it (field problems I1 to I4).
pub trait SecretStore: Send + Sync {
    /// Look up `name`.
    fn get(&self, name: &str) -> Secret;
    /// Keep `value` under `name`, durably.
    fn put(&self, name: &str, value: &str) -> io::Result<()>;
}

/// Three different answers: only `Absent` may ever lead to a new identity (I12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// The value.
    Found(String),
    /// The store answered that it has none.
    Absent,
    /// The store did not answer: locked, broken, not permitted.
    Unavailable,
}

/// Told what happens. Must not fail and must not block; called without any lock held.
pub trait Observer: Send + Sync {
    /// Something happened.
    fn notice(&self, notice: &Notice);
}

/// What an observer is told.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// What is brought to the device from here on; again for each artifact that is tried.
    Fetching {
        /// The release.
        version: crate::model::Version,
    },
    /// At most ten a second and one at the end; `done` only grows within a phase.
    Progress {
        /// `download` or `unpack`.
        phase: &'static str,
        /// Bytes done.
        done: u64,
        /// Bytes in all.
        total: u64,
    },
    /// A line for the log.
    Log {
        /// What happened; safe to show.
        line: String,
    },
}

/// An observer that listens to nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn notice(&self, _: &Notice) {}
}
