//! Figures as tables.
//!
//! In: figures of pairs. Out: Markdown that reads well as text too. May touch: nothing.

use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Numbers by the tool they are of.
pub(crate) type Figures = BTreeMap<&'static str, f64>;

/// The figures of a pair.
#[derive(Serialize)]
pub(crate) struct Row {
    pub(crate) app: String,
    pub(crate) from: String,
    pub(crate) to: String,
    /// Nothing was chosen by this app.
    pub(crate) unseen: bool,
    pub(crate) files: usize,
    /// Files whose path or content the base does not have as they are.
    pub(crate) changed: usize,
    pub(crate) size: u64,
    /// Bytes of content that the base has nowhere.
    pub(crate) new_size: u64,
    /// Bytes of files that are compressed already.
    pub(crate) compressed: u64,
    pub(crate) bytes: Figures,
    pub(crate) make_seconds: Figures,
    pub(crate) make_mib: Figures,
    pub(crate) apply_ms: Figures,
    pub(crate) heap_mib: Figures,
}

impl Row {
    pub(crate) fn name(&self) -> String {
        let mark = if self.unseen { " ¹" } else { "" };
        if self.from == "old" { self.app.clone() } else { format!("{} {} → {}{mark}", self.app, self.from, self.to) }
    }

    /// Of the general tools for patches, the smaller.
    pub(crate) fn best_peer(&self) -> f64 {
        self.bytes["zstd"].min(self.bytes["bsdiff"])
    }
}

/// Everything that is printed. A pair that `failed` is named, so that no mean passes for one of all pairs.
pub(crate) fn tables(rows: &[Row], failed: &[String], rounds: usize, date: &str) -> String {
    let mut text = format!("Measured {date}; times are medians of {rounds} rounds.\n");
    if !failed.is_empty() {
        writeln!(text, "**Failed, and in no figure or mean below: {}.**", failed.join(", ")).unwrap();
    }
    for (title, table) in [
        ("Bytes of an update", updates(rows)),
        ("Making a pack", making(rows)),
        ("Applying a pack", applying(rows)),
        ("A first install", installs(rows)),
    ] {
        write!(text, "\n### {title}\n\n{table}").unwrap();
    }
    text
}

fn updates(rows: &[Row]) -> String {
    let ratio: fn(&Row) -> f64 = |row| row.bytes["pack"] / row.best_peer();
    let gain: fn(&Row) -> f64 = |row| row.bytes["per-file brotli"] / row.bytes["pack"];
    let line = |row: &Row| {
        let bytes =
            ["pack", "zstd", "bsdiff", "xdelta3", "per-file brotli", "zip"].map(|name| grouped(row.bytes[name]));
        let first = [row.name(), format!("{} of {}", row.changed, row.files), mb(row.new_size)];
        [&first[..], &bytes, &[format!("{:.2}", ratio(row)), format!("{:.0}", gain(row))]].concat()
    };
    let head = [
        "release",
        "changed files",
        "new MB",
        "pack",
        "zstd",
        "bsdiff",
        "xdelta3",
        "per-file brotli",
        "zip",
        "pack / best",
        "per-file / pack",
    ];
    let mut lines: Vec<_> = rows.iter().map(line).collect();
    for (name, of) in groups(rows) {
        let mut mean = vec![String::new(); head.len()];
        mean[0] = format!("geometric mean, {name}");
        mean[9] = format!("{:.2}", geometric(&of, ratio));
        mean[10] = format!("{:.0}", geometric(&of, gain));
        lines.push(mean);
    }
    format!("{}\nBest: the smaller of zstd and bsdiff.\n", lay(&head, &lines))
}

fn making(rows: &[Row]) -> String {
    let line = |row: &Row| {
        let cost = |name| format!("{:.1} s, {:.0} MiB", row.make_seconds[name], row.make_mib[name]);
        let ratio = row.make_seconds["pack"] / row.make_seconds["zstd"];
        [
            vec![row.name(), mb(row.size)],
            ["pack", "zstd", "bsdiff", "xdelta3"].map(cost).to_vec(),
            vec![format!("{ratio:.2}")],
        ]
        .concat()
    };
    let head = ["release", "MB", "pack", "zstd", "bsdiff", "xdelta3", "pack / zstd"];
    lay(&head, &rows.iter().map(line).collect::<Vec<_>>())
}

