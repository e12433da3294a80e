//! The command `aloft`.

fn main() {}
