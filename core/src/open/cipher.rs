//! Tink's streaming AEAD AES256-GCM-HKDF with segments of 64 KiB, byte for byte (formats 7).
//!
//! In: bytes to encrypt ([`Encryptor`]), or an encrypted file and its key ([`Plain`]). Out: the other of the two.
//! May touch: the file it is given. Keeps: I3 (no byte leaves a segment before its tag is checked), I10 (a few segments
//! of memory, whatever the length).
//!
//! ```text
//! │ 40 ‖ salt 32 ‖ prefix 7 ‖ body 65,480 ‖ tag 16 │ body 65,520 ‖ tag 16 │ … │ body 1..=65,520 ‖ tag 16 │
//! └────────────── segment 0: 65,536 ───────────────┴─ segment 1: 65,536 ─┴───┴──── the last ────────────┘
//! ```
//! Source: Tink wire format, "Streaming AEAD", AES-GCM-HKDF.

use super::read_exact_at;
use crate::edge::ports::ReadAt;
use crate::model::config::EncryptionKey;
use crate::model::{Code, Error};
use aes_gcm::aead::AeadInOut;
use aes_gcm::aead::consts::U12;
use aes_gcm::{Aes256Gcm, KeyInit, Nonce, Tag};
use hkdf::Hkdf;
use sha2::Sha256;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes of a ciphertext segment.
const SEGMENT: usize = 65_536;
/// Bytes before the first segment's body: a length byte, the salt, the nonce's prefix.
const HEADER: usize = 1 + 32 + 7;
/// Bytes after each body.
const TAG: usize = 16;
/// Bytes of plaintext in a segment; the header takes the place of the first [`HEADER`] bytes of segment 0.
const BODY: usize = SEGMENT - TAG;
/// Segments kept decrypted. Each thread that unpacks reads forward in a part of its own; more would never be read again.
const CACHED: usize = 4;

/// What an artifact's key is bound to: the app and the kind of the artifact (formats 7).
pub fn associated_data(app: &str, kind: &str) -> String {
    format!("aloft/v1/{app}/{kind}")
}

/// The cipher of one artifact: a key of its own and the prefix of its nonces.
struct Segments {
    aead: Aes256Gcm,
    prefix: [u8; 7],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Inner,
    Last,
}

impl Segments {
    fn new(key: &EncryptionKey, associated: &str, salt: &[u8; 32], prefix: [u8; 7]) -> io::Result<Self> {
        let mut derived = [0; 32];
        Hkdf::<Sha256>::new(Some(salt), &key.bytes)
            .expand(associated.as_bytes(), &mut derived)
            .map_err(io::Error::other)?;
        Ok(Self { aead: Aes256Gcm::new(&derived.into()), prefix })
    }

    fn nonce(&self, number: u32, place: Place) -> Nonce<U12> {
        let end = number.to_be_bytes().into_iter().chain([u8::from(place == Place::Last)]);
        let mut nonce = Nonce::default();
        nonce.iter_mut().zip(self.prefix.into_iter().chain(end)).for_each(|(to, from)| *to = from);
        nonce
    }
}

/// Encrypts what is written to it. Without [`Encryptor::finish`] the ciphertext is cut and cannot be read.
pub struct Encryptor<W> {
    sink: W,
    segments: Segments,
    number: u32,
    body: Vec<u8>,
}

impl<W: io::Write> Encryptor<W> {
    /// Start a ciphertext and write its header to `sink`. `salt` and `prefix` must be fresh random bytes, never derived
    /// and never used again: a repeated pair gives the content away.
    ///
    /// # Errors
    /// Those of `sink`.
    pub fn new(
        mut sink: W,
        key: &EncryptionKey,
        associated: &str,
        salt: [u8; 32],
        prefix: [u8; 7],
    ) -> io::Result<Self> {
        let segments = Segments::new(key, associated, &salt, prefix)?;
        sink.write_all(&[HEADER as u8])?;
        sink.write_all(&salt)?;
        sink.write_all(&prefix)?;
        Ok(Self { sink, segments, number: 0, body: Vec::with_capacity(BODY) })
    }

    /// Write the last segment and give the sink back.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn finish(mut self) -> io::Result<W> {
        self.seal(Place::Last)?;
        Ok(self.sink)
    }

    fn room(&self) -> usize {
        let whole = if self.number == 0 { BODY - HEADER } else { BODY };
        whole.saturating_sub(self.body.len())
    }

    fn seal(&mut self, place: Place) -> io::Result<()> {
        let nonce = self.segments.nonce(self.number, place);
        let tag = self
            .segments
            .aead
            .encrypt_inout_detached(&nonce, &[], self.body.as_mut_slice().into())
            .map_err(io::Error::other)?;
        self.sink.write_all(&self.body)?;
        self.sink.write_all(&tag)?;
        self.body.clear();
        self.number = self.number.checked_add(1).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(())
    }
}

