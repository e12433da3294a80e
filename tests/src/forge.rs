//! Zips written byte by byte, so that any field can lie.
//!
//! In: parts with every field of both headers. Out: the archive. May touch: nothing. Keeps: nothing.

use std::io::Write as _;

/// The fields that a local header and a directory record share.
#[derive(Debug, Clone)]
pub struct Header {
    /// General purpose bits.
    pub flags: u16,
    /// 0 stored, 8 deflated.
    pub method: u16,
    /// CRC-32 of the content.
    pub crc: u32,
    /// Bytes of data.
    pub packed: u32,
    /// Bytes of content.
    pub size: u32,
    /// Name, slash included.
    pub name: Vec<u8>,
    /// Extra field.
    pub extra: Vec<u8>,
}

/// One entry.
#[derive(Debug, Clone)]
pub struct Part {
    /// In front of its local header.
    pub before: Vec<u8>,
    /// Its local header.
    pub local: Header,
    /// Its data.
    pub data: Vec<u8>,
    /// After its data.
    pub after: Vec<u8>,
    /// Its record in the directory.
    pub central: Header,
    /// Unix mode in the directory.
    pub mode: u16,
    /// Where the directory says it lies, if not where it does.
    pub offset: Option<u32>,
}

/// An archive.
#[derive(Debug, Clone, Default)]
pub struct Forge {
    /// Entries in order.
    pub parts: Vec<Part>,
    /// Between the last entry and the directory.
    pub before_directory: Vec<u8>,
    /// After the directory's last record, counted as part of it.
    pub in_directory: Vec<u8>,
    /// Between the directory and the end record.
    pub after_directory: Vec<u8>,
    /// The comment.
    pub comment: Vec<u8>,
    /// After the comment.
    pub after: Vec<u8>,
    /// Entries according to the end record, if not as many as there are.
    pub count: Option<u16>,
}

impl Part {
    /// An honest entry, stored.
    pub fn stored(name: &str, content: &[u8]) -> Self {
        Self::new(name, content, 0, content.to_vec())
    }

    /// An honest entry, deflated.
    pub fn deflated(name: &str, content: &[u8]) -> Self {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(content).unwrap();
        Self::new(name, content, 8, encoder.finish().unwrap())
    }

    fn new(name: &str, content: &[u8], method: u16, data: Vec<u8>) -> Self {
        let header = Header {
            flags: 0,
            method,
            crc: crc32fast::hash(content),
            packed: data.len() as u32,
            size: content.len() as u32,
            name: name.as_bytes().to_vec(),
            extra: Vec::new(),
        };
        let mode = if name.ends_with('/') { 0o040_755 } else { 0o100_644 };
        let (local, central) = (header.clone(), header);
        Self { before: Vec::new(), local, data, after: Vec::new(), central, mode, offset: None }
    }

    /// Change both headers alike.
    #[must_use]
    pub fn with(mut self, change: impl Fn(&mut Header)) -> Self {
        change(&mut self.local);
        change(&mut self.central);
        self
    }

    /// CRC and sizes in a descriptor of `len` bytes after the data.
    #[must_use]
    pub fn described(mut self, len: usize) -> Self {
        let Header { crc, packed, size, .. } = self.central.clone();
        (self.local.crc, self.local.packed, self.local.size) = (0, 0, 0);
        if matches!(len, 16 | 24) {
            self.after.extend(b"PK\x07\x08");
        }
        self.after.extend(crc.to_le_bytes());
        for value in [packed, size] {
            let wide = u64::from(value).to_le_bytes();
            self.after.extend(&wide[..if len >= 20 { 8 } else { 4 }]);
        }
        self.with(|header| header.flags |= 8)
    }
}

impl Header {
    fn write(&self, to: &mut Vec<u8>) {
        for value in [20, self.flags, self.method, 0, 0x21] {
            to.extend(value.to_le_bytes());
        }
        for value in [self.crc, self.packed, self.size] {
            to.extend(value.to_le_bytes());
        }
        to.extend((self.name.len() as u16).to_le_bytes());
        to.extend((self.extra.len() as u16).to_le_bytes());
    }
}

impl Forge {
    /// An archive of `parts`.
    pub fn new(parts: impl IntoIterator<Item = Part>) -> Self {
        Self { parts: parts.into_iter().collect(), ..Self::default() }
    }

    /// The archive's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let (mut zip, mut directory) = (Vec::new(), Vec::new());
        for part in &self.parts {
            zip.extend(&part.before);
            let offset = part.offset.unwrap_or(zip.len() as u32);
            zip.extend(b"PK\x03\x04");
            part.local.write(&mut zip);
            zip.extend(part.local.name.iter().chain(&part.local.extra).chain(&part.data).chain(&part.after));
            directory.extend(b"PK\x01\x02");
            directory.extend(0x0314_u16.to_le_bytes()); // made on Unix
            part.central.write(&mut directory);
            directory.extend([0; 8]); // no comment, disk 0, no attributes
            directory.extend(part.mode.to_le_bytes());
            directory.extend(offset.to_le_bytes());
            directory.extend(part.central.name.iter().chain(&part.central.extra));
        }
        zip.extend(&self.before_directory);
        let offset = zip.len() as u32;
        directory.extend(&self.in_directory);
        zip.extend(&directory);
        zip.extend(&self.after_directory);
        zip.extend(b"PK\x05\x06\0\0\0\0");
        let count = self.count.unwrap_or(self.parts.len() as u16);
        zip.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
        zip.extend([(directory.len() as u32).to_le_bytes(), offset.to_le_bytes()].concat());
        zip.extend((self.comment.len() as u16).to_le_bytes());
        zip.extend(self.comment.iter().chain(&self.after));
        zip
    }
}
