//! The app's documents with the shell's script in them, and that script.
//!
//! In: HTML as the app ships it, what is shown. Out: HTML, JavaScript. May touch: nothing. Keeps: I4.
//!
//! The script is a file of the same origin, first in the document, so it runs before any script of the page and under a
//! policy of `'self'`; a policy in a `<meta>` comes after it. A document may be as old as the cache of a service worker: it
//! says for which serve it was delivered, and a script of another serve does not speak for it.

use super::settings::Settings;
use super::wire::Shown;
use aloft_plugin::{Method, PLUGIN, Platform};
use serde_json::{Value, json};

/// Where what is the shell's own lies.
pub(super) const OURS: &str = "/__aloft/";

/// `html` with the shell's script first in it. A fragment, such as a template that the app fetches, stays as it is.
pub(super) fn with_script(html: &[u8], serve: u64) -> Vec<u8> {
    let Some(at) = place(html) else { return html.to_vec() };
    let (before, after) = html.split_at(at);
    let tag = format!("<script src=\"{OURS}page.js?serve={serve}\"></script>");
    [before, tag.as_bytes(), after].concat()
}

/// After `<head …>`, else after `<html …>`, else after the doctype; none: not a document.
fn place(html: &[u8]) -> Option<usize> {
    let text = html.to_ascii_lowercase();
    let tag = |name: &[u8]| {
        let starts = (0..text.len()).find(|at| {
            let rest = text.get(*at..).and_then(|rest| rest.strip_prefix(name));
            rest.is_some_and(|rest| rest.first().is_some_and(|next| b" \t\r\n>".contains(next)))
        })?;
        let length = text.get(starts..)?.iter().position(|byte| *byte == b'>')?;
        Some(starts + length + 1)
    };
    [&b"<head"[..], b"<html", b"<!doctype"].into_iter().find_map(tag)
}

/// The script of a page that was delivered for `asked`, while `serve` shows `shown`.
pub(super) fn page_script(settings: &Settings, secret: &str, asked: Option<u64>, serve: u64, shown: &Shown) -> String {
    let platform = if settings.platform == Platform::Ios { "ios" } else { "android" };
    let given = json!({
        "secret": secret,
        "serve": serve,
        "stale": asked != Some(serve),
        "platform": platform,
        "headers": [{ "name": PLUGIN, "methods": methods() }],
        "stubs": settings.stubs,
    });
    let start = shown.script.as_deref().unwrap_or_default();
    // The document-start script sits in a function: a page that is not to speak does not run it.
    format!(
        "(function () {{\nvar given = {given};\n{CLIENT}\nvar documentStart = function () {{\n{start}\n}};\n{BRIDGE}\n}})();\n"
    )
}

/// The script of the shell's own page `body`.
pub(super) fn own_script(secret: &str, body: &str) -> String {
    let given = json!({ "secret": secret });
    format!("(function () {{\nvar given = {given};\n{CLIENT}\n{body}\n}})();\n")
}

/// What the native runtime would list: the plugin's methods, and those of every plugin.
fn methods() -> Vec<Value> {
    let ours = Method::all().iter();
    let ours = ours.map(|method| json!({ "name": method.name(), "rtype": method.returns().to_string() }));
    let callbacks = ["addListener", "removeListener"].map(|name| json!({ "name": name }));
    callbacks.into_iter().chain(ours).chain([json!({ "name": "removeAllListeners", "rtype": "promise" })]).collect()
}

const CLIENT: &str = include_str!("browser/client.js");
const BRIDGE: &str = include_str!("browser/bridge.js");

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(html: &str) -> String {
        String::from_utf8(with_script(html.as_bytes(), 3)).unwrap()
    }

    #[test]
    fn the_script_comes_first() {
        let tag = "<script src=\"/__aloft/page.js?serve=3\"></script>";
        for (html, wanted) in [
            ("<!doctype html><html><head><meta>", format!("<!doctype html><html><head>{tag}<meta>")),
            ("<HTML><HEAD lang=en\n>x", format!("<HTML><HEAD lang=en\n>{tag}x")),
            ("<!DOCTYPE html><html lang=en><header>x", format!("<!DOCTYPE html><html lang=en>{tag}<header>x")),
            ("<!doctype html><p>x", format!("<!doctype html>{tag}<p>x")),
            ("<p>a template</p>", "<p>a template</p>".to_owned()),
            ("<header>x</header>", "<header>x</header>".to_owned()),
            ("", String::new()),
            ("<head", "<head".to_owned()),
        ] {
            assert_eq!(mended(html), wanted);
        }
    }

    #[test]
    fn every_method_of_the_plugin_is_in_its_header() {
        let methods = methods();
        for method in Method::all() {
            assert_eq!(methods.iter().filter(|held| held["name"] == method.name()).count(), 1, "{method:?}");
        }
    }
}
