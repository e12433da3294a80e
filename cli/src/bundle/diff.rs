//! `aloft bundle diff OLD NEW`: what would be sent to a device that runs OLD, and why it is as much as it is.
//!
//! In: two folders. Out: sizes by artifact, the alternative file by file, what the pack's bytes are spent on. May touch: reads the
//! folders; temporary files. Keeps: the artifacts are those that `publish` makes, without encryption.

use super::selection::SelectionArgs;
use super::{Bundle, Warning, builtin, describe};
use crate::artifact::make::{self, Sealing, Way, side_by_side};
use crate::artifact::{Made, alone, worth};
use crate::failure::{Failure, Result};
use crate::output::{BOLD, DIM, Output, PLAIN, bytes};
use crate::settings::Settings;
use aloft_core::model::Digest;
use aloft_core::model::bundle::FileEntry;
use aloft_pack::make::Report;
use brotli::enc::BrotliEncoderParams;
use indicatif::{HumanCount, ProgressBar};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Files that people are shown.
const SHOWN: usize = 10;

/// See what an update would send to devices, and why it is as much as it is.
#[derive(Debug, clap::Args)]
pub(crate) struct DiffArgs {
    /// The bundle that devices run
    old: PathBuf,
    /// The bundle that they shall run
    new: PathBuf,
    #[command(flatten)]
    selection: SelectionArgs,
}

/// What would be sent.
#[derive(Debug, Serialize)]
struct Difference {
    /// Files of NEW.
    files: usize,
    /// Of these: whose content OLD has.
    unchanged: usize,
    /// Sum of NEW's sizes.
    size: u64,
    artifacts: Artifacts,
    /// Which of them `publish` would not offer: not smaller, or not by enough, than what needs no base.
    left_out: Vec<&'static str>,
    /// Bytes of a signed channel document that offers this release alone, to everybody.
    document: u64,
    per_file: PerFile,
    /// Header and list of files of the pack from OLD.
    list: u64,
    /// What the rest is spent on, the dearest first.
    spent: Vec<Spent>,
    /// What about NEW is most likely not meant.
    bundle_warnings: Vec<Warning>,
}

/// Bytes of each artifact.
#[derive(Debug, Serialize)]
struct Artifacts {
    zip: u64,
    whole: u64,
    delta: u64,
}

/// Each changed file by itself, brotli or as it is, whichever is less.
#[derive(Debug, Serialize)]
struct PerFile {
    files: usize,
    bytes: u64,
}

/// What one new file costs, and why.
#[derive(Debug, Serialize)]
struct Spent {
    path: String,
    size: u64,
    cost: u64,
    copied: u64,
    renamed: u64,
    repeated: u64,
    literal: u64,
    stored: u64,
}

/// Run the command.
///
/// # Errors
/// Those of [`describe`] and of making the artifacts.
pub(super) fn run(args: DiffArgs, settings: Option<&Settings>, output: Output) -> Result<()> {
    let bar = |what| output.bar(what);
    let selection = args.selection.within(settings).map_err(Failure::usage)?;
    let old = builtin::as_devices_know(&args.old, &selection, &bar("reading"))?;
    let new = describe(&args.new, &selection, &bar("reading"))?;
    let ways = [Way::Zip, Way::Whole, Way::Delta(&old)];
    let made = make::all(&new, &ways, Sealing { app: "", key: None }, &bar("packing"));
    let made: Vec<_> = made.into_iter().collect::<Result<_>>()?;
    let [(zip, _), (whole, _), (delta, report)] = made.as_slice() else {
        return Err(Failure::new("pack_failed", "an artifact is missing"));
    };
    let (mut offered, mut left_out) = (vec![zip.artifact.clone()], Vec::new());
    for (name, Made { artifact, .. }) in [("whole", whole), ("delta", delta)] {
        if artifact.size < worth(artifact, offered.iter()) {
            offered.push(artifact.clone());
        } else {
            left_out.push(name);
        }
    }
    let document = alone::signed(&new.files, offered)?.len() as u64;
    let changed = changed(&old, &new);
    let difference = Difference {
        files: new.files.entries().len(),
        unchanged: new.files.entries().iter().filter(|entry| !changed.contains_key(&entry.sha256)).count(),
        size: new.files.size(),
        artifacts: Artifacts { zip: zip.artifact.size, whole: whole.artifact.size, delta: delta.artifact.size },
        left_out,
        document,
        per_file: PerFile { files: changed.len(), bytes: file_by_file(&new, &changed, &bar("per file"))? },
        list: report.list,
        spent: spent(&new, report),
        bundle_warnings: new.warnings,
    };
    output.result(&difference, &human(&difference));
    Ok(())
}

