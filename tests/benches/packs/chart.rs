//! The bytes of updates as a chart.
//!
//! In: figures of pairs. Out: SVG that follows the reader's light or dark. May touch: nothing.

use crate::table::Row;
use std::fmt::Write as _;

/// What is shown of a pair: its class in the style, its words in the legend, its bytes.
type Mark = (&'static str, &'static str, fn(&Row) -> f64);

const MARKS: [Mark; 4] = [
    ("zip", "whole zip", |row| row.bytes["zip"]),
    ("file", "per-file brotli", |row| row.bytes["per-file brotli"]),
    ("peer", "better of zstd and bsdiff", Row::best_peer),
    ("pack", "Aloft pack", |row| row.bytes["pack"]),
];

const STYLE: &str = "
text { font: 13px system-ui, sans-serif; fill: #1f2328 } .dim { fill: #59636e } .grid { stroke: #d1d9e0 }
.zip { fill: #9aa4af } .file { fill: #6f7bd6 } .peer { fill: #e0a03c } .pack { fill: #16883f } line.pack { stroke: #16883f; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .dim { fill: #9198a1 } .grid { stroke: #3d444d }
  .zip { fill: #717b87 } .file { fill: #8f9bf5 } .peer { fill: #e3b04f } .pack { fill: #3fb950 } line.pack { stroke: #3fb950 }
}";

const WIDTH: f64 = 860.0;
/// Where the axis begins and ends.
const AXIS: (f64, f64) = (230.0, 780.0);
const TOP: f64 = 96.0;
const LINE: f64 = 26.0;
/// Powers of ten that the axis spans.
const DECADES: (i32, i32) = (2, 8);

/// One line for each pair, from few bytes to many.
pub(crate) fn chart(rows: &[Row], date: &str) -> String {
    let bottom = TOP + LINE * rows.len() as f64;
    let height = bottom + 40.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"Bytes of an update\">\n\
         <style>{STYLE}\n</style>\n<text x=\"12\" y=\"28\" style=\"font-size:17px;font-weight:600\">Bytes of an update from one release to the next</text>\n\
         <text class=\"dim\" x=\"{}\" y=\"28\" text-anchor=\"end\">{date}, log scale</text>\n",
        WIDTH - 12.0
    );
    for (n, (class, words, _)) in MARKS.iter().rev().enumerate() {
        let x = 20.0 + 200.0 * n as f64;
        writeln!(
            svg,
            "<circle class=\"{class}\" cx=\"{x}\" cy=\"52\" r=\"6\"/><text x=\"{}\" y=\"57\">{words}</text>",
            x + 12.0
        )
        .unwrap();
    }
    for (power, words) in (DECADES.0..=DECADES.1).zip(["100 B", "1 KB", "10 KB", "100 KB", "1 MB", "10 MB", "100 MB"]) {
        let x = place(10_f64.powi(power));
        let y = TOP - 8.0;
        writeln!(svg, "<line class=\"grid\" x1=\"{x}\" x2=\"{x}\" y1=\"{TOP}\" y2=\"{bottom}\"/><text class=\"dim\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{words}</text>").unwrap();
    }
    for (n, row) in rows.iter().enumerate() {
        line(&mut svg, row, TOP + LINE * (n as f64 + 0.5));
    }
    if rows.iter().any(|row| row.unseen) {
        writeln!(
            svg,
            "<text class=\"dim\" x=\"12\" y=\"{}\">¹ Nothing in the codec was chosen by these apps.</text>",
            bottom + 26.0
        )
        .unwrap();
    }
    svg + "</svg>\n"
}

fn line(svg: &mut String, row: &Row, y: f64) {
    let (pack, words) = (place(row.bytes["pack"]), short(row.bytes["pack"]));
    writeln!(svg, "<text x=\"12\" y=\"{}\">{}</text>", y + 4.0, row.name()).unwrap();
    writeln!(svg, "<line class=\"pack\" x1=\"{}\" x2=\"{pack}\" y1=\"{y}\" y2=\"{y}\"/>", AXIS.0).unwrap();
    for (class, _, bytes) in MARKS {
        writeln!(svg, "<circle class=\"{class}\" cx=\"{}\" cy=\"{y}\" r=\"6\"/>", place(bytes(row))).unwrap();
    }
    writeln!(svg, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{words}</text>", WIDTH - 12.0, y + 4.0).unwrap();
}

fn place(bytes: f64) -> f64 {
    let part = (bytes.log10() - f64::from(DECADES.0)) / f64::from(DECADES.1 - DECADES.0);
    ((AXIS.0 + part.clamp(0.0, 1.0) * (AXIS.1 - AXIS.0)) * 10.0).round() / 10.0
}

fn short(bytes: f64) -> String {
    if bytes < 1e3 {
        format!("{bytes:.0} B")
    } else if bytes < 1e5 {
        format!("{:.1} KB", bytes / 1e3)
    } else {
        format!("{:.0} KB", bytes / 1e3)
    }
}
