//! Do the names of a bundle make one tree of files, on every system (formats 5.5)?
//!
//! In: what an archive or a pack names. Out: the same in order of path, and their folders. May touch: nothing. Keeps: I3.

use crate::model::path::BundlePath;
use crate::model::{Code, Error, Result};
use std::cmp::Ordering;

/// Something with a place in the tree.
pub(super) trait Node {
    /// Where it stands; a folder's path has no slash at its end.
    fn path(&self) -> &BundlePath;
    /// What it is.
    fn kind(&self) -> Kind;
    /// Bytes of a file.
    fn size(&self) -> u64;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
}

/// Sort `nodes` by path and refuse names that clash, folders that are above no file, and a bundle without an `index.html`
/// that has content: an empty one shows nothing, and counts as one that is not there.
pub(super) fn check<N: Node>(nodes: &mut [N]) -> Result<()> {
    nodes.sort_unstable_by(order);
    let nexts = nodes.iter().skip(1).map(Some).chain([None]);
    nodes.iter().zip(nexts).try_for_each(|(node, next)| compare(node, next))?;
    let index = nodes.iter().find(|node| node.path().as_str() == "index.html");
    if index.is_some_and(|index| index.size() > 0) {
        return Ok(());
    }
    let mut inside = nodes.iter().filter_map(|node| node.path().as_str().strip_suffix("/index.html"));
    let detail = match inside.find(|folder| !folder.contains('/')) {
        _ if index.is_some() => "index.html at the root of the bundle is empty".to_owned(),
        Some(folder) => format!("index.html is in the folder {folder} and not at the root of the bundle"),
        None => "there is no index.html at the root of the bundle".to_owned(),
    };
    Err(Error::unsafe_archive(Code::IndexMissing, detail))
}

/// Each folder above a file of the sorted `nodes`, outermost first; differing in case, twice.
pub(super) fn folders<N: Node>(nodes: &[N]) -> impl Iterator<Item = &str> {
    let before = [None].into_iter().chain(nodes.iter().map(Some));
    before.zip(nodes).flat_map(|(before, node)| {
        let before = before.map_or("", |before| before.path().as_str());
        node.path().parents().filter(move |folder| !is_in(before, folder))
    })
}

fn is_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Bytewise in ASCII lower case, a slash before all else: what is in a folder follows it, and clashing names are neighbours.
fn order<N: Node>(a: &N, b: &N) -> Ordering {
    key(a).cmp(key(b))
}

fn key<N: Node>(node: &N) -> impl Iterator<Item = u8> {
    let slash = (node.kind() == Kind::Folder).then_some(b'/');
    let bytes = node.path().as_str().bytes().chain(slash);
    bytes.map(|byte| if byte == b'/' { 0 } else { byte.to_ascii_lowercase() })
}

fn compare<N: Node>(node: &N, next: Option<&N>) -> Result<()> {
    let path = node.path().as_str();
    let refused = |code, why: &str| Err(Error::unsafe_archive(code, format!("{path}: {why}")));
    let parts = next.and_then(|next| next.path().as_str().split_at_checked(path.len()));
    let parts = parts.filter(|(head, _)| head.eq_ignore_ascii_case(path));
    let below = parts.is_some_and(|(_, rest)| rest.starts_with('/'));
    match (parts, node.kind()) {
        (_, Kind::Folder) if below => Ok(()),
        (Some((head, rest)), _) if below || rest.is_empty() => {
            if head == path {
                refused(Code::ArchiveDuplicate, "it is named twice, or as a file and as a folder")
            } else {
                refused(Code::ArchiveCaseClash, &format!("differs only in case from {head}"))
            }
        }
        (_, Kind::Folder) => refused(Code::ArchiveUnaccounted, "a folder that is above no file"),
        (_, Kind::File) => Ok(()),
    }
}
