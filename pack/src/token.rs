//! What in a file can be a name that the next build gave anew (formats 9.6).
//!
//! In: the bytes of a file. Out: where its names are. May touch: nothing. The rules are part of the format.
//!
//! A name is what minifiers give: a word of one to three characters (`q`, `x_e`), or eight characters between a `-` or `.` and a
//! `.`, as bundlers put the hash of a chunk into its name (`index-BgnklDnS.js`). Which of them really change, the renaming map
//! learns; a name that is none costs next to nothing.

/// Characters of the longest short name.
pub(crate) const SHORT: usize = 3;
/// Characters of a hash.
pub(crate) const HASH: usize = 8;
/// How many bytes before a place decide whether a name begins there, and how many from it on.
pub(crate) const BEFORE: usize = 2;
pub(crate) const AFTER: usize = HASH + 1;

/// Is it a word that looks like a short name and never is one?
fn is_keyword(word: &[u8]) -> bool {
    let two = matches!(word, b"as" | b"do" | b"if" | b"in" | b"of");
    two || matches!(word, b"and" | b"for" | b"get" | b"let" | b"new" | b"set" | b"the" | b"try" | b"var")
}

/// A name, as a number: its characters from the lowest byte up, zeros above.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Name(pub(crate) u64);

impl Name {
    pub(crate) fn new(text: &[u8]) -> Self {
        Self(text.iter().take(HASH).rev().fold(0, |name, byte| name << 8 | u64::from(*byte)))
    }

    /// Number of characters.
    pub(crate) fn len(self) -> usize {
        HASH - (self.0.leading_zeros() / 8) as usize
    }

    /// Is it as long as a hash?
    pub(crate) fn is_hash(self) -> bool {
        self.0 >> 56 != 0
    }

    /// Character `n`, 0 behind the last.
    pub(crate) fn character(self, n: usize) -> u8 {
        (self.0 >> (8 * n)) as u8
    }

    pub(crate) fn bytes(self) -> [u8; HASH] {
        self.0.to_le_bytes()
    }
}

/// What a byte means for the names around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A letter, digit, `_` or `$`.
    Word,
    /// `-` or `.`: what stands behind may be a hash.
    Mark,
    Other,
}

#[inline]
fn class(byte: u8) -> Class {
    const CLASSES: [Class; 256] = {
        let mut table = [Class::Other; 256];
        let mut byte = 0;
        while byte < 256 {
            #[allow(clippy::indexing_slicing)] // a table made at compile time
            {
                table[byte] = match byte as u8 {
                    b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'$' => Class::Word,
                    b'-' | b'.' => Class::Mark,
                    _ => Class::Other,
                };
            }
            byte += 1;
        }
        table
    };
    CLASSES.get(usize::from(byte)).copied().unwrap_or(Class::Other)
}

fn is_word(byte: u8) -> bool {
    class(byte) == Class::Word
}

/// The first name that begins at `from` or later, and before `until`: its place and length, which may reach further. What lies
/// outside of `file` counts as spaces. A copy begins with no name in progress, so a hash that began before `from` is not seen.
#[inline]
pub(crate) fn next_name(file: &[u8], from: usize, until: usize) -> Option<(usize, usize)> {
    let mut before = from.checked_sub(1).and_then(|at| file.get(at)).map_or(Class::Other, |byte| class(*byte));
    for (at, byte) in file.get(..until.min(file.len()))?.iter().enumerate().skip(from) {
        let this = class(*byte);
        let name = match before {
            Class::Mark => hash(file, at).or_else(|| short(file, at)),
            Class::Other if this == Class::Word => short(file, at),
            Class::Other | Class::Word => None,
        };
        if let Some(length) = name {
            return Some((at, length));
        }
        before = this;
    }
    None
}

fn hash(file: &[u8], at: usize) -> Option<usize> {
    let (text, rest) = file.get(at..)?.split_at_checked(HASH)?;
    let fits = rest.first() == Some(&b'.')
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        && text.iter().any(|byte| !byte.is_ascii_lowercase());
    fits.then_some(HASH)
}

fn short(file: &[u8], at: usize) -> Option<usize> {
    let rest = file.get(at..)?;
    let first = *rest.first()?;
    if !is_word(first) || first.is_ascii_digit() || is_property(file, at) {
        return None;
    }
    let length = rest.iter().take(SHORT + 1).take_while(|byte| is_word(**byte)).count();
    (length <= SHORT && !rest.get(..length).is_some_and(is_keyword)).then_some(length)
}

/// Behind one dot a word is a property, which keeps its name; behind three (`...q`) it is not.
fn is_property(file: &[u8], at: usize) -> bool {
    let byte = |back: usize| at.checked_sub(back).and_then(|at| file.get(at)).copied();
    byte(1) == Some(b'.') && byte(2) != Some(b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&str> {
        let (mut names, mut at) = (Vec::new(), 0);
        while let Some((from, length)) = next_name(text.as_bytes(), at, text.len()) {
            names.push(&text[from..from + length]);
            at = from + length;
        }
        names
    }

    #[test]
    fn names_are_what_minifiers_and_bundlers_give() {
        assert_eq!(names("q(j,x_e,$a)"), ["q", "j", "x_e", "$a"]);
        assert_eq!(names("for(let a of b.c)long(...d,0x1f,1e3)"), ["a", "b", "d"]);
        assert_eq!(names("import\"./index-BgnklDnS.js\""), ["BgnklDnS"]);
        assert_eq!(names("a-abcdefgh.js main.0a1b2c3d.css"), ["a", "0a1b2c3d"]);
        assert_eq!(names(""), Vec::<&str>::new());
    }

    #[test]
    fn a_name_begins_before_the_end_and_may_reach_over_it() {
        assert_eq!(next_name(b"(abc", 0, 1), None);
        assert_eq!(next_name(b"(abc", 0, 2), Some((1, 3)));
        assert_eq!(next_name(b"abc", 1, 3), None, "in the middle of a word none begins");
    }

    #[test]
    fn a_name_is_its_characters() {
        let name = Name::new(b"x_e");
        assert_eq!((name.len(), name.character(0), name.character(3), name.is_hash()), (3, b'x', 0, false));
        assert_eq!(&Name::new(b"BgnklDnS").bytes(), b"BgnklDnS");
        assert!(Name::new(b"BgnklDnS").is_hash());
        assert_eq!(Name::default().len(), 0);
    }
}
