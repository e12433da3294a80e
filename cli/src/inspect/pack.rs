//! A pack: its head, and with its base its list and whether it gives what it says.
//!
//! In: a file, perhaps the folder of its base. Out: what it holds. May touch: reads both. Keeps: a pack that cannot be applied is
//! shown with the reason, up to where it can be read.

use super::archive::Refused;
use crate::artifact::{FolderTree, proof};
use crate::bundle::{Bundle, Selection, builtin};
use crate::failure::{Failure, Result};
use crate::output::{DIM, Output, PLAIN, YELLOW};
use aloft_core::model::RootDigest;
use aloft_pack::{Error, Expected, Source};
use indicatif::HumanCount;
use serde::Serialize;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _};
use std::path::Path;

/// What is in a pack.
#[derive(Debug, Serialize)]
pub(super) struct Pack {
    version: u8,
    /// `whole` or `delta`.
    form: &'static str,
    files: u32,
    /// Bytes of the text of paths.
    paths: u32,
    #[serde(flatten)]
    content: Option<Content>,
    /// Why a device that has the base would refuse it.
    refused: Option<Refused>,
}

/// What can be told of the files.
#[derive(Debug, Serialize)]
struct Content {
    unpacked: u64,
    new: Sum,
    unchanged: Sum,
    repeated: Sum,
    /// The root digest of what it gives, if it can be applied.
    root: Option<RootDigest>,
    list: Vec<Listed>,
}

#[derive(Debug, Default, Serialize)]
struct Sum {
    files: u64,
    bytes: u64,
}

#[derive(Debug, Serialize)]
struct Listed {
    path: String,
    size: u64,
    source: &'static str,
}

/// Read the head, and all the rest if `base` is there or none is needed.
///
/// # Errors
/// Those of describing the base; those of the system.
pub(super) fn look(file: &mut File, base: Option<&Path>, output: Output) -> Result<Pack> {
    let mut head = [0; 14]; // formats 9.2
    file.read_exact(&mut head).map_err(|_| Failure::new("unknown_file", "the head of the pack is cut"))?;
    let [_, _, _, _, version, form, f0, f1, f2, f3, t0, t1, t2, t3] = head;
    let form = match form {
        0 => "whole",
        1 => "delta",
        _ => "unknown",
    };
    let (files, paths) = (u32::from_be_bytes([f0, f1, f2, f3]), u32::from_be_bytes([t0, t1, t2, t3]));
    let mut pack = Pack { version, form, files, paths, content: None, refused: None };
    if form == "delta" && base.is_none() {
        return Ok(pack);
    }
    let base = match base {
        Some(base) => builtin::as_devices_know(base, &Selection::default(), &output.bar("reading"))?,
        None => Bundle::default(),
    };
    match content(file, &FolderTree::new(&base), files.into()) {
        Ok((content, refused)) => (pack.content, pack.refused) = (Some(content), refused.as_ref().map(refusal)),
        Err(error) => pack.refused = Some(refusal(&error)),
    }
    Ok(pack)
}

fn refusal(error: &Error) -> Refused {
    Refused { code: "pack_failed", message: error.to_string() }
}

/// The list, and what came of applying it.
fn content(file: &mut File, base: &FolderTree, files: u64) -> aloft_pack::Result<(Content, Option<Error>)> {
    let mut open = |size| {
        file.rewind().map_err(Error::Input)?;
        aloft_pack::Pack::open(BufReader::new(&mut *file), &base.list(), Expected { files, size })
            .map(|pack| pack.files().to_vec())
    };
    // How large the target is, a release says; here the pack is asked itself.
    let (unpacked, list) = match open(0) {
        Err(Error::Unexpected { what: "bytes", said, .. }) => (said, open(said)?),
        opened => (0, opened?),
    };
    let applied = proof::root(file, base, Expected { files, size: unpacked });
    let (root, refused) = applied.map_or_else(|error| (None, Some(error)), |root| (Some(root), None));
    let (mut new, mut unchanged, mut repeated) = (Sum::default(), Sum::default(), Sum::default());
    let listed = list.into_iter().map(|file| {
        let (sum, source) = match file.source {
            Source::New => (&mut new, "new"),
            Source::Base(_) => (&mut unchanged, "unchanged"),
            Source::Target(_) => (&mut repeated, "repeated"),
        };
        sum.files += 1;
        sum.bytes += file.size;
        Listed { path: file.path, size: file.size, source }
    });
    let list = listed.collect();
    Ok((Content { unpacked, new, unchanged, repeated, root, list }, refused))
}

impl Pack {
    pub(super) fn human(&self) -> String {
        let mut text = format!("{}, format version {}, {} files", self.form, self.version, self.files);
        if let Some(content) = &self.content {
            let _ = write!(text, ", {} bytes unpacked", HumanCount(content.unpacked));
            for (what, Sum { files, bytes }) in
                [("new", &content.new), ("unchanged", &content.unchanged), ("repeated", &content.repeated)]
            {
                let _ = write!(text, "\n{files:>8} files {what:9} {:>14} bytes", HumanCount(*bytes).to_string());
            }
            if let Some(root) = &content.root {
                let _ = write!(text, "\n{DIM}gives root {root}{PLAIN}");
            }
        } else if self.refused.is_none() {
            text.push_str("\nits list can be read beside its base: name that with --base");
        }
        if let Some(Refused { code, message }) = &self.refused {
            let _ = write!(text, "\n{YELLOW}refused{PLAIN} {code}: {message}");
            if self.form == "delta" {
                text.push_str("; is --base the bundle it was made against?");
            }
        }
        text
    }
}
