//! Make a pack of one folder against another, and say what its bytes are spent on.
//!
//! In: two folders. Out: figures. May touch: reads the folders.

use aloft_pack::make::{Report, Tree, TreeFile, delta};
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folders: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [base, target] = &folders[..] else { return Err("usage: delta BASE TARGET".into()) };
    let (base, target) = (Folder::open(base)?, Folder::open(target)?);
    let started = std::time::Instant::now();
    let Report { size, list, files } = delta(&base, &target, &mut io::sink(), &|_, _| ())?;
    let sum = |part: fn(&aloft_pack::make::Spent) -> u64| files.iter().map(part).sum::<u64>();
    println!("pack {size} list {list} files {} in {:.1?}", files.len(), started.elapsed());
    println!(
        "of the content: copied {} (renamed names {}) repeated {} literal {} stored {}",
        sum(|file| file.copied),
        sum(|file| file.renamed),
        sum(|file| file.repeated),
        sum(|file| file.literal),
        sum(|file| file.stored)
    );
    let mut dear: Vec<_> = files.iter().collect();
    dear.sort_by_key(|file| u64::MAX - file.cost);
    for file in dear.iter().take(env::var("SHOW").map_or(0, |show| show.parse().unwrap_or(0))) {
        let path = target.files.get(file.file).map(|file| &file.path);
        println!("{file:?} {path:?}");
    }
    Ok(())
}

struct Folder {
    root: PathBuf,
    files: Vec<TreeFile>,
}

impl Folder {
    fn open(root: &Path) -> io::Result<Self> {
        let (mut files, mut folders) = (Vec::new(), vec![root.to_path_buf()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let content = fs::read(&path)?;
                let path = path.strip_prefix(root).map_err(io::Error::other)?.to_string_lossy().into_owned();
                files.push(TreeFile { path, size: content.len() as u64, sha256: Sha256::digest(&content).into() });
            }
        }
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(Self { root: root.to_path_buf(), files })
    }
}

impl Tree for Folder {
    fn files(&self) -> &[TreeFile] {
        &self.files
    }

    fn read(&self, file: usize, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let file = self.files.get(file).ok_or(io::ErrorKind::NotFound)?;
        let content = fs::read(self.root.join(&file.path))?;
        let bytes = content.get(offset as usize..).and_then(|content| content.get(..buffer.len()));
        buffer.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}
