//! Packs against a base: operations are read, and done one after the other (formats 9.4).
//!
//! In: what follows the header, the base. Out: the list, then the new files' bytes. May touch: the stream, the base, the sink.
//! Keeps: I10 (each operation makes at least a byte, each name at least one; no file gets more than its size; work is counted).

use crate::caller::{Base, Expected, Sink};
use crate::counterpart::counterparts;
use crate::error::{Error, Result, room};
use crate::header::Header;
use crate::list::{BaseFile, File, Record, Source, files, paths};
use crate::model::{Copied, Cursor, Kind, Model, Repeated};
use crate::operation::Names;
use crate::range::{Coder, Decoder};
use crate::reader::Reader;
use crate::record::Records;
use crate::space::Space;
use crate::token::{AFTER, BEFORE, Name, next_name};
use crate::window::Window;
use crate::work;
use std::io::{self, Read};

/// Bytes that a model's tables have at most.
const TABLES: usize = 6 << 20;

/// Bytes of the base that are looked through at once.
const CHUNK: u64 = 32 << 10;
/// More than is looked through at once, and still a number of this machine.
const BEYOND: u64 = 2 * CHUNK;

/// A pack against a base, from behind its header on.
pub(crate) struct Delta<R> {
    maker: Maker<R>,
    /// The base's path text and the place of each of its files.
    text: Vec<u8>,
    space: Space,
    counterparts: Vec<Option<usize>>,
}

impl<R: Read> Delta<R> {
    /// Read the list.
    ///
    /// # Errors
    /// [`Error::Input`], [`Error::Cut`], [`Error::Malformed`], [`Error::Unexpected`].
    pub(crate) fn open(input: R, header: Header, base: &[BaseFile], expected: Expected) -> Result<(Self, Vec<File>)> {
        drop(room::<u8>(TABLES)?); // the model asks for its tables in a way that ends the process when there is no memory for them
        let base_paths: Vec<_> = base.iter().map(|file| file.path.as_str()).collect();
        let text = crate::list::text(base_paths.iter().copied())?;
        let mut maker = Maker {
            model: Model::new(Decoder::new(input)),
            cursor: Cursor::default(),
            window: Window::new(expected.size.saturating_add(u64::from(header.text)))?,
        };
        let mut listed = Listed(room(header.text as usize)?);
        let space = Space::new([text.len() as u64]);
        maker.file(&mut Reader::new(&text, &space, &mut Nothing), Some(0), header.text.into(), &mut listed)?;
        let paths = paths(listed.0, header.files)?;

        let target_paths: Vec<_> = paths.iter().map(String::as_str).collect();
        let counterparts = counterparts(&base_paths, &target_paths);
        let mut coder = Records::new(base);
        let records = counterparts.iter().map(|counterpart| coder.code(&mut maker.model, *counterpart, Record::New(0)));
        let records: Vec<_> = records.collect::<Result<_>>()?;
        maker.model.bits.coder.check()?;
        let files = files(paths, records, base, expected)?;

        let lengths = base.iter().map(|file| file.size);
        let space = Space::new(std::iter::once(text.len() as u64).chain(lengths));
        Ok((Self { maker, text, space, counterparts }, files))
    }

    /// Give the content of the new files to `sink`.
    ///
    /// # Errors
    /// All.
    pub(crate) fn unpack(self, files: &[File], base: &mut dyn Base, sink: &mut dyn Sink) -> Result<()> {
        let Self { mut maker, text, space, counterparts } = self;
        let mut reader = Reader::new(&text, &space, base);
        for (place, (file, counterpart)) in files.iter().zip(counterparts).enumerate() {
            if file.source == Source::New {
                let begins = counterpart.map(|counterpart| space.file(counterpart + 1).start);
                sink.begin(place).map_err(Error::Sink)?;
                maker.file(&mut reader, begins, file.size, sink)?;
                sink.end().map_err(Error::Sink)?;
            }
        }
        maker.model.bits.coder.finish()
    }
}

/// Makes files out of operations.
struct Maker<R> {
    model: Model<Decoder<R>>,
    cursor: Cursor,
    window: Window,
}

impl<R: Read> Maker<R> {
    fn file(&mut self, base: &mut Reader<'_>, counterpart: Option<u64>, size: u64, sink: &mut dyn Sink) -> Result<()> {
        self.window.begin(size);
        self.cursor.begin_file(counterpart);
        self.model.renames.begin_file();
        while self.window.left() > 0 {
            match self.model.kind(&self.cursor, Kind::Literal) {
                Kind::Literal => self.literal(base, sink)?,
                Kind::Stored => self.stored(sink)?,
                Kind::Repeat => self.repeat(sink)?,
                Kind::Base => self.copy(base, sink)?,
            }
            self.check(base)?;
        }
        self.window.give(sink)
    }

