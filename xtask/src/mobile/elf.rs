//! What an Android library promises and asks for, held against what devices have.
//!
//! In: what `llvm-readelf` says of a library. Out: what is wrong with it. May touch: nothing.

use std::collections::BTreeSet;

/// What every device since API 22 has, and what the NDK links in; see the head of the file.
const BIONIC: &str = include_str!("bionic.txt");

/// Pages of 16 KB.
const PAGE: u64 = 0x4000;

/// What the JVM, JNA and the generator of bindings look up; each name has ours in it. Anything else could clash with another library
const EXPORTS: &[&str] = &["uniffi_", "ffi_", "UNIFFI_META_", "JNI_", "Java_"];

/// The arguments that make `llvm-readelf` say what [`problems`] reads.
pub(crate) const ARGUMENTS: &[&str] = &["--program-headers", "--dyn-symbols", "--wide"];

/// What is wrong with a library, from what `llvm-readelf` says of it.
pub(crate) fn problems(said: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let pages: Vec<_> = said.lines().filter_map(alignment).collect();
    if pages.is_empty() || pages.iter().any(|page| page % PAGE != 0) {
        problems.push(format!("segments are aligned to {pages:x?}, not to pages of {PAGE:#x}"));
    }
    let symbols: Vec<_> = said.lines().filter_map(Symbol::read).collect();
    let exports: BTreeSet<_> = symbols.iter().filter(|symbol| symbol.is_defined).map(|symbol| symbol.name).collect();
    if exports.is_empty() {
        problems.push("it exports nothing".to_owned());
    }
    let known = |name: &str| EXPORTS.iter().any(|prefix| name.starts_with(prefix));
    let foreign: Vec<_> = exports.into_iter().filter(|name| !known(name)).collect();
    if !foreign.is_empty() {
        problems.push(format!("it exports {}", foreign.join(", ")));
    }
    let needed: BTreeSet<_> = symbols.iter().filter(|symbol| symbol.is_needed()).map(|symbol| symbol.name).collect();
    let unknown: Vec<_> = needed.into_iter().filter(|name| !bionic().any(|known| known == *name)).collect();
    if !unknown.is_empty() {
        problems.push(format!("bionic.txt does not have what it asks for: {}", unknown.join(", ")));
    }
    problems
}

fn bionic() -> impl Iterator<Item = &'static str> {
    BIONIC.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}

/// `  LOAD 0x000000 0x00000000 0x00000000 0x1234 0x1234 R E 0x4000`
fn alignment(line: &str) -> Option<u64> {
    let line = line.trim().strip_prefix("LOAD ")?;
    u64::from_str_radix(line.split_whitespace().last()?.strip_prefix("0x")?, 16).ok()
}

struct Symbol<'a> {
    name: &'a str,
    is_defined: bool,
    is_weak: bool,
}

impl<'a> Symbol<'a> {
    /// `     1: 00000000     0 FUNC    GLOBAL DEFAULT   UND malloc@LIBC`
    fn read(line: &'a str) -> Option<Self> {
        let words: Vec<_> = line.split_whitespace().collect();
        let [number, _value, _size, _type, binding, _visible, section, name, ..] = words.as_slice() else {
            return None;
        };
        number.strip_suffix(':')?.parse::<u32>().ok()?;
        let name = name.split('@').next().unwrap_or(name);
        Some(Self { name, is_defined: *section != "UND", is_weak: *binding == "WEAK" })
    }

    /// A weak symbol that is absent is null, and whoever asks for it weakly looks first.
    fn is_needed(&self) -> bool {
        !self.is_defined && !self.is_weak
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "  LOAD           0x000000 0x0000 0x0000 0x4d0 0x4d0 R   0x4000\n\
                        Symbol table '.dynsym' contains 3 entries:\n   Num:    Value  Size Type    Bind   Vis       Ndx Name\n\
                        0: 00000000     0 NOTYPE  LOCAL  DEFAULT   UND \n\
                        1: 00000000     0 FUNC    GLOBAL DEFAULT   UND malloc@LIBC\n\
                        2: 00000000     0 FUNC    WEAK   DEFAULT   UND getrandom\n\
                        3: 00001234    12 FUNC    GLOBAL DEFAULT    12 uniffi_aloft_ffi_fn_method_plugin_call\n";

    #[test]
    fn a_good_library_has_no_problem() {
        assert_eq!(problems(GOOD), Vec::<String>::new());
    }

    #[test]
    fn small_pages_foreign_exports_and_late_symbols_are_found() {
        let small = GOOD.replace("0x4000", "0x1000");
        assert!(problems(&small).concat().contains("aligned"), "{:?}", problems(&small));
        let foreign = GOOD.replace("uniffi_aloft_ffi_fn_method_plugin_call", "rust_eh_personality");
        assert_eq!(problems(&foreign), ["it exports rust_eh_personality"]);
        let late = GOOD.replace("malloc", "getentropy"); // since API 28
        assert_eq!(problems(&late), ["bionic.txt does not have what it asks for: getentropy"]);
    }

    #[test]
    fn what_cannot_be_read_is_not_good() {
        assert_eq!(problems("").len(), 2);
    }
}
