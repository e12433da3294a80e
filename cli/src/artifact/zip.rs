//! A bundle as a zip that every tool reads, the same for the same bundle (formats 8).
//!
//! In: a described bundle. Out: a temporary file. May touch: reads the bundle, the system's temporary folder. Keeps: nothing of the
//! machine or the moment is in it.

use super::temporary;
use crate::bundle::Bundle;
use crate::failure::{Failure, Result};
use crate::hashed::Hashed;
use aloft_core::model::bundle::FileEntry;
use indicatif::ProgressBar;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek as _, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The kind of artifact that this module makes.
pub(crate) const KIND: &str = "zip";
/// Deflate's best: bundles are packed once and downloaded many times.
const LEVEL: i64 = 9;
/// Bytes at the head of a file that tell whether deflate is worth its time on the device.
const SAMPLE: u64 = 128 << 10;

/// Zip `bundle`; `bar` moves by its size.
///
/// # Errors
/// `bundle_changed` when a file is not what it was described as; those of the system.
pub(crate) fn zip(bundle: &Bundle, bar: &ProgressBar) -> Result<File> {
    let sink = tempfile::tempfile().map_err(|error| temporary(&error))?;
    let mut writer = ZipWriter::new(BufWriter::new(sink));
    for entry in bundle.files.entries() {
        add(&mut writer, &bundle.folder.join(entry.path.as_str()), entry, bar)?;
    }
    let finish = || {
        let mut file =
            writer.finish().map_err(io::Error::from)?.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(file)
    };
    finish().map_err(|error: io::Error| temporary(&error))
}

fn add(writer: &mut ZipWriter<BufWriter<File>>, place: &Path, entry: &FileEntry, bar: &ProgressBar) -> Result<()> {
    let failed = |error: &io::Error| Failure::io("read", place, error);
    let mut file = File::open(place).map_err(|error| failed(&error))?;
    let method = method(&mut file).map_err(|error| failed(&error))?;
    // Nothing of the machine or the moment: the time is the format's first, the mode an ordinary file's.
    let options = SimpleFileOptions::default()
        .compression_method(method)
        .compression_level((method == CompressionMethod::Deflated).then_some(LEVEL))
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    writer.start_file(entry.path.as_str(), options).map_err(|error| temporary(&error.into()))?;
    let mut hashed = Hashed::new(&mut *writer);
    let size = io::copy(&mut bar.wrap_read(file), &mut hashed).map_err(|error| failed(&error))?;
    if size != entry.size || hashed.finish() != entry.sha256 {
        return Err(Failure::new("bundle_changed", format!("{} was changed while it was packed", entry.path))
            .hint("publish again when the build is done"));
    }
    Ok(())
}

/// Stored if the head of the file does not shrink: pictures, fonts and films are compressed already.
fn method(file: &mut File) -> io::Result<CompressionMethod> {
    let mut sample = Vec::new();
    Read::by_ref(file).take(SAMPLE).read_to_end(&mut sample)?;
    file.rewind()?;
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&sample)?;
    let shrunk = encoder.finish()?.len();
    // Under 3 % is not worth a device's inflating.
    Ok(if shrunk < sample.len() - sample.len() / 32 { CompressionMethod::Deflated } else { CompressionMethod::Stored })
}
