//! What is in a file: its digest, and what it should not be.
//!
//! In: a file. Out: [`Content`], digest and kinds; warnings out of the kinds of all files. May touch: reads the file.

use super::Warning;
use super::private::KeySearch;
use super::ready::ReadySearch;
use crate::failure::{Failure, Result};
use aloft_core::model::Digest;
use aloft_core::model::bundle::{FileEntry, FileList};
use aloft_core::model::path::BundlePath;
use indicatif::ProgressBar;
use sha2::Digest as _;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

/// Bytes read at once.
const CHUNK: usize = 1 << 18;

/// Something a file is, that matters to a publisher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// ELF, Mach-O, dex or PE: refused.
    Executable,
    /// Mentions `notifyAppReady` beyond defining it.
    Ready,
    /// Holds a private key.
    PrivateKey,
    /// Lies in a `node_modules`.
    Dependency,
    /// Has no extension, so Capacitor's server answers it with `index.html`.
    NoExtension,
}

pub(super) struct Content {
    pub(super) sha256: Digest,
    pub(super) size: u64,
    pub(super) kinds: Vec<Kind>,
}

/// Read `place` to its end.
pub(super) fn read(place: &Path, path: &BundlePath, bar: &ProgressBar) -> Result<Content> {
    let failed = |error| Failure::io("read", place, &error);
    let mut file = File::open(place).map_err(failed)?;
    let mut hash = sha2::Sha256::new();
    let mut size = 0;
    let mut kinds: Vec<Kind> = kind_of_name(path.as_str()).into_iter().collect();
    let mut ready = is_code(path.as_str()).then(ReadySearch::default);
    let mut keys = Some(KeySearch::default());
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = match file.read(&mut buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(error)),
        };
        let bytes = buffer.get(..count).unwrap_or_default();
        if size == 0 && is_executable(bytes) {
            kinds.push(Kind::Executable);
        }
        if bytes.is_empty() {
            break;
        }
        hash.update(bytes);
        size += count as u64;
        bar.inc(count as u64);
        if ready.as_mut().is_some_and(|ready| ready.finds(bytes)) {
            kinds.push(Kind::Ready);
            ready = None;
        }
        if keys.as_mut().is_some_and(|keys| keys.finds(bytes)) {
            kinds.push(Kind::PrivateKey);
            keys = None;
        }
    }
    if ready.is_some_and(ReadySearch::ends) {
        kinds.push(Kind::Ready);
    }
    Ok(Content { sha256: Digest::new(hash.finalize().into()), size, kinds })
}

fn extension(path: &str) -> Option<String> {
    Path::new(path).extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase)
}

fn is_code(path: &str) -> bool {
    matches!(extension(path).as_deref(), Some("js" | "mjs" | "cjs" | "html" | "htm" | "wasm"))
}

fn kind_of_name(path: &str) -> Option<Kind> {
    if path.split('/').any(|part| part == "node_modules") {
        return Some(Kind::Dependency);
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    (!name.contains('.')).then_some(Kind::NoExtension)
}

/// Store rules and common sense: web assets carry no native code.
fn is_executable(head: &[u8]) -> bool {
    let magic = |bytes: &[u8]| head.starts_with(bytes);
    let pe = || {
        let at = head.get(0x3c..0x40).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
        magic(b"MZ") && at.is_some_and(|at| head.get(at as usize..).is_some_and(|rest| rest.starts_with(b"PE\0\0")))
    };
    magic(b"\x7fELF")
        || [0xfeed_face_u32, 0xfeed_facf, 0xcafe_babe, 0xcafe_babf]
            .iter()
            .any(|number| magic(&number.to_be_bytes()) || magic(&number.to_le_bytes()))
        || (magic(b"dex\n") && head.get(7) == Some(&0))
        || pe()
}

/// Warnings out of what all files are.
///
/// # Errors
/// `bundle_executable`.
pub(super) fn warnings(mut kinds: BTreeMap<Kind, Vec<BundlePath>>, files: &FileList) -> Result<Vec<Warning>> {
    if let Some(path) = kinds.get(&Kind::Executable).and_then(|paths| paths.first()) {
        return Err(Failure::new("bundle_executable", format!("{path} is native code (ELF, Mach-O, dex or PE)"))
            .hint("leave it out: stores forbid it, and web assets cannot run it"));
    }
    let mut warnings = Vec::new();
    if kinds.remove(&Kind::Ready).is_none() {
        let message = "notifyAppReady is never mentioned outside the plugin: devices would roll this bundle back";
        warnings.push(Warning { code: "not_ready", message, bytes: 0, paths: Vec::new() });
    }
    warnings.extend(kinds.into_iter().filter_map(|(kind, paths)| {
        let (code, message) = match kind {
            Kind::PrivateKey => ("private_key", PRIVATE_KEY),
            Kind::Dependency => ("node_modules", DEPENDENCY),
            Kind::NoExtension => ("no_extension", NO_EXTENSION),
            Kind::Executable | Kind::Ready => return None,
        };
        let bytes = paths.iter().filter_map(|path| find(path.as_str(), files)).map(|file| file.size).sum();
        let paths = paths.iter().map(ToString::to_string).collect();
        Some(Warning { code, message, bytes, paths })
    }));
    Ok(warnings)
}

const PRIVATE_KEY: &str = "a private key that everybody who has the app, or the address of the site, can read";
const DEPENDENCY: &str = "packages as they were installed: some bundlers name a folder so, a build has no others";

const NO_EXTENSION: &str = "names without an extension: Capacitor's server answers them with index.html";

pub(super) fn find<'a>(path: &str, files: &'a FileList) -> Option<&'a FileEntry> {
    let entries = files.entries();
    entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).ok().and_then(|at| entries.get(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn native_code_is_known_by_its_first_bytes() {
        let mut pe = vec![0; 0x90];
        pe[..2].copy_from_slice(b"MZ");
        pe[0x3c] = 0x80;
        pe[0x80..0x84].copy_from_slice(b"PE\0\0");
        for head in [b"\x7fELF\x02".as_slice(), b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"dex\n035\0", &pe] {
            assert!(is_executable(head), "{head:?}");
        }
        for head in [b"".as_slice(), b"MZ=1;", b"dex\nterity", b"\0asm\x01\0\0\0", b"<!doctype html>"] {
            assert!(!is_executable(head), "{head:?}");
        }
    }
}
