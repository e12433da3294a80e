//! Fakes of the ports for tests: a disk that loses power, a settable clock, secrets in memory, a network that is a script.
//!
//! In: what a test sets up. Out: answers as the real ports give them. May touch: memory only.
//! Keeps: that a fake answers as the real thing does (the disk passes the same conformance test as `DiskFs`).

mod crash_fs;
mod fake_system;
mod mem_secrets;
mod scripted_transport;

pub use crash_fs::{CrashFs, Cut, Kept, Loss};
pub use fake_system::FakeSystem;
pub use mem_secrets::MemSecrets;
pub use scripted_transport::{Asked, Scripted, ScriptedTransport};
