//! Does an app say that it works? A bundle that never does is rolled back from every device.
//!
//! In: the bytes of a file, piece by piece. Out: whether it mentions the call. May touch: nothing. Keeps: the plugin's own code, which is
//! part of every build, is no mention. It has the name only where it defines the method.

use memchr::memmem;

/// What a page calls when it works.
const READY: &[u8] = b"notifyAppReady";
/// Bytes after the name within which a definition's parameters end.
const AHEAD: usize = 256;

/// Looks in a stream for the name of the call where it is not being defined.
#[derive(Default)]
pub(super) struct ReadySearch {
    /// What was not judged, and the byte before it.
    rest: Vec<u8>,
}

impl ReadySearch {
    pub(super) fn finds(&mut self, bytes: &[u8]) -> bool {
        self.rest.extend_from_slice(bytes);
        let judged = self.rest.len().saturating_sub(READY.len() + AHEAD);
        let found = self.mentions(judged);
        self.rest.drain(..judged.saturating_sub(1));
        found
    }

    /// Is it mentioned in what is left at the end of the stream?
    pub(super) fn ends(self) -> bool {
        self.mentions(self.rest.len())
    }

    /// Is it mentioned before `end`?
    fn mentions(&self, end: usize) -> bool {
        let before = |at: usize| at.checked_sub(1).and_then(|at| self.rest.get(at)).copied();
        let places = memmem::find_iter(&self.rest, READY).take_while(|at| *at < end);
        places.into_iter().any(|at| {
            let after = self.rest.get(at + READY.len()..).unwrap_or_default();
            !before(at).is_some_and(is_of_a_name)
                && !after.first().copied().is_some_and(is_of_a_name)
                && !is_definition(after)
        })
    }
}

/// Does `(…) {` follow? A call has no block.
fn is_definition(after: &[u8]) -> bool {
    let mut depth = 0_usize;
    let mut bytes = after.iter().take(AHEAD).skip_while(|byte| byte.is_ascii_whitespace());
    for byte in bytes.by_ref() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => return false,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    bytes.find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
}

fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mentions(text: &str) -> bool {
        let mut search = ReadySearch::default();
        search.finds(text.as_bytes()) || search.ends()
    }

    #[test]
    fn a_call_is_told_from_a_definition() {
        for text in [
            "CapacitorUpdater.notifyAppReady()",
            "await u.notifyAppReady().then(()=>{go()})",
            "if(u.notifyAppReady()){}",
            "const{notifyAppReady:r}=u;r()",
            r#"u["notifyAppReady"]()"#,
            "notifyAppReady({token:t});{}",
            "\0notifyAppReady\0",
        ] {
            assert!(mentions(text), "{text}");
        }
        for text in [
            "class W{async notifyAppReady(){return{}}}",
            "notifyAppReady( a = f(1) )\n  {",
            "function notifyAppReady(e){",
            "_notifyAppReady()",
            "notifyAppReadyNow()",
            "notifyAppR",
        ] {
            assert!(!mentions(text), "{text}");
        }
    }

    #[test]
    fn a_call_is_found_across_reads_of_any_length() {
        let text = format!("class W{{notifyAppReady(){{}}}}{};u.notifyAppReady()", " ".repeat(1000));
        for step in [1, 7, 300, 5000] {
            let mut search = ReadySearch::default();
            let found = text.as_bytes().chunks(step).any(|bytes| search.finds(bytes));
            assert!(found || search.ends(), "{step}");
            let mut search = ReadySearch::default();
            let defined = text.as_bytes().get(..30).unwrap_or_default();
            assert!(!defined.chunks(step).any(|bytes| search.finds(bytes)) && !search.ends(), "{step}");
        }
    }
}
