//! How much heap reading a whole pack takes: at most 12 MiB and the list, whatever is in it (formats 10).
#![cfg(feature = "make")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(unsafe_code)] // an allocator that counts

use aloft_pack::{Base, Expected, Pack, Sink};
use brotli::enc::BrotliEncoderParams;
use std::alloc::{GlobalAlloc, Layout, System};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static HEAP: Counting = Counting;

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        PEAK.fetch_max(HELD.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// A pack of one file: text that compresses in many ways, and noise that fills any window. Brotli at a quality that is quick; what
/// reading takes is the same.
fn pack() -> (Vec<u8>, Expected) {
    let mut state = 1_u64;
    let mut draw = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let words: Vec<_> = (0..2000).map(|_| format!("{:x} ", draw() >> (32 + draw() % 24))).collect();
    let text: String = (0..900_000).map(|_| words[(draw() % 2000) as usize].as_str()).collect();
    let noise: Vec<u8> = (0..9 << 17).flat_map(|_| draw().to_le_bytes()).collect();
    let size = (text.len() + noise.len()) as u64;
    let record: Vec<u8> = [0, 7, 14, 21].map(|shift| (size >> shift) as u8 & 0x7f | u8::from(shift < 21) << 7).into();
    let plain = [b"a\n\0", &record[..], text.as_bytes(), &noise].concat();
    let mut pack = b"ALPK\x01\0\0\0\0\x01\0\0\0\x02".to_vec();
    let parameters = BrotliEncoderParams { quality: 5, lgwin: 23, ..BrotliEncoderParams::default() };
    brotli::BrotliCompress(&mut &plain[..], &mut pack, &parameters).unwrap();
    (pack, Expected { files: 1, size })
}

struct Nowhere(u64);

impl Sink for Nowhere {
    fn begin(&mut self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0 += bytes.len() as u64;
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Base for Nowhere {
    fn read(&mut self, _: usize, _: u64, _: &mut [u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[test]
fn i10_reading_a_whole_pack_takes_at_most_12_mib_of_heap() {
    let (pack, expected) = pack();
    let before = HELD.load(Relaxed);
    PEAK.store(before, Relaxed);
    let mut sink = Nowhere(0);
    Pack::open(&pack[..], &[], expected).unwrap().unpack(&mut Nowhere(0), &mut sink).unwrap();
    let heap = PEAK.load(Relaxed) - before;
    println!("{} bytes of pack for {}, {heap} of heap", pack.len(), sink.0);
    assert_eq!(sink.0, expected.size);
    assert!(heap <= 12 << 20, "{heap} bytes of heap");
}
