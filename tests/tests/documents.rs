//! What the documentation lists is what the code has.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use aloft_core::model::Code;
use aloft_plugin::Refusal;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("..").join(path)).unwrap()
}

#[test]
fn the_readme_shows_the_crates_example() {
    let library = read("core/src/lib.rs");
    let example = library.split("//! ```\n").nth(2).unwrap().lines();
    let shown = example.map(|line| line.trim_start_matches("//!").strip_prefix(' ').unwrap_or_default());
    let shown: Vec<_> = shown.filter(|line| !line.starts_with("# ")).collect();
    assert!(read("README.md").contains(&format!("```rust\n{}\n```", shown.join("\n"))));
}

#[test]
fn docs_errors_lists_every_code_and_no_other() {
    let page = read("docs/errors.md");
    let listed: BTreeSet<_> =
        page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|(code, _)| code).collect();
    let core = Code::all().iter().map(|code| code.as_str());
    let known: BTreeSet<_> = core.chain(Refusal::CODES.iter().copied()).collect();
    assert_eq!(listed, known);
}

#[test]
fn every_invariant_has_a_test_that_carries_its_number() {
    let mut names = String::new();
    for folder in ["core", "cli", "bindings", "tests"] {
        collect(&Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("..").join(folder), &mut names);
    }
    let page = read("docs/invariants.md");
    for number in 1..=13 {
        assert!(page.contains(&format!("| I{number} |")), "docs/invariants.md lacks I{number}");
        assert!(names.contains(&format!("fn i{number}_")), "no test is named i{number}_…");
    }
}

#[test]
fn every_paragraph_of_the_formats_that_code_cites_is_there() {
    let mut code = String::new();
    for folder in ["core/src", "cli/src", "tests"] {
        collect(&Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("..").join(folder), &mut code);
    }
    let page = read("docs/formats.md");
    let mut cited = BTreeSet::new();
    for rest in code.split("ormats ").skip(1) {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        cited.insert(rest[..end].trim_end_matches('.'));
    }
    cited.remove("");
    assert!(cited.len() > 10, "only {cited:?} were found: the reader of the code is broken");
    for number in cited {
        let heading = if number.contains('.') { format!("**{number} ") } else { format!("\n## {number}. ") };
        assert!(page.contains(&heading) || page.contains(&format!("**{number}**")), "docs/formats.md lacks {number}");
    }
}

#[test]
fn every_relative_link_of_a_page_leads_to_a_file_and_a_heading() {
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("..");
    let mut pages = Vec::new();
    markdown(&root, &mut pages);
    let (mut followed, mut broken) = (0, Vec::new());
    for page in &pages {
        let text = std::fs::read_to_string(page).unwrap();
        for link in links(&text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            followed += 1;
            let (path, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { page.clone() } else { page.parent().unwrap().join(path) };
            let whole =
                target.exists() && (heading.is_empty() || headings(&target).iter().any(|known| known == heading));
            if !whole {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(followed > 50, "only {followed} links were found: the reader of links is broken");
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn the_reader_of_links_passes_code_by() {
    let text = "[a](b.md) `[no](x)` ![c](d#e)\n```\n[no](x)\n```\n[`f`](g)\n\n[h]: i.md\n";
    assert_eq!(links(text), ["b.md", "d#e", "g", "i.md"]);
}

/// Targets of inline links and of link definitions, outside of code.
fn links(text: &str) -> Vec<&str> {
    let mut links = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code || line.starts_with("    ") {
            continue;
        }
        let mut at = 0;
        while let Some(found) = line[at..].find("](").map(|found| at + found + 2) {
            at = found;
            let ticks = line[..found].matches('`').count();
            if let (0, Some(end)) = (ticks % 2, line[found..].find(')')) {
                links.push(&line[found..found + end]);
            }
        }
        let definition = line.strip_prefix('[').and_then(|line| line.split_once("]: "));
        links.extend(definition.map(|(_, target)| target.trim()));
    }
    links
}

/// The anchors of a page's headings, as its readers make them.
fn headings(page: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(page).unwrap();
    let titles = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    titles.map(|title| title.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")).collect()
}

/// Every page of the checkout, without what is built or hidden.
fn markdown(folder: &Path, pages: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && name != "target" && name != "node_modules" {
                markdown(&path, pages);
            }
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
}

fn collect(folder: &Path, names: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            names.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}
