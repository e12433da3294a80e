//! What a folder's listing says, by what belongs together.
//!
//! In: names as a file system lists them, and what a companion adds to its file's name. Out: groups. May touch: nothing.
//! Keeps: I7 (a file system that lists a name in another case than it was given lists the same file).

use std::collections::BTreeMap;

/// Names that differ in nothing but case and the suffix of a companion.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    /// Those with the suffix.
    pub(super) companions: Vec<String>,
    /// Those without it.
    pub(super) files: Vec<String>,
}

/// Group names by what they are without `suffix`, in lower case.
pub(super) fn groups(listed: Vec<String>, suffix: &str) -> BTreeMap<String, Group> {
    let mut groups = BTreeMap::<String, Group>::new();
    for name in listed {
        let folded = name.to_ascii_lowercase();
        match folded.strip_suffix(suffix) {
            Some(stem) => groups.entry(stem.to_owned()).or_default().companions.push(name),
            None => groups.entry(folded).or_default().files.push(name),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_grouped_whatever_their_case() {
        let listed = ["Ab", "AB.SEAL", "ab.seal", "c", ".seal"].map(str::to_owned).to_vec();
        let group = |companions: &[&str], files: &[&str]| {
            let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            Group { companions: owned(companions), files: owned(files) }
        };
        let expected =
            [("", group(&[".seal"], &[])), ("ab", group(&["AB.SEAL", "ab.seal"], &["Ab"])), ("c", group(&[], &["c"]))];
        assert_eq!(groups(listed, ".seal"), BTreeMap::from(expected.map(|(stem, group)| (stem.to_owned(), group))));
    }
}