impl<W: io::Write> io::Write for Encryptor<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.room() == 0 && !bytes.is_empty() {
            self.seal(Place::Inner)?; // only once more bytes come is a full segment known not to be the last
        }
        let taken = bytes.get(..self.room()).unwrap_or(bytes);
        self.body.extend_from_slice(taken);
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// The plaintext of an encrypted file, read at any place. A segment that is not what was encrypted there is an I/O error
/// around an [`Error`] with `decrypt_failed`.
pub struct Plain {
    source: Box<dyn ReadAt>,
    segments: Segments,
    /// Bytes of ciphertext.
    total: u64,
    /// Bytes of plaintext.
    len: u64,
    cache: Mutex<Vec<Segment>>,
}

struct Segment {
    number: u32,
    /// Header (of the first), plaintext, tag.
    bytes: Vec<u8>,
}

impl Plain {
    /// Read the header of `source` and check its last segment, whose tag proves the length. Does I/O and blocks.
    ///
    /// # Errors
    /// Those of `source`, and one around an [`Error`] with `decrypt_failed` when it is not a whole
    /// ciphertext of this key and purpose.
    pub fn open(source: Box<dyn ReadAt>, key: &EncryptionKey, associated: &str) -> io::Result<Self> {
        let total = source.len()?;
        let (len, last) = measure(total).ok_or_else(|| failed(format!("no ciphertext has {total} bytes")))?;
        let (mut length, mut salt, mut prefix) = ([0; 1], [0; 32], [0; 7]);
        read_exact_at(&*source, 0, &mut length)?;
        read_exact_at(&*source, 1, &mut salt)?;
        read_exact_at(&*source, 33, &mut prefix)?;
        if length != [HEADER as u8] {
            return Err(failed("the header has another length".to_owned()));
        }
        let segments = Segments::new(key, associated, &salt, prefix)?;
        let plain = Self { source, segments, total, len, cache: Mutex::default() };
        let last = plain.take(last)?;
        plain.cache().push(last);
        Ok(plain)
    }

    /// A segment from the cache, or the buffer of the one longest there to be filled.
    fn take(&self, number: u32) -> io::Result<Segment> {
        let recycled = {
            let mut cache = self.cache();
            if let Some(at) = cache.iter().position(|segment| segment.number == number) {
                return Ok(cache.remove(at));
            }
            if cache.len() < CACHED { Vec::new() } else { cache.remove(0).bytes }
        };
        self.decrypt(number, recycled)
    }

    fn decrypt(&self, number: u32, mut bytes: Vec<u8>) -> io::Result<Segment> {
        let start = u64::from(number) * SEGMENT as u64;
        let left = self.total.saturating_sub(start);
        let place = if left <= SEGMENT as u64 { Place::Last } else { Place::Inner };
        bytes.resize(left.min(SEGMENT as u64) as usize, 0);
        read_exact_at(&*self.source, start, &mut bytes)?;
        let header = if number == 0 { HEADER } else { 0 };
        let (body, tag) = bytes
            .get_mut(header..)
            .and_then(|sealed| sealed.split_last_chunk_mut::<TAG>())
            .ok_or_else(|| failed(format!("segment {number} is cut")))?;
        let tag: Tag = (*tag).into();
        self.segments
            .aead
            .decrypt_inout_detached(&self.segments.nonce(number, place), &[], body.into(), &tag)
            .map_err(|_| failed(format!("segment {number} is not what was encrypted with this key")))?;
        Ok(Segment { number, bytes })
    }

    fn cache(&self) -> MutexGuard<'_, Vec<Segment>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner) // each push is whole
    }
}

impl ReadAt for Plain {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if offset >= self.len || buffer.is_empty() {
            return Ok(0);
        }
        let position = offset + HEADER as u64;
        let number = u32::try_from(position / BODY as u64).map_err(io::Error::other)?;
        let segment = self.take(number)?;
        let within = (position % BODY as u64) as usize;
        let mut plain = segment.bytes.get(within..segment.bytes.len().saturating_sub(TAG)).unwrap_or_default();
        let read = io::Read::read(&mut plain, buffer)?;
        self.cache().push(segment);
        Ok(read)
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.len)
    }
}

/// Bytes of plaintext in `total` bytes of ciphertext, and the number of the last segment.
fn measure(total: u64) -> Option<(u64, u32)> {
    let last = u32::try_from(total.checked_sub(1)? / SEGMENT as u64).ok()?;
    let ending = total - u64::from(last) * SEGMENT as u64;
    // Only an empty plaintext has an empty body, and it has one segment.
    let floor = if last == 0 { HEADER + TAG } else { TAG + 1 };
    let tags = (u64::from(last) + 1) * TAG as u64;
    (ending >= floor as u64).then(|| (total - HEADER as u64 - tags, last))
}

fn failed(detail: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, Error::corrupt(Code::DecryptFailed, detail))
}

#[cfg(test)]
mod tests;
