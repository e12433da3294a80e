//! Whole packs: one brotli stream, no base (formats 9.12).
//!
//! In: what follows the header. Out: the list, then the new files' bytes. May touch: the stream, the sink. Keeps: I10 (a window of
//! 8 MiB at most; what comes out is bounded by the sizes in the list, and those by what was expected).

use crate::caller::{Expected, Sink};
use crate::error::{Error, Result, room};
use crate::header::Header;
use crate::list::{File, Record, Source, files, paths};
use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use std::io::{ErrorKind, Read};

/// Of brotli's window, the largest whose decoder stays within the heap (formats 9.12).
pub(crate) const WINDOW_BITS: u8 = 23;

/// A whole pack, from behind its header on.
pub(crate) struct Whole<R> {
    stream: Stream<R>,
}

impl<R: Read> Whole<R> {
    /// Read the list.
    ///
    /// # Errors
    /// [`Error::Input`], [`Error::Cut`], [`Error::Malformed`], [`Error::Unexpected`].
    pub(crate) fn open(input: R, header: Header, expected: Expected) -> Result<(Self, Vec<File>)> {
        let mut stream = Stream::new(input)?;
        let mut text = room(header.text as usize)?;
        while text.len() < header.text as usize {
            text.extend_from_slice(stream.next(header.text as usize - text.len())?);
        }
        let paths = paths(text, header.files)?;
        let records = paths.iter().map(|_| record(&mut stream)).collect::<Result<Vec<_>>>()?;
        Ok((Self { stream }, files(paths, records, &[], expected)?))
    }

    /// Give the content of the new files to `sink`.
    ///
    /// # Errors
    /// [`Error::Input`], [`Error::Cut`], [`Error::Malformed`], [`Error::Sink`].
    pub(crate) fn unpack(mut self, files: &[File], sink: &mut dyn Sink) -> Result<()> {
        let new = files.iter().enumerate().filter(|(_, file)| file.source == Source::New);
        for (place, size) in in_order(new.map(|(place, file)| (place, file.path.as_str(), file.size))) {
            sink.begin(place).map_err(Error::Sink)?;
            let mut left = size;
            while left > 0 {
                let bytes = self.stream.next(usize::try_from(left).unwrap_or(usize::MAX))?;
                sink.write(bytes).map_err(Error::Sink)?;
                left -= bytes.len() as u64;
            }
            sink.end().map_err(Error::Sink)?;
        }
        self.stream.finish()
    }
}

/// The order of the new files' content, of `(place, path, size)`: what is alike lies together, so that it is within the window.
pub(crate) fn in_order<'a>(files: impl Iterator<Item = (usize, &'a str, u64)>) -> impl Iterator<Item = (usize, u64)> {
    let mut files: Vec<_> = files.map(|(place, path, size)| (extension(path), size, path, place)).collect();
    files.sort_unstable();
    files.into_iter().map(|(_, size, _, place)| (place, size))
}

/// What is behind the last dot of a path's last part; nothing if there is none.
fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// What a file's record begins with: 0, then its size; or the place of an earlier file, counted from 1.
fn record(stream: &mut Stream<impl Read>) -> Result<Record> {
    Ok(match number(stream)? {
        0 => Record::New(number(stream)?),
        place => Record::Target(usize::try_from(place - 1).unwrap_or(usize::MAX)),
    })
}

/// Seven bits a byte, the lowest first; the top bit says that more follow.
fn number(stream: &mut Stream<impl Read>) -> Result<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let byte = stream.next(1)?.first().copied().unwrap_or_default();
        let bits = u64::from(byte & 0x7f);
        if bits << shift >> shift != bits {
            break;
        }
        number |= bits << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(Error::Malformed("a number is too large"))
}

/// A brotli stream that must be used up.
struct Stream<R> {
    input: R,
    state: Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>>,
    packed: Buffer,
    plain: Buffer,
}

/// Bytes, of which those from `at` to `end` are still to be used.
struct Buffer {
    bytes: Box<[u8]>,
    at: usize,
    end: usize,
}

impl Buffer {
    fn new(size: usize) -> Self {
        Self { bytes: vec![0; size].into_boxed_slice(), at: 0, end: 0 }
    }

    fn is_empty(&self) -> bool {
        self.at == self.end
    }
}

impl<R: Read> Stream<R> {
    fn new(input: R) -> Result<Self> {
        // The decoder asks for its window and tables in a way that ends the process when there is no memory for them.
        drop(room::<u8>((1 << WINDOW_BITS) + (1 << 20))?);
        let mut state = BrotliState::new(StandardAlloc::default(), StandardAlloc::default(), StandardAlloc::default());
        // I10: the window at once. Grown as it is needed, it is there twice for a moment.
        state.set_initial_ring_buffer_size(u32::MAX);
        let mut stream =
            Self { input, state: Box::new(state), packed: Buffer::new(32 << 10), plain: Buffer::new(64 << 10) };
        if !stream.fill()? {
            return Err(Error::Cut);
        }
        // RFC 7932, 9.1: 1111 is a window of 24 bits; 0010001 is none of it, and taken for a still larger one by some.
        let first = stream.packed.bytes.first().copied().unwrap_or_default();
        if first & 0x0f == 0x0f || first & 0x7f == 0x11 {
            return Err(Error::Malformed("its window is too large"));
        }
        Ok(stream)
    }

    /// The next bytes, at least one, at most so many.
    fn next(&mut self, most: usize) -> Result<&[u8]> {
        if self.plain.is_empty() && !self.decode()? {
            return Err(Error::Malformed("its content ends too early"));
        }
        let plain = &mut self.plain;
        let from = plain.at;
        plain.at += most.min(plain.end - from);
        Ok(plain.bytes.get(from..plain.at).unwrap_or_default())
    }

    /// Nothing may be left, of content or behind the stream.
    fn finish(mut self) -> Result<()> {
        if !self.plain.is_empty() || self.decode()? {
            Err(Error::Malformed("its content is longer than its files"))
        } else if !self.packed.is_empty() || self.fill()? {
            Err(Error::Malformed("bytes lie behind its end"))
        } else {
            Ok(())
        }
    }

    /// Have plain bytes, if the stream has more.
    fn decode(&mut self) -> Result<bool> {
        loop {
            let Self { packed, plain, state, .. } = self;
            (plain.at, plain.end) = (0, 0);
            let (mut there, mut room, mut total) = (packed.end - packed.at, plain.bytes.len(), 0);
            let result = BrotliDecompressStream(
                &mut there,
                &mut packed.at,
                &packed.bytes,
                &mut room,
                &mut plain.end,
                &mut plain.bytes,
                &mut total,
                state,
            );
            match result {
                BrotliResult::ResultFailure => return Err(Error::Malformed("it is not brotli")),
                _ if !plain.is_empty() => return Ok(true),
                BrotliResult::ResultSuccess => return Ok(false),
                BrotliResult::NeedsMoreInput if self.fill()? => {}
                BrotliResult::NeedsMoreInput => return Err(Error::Cut),
                BrotliResult::NeedsMoreOutput => return Err(Error::Malformed("it gives nothing")),
            }
        }
    }

    /// Have packed bytes, if there are more.
    fn fill(&mut self) -> Result<bool> {
        let Self { packed, input, .. } = self;
        packed.at = 0;
        packed.end = loop {
            match input.read(&mut packed.bytes) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result.map_err(Error::of_input)?,
            }
        };
        Ok(packed.end > 0)
    }
}
