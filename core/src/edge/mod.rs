//! The only room that touches the system: files, network, time, processes, secrets.
//!
//! In: requests of the other rooms through [`ports`]. Out: bytes, times, errors of the system.
//! May touch: everything outside. Keeps: I10 (each call has a bound).

pub mod fs;
#[cfg(feature = "http")]
pub mod http;
pub mod ports;
pub mod secrets;
pub mod system;

#[cfg(test)]
mod tests;
