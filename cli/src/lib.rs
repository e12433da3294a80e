//! The publisher's side and a device on the command line, as a library: the binary `aloft` and the end-to-end tests use it.

pub mod serve;
