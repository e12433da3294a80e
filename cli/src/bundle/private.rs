//! Private keys in files, known by their content.
//!
//! In: the bytes of a file, piece by piece. Out: whether a key was in them. May touch: nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;

/// A key in PEM is not longer than this.
const LONGEST: usize = 16 * 1024;
/// Fewer bytes are no key.
const SHORTEST: usize = 32;
const BEGIN: &[u8] = b"-----BEGIN ";
const PRIVATE: &[u8] = b"PRIVATE KEY-----";
const END: &[u8] = b"-----END ";
const SECRET: &[u8] = b"aes256:";
/// 32 bytes in base64.
const SECRET_TEXT: usize = 44;

/// Looks for a private key in a stream.
#[derive(Default)]
pub(super) struct KeySearch {
    tail: Vec<u8>,
}

impl KeySearch {
    pub(super) fn finds(&mut self, bytes: &[u8]) -> bool {
        self.tail.extend_from_slice(bytes);
        let found = memmem::find_iter(&self.tail, BEGIN).any(|at| is_pem(self.tail.get(at..).unwrap_or_default()))
            || memmem::find_iter(&self.tail, SECRET).any(|at| is_secret(self.tail.get(at..).unwrap_or_default()));
        self.tail.drain(..self.tail.len().saturating_sub(LONGEST));
        found
    }
}

/// Libraries that write keys carry the header and the footer as text, so there must be a body between them that decodes.
fn is_pem(text: &[u8]) -> bool {
    let text = text.get(..LONGEST.min(text.len())).unwrap_or_default();
    let label = text.get(BEGIN.len()..(BEGIN.len() + 40).min(text.len())).unwrap_or_default();
    let Some(after) = memmem::find(label, PRIVATE) else { return false };
    let rest = text.get(BEGIN.len() + after + PRIVATE.len()..).unwrap_or_default();
    let Some(end) = memmem::find(rest, END) else { return false };
    let body = String::from_utf8_lossy(rest.get(..end).unwrap_or_default()).replace("\\n", "").replace("\\r", "");
    let body: String = body.chars().filter(|letter| !letter.is_whitespace()).collect();
    STANDARD.decode(body).is_ok_and(|key| key.len() >= SHORTEST)
}

fn is_secret(text: &[u8]) -> bool {
    let key = text.get(SECRET.len()..SECRET.len() + SECRET_TEXT).unwrap_or_default();
    STANDARD.decode(key).is_ok_and(|key| key.len() == SHORTEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";

    fn finds(text: &str) -> bool {
        KeySearch::default().finds(text.as_bytes())
    }

    #[test]
    fn keys_are_known_by_what_decodes_between_header_and_footer() {
        assert!(finds(&format!("-----BEGIN PRIVATE KEY-----\n{BODY}\n-----END PRIVATE KEY-----\n")));
        let json =
            format!(r#"{{"private_key": "-----BEGIN RSA PRIVATE KEY-----\n{BODY}\n-----END RSA PRIVATE KEY-----\n"}}"#);
        assert!(finds(&json), "a service account's file");
        assert!(finds(&format!("key: 'aes256:{}'", STANDARD.encode([7; 32]))));
        for text in [
            r#"pem="-----BEGIN PRIVATE KEY-----\n"+encode(key)+"\n-----END PRIVATE KEY-----""#,
            "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----",
            &format!("-----BEGIN PUBLIC KEY-----\n{BODY}\n-----END PUBLIC KEY-----"),
            "aes256:<base64>",
        ] {
            assert!(!finds(text), "{text}");
        }
    }

    #[test]
    fn a_key_is_found_across_two_reads() {
        let text = format!("-----BEGIN PRIVATE KEY-----\n{BODY}\n-----END PRIVATE KEY-----\n");
        let (one, other) = text.split_at(50);
        let mut search = KeySearch::default();
        assert!(!search.finds(one.as_bytes()));
        assert!(search.finds(other.as_bytes()));
    }
}
