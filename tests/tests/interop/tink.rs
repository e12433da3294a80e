//! The cipher agrees with Google's Tink, both ways (formats 7).

use aloft_core::edge::fs::DiskFs;
use aloft_core::edge::ports::Fs as _;
use aloft_core::open::cipher::Plain;
use aloft_tests::install::{encrypt, key, read_all};
use aloft_tests::tools;
use std::fs::File;
use std::process::{Command, Stdio};

const ASSOCIATED: &str = "aloft/v1/com.example.app/zip";
const INSTALL: &str = "python3 -m venv target/interop/venv && \
                       target/interop/venv/bin/pip install -r tests/tools/requirements.txt";

/// Around the ends of the first, second and third segment.
const LENGTHS: [usize; 9] = [0, 1, 65_479, 65_480, 65_481, 130_999, 131_000, 131_001, 400_000];

fn tink(mode: &str, input: &[u8]) -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), input).unwrap();
    let key = "05".repeat(32);
    let mut command = Command::new(tools::python());
    command.arg(tools::folder().join("tink_stream.py")).args([mode, &key, ASSOCIATED]);
    tools::run(command.stdin(File::open(file.path()).unwrap()).stderr(Stdio::piped()))
}

fn content(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 7 % 251) as u8).collect()
}

#[test]
fn tink_reads_what_we_encrypt_and_we_read_what_tink_encrypts() {
    let python = tools::python();
    if !tools::there(python.to_str().unwrap(), &["-c", "import tink.streaming_aead"], INSTALL) {
        return;
    }
    for len in LENGTHS {
        assert!(tink("decrypt", &encrypt(&content(len), &key(5))) == content(len), "ours, {len} bytes");
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), tink("encrypt", &content(len))).unwrap();
        let plain = Plain::open(DiskFs.open(file.path()).unwrap(), &key(5), ASSOCIATED).unwrap();
        assert!(read_all(&plain) == content(len), "Tink's, {len} bytes");
    }
}
