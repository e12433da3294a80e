//! Apply a pack: first the list, then the content, as a stream.
//!
//! In: a pack, the base. Out: the target's files. May touch: what the caller handed in. Keeps: I10 (about 13 MiB of heap beside
//! the lists; every operation gives at least one byte of output, so work is bounded by the sizes the caller expects).

use crate::caller::{Base, Expected, Sink};
use crate::delta::Delta;
use crate::error::Result;
use crate::header::{Form, Header};
use crate::list::{BaseFile, File};
use crate::whole::Whole;
use std::io;

/// A pack whose list was read.
pub struct Pack<R> {
    files: Vec<File>,
    content: Content<R>,
}

/// What follows the list, by its form.
enum Content<R> {
    Whole(Whole<R>),
    Delta(Box<Delta<R>>),
}

impl<R: io::Read> Pack<R> {
    /// Read the header and the list. `base`: the base's files, sorted by path; none for a whole pack.
    ///
    /// # Errors
    /// All but [`crate::Error::Base`] and [`crate::Error::Sink`].
    pub fn open(mut input: R, base: &[BaseFile], expected: Expected) -> Result<Self> {
        let header = Header::read(&mut input, expected)?;
        match header.form {
            Form::Whole => {
                let (whole, files) = Whole::open(input, header, expected)?;
                Ok(Self { files, content: Content::Whole(whole) })
            }
            Form::Delta => {
                let (delta, files) = Delta::open(input, header, base, expected)?;
                Ok(Self { files, content: Content::Delta(Box::new(delta)) })
            }
        }
    }

    /// Which form it has.
    pub fn form(&self) -> Form {
        match self.content {
            Content::Whole(_) => Form::Whole,
            Content::Delta(_) => Form::Delta,
        }
    }

    /// The target's files, sorted by path.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// Give the content of every file whose source is [`crate::Source::New`] to `sink`. Their order is not that of the list.
    ///
    /// # Errors
    /// All; the sink then has some of the files, and perhaps a part of one.
    pub fn unpack(self, base: &mut dyn Base, sink: &mut dyn Sink) -> Result<()> {
        match self.content {
            Content::Whole(whole) => whole.unpack(&self.files, sink),
            Content::Delta(delta) => delta.unpack(&self.files, base, sink),
        }
    }
}
