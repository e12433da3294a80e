//! iOS: compiled anywhere, made into a framework on macOS only.
