//! A publisher's folder and the real binary in it.
#![allow(missing_docs, unreachable_pub, dead_code)] // each test file uses its part
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

pub mod phone;

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// A folder with keys and an aloft.toml.
    pub fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.json(&["init", "--app", "com.example.app"]);
        desk.json(&["keys", "new"]);
        desk.json(&["keys", "new", "--encryption"]);
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A bundle whose page says `text`.
    pub fn bundle(&self, name: &str, text: &str) -> &Self {
        let page = format!("<!doctype html><p>{text}</p><script src=assets/app.js></script>");
        self.write(&format!("{name}/index.html"), page.as_bytes());
        self.write(&format!("{name}/assets/app.js"), format!("notifyAppReady() // {text}\n").repeat(200).as_bytes());
        self
    }

    pub fn write(&self, name: &str, content: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aloft"));
        command.current_dir(self.folder.path()).args(arguments).stdin(Stdio::null());
        for name in ["SIGNING_KEY", "ENCRYPTION_KEY", "SEEN", "CONFIG", "CHANNEL", "SITE"] {
            command.env_remove(format!("ALOFT_{name}"));
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The answer of a command that must succeed.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.command(arguments).arg("--json").output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{arguments:?}: {text}");
        assert_eq!(text.lines().count(), 1, "one JSON object: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Code and exit of a command that must fail; it must say what to do next.
    pub fn fails(&self, arguments: &[&str]) -> (String, i32) {
        let (answer, exit) = self.failure(arguments);
        (answer["error"]["code"].as_str().unwrap().to_owned(), exit)
    }

    /// The answer of a command that must be refused.
    pub fn refusal(&self, arguments: &[&str]) -> Value {
        let (answer, exit) = self.failure(arguments);
        assert_eq!(exit, 3, "{answer}");
        answer
    }

    fn failure(&self, arguments: &[&str]) -> (Value, i32) {
        let output = self.command(arguments).arg("--json").output().unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{arguments:?}: {}", String::from_utf8_lossy(&output.stdout)));
        assert!(answer["error"]["hint"].is_string(), "{arguments:?} gives no hint: {answer}");
        (answer, output.status.code().unwrap())
    }

    pub fn publish(&self, folder: &str, version: &str, more: &[&str]) -> Value {
        self.json(&[&["publish", folder, "--version", version, "--yes"], more].concat())
    }

    /// Code and exit of a release that must be refused, although it is confirmed.
    pub fn refused(&self, folder: &str, version: &str, more: &[&str]) -> (String, i32) {
        self.fails(&[&["publish", folder, "--version", version, "--yes"], more].concat())
    }

    /// The channel document in force.
    pub fn document(&self) -> Value {
        self.json(&["channel", "show"])["document"].clone()
    }

    /// Versions of the channel in order.
    pub fn offered(&self) -> Vec<String> {
        versions(&self.document())
    }

    /// Names of files under a folder.
    pub fn list(&self, folder: &str) -> Vec<String> {
        let Ok(listed) = fs::read_dir(self.path(folder)) else { return Vec::new() };
        let mut names: Vec<_> = listed.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

pub fn versions(document: &Value) -> Vec<String> {
    document["releases"].as_array().unwrap().iter().map(|entry| entry["version"].as_str().unwrap().to_owned()).collect()
}

/// Is a tool on this machine? A test that needs it says so and ends; on Linux in CI, where it can be had, it fails.
pub fn has(tool: &str, argument: &str) -> bool {
    let found = Command::new(tool).arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !found {
        assert!(!cfg!(target_os = "linux") || std::env::var_os("CI").is_none(), "{tool} is missing");
        println!("SKIPPED: {tool} is not on this machine");
    }
    found
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::copy(from, to).unwrap();
}
