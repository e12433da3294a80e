//! `aloft inspect FILE`: what a file of a site is, whatever it is named.
//!
//! In: a file; for a pack its base, for what is encrypted a key, for signatures the settings, all as far as they are there. Out: what
//! is in it. May touch: reads them; temporary files. Keeps: it shows and never vouches: nothing is trusted because it was shown.

mod archive;
mod envelope;
mod pack;

use crate::artifact::{self, zip};
use crate::failure::{Failure, Result};
use crate::hashed;
use crate::output::{BOLD, DIM, Output, PLAIN, YELLOW, bytes};
use crate::settings::{Secrets, Settings};
use aloft_core::edge::fs::DiskFs;
use aloft_core::edge::ports::{Fs as _, ReadAt as _};
use aloft_core::model::Digest;
use aloft_core::model::config::{EncryptionKey, KeyId};
use aloft_core::model::limits::MAX_DOCUMENT;
use aloft_core::open::cipher::{Plain, associated_data};
use serde::Serialize;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

/// See what is in a pack, a zip or a signed document.
#[derive(Debug, clap::Args)]
pub(crate) struct InspectArgs {
    /// The file, known by its content and not by its name
    file: PathBuf,
    /// The bundle that a pack was made against; without it only the pack's head can be read
    #[arg(long, value_name = "DIR")]
    base: Option<PathBuf>,
    /// A key it may be encrypted with, `aes256:…` [default: as in aloft.toml]
    #[arg(long)]
    key: Option<EncryptionKey>,
    /// The app it may be encrypted for [default: as in aloft.toml]
    #[arg(long)]
    app: Option<String>,
}

/// What a file is.
#[derive(Debug, Serialize)]
struct Inspected {
    size: u64,
    sha256: Digest,
    /// Is it what its name says? Artifacts are named by their digests.
    named: Option<bool>,
    /// How it was decrypted, if it was encrypted.
    encrypted: Option<Decrypted>,
    #[serde(flatten)]
    found: Found,
}

#[derive(Debug, Serialize)]
struct Decrypted {
    key: KeyId,
    kind: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum Found {
    Pack(pack::Pack),
    Zip(archive::Archive),
    Envelope(envelope::Shown),
    /// Encrypted, and no key at hand decrypts it.
    Encrypted,
}

/// The length byte that encrypted artifacts begin with (formats 7).
const ENCRYPTED: u8 = 40;

/// Run the command.
///
/// # Errors
/// `unknown_file`; those of `--base` and of the settings, if there are any; those of the system.
pub(crate) fn run(args: &InspectArgs, config: &Path, secrets: Secrets, output: Output) -> Result<()> {
    let settings = match Settings::load(config, secrets) {
        Err(missing) if missing.code == "settings_missing" => None,
        loaded => Some(loaded?),
    };
    let failed = |error: io::Error| Failure::io("read", &args.file, &error);
    let mut file = File::open(&args.file).map_err(failed)?;
    let (size, sha256) = hashed::measure(&mut file).map_err(failed)?;
    let (mut encrypted, mut head) = (None, head(&mut file).map_err(failed)?);
    if head.first() == Some(&ENCRYPTED)
        && let Some((plain, how)) = decrypt(args, settings.as_ref())
    {
        (file, encrypted) = (plain, Some(how));
        head = self::head(&mut file).map_err(failed)?;
    }
    let found = match head.as_slice() {
        [b'A', b'L', b'P', b'K', ..] => Found::Pack(pack::look(&mut file, args.base.as_deref(), output)?),
        [b'P', b'K', 1..=6, _, ..] => Found::Zip(archive::look(&mut file)?),
        [ENCRYPTED, ..] => Found::Encrypted,
        _ if size <= MAX_DOCUMENT => {
            let mut text = Vec::new();
            file.read_to_end(&mut text).map_err(failed)?;
            Found::Envelope(envelope::look(&text, settings.as_ref())?.ok_or_else(|| unknown(&args.file))?)
        }
        _ => return Err(unknown(&args.file)),
    };
    let name = args.file.file_stem().and_then(|name| name.to_str()?.parse::<Digest>().ok());
    let inspected = Inspected { size, sha256, named: name.map(|name| name == sha256), encrypted, found };
    output.result(&inspected, &human(&inspected));
    Ok(())
}

fn unknown(file: &Path) -> Failure {
    Failure::new("unknown_file", format!("{} is no pack, no zip and no signed document", file.display()))
        .hint("name a file of artifacts/, channels/ or history/ of a site")
}

fn head(file: &mut File) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.rewind()?;
    file.take(4).read_to_end(&mut head)?;
    file.rewind()?;
    Ok(head)
}

/// With the first kind that fits the key, if there is a key and one fits.
fn decrypt(args: &InspectArgs, settings: Option<&Settings>) -> Option<(File, Decrypted)> {
    let key = args.key.clone().or_else(|| settings.and_then(|settings| settings.encryption_key().ok()))?;
    let app = args.app.as_ref().or(settings.map(|settings| &settings.app))?;
    [artifact::pack::KIND, zip::KIND].into_iter().find_map(|kind| {
        let file = plain(&args.file, &key, &associated_data(app, kind)).ok()?;
        Some((file, Decrypted { key: key.id, kind }))
    })
}

fn plain(path: &Path, key: &EncryptionKey, associated: &str) -> io::Result<File> {
    let plain = Plain::open(DiskFs.open(path)?, key, associated)?;
    let (mut file, mut at, mut buffer) = (tempfile::tempfile()?, 0, vec![0; 256 << 10]);
    loop {
        match plain.read_at(at, &mut buffer)? {
            0 => return Ok(file),
            read => {
                file.write_all(buffer.get(..read).unwrap_or_default())?;
                at += read as u64;
            }
        }
    }
}

fn human(inspected: &Inspected) -> String {
    let encrypted = inspected.encrypted.as_ref().map(|how| format!(", encrypted with {} as a {}", how.key, how.kind));
    let (what, details) = match &inspected.found {
        Found::Pack(pack) => ("pack", pack.human()),
        Found::Zip(archive) => ("zip", archive.human()),
        Found::Envelope(shown) => ("signed document", shown.human()),
        Found::Encrypted => {
            ("encrypted artifact", "no key at hand decrypts it: name one with --key, and its app with --app".to_owned())
        }
    };
    let encrypted = encrypted.unwrap_or_default();
    let digest = inspected.sha256;
    let damaged = if inspected.named == Some(false) {
        format!(
            "\n{YELLOW}damaged{PLAIN}: its name says another digest, so devices refuse it; delete it and publish the same folder again"
        )
    } else {
        String::new()
    };
    let size = bytes(inspected.size);
    format!("{BOLD}{what}{PLAIN}, {size}{encrypted}\n{DIM}sha256 {digest}{PLAIN}{damaged}\n{details}")
}