fn applying(rows: &[Row]) -> String {
    let line = |row: &Row| {
        let time = |name| format!("{:.0} ms", row.apply_ms[name]);
        let speed = row.new_size as f64 / 1e3 / row.apply_ms["pack"];
        let times = ["pack", "zstd in process", "zstd", "bsdiff", "xdelta3"].map(time);
        let ratio = row.apply_ms["zstd in process"] / row.apply_ms["pack"];
        let last = [format!("{speed:.0}"), format!("{ratio:.2}"), format!("{:.1} MiB", row.heap_mib["pack"])];
        [&[row.name()][..], &times, &last].concat()
    };
    let head = [
        "release",
        "pack",
        "zstd in process",
        "zstd",
        "bsdiff",
        "xdelta3",
        "new MB/s",
        "speed / zstd in process",
        "heap",
    ];
    lay(&head, &rows.iter().map(line).collect::<Vec<_>>())
}

fn installs(rows: &[Row]) -> String {
    let ratio: fn(&Row) -> f64 = |row| row.bytes["whole"] / row.bytes["zip"];
    let of_the_rest: fn(&Row) -> f64 = |row| row.bytes["whole of the rest"] / row.bytes["zip of the rest"];
    let line = |row: &Row| {
        let time = |name| format!("{:.0} ms", row.apply_ms[name]);
        let [whole, zip] = ["whole", "zip"].map(|name| grouped(row.bytes[name]));
        let [ratio, of_the_rest] = [ratio(row), of_the_rest(row)].map(|ratio| format!("{ratio:.2}"));
        let made = format!("{:.1} s, {:.0} MiB", row.make_seconds["whole"], row.make_mib["whole"]);
        let heap = format!("{:.1} MiB", row.heap_mib["whole"]);
        let bytes = [row.name(), mb(row.size), mb(row.compressed), whole, zip, ratio, of_the_rest, made];
        [&bytes[..], &["whole", "bsdtar", "unzip"].map(time), &[heap]].concat()
    };
    let head = [
        "release",
        "MB",
        "compressed already",
        "whole pack",
        "zip -9",
        "ratio",
        "of the rest",
        "made in",
        "unpacked in",
        "bsdtar",
        "unzip",
        "heap",
    ];
    let mut lines: Vec<_> = rows.iter().map(line).collect();
    let mut mean = vec![String::new(); head.len()];
    mean[0] = String::from("geometric mean");
    for (place, ratio) in [(5, ratio), (6, of_the_rest)] {
        mean[place] = format!("{:.2}", geometric(&rows.iter().collect::<Vec<_>>(), ratio));
    }
    lines.push(mean);
    let note = "The rest: the release without the files that deflating makes no twentieth smaller (pictures, fonts, archives).";
    format!("{}\n{note}\n", lay(&head, &lines))
}

/// Rows that means are taken of.
fn groups(rows: &[Row]) -> Vec<(&'static str, Vec<&Row>)> {
    let real = || rows.iter().filter(|row| row.from != "old");
    let groups = [
        ("all", real().collect::<Vec<_>>()),
        ("those that parameters were chosen by", real().filter(|row| !row.unseen).collect()),
        ("¹ those that nothing was chosen by", real().filter(|row| row.unseen).collect()),
    ];
    groups.into_iter().filter(|(_, rows)| !rows.is_empty()).collect()
}

fn geometric(rows: &[&Row], figure: fn(&Row) -> f64) -> f64 {
    (rows.iter().map(|row| figure(row).ln()).sum::<f64>() / rows.len() as f64).exp()
}

/// A Markdown table with its columns in line, numbers to the right.
fn lay(head: &[&str], rows: &[Vec<String>]) -> String {
    let length = |text: &str| text.chars().count();
    let width =
        |column: usize| rows.iter().map(|row| length(&row[column])).chain([length(head[column])]).max().unwrap();
    let widths: Vec<_> = (0..head.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let cells = cells.zip(&widths).enumerate();
        let cells =
            cells.map(|(n, (cell, width))| if n == 0 { format!("{cell:width$}") } else { format!("{cell:>width$}") });
        format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
    };
    let rule = widths
        .iter()
        .enumerate()
        .map(|(n, width)| if n == 0 { "-".repeat(*width) } else { "-".repeat(width - 1) + ":" });
    let rule = format!("| {} |\n", rule.collect::<Vec<_>>().join(" | "));
    let rows = rows.iter().map(|row| line(&mut row.iter().map(String::as_str)));
    [line(&mut head.iter().copied()), rule].into_iter().chain(rows).collect()
}

fn mb(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}

/// 1,234,567
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let groups = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group));
    groups.collect::<Vec<_>>().join(",")
}

/// The page with other figures between its markers.
pub(crate) fn between_markers(page: &str, tables: &str) -> String {
    const MARKERS: [&str; 2] = ["<!-- figures of cargo xtask bench -->\n", "<!-- end of figures -->"];
    let (before, rest) = page.split_once(MARKERS[0]).expect("a marker where figures begin");
    let (_, after) = rest.split_once(MARKERS[1]).expect("a marker where figures end");
    [before, MARKERS[0], "\n", tables, "\n", MARKERS[1], after].concat()
}
