//! Text that people and CI systems hand over: keys, lists, JSON.
//!
//! In: bytes of a file or a variable. Out: the text they meant. May touch: reads files. Keeps: what an editor or a shell did to a text
//! (a byte order mark, UTF-16, line ends, quotes) changes nothing.

use crate::failure::{Failure, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::path::Path;

/// Read a file of text.
///
/// # Errors
/// `bad_text` for what is neither UTF-8 nor UTF-16 with a byte order mark; those of the system.
pub(crate) fn read(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(|error| Failure::io("read", path, &error))?;
    decode(&bytes).ok_or_else(|| {
        Failure::new("bad_text", format!("{} is not text in UTF-8", path.display()))
            .hint("save it as UTF-8, or as UTF-16 with a byte order mark")
    })
}

/// The text of UTF-8, or of UTF-16 that says so.
fn decode(bytes: &[u8]) -> Option<String> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units: Vec<_> = pairs.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16(&units).ok().filter(|_| rest.is_empty())
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        _ => String::from_utf8(bytes.to_vec()).ok(),
    }
}

/// The text of a key: without quotes around it, with `\n` as line ends, and out of base64 if `begins` is only found there.
pub(crate) fn key(text: &str, begins: &str) -> String {
    let text = text.trim_start_matches('\u{feff}').replace("\\r", "").replace("\\n", "\n");
    let mut text = text.trim();
    for quote in ['"', '\'', '`'] {
        text = text.strip_prefix(quote).and_then(|inner| inner.strip_suffix(quote)).unwrap_or(text).trim();
    }
    let packed: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let inner = || decode(&STANDARD.decode(packed).ok()?).filter(|inner| inner.contains(begins));
    if text.contains(begins) { text.to_owned() } else { inner().unwrap_or_else(|| text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_as_editors_and_shells_write_them() {
        let wide = |mark: [u8; 2], unit: fn(u16) -> [u8; 2]| {
            let units = "a\u{fc}\r\n".encode_utf16().flat_map(unit);
            mark.into_iter().chain(units).collect::<Vec<u8>>()
        };
        for bytes in [
            "a\u{fc}\r\n".as_bytes().to_vec(),
            "\u{feff}a\u{fc}\r\n".as_bytes().to_vec(),
            wide([0xff, 0xfe], u16::to_le_bytes),
            wide([0xfe, 0xff], u16::to_be_bytes),
        ] {
            assert_eq!(decode(&bytes).as_deref(), Some("a\u{fc}\r\n"));
        }
        assert_eq!(decode(&[0xff, 0xfe, 0x61]), None, "half a letter");
        assert_eq!(decode(&[0x61, 0xff]), None);
    }

    #[test]
    fn keys_come_out_of_quotes_and_base64() {
        let plain = "aes256:AAAA";
        for text in [plain, " aes256:AAAA\r\n", "\"aes256:AAAA\"", "'aes256:AAAA\\n'", &STANDARD.encode(plain)] {
            assert_eq!(key(text, "aes256:"), plain, "{text}");
        }
        assert_eq!(key("nothing", "aes256:"), "nothing");
    }
}
