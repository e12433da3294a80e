//! What test runners counted, read from their closing lines.
//!
//! In: all that one command printed. Out: the sum. May touch: nothing. Keeps: a test is counted once, although Maven and
//! `XCTest` print subtotals too.

use std::ops::AddAssign;

/// What test runners counted, summed.
#[derive(Clone, Copy, Default, Debug, PartialEq)]
pub(crate) struct Tests {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tests {
    /// Sum the closing lines of `cargo test`, `node --test`, Maven Surefire, `XCTest` and Swift Testing.
    pub(crate) fn read(said: &str) -> Self {
        let mut sum = Self::default();
        let mut xctest = Self::default();
        for line in said.lines().map(str::trim) {
            if let Some(counts) = line.strip_prefix("test result: ") {
                sum += cargo(counts);
            } else if let Some(count) = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")) {
                sum += node(count);
            } else if let Some(at) = line.find("Tests run: ").filter(|_| !line.contains("Time elapsed")) {
                sum += surefire(line.get(at..).unwrap_or_default());
            } else if line.starts_with("Executed ") && line.contains(" test") {
                xctest = executed(line); // suites first, all of them last
            } else if let Some(at) = line.find("Test run with ") {
                sum += swift_testing(line.get(at..).unwrap_or_default());
            }
        }
        sum += xctest;
        sum
    }

    /// How many ran, whatever came of them.
    pub(crate) fn run(self) -> u64 {
        self.passed + self.failed
    }

    fn of(run: u64, failed: u64, skipped: u64) -> Self {
        Self { passed: run.saturating_sub(failed).saturating_sub(skipped), failed, skipped }
    }
}

impl AddAssign for Tests {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// `ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.01s`
fn cargo(counts: &str) -> Tests {
    let [passed, failed, skipped] = [" passed", " failed", " ignored"].map(|what| before(counts, what));
    Tests { passed, failed, skipped }
}

/// `pass 3`, each count on a line of its own
fn node(count: &str) -> Tests {
    let number = |what: &str| count.strip_prefix(what).and_then(|number| number.parse().ok()).unwrap_or(0);
    Tests {
        passed: number("pass "),
        failed: number("fail ") + number("cancelled "),
        skipped: number("skipped ") + number("todo "),
    }
}

/// `Tests run: 5, Failures: 0, Errors: 0, Skipped: 1`
fn surefire(line: &str) -> Tests {
    let number = |what: &str| {
        let after = line.split(what).nth(1).unwrap_or_default();
        after.split(|letter: char| !letter.is_ascii_digit()).next().and_then(|word| word.parse().ok()).unwrap_or(0)
    };
    Tests::of(number("Tests run: "), number("Failures: ") + number("Errors: "), number("Skipped: "))
}

/// `Executed 12 tests, with 1 test skipped and 2 failures (0 unexpected) in 0.1 (0.1) seconds`
fn executed(line: &str) -> Tests {
    Tests::of(
        before(line, " test"),
        before(line, " failure"),
        if line.contains(" skipped") { skipped(line) } else { 0 },
    )
}

fn skipped(line: &str) -> u64 {
    line.split("with ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok()).unwrap_or(0)
}

/// `Test run with 5 tests in 2 suites passed after 0.001 seconds.`, or `… failed after 0.001 seconds with 2 issues.`
fn swift_testing(line: &str) -> Tests {
    let run = before(line, " test");
    Tests::of(run, if line.contains(" failed after ") { before(line, " issue").min(run) } else { 0 }, 0)
}

/// The number right before the first `what`.
fn before(line: &str, what: &str) -> u64 {
    let head = line.split(what).next().unwrap_or_default();
    head.split_whitespace().last().and_then(|word| word.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64, skipped: u64) -> Tests {
        Tests { passed, failed, skipped }
    }

    #[test]
    fn binaries_of_cargo_are_summed() {
        let said = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 9 filtered out; finished in 0.01s\n\
                    test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(Tests::read(said), counts(4, 2, 1));
    }

    #[test]
    fn node_is_read_in_both_of_its_forms() {
        assert_eq!(
            Tests::read("# tests 4\n# suites 0\n# pass 2\n# fail 1\n# cancelled 0\n# skipped 1"),
            counts(2, 1, 1)
        );
        assert_eq!(Tests::read("ℹ tests 2\nℹ pass 2\nℹ fail 0\nℹ skipped 0"), counts(2, 0, 0));
    }

    #[test]
    fn a_class_of_maven_is_not_counted_beside_its_module() {
        let said = "[INFO] Tests run: 5, Failures: 0, Errors: 0, Skipped: 1, Time elapsed: 1.2 s -- in app.Test\n\
                    [INFO] Results:\n[ERROR] Tests run: 5, Failures: 1, Errors: 1, Skipped: 1";
        assert_eq!(Tests::read(said), counts(2, 2, 1));
    }

    #[test]
    fn of_the_suites_of_xctest_only_the_last_counts() {
        let said = "Test Suite 'OneTests' passed at 10:00\n\t Executed 2 tests, with 0 failures (0 unexpected) in 0.1 (0.1) seconds\n\
                    Test Suite 'All tests' passed\n\t Executed 7 tests, with 2 tests skipped and 1 failure (0 unexpected) in 0.2 (0.2) seconds\n\
                    ✔ Test run with 3 tests in 1 suite passed after 0.001 seconds.";
        assert_eq!(Tests::read(said), counts(7, 1, 2));
    }

    #[test]
    fn xctest_without_a_test_counts_none_beside_swift_testing() {
        let said = "\t Executed 0 tests, with 0 failures (0 unexpected) in 0.000 (0.000) seconds\n\
                    ✘ Test run with 3 tests failed after 0.1 seconds with 1 issue.";
        assert_eq!(Tests::read(said), counts(2, 1, 0));
    }
}
