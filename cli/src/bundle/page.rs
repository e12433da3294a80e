//! What `index.html` asks for before the app can run.
//!
//! In: the page, the bundle's files. Out: what is missing. May touch: nothing.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{HtmlString, Token, Tokenizer};
use percent_encoding::percent_decode_str;

/// Put there by the native build, for Cordova's plugins.
const NATIVE: [&str; 2] = ["cordova.js", "cordova_plugins.js"];

/// A script or style that the page names and no device finds, as the page names it.
pub(super) fn missing(page: &[u8], has: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut base = Some(String::new());
    let mut missing = Vec::new();
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true); // what a script contains is no tag
    for token in Tokenizer::new_with_emitter(page, emitter).flatten() {
        let Token::StartTag(tag) = token else { continue };
        let attribute = |name: &str| tag.attributes.get(name.as_bytes()).map(|value| text(value));
        let is_style = || {
            attribute("rel")
                .is_some_and(|rel| rel.split_ascii_whitespace().any(|rel| rel.eq_ignore_ascii_case("stylesheet")))
        };
        let url = match tag.name.as_slice() {
            b"base" => {
                base = attribute("href").map_or(base, |href| folder(&href));
                None
            }
            b"script" => attribute("src"),
            b"link" if is_style() => attribute("href"),
            _ => None,
        };
        if let (Some(url), Some(base)) = (url, &base)
            && !is_found(&url, base, has)
        {
            missing.push(url);
        }
    }
    missing
}

fn text(value: &HtmlString) -> String {
    String::from_utf8_lossy(value).trim().to_owned()
}

/// The folder of the bundle that a `<base>` names; none if it names another origin.
fn folder(href: &str) -> Option<String> {
    let path = local(href)?;
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    Some(folder.trim_start_matches('/').to_owned())
}

/// The path of an address without an origin.
fn local(url: &str) -> Option<&str> {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let scheme = path.split('/').next().is_some_and(|first| first.contains(':'));
    (!scheme && !path.starts_with("//")).then_some(path)
}

fn is_found(url: &str, base: &str, has: &dyn Fn(&str) -> bool) -> bool {
    let Some(path) = local(url) else { return !is_this_machine(url) };
    let path = percent_decode_str(path).decode_utf8_lossy();
    let mut parts: Vec<&str> = if path.starts_with('/') { Vec::new() } else { base.split('/').collect() };
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.retain(|part| !matches!(*part, "" | "."));
    let path = parts.join("/");
    path.is_empty() || NATIVE.contains(&path.as_str()) || has(&path)
}

/// A development server, which no phone reaches.
fn is_this_machine(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://")) else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or(host) };
    matches!(host, "localhost" | "127.0.0.1" | "10.0.2.2") || host.starts_with("[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing_in(page: &str) -> Vec<String> {
        missing(page.as_bytes(), &|path| matches!(path, "app.js" | "assets/a b.js" | "assets/a.css"))
    }

    #[test]
    fn scripts_and_styles_of_the_page_are_in_the_bundle() {
        let none: Vec<String> = Vec::new();
        for page in [
            "<script src=app.js></script><script src='/app.js?v=1'></script><script src=./app.js#a></script>",
            "<script>let a = '<script src=no.js>'</script><!-- <script src=no.js></script> -->",
            "<link rel='preload stylesheet' href=/assets/a.css><link rel=icon href=no.ico>",
            "<script src='assets/a%20b.js'></script><script src=cordova.js></script><script src=''></script>",
            "<script src=https://cdn.example/no.js></script><script src=//cdn.example/no.js></script>",
            "<base href=/assets/><script src='a b.js'></script><script src=../app.js></script>",
            "<base href=https://example.com/><script src=no.js></script>",
            "<base href=/><script src=app.js></script><script src='data:text/javascript,1'></script>",
        ] {
            assert_eq!(missing_in(page), none, "{page}");
        }
        for (page, url) in [
            ("<SCRIPT SRC=App.js></SCRIPT>", "App.js"),
            ("<link rel=stylesheet href=/a.css>", "/a.css"),
            ("<script src=http://localhost:5173/@vite/client></script>", "http://localhost:5173/@vite/client"),
            ("<script src=http://[::1]:80/a.js></script>", "http://[::1]:80/a.js"),
            ("<base href=/app/><script src=app.js></script>", "app.js"),
        ] {
            assert_eq!(missing_in(page), [url], "{page}");
        }
    }
}
