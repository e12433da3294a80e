//! The tests on another day: nothing in them may know the date on which it was written.
//!
//! In: the gate. Out: a verdict. May touch: `target/`, and what tests make for themselves.

use crate::gate::{Gate, Stop, Verdict, in_memory};
use crate::tools::faketime;
use std::path::Path;
use std::process::Command;

/// Where tests lie that may ask what day it is. The packs' own never do.
const FOLDERS: &[&str] = &["cli/tests", "bindings/plugin/tests", "tests/tests"];

/// Tests in there that have no clock but one they set themselves, and a disk without times; some take minutes.
const WITHOUT_A_CLOCK: &[&str] = &["budget_heap", "budget_launch", "docs", "documents", "power_cuts", "rooms"];

/// The tests once more, begun a minute before the end of a leap day, at least ten years ahead and after the year 2038, where
/// clocks are five hours and 45 minutes ahead of UTC. Clocks and the times of files move by as much, in every process.
pub(super) fn ahead(gate: &mut Gate) -> Verdict {
    let mut tests = gate.cargo("test --workspace --locked --no-fail-fast --lib");
    for name in names(gate.root()) {
        tests.args(["--test", &name]);
    }
    // Only tests are run like this, not the compiler, so nothing is compiled again.
    let runner = before(gate)?;
    tests.arg("--config").arg(format!("target.'cfg(all())'.runner = {runner:?}")).args(["--", "--show-output"]);
    gate.test(in_memory(&mut tests))
}

/// The words before a command that run it on that day.
fn before(gate: &mut Gate) -> Result<[String; 5], Stop> {
    let [clocks, file_times] = faketime::libraries(gate.root())?;
    let (day, seconds) = leap_day()?;
    gate.tell(&format!("as if it were {day}"));
    Ok([
        "env".to_owned(),
        format!("LD_PRELOAD={}:{}", clocks.display(), file_times.display()),
        format!("FAKETIME=+{seconds}"),
        // Of the machine's clocks only the one that tells the day moves: what waits must wait as long as ever.
        "FAKETIME_DONT_FAKE_MONOTONIC=1".to_owned(),
        "TZ=<+0545>-5:45".to_owned(),
    ])
}

/// Every test that is not left out; a new one is not.
fn names(root: &Path) -> Vec<String> {
    let entries =
        FOLDERS.iter().flat_map(|folder| std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten());
    let is_test = |path: &Path| path.extension().is_some_and(|ending| ending == "rs") || path.join("main.rs").is_file();
    let paths = entries.map(|entry| entry.path()).filter(|path| is_test(path));
    let mut names: Vec<_> = paths.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.retain(|name| !WITHOUT_A_CLOCK.contains(&name.as_str()));
    names.sort();
    names
}

/// The day, and the seconds until a minute before its end in UTC.
fn leap_day() -> Result<(String, u64), String> {
    let year = leap_year(date(&["+%Y"])?);
    let day = format!("{year}-02-29 23:59");
    let then = date(&["-d", &day, "+%s"])?;
    Ok((day, then.saturating_sub(date(&["+%s"])?)))
}

/// The first leap year that is at least ten years away and after 2038, when seconds no longer fit into 31 bits.
fn leap_year(this: u64) -> u64 {
    let leaps = |year: &u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let first = this.saturating_add(10).max(2039);
    (first..=first.saturating_add(8)).find(leaps).unwrap_or(first) // there is one within eight years
}

/// A number that `date` says.
fn date(arguments: &[&str]) -> Result<u64, String> {
    let output = Command::new("date").arg("-u").args(arguments).output().map_err(|error| format!("date: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    said.parse().map_err(|_| format!("date {arguments:?} said {said:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_is_a_leap_year_far_enough_away() {
        assert_eq!([2026, 2030, 2031, 2034, 2090, 2087].map(leap_year), [2040, 2040, 2044, 2044, 2104, 2104]);
    }

    #[test]
    fn tests_that_are_left_out_exist() {
        let root = std::env::var("CARGO_MANIFEST_DIR").unwrap();
        let root = Path::new(&root).parent().unwrap();
        for name in WITHOUT_A_CLOCK {
            assert!(FOLDERS.iter().any(|folder| root.join(folder).join(format!("{name}.rs")).is_file()), "{name}");
        }
        let names = names(root);
        assert!(names.contains(&"life".to_owned()) && names.contains(&"plugin_modes".to_owned()), "{names:?}");
    }
}
