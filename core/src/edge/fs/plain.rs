//! Opens plain files of ours and nothing else: it follows no link and waits for no pipe.
//!
//! In: paths. Out: open files. May touch: the file; where it is written or locked, whatever else has its name is removed.
//! Keeps: I1 (a pipe or a device with the name of a file of ours holds nobody up), I2 (nothing is written through a second name).
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use crate::edge::ports::NotPlain;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;

/// Open a file to read.
///
/// # Errors
/// [`NotPlain`] where something else has its name, `NotFound` where nothing has.
pub(super) fn read(path: &Path) -> io::Result<File> {
    match options().read(true).open(path) {
        Ok(file) if is_plain(&about(&file, path)?) => Ok(file),
        Ok(_) => Err(NotPlain.into()),
        Err(error) if is_absence(&error) => Err(ErrorKind::NotFound.into()),
        Err(error) => Err(if is_strange(path, is_plain) { NotPlain.into() } else { error }),
    }
}

/// Open a file to write in place; it is made if it is not there. A file with a second name is replaced by an empty one, because
/// the other name may be somebody else's.
pub(super) fn write(path: &Path) -> io::Result<File> {
    replace_unless(is_ours, path, options().write(true))
}

/// Open a file to lock; it is made if it is not there.
pub(super) fn lock(path: &Path) -> io::Result<File> {
    replace_unless(is_plain, path, options().read(true).write(true))
}

/// Remove a folder and all that is in it. It goes by paths and holds one descriptor at a time, however deep the folders lie: a process
/// on iOS has 256.
pub(super) fn remove_dir(path: &Path) -> io::Result<()> {
    if !fs::symlink_metadata(path)?.is_dir() {
        return Err(ErrorKind::NotADirectory.into());
    }
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.last() {
        let entries: Vec<_> = fs::read_dir(folder)?.collect::<io::Result<_>>()?;
        let before = folders.len();
        for entry in entries {
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                fs::remove_file(entry.path())?;
            }
        }
        if folders.len() == before
            && let Some(empty) = folders.pop()
        {
            fs::remove_dir(empty)?;
        }
    }
    Ok(())
}

/// Does the error say that nothing has this name? So it is, too, where the folder above is a file.
pub(super) fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Is it a plain file? Links are not followed to it.
fn is_plain(meta: &Metadata) -> bool {
    meta.is_file()
}

/// Is it a plain file that has no other name?
fn is_ours(meta: &Metadata) -> bool {
    is_plain(meta) && names(meta) <= 1
}

/// How many names a file has.
#[cfg(unix)]
pub(super) fn names(meta: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(meta)
}

#[cfg(not(unix))]
pub(super) fn names(_: &Metadata) -> u64 {
    1
}

fn replace_unless(fits: fn(&Metadata) -> bool, path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    match options.create(true).truncate(false).open(path) {
        Ok(file) if fits(&about(&file, path)?) => return Ok(file),
        Ok(_) => {}
        Err(error) if is_strange(path, fits) => drop(error),
        Err(error) => return Err(error),
    }
    if fs::symlink_metadata(path)?.is_dir() {
        remove_dir(path)?;
    } else {
        fs::remove_file(path)?;
    }
    let file = options.create_new(true).open(path)?;
    // Whoever syncs the file later believes that its name is durable already.
    path.parent().and_then(|folder| File::open(folder).ok()?.sync_all().ok());
    Ok(file)
}

fn is_strange(path: &Path, fits: fn(&Metadata) -> bool) -> bool {
    fs::symlink_metadata(path).is_ok_and(|meta| !fits(&meta))
}

/// What was opened.
#[cfg(unix)]
fn about(file: &File, _: &Path) -> io::Result<Metadata> {
    file.metadata()
}

/// Here a link was followed, so the path is asked.
#[cfg(not(unix))]
fn about(_: &File, path: &Path) -> io::Result<Metadata> {
    fs::symlink_metadata(path)
}

#[cfg(unix)]
fn options() -> OpenOptions {
    use rustix::fs::OFlags;
    let mut options = OpenOptions::new();
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits().cast_signed());
    options
}

#[cfg(not(unix))]
fn options() -> OpenOptions {
    OpenOptions::new()
}