/// The contents of `new` that `old` does not have, each once.
fn changed<'a>(old: &Bundle, new: &'a Bundle) -> BTreeMap<Digest, &'a FileEntry> {
    let had: BTreeSet<_> = old.files.entries().iter().map(|entry| entry.sha256).collect();
    let entries = new.files.entries().iter().filter(|entry| !had.contains(&entry.sha256));
    entries.map(|entry| (entry.sha256, entry)).collect()
}

/// What sending each changed file by itself would take.
fn file_by_file(new: &Bundle, changed: &BTreeMap<Digest, &FileEntry>, bar: &ProgressBar) -> Result<u64> {
    bar.set_length(changed.values().map(|entry| entry.size).sum());
    let alone = |entry: &&FileEntry| {
        let path = new.folder.join(entry.path.as_str());
        let failed = |error| Failure::io("read", &path, &error);
        let content = std::fs::read(&path).map_err(failed)?;
        let size_hint = content.len();
        let parameters = BrotliEncoderParams { quality: 11, lgwin: 24, size_hint, ..BrotliEncoderParams::default() };
        let compressed = brotli::BrotliCompress(&mut content.as_slice(), &mut std::io::sink(), &parameters);
        bar.inc(entry.size);
        Ok(compressed.map_err(failed)?.min(size_hint) as u64)
    };
    let entries: Vec<_> = changed.values().copied().collect();
    let sum = side_by_side(&entries, &alone).into_iter().sum();
    bar.finish_and_clear();
    sum
}

fn spent(new: &Bundle, report: &Report) -> Vec<Spent> {
    let of = |spent: &aloft_pack::make::Spent| {
        let entry = new.files.entries().get(spent.file)?;
        let aloft_pack::make::Spent { cost, copied, renamed, repeated, literal, stored, .. } = *spent;
        Some(Spent { path: entry.path.to_string(), size: entry.size, cost, copied, renamed, repeated, literal, stored })
    };
    let mut spent: Vec<_> = report.files.iter().filter_map(of).collect();
    spent.sort_by_key(|spent| std::cmp::Reverse(spent.cost));
    spent
}

fn human(difference: &Difference) -> String {
    let Difference { files, unchanged, size, artifacts, left_out, document, per_file, list, spent, bundle_warnings } =
        difference;
    let mut text = format!("{BOLD}{files}{PLAIN} files, {}; OLD has {unchanged} of them\n\n", bytes(*size));
    let mut row = |count: u64, what: &str, note: &str| {
        let _ = writeln!(text, "{:>14}  {what}{DIM}{note}{PLAIN}", HumanCount(count).to_string());
    };
    let note = |name, note| if left_out.contains(&name) { ", not offered: it saves too little" } else { note };
    row(artifacts.delta, "pack from OLD", note("delta", ", for devices that run it"));
    row(artifacts.whole, "whole pack", note("whole", ", for all others"));
    row(artifacts.zip, "zip", ", if neither can be used");
    row(*document, "signed document", ", with each of these; that of this release alone");
    let note = format!(", {} changed, without a list of them", per_file.files);
    row(per_file.bytes, "file by file with brotli", &note);
    let _ = writeln!(text, "\n{BOLD}why the pack is as large as it is{PLAIN}");
    let (cost, new) = ("cost", "literal");
    let _ = writeln!(text, "{cost:>10} {:>8} {new:>10} {:>10} {:>10}  of file", "renamed", "repeated", "stored");
    let _ = writeln!(text, "{:>10} {:>52}", HumanCount(*list).to_string(), "list of files");
    for Spent { path, size, cost, renamed, repeated, literal, stored, .. } in spent.iter().take(SHOWN) {
        let [cost, renamed, literal, repeated, stored, size] =
            [cost, renamed, literal, repeated, stored, size].map(|count| HumanCount(*count).to_string());
        let _ = writeln!(
            text,
            "{cost:>10} {renamed:>8} {literal:>10} {repeated:>10} {stored:>10}  {path} {DIM}{size}{PLAIN}"
        );
    }
    if spent.len() > SHOWN {
        let rest: u64 = spent.iter().skip(SHOWN).map(|spent| spent.cost).sum();
        let _ = writeln!(text, "{:>10}  in {} more files", HumanCount(rest).to_string(), spent.len() - SHOWN);
    }
    let _ = write!(
        text,
        "{DIM}cost, literal (in neither bundle), repeated (earlier in NEW), stored (compressed already): bytes; renamed: names{PLAIN}"
    );
    for warning in bundle_warnings {
        let _ = write!(text, "\n{}", warning.lines());
    }
    text
}
