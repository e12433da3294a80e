//! The central directory of a zip, record by record (APPNOTE 4.3.12).
//!
//! In: the content and its end record. Out: entries that could be unpacked by themselves. May touch: the content, to read.
//! Keeps: I3, I10 (names up to the limit of a file list).

use super::end::End;
use super::fields::{Fields, Shared, widen};
use super::{Entry, Method, Window, refused, whole};
use crate::edge::ports::ReadAt;
use crate::model::limits::MAX_FILE_LIST;
use crate::model::path::BundlePath;
use crate::model::{Code, Error};
use crate::open::tree::Kind;
use std::io::{self, Read as _};

const SIGNATURE: u32 = 0x0201_4b50;
const LEN: usize = 46;

/// Bits 0, 6 and 13: encrypted, strongly encrypted, its headers hidden.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;

/// Read exactly the records that the end record counts. Those below `folder` become entries, named from there on.
pub(super) fn read(content: &dyn ReadAt, end: &End, folder: &str) -> io::Result<Vec<Entry>> {
    let mut window = Window::new(content);
    window.show(end.directory.clone());
    let mut entries = Vec::new();
    let most = if folder.is_empty() { end.count as usize } else { 0 };
    entries.try_reserve_exact(most).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
    let mut names = 0;
    let mut rest = Vec::new();
    for _ in 0..end.count {
        let mut head = [0; LEN];
        whole(window.read_exact(&mut head), "the directory")?;
        let record =
            parse(&head).ok_or_else(|| refused(Code::ArchiveMalformed, "a record of the directory is none"))?;
        rest.resize(record.rest(), 0);
        whole(window.read_exact(&mut rest), "the directory")?;
        let name = rest.get(..usize::from(record.shared.name)).unwrap_or_default();
        let Some(name) = below(name, folder) else { continue };
        names += name.len() as u64;
        if names > MAX_FILE_LIST {
            let (what, limit) = ("the names in the archive, in bytes,", MAX_FILE_LIST);
            return Err(io::Error::other(Error::TooLarge { what, limit, actual: names }));
        }
        entries.push(record.entry(name, &rest)?);
    }
    if window.left() > 0 {
        return Err(refused(Code::ArchiveUnaccounted, "the directory has bytes after its last record"));
    }
    Ok(entries)
}

/// What is left of `name` below `folder`; the folder itself is not below it.
fn below<'a>(name: &'a [u8], folder: &str) -> Option<&'a [u8]> {
    name.strip_prefix(folder.as_bytes()).filter(|rest| folder.is_empty() || !rest.is_empty())
}

struct Record {
    shared: Shared,
    comment: u16,
    disk: u16,
    /// The upper half of the external attributes, where Unix keeps a file's mode.
    mode: u16,
    offset: u64,
}

fn parse(head: &[u8]) -> Option<Record> {
    let mut fields = Fields(head);
    fields.u32().filter(|signature| *signature == SIGNATURE)?;
    let _made_by = fields.u16()?;
    let shared = Shared::read(&mut fields)?;
    let (comment, disk, _internal) = (fields.u16()?, fields.u16()?, fields.u16()?);
    let _dos_attributes = fields.u16()?;
    Some(Record { shared, comment, disk, mode: fields.u16()?, offset: fields.u32()?.into() })
}

impl Record {
    /// Bytes of name, extra field and comment.
    fn rest(&self) -> usize {
        usize::from(self.shared.name) + usize::from(self.shared.extra) + usize::from(self.comment)
    }

    fn entry(mut self, name: &[u8], rest: &[u8]) -> io::Result<Entry> {
        let mut rest = Fields(rest);
        let _whole_name = rest.bytes(self.shared.name.into());
        let extra = rest.bytes(self.shared.extra.into()).unwrap_or_default();
        let no = |code, why: &str| Err(refused(code, format!("{}: {why}", shown(name))));

        let (path, kind) = match path(name) {
            Ok(named) => named,
            Err(why) => return no(Code::ArchivePath, &why),
        };
        if self.shared.flags & ENCRYPTED != 0 {
            return no(Code::ArchiveEncryptedEntry, "it is encrypted by the zip itself");
        }
        let method = match self.shared.method {
            0 => Method::Stored,
            8 => Method::Deflated,
            other => {
                return no(Code::ArchiveMethod, &format!("method {other}; only stored (0) and deflated (8) are read"));
            }
        };
        if !self.is_what_its_name_says(kind) {
            return no(Code::ArchiveSymlink, "its mode is of a link or something else that is neither file nor folder");
        }
        let Shared { packed, size, .. } = &mut self.shared;
        if widen(extra, [size, packed, &mut self.offset]).is_none() || self.disk != 0 {
            return no(Code::ArchiveMalformed, "its sizes or its place are not told");
        }
        let Shared { flags, crc, packed, size, .. } = self.shared;
        if method == Method::Stored && packed != size {
            return no(Code::ArchiveMalformed, "it is stored, but has two sizes");
        }
        if kind == Kind::Folder && size != 0 {
            return no(Code::ArchiveUnaccounted, "a folder with content");
        }
        Ok(Entry { path, kind, method, crc, packed, size, flags, span: self.offset..self.offset })
    }

    /// Tools that know no modes write 0.
    fn is_what_its_name_says(&self, kind: Kind) -> bool {
        match self.mode >> 12 {
            0 => true,
            0o10 => kind == Kind::File,
            0o4 => kind == Kind::Folder,
            _ => false,
        }
    }
}

/// Names are UTF-8, whether bit 11 says so or not: tools on systems where nothing else exists leave it out.
fn path(name: &[u8]) -> Result<(BundlePath, Kind), String> {
    let name = std::str::from_utf8(name).map_err(|_| "the name is not UTF-8")?;
    let (path, kind) = match name.strip_suffix('/') {
        Some(folder) => (folder, Kind::Folder),
        None => (name, Kind::File),
    };
    Ok((path.parse().map_err(|why: crate::model::path::BadPath| why.to_string())?, kind))
}

/// The beginning of a name that may be anything, fit to be shown.
fn shown(name: &[u8]) -> String {
    let beginning = name.get(..100).unwrap_or(name);
    String::from_utf8_lossy(beginning).escape_debug().collect()
}