    /// Were the bytes there, and were they worth the work?
    fn check(&mut self, base: &Reader<'_>) -> Result<()> {
        let bits = &mut self.model.bits;
        bits.coder.check()?;
        work::check(bits.work + base.work(), bits.coder.read(), self.window.made())
    }

    fn literal(&mut self, base: &mut Reader<'_>, sink: &mut dyn Sink) -> Result<()> {
        let beside = base.beside(self.cursor.beside())?;
        let byte = self.model.literal(&self.cursor, beside, 0);
        self.cursor.made_literal(byte);
        self.window.push(byte, sink)
    }

    fn stored(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let length = self.model.stored(&mut self.cursor, 0);
        let coder = &mut self.model.bits.coder;
        self.window.fill(length, sink, |_, room| {
            room.fill_with(|| coder.byte(0));
            coder.check()
        })?;
        self.cursor.recent = self.window.recent();
        Ok(())
    }

    fn repeat(&mut self, sink: &mut dyn Sink) -> Result<()> {
        let Repeated { distance, length } = self.model.repeated(&mut self.cursor, Repeated::default());
        self.window.repeat(distance, length, sink)?;
        self.cursor.recent = self.window.recent();
        Ok(())
    }

    fn copy(&mut self, base: &mut Reader<'_>, sink: &mut dyn Sink) -> Result<()> {
        let any = Copied { from: 0, length: 0, names: Names::Kept };
        let Copied { from, length, names } = self.model.copied(&mut self.cursor, base.space(), any)?;
        match names {
            Names::Kept => self.window.fill(length, sink, |done, room| base.read(from + done, room))?,
            Names::Renamed => self.rename(base, from, from + length, sink)?,
        }
        self.cursor.recent = self.window.recent();
        Ok(())
    }

    /// Copy the addresses `at..end`, names through the renaming map. Names that begin before the end and reach over it are none.
    fn rename(&mut self, base: &mut Reader<'_>, mut at: u64, end: u64, sink: &mut dyn Sink) -> Result<()> {
        let Self { model, window, .. } = self;
        while at < end {
            // Only in the last piece can a name reach over the end.
            let until = if end - at <= CHUNK + AFTER as u64 { end } else { at + CHUNK };
            let (bytes, from) = base.view(at..until, CONTEXT as u64, AFTER as u64)?;
            let (until, end) = (from + (until - at) as usize, from + (end - at).min(BEYOND) as usize);
            let (mut seen, mut copied) = (from, from);
            while let Some((place, length)) = next_name(bytes, seen, until).filter(|(at, length)| at + length <= end) {
                let old = Name::new(bytes.get(place..place + length).unwrap_or_default());
                let new = model.renames.code((&mut model.bits, &mut model.shared), old, context(bytes, place), old);
                seen = place + length;
                if new != old {
                    if new.is_hash() != old.is_hash() || new.len() == 0 {
                        return Err(Error::Malformed("a name has another length than its kind"));
                    }
                    window.put(bytes.get(copied..place).unwrap_or_default(), sink)?;
                    window.put(new.bytes().get(..new.len()).unwrap_or_default(), sink)?;
                    copied = seen;
                }
            }
            seen = seen.max(until);
            window.put(bytes.get(copied..seen).unwrap_or_default(), sink)?;
            at += (seen - from) as u64;
            model.bits.coder.check()?;
        }
        Ok(())
    }
}

/// Bytes before a name that help to foresee it.
const CONTEXT: usize = 3;
const _: () = assert!(CONTEXT >= BEFORE);

/// These bytes, the last one lowest.
#[inline]
pub(crate) fn context(bytes: &[u8], place: usize) -> u32 {
    let before = |back: usize| place.checked_sub(back).and_then(|at| bytes.get(at)).map_or(0, |byte| u32::from(*byte));
    before(1) | before(2) << 8 | before(3) << 16
}

/// Takes the text of paths.
struct Listed(Vec<u8>);

impl Sink for Listed {
    fn begin(&mut self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// While the list is read, nothing but the base's path text is there.
struct Nothing;

impl Base for Nothing {
    fn read(&mut self, _: usize, _: u64, _: &mut [u8]) -> io::Result<()> {
        Err(io::ErrorKind::NotFound.into())
    }
}
