//! The list of a target's files, and where the content of each comes from (formats 9.3).
//!
//! In: the base's list, a text of paths, records. Out: [`File`]s. May touch: nothing. Keeps: I10 (nothing is believed: order,
//! references and sizes are checked before anything is read or written by them). How text and records are coded, each form says.

use crate::caller::Expected;
use crate::error::{Error, Result, room};

/// Bytes of the longest text of paths, and of the longest path with its line feed (formats 10).
const TEXT_MAX: u64 = 8 << 20;
const LINE_MAX: u64 = 1024 + 1;

/// Can a text be so long, for as many files?
///
/// # Errors
/// [`Error::Malformed`].
pub(crate) fn check_text(bytes: u64, files: u64) -> Result<()> {
    let most = files.saturating_mul(LINE_MAX).min(TEXT_MAX);
    if bytes > most { Err(Error::Malformed("its paths are too long")) } else { Ok(()) }
}

/// A file of the base. A base's files are sorted by path, bytewise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseFile {
    /// Relative path.
    pub path: String,
    /// Bytes.
    pub size: u64,
}

/// A file of the target. A target's files are sorted by path, bytewise; a path is UTF-8 and has no control characters, anything
/// else about it is for the caller to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Relative path.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Where its content comes from.
    pub source: Source,
}

/// Where the content of a target's file comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// It is that of a file of the base, by its place in the base's list.
    Base(usize),
    /// It is that of an earlier file of the target, by its place in the list; that one is [`Source::New`].
    Target(usize),
    /// The pack brings it.
    New,
}

/// What a pack says of one file of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Record {
    /// Its content is that of a file of the base.
    Base(usize),
    /// Its content is that of an earlier new file of the target.
    Target(usize),
    /// The pack brings its content, as many bytes.
    New(u64),
}

/// The text of paths: each ended by a line feed.
///
/// # Errors
/// As [`check_text`].
pub(crate) fn text<'a>(paths: impl Iterator<Item = &'a str>) -> Result<Vec<u8>> {
    let (text, files) = paths.fold((Vec::new(), 0), |(mut text, files), path| {
        text.extend_from_slice(path.as_bytes());
        text.push(b'\n');
        (text, files + 1)
    });
    check_text(text.len() as u64, files)?;
    Ok(text)
}

/// The paths of the target out of their text: sorted, none twice, none with a control character, as many as there should be.
///
/// # Errors
/// [`Error::Malformed`].
pub(crate) fn paths(text: Vec<u8>, files: u32) -> Result<Vec<String>> {
    let text = String::from_utf8(text).map_err(|_| Error::Malformed("a path is not UTF-8"))?;
    let mut paths: Vec<String> = Vec::new();
    for line in text.split_inclusive('\n') {
        let path = line.strip_suffix('\n').ok_or(Error::Malformed("its last path has no end"))?;
        if path.is_empty() || path.contains(char::is_control) {
            return Err(Error::Malformed("a path is empty or has a control character"));
        }
        if paths.last().is_some_and(|last| last.as_str() >= path) {
            return Err(Error::Malformed("its paths are not in order"));
        }
        paths.push(path.to_owned());
    }
    if paths.len() == files as usize { Ok(paths) } else { Err(Error::Malformed("it has not as many paths as files")) }
}

/// The target's list, once what each record refers to was found and all is as long as was expected.
///
/// # Errors
/// [`Error::Malformed`], [`Error::Unexpected`].
pub(crate) fn files(
    paths: Vec<String>,
    records: impl IntoIterator<Item = Record>,
    base: &[BaseFile],
    expected: Expected,
) -> Result<Vec<File>> {
    let mut files: Vec<File> = room(paths.len())?;
    let mut sum = 0_u64;
    for (path, record) in paths.into_iter().zip(records) {
        let (source, size) = match record {
            Record::Base(place) => (Source::Base(place), base.get(place).map(|file| file.size)),
            Record::Target(place) => (
                Source::Target(place),
                files.get(place).filter(|file| file.source == Source::New).map(|file| file.size),
            ),
            Record::New(size) => (Source::New, Some(size)),
        };
        let size = size.ok_or(Error::Malformed("a file comes from one that is not there"))?;
        sum = sum.saturating_add(size);
        files.push(File { path, size, source });
    }
    if sum == expected.size {
        Ok(files)
    } else {
        Err(Error::Unexpected { what: "bytes", said: sum, expected: expected.size })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three(text: &str) -> Result<Vec<String>> {
        paths(text.as_bytes().to_vec(), 3)
    }

    #[test]
    fn paths_are_the_lines_of_their_text() {
        assert_eq!(three("a\na b/ü\nb\n").unwrap(), ["a", "a b/ü", "b"]);
        assert_eq!(paths(Vec::new(), 0).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn i10_paths_out_of_order_or_number_are_refused() {
        for text in [
            "a\nb\n",
            "a\nb\nc\nd\n",
            "a\nc\nb\n",
            "a\na\nb\n",
            "a\n\nb\n",
            "a\nb\nc",
            "a\nb\tc\nd\n",
            "a\nb\u{85}\nd\n",
            "",
        ] {
            assert!(matches!(three(text), Err(Error::Malformed(_))), "{text:?}");
        }
        assert!(matches!(paths(b"a\n\xff\nz\n".to_vec(), 3), Err(Error::Malformed(_))));
    }

    fn listed(records: [Record; 3], size: u64) -> Result<Vec<Source>> {
        let base = [BaseFile { path: "old".into(), size: 5 }];
        let paths = ["a", "b", "c"].map(str::to_owned).to_vec();
        let files = files(paths, records, &base, Expected { files: 3, size })?;
        Ok(files.iter().map(|file| file.source).collect())
    }

    #[test]
    fn sizes_are_those_of_what_a_file_comes_from() {
        let records = [Record::New(7), Record::Target(0), Record::Base(0)];
        assert_eq!(listed(records, 19).unwrap(), [Source::New, Source::Target(0), Source::Base(0)]);
        assert!(matches!(listed(records, 18), Err(Error::Unexpected { what: "bytes", said: 19, expected: 18 })));
    }

    #[test]
    fn i10_a_file_comes_from_the_base_or_an_earlier_new_one() {
        for record in [Record::Base(1), Record::Target(1), Record::Target(2), Record::Target(usize::MAX)] {
            assert!(matches!(listed([Record::Base(0), record, Record::New(1)], 11), Err(Error::Malformed(_))));
        }
        assert!(matches!(listed([Record::Base(0), Record::Target(0), Record::New(1)], 11), Err(Error::Malformed(_))));
        assert!(listed([Record::New(u64::MAX); 3], u64::MAX - 1).is_err());
    }
}
