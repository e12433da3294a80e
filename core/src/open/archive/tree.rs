//! Do the names of an archive make one tree of files, on every system?
//!
//! In: entries. Out: the same in order of path, and their folders. May touch: nothing. Keeps: I3.

use super::{Entry, Kind, refused};
use crate::model::Code;
use std::cmp::Ordering;
use std::io;

/// Sort `entries` by path and refuse names that clash, folders that are above no file, and a bundle without `index.html`.
pub(super) fn check(entries: &mut [Entry]) -> io::Result<()> {
    entries.sort_unstable_by(order);
    let nexts = entries.iter().skip(1).map(Some).chain([None]);
    entries.iter().zip(nexts).try_for_each(|(entry, next)| compare(entry, next))?;
    if entries.iter().any(|entry| entry.path.as_str() == "index.html") {
        return Ok(());
    }
    let mut inside = entries.iter().filter_map(|entry| entry.path.as_str().strip_suffix("/index.html"));
    let detail = match inside.find(|folder| !folder.contains('/')) {
        Some(folder) => format!("index.html is in the folder {folder} and not at the root of the archive"),
        None => "there is no index.html at the root of the archive".to_owned(),
    };
    Err(refused(Code::IndexMissing, detail))
}

/// Each folder above a file of the sorted `entries`, outermost first; differing in case, twice.
pub(super) fn folders(entries: &[Entry]) -> impl Iterator<Item = &str> {
    let before = [None].into_iter().chain(entries.iter().map(Some));
    before.zip(entries).flat_map(|(before, entry)| {
        let before = before.map_or("", |before| before.path.as_str());
        entry.path.parents().filter(move |folder| !is_in(before, folder))
    })
}

fn is_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Bytewise in ASCII lower case, a slash before all else: what is in a folder follows it, and clashing names are neighbours.
fn order(a: &Entry, b: &Entry) -> Ordering {
    key(a).cmp(key(b))
}

fn key(entry: &Entry) -> impl Iterator<Item = u8> {
    let slash = (entry.kind == Kind::Folder).then_some(b'/');
    let bytes = entry.path.as_str().bytes().chain(slash);
    bytes.map(|byte| if byte == b'/' { 0 } else { byte.to_ascii_lowercase() })
}

fn compare(entry: &Entry, next: Option<&Entry>) -> io::Result<()> {
    let path = entry.path.as_str();
    let parts = next.and_then(|next| next.path.as_str().split_at_checked(path.len()));
    let parts = parts.filter(|(head, _)| head.eq_ignore_ascii_case(path));
    let below = parts.is_some_and(|(_, rest)| rest.starts_with('/'));
    match (parts, entry.kind) {
        (_, Kind::Folder) if below => Ok(()),
        (Some((head, rest)), _) if below || rest.is_empty() => Err(if head == path {
            entry.refused(Code::ArchiveDuplicate, "the archive has it twice, or as a file and as a folder")
        } else {
            entry.refused(Code::ArchiveCaseClash, &format!("differs only in case from {head}"))
        }),
        (_, Kind::Folder) => Err(entry.refused(Code::ArchiveUnaccounted, "a folder that is above no file")),
        (_, Kind::File) => Ok(()),
    }
}
