//! Texts that others wrote (servers, archives, the system) as they may be shown: one line, and not longer than a message.
//!
//! In: any text. Out: the same, shortened, control characters replaced. May touch: nothing.
//! Keeps: I10 (every message of an error and every line of the log passes here).

use std::fmt::{self, Write};

/// A message of an error or a line of the log, in bytes. 1 KiB: room for the longest path and what is wrong with it.
pub const MAX_MESSAGE: usize = 1 << 10;

/// Passes on what is written to it, up to [`MAX_MESSAGE`] bytes.
pub(crate) struct Brief<'a> {
    to: &'a mut dyn Write,
    left: usize,
}

impl<'a> Brief<'a> {
    /// Write to `to`.
    pub(crate) fn new(to: &'a mut dyn Write) -> Self {
        Self { to, left: MAX_MESSAGE }
    }
}

impl Write for Brief<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            if self.left == 0 {
                return Ok(());
            }
            match self.left.checked_sub(c.len_utf8()) {
                Some(left) if left > 0 => self.left = left,
                _ => {
                    self.left = 0;
                    return self.to.write_char('…');
                }
            }
            self.to.write_char(if c.is_control() { ' ' } else { c })?;
        }
        Ok(())
    }
}

/// A text as a line of the log.
pub(crate) fn brief(text: &str) -> String {
    let mut line = String::new();
    let _ = Brief::new(&mut line).write_str(text); // a `String` takes everything
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i10_a_text_is_one_line_of_at_most_a_kib() {
        assert_eq!(brief("short\r\nand plain"), "short  and plain");
        for c in ["x", "é", "🙂"] {
            let long = brief(&c.repeat(60_000));
            assert!(
                long.len() <= MAX_MESSAGE + 2 && long.len() > MAX_MESSAGE - 8 && long.ends_with('…'),
                "{}",
                long.len()
            );
        }
        let fits = "x".repeat(MAX_MESSAGE - 1);
        assert_eq!(brief(&fits), fits);
    }
}
