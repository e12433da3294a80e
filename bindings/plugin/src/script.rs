//! The document-start script: it gives a page its token and lets it announce itself (architecture 6).
//!
//! In: what is served; HTML. Out: JavaScript for every web view since Chrome 61; the HTML with it. May touch: nothing. Keeps: I4.
//!
//! It posts an ordinary bridge message, so that a later call of the same page cannot overtake it. A page that is controlled by
//! the service worker of another bundle does not announce itself: it clears the worker away and loads once more. Of Cache Storage
//! only a worker's copies of files go, for an app may keep data of its own there.

use crate::config::ServiceWorkers;
use aloft_core::updater::Serve;

const SCRIPT: &str = include_str!("document_start.js");

/// The script for the page of `serve`.
pub(crate) fn document_start(serve: &Serve, workers: ServiceWorkers) -> String {
    let clear = workers == ServiceWorkers::Clear && serve.clear_service_workers;
    SCRIPT.replace("__TOKEN__", serve.token.as_str()).replace("__CLEAR__", if clear { "true" } else { "false" })
}

/// `html` with `script` as the first one that runs in it: for web views that take no document-start scripts.
#[must_use]
pub fn with_script(html: &str, script: &str) -> String {
    let (before, after) = html.split_at_checked(place(html)).unwrap_or(("", html));
    format!("{before}<script>{script}</script>{after}")
}

/// Where the content of the head begins. Without a `<head>` the script itself begins it (HTML 13.2.6.4.3). It comes after the
/// doctype, for a page without one is shown in quirks mode, and after comments, which may hold anything.
fn place(html: &str) -> usize {
    let mut rest = html.strip_prefix('\u{feff}').unwrap_or(html);
    loop {
        let next = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let (after, is_head) = match next.strip_prefix("<!--") {
            Some(comment) => (after_comment(comment), false),
            None if next.starts_with("<!") || next.starts_with("<?") => (after(next, ">"), false),
            None => (tag(next, "<html").or_else(|| tag(next, "<head")), tag(next, "<head").is_some()),
        };
        match after {
            Some(after) if is_head => return html.len() - after.len(),
            Some(after) => rest = after,
            None => return html.len() - next.len(),
        }
    }
}

fn after<'a>(text: &'a str, what: &str) -> Option<&'a str> {
    text.split_once(what).map(|(_, after)| after)
}

/// What follows a comment; `<!-->` and `<!--->` are whole ones (HTML 13.2.5.43).
fn after_comment(inside: &str) -> Option<&str> {
    let short = [">", "->"].iter().find_map(|end| inside.strip_prefix(end));
    let ends = ["-->", "--!>"].into_iter().filter_map(|end| after(inside, end));
    short.or_else(|| ends.max_by_key(|after| after.len()))
}

/// Where in a start tag a character stands (HTML 13.2.5.32 to 13.2.5.39).
#[derive(Clone, Copy)]
enum InTag {
    BeforeName,
    Name,
    AfterName,
    BeforeValue,
    Unquoted,
    Quoted(char),
}

/// What follows the start tag of this name, if `text` begins with it. A `>` in a quoted value does not end it.
fn tag<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (begin, attributes) = text.split_at_checked(name.len())?;
    let delimits = |c: char| c.is_ascii_whitespace() || c == '/' || c == '>';
    if !begin.eq_ignore_ascii_case(name) || !attributes.starts_with(delimits) {
        return None;
    }
    let mut state = InTag::BeforeName;
    for (at, c) in attributes.char_indices() {
        use InTag::{AfterName, BeforeName, BeforeValue, Name, Quoted, Unquoted};
        let space = c.is_ascii_whitespace();
        state = match (state, c) {
            (Quoted(open), _) if c == open => BeforeName,
            (Quoted(_), _) => state,
            (_, '>') => return attributes.get(at + 1..),
            (BeforeValue, '"' | '\'') => Quoted(c),
            (Unquoted, _) if space => BeforeName,
            (BeforeValue | Unquoted, _) => {
                if space {
                    BeforeValue
                } else {
                    Unquoted
                }
            }
            (Name | AfterName, '=') => BeforeValue,
            (Name | AfterName, _) if space => AfterName,
            (_, '/') => BeforeName,
            (BeforeName, _) if space => BeforeName,
            (BeforeName | Name | AfterName, _) => Name, // also `=`, where no name came before it
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `|` is where the script belongs.
    #[test]
    fn the_script_is_the_first_of_the_head_and_leaves_doctype_and_comments_before_it() {
        for marked in [
            "<!doctype html><html lang=\"de\"><head>|<meta charset=utf-8><script>app()</script></head></html>",
            "<html><head>|</head>BUILTIN</html>",
            "\u{feff}<!DOCTYPE html>\r\n<!-- <head> --><HTML data-x=\"a>b\" data-y='>'><HEAD id = \"h>\">|<title>ä</title>",
            "<!-- a --!><!--><!---><?xml version=\"1.0\"?><head/>|<script>app()</script>",
            "<!doctype html>|<script>app()</script>",
            "<!doctype html><html>\n|<body><head></body>",
            "<html>|<header>no head</header>",
            "<html =\">|<script>app()</script>\"",
            "|text <head>",
            "|<!-- never closed <head>",
            "|<html lang=\"never closed <head>",
            "|<h",
            "\u{feff}|",
            "|",
        ] {
            let html = marked.replace('|', "");
            assert_eq!(with_script(&html, "begin()"), marked.replace('|', "<script>begin()</script>"), "{marked}");
        }
    }

    #[test]
    fn the_script_can_stand_in_html() {
        let html = SCRIPT.to_ascii_lowercase();
        assert!(!html.contains("</script") && !html.contains("<!--"));
    }
}
