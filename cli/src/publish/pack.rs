//! A bundle as one artifact: a reproducible zip, then encrypted if asked (formats 7 and 8).
//!
//! In: a described bundle, a key. Out: [`Packed`], a temporary file with its size and digest. May touch: reads the bundle,
//! the system's temporary folder. Keeps: the same bundle gives the same zip; salt and nonces are fresh for each encryption.

use crate::bundle::Bundle;
use crate::failure::{Failure, Result};
use crate::hashed::{self, Hashed};
use crate::keys;
use aloft_core::model::Digest;
use aloft_core::model::bundle::FileEntry;
use aloft_core::model::config::EncryptionKey;
use aloft_core::model::limits::MAX_ARTIFACT;
use aloft_core::open::cipher::{Encryptor, associated_data};
use indicatif::ProgressBar;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek as _, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The kind of artifact that this module makes.
pub(super) const KIND: &str = "zip";
/// Deflate's best: bundles are packed once and downloaded many times.
const LEVEL: i64 = 9;
/// Bytes at the head of a file that tell whether deflate is worth its time on the device.
const SAMPLE: u64 = 128 << 10;

/// An artifact that is not on the site yet.
pub(super) struct Packed {
    pub(super) file: File,
    pub(super) size: u64,
    pub(super) sha256: Digest,
}

/// Zip `bundle`, and encrypt the zip with `key` for `app`.
///
/// # Errors
/// `bundle_changed` when a file is not what it was described as; `artifact_too_large`; those of the system.
pub(super) fn pack(bundle: &Bundle, app: &str, key: Option<&EncryptionKey>, bar: &ProgressBar) -> Result<Packed> {
    bar.set_length(bundle.files.size());
    let mut zip = zip(bundle, bar)?;
    let mut packed = match key {
        None => measure(zip).map_err(|error| temporary(&error))?,
        Some(key) => {
            let (salt, prefix) = (keys::random()?, keys::random()?);
            let associated = associated_data(app, KIND);
            let mut encrypt = || {
                let sink = BufWriter::new(tempfile::tempfile()?);
                let mut encryptor = Encryptor::new(sink, key, &associated, salt, prefix)?;
                io::copy(&mut zip, &mut encryptor)?;
                measure(encryptor.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?)
            };
            encrypt().map_err(|error| temporary(&error))?
        }
    };
    bar.finish_and_clear();
    if packed.size > MAX_ARTIFACT {
        return Err(Failure::new(
            "artifact_too_large",
            format!("the artifact has {} bytes, {MAX_ARTIFACT} are allowed", packed.size),
        )
        .hint("serve large media from a web host instead of shipping it in the bundle"));
    }
    packed.file.rewind().map_err(|error| temporary(&error))?;
    Ok(packed)
}

fn zip(bundle: &Bundle, bar: &ProgressBar) -> Result<File> {
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

fn measure(mut file: File) -> io::Result<Packed> {
    file.rewind()?;
    let (size, sha256) = hashed::measure(&mut file)?;
    Ok(Packed { file, size, sha256 })
}

fn temporary(error: &io::Error) -> Failure {
    Failure::io("write", Path::new("a temporary file"), error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::describe;
    use aloft_core::edge::ports::ReadAt;
    use aloft_core::open::cipher::Plain;

    fn bundle() -> (tempfile::TempDir, Bundle) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("index.html"), "<p>hello</p>".repeat(1000)).unwrap();
        std::fs::write(folder.path().join("ünï.bin"), keys::random::<2000>().unwrap()).unwrap();
        std::fs::write(folder.path().join("empty"), "").unwrap();
        let bundle = describe(folder.path(), &ProgressBar::hidden()).unwrap();
        (folder, bundle)
    }

    fn bytes(mut packed: Packed) -> Vec<u8> {
        let mut bytes = Vec::new();
        packed.file.read_to_end(&mut bytes).unwrap();
        assert_eq!((bytes.len() as u64, Digest::of(&bytes)), (packed.size, packed.sha256));
        bytes
    }

    #[test]
    fn the_same_bundle_gives_the_same_zip_and_never_the_same_ciphertext() {
        let (_folder, bundle) = bundle();
        let key = EncryptionKey { id: aloft_core::model::config::KeyId::of(&[1; 32]), bytes: [1; 32] };
        let zip = |key| bytes(pack(&bundle, "app", key, &ProgressBar::hidden()).unwrap());
        assert_eq!(zip(None), zip(None));
        assert_ne!(zip(Some(&key)), zip(Some(&key)));
    }

    #[test]
    fn what_does_not_shrink_is_stored() {
        let (_folder, bundle) = bundle();
        let packed = pack(&bundle, "app", None, &ProgressBar::hidden()).unwrap();
        let mut archive = zip::ZipArchive::new(packed.file).unwrap();
        assert_eq!(archive.by_name("index.html").unwrap().compression(), CompressionMethod::Deflated);
        assert_eq!(archive.by_name("ünï.bin").unwrap().compression(), CompressionMethod::Stored);
        assert_eq!(archive.by_name("empty").unwrap().compression(), CompressionMethod::Stored);
    }

    #[test]
    fn a_device_with_the_key_reads_the_zip_and_another_app_does_not() {
        struct Memory(Vec<u8>);
        impl ReadAt for Memory {
            fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
                self.0.get(offset as usize..).unwrap_or_default().read(buffer)
            }
            fn len(&self) -> io::Result<u64> {
                Ok(self.0.len() as u64)
            }
        }
        let (_folder, bundle) = bundle();
        let key = EncryptionKey { id: aloft_core::model::config::KeyId::of(&[1; 32]), bytes: [1; 32] };
        let zip = bytes(pack(&bundle, "app", None, &ProgressBar::hidden()).unwrap());
        let sealed = bytes(pack(&bundle, "app", Some(&key), &ProgressBar::hidden()).unwrap());
        let open = |app| Plain::open(Box::new(Memory(sealed.clone())), &key, &associated_data(app, KIND));
        let (plain, mut read) = (open("app").unwrap(), vec![0; zip.len()]);
        assert_eq!(plain.len().unwrap(), zip.len() as u64);
        let mut at = 0;
        while at < read.len() {
            at += plain.read_at(at as u64, &mut read[at..]).unwrap();
        }
        assert_eq!(read, zip);
        assert!(open("other").is_err());
    }

    #[test]
    fn a_file_that_changes_while_it_is_packed_is_noticed() {
        let (folder, bundle) = bundle();
        std::fs::write(folder.path().join("empty"), "no more").unwrap();
        let failure = pack(&bundle, "app", None, &ProgressBar::hidden()).err().unwrap();
        assert_eq!(failure.code, "bundle_changed");
    }
}
